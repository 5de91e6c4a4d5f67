"""All rows of tokens that a tree of forms can give, and what each of them says.

A row says that a site has one form when no word of the other form gives that row anywhere in the
package. This is told exactly, by walking every path of a few tokens through the tree, and not
learnt from sample copies: it takes fewer seconds, and is never wrong about the package itself.

Rows are folded in three ways, each longer than the last: names as they are; names numbered in the
order in which they come in the row, which survives renaming; names and values numbered, which
survives a minifier that gives names to values.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

from mapp_compliance.watermark.carrier import original_text
from mapp_compliance.watermark.reading.source import Remarks, Role, Scanner
from mapp_compliance.watermark.reading.styles import (
    IN_REMARKS,
    PAIRS,
    STYLES,
    Item,
    Kind,
    Style,
    Texts,
)
from mapp_compliance.watermark.sites import Fork, Point, Segments

MOST_FORKS = 6  # on one path; 64 ways through


class Fold(Enum):
    """How names and values of a row are told apart."""

    WORDS = 0
    ALPHA = 1
    ATOMS = 2
    REMARKS = 3  # words of comments


SIZES = {
    Fold.WORDS: (4, 6, 9, 13, 19),
    Fold.ALPHA: (9, 13, 18, 25),
    Fold.ATOMS: (14, 20, 28),
    Fold.REMARKS: (5, 8, 12),
}
FIXED = {
    Fold.WORDS: frozenset(Role),
    Fold.ALPHA: frozenset(Role) - {Role.NAME},
    Fold.ATOMS: frozenset({Role.FIXED}),
    Fold.REMARKS: frozenset(Role),
}
CODE = (Fold.WORDS, Fold.ALPHA, Fold.ATOMS)
REMARKS = (Fold.REMARKS,)
_STEPS = {Kind.FORK: -1, Kind.OPEN: -2, Kind.CLOSE: -3}  # steps that are no tokens
_FORK, _OPEN = _STEPS[Kind.FORK], _STEPS[Kind.OPEN]
ROOM = 64  # more than any row is long

# (place of the site, raw form); of a style (-1 - place, index in the row + ROOM * its number)
Fact = tuple[int, int]
Facts = frozenset[Fact]
NOTHING: Facts = frozenset()
Row = tuple[int, ...]


@dataclass(slots=True)
class _Step:
    """A token of the tree with what follows it; else a fork, or the end of a pair."""

    token: int  # word number, or what the step is instead
    role: Role
    said: Facts  # the forms of the forks around it
    after: int  # next step, -1 at the end; of a fork its first form
    second: int = -1  # of a fork
    site: int = -1  # of a fork or pair
    styles: tuple[tuple[int, int], ...] = ()  # (site, number) whose form is the style of this token


@dataclass(slots=True)
class Words:
    """Numbers of the keys; a word that no tree holds gets a negative one."""

    numbers: dict[bytes, int] = field(default_factory=dict)

    def number(self, key: bytes) -> int:
        """The number of a key, a new one when it is new."""
        return self.numbers.setdefault(key, len(self.numbers))


@dataclass(slots=True)
class Tree:
    """The steps of files, built from their ends so that each knows what follows."""

    words: Words
    places: Mapping[str, int]  # of the site of each point
    points: Mapping[str, Point]
    folds: Sequence[Fold] = CODE
    steps: list[_Step] = field(default_factory=list)

    def add(self, segments: Segments) -> None:
        """Takes in the segments of one file."""
        scanner = Scanner() if self.folds == CODE else Remarks()
        items = self._items(segments, scanner)
        scanner.end()
        self._chain(items, -1, NOTHING)

    @property
    def longest(self) -> int:
        """Tokens of the longest rows."""
        return max(max(SIZES[fold]) for fold in self.folds)

    def _items(self, segments: Segments, scanner: Scanner | Remarks) -> list[Item]:
        """The tokens, forks and pairs; what stands between two forks is cut as one text."""
        items: list[Item] = []
        texts = Texts()
        for segment in segments:
            text = original_text((segment,), self.points)
            if not isinstance(segment, Fork) or segment.point not in self.places:
                texts.add(text)
                continue
            style = STYLES.get(self.points[segment.point].form)
            if style is None:
                items += texts.items(scanner)
                texts = Texts()
                items += self._fork(segment, scanner)
            elif style in PAIRS and self.folds == CODE:
                kind = Kind.OPEN if segment.second == (b"(",) else Kind.CLOSE
                texts.pair(text, self.places[segment.point], kind)
            else:
                texts.add(text, self._styles(segment))
        return items + texts.items(scanner)

    def _fork(self, fork: Fork, scanner: Scanner | Remarks) -> Iterator[Item]:
        other = scanner.copy()
        scanner.part()
        first = self._items(fork.first, scanner)
        second = self._items(fork.second, other)
        scanner.part()
        if first or second:
            yield Item(Kind.FORK, None, self.places[fork.point], first, second)

    def _styles(self, fork: Fork) -> Sequence[tuple[int, Style]]:
        """The sites of a fork, and of those in it, that show in tokens of this kind."""
        held = dict.fromkeys(_names(fork))
        styled = [
            (self.places[name], STYLES[self.points[name].form])
            for name in held
            if name in self.places
        ]
        remarks = self.folds == REMARKS
        return [(site, style) for site, style in styled if (style in IN_REMARKS) == remarks]

    def _chain(self, items: Sequence[Item], after: int, said: Facts) -> int:
        """The first step of a row of items that goes on with ``after``."""
        for item in reversed(items):
            if item.kind is Kind.FORK:
                first = self._chain(item.first, after, said | {(item.site, 0)})
                second = self._chain(item.second, after, said | {(item.site, 1)})
                self.steps.append(_Step(_FORK, Role.FIXED, said, first, second, item.site))
            elif item.token is None:
                step = _Step(_STEPS[item.kind], Role.FIXED, said, after, site=item.site)
                self.steps.append(step)
            elif item.token.dropped:
                continue
            else:
                token, number = item.token, self.words.number(item.token.key)
                self.steps.append(_Step(number, token.role, said, after, styles=tuple(item.styles)))
            after = len(self.steps) - 1
        return after

    def paths(self, start: int) -> Iterator[list[tuple[_Step, Facts]]]:
        """Every way through the next tokens, each with all that is said up to it."""
        longest = self.longest
        waiting = [_Way(start)]
        while waiting:
            way = waiting.pop()
            while way.at >= 0 and len(way.path) < longest:
                step = self.steps[way.at]
                if not step.said <= way.said:
                    way.said = way.said | step.said
                if step.token >= 0:
                    way.path.append((step, way.said))
                    way.at = step.after
                elif step.token != _FORK:
                    way.pair(step)
                elif (step.site, 1) in way.said:
                    way.at = step.second
                elif (step.site, 0) in way.said:
                    way.at = step.after
                elif way.forks == MOST_FORKS:
                    break
                else:
                    waiting.append(way.split(step))
            yield way.path


@dataclass(slots=True)
class _Way:
    """One way through the tree, as far as it was walked."""

    at: int
    path: list[tuple[_Step, Facts]] = field(default_factory=list)
    said: Facts = NOTHING
    forks: int = 0
    opened: dict[int, int] = field(default_factory=dict)  # site of a pair: tokens before it

    def pair(self, step: _Step) -> None:
        """Goes past one end of a pair."""
        if step.token == _OPEN:
            self.opened[step.site] = len(self.path)
        elif step.site in self.opened:
            index = self.opened[step.site]
            number = len(self.path) - index
            self.said = self.said | {(-1 - step.site, index + ROOM * number)}
        self.at = step.after

    def split(self, step: _Step) -> "_Way":
        """Takes the first form of a fork, and gives the way of the second."""
        self.forks += 1
        said = self.said | {(step.site, 1)}
        other = _Way(step.second, list(self.path), said, self.forks, dict(self.opened))
        self.said = self.said | {(step.site, 0)}
        self.at = step.after
        return other


def rows_of(tree: Tree) -> dict[tuple[Fold, Row], Facts]:
    """Every row that says something, with what it says."""
    rows: dict[tuple[Fold, Row], Facts] = {}
    for start, step in enumerate(tree.steps):
        if step.token < 0:
            continue
        for path in tree.paths(start):
            numbers = [each.token for each, _ in path]
            roles = [each.role for each, _ in path]
            styled = [
                (at, (-1 - site, at + ROOM * number))
                for at, (each, _) in enumerate(path)
                for site, number in each.styles
            ]
            for fold, size, row in folded(numbers, roles, 0, tree.folds):
                said = path[size - 1][1] | {fact for at, fact in styled if at < size}
                known = rows.get((fold, row))
                rows[fold, row] = said if known is None else known & said
    return {row: said for row, said in rows.items() if said}


def folded(
    numbers: Sequence[int], roles: Sequence[Role], start: int, folds: Sequence[Fold]
) -> Iterator[tuple[Fold, int, Row]]:
    """(fold, size, row) of every row that begins at a place."""
    end = len(numbers)
    for fold in folds:
        sizes = SIZES[fold]
        if start + sizes[0] > end:
            continue
        row = _renumbered(numbers, roles, start, min(end, start + sizes[-1]), FIXED[fold])
        for size in sizes:
            if start + size <= end:
                yield fold, size, row[:size]


def _renumbered(
    numbers: Sequence[int], roles: Sequence[Role], start: int, end: int, fixed: Iterable[Role]
) -> Row:
    """The row with what is not fixed numbered in the order in which it comes, as -2, -3, ..."""
    if len(frozenset(fixed)) == len(Role):
        return tuple(numbers[start:end])
    order: dict[int, int] = {}
    return tuple(
        numbers[at] if roles[at] in fixed else order.setdefault(numbers[at], -2 - len(order))
        for at in range(start, end)
    )


def _names(fork: Fork) -> Iterator[str]:
    yield fork.point
    for segment in (*fork.first, *fork.second):
        if isinstance(segment, Fork):
            yield segment.point
