"""Rows of tokens as numbers of 64 bits, many at once: what each says, and where it stands.

A row is known by its print. What is told by its order alone counts by how far back it last came in
the row, so that two rows have one print when one naming turns one into the other; two others
do by a chance of 2^-64.

>>> free = np.ones((2, 3), dtype=np.bool_)
>>> one, two = prints(np.array([[5, 7, 5], [9, 8, 9]]), free)
>>> bool(one[2] == two[2]), bool(one[1] == one[2])
(True, False)
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]
Flags = NDArray[np.bool_]
Prints = NDArray[np.uint64]
# (place of the site, raw form); of a style (-1 - place, index in the row + ROOM * its number)
Fact = tuple[int, int]
Facts = frozenset[Fact]
NOTHING: Facts = frozenset()
_STEP = np.uint64(0x9E3779B97F4A7C15)  # odd, so that no bit of what came before is lost
_MIX = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))  # splitmix64, Steele 2014
_SHIFTS = (np.uint64(30), np.uint64(27), np.uint64(31))
_END = -(1 << 40)  # numbers of what stands behind the last token go down from here
BLOCK = 8192  # rows worked on at once, so that they stay in a processor's cache


@dataclass(frozen=True, slots=True)
class Known:
    """The rows of one length that say something, by their prints, which rise."""

    prints: Prints
    facts: Sequence[Facts]

    def found(self, sought: Prints) -> Iterator[tuple[int, Facts]]:
        """Where a known row stands among those that are sought, and what it says."""
        if not len(self.prints):
            return
        at = np.searchsorted(self.prints, sought)
        at[at == len(self.prints)] = 0
        for place in np.flatnonzero(self.prints[at] == sought).tolist():
            yield place, self.facts[at[place]]


def prints(numbers: Numbers, free: Flags) -> Prints:
    """Of each row and each length from one on: the print of the row up to there.

    Args:
        numbers: rows x length.
        free: which of them are told by their order alone.
    """
    back = np.zeros(numbers.shape, dtype=np.int64)
    for far in range(1, numbers.shape[1]) if free.any() else ():
        same = (numbers[:, far:] == numbers[:, :-far]) & free[:, far:] & free[:, :-far]
        own = back[:, far:]
        own[same & (own == 0)] = far
    return _summed(_mixed(np.where(free, -1 - back, numbers)))


def windows(
    numbers: Sequence[int], free: Sequence[bool], length: int, block: int = BLOCK
) -> Iterator[Prints]:
    """The prints of the rows that begin at each token, block by block.

    A row that the text is too short for has a print that no other row has.
    """
    beyond = range(_END, _END - length, -1)
    row = np.array([*numbers, *beyond], dtype=np.int64)
    loose = np.array([*free, *([False] * length)], dtype=np.bool_)
    back = _last(row, loose)
    fixed = _mixed(row)
    far = np.where(loose, back, 0)
    names = _mixed(-1 - np.arange(length, dtype=np.int64))
    for begin in range(0, len(numbers), block):
        size = min(block, len(numbers) - begin)
        codes = np.empty((size, length), dtype=np.uint64)
        for at in range(length):
            here = slice(begin + at, begin + at + size)
            within = np.where(far[here] <= at, far[here], 0)
            codes[:, at] = np.where(loose[here], names[within], fixed[here])
        yield _summed(codes)


def agreed(sums: Prints, facts: NDArray[np.int32], held: Sequence[Facts]) -> Known:
    """What rows say of which all places agree.

    Args:
        sums: the prints of rows of one length, in any order and as often as they come.
        facts: what each of them says, as a number in ``held``; 0 is nothing.
    """
    order = np.lexsort((facts, sums))
    sums, facts = sums[order], facts[order]
    new = np.ones(len(sums), dtype=np.bool_)
    new[1:] = (sums[1:] != sums[:-1]) | (facts[1:] != facts[:-1])
    sums, facts = sums[new], facts[new]
    first = np.ones(len(sums), dtype=np.bool_)
    first[1:] = sums[1:] != sums[:-1]
    starts = np.flatnonzero(first)
    ends = np.append(starts[1:], len(sums))
    told = facts[starts] != 0
    own: list[int] = []
    said: list[Facts] = []
    for start, end in zip(starts[told].tolist(), ends[told].tolist(), strict=True):
        common = held[facts[start]]
        for other in facts[start + 1 : end].tolist():
            common &= held[other]
        if common:
            own.append(start)
            said.append(common)
    return Known(sums[own], said)


def _last(row: Numbers, loose: Flags) -> Numbers:
    """Of each free token how far back the same one came last; 0 where it is the first."""
    at = np.flatnonzero(loose)
    order = at[np.argsort(row[at], kind="stable")]
    back = np.zeros(len(row), dtype=np.int64)
    same = row[order[1:]] == row[order[:-1]]
    back[order[1:][same]] = (order[1:] - order[:-1])[same]
    return back


def _mixed(numbers: Numbers) -> Prints:
    """Each number as bits that look like chance."""
    found = numbers.astype(np.uint64) + _STEP
    for shift, factor in zip(_SHIFTS, _MIX, strict=False):
        found = (found ^ (found >> shift)) * factor
    mixed: Prints = found ^ (found >> _SHIFTS[-1])
    return mixed


def _summed(codes: Prints) -> Prints:
    """The prints by length, in place."""
    for at in range(1, codes.shape[1]):
        codes[:, at] += codes[:, at - 1] * _STEP
    return codes


Said = Mapping[int, Known]  # by the length of the rows
