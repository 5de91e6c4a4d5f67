"""Single decoders: how well one word agrees with what was read, and how likely by chance.

Given the reading and the biases, an innocent word is a row of independent symbols: it agrees
with a read 1 with chance bias, with a read 0 with chance 1 - bias, whatever the leakers did.
Both decoders are weighted counts of agreements with whole weights, so their p is exact and the
same table serves every instance. An erased site has no weight and no part in the null.

- ``c1``: log-likelihood that the word is the only source, 5 % of the symbols misread
  (every agreement counts log(.95/.05));
- ``sym``: symmetric Tardos score, Skoric, Katzenbeisser and Celik 2008
  (an agreement counts 1/sqrt(p(1-p))): better against coalitions.

>>> reading = code_reading((0, 1, 2), (SCALE // 2,) * 3, [1, None, 0])
>>> decoder = c1_decoder(reading)
>>> scores = agreement(reading, np.array([[1, 0, 0], [1, 1, 1]], np.uint8), decoder.weights)
>>> scores.tolist(), [round(float(p), 12) for p in decoder.tail.p(scores)]
([188, 94], [0.25, 0.75])
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mapp_compliance.watermark.codes.pvalue import Tail, exact_tail
from mapp_compliance.watermark.codes.units import OTHER, SCALE, CodeError

STEPS = 32  # weights are whole multiples of 1/32
NOISE = 0.05  # chance of a misread symbol in the c1 model


@dataclass(frozen=True, slots=True, eq=False)
class CodeReading:
    """The r read code sites: all that scoring knows of the sample, blind to every word.

    Attributes:
        columns: r columns of the codebook.
        places: r places in the map.
        symbols: r symbols, 0 or 1.
        biases: r numerators over 2^32 of a 1.
        agree: r numerators over 2^32 that an innocent word agrees.
    """

    columns: NDArray[np.int64]
    places: tuple[int, ...]
    symbols: NDArray[np.uint8]
    biases: tuple[int, ...]
    agree: tuple[int, ...]

    @property
    def bits(self) -> float:
        """Information read: -log2 of the chance that an innocent word agrees everywhere."""
        return math.fsum(-math.log2(numerator / SCALE) for numerator in self.agree)


@dataclass(frozen=True, slots=True, eq=False)
class Decoder:
    """Weights of the r read sites, in steps of 1/32, and the tail of their score."""

    weights: tuple[int, ...]
    tail: Tail


def code_reading(
    code_sites: Sequence[int],
    biases: Sequence[int],
    symbols: Sequence[int | None],
) -> CodeReading:
    """The read code sites of an observation.

    Args:
        code_sites: places of the code sites in the map; biases in the same order.
        symbols: one for each site of the map. At a code site 0, 1, or None for an erasure;
            OTHER, from a tag of two values, is an erasure too.
    Raises:
        CodeError: a code site holds something else.
    """
    if any(symbols[place] not in (None, OTHER, 0, 1) for place in code_sites):
        raise CodeError("a code site was read as neither 0 nor 1; hand in an erasure instead")
    columns = [column for column, place in enumerate(code_sites) if symbols[place] in (0, 1)]
    places = tuple(code_sites[column] for column in columns)
    read = [symbols[place] for place in places]
    kept = tuple(biases[column] for column in columns)
    return CodeReading(
        columns=np.array(columns, dtype=np.int64),
        places=places,
        symbols=np.array(read, dtype=np.uint8),
        biases=kept,
        agree=tuple(
            bias if symbol else SCALE - bias for bias, symbol in zip(kept, read, strict=True)
        ),
    )


def c1_decoder(reading: CodeReading) -> Decoder:
    """The log-likelihood decoder for a single source."""
    return _decoder(reading, [round(STEPS * math.log((1 - NOISE) / NOISE))] * len(reading.agree))


def sym_decoder(reading: CodeReading) -> Decoder:
    """The symmetric Tardos decoder."""
    chances = [numerator / SCALE for numerator in reading.agree]
    return _decoder(reading, [round(STEPS / math.sqrt(p * (1 - p))) for p in chances])


def _decoder(reading: CodeReading, weights: Sequence[int]) -> Decoder:
    return Decoder(tuple(weights), exact_tail(weights, reading.agree))


def agreement(
    reading: CodeReading, words: NDArray[np.uint8], weights: Sequence[int]
) -> NDArray[np.int64]:
    """The score of each word: the sum of the weights of the read sites where it agrees.

    Args:
        words: n x m symbols, all code sites of the book.
        weights: r whole numbers, one for each read site.
    Returns:
        n scores.
    """
    agrees = words[:, reading.columns] == reading.symbols
    # Whole numbers far below 2^53 add up exactly in doubles, in any order, and much faster.
    sums: NDArray[np.float64] = agrees.astype(np.float64) @ np.array(weights, dtype=np.float64)
    return sums.astype(np.int64)
