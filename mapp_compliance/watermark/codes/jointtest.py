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
from mapp_compliance.watermark.codes.states import posterior
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

    def p(self, words: NDArray[np.uint8]) -> NDArray[np.float64]:
        """The p of each word: k x r symbols at the read sites to k chances."""
        # Whole numbers far below 2^53 add up exactly in doubles, in any order.
        sums = (words == self.wanted).astype(np.float64) @ self.weights.astype(np.float64)
        return self.tail.p(sums.astype(np.int64))


def set_test(kinds: Kinds, known: NDArray[np.uint8], model: Model) -> SetTest:
    """The test of one more source beside the known ones.

    Args:
        kinds: of the reading.
        known: k x r symbols of the set's words at the read sites; k below the model's sources.
    """
    reading, size = kinds.reading, len(known)
    ones = known.sum(axis=0, dtype=np.int64)

    def seen(more: int, held: NDArray[np.int64], turned: bool) -> NDArray[np.float64]:
        table = kinds.table(size + more, turned)[:, :, MODELS.index(model)]
        found: NDArray[np.float64] = table[kinds.of_site, held] * UNIT
        return found

    gain = seen(1, ones + 1, turned=False) - seen(1, ones, turned=False)
    if reading.channels:
        back = seen(1, ones + 1, turned=True) - seen(1, ones, turned=True)
        as_read, inverted = posterior(
            reading.channels, seen(0, ones, turned=False), seen(0, ones, turned=True)
        )
        gain = as_read * gain + inverted * back
    whole = np.rint(STEPS * gain).astype(np.int64)
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
