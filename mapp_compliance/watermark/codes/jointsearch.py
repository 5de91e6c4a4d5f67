"""The search for sets of copies that explain a reading, with room for one more source.

All likelihoods are whole numbers of units in doubles, far below 2^53: sums over sites are exact
in any order, so a search gives the same sets on every machine. Sites of one kind (same symbol and
bias) and with the same number of ones in the set are counted together; then the likelihood of every
set that is larger by one is a product of two matrices.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from heapq import merge

import numpy as np
from numpy.typing import NDArray

from mapp_compliance.watermark.codes.kinds import Kinds
from mapp_compliance.watermark.codes.models import UNIT, first_with_room, log_priors

BEAM = 48  # sets kept of each size; 12 find a third fewer of three minority colluders
MOST_KNOWN = 4  # largest set

Floats = NDArray[np.float64]
Known = tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Item:
    """A set of copies, and how well it explains the reading.

    Attributes:
        known: rows of the set, rising.
        log_likelihood: of the reading, for each model with room for one more, in units.
        log_weight: the same with that of set and model before the reading.
    """

    known: Known
    log_likelihood: Floats
    log_weight: Floats


class Search:
    """The beam search over sets of rows; each result is kept for the searches that follow."""

    def __init__(self, kinds: Kinds, read: NDArray[np.uint8]) -> None:
        """``read``: n x r symbols of the copies at the read sites, in canonical order."""
        self.kinds = kinds
        self.read = read.astype(np.float32)  # counts of up to 2^24 sites stay exact
        self.others = len(read) - 1
        self._priors = log_priors()
        self._larger: dict[Known, tuple[tuple[float, Known], ...]] = {}
        # Of each set that was met, for each model with at least as many sources.
        self._likelihoods: dict[Known, Floats] = {}
        self._items: dict[Known, Item] = {}

    def items(self, without: int | None) -> list[Item]:
        """What the search keeps, all sizes together, when the row ``without`` does not exist."""
        if () not in self._likelihoods:
            self._likelihoods[()] = self._of_nobody()
        front: list[Known] = [()]
        kept: list[Known] = [()]
        for _ in range(min(MOST_KNOWN, self.others)):
            front = self._grown(front, without)
            kept += front
        return [self._item(known) for known in kept]

    def extended(self, known: Known, words: NDArray[np.float32]) -> Floats:
        """The log-likelihood of the set with one word more, for each word and model with room.

        Args:
            words: any number of words, r symbols each.
        Returns:
            words x models, in units; for a word of the set itself it has no meaning.
        """
        size = len(known)
        first = first_with_room(size)
        ones = self.read[list(known)].sum(axis=0).astype(np.int64)
        groups, group_of = np.unique(self.kinds.of_site * (size + 1) + ones, return_inverse=True)
        sites = np.bincount(group_of, minlength=len(groups)).astype(np.float64)
        member = np.zeros((len(group_of), len(groups)), dtype=np.float32)
        member[np.arange(len(group_of)), group_of] = 1.0
        counts = (words @ member).astype(np.float64)
        kind, held = groups // (size + 1), groups % (size + 1)
        table = self.kinds.table(size + 1)
        low, high = table[kind, held, first:], table[kind, held + 1, first:]
        found: Floats = counts @ (high - low)
        found += sites @ low
        return found

    def _of_nobody(self) -> Floats:
        """The log-likelihood of the reading for each model when no source is known."""
        sites = np.bincount(self.kinds.of_site, minlength=len(self.kinds.kinds)).astype(float)
        found: Floats = sites @ self.kinds.table(0)[:, 0]
        return found

    def _grown(self, front: Sequence[Known], without: int | None) -> list[Known]:
        larger = (
            (one for one in self._candidates(parent) if without not in one[1]) for parent in front
        )
        found: dict[Known, None] = {}
        for _, known in merge(*larger):
            found[known] = None
            if len(found) == BEAM:
                break
        return list(found)

    def _candidates(self, known: Known) -> tuple[tuple[float, Known], ...]:
        """The best sets with one row more, by falling worth; as one row may be left out, one more
        than the beam."""
        if known not in self._larger:
            gained = self.extended(known, self.read)
            worth = (gained + self._priors[first_with_room(len(known)) :]).max(axis=1)
            worth[list(known)] = -np.inf
            best = np.argsort(-worth, kind="stable")[: BEAM + 1].tolist()
            larger = []
            for row in best:
                if worth[row] > -np.inf:
                    grown = tuple(sorted((*known, row)))
                    # Sums are exact, so it is the same from whichever smaller set one comes.
                    self._likelihoods.setdefault(grown, gained[row])
                    larger.append((-float(worth[row]), grown))
            self._larger[known] = tuple(sorted(larger))
        return self._larger[known]

    def _item(self, known: Known) -> Item:
        if known not in self._items:
            first = first_with_room(len(known))
            sets = round(-math.log(math.comb(self.others, len(known))) / UNIT)
            priors = self._priors[first:] + sets
            likelihood = self._likelihoods[known][-len(priors) :]
            self._items[known] = Item(known, likelihood, likelihood + priors)
        return self._items[known]
