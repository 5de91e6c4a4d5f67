"""The sieve before the score: diagonals on which six of eight neighbouring bytes may fit.

A byte stands for a word of 64 bits that tells at which of 64 places of a filler it may stand.
Words of eight neighbours, each shifted by its distance, are added lane by lane; so one pass over
the bytes looks at 64 diagonals for each of them at once, and what it costs does not depend on how
long a diagonal is. A diagonal that would reach the threshold of the score has such windows unless
more than a quarter of its letters is damaged everywhere; the score alone decides.

>>> wanted = [{65 + place % 20} for place in range(20)]
>>> view = np.frombuffer(b"--ABCDEFGHIJKLMN--", dtype=np.uint8)
>>> diagonals(view, sieve(wanted))[0]
2
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Words = NDArray[np.uint64]

WINDOW = 8  # neighbouring bytes looked at together; at least six of them fit
LANES = 64  # places of a filler that one word holds
STRIDE = LANES - WINDOW + 1  # whole windows of a word begin at so many of its places
BLOCK = 32768  # bytes worked on at once, so that the words stay in a processor's cache
MIN_WINDOWS = 3  # of one diagonal: ten letters in a row have three at least
MAX_CANDIDATES = 64  # diagonals of one view and filler that are looked at closely, best first


@dataclass(frozen=True, slots=True)
class Sieve:
    """What stands for each byte at the places from each STRIDE-th one on, made once."""

    tables: tuple[Words, ...]


def sieve(wanted: Sequence[set[int]]) -> Sieve:
    """The sieve for the bytes that may stand at each place; without places it finds nothing."""
    firsts = range(0, max(len(wanted) - WINDOW, 0) + 1, STRIDE) if wanted else ()
    return Sieve(tuple(_table(wanted[first : first + LANES]) for first in firsts))


def diagonals(view: Bytes, sought: Sieve) -> list[int]:
    """The offsets of place 0 of the most promising diagonals, at most MAX_CANDIDATES, rising.

    A diagonal holds place i at offset + i.
    """
    counts: dict[int, int] = {}
    for number, table in enumerate(sought.tables):
        first = number * STRIDE
        for begin in range(0, len(view) - WINDOW + 1, BLOCK):
            fit = table[view[begin : begin + BLOCK + WINDOW - 1]]
            for start, windows in _counted(_windows(fit)):
                diagonal = begin - first + start
                counts[diagonal] = counts.get(diagonal, 0) + windows
    best = sorted(counts, key=lambda start: (-counts[start], start))
    return sorted(start for start in best[:MAX_CANDIDATES] if counts[start] >= MIN_WINDOWS)


def _table(wanted: Sequence[set[int]]) -> Words:
    table = np.zeros(256, dtype=np.uint64)
    for place, here in enumerate(wanted):
        for byte in here:
            table[byte] |= np.uint64(1 << place)
    return table


def _windows(fit: Words) -> Words:
    """For each byte: the places at which a window that begins there has six fits or more."""
    size = len(fit) - WINDOW + 1
    rows = [fit[at : at + size] >> np.uint64(at) for at in range(WINDOW)]
    ones_1, twos_1 = _added(rows[0], rows[1], rows[2])
    ones_2, twos_2 = _added(rows[3], rows[4], rows[5])
    ones_3, twos_3 = rows[6] ^ rows[7], rows[6] & rows[7]
    _, twos_4 = _added(ones_1, ones_2, ones_3)
    twos_5, fours_1 = _added(twos_1, twos_2, twos_3)
    twos, fours_2 = twos_5 ^ twos_4, twos_5 & twos_4
    fours, eights = fours_1 ^ fours_2, fours_1 & fours_2
    whole: Words = eights | (fours & twos)
    return whole


def _added(one: Words, two: Words, three: Words) -> tuple[Words, Words]:
    """Sum and carry of three bits, lane by lane."""
    half = one ^ two
    return half ^ three, (one & two) | (half & three)


def _counted(windows: Words) -> Iterator[tuple[int, int]]:
    """(diagonal, windows on it) of a block, as many as could be candidates."""
    at = np.flatnonzero(windows)
    if not len(at):
        return
    lanes = np.unpackbits(
        windows[at].astype("<u8").view(np.uint8).reshape(-1, 8), axis=1, bitorder="little"
    )
    row, place = np.nonzero(lanes)
    counts = np.bincount(at[row] - place + LANES, minlength=1)
    found = np.flatnonzero(counts)
    if len(found) > MAX_CANDIDATES:
        found = found[np.argsort(-counts[found], kind="stable")[:MAX_CANDIDATES]]
    for start in found.tolist():
        yield start - LANES, int(counts[start])
