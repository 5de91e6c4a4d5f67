"""What each row of a tree says, from all ways through it.

A row says only what all places agree on at which it can stand; one that says nothing in one
place says nothing at all.
"""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from mapp_compliance.watermark.natural.tokens import Role
from mapp_compliance.watermark.reading.paths import FREE, SIZES, Fold, Tree, Way
from mapp_compliance.watermark.reading.rows import (
    BLOCK,
    NOTHING,
    Facts,
    Flags,
    Numbers,
    Said,
    agreed,
    prints,
)


@dataclass(slots=True)
class _Walked:
    """All ways through a tree: their steps, how long they are, and what each row of them says."""

    sizes: Sequence[int]
    longest: int
    paths: "array[int]" = field(default_factory=lambda: array("i"))  # as many as the longest has
    facts: "array[int]" = field(default_factory=lambda: array("i"))  # by size; -1 for no row
    numbers: dict[Facts, int] = field(default_factory=lambda: {NOTHING: 0})

    def add(self, way: Way) -> None:
        """One more way."""
        length = len(way.path)
        self.paths.extend(way.path)
        self.paths.extend([0] * (self.longest - length))
        numbers, told, shared = self.numbers, way.told, way.shared
        for size in self.sizes:
            if shared < size <= length:
                self.facts.append(numbers.setdefault(told[size - 1], len(numbers)))
            else:
                self.facts.append(-1)

    def said(self, words: Numbers, free: Flags, sizes: Sequence[int]) -> Said:
        """What the rows of these sizes say.

        Args:
            words: by step.
            free: the steps that are told by their order alone.
        """
        paths = np.frombuffer(self.paths, dtype=np.int32).reshape(-1, self.longest)
        facts = np.frombuffer(self.facts, dtype=np.int32).reshape(-1, len(self.sizes))
        columns = [size - 1 for size in sizes]
        sums = np.zeros((len(paths), len(sizes)), dtype=np.uint64)
        for begin in range(0, len(paths), BLOCK):
            own = paths[begin : begin + BLOCK, : sizes[-1]]
            sums[begin : begin + BLOCK] = prints(words[own], free[own])[:, columns]
        held, known = list(self.numbers), {}
        for column, size in enumerate(sizes):
            told = facts[:, self.sizes.index(size)]
            known[size] = agreed(sums[told >= 0, column], told[told >= 0], held)
        return known


def rows_of(tree: Tree) -> dict[Fold, Said]:
    """Every row that says something, with what it says."""
    sizes = sorted({size for fold in tree.folds for size in SIZES[fold]})
    walked = _Walked(sizes, sizes[-1])
    for start, step in enumerate(tree.steps):
        if step.token >= 0:
            for way in tree.ways(start, walked.longest):
                walked.add(way)
    roles = [step.role for step in tree.steps]
    words = np.array([step.token for step in tree.steps], dtype=np.int64)
    return {
        fold: walked.said(words, np.array(loose(roles, fold), dtype=np.bool_), SIZES[fold])
        for fold in tree.folds
    }


def loose(roles: Sequence[Role], fold: Fold) -> Sequence[bool]:
    """Which tokens are told by their order in each row alone."""
    free = FREE[fold]
    return [free[role] for role in roles]
