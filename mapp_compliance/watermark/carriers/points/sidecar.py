"""Marks declared beside an untouched, runnable original, in ``NAME.marks.toml``.

Rules: every mark finds exactly one place, by a pattern whose group 1 is replaced or by offset and
length; places do not overlap; what stands there now is the point's original and must be a value
that the point allows. Bytes outside the places are never touched. In the side-car of an archive or
a capture each mark names the member it stands in, by ``file``.

>>> original = PackageFile("poc.py", b'FILLER = b"AAAA"\\n')
>>> marks = b"[[mark]]\\nname = 'fill'\\nkind = 'filler'\\nmatch = 'b\\"(A{4})\\"'\\n"
>>> lay_out_marks(original, PackageFile("poc.py.marks.toml", marks)).files[0].segments
(b'FILLER = b"', Slot(point='fill', encoder='raw', item=None), b'"\\n')
"""

import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from mapp_compliance.errors import InvalidInput
from mapp_compliance.values import checked_id, shown
from mapp_compliance.watermark.carrier import join_points
from mapp_compliance.watermark.carriers.points import declare
from mapp_compliance.watermark.carriers.points.computed import form_of
from mapp_compliance.watermark.carriers.points.encoders import FILTERS, RAW, decode, encode
from mapp_compliance.watermark.package import MARKS_SUFFIX, PackageFile
from mapp_compliance.watermark.sites import INSIDE, LaidOutFile, Layout, Point, PointKind, Slot
from mapp_compliance.watermark.toml_tables import Table, nearest, parse_toml

MAX_PATTERN_CHARS = 4096

_COMMON = ("name", "kind", "match", "offset", "length", "group", "encoder")
_COVERED = ("over", "over_offset", "over_length", "order")
_COMPUTED = {"checksum": ("algorithm", *_COVERED), "length": ("width", *_COVERED)}
_MEMBER = "file"
_KEYS = {
    PointKind.FILLER: ("charset", "avoid"),
    PointKind.NONCE: ("charset", "avoid"),
    PointKind.NAME: ("prefix", "charset", "avoid"),
    PointKind.INTEGER: ("low", "high"),
    PointKind.TIMESTAMP: ("low", "high", "format"),
    PointKind.CHOICE: ("values",),
    PointKind.VARIANT: ("values",),
    PointKind.SHUFFLE: ("items", "separator"),
}


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a mark stands: ``start <= i < end`` of the file, and what fills it."""

    start: int
    end: int
    filling: tuple[bytes | Slot, ...]
    where: str


def lay_out_marks(file: PackageFile, marks: PackageFile) -> Layout:
    """The file as literal bytes and slots, with the points that its side-car declares.

    Args:
        file: the owner of the side-car, or a member of it, ``OWNER!/NAME``: then the marks are
            those whose ``file`` is NAME.
    Raises:
        InvalidInput: with file and line of the mark at fault.
    """
    toml = parse_toml(marks.path, marks.data)
    toml.root.only(("mark",))
    member = file.path.removeprefix(marks.path.removesuffix(MARKS_SUFFIX) + INSIDE)
    name = None if member == file.path else member
    points: dict[str, Point] = {}
    places = []
    computed = []
    for table in toml.tables("mark"):
        if name is not None and table.values.get(_MEMBER) != name:
            continue
        if table.text("kind") in _COMPUTED:
            computed.append((table, _read_computed(table, file.data, name is not None)))
            places.append(computed[-1][1])
            continue
        point, place = _read_mark(table, file.data, name is not None)
        _join(points, point, table)
        places.append(place)
    segments = _segments(file.data, places)
    for table, place in computed:
        _join(points, _computed_point(table, file.data, place, places), table)
    path = file.sent_path if name is None else file.path
    return Layout((LaidOutFile(path, segments),), tuple(points.values()))


def _join(points: dict[str, Point], point: Point, table: Table) -> None:
    try:
        points[point.name] = join_points(points.get(point.name, point), point)
    except InvalidInput as err:
        raise InvalidInput(err.message, where=table.place("name")) from err


def _read_mark(table: Table, data: bytes, in_member: bool) -> tuple[Point, _Place]:
    kind = _kind(table)
    table.only((*_COMMON, *_KEYS[kind], *([_MEMBER] if in_member else [])))
    try:
        name = checked_id(table.text("name"), "mark name")
        start, end = _find(table, data)
        return _declare(table, kind, name, data[start:end], start)
    except InvalidInput as err:
        raise _at(table, err) from err


def _at(table: Table, err: InvalidInput) -> InvalidInput:
    return err if err.where else InvalidInput(err.message, where=table.place(_key_of(err)))


def _declare(
    table: Table, kind: PointKind, name: str, found: bytes, start: int
) -> tuple[Point, _Place]:
    encoder = _encoder(table)
    value = found if kind is PointKind.SHUFFLE else _value(encoder, found)
    point = declare.in_group(_POINTS[kind](table, name, value), table.text("group", ""))
    filling: tuple[bytes | Slot, ...] = (Slot(name, encoder),)
    if kind is PointKind.SHUFFLE:
        filling = _items(point, found, table.text("separator"), encoder)
    else:
        point = declare.with_original(point, value)
    return point, _Place(start, start + len(found), filling, table.place())


def _encoder(table: Table) -> str:
    """The chain of encoders that writes the value where it stands."""
    chain = table.text("encoder", RAW)
    for name in chain.split("|"):
        if name not in {RAW, *FILTERS}:
            raise InvalidInput(
                f"no encoder {shown(name)!r}; {nearest(name, FILTERS)}", key="encoder"
            )
    return chain


def _value(encoder: str, found: bytes) -> bytes:
    value = decode(encoder, found)
    if value is None:
        raise InvalidInput(
            f"what stands in the file is not as {encoder} writes a value; rewrite it so, take the "
            "whole literal with its quotes into the match, or use another encoder",
            key="encoder",
        )
    return value


def _read_computed(table: Table, data: bytes, in_member: bool) -> _Place:
    """Where a checksum or a length stands; what it covers is read once all places are known."""
    kind = table.text("kind")
    keys = [key for key in _COMMON if key != "group"]
    table.only((*keys, *_COMPUTED[kind], *([_MEMBER] if in_member else [])))
    try:
        name = checked_id(table.text("name"), "mark name")
        start, end = _find(table, data)
        return _Place(start, end, (Slot(name, _encoder(table)),), table.place())
    except InvalidInput as err:
        raise _at(table, err) from err


def _computed_point(table: Table, data: bytes, place: _Place, places: list[_Place]) -> Point:
    try:
        slot = next(piece for piece in place.filling if isinstance(piece, Slot))
        algorithm = table.text("algorithm") if table.text("kind") == "checksum" else "length"
        width = table.whole("width", 0) if algorithm == "length" else 0
        form = form_of(algorithm, table.text("order", "big"), width)
        original = _value(slot.encoder, data[place.start : place.end])
        return declare.computed(slot.point, form, _covered(table, data, places), original)
    except InvalidInput as err:
        raise _at(table, err) from err


def _covered(table: Table, data: bytes, places: list[_Place]) -> tuple[bytes | Slot, ...]:
    """What a computed value is computed over: values by name, or a stretch of the file."""
    if "over" in table.values:
        return tuple(Slot(checked_id(name, "mark name")) for name in table.texts("over"))
    low = table.whole("over_offset")
    high = low + table.whole("over_length")
    if not 0 <= low < high <= len(data):
        raise InvalidInput(
            f"over_offset and over_length leave the file of {len(data)} bytes; mend them",
            key="over_offset",
        )
    inside = [place for place in places if place.start < high and place.end > low]
    if any(place.start < low or place.end > high for place in inside):
        raise InvalidInput(
            "over_offset and over_length cut a mark in two; cover the whole of it",
            key="over_offset",
        )
    shifted = [replace(place, start=place.start - low, end=place.end - low) for place in inside]
    return _segments(data[low:high], shifted)


def _kind(table: Table) -> PointKind:
    given = table.text("kind")
    allowed = [*(kind.value for kind in _KEYS), *_COMPUTED]
    if given not in allowed:
        raise InvalidInput(
            f"unknown kind {shown(given)!r}; {nearest(given, allowed)}", where=table.place("kind")
        )
    return PointKind(given)


def _find(table: Table, data: bytes) -> tuple[int, int]:
    """Start and end of the bytes that the mark replaces."""
    if "match" in table.values:
        if "offset" in table.values or "length" in table.values:
            raise InvalidInput("give match, or offset and length, but not both", key="match")
        return _match(table.text("match"), data)
    offset, length = table.whole("offset"), table.whole("length")
    if offset < 0 or length < 1 or offset + length > len(data):
        raise InvalidInput(
            f"offset and length leave the file of {len(data)} bytes; mend them", key="offset"
        )
    return offset, offset + length


def _match(pattern: str, data: bytes) -> tuple[int, int]:
    if len(pattern) > MAX_PATTERN_CHARS:
        raise InvalidInput(f"match passes {MAX_PATTERN_CHARS} characters; use offset", key="match")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what may change its meaning some day is fine today
            compiled = re.compile(pattern.encode(), re.MULTILINE)
    except (re.error, RecursionError, OverflowError) as err:
        raise InvalidInput("match is not a regular expression; mend it", key="match") from err
    if compiled.groups < 1:
        raise InvalidInput("match has no group; put ( ) around what is replaced", key="match")
    found = [match.span(1) for match in compiled.finditer(data)]
    if len(found) != 1:
        raise InvalidInput(
            f"match finds {len(found)} places; change it so that it finds one", key="match"
        )
    if found[0][0] == found[0][1] or found[0][0] < 0:
        raise InvalidInput("group 1 of match is empty; put ( ) around some bytes", key="match")
    return found[0]


def _items(point: Point, found: bytes, separator: str, encoder: str) -> tuple[bytes | Slot, ...]:
    between = separator.encode()
    if between.join(encode(encoder, value) for value in point.values) != found:
        raise InvalidInput(
            "items joined by separator are not what stands in the file; mend them", key="items"
        )
    filling: list[bytes | Slot] = []
    for number in range(len(point.values)):
        filling += [between] if number else []
        filling.append(Slot(point.name, encoder, number))
    return tuple(piece for piece in filling if piece)


def _segments(data: bytes, places: list[_Place]) -> tuple[bytes | Slot, ...]:
    segments: list[bytes | Slot] = []
    done = 0
    for place in sorted(places, key=lambda place: place.start):
        if place.start < done:
            raise InvalidInput("the mark overlaps another one; move it", where=place.where)
        if place.start > done:
            segments.append(data[done : place.start])
        segments += place.filling
        done = place.end
    return (*segments, data[done:]) if done < len(data) else tuple(segments)


def _name(table: Table, name: str, found: bytes) -> Point:
    prefix = table.text("prefix", "")
    length = len(found) - len(prefix.encode())
    return declare.keyed_name(
        name, prefix, length, table.text("charset", "lower"), table.text("avoid", "")
    )


def _timestamp(table: Table, name: str, _: bytes) -> Point:
    return declare.timestamp(
        name,
        _moment(table, "low"),
        _moment(table, "high"),
        table.text("format", declare.TIME_FORM),
    )


def _moment(table: Table, key: str) -> datetime:
    """A TOML time, or a text of ISO 8601; without a zone it is UTC."""
    given = table.values.get(key)
    if isinstance(given, datetime):
        return given
    try:
        return datetime.fromisoformat(table.text(key))
    except ValueError as err:
        raise table.wrong(key, "a time such as 2026-12-08T18:00:00Z") from err


def _key_of(err: InvalidInput) -> str | None:
    key = err.fields.get("key")
    return key if isinstance(key, str) else None


_POINTS: dict[PointKind, Callable[[Table, str, bytes], Point]] = {
    PointKind.FILLER: lambda table, name, found: declare.filler(
        name, len(found), table.text("charset", "alnum"), table.text("avoid", "")
    ),
    PointKind.NONCE: lambda table, name, found: declare.nonce(
        name, len(found), table.text("charset", "alnum"), table.text("avoid", "")
    ),
    PointKind.NAME: _name,
    PointKind.INTEGER: lambda table, name, _: declare.integer(
        name, table.whole("low"), table.whole("high")
    ),
    PointKind.TIMESTAMP: _timestamp,
    PointKind.CHOICE: lambda table, name, _: declare.choice(name, table.texts("values")),
    PointKind.VARIANT: lambda table, name, _: declare.variant(name, table.texts("values")),
    PointKind.SHUFFLE: lambda table, name, _: declare.shuffle(name, table.texts("items")),
}
