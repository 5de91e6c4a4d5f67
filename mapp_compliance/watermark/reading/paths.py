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
from mapp_compliance.watermark.natural.tokens import STYLES, Role, Scanner, Token
from mapp_compliance.watermark.sites import Fork, Point, Segments, Slot

MOST_FORKS = 6  # on one path; 64 ways through


class Fold(Enum):
    """How names and values of a row are told apart."""

    WORDS = 0
    ALPHA = 1
    ATOMS = 2


SIZES = {
    Fold.WORDS: (4, 6, 9, 13, 19),
    Fold.ALPHA: (9, 13, 18, 25),
    Fold.ATOMS: (14, 20, 28),
}
LONGEST = max(max(sizes) for sizes in SIZES.values())
FIXED = {
    Fold.WORDS: frozenset(Role),
    Fold.ALPHA: frozenset(Role) - {Role.NAME},
    Fold.ATOMS: frozenset({Role.FIXED}),
}

Fact = tuple[int, int]  # (place of the site, raw form); (-1 - place, index in the row) for a style
Facts = frozenset[Fact]
NOTHING: Facts = frozenset()
Row = tuple[int, ...]


@dataclass(slots=True)
class _Step:
    """A token of the tree with what follows it; without a token it is a fork."""

    token: int  # word number, -1 for a fork
    role: Role
    said: Facts  # the forms of the forks around it
    after: int  # next step, -1 at the end; of a fork its first form
    second: int = -1  # of a fork
    site: int = -1  # of a fork
    styles: tuple[int, ...] = ()  # sites whose form is the style of this token


@dataclass(slots=True)
class Words:
    """Numbers of the keys; a word that no tree holds gets a negative one."""

    numbers: dict[bytes, int] = field(default_factory=dict)

    def number(self, key: bytes) -> int:
        """The number of a key, a new one when it is new."""
        return self.numbers.setdefault(key, len(self.numbers))


@dataclass(slots=True)
class Tree:
    """The steps of one file, built from its end so that each knows what follows."""

    words: Words
    places: Mapping[str, int]  # of the site of each point
    points: Mapping[str, Point]
    steps: list[_Step] = field(default_factory=list)

    def add(self, segments: Segments, scanner: Scanner) -> None:
        """Takes in the segments of one file, cut by a fresh scanner of its language."""
        items = self._items(segments, scanner)
        scanner.end()
        self._chain(items, -1, NOTHING)

    def _items(self, segments: Segments, scanner: Scanner) -> list["_Item"]:
        items: list[_Item] = []
        for segment in segments:
            if isinstance(segment, Fork) and segment.point in self.places:
                if self.points[segment.point].form in STYLES:
                    items += self._styled(segment, scanner)
                else:
                    items.append(self._fork(segment, scanner))
            else:
                data = _plain(segment, self.points)
                items += [_Item(token) for token in scanner.scan(data)]
        return items

    def _fork(self, fork: Fork, scanner: Scanner) -> "_Item":
        other = scanner.copy()
        scanner.cut()
        first = self._items(fork.first, scanner)
        second = self._items(fork.second, other)
        scanner.cut()
        return _Item(None, self.places[fork.point], first, second)

    def _styled(self, fork: Fork, scanner: Scanner) -> Iterator["_Item"]:
        """The token whose style tells the forms of a fork and of those in it."""
        before = scanner.text
        sites = [self.places[name] for name in _names(fork) if name in self.places]
        for token in scanner.scan(original_text((fork,), self.points)):
            yield _Item(token, styles=tuple(sites))
        if before is not None and scanner.text is before:
            before.pieces = before.quote = None  # glued to another text: neither style can be told

    def _chain(self, items: Sequence["_Item"], after: int, said: Facts) -> int:
        """The first step of a row of items that goes on with ``after``."""
        for item in reversed(items):
            if item.token is None:
                first = self._chain(item.first, after, said | {(item.site, 0)})
                second = self._chain(item.second, after, said | {(item.site, 1)})
                self.steps.append(_Step(-1, Role.FIXED, said, first, second, item.site))
            elif item.token.dropped:
                continue
            else:
                token, number = item.token, self.words.number(item.token.key)
                has_style = (token.pieces, token.base, token.quote) != (None, None, None)
                styles = item.styles if has_style else ()
                self.steps.append(_Step(number, token.role, said, after, styles=styles))
            after = len(self.steps) - 1
        return after

    def paths(self, start: int) -> Iterator[list[tuple[_Step, Facts]]]:
        """Every way through the next LONGEST tokens, each with all that is said up to it."""
        waiting: list[tuple[int, list[tuple[_Step, Facts]], Facts, int]] = [(start, [], NOTHING, 0)]
        while waiting:
            at, path, said, forks = waiting.pop()
            while at >= 0 and len(path) < LONGEST:
                step = self.steps[at]
                said = said | step.said if not step.said <= said else said
                if step.token < 0:
                    if (step.site, 1) in said:
                        at = step.second
                        continue
                    if (step.site, 0) not in said:
                        if forks == MOST_FORKS:
                            break
                        forks += 1
                        other = said | {(step.site, 1)}
                        waiting.append((step.second, list(path), other, forks))
                        said = said | {(step.site, 0)}
                    at = step.after
                    continue
                path.append((step, said))
                at = step.after
            yield path


@dataclass(slots=True)
class _Item:
    """A token, or a fork with the items of both forms."""

    token: Token | None
    site: int = -1
    first: Sequence["_Item"] = ()
    second: Sequence["_Item"] = ()
    styles: tuple[int, ...] = ()


def rows_of(tree: Tree) -> dict[tuple[Fold, Row], Facts]:
    """Every row that says something, with what it says."""
    rows: dict[tuple[Fold, Row], Facts] = {}
    for start, step in enumerate(tree.steps):
        if step.token < 0:
            continue
        for path in tree.paths(start):
            numbers = [each.token for each, _ in path]
            roles = [each.role for each, _ in path]
            styled = [(at, each.styles) for at, (each, _) in enumerate(path) if each.styles]
            for fold, size, row in folded(numbers, roles, 0):
                said = path[size - 1][1] | {
                    (-1 - site, at) for at, sites in styled if at < size for site in sites
                }
                known = rows.get((fold, row))
                rows[fold, row] = said if known is None else known & said
    return {row: said for row, said in rows.items() if said}


def folded(
    numbers: Sequence[int], roles: Sequence[Role], start: int
) -> Iterator[tuple[Fold, int, Row]]:
    """(fold, size, row) of every row that begins at a place."""
    end = min(len(numbers), start + LONGEST)
    for fold, sizes in SIZES.items():
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


def _plain(segment: bytes | Slot | Fork, points: Mapping[str, Point]) -> bytes:
    return original_text((segment,), points)
