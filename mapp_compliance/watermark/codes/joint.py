"""The joint decoder: each copy is tested given the words of all others.

For a suspect k the others are searched for the sets that, with room for one more source, explain
the reading best (a beam over sets of up to four). Each pair of set and model gets a weight; the
weights of one suspect sum to at most 1. The statistic of a pair is a whole-number sum over k's own
symbols, its p is exact, and ``p = min(p of pair / weight of pair)`` over some of the pairs.

Why that is sound: weights and statistics depend on the reading, the biases and the words of the
*others* only, so for an innocent k they are fixed before his word is looked at. The minimum of
p / weight is a weighted Bonferroni; looking at fewer pairs only makes p larger.

One search serves nearly all suspects: a search without k finds the same sets as the search with
everybody, unless k is in a set that was kept. Only for those few it is done again.

Sources: Meerwald and Furon 2012 (joint decoding with side information); Furon and Desoubeaux 2014
(conditional tails).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from mapp_compliance.watermark.codes.decoders import CodeReading
from mapp_compliance.watermark.codes.jointsearch import Item, Search
from mapp_compliance.watermark.codes.jointtest import SetTest, set_test
from mapp_compliance.watermark.codes.kinds import Kinds
from mapp_compliance.watermark.codes.models import MODELS, UNIT, Model, first_with_room
from mapp_compliance.watermark.codes.pvalue import points

LOOKS = 6  # pairs of set and model whose exact p is computed for one suspect
WORTH_OWN_LOOKS = math.log(1000)  # evidence from which a suspect outside gets looks of his own
LEAST_WEIGHT = -14.0  # log of the weight below which a set is not looked at for those outside
_DOWN = 1 - 2.0**-40  # pays for the roundings of the weights and of a quotient

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class JointScore:
    """The joint evidence against one copy.

    Attributes:
        p: ``p_set / weight``, rounded up, at most 1.
        opens: rows of the copies whose words ``p_set`` needs besides the suspect's own, rising.
        model: how the leak is taken to have come about.
        p_set: exact p of the suspect's word given those words and that model.
        weight: what the pair of set and model was given among all pairs, before the look.
    """

    p: float
    opens: tuple[int, ...]
    model: Model
    p_set: float
    weight: float


@dataclass(frozen=True, slots=True, eq=False)
class _Pair:
    known: tuple[int, ...]
    model: int
    weight: float


class JointDecoder:
    """Everything that the joint tests of one reading share."""

    def __init__(self, reading: CodeReading, words: NDArray[np.uint8]) -> None:
        """``words``: n x m symbols, all code sites of the book."""
        read = words[:, reading.columns]
        # A canonical order of the words, so that neither order nor name of a copy breaks a tie.
        self._order = sorted(range(len(words)), key=lambda row: read[row].tobytes())
        self._read = read[self._order]
        self._kinds, self._columns = Kinds(reading), reading.columns
        self._search = Search(self._kinds, self._read)
        self._tests: dict[tuple[tuple[int, ...], int], SetTest] = {}

    def scores(self, suspects: Sequence[int] | None = None) -> tuple[JointScore, ...]:
        """The joint evidence against copies, given by row; against all by default."""
        place = {row: at for at, row in enumerate(self._order)}
        wanted = [place[row] for row in (range(len(place)) if suspects is None else suspects)]
        items = self._search.items(None)
        inside = {at for item in items for at in item.known}
        outside = [at for at in wanted if at not in inside]
        found = dict(zip(outside, self._strangers(items, self._read[outside]), strict=True))
        found |= self._insiders([at for at in wanted if at in inside])
        return tuple(self._named(found[at]) for at in wanted)

    def pairs(self) -> tuple[tuple[int, int], ...]:
        """Rows of the pairs of copies that the search kept, best first, with nobody left out."""
        found = [item.known for item in self._search.items(None) if len(item.known) == 2]
        rows = [sorted((self._order[one], self._order[two])) for one, two in found]
        return tuple((one, two) for one, two in rows)

    def strangers(self, words: NDArray[np.uint8]) -> NDArray[np.float64]:
        """The joint p of words that are not in the book, given all words that are.

        Args:
            words: k x r symbols at the read sites.
        """
        found = self._strangers(self._search.items(None), words)
        return np.array([one.p for one in found], dtype=np.float64)

    def _strangers(self, items: Sequence[Item], words: NDArray[np.uint8]) -> list[JointScore]:
        """Words that the common search kept in no set: the same weights for all of them."""
        if not len(words):
            return []
        ends = np.cumsum([len(item.log_weight) for item in items])[:-1]
        every = list(zip(items, np.split(_log_weights(items), ends), strict=True))
        heavy = [(item, own) for item, own in every if own.max() >= LEAST_WEIGHT]
        items, weights = [item for item, _ in heavy], [own for _, own in heavy]
        best = np.empty((len(items), len(words)))
        models = np.empty((len(items), len(words)), dtype=np.int64)
        exact = words.astype(np.float32)
        for at, (item, own) in enumerate(zip(items, weights, strict=True)):
            gain = self._search.extended(item.known, exact)  # ours alone, so changed in its place
            gain -= item.log_likelihood
            gain *= UNIT
            gain += own
            models[at] = gain.argmax(axis=1)
            best[at] = gain[np.arange(len(words)), models[at]]
        flat = np.concatenate(weights)
        found = self._best(_highest(items, flat, flat), words)
        for at in np.nonzero(best.max(axis=0) >= WORTH_OWN_LOOKS)[0].tolist():
            looks = np.argsort(-best[:, at], kind="stable")[:LOOKS].tolist()
            pairs = [
                _pair(items[look], int(models[look, at]), weights[look][models[look, at]])
                for look in looks
            ]
            found[at] = min(found[at], *self._best(pairs, words[[at]]), key=lambda one: one.p)
        return found

    def _insiders(self, suspects: Sequence[int]) -> dict[int, JointScore]:
        """Suspects whom the common search kept: it is done again without the word of each."""
        items_of = {at: self._search.items(at) for at in suspects}
        asking: dict[tuple[int, ...], list[int]] = {}
        for at, items in items_of.items():
            for item in items:
                asking.setdefault(item.known, []).append(at)
        extended: dict[tuple[tuple[int, ...], int], Floats] = {}
        for known, askers in asking.items():
            rows = self._search.extended(known, self._read[askers].astype(np.float32))
            extended |= {(known, at): row for at, row in zip(askers, rows, strict=True)}
        found = {}
        for at, items in items_of.items():
            weights = _log_weights(items)
            after = np.concatenate([extended[item.known, at] for item in items])
            before = np.concatenate([item.log_likelihood for item in items])
            pairs = _highest(items, weights, (after - before) * UNIT + weights)
            found[at] = self._best(pairs, self._read[[at]])[0]
        return found

    def _best(self, pairs: Sequence[_Pair], words: NDArray[np.uint8]) -> list[JointScore]:
        """For each word the pair with the least p."""
        sets = np.stack([self._test(pair).p(words) for pair in pairs])
        weights = np.array([[pair.weight * _DOWN] for pair in pairs])
        p = np.minimum(1.0, np.divide(sets, weights, out=np.ones_like(sets), where=weights > sets))
        return [
            JointScore(
                float(p[look, at]),
                pairs[look].known,
                MODELS[pairs[look].model],
                float(sets[look, at]),
                pairs[look].weight,
            )
            for at, look in enumerate(p.argmin(axis=0).tolist())
        ]

    def _test(self, pair: _Pair) -> SetTest:
        key = (pair.known, pair.model)
        if key not in self._tests:
            known = self._read[list(pair.known)]
            self._tests[key] = set_test(self._kinds, known, MODELS[pair.model])
        return self._tests[key]

    def picture(self, row: int, one: JointScore) -> tuple[int, tuple[tuple[int, float], ...]]:
        """The score of a copy in its test; scores with log10 of the p that they would give."""
        place = {held: at for at, held in enumerate(self._order)}
        known = tuple(place[held] for held in one.opens)
        test = self._test(_Pair(tuple(sorted(known)), MODELS.index(one.model), one.weight))
        lift = math.log10(one.weight)
        curve = ((score, min(0.0, log_p - lift)) for score, log_p in points(test.tail))
        return int(test.scores(self._read[[place[row]]])[0]), tuple(curve)

    def _named(self, one: JointScore) -> JointScore:
        """With the rows of the book in place of those of the canonical order."""
        return replace(one, opens=tuple(sorted(self._order[at] for at in one.opens)))


def _log_weights(items: Sequence[Item]) -> Floats:
    """The log of the weight of each model of each item, in their order; the weights sum to 1."""
    logs = np.concatenate([item.log_weight for item in items]) * UNIT
    top = float(logs.max())
    logs -= math.log(float(np.exp(logs - top).sum())) + top
    return logs


def _highest(items: Sequence[Item], weights: Floats, worth: Floats) -> list[_Pair]:
    """The pairs of greatest worth; both are flat, the models of each item in turn."""
    if len(worth) > LOOKS:
        least = np.partition(worth, -LOOKS)[-LOOKS]
        likely = np.flatnonzero(worth >= least)
    else:
        likely = np.arange(len(worth))
    ends = np.cumsum([len(item.log_weight) for item in items])
    pairs = []
    for place in likely[np.argsort(-worth[likely], kind="stable")[:LOOKS]].tolist():
        look = int(np.searchsorted(ends, place, side="right"))
        model = place - int(ends[look]) + len(items[look].log_weight)
        pairs.append(_pair(items[look], model, float(weights[place])))
    return pairs


def _pair(item: Item, model: int, log_weight: float) -> _Pair:
    return _Pair(item.known, first_with_room(len(item.known)) + model, math.exp(log_weight))
