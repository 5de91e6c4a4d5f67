"""From symbols to the value of a point, and from a value back to its symbols.

Rules: site ``j`` of a choice or variant holds bit ``j`` of the value's number, the least
significant first; site ``j`` of a shuffle says whether items ``2j`` and ``2j+1`` change places; a
tag is the number of the value, a nonce read as digits of base ``len(charset)``, the first byte
the most significant. What is written at a code site is ``symbol XOR pad``; a tag has no pad.

>>> port = Point("port", PointKind.INTEGER, low=20000, high=39999)
>>> index_of(port, b"20080"), value_at(port, 80)
(80, b'20080')
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from mapp_compliance.errors import Broken, InvalidInput
from mapp_compliance.watermark.sites import Point, PointKind, Site

Value = bytes | tuple[bytes, ...]  # a shuffle has a tuple, its items in their order

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_BITS = {PointKind.CHOICE, PointKind.VARIANT, PointKind.FORM}


def code_site_count(point: Point) -> int:
    """How many code sites the point has; 0 for a tag."""
    match point.kind:
        case PointKind.FILLER:
            return point.length
        case PointKind.CHOICE | PointKind.VARIANT:
            return len(point.values).bit_length() - 1
        case PointKind.SHUFFLE:
            return len(point.values) // 2
        case PointKind.FORM:
            return 1
        case _:
            return 0


def tag_space(point: Point) -> int:
    """How many values a tag point has."""
    if point.kind in {PointKind.NONCE, PointKind.NAME}:
        return int(len(point.charset) ** point.length)
    return point.high - point.low + 1


def usable_values(point: Point) -> tuple[bytes, ...]:
    """The first 2^k values, as many as k sites can tell apart."""
    return point.values[: 2 ** code_site_count(point)]


def value_of(point: Point, sites: Sequence[Site], symbols: Sequence[int]) -> Value:
    """The value that carries these symbols.

    Args:
        sites: the point's sites in the order of the map, ``symbols`` one for each.
    Raises:
        InvalidInput: a symbol outside its site's space.
        Broken: the sites are not those of the point.
    """
    if len(sites) != (code_site_count(point) or 1) or len(symbols) != len(sites):
        raise Broken(f"the sites of {point.name} do not fit it; restore the site map")
    if not all(0 <= symbol < site.space for site, symbol in zip(sites, symbols, strict=True)):
        raise InvalidInput(f"a symbol of {point.name} is outside its space; use this map's words")
    if not code_site_count(point):
        return value_at(point, symbols[0])
    written = [symbol ^ site.pad for site, symbol in zip(sites, symbols, strict=True)]
    if point.kind is PointKind.FILLER:
        return b"".join(site.symbols[bit] for site, bit in zip(sites, written, strict=True))
    if point.kind in _BITS:
        return point.values[sum(bit << place for place, bit in enumerate(written))]
    return _swapped(point.values, written)


def symbols_of(point: Point, sites: Sequence[Site], value: Value) -> tuple[int | None, ...]:
    """The symbols that a value carries, None where the value is outside a site's space."""
    if not code_site_count(point):
        return (index_of(point, value) if isinstance(value, bytes) else None,)
    written = _written(point, sites, value)
    return tuple(
        None if bit is None else bit ^ site.pad for site, bit in zip(sites, written, strict=True)
    )


def value_at(point: Point, index: int) -> bytes:
    """The tag value of that number, ``0 <= index < tag_space(point)``."""
    match point.kind:
        case PointKind.INTEGER:
            return str(point.low + index).encode()
        case PointKind.TIMESTAMP:
            moment = _EPOCH + timedelta(seconds=point.low + index)
            return moment.strftime(point.form).encode()
        case _:
            return point.prefix + _digits(index, point.charset, point.length)


def index_of(point: Point, value: bytes) -> int | None:
    """The number of a tag value, None when the point does not have that value."""
    index: int | None
    match point.kind:
        case PointKind.INTEGER:
            index = int(value) - point.low if re.fullmatch(rb"-?[0-9]{1,65}", value) else None
        case PointKind.TIMESTAMP:
            index = _second(value, point.form, point.low)
        case _:
            digits = value.removeprefix(point.prefix)
            index = _number(digits, point.charset) if len(digits) == point.length else None
    if index is None or not 0 <= index < tag_space(point):
        return None
    return index if value_at(point, index) == value else None


def stand_in(point: Point) -> bytes:
    """A fixed value for a point without an author's own, as in a template."""
    match point.kind:
        case PointKind.CHOICE | PointKind.VARIANT:
            return point.values[0]
        case PointKind.FILLER:
            repeats = point.length // len(point.charset) + 1
            return (point.charset * repeats)[: point.length]
        case _:
            return value_at(point, 0)


def _swapped(items: Sequence[bytes], swaps: Sequence[int]) -> tuple[bytes, ...]:
    order = list(items)
    for pair, swap in enumerate(swaps):
        if swap:
            first = 2 * pair
            order[first], order[first + 1] = order[first + 1], order[first]
    return tuple(order)


def _written(point: Point, sites: Sequence[Site], value: Value) -> list[int | None]:
    """The raw variant that stands at each code site, pads not yet removed."""
    count = code_site_count(point)
    if isinstance(value, tuple):
        pairs = zip(value[::2], value[1::2], strict=False)
        known = {
            pair: (number, swap)
            for number in range(count)
            for swap, pair in enumerate(_both_orders(point, number))
        }
        found = dict(known[pair] for pair in pairs if pair in known)
        return [found.get(number) for number in range(count)]
    if point.kind in _BITS:
        values = usable_values(point)
        if value not in values:
            return [None] * count
        return [values.index(value) >> place & 1 for place in range(count)]
    letters = [value[place : place + 1] for place in range(count)]
    return [
        site.symbols.index(letter) if letter in site.symbols else None
        for site, letter in zip(sites, letters, strict=True)
    ]


def _both_orders(point: Point, pair: int) -> tuple[tuple[bytes, bytes], tuple[bytes, bytes]]:
    first, second = point.values[2 * pair : 2 * pair + 2]
    return (first, second), (second, first)


def _digits(number: int, charset: bytes, length: int) -> bytes:
    digits = bytearray()
    for _ in range(length):
        number, digit = divmod(number, len(charset))
        digits.append(charset[digit])
    return bytes(reversed(digits))


def _number(digits: bytes, charset: bytes) -> int | None:
    number = 0
    for digit in digits:
        place = charset.find(digit)
        if place < 0:
            return None
        number = number * len(charset) + place
    return number


def _second(value: bytes, form: str, low: int) -> int | None:
    try:
        moment = datetime.strptime(value.decode(), form).replace(tzinfo=UTC)
    except ValueError:
        return None
    return int(moment.timestamp()) - low
