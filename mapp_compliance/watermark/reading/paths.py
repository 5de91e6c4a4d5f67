"""All rows of tokens that a tree of forms can give, and what each of them says.

A row says that a site has one form when no word of the other form gives that row anywhere in the
package. This is told exactly, by walking every path of a few tokens through the tree, and not
learnt from sample copies: it takes fewer seconds, and is never wrong about the package itself.

Rows are folded in three ways, each longer than the last: names as they are; names numbered in the
order in which they come in the row, which survives renaming; names and values numbered, which
survives a minifier that gives names to values.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

from mapp_compliance.watermark.carrier import original_text
from mapp_compliance.watermark.natural.tokens import (
    IN_REMARKS,
    PAIRS,
    Role,
    Scanner,
    Spelling,
    Style,
)
from mapp_compliance.watermark.reading.items import Item, Kind, Texts
from mapp_compliance.watermark.sites import Fork, Point, Segment, Segments

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
LOOSE = {  # the roles whose tokens are numbered in the order in which they come
    Fold.WORDS: frozenset[Role](),
    Fold.ALPHA: frozenset({Role.NAME}),
    Fold.ATOMS: frozenset(Role) - {Role.FIXED},
    Fold.REMARKS: frozenset[Role](),
}
CODE = (Fold.WORDS, Fold.ALPHA, Fold.ATOMS)
REMARKS = (Fold.REMARKS,)
_STEPS = {Kind.FORK: -1, Kind.OPEN: -2, Kind.CLOSE: -3}  # steps that are no tokens
_FORK, _OPEN = _STEPS[Kind.FORK], _STEPS[Kind.OPEN]
ROOM = 64  # more than any row is long, and than MOST_PAIRED

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


@dataclass(frozen=True, slots=True)
class _Begun:
    """Says that a form of a site begins, which shows in how its first token is spelt."""

    site: int
    size: int  # bytes of the form


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
    shown: Mapping[str, Style | Spelling]  # by family, those whose form a token tells
    folds: Sequence[Fold] = CODE
    steps: list[_Step] = field(default_factory=list)

    def add(self, segments: Segments, scanner: Scanner) -> None:
        """Takes in the segments of one file, cut by a fresh scanner of its language."""
        items = self._items(segments, scanner)
        scanner.end()
        self._chain(items, -1, NOTHING)

    def _items(self, segments: Segments, scanner: Scanner) -> list[Item]:
        """The tokens, forks and pairs; what stands between two forks is cut as one text."""
        items: list[Item] = []
        texts = Texts()
        for segment in self._flat(segments):
            if isinstance(segment, _Begun):
                texts.begin(segment.site, segment.size)
                continue
            text = original_text((segment,), self.points)
            if not isinstance(segment, Fork) or segment.point not in self.places:
                texts.add(text)
                continue
            style = self.shown.get(self.points[segment.point].form)
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

    def _flat(self, segments: Segments) -> Iterator["Segment | _Begun"]:
        """The segments, with what stands in spellings in their place."""
        for segment in segments:
            style = None
            if isinstance(segment, Fork) and segment.point in self.places:
                style = self.shown.get(self.points[segment.point].form)
            if not isinstance(segment, Fork) or not isinstance(style, Spelling):
                yield segment
                continue
            own = segment.form(self.points[segment.point].original)
            if self.folds == CODE:
                size = len(original_text(own, self.points))
                yield _Begun(self.places[segment.point], size)
            yield from self._flat(own)

    def _fork(self, fork: Fork, scanner: Scanner) -> Iterator[Item]:
        other = scanner.copy()
        scanner.cut()
        first = self._items(fork.first, scanner)
        second = self._items(fork.second, other)
        scanner.cut()
        if first or second:
            yield Item(Kind.FORK, None, self.places[fork.point], first, second)

    def _styles(self, fork: Fork) -> Sequence[tuple[int, Style | Spelling]]:
        """The sites of a fork, and of those in it, that show in tokens of this kind."""
        held = dict.fromkeys(_names(fork))
        styled = [
            (self.places[name], self.shown[self.points[name].form])
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

    def ways(self, start: int) -> Iterator["_Way"]:
        """Every way through the next tokens."""
        longest = max(SIZES[fold][-1] for fold in self.folds)
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
            yield way


@dataclass(slots=True)
class _Way:
    """One way through the tree, as far as it was walked."""

    at: int
    path: list[tuple[_Step, Facts]] = field(default_factory=list)  # with all that is said so far
    shared: int = 0  # tokens that another way, which is told too, has in common with it
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
        path = list(self.path)
        other = _Way(step.second, path, len(path), said, self.forks, dict(self.opened))
        self.said = self.said | {(step.site, 0)}
        self.at = step.after
        return other


def rows_of(tree: Tree) -> dict[Fold, dict[Row, Facts]]:
    """Every row that says something, with what it says."""
    rows: dict[Fold, dict[Row, Facts]] = {fold: {} for fold in tree.folds}
    for start, step in enumerate(tree.steps):
        if step.token < 0:
            continue
        for way in tree.ways(start):
            numbers = [each.token for each, _ in way.path]
            roles = [each.role for each, _ in way.path]
            styled = [
                (at, (-1 - site, at + ROOM * number))
                for at, (each, _) in enumerate(way.path)
                for site, number in each.styles
            ]
            for fold in tree.folds:
                own = rows[fold]
                for row in folded(numbers, loose(roles, fold), 0, fold):
                    size = len(row)
                    if size <= way.shared:
                        continue
                    said = way.path[size - 1][1]
                    if styled and styled[0][0] < size:
                        said = said | {fact for at, fact in styled if at < size}
                    known = own.get(row)
                    own[row] = said if known is None else known & said
    return {fold: {row: said for row, said in own.items() if said} for fold, own in rows.items()}


def loose(roles: Sequence[Role], fold: Fold) -> Sequence[bool]:
    """Which tokens are numbered anew in each row; none when all are told by their words."""
    wanted = LOOSE[fold]
    return [role in wanted for role in roles] if wanted else ()


def folded(numbers: Sequence[int], free: Sequence[bool], start: int, fold: Fold) -> Iterator[Row]:
    """Every row that begins at a place, the shortest first; each begins with the ones before it.

    Args:
        free: as from ``loose``; what is free is numbered in the order in which it comes.
    """
    sizes = SIZES[fold]
    row = tuple(numbers[start : start + sizes[-1]])
    if free:
        order: dict[int, int] = {}
        row = tuple(
            [
                order.setdefault(number, -2 - len(order)) if is_free else number
                for number, is_free in zip(row, free[start : start + sizes[-1]], strict=True)
            ]
        )
    for size in sizes:
        if size > len(row):
            return
        yield row[:size]


def _names(fork: Fork) -> Iterator[str]:
    yield fork.point
    for segment in (*fork.first, *fork.second):
        if isinstance(segment, Fork):
            yield segment.point
