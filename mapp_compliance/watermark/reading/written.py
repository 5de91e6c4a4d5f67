"""How values are written in files, and what is read back from a text.

An encoder either puts a *wrapper* of fixed signs around a value of plain letters, such as the
quotes of a string, or writes it in another form, such as hexadecimal. A wrapper belongs to the
literal text around a slot, so that the value itself is looked for with or without the escapes of
its language.

>>> wrapper("pybytes"), wrapper("hex")
((b"b'", b"'"), None)
>>> sorted(forms("pystr", b"a\\n"))
[b'a\\n', b'a\\\\n']
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime

from mapp_compliance.watermark.carrier import original_text
from mapp_compliance.watermark.carriers.points import decode, encode, symbols_of
from mapp_compliance.watermark.sites import Fork, LaidOutFile, Layout, Point, PointKind, Slot

_PROBE = b"A"
_NUMBER = re.compile(rb"0[xX][0-9a-fA-F]{1,54}|-?[0-9]{1,65}")
_NUMBER_BEFORE = re.compile(rb"(?<![0-9A-Za-z])(?:" + _NUMBER.pattern + rb")\Z")
_LONGEST_NUMBER = 66  # bytes


def wrapper(chain: str) -> tuple[bytes, bytes] | None:
    """What the encoders write before and after plain letters; None when they change letters."""
    head, probe, tail = encode(chain, _PROBE).partition(_PROBE)
    return (head, tail) if probe else None


def forms(chain: str, value: bytes) -> set[bytes]:
    """The texts that may stand between the wrappers for a value."""
    text = encode(chain, value)
    signs = wrapper(chain)
    if signs is None:
        return {text}
    return {value, text[len(signs[0]) : len(text) - len(signs[1])]}


def unwrapped(layout: Layout) -> Layout:
    """The layout with the wrappers of its slots moved into the literals around them.

    A fork is the form that the author wrote.
    """
    points = {point.name: point for point in layout.points}
    return replace(layout, files=tuple(_unwrapped(file, points) for file in layout.files))


def texts_at(point: Point, chain: str, data: bytes, start: int) -> Iterator[tuple[int, bytes]]:
    """(bytes written, value) of what may be the point's value from an offset on."""
    for size in _sizes(point, chain):
        if start + size <= len(data):
            yield from _decoded(chain, data[start : start + size])
    if point.kind is PointKind.INTEGER and (found := _NUMBER.match(data, start)):
        yield len(found.group()), found.group()


def texts_before(point: Point, chain: str, data: bytes, end: int) -> Iterator[tuple[int, bytes]]:
    """(bytes written, value) of what may be the point's value up to an offset."""
    for size in _sizes(point, chain):
        if 0 <= end - size <= len(data):
            yield from _decoded(chain, data[end - size : end])
    if point.kind is PointKind.INTEGER:
        near = data[max(end - _LONGEST_NUMBER, 0) : end]
        if found := _NUMBER_BEFORE.search(near):
            yield len(found.group()), found.group()


def tag_index(point: Point, text: bytes) -> int | None:
    """The index of a tag's value; None when it is not of the point's space.

    A whole number may be written in hexadecimal or with leading zeros.
    """
    if point.kind is PointKind.INTEGER and _NUMBER.fullmatch(text):
        text = b"%d" % int(text, 16 if b"x" in text.lower() else 10)
    return symbols_of(point, (), text)[0]


def _unwrapped(file: LaidOutFile, points: Mapping[str, Point]) -> LaidOutFile:
    pieces: list[bytes | Slot] = []
    for each in file.segments:
        piece = original_text((each,), points) if isinstance(each, Fork) else each
        head, tail = b"", b""
        if isinstance(piece, Slot):
            head, tail = wrapper(piece.encoder) or (b"", b"")
        for part in (head, piece, tail):
            last = pieces[-1] if pieces else None
            if isinstance(part, bytes) and isinstance(last, bytes):
                pieces[-1] = last + part
            elif part:
                pieces.append(part)
    return LaidOutFile(file.path, tuple(pieces))


def _sizes(point: Point, chain: str) -> list[int]:
    """How many bytes the value takes as written; none when that varies."""
    if point.kind is PointKind.TIMESTAMP:
        return [len(datetime.fromtimestamp(point.low, UTC).strftime(point.form).encode())]
    length = len(point.prefix) + point.length
    if wrapper(chain) is None:
        length = len(encode(chain, bytes(length)))
    return [length] if point.length else []


def _decoded(chain: str, text: bytes) -> Iterator[tuple[int, bytes]]:
    """The value that the encoders write so, whatever the case of its digits."""
    if wrapper(chain) is not None:
        yield len(text), text
        return
    for each in dict.fromkeys((text, text.lower(), text.upper())):
        value = decode(chain, each)
        if value is not None:
            yield len(text), value
            return
