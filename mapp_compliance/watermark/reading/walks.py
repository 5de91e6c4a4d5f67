"""What each row of a tree says, from all ways through it.

A row says only what all places agree on at which it can stand; one that says nothing in one
place says nothing at all.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from mapp_compliance.watermark.natural.tokens import Role
from mapp_compliance.watermark.reading.paths import FREE, SIZES, Fold, Tree, Way
from mapp_compliance.watermark.reading.rows import BLOCK, NOTHING, Facts, Said, agreed, prints


@dataclass(slots=True)
class _Walked:
    """All ways through a tree: their steps, how long they are, and what each row of them says."""

    sizes: Sequence[int]
    longest: int
    paths: list[int] = field(default_factory=list)  # as many for each way as the longest has
    lengths: list[int] = field(default_factory=list)
    facts: list[int] = field(default_factory=list)  # of each way by size: a number, -1 for no row
    numbers: dict[Facts, int] = field(default_factory=lambda: {NOTHING: 0})

    def add(self, way: Way) -> None:
        """One more way."""
        length = len(way.path)
        self.paths += way.path
        self.paths += [0] * (self.longest - length)
        self.lengths.append(length)
        numbers, told, shared = self.numbers, way.told, way.shared
        for size in self.sizes:
            if shared < size <= length:
                self.facts.append(numbers.setdefault(told[size - 1], len(numbers)))
            else:
                self.facts.append(-1)


def rows_of(tree: Tree) -> dict[Fold, Said]:
    """Every row that says something, with what it says."""
    sizes = sorted({size for fold in tree.folds for size in SIZES[fold]})
    walked = _Walked(sizes, sizes[-1])
    for start, step in enumerate(tree.steps):
        if step.token >= 0:
            for way in tree.ways(start, walked.longest):
                walked.add(way)
    roles = np.array([step.role for step in tree.steps], dtype=np.int64)
    words = np.array([step.token for step in tree.steps], dtype=np.int64)
    paths = np.array(walked.paths, dtype=np.int64).reshape(-1, walked.longest)
    facts = np.array(walked.facts, dtype=np.int64).reshape(-1, len(sizes))
    held = list(walked.numbers)
    said: dict[Fold, Said] = {}
    for fold in tree.folds:
        free = np.array(FREE[fold])[roles] if len(roles) else np.zeros(0, dtype=np.bool_)
        longest = SIZES[fold][-1]
        own = paths[:, :longest]
        found = [
            prints(words[own[begin : begin + BLOCK]], free[own[begin : begin + BLOCK]])
            for begin in range(0, len(own), BLOCK)
        ]
        sums = np.concatenate(found) if found else np.zeros((0, longest), dtype=np.uint64)
        known = {}
        for size in SIZES[fold]:
            told = facts[:, sizes.index(size)]
            held_here = told >= 0
            known[size] = agreed(sums[held_here, size - 1], told[held_here], held)
        said[fold] = known
    return said


def loose(roles: Sequence[Role], fold: Fold) -> Sequence[bool]:
    """Which tokens are told by their order in each row alone."""
    free = FREE[fold]
    return [free[role] for role in roles]
