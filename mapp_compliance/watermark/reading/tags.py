"""Tag values and letter rows as numbers.

A row of letters is a number in mixed radix over the charset in sorted byte order, the most
significant letter first; an integer counts from ``low``; a timestamp counts seconds from ``low``
and is written by its form in UTC.

>>> letters_index(b"ba", b"ab")
2
>>> letters_index(b"bx", b"ab") is None
True
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from mapp_compliance.watermark.sites import Point, PointKind

NUMBER = re.compile(rb"0[xX][0-9a-fA-F]{1,54}|-?[0-9]{1,65}")


def letters_index(text: bytes, charset: bytes) -> int | None:
    """The number of a row of letters; None when a letter is not of the charset."""
    order = {letter: rank for rank, letter in enumerate(sorted(set(charset)))}
    index = 0
    for letter in text:
        if letter not in order:
            return None
        index = index * len(order) + order[letter]
    return index


def texts_at(point: Point, data: bytes, start: int) -> Iterator[bytes]:
    """What may be the point's written value from that offset on, the longest first."""
    for size in _sizes(point):
        if start + size <= len(data):
            yield data[start : start + size]
    if point.kind is PointKind.INTEGER and (found := NUMBER.match(data, start)):
        yield found.group()


def texts_before(point: Point, data: bytes, end: int) -> Iterator[bytes]:
    """What may be the point's written value up to that offset, the longest first."""
    for size in _sizes(point):
        if end - size >= 0:
            yield data[end - size : end]
    if point.kind is PointKind.INTEGER:
        found = re.search(
            rb"(?<![0-9A-Za-z])(?:" + NUMBER.pattern + rb")$", data[max(end - 70, 0) : end]
        )
        if found:
            yield found.group()


def tag_index(point: Point, text: bytes) -> int | None:
    """The index of a written tag value; None when it is not of the point's space."""
    match point.kind:
        case PointKind.NONCE:
            return letters_index(text, point.charset) if len(text) == point.length else None
        case PointKind.NAME:
            letters = text.removeprefix(point.prefix)
            whole = len(point.prefix) + point.length
            if len(text) != whole or not text.startswith(point.prefix):
                return None
            return letters_index(letters, point.charset)
        case PointKind.INTEGER:
            if not NUMBER.fullmatch(text):
                return None
            return _within(point, int(text, 16 if b"x" in text.lower() else 10))
        case PointKind.TIMESTAMP:
            return _seconds(point, text)
        case _:
            return None


def _sizes(point: Point) -> list[int]:
    if point.kind is PointKind.TIMESTAMP:
        ends = {len(_written(point, second)) for second in (point.low, point.high)}
        return sorted(ends - {0}, reverse=True)
    return [len(point.prefix) + point.length] if point.length else []


def _within(point: Point, value: int) -> int | None:
    return value - point.low if point.low <= value <= point.high else None


def _seconds(point: Point, text: bytes) -> int | None:
    """Seconds since low, when exactly this second is written so."""
    try:
        if point.form:
            value = datetime.strptime(text.decode(), point.form).replace(tzinfo=UTC)
            second = int(value.timestamp())
        else:
            second = int(text)
    except (ValueError, OverflowError):
        return None
    if _written(point, second) != text or _written(point, second + 1) == text:
        return None
    return _within(point, second)


def _written(point: Point, second: int) -> bytes:
    if not point.form:
        return b"%d" % second
    try:
        return datetime.fromtimestamp(second, UTC).strftime(point.form).encode()
    except (ValueError, OverflowError, OSError):
        return b""
