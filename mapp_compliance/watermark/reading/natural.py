"""Natural forms read from the rows of a sample, and channels that a tool has made all alike.

Word-blind: the rows come from the stored tree. Of a site's forms the one is taken that at least
OUTVOTES times as many rows of a part tell as the other. A channel that a tool has set in a part is
left out of it, see ``health``.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from mapp_compliance.values import MIB
from mapp_compliance.watermark.carrier import original_text
from mapp_compliance.watermark.natural.carrier import NaturalCarrier
from mapp_compliance.watermark.natural.tokens import (
    IN_REMARKS,
    Scanner,
    Spelling,
    Style,
    Token,
    row_of,
)
from mapp_compliance.watermark.reading.chart import Seen
from mapp_compliance.watermark.reading.health import normalised
from mapp_compliance.watermark.reading.paths import (
    CODE,
    REMARKS,
    ROOM,
    SIZES,
    Facts,
    Fold,
    Row,
    Tree,
    Words,
    folded,
    loose,
    rows_of,
)
from mapp_compliance.watermark.reading.repeats import Shown, lines_of, new_text
from mapp_compliance.watermark.reading.views import Part
from mapp_compliance.watermark.registry import NATURAL, natural_carrier
from mapp_compliance.watermark.sites import FORMS, Point, PointKind, SiteMap

METHOD = "natural forms/3: words, alpha, atoms, remarks"
MAX_SOURCE_BYTES = 1 * MIB  # of one part; longer ones are no source written by hand
LEAST_WORDS = 4  # words of the originals that a part must hold to be looked at
OUTVOTES = 4  # times the rows for the other form
_REMARKED = frozenset(style.value for style in IN_REMARKS)
_WORD = re.compile(rb"[A-Za-z_][A-Za-z0-9_]{3,}")
_QUOTE_SIGNS = re.compile(rb"(?m)^(?:[ \t]?>)+[ \t]?")
_UNKNOWN = -1000  # numbers of words that stand in no tree go down from here


@dataclass(frozen=True, slots=True)
class Rows:
    """What the trees of a map say in one language, made once for each map."""

    carrier: NaturalCarrier
    words: Words
    said: Mapping[Fold, Mapping[Row, Facts]]
    heads: Mapping[Fold, frozenset[Row]]  # how the rows begin
    styles: Mapping[int, Style | Spelling]  # of the sites whose form is a style
    telling: frozenset[bytes]
    signs: frozenset[bytes]  # of tools, which copies may hold by themselves


@dataclass(slots=True)
class _Votes:
    """How many rows tell each form of a site, and the longest of them."""

    rows: list[int] = field(default_factory=lambda: [0, 0])
    longest: list[int] = field(default_factory=lambda: [0, 0])
    offsets: list[int] = field(default_factory=lambda: [0, 0])

    def add(self, raw: int, size: int, offset: int) -> None:
        """One more row of that size."""
        self.rows[raw] += 1
        if size > self.longest[raw]:
            self.longest[raw], self.offsets[raw] = size, offset

    def form(self) -> int | None:
        """The form that the rows tell, None when they disagree."""
        raw = int(self.rows[1] > self.rows[0])
        return raw if self.rows[raw] >= OUTVOTES * self.rows[1 - raw] else None


def read_natural(parts: Sequence[Part], site_map: SiteMap) -> Iterator[Seen]:
    """Every natural form that a part shows; nothing for a map without them.

    A part that came out of another one and is mostly the same text, as where its escapes were
    undone, is looked at around its new lines. It adds to what that one shows and never
    contradicts it.
    """
    for rows in _rows(_Map(site_map)):
        shown: list[Shown] = []
        for part in parts:
            if len(part.data) <= MAX_SOURCE_BYTES and _may_hold(part.data, rows):
                yield from _read_part(part, rows, site_map, shown)


def _read_part(part: Part, rows: Rows, site_map: SiteMap, shown: list[Shown]) -> Iterator[Seen]:
    """What one part adds to those before it, which it joins."""
    own = Shown(part.derivation, lines_of(part.data))
    above = [each for each in shown if own.is_view_of(each)]
    for text in _texts(new_text(part.data, above), rows.carrier):
        _read_text(text, rows, site_map, own)
    shown.append(own)
    told = {at for each in above for at in each.told}
    lost = {name for each in above for name in each.lost}
    for at, seen in own.told.items():
        if at not in told and site_map.sites[at].channel not in lost:
            yield from seen


def forms_told(texts: Iterable[bytes], site_map: SiteMap) -> tuple[int | None, ...]:
    """The raw form that each site shows in these texts, None where none or both are told.

    Without a say on channels: whether a site can be told at all is a property of the map, and
    whether a channel was set is one of a sample.
    """
    told: list[set[int]] = [set() for _ in site_map.sites]
    looked_at = list(texts)
    for rows in _rows(_Map(site_map)):
        for data in (text for text in looked_at if _may_hold(text, rows)):
            for at, each in _votes(data, rows).items():
                told[at].update({form} if (form := each.form()) is not None else (0, 1))
    return tuple(next(iter(forms)) if len(forms) == 1 else None for forms in told)


def natural_method(parts: Sequence[Part], site_map: SiteMap) -> str:
    """What the method id says of natural forms; nothing for a map without them."""
    if not any(point.kind is PointKind.FORM for point in site_map.layout.points):
        return ""
    long = sum(len(part.data) > MAX_SOURCE_BYTES for part in parts)
    note = f"; {long} of {len(parts)} parts too long for them" if long else ""
    return f"; {METHOD}{note}"


@dataclass(frozen=True, slots=True)
class _Map:
    """A map that is known by its digest, so that its rows are made once."""

    site_map: SiteMap

    def __hash__(self) -> int:
        return hash(self.site_map.map_id)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Map) and (
            self.site_map is other.site_map or self.site_map == other.site_map
        )


@lru_cache(maxsize=8)
def _rows(of: _Map) -> tuple[Rows, ...]:
    """Those of each language that has forms in the map."""
    made = (_rows_of(of.site_map, carrier) for carrier in NATURAL)
    return tuple(rows for rows in made if rows is not None)


def _rows_of(site_map: SiteMap, carrier: NaturalCarrier) -> Rows | None:
    points = {point.name: point for point in site_map.layout.points}
    files = [file for file in site_map.layout.files if natural_carrier(file.path) is carrier]
    held = {fork.point for file in files for fork in file.forks()}
    places = {site.point: at for at, site in enumerate(site_map.sites) if site.point in held}
    if not places:
        return None
    words = Words()
    said: dict[Fold, dict[Row, Facts]] = {}
    for folds, scanner in _scanners(carrier):
        tree = Tree(words, places, points, carrier.styles, folds)
        for file in files:
            if any(file.forks()):
                tree.add(file.segments, scanner())
        said |= rows_of(tree)
    telling = {word for key in words.numbers for word in _WORD.findall(key)}
    shown = carrier.styles
    styles = {
        at: shown[points[name].form] for name, at in places.items() if points[name].form in shown
    }
    own = [points, *(_all(form, points) for form in FORMS)]
    texts = (original_text(file.segments, each) for file in files for each in own)
    signs = {found for text in texts for found in carrier.signs(row_of(carrier.scanner(), text))}
    heads = {fold: frozenset(row[: SIZES[fold][0]] for row in own) for fold, own in said.items()}
    return Rows(carrier, words, said, heads, styles, frozenset(telling), frozenset(signs))


def _all(form: bytes, points: Mapping[str, Point]) -> Mapping[str, Point]:
    """The points as if their author had written that form everywhere."""
    return {
        name: replace(point, original=form) if point.kind is PointKind.FORM else point
        for name, point in points.items()
    }


def _scanners(carrier: NaturalCarrier) -> Iterator[tuple[Sequence[Fold], Callable[[], Scanner]]]:
    """What cuts the code of a language, and what its comments, with the folds of their rows."""
    yield CODE, carrier.scanner
    if carrier.remarks is not None:
        yield REMARKS, carrier.remarks


def _may_hold(data: bytes, rows: Rows) -> bool:
    return len(rows.telling.intersection(_WORD.findall(data))) >= LEAST_WORDS


def _texts(data: bytes, carrier: NaturalCarrier) -> Iterator[bytes]:
    """The text without signs of quoting; also as if it began within a long text."""
    lines = data.count(b"\n") + 1
    if 2 * len(_QUOTE_SIGNS.findall(data)) > lines:
        data = _QUOTE_SIGNS.sub(lambda found: b" " * len(found.group()), data)
    yield data
    for opening in carrier.openings(data):
        yield opening + data


def _read_text(data: bytes, rows: Rows, site_map: SiteMap, shown: Shown) -> None:
    """Notes what a text shows."""
    votes = _votes(data, rows)
    forms = {at: form for at, each in votes.items() if (form := each.form()) is not None}
    channels = _by_channel(forms, site_map)
    raw = {name: [forms[at] for at in places] for name, places in channels.items()}
    carrier = rows.carrier
    tokens = row_of(carrier.scanner(), data)
    signed = [tool for tool in carrier.tools if tool.signs(tokens) - rows.signs]
    has_comments = not _REMARKED.isdisjoint(raw)
    lost = normalised(raw, carrier.tools, signed, has_comments=has_comments)
    shown.lost |= lost
    for at in (at for name, places in channels.items() if name not in lost for at in places):
        form, site = forms[at], site_map.sites[at]
        weight, offset = votes[at].longest[form], votes[at].offsets[form]
        seen = Seen(at, form ^ site.pad, weight, shown.derivation, min(offset, len(data)))
        shown.told.setdefault(at, []).append(seen)


def _votes(data: bytes, rows: Rows) -> dict[int, _Votes]:
    """What the rows of a text tell, by site."""
    votes: dict[int, _Votes] = {}
    for folds, scanner in _scanners(rows.carrier):
        _vote(row_of(scanner(), data), folds, rows, votes)
    return votes


def _by_channel(forms: Iterable[int], site_map: SiteMap) -> dict[str, list[int]]:
    channels: dict[str, list[int]] = {}
    for at in forms:
        channels.setdefault(site_map.sites[at].channel, []).append(at)
    return channels


def _vote(
    tokens: Sequence[Token], folds: Sequence[Fold], rows: Rows, votes: dict[int, _Votes]
) -> None:
    """Adds the votes of every row of the tokens that says something."""
    numbers = _numbered(tokens, rows.words)
    roles = [token.role for token in tokens]
    for fold in folds:
        free, said, heads = loose(roles, fold), rows.said[fold], rows.heads[fold]
        for start in range(len(tokens)):
            for row in folded(numbers, free, start, fold):
                told = said.get(row)
                if told is not None:
                    _add(told, tokens, start, len(row), rows.styles, votes)
                elif len(row) == SIZES[fold][0] and row not in heads:
                    break


def _add(
    facts: Facts,
    tokens: Sequence[Token],
    start: int,
    size: int,
    styles: Mapping[int, Style | Spelling],
    votes: dict[int, _Votes],
) -> None:
    """Adds what one row says."""
    for place, told in facts:
        site, raw = place, told
        if place < 0:
            site = -1 - place
            form = styles[site].form(tokens[start + told % ROOM], told // ROOM)
            if form is None:
                continue
            raw = form
        votes.setdefault(site, _Votes()).add(raw, size, tokens[start].offset)


def _numbered(tokens: Sequence[Token], words: Words) -> list[int]:
    unknown: dict[bytes, int] = {}
    return [
        words.numbers[token.key]
        if token.key in words.numbers
        else unknown.setdefault(token.key, _UNKNOWN - len(unknown))
        for token in tokens
    ]
