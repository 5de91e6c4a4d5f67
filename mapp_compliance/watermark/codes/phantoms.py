"""Phantom control: words that nobody was ever given, scored like everybody's.

It checks without mathematics what the exact p claims: among N words by chance the best p must
not be far below 1/N. Wrong weights, wrong biases or a broken table show here. The rule
``best p >= 1 / (10 N)`` fails by luck in at most one run in twenty: each phantom gets below that
with chance 1 / (20 N) at most, as two decoders at a quarter each spend half of the level.

Symbols come from SHAKE-256 under the phantom key, one stream for each site, as many bytes a
symbol as the bias has digits: exact, and a million words by 300 sites in about a second.

>>> from mapp_compliance.watermark.codes.decoders import c1_decoder, code_reading, sym_decoder
>>> from mapp_compliance.watermark.codes.units import SCALE
>>> reading = code_reading(range(40), [SCALE // 2] * 40, [1, 0] * 20)
>>> control = phantom_control(reading, c1_decoder(reading), sym_decoder(reading), 4.0, 1e-6,
...                           bytes(32), 10_000)
>>> control.count, control.rank, control.ok
(10000, 1, True)
"""

from dataclasses import dataclass
from hashlib import shake_256

import numpy as np
from numpy.typing import NDArray

from mapp_compliance.watermark.codes.decoders import CodeReading, Decoder
from mapp_compliance.watermark.codes.joint import JointDecoder
from mapp_compliance.watermark.codes.keys import checked_key
from mapp_compliance.watermark.codes.units import CodeError

PHANTOMS = 1_000_000
JOINT_PHANTOMS = 10_000  # each is tested given all real words, which takes longer
MOST_PHANTOMS = 4_000_000  # some 30 bytes each are held at once

_PERSON = b"mapp/phantoms/1"


@dataclass(frozen=True, slots=True)
class Phantoms:
    """The outcome of the control.

    Attributes:
        count: number of phantom words scored.
        best_p: least code p among them.
        rank: place of the best real copy among them, 1 = no phantom fits as well.
        ok: best_p is at least 1 / (10 count).
    """

    count: int
    best_p: float
    rank: int
    ok: bool


def phantom_control(
    reading: CodeReading,
    c1: Decoder,
    sym: Decoder,
    price: float,
    best_real_p: float,
    key: bytes,
    count: int,
) -> Phantoms:
    """Scores ``count`` phantom words by both decoders.

    Args:
        price: factor on the smaller of the two p-values, the same as for real copies.
        best_real_p: least code p among the real copies.
        key: 32 to 64 bytes; the same key gives the same phantoms.
    Raises:
        CodeError: the count is outside 1 to 4,000,000, or the key is of the wrong size.
    """
    if not 1 <= count <= MOST_PHANTOMS:
        raise CodeError(f"{count} phantoms cannot be scored; ask for 1 to {MOST_PHANTOMS}")
    checked_key(key)
    kinds = list(zip(c1.weights, sym.weights, strict=True))
    c1_scores = np.zeros(count, dtype=np.int64)
    sym_scores = np.zeros(count, dtype=np.int64)
    for kind in sorted(set(kinds)):
        agreements = np.zeros(count, dtype=np.uint32)
        for site in (index for index, one in enumerate(kinds) if one == kind):
            agreements += agrees(reading, site, key, count)
        c1_scores += kind[0] * agreements.astype(np.int64)
        sym_scores += kind[1] * agreements.astype(np.int64)
    p = np.minimum(c1.tail.p(c1_scores), sym.tail.p(sym_scores)) * price
    return _outcome(np.minimum(p, 1.0), best_real_p)


def joint_phantom_control(
    reading: CodeReading,
    joint: JointDecoder,
    price: float,
    best_real_p: float,
    key: bytes,
    count: int,
) -> Phantoms:
    """Scores phantom words by the joint decoder, given all real words.

    Arguments and errors as for ``phantom_control``; ``best_real_p`` is the least joint p among the
    real copies, with its price.
    """
    if not 1 <= count <= MOST_PHANTOMS:
        raise CodeError(f"{count} phantoms cannot be scored; ask for 1 to {MOST_PHANTOMS}")
    words = np.empty((count, len(reading.agree)), dtype=np.uint8)
    for site, symbol in enumerate(reading.symbols.tolist()):
        words[:, site] = np.where(agrees(reading, site, key, count), symbol, 1 - symbol)
    return _outcome(np.minimum(joint.strangers(words) * price, 1.0), best_real_p)


def _outcome(p: NDArray[np.float64], best_real_p: float) -> Phantoms:
    best, count = float(p.min()), len(p)
    rank = 1 + int(np.count_nonzero(p <= best_real_p))
    return Phantoms(count, best, rank, best >= 1 / (10 * count))


def agrees(reading: CodeReading, site: int, key: bytes, count: int) -> NDArray[np.bool_]:
    """Which of the phantoms agree at one read site (its index in the reading)."""
    bias = reading.biases[site]
    width = next(width for width in (1, 2, 4) if bias % 2 ** (32 - 8 * width) == 0)
    place = reading.places[site].to_bytes(4, "little")
    stream = shake_256(_PERSON + bytes([len(key)]) + key + place).digest(count * width)
    drawn = np.frombuffer(stream, dtype=f"<u{width}")
    limit = np.array(bias >> (32 - 8 * width)).astype(drawn.dtype)
    return drawn < limit if reading.symbols[site] else drawn >= limit
