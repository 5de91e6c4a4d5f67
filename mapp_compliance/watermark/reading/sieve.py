"""The sieve before the score: diagonals on which six of eight neighbouring bytes may fit.

A byte stands for a word of 64 bits that tells at which of 64 places of a filler it may stand.
Words of eight neighbours, each shifted by its distance, are added lane by lane; so one pass over
the bytes looks at 64 diagonals for each of them at once, and what it costs does not depend on how
long a diagonal is. Before that, in a tenth of the work, the places are folded to their remainders
by eight: a window without six fits has none in the words either. A diagonal that would reach the
threshold of the score has such windows unless more than a quarter of its letters is damaged
everywhere; the score alone decides.

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
Lanes = NDArray[np.unsignedinteger]  # of 8 or of 64

WINDOW = 8  # neighbouring bytes looked at together; at least six of them fit
LANES = 64  # places of a filler that one word holds
STRIDE = LANES - WINDOW + 1  # whole windows of a word begin at so many of its places
BLOCK = 32768  # bytes worked on at once, so that the words stay in a processor's cache
MIN_WINDOWS = 3  # of one diagonal: ten letters in a row have three at least
MAX_CANDIDATES = 64  # diagonals of one view and filler that are looked at closely, best first


FOLDED = 8  # remainders of places that one byte holds
SCARCE = 6  # one place in so many may begin a window, else all are looked at in a row


@dataclass(frozen=True, slots=True)
class Sieve:
    """What stands for each byte at the places from each STRIDE-th one on, made once.

    ``folded`` has for each table one byte a byte, which holds the places by their remainders.
    """

    tables: tuple[Words, ...]
    folded: tuple[bytes, ...]


def sieve(wanted: Sequence[set[int]]) -> Sieve:
    """The sieve for the bytes that may stand at each place; without places it finds nothing."""
    firsts = range(0, max(len(wanted) - WINDOW, 0) + 1, STRIDE) if wanted else ()
    tables = tuple(_table(wanted[first : first + LANES]) for first in firsts)
    return Sieve(tables, tuple(map(_folded, tables)))


def diagonals(view: Bytes, sought: Sieve) -> list[int]:
    """The offsets of place 0 of the most promising diagonals, at most MAX_CANDIDATES, rising.

    A diagonal holds place i at offset + i.
    """
    counts: dict[int, int] = {}
    data = view.tobytes()
    for number, (table, folded) in enumerate(zip(sought.tables, sought.folded, strict=True)):
        first = number * STRIDE
        few = np.frombuffer(data.translate(folded), dtype=np.uint8)
        for begin in range(0, len(view) - WINDOW + 1, BLOCK):
            end = begin + BLOCK + WINDOW - 1
            at = np.flatnonzero(_six_of_eight(_turned(few[begin:end])) != 0)
            if not len(at):
                continue
            for start, windows in _counted(at, _whole(view[begin:end], table, at)):
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


def _folded(table: Words) -> bytes:
    """Of each byte the remainders by FOLDED of the places at which it may stand, a bit for each."""
    lanes = table.astype("<u8").view(np.uint8).reshape(-1, LANES // FOLDED)
    return bytes(np.bitwise_or.reduce(lanes, axis=1))


def _turned(few: Bytes) -> list[Bytes]:
    """The folded bytes at each distance, turned back by it: bit k tells of one diagonal's places.

    Every window of a table is a window here, since the place at that distance has that remainder.
    """
    size = len(few) - WINDOW + 1
    rows = [few[:size]]
    for at in range(WINDOW - 1, 0, -1):
        few = (few + few) | (
            few >> np.uint8(FOLDED - 1)
        )  # a shift to the left takes ten times that
        rows.append(few[at : at + size])
    return rows


def _whole(view: Bytes, table: Words, at: NDArray[np.int64]) -> Words:
    """For each of the places: the places of a filler at which a window that begins there fits."""
    size = len(view) - WINDOW + 1
    if SCARCE * len(at) < size:
        fit = [table[view[at + distance]] for distance in range(WINDOW)]
    else:
        fit = [table[view[distance : distance + size]] for distance in range(WINDOW)]
    found = _six_of_eight([row >> np.uint64(far) for far, row in enumerate(fit)])
    return found if SCARCE * len(at) < size else found[at]


def _six_of_eight(rows: list[Lanes]) -> Lanes:
    """The lanes, bit by bit, in which at least six of the eight rows have a one."""
    ones_1, twos_1 = _added(rows[0], rows[1], rows[2])
    ones_2, twos_2 = _added(rows[3], rows[4], rows[5])
    ones_3, twos_3 = rows[6] ^ rows[7], rows[6] & rows[7]
    _, twos_4 = _added(ones_1, ones_2, ones_3)
    twos_5, fours_1 = _added(twos_1, twos_2, twos_3)
    twos, fours_2 = twos_5 ^ twos_4, twos_5 & twos_4
    fours, eights = fours_1 ^ fours_2, fours_1 & fours_2
    whole: Lanes = eights | (fours & twos)
    return whole


def _added(one: Lanes, two: Lanes, three: Lanes) -> tuple[Lanes, Lanes]:
    """Sum and carry of three bits, lane by lane."""
    half = one ^ two
    return half ^ three, (one & two) | (half & three)


def _counted(at: NDArray[np.int64], windows: Words) -> Iterator[tuple[int, int]]:
    """(diagonal, windows on it) of a block, as many as could be candidates.

    Args:
        at: rising places of the block.
        windows: what begins at each of them.
    """
    some = np.flatnonzero(windows != 0)
    if not len(some):
        return
    at = at[some]
    lanes = np.unpackbits(
        windows[some].astype("<u8").view(np.uint8).reshape(-1, 8), axis=1, bitorder="little"
    )
    row, place = np.nonzero(lanes)
    counts = np.bincount(at[row] - place + LANES, minlength=1)
    found = np.flatnonzero(counts)
    if len(found) > MAX_CANDIDATES:
        found = found[np.argsort(-counts[found], kind="stable")[:MAX_CANDIDATES]]
    for start in found.tolist():
        yield start - LANES, int(counts[start])
