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
from mapp_compliance.watermark.reading.rows import NOTHING, Facts
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
FREE = {fold: [role in LOOSE[fold] for role in Role] for fold in Fold}  # by the role's number
CODE = (Fold.WORDS, Fold.ALPHA, Fold.ATOMS)
REMARKS = (Fold.REMARKS,)
_STEPS = {Kind.FORK: -1, Kind.OPEN: -2, Kind.CLOSE: -3}  # steps that are no tokens
_FORK, _OPEN = _STEPS[Kind.FORK], _STEPS[Kind.OPEN]
ROOM = 64  # more than any row is long, and than MOST_PAIRED


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

    def ways(self, start: int, longest: int) -> Iterator["Way"]:
        """Every way through the next tokens."""
        steps = self.steps
        waiting = [Way(start)]
        while waiting:
            way = waiting.pop()
            path, told, at = way.path, way.told, way.at
            while at >= 0 and len(path) < longest:
                step = steps[at]
                if step.said and not step.said <= way.said:
                    way.said = way.said | step.said
                if step.token >= 0:
                    if step.styles:
                        way.style(step)
                    path.append(at)
                    told.append(way.said)
                    at = step.after
                elif step.token != _FORK:
                    way.pair(step)
                    at = step.after
                elif (step.site, 1) in way.said:
                    at = step.second
                elif (step.site, 0) in way.said:
                    at = step.after
                elif way.forks == MOST_FORKS:
                    break
                else:
                    waiting.append(way.split(step))
                    at = step.after
            yield way


@dataclass(slots=True)
class Way:
    """One way through the tree, as far as it was walked."""

    at: int  # where it begins
    path: list[int] = field(default_factory=list)  # its steps
    told: list[Facts] = field(default_factory=list)  # all that is said up to each of them
    shared: int = 0  # tokens that another way, which is told too, has in common with it
    said: Facts = NOTHING
    forks: int = 0
    opened: dict[int, int] = field(default_factory=dict)  # site of a pair: tokens before it

    def style(self, step: _Step) -> None:
        """Notes the sites that show in how the next token is written."""
        at = len(self.path)
        self.said |= {(-1 - site, at + ROOM * number) for site, number in step.styles}

    def pair(self, step: _Step) -> None:
        """Goes past one end of a pair."""
        if step.token == _OPEN:
            self.opened[step.site] = len(self.path)
        elif step.site in self.opened:
            index = self.opened[step.site]
            number = len(self.path) - index
            self.said |= {(-1 - step.site, index + ROOM * number)}

    def split(self, step: _Step) -> "Way":
        """Takes the first form of a fork, and gives the way of the second."""
        self.forks += 1
        said = self.said | {(step.site, 1)}
        path, told = list(self.path), list(self.told)
        other = Way(step.second, path, told, len(path), said, self.forks, dict(self.opened))
        self.said |= {(step.site, 0)}
        return other


def _names(fork: Fork) -> Iterator[str]:
    yield fork.point
    for segment in (*fork.first, *fork.second):
        if isinstance(segment, Fork):
            yield segment.point
