"""Zip files as streams of members, from hostile bytes.

The central directory decides; without one (a download that broke off) the local headers as they
stand. The few fields that we need are read here, because the reader of the standard library
builds the whole table of contents first and trusts overlapping members.

>>> import io, zipfile
>>> box = io.BytesIO()
>>> with zipfile.ZipFile(box, "w") as archive: archive.writestr("a/b.py", "print(1)")
>>> [(member.name, b"".join(member.chunks())) for member in zip_members(box.getvalue())]
[('a/b.py', b'print(1)')]

Source of the layout: PKWARE APPNOTE 6.3.10.
"""

import struct
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from mapp_compliance.attribution.archives import Member, barred, bunzipped, inflated, member_name

_END, _END64, _LOCATOR64 = b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07"
_CENTRAL, _LOCAL = b"PK\x01\x02", b"PK\x03\x04"
_END_SEARCH_BYTES = 22 + 65535  # the end record and the longest comment (APPNOTE 4.3.16)
_ENCRYPTED = 0x1
_STORED, _DEFLATED, _BZIP2 = 0, 8, 12


@dataclass(frozen=True, slots=True)
class _Entry:
    name: bytes
    flags: int
    method: int
    packed: int
    at: int  # of the local header


def is_zip(data: bytes) -> bool:
    """True for a zip file, also behind other bytes or cut off after its first member."""
    return data.startswith((_LOCAL, _END)) or _end_of(data) >= 0


def zip_members(data: bytes) -> Iterator[Member]:
    """The members by the central directory; without one, by the local headers, then EOFError.

    A member whose bytes overlap those of an earlier one is barred (Fifield 2019).
    """
    end = _end_of(data)
    entries = _central(data, end) if end >= 0 else _locals(data)
    claimed: list[tuple[int, int]] = []  # disjoint, sorted
    for entry in entries:
        start = _content_start(data, entry.at)
        if start is None:
            yield barred(entry.name, "its local header is missing")
            continue
        span = (entry.at, start + entry.packed)
        if span[1] > len(data) and end >= 0:
            yield barred(entry.name, "its bytes lie outside the file")
        elif not _claim(claimed, span):
            yield barred(entry.name, "its bytes overlap those of another member")
        else:
            yield _member(entry, data[start : span[1]])
    if end < 0:
        raise EOFError


def _end_of(data: bytes) -> int:
    return data.rfind(_END, max(0, len(data) - _END_SEARCH_BYTES))


def _central(data: bytes, end: int) -> Iterator[_Entry]:
    size, offset = struct.unpack_from("<II", data.ljust(end + 22, b"\0"), end + 12)
    table_end = end
    if data[end - 20 : end - 16] == _LOCATOR64 and end >= 76:
        table_end = data.rfind(_END64, 0, end - 20)
        if table_end < 0 or table_end + 56 > end:
            return
        size, offset = struct.unpack_from("<QQ", data, table_end + 40)
    at = table_end - size
    shift = at - offset  # bytes before the archive
    while 0 <= at <= table_end - 46 and data[at : at + 4] == _CENTRAL:
        flags, method = struct.unpack_from("<HH", data, at + 8)
        packed, unpacked, names, extras, notes = struct.unpack_from("<IIHHH", data, at + 20)
        (local,) = struct.unpack_from("<I", data, at + 42)
        name = data[at + 46 : at + 46 + names]
        extra = data[at + 46 + names : at + 46 + names + extras]
        packed, local = _wide(extra, unpacked, packed, local)
        yield _Entry(name, flags, method, packed, local + shift)
        at += 46 + names + extras + notes


def _wide(extra: bytes, unpacked: int, packed: int, local: int) -> tuple[int, int]:
    """Packed size and offset, from the zip64 field where the narrow ones are full."""
    field = b""
    at = 0
    while at + 4 <= len(extra):
        tag, length = struct.unpack_from("<HH", extra, at)
        if tag == 1:
            field = extra[at + 4 : at + 4 + length]
            break
        at += 4 + length
    values = list(struct.unpack_from(f"<{len(field) // 8}Q", field))
    full = 0xFFFFFFFF
    if unpacked == full and values:
        values.pop(0)
    if packed == full and values:
        packed = values.pop(0)
    if local == full and values:
        local = values.pop(0)
    return packed, local


def _locals(data: bytes) -> Iterator[_Entry]:
    at = data.find(_LOCAL)
    while 0 <= at <= len(data) - 30:
        flags, method = struct.unpack_from("<HH", data, at + 6)
        packed, _, names, extras = struct.unpack_from("<IIHH", data, at + 18)
        start = at + 30 + names + extras
        follower = data.find(_LOCAL, start + packed)
        if flags & 8 and not packed:  # the size stands behind the content
            packed = max(0, (follower if follower >= 0 else len(data)) - start)
        yield _Entry(data[at + 30 : at + 30 + names], flags, method, packed, at)
        at = follower


def _content_start(data: bytes, at: int) -> int | None:
    if at < 0 or data[at : at + 4] != _LOCAL or at + 30 > len(data):
        return None
    names, extras = struct.unpack_from("<HH", data, at + 26)
    return int(at + 30 + names + extras)


def _claim(claimed: list[tuple[int, int]], span: tuple[int, int]) -> bool:
    """Take the span, unless it touches one taken before."""
    at = bisect_left(claimed, span)
    if at and claimed[at - 1][1] > span[0]:
        return False
    if at < len(claimed) and claimed[at][0] < span[1]:
        return False
    claimed.insert(at, span)
    return True


_METHODS: dict[int, Callable[[bytes], Iterator[bytes]]] = {
    _STORED: lambda packed: iter((packed,)),
    _DEFLATED: lambda packed: inflated(packed, -15),
    _BZIP2: bunzipped,
}


def _member(entry: _Entry, packed: bytes) -> Member:
    if entry.flags & _ENCRYPTED:
        return barred(entry.name, "it is encrypted")
    if entry.method not in _METHODS:
        return barred(entry.name, f"its packing method {entry.method} is not known here")
    return Member(member_name(entry.name), entry.packed, lambda: _METHODS[entry.method](packed))
