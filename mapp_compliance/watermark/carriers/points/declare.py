"""Variation points as authors declare them, checked once for both ways of declaring.

Rules: side-car and template end in the same Point, built here; an error names the parameter in
its field ``key`` and its caller adds the place. A keyed value has one length, so that offsets in a
payload stay true.

>>> filler("fill", 4, "alnum", "0O").length
4
>>> with_original(integer("port", 20000, 39999), b"20080").original
b'20080'
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from mapp_compliance.errors import InvalidInput
from mapp_compliance.watermark.carriers.points.charsets import charset
from mapp_compliance.watermark.carriers.points.values import (
    code_site_count,
    index_of,
    stand_in,
    tag_space,
    usable_values,
)
from mapp_compliance.watermark.sites import Group, Point, PointKind, Slot

MAX_FILLER_BYTES = 65536  # one site each: far more than any code can use
MIN_TAG_SPACE, MAX_TAG_SPACE = 3, 2**256  # fewer values are a choice; more no key can fill
MAX_TAG_BYTES = 256  # of a nonce or of the letters of a name; digits of an integer
MAX_VALUES = 1024
KEYED_NAME_BYTES = 8  # 37 bits of small letters
TIME_FORM = "%Y-%m-%dT%H:%M:%SZ"
_GROUPS = {group.value: group for group in Group}
_SECONDS_FORM = frozenset("YmdHMS")  # a form must tell every second from every other


def filler(name: str, length: int, charset_name: str = "alnum", avoid: str = "") -> Point:
    """Payload bytes that may hold anything of a set: one letter site each."""
    _in_range("length", length, 1, MAX_FILLER_BYTES)
    return Point(name, PointKind.FILLER, length=length, charset=charset(charset_name, avoid))


def nonce(name: str, length: int, charset_name: str = "alnum", avoid: str = "") -> Point:
    """A keyed value of so many bytes: one tag."""
    _in_range("length", length, 1, MAX_TAG_BYTES)
    allowed = charset(charset_name, avoid)
    return _tag(Point(name, PointKind.NONCE, length=length, charset=allowed), "length")


def keyed_name(
    name: str,
    prefix: str,
    length: int = KEYED_NAME_BYTES,
    charset_name: str = "lower",
    avoid: str = "",
) -> Point:
    """A fixed prefix and so many keyed letters: one tag."""
    _in_range("length", length, 1, MAX_TAG_BYTES)
    allowed = charset(charset_name, avoid)
    point = Point(name, PointKind.NAME, length=length, charset=allowed, prefix=prefix.encode())
    return _tag(point, "length")


def integer(name: str, low: int, high: int) -> Point:
    """A whole number in ``[low, high]``, written in decimal: one tag."""
    if max(abs(low), abs(high)) >= 10**MAX_TAG_BYTES:
        raise InvalidInput(f"the range passes {MAX_TAG_BYTES} digits; narrow it", key="high")
    return _tag(Point(name, PointKind.INTEGER, low=low, high=high), "low")


def timestamp(name: str, low: datetime, high: datetime, form: str = TIME_FORM) -> Point:
    """A second in ``[low, high]`` in UTC, written in a strftime form: one tag.

    Times without a zone are taken as UTC.
    """
    first, last = _seconds(low), _seconds(high)
    if first < 0:
        raise InvalidInput("times before 1970 have no number here; begin later", key="low")
    directives = form.replace("%%", "").split("%")[1:]
    if sorted(part[:1] for part in directives) != sorted(_SECONDS_FORM):
        raise InvalidInput(
            f"the format must hold %Y %m %d %H %M %S once each and no other %; write {TIME_FORM} "
            "or use an integer",
            key="format",
        )
    return _tag(Point(name, PointKind.TIMESTAMP, low=first, high=last, form=form), "low")


def choice(name: str, values: Sequence[str]) -> Point:
    """One of several short values: a choice site for each bit of the value's number."""
    return Point(name, PointKind.CHOICE, values=_distinct("values", values))


def variant(name: str, values: Sequence[str]) -> Point:
    """One of several wordings: a choice site for each bit of the wording's number."""
    return Point(name, PointKind.VARIANT, values=_distinct("values", values))


def shuffle(name: str, items: Sequence[str]) -> Point:
    """Independent items whose neighbours (0 and 1, 2 and 3, ...) may change places."""
    return Point(name, PointKind.SHUFFLE, values=_distinct("items", items))


def computed(name: str, form: str, over: Sequence[bytes | Slot], original: bytes = b"") -> Point:
    """A checksum or a length of bytes and of other points' values; ``form`` as of form_of."""
    if not over:
        raise InvalidInput("it covers nothing; name what it is computed over", key="over")
    return Point(name, PointKind.COMPUTED, form=form, over=tuple(over), original=original)


def in_group(point: Point, group: str) -> Point:
    """The point with the same value in all copies of a ``wave`` or of the ``program``.

    Raises:
        InvalidInput: no such group, or a tag: only code sites are shared.
    """
    if not group:
        return point
    if group not in _GROUPS:
        raise InvalidInput("a group is 'wave' or 'program'; use one of them", key="group")
    if code_site_count(point) == 0:
        raise InvalidInput(
            "a value with a tag tells copies apart and cannot belong to a group; use a filler, "
            "choice, variant or shuffle",
            key="group",
        )
    return replace(point, group=_GROUPS[group])


def with_original(point: Point, original: bytes) -> Point:
    """The point with the author's own value, which must be one that the point allows.

    Raises:
        InvalidInput: it is not; the message does not repeat the value.
    """
    match point.kind:
        case PointKind.FILLER:
            if len(original) != point.length or not set(original) <= set(point.charset):
                raise InvalidInput(
                    "the original holds bytes outside the charset; widen the charset", key="charset"
                )
        case PointKind.CHOICE | PointKind.VARIANT:
            if original != point.values[0]:
                raise InvalidInput(
                    "the first of the values must be what stands in the file; put it first",
                    key="values",
                )
        case PointKind.SHUFFLE:
            raise InvalidInput("a list has no single original; give its items", key="items")
        case _:
            if index_of(point, original) is None:
                raise InvalidInput(_OUTSIDE[point.kind][1], key=_OUTSIDE[point.kind][0])
    return replace(point, original=original)


def with_stand_in(point: Point) -> Point:
    """The point with a fixed value where it has no original, as in a template."""
    if point.original or point.kind in {PointKind.SHUFFLE, PointKind.COMPUTED}:
        return point
    return replace(point, original=stand_in(point))


def cautions(point: Point) -> tuple[str, ...]:
    """What the author should know about a point that is allowed but not at its best."""
    told: list[str] = []
    if point.kind in {PointKind.FORM, PointKind.COMPUTED}:
        return ()
    if ":" in point.name:
        told.append(f"{point.name} has no name of its own; name it, so that it survives a revision")
    unused = len(point.values) - len(usable_values(point))
    if unused and point.kind is not PointKind.SHUFFLE:
        told.append(f"{point.name} uses its first {len(usable_values(point))} values only")
    if point.kind is PointKind.INTEGER and len(str(point.low)) != len(str(point.high)):
        told.append(f"{point.name} changes its length; keep low and high at one number of digits")
    if point.kind is PointKind.SHUFFLE and len(point.values) % 2:
        told.append(f"{point.name} leaves its last item in place; give an even number of items")
    return tuple(told)


_OUTSIDE = {
    PointKind.NONCE: ("charset", "the original holds bytes outside the charset; widen the charset"),
    PointKind.NAME: ("prefix", "the original is not the prefix and letters of the charset; mend"),
    PointKind.INTEGER: ("low", "the original is no plain decimal number in [low, high]; widen it"),
    PointKind.TIMESTAMP: ("low", "the original is no time in [low, high] in that format; mend it"),
}


def _in_range(key: str, given: int, least: int, most: int) -> None:
    if not least <= given <= most:
        raise InvalidInput(f"{key} must be {least} to {most}; change it", key=key)


def _tag(point: Point, key: str) -> Point:
    if not MIN_TAG_SPACE <= tag_space(point) <= MAX_TAG_SPACE:
        raise InvalidInput(
            "a keyed value needs 3 to 2^256 possible values; change its length or range", key=key
        )
    return point


def _seconds(moment: datetime) -> int:
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return int(aware.timestamp())


def _distinct(key: str, given: Sequence[str]) -> tuple[bytes, ...]:
    try:
        values = tuple(value.encode() for value in given)
    except UnicodeEncodeError as err:
        raise InvalidInput(f"{key} hold text that is not Unicode; mend it", key=key) from err
    if not 2 <= len(values) <= MAX_VALUES or len(set(values)) < len(values):
        raise InvalidInput(f"{key} must be 2 to {MAX_VALUES} different texts; mend them", key=key)
    return values
