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

from mapp_compliance.watermark.codes.pvalue import Tail, exact_law, exact_tail, upper_tail
from mapp_compliance.watermark.codes.soft import Soft, channel_numbers, misread_chances
from mapp_compliance.watermark.codes.states import over_states
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
        misread: r chances, of ``MISREADS``, that the reader took one symbol for the other.
        channels: r numbers of channels that may have been changed as a whole, -1 for one that
            cannot; empty when none can.
    """

    columns: NDArray[np.int64]
    places: tuple[int, ...]
    symbols: NDArray[np.uint8]
    biases: tuple[int, ...]
    agree: tuple[int, ...]
    misread: tuple[float, ...]
    channels: tuple[int, ...] = ()

    @property
    def bits(self) -> float:
        """Information read: -log2 of the chance that an innocent word agrees everywhere."""
        return math.fsum(-math.log2(numerator / SCALE) for numerator in self.agree)


@dataclass(frozen=True, slots=True, eq=False)
class Decoder:
    """Weights of the r read sites, in steps of 1/32, and the tail of their score.

    ``lifts`` is empty for a plain sum. Else it has for each channel number, -1 first, what the sum
    of that channel counts for: entry i belongs to the sum ``i * lift_step``.
    """

    weights: tuple[int, ...]
    tail: Tail
    lifts: tuple[NDArray[np.int64], ...] = ()
    lift_step: int = 1

    def lifted(self, channel: int, sums: NDArray[np.int64]) -> NDArray[np.int64]:
        """What the sums of one channel count for."""
        if not self.lifts:
            return sums
        found: NDArray[np.int64] = self.lifts[channel + 1][sums // self.lift_step]
        return found


def code_reading(
    code_sites: Sequence[int],
    biases: Sequence[int],
    symbols: Sequence[int | None],
    soft: Soft | None = None,
) -> CodeReading:
    """The read code sites of an observation.

    Args:
        code_sites: places of the code sites in the map; biases in the same order.
        symbols: one for each site of the map. At a code site 0, 1, or None for an erasure;
            OTHER, from a tag of two values, is an erasure too.
        soft: what else the reader knows; a site that it could as well have guessed is an erasure.
    Raises:
        CodeError: a code site holds something else, or soft does not fit the symbols.
    """
    if any(symbols[place] not in (None, OTHER, 0, 1) for place in code_sites):
        raise CodeError("a code site was read as neither 0 nor 1; hand in an erasure instead")
    misread = misread_chances(soft, len(symbols))
    columns = [
        column
        for column, place in enumerate(code_sites)
        if symbols[place] in (0, 1) and misread[place] is not None
    ]
    places = tuple(code_sites[column] for column in columns)
    read = [symbols[place] for place in places]
    kept = tuple(biases[column] for column in columns)
    names = [soft.channels[place] for place in places] if soft and soft.channels else []
    return CodeReading(
        columns=np.array(columns, dtype=np.int64),
        places=places,
        symbols=np.array(read, dtype=np.uint8),
        biases=kept,
        agree=tuple(
            bias if symbol else SCALE - bias for bias, symbol in zip(kept, read, strict=True)
        ),
        misread=tuple(misread[place] or 0.0 for place in places),
        channels=channel_numbers(names),
    )


def c1_decoder(reading: CodeReading) -> Decoder:
    """The log-likelihood decoder for a single source."""
    wrong = [NOISE + misread - 2 * NOISE * misread for misread in reading.misread]
    if reading.channels:
        return changed_decoder(reading, wrong)
    return _decoder(reading, [round(STEPS * math.log((1 - e) / e)) for e in wrong])


def sym_decoder(reading: CodeReading) -> Decoder:
    """The symmetric Tardos decoder; a site counts less, the less sure it was read."""
    chances = [numerator / SCALE for numerator in reading.agree]
    sure = [1 - 2 * misread for misread in reading.misread]
    return _decoder(
        reading,
        [round(STEPS * s / math.sqrt(p * (1 - p))) for p, s in zip(chances, sure, strict=True)],
    )


def _decoder(reading: CodeReading, weights: Sequence[int]) -> Decoder:
    return Decoder(tuple(weights), exact_tail(weights, reading.agree))


def changed_decoder(reading: CodeReading, wrong: Sequence[float]) -> Decoder:
    """The single source whose channels may have been turned round or made uniform.

    The likelihood of a channel over its states depends on the word only through the weighted
    count of agreements, so its law, and that of the sum over channels, stays exact. Weights and
    values are whole half nats, which keeps the tables short.
    """
    coarse = STEPS // 2
    weights = [coarse * round(2 * math.log((1 - e) / e)) for e in wrong]
    law, roundings, lifts = np.ones(1), 0, []
    for channel in range(-1, max(reading.channels) + 1):
        mine = [at for at, own in enumerate(reading.channels) if own == channel]
        own_weights = [weights[at] for at in mine]
        step, own_law = exact_law([*own_weights, 0], [*(reading.agree[at] for at in mine), 0])
        sums = np.arange(0, sum(own_weights) + 1, coarse)
        if channel < 0:
            worth = sums
        else:
            lost = math.fsum(math.log(wrong[at]) for at in mine)
            logs = over_states(sums / STEPS + lost, sums[::-1] / STEPS + lost, len(mine))
            worth = coarse * np.rint((logs - logs.min()) * 2).astype(np.int64)
        lifts.append(worth)
        whole = np.zeros(len(sums))
        whole[:: max(1, step // coarse)][: len(own_law)] = own_law
        pushed = np.bincount(worth // coarse, whole)
        law = np.convolve(law, pushed)
        # Pushing adds up at most every cell, the convolution one product and sum for each.
        roundings += 2 * len(mine) + 3 * len(whole)
    return Decoder(tuple(weights), upper_tail(coarse, law, roundings), tuple(lifts), coarse)


def scores_of(
    reading: CodeReading, words: NDArray[np.uint8], decoder: Decoder
) -> NDArray[np.int64]:
    """The score of each word: n x m symbols, all code sites of the book, to n scores."""
    if not decoder.lifts:
        return agreement(reading, words, decoder.weights)
    total = np.zeros(len(words), dtype=np.int64)
    for channel in range(-1, max(reading.channels) + 1):
        mine = [
            w * (own == channel) for w, own in zip(decoder.weights, reading.channels, strict=True)
        ]
        total += decoder.lifted(channel, agreement(reading, words, mine))
    return total


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
