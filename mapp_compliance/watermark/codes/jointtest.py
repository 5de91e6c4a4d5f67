"""The exact test of one word, given the words of a set and a model of the leak.

It needs the reading, the biases, the set's words and the word under test; nothing else. So a
third party to whom exactly these were opened computes the same number.

>>> from mapp_compliance.watermark.codes.decoders import code_reading
>>> from mapp_compliance.watermark.codes.models import MODELS
>>> reading = code_reading(range(3), [SCALE // 2] * 3, [1, 1, 0])
>>> test = set_test(Kinds(reading), np.array([[0, 1, 0]], dtype=np.uint8), MODELS[3])
>>> test.p(np.array([[1, 1, 0], [0, 1, 1]], dtype=np.uint8)).round(6).tolist()
[0.125, 0.875]
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mapp_compliance.watermark.codes.decoders import STEPS
from mapp_compliance.watermark.codes.kinds import Kinds
from mapp_compliance.watermark.codes.models import MODELS, UNIT, Model
from mapp_compliance.watermark.codes.pvalue import Tail, exact_tail
from mapp_compliance.watermark.codes.units import SCALE


@dataclass(frozen=True, slots=True, eq=False)
class SetTest:
    """Weights of the r read sites, in steps of 1/32, and the tail of their sum.

    Attributes:
        wanted: r symbols; a site counts its weight when the word holds that symbol.
        weights: r whole numbers >= 0.
    """

    wanted: NDArray[np.uint8]
    weights: NDArray[np.int64]
    tail: Tail

    def scores(self, words: NDArray[np.uint8]) -> NDArray[np.int64]:
        """The score of each word: k x r symbols at the read sites to k scores."""
        # Whole numbers far below 2^53 add up exactly in doubles, in any order.
        sums = (words == self.wanted).astype(np.float64) @ self.weights.astype(np.float64)
        found: NDArray[np.int64] = sums.astype(np.int64)
        return found

    def p(self, words: NDArray[np.uint8]) -> NDArray[np.float64]:
        """The p of each word."""
        return self.tail.p(self.scores(words))


def set_test(kinds: Kinds, known: NDArray[np.uint8], model: Model) -> SetTest:
    """The test of one more source beside the known ones.

    Args:
        kinds: of the reading.
        known: k x r symbols of the set's words at the read sites; k below the model's sources.
    """
    reading = kinds.reading
    ones = known.sum(axis=0, dtype=np.int64)
    with_one, without = (_seen(kinds, ones + own, len(known) + 1, model) for own in (1, 0))
    whole = np.rint(STEPS * (with_one - without)).astype(np.int64)
    wanted = (whole > 0).astype(np.uint8)
    weights = np.abs(whole)
    chances = [
        bias if symbol else SCALE - bias
        for bias, symbol in zip(reading.biases, wanted.tolist(), strict=True)
    ]
    # Light sites first: the table of the law then grows late, which is faster.
    order = np.argsort(weights, kind="stable").tolist()
    tail = exact_tail([int(weights[at]) for at in order], [chances[at] for at in order])
    return SetTest(wanted, weights, tail)


def gains_of(kinds: Kinds, known: NDArray[np.uint8], model: Model) -> NDArray[np.float64]:
    """How much likelier one more source makes each read site, if it holds a 0 and if a 1.

    Args:
        known: as for ``set_test``.
    Returns:
        2 x r, in nats.
    """
    ones = known.sum(axis=0, dtype=np.int64)
    before = _seen(kinds, ones, len(known), model)
    return np.stack([_seen(kinds, ones + own, len(known) + 1, model) - before for own in (0, 1)])


def _seen(kinds: Kinds, ones: NDArray[np.int64], size: int, model: Model) -> NDArray[np.float64]:
    """The log-likelihood of each read site when so many of a set of that size hold a 1."""
    table = kinds.table(size)[:, :, MODELS.index(model)]
    found: NDArray[np.float64] = table[kinds.of_site, ones] * UNIT
    return found
