"""ZIP files: members filled anew are stored without compression, all else stands as it was.

Order, names, times, modes, comments and the packed bytes of untouched members are the author's.
What is recomputed: method, sums and sizes of filled members, offsets behind them. A filled member
is stored because no compressor promises the same bytes in its next version, and a copy must be made
again years later.

>>> import io, zipfile
>>> box = io.BytesIO()
>>> with zipfile.ZipFile(box, "w", zipfile.ZIP_DEFLATED) as archive: archive.writestr("a.py", "x=1")
>>> opened = open_zip(box.getvalue(), Room())
>>> again = pack_zip(opened.frame([0]), [b"x=22"])
>>> zipfile.ZipFile(io.BytesIO(again)).read("a.py")
b'x=22'

Source of the layout: PKWARE APPNOTE 6.3.10.
"""

import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mapp_compliance.watermark.opening import Frame, Member, Opened, Room, Unopened, spans

_END, _END64, _CENTRAL, _LOCAL = b"PK\x05\x06", b"PK\x06\x07", b"PK\x01\x02", b"PK\x03\x04"
_DESCRIPTOR = b"PK\x07\x08"
_APK_SIGNED = b"APK Sig Block 42"  # ends right before the directory
_END_BYTES, _CENTRAL_BYTES, _LOCAL_BYTES = 22, 46, 30
_LONGEST_COMMENT = 65535
_ENCRYPTED, _DESCRIBED, _UTF8 = 0x1, 0x8, 0x800
_STORED, _DEFLATED = 0, 8
_FULL = 0xFFFFFFFF  # the true value stands in a zip64 field
_ZIP64 = 0x0001  # of an extra field
_UNIX, _LINK = 3, 0o120000
_PLACE = struct.Struct(">III")  # offsets of a filled member: local header, content, its end


@dataclass(frozen=True, slots=True)
class _Entry:
    """One entry; ``start <= i < end`` is its content with what describes it behind."""

    name: str
    at: int
    start: int
    packed_end: int
    end: int
    method: int
    flags: int
    crc: int
    size: int
    is_file: bool


def is_zip(data: bytes) -> bool:
    """True for a file that begins as a ZIP does."""
    return data.startswith(_LOCAL)


def open_zip(data: bytes, room: Room) -> Opened:
    """The members of a plain ZIP file.

    Raises:
        Unopened: anything out of the ordinary; links, folders and encrypted members are not, they
            stay as they are.
    """
    entries = sorted(_entries(data, _end_of(data)), key=lambda entry: entry.at)
    list(spans("ZIP", len(data), [(entry.at, entry.end) for entry in entries]))
    opened, members, notes = [], [], []
    for entry in entries:
        if entry.flags & _ENCRYPTED:
            notes.append(f"{entry.name!r} in it is encrypted and stays as it is")
        elif entry.is_file and entry.method not in (_STORED, _DEFLATED):
            notes.append(f"{entry.name!r} in it is packed in a way not known here and stays as is")
        elif entry.is_file:
            members.append(Member(entry.name, _content(data, entry, room)))
            opened.append(entry)
    return Opened(
        "zip",
        tuple(members),
        lambda filled: _frame(data, [opened[number] for number in filled]),
        notes=tuple(notes),
    )


def pack_zip(frame: Frame, contents: Sequence[bytes]) -> bytes:
    """The ZIP file with these contents, stored."""
    places = list(_PLACE.iter_unpack(frame[0]))
    out = bytearray()
    heads: dict[int, bytes] = {}  # old offset of a local header -> its new fields
    for (at, start, _), piece, content in zip(places, frame[1:], contents, strict=False):
        header = len(out) + len(piece) - (start - at)
        out += piece
        sums = struct.pack("<III", zlib.crc32(content), len(content), len(content))
        (flags,) = struct.unpack_from("<H", out, header + 6)
        struct.pack_into("<HH", out, header + 6, flags & ~_DESCRIBED, _STORED)
        out[header + 14 : header + 26] = sums
        heads[at] = sums
        out += content
    shifts = [
        (end, len(content) - (end - start))
        for (_, start, end), content in zip(places, contents, strict=True)
    ]
    tail_at = places[-1][2] if places else 0
    return bytes(out) + _tail(bytearray(frame[-1]), tail_at, heads, shifts)


def _tail(
    tail: bytearray, tail_at: int, heads: dict[int, bytes], shifts: Sequence[tuple[int, int]]
) -> bytes:
    """What stands behind the last filled member, its directory brought up to date."""
    end = tail.rfind(_END)
    count, _, directory = struct.unpack_from("<HII", tail, end + 10)
    at = directory - tail_at
    for _ in range(count):
        (local,) = struct.unpack_from("<I", tail, at + 42)
        if local in heads:
            (flags,) = struct.unpack_from("<H", tail, at + 8)
            struct.pack_into("<HH", tail, at + 8, flags & ~_DESCRIBED, _STORED)
            tail[at + 16 : at + 28] = heads[local]
        struct.pack_into("<I", tail, at + 42, local + _shift(local, shifts))
        at += _CENTRAL_BYTES + sum(struct.unpack_from("<HHH", tail, at + 28))
    struct.pack_into("<I", tail, end + 16, directory + _shift(directory, shifts))
    return bytes(tail)


def _shift(offset: int, shifts: Sequence[tuple[int, int]]) -> int:
    return sum(change for end, change in shifts if end <= offset)


def _frame(data: bytes, filled: Sequence[_Entry]) -> Frame:
    """Places of the filled members, then the bytes before each of their contents, then the rest."""
    places = b"".join(_PLACE.pack(entry.at, entry.start, entry.end) for entry in filled)
    pieces, done = [], 0
    for entry in filled:
        pieces.append(data[done : entry.start])
        done = entry.end
    return (places, *pieces, data[done:])


def _end_of(data: bytes) -> int:
    end = data.rfind(_END, max(0, len(data) - _END_BYTES - _LONGEST_COMMENT))
    if end < 0 or end + _END_BYTES > len(data):
        raise Unopened("its directory is missing")
    if data[end - 20 : end - 16] == _END64:
        raise Unopened("it is a zip64 file")
    (comment,) = struct.unpack_from("<H", data, end + 20)
    if end + _END_BYTES + comment != len(data):
        raise Unopened("other bytes stand behind the archive")
    return end


def _entries(data: bytes, end: int) -> Iterator[_Entry]:
    disk, first_disk, here, count, size, directory = struct.unpack_from("<HHHHII", data, end + 4)
    if disk or first_disk or here != count:
        raise Unopened("it is one of several volumes")
    if directory + size != end:
        raise Unopened("its directory does not stand where it says")
    if data[max(directory - len(_APK_SIGNED), 0) : directory] == _APK_SIGNED:
        raise Unopened("it is signed")
    at = directory
    for _ in range(count):
        if at + _CENTRAL_BYTES > end or data[at : at + 4] != _CENTRAL:
            raise Unopened("its directory is damaged")
        yield _entry(data, at, directory)
        at += _CENTRAL_BYTES + sum(struct.unpack_from("<HHH", data, at + 28))
    if at != end:
        raise Unopened("its directory is damaged")


def _entry(data: bytes, at: int, directory: int) -> _Entry:
    (made_by,) = struct.unpack_from("<H", data, at + 4)
    flags, method = struct.unpack_from("<HH", data, at + 8)
    crc, packed, size, names = struct.unpack_from("<IIIH", data, at + 16)
    mode, local = struct.unpack_from("<II", data, at + 38)
    raw = data[at + _CENTRAL_BYTES : at + _CENTRAL_BYTES + names]
    if _FULL in (packed, size, local):
        raise Unopened("it is a zip64 file")
    if local + _LOCAL_BYTES > directory or data[local : local + 4] != _LOCAL:
        raise Unopened("a member's header is missing")
    own_flags, own_method = struct.unpack_from("<HH", data, local + 6)
    own_names, extras = struct.unpack_from("<HH", data, local + 26)
    own = data[local + _LOCAL_BYTES : local + _LOCAL_BYTES + own_names]
    if (own, own_flags, own_method) != (raw, flags, method):
        raise Unopened("a member's header and the directory differ")
    start = local + _LOCAL_BYTES + own_names + extras
    if _ZIP64 in _extra_ids(data[start - extras : start]):
        raise Unopened("it is a zip64 file")  # its sizes stand in the header once more
    described = _described(data, start + packed, (crc, packed, size)) if flags & _DESCRIBED else 0
    if not described and struct.unpack_from("<III", data, local + 14) != (crc, packed, size):
        raise Unopened("a member's header and the directory differ")
    if start + packed + described > directory:
        raise Unopened("a member lies outside of it")
    is_link = made_by >> 8 == _UNIX and mode >> 16 & 0o170000 == _LINK
    is_file = not raw.endswith((b"/", b"\\")) and not is_link
    ends = start + packed, start + packed + described
    return _Entry(_named(raw, flags), local, start, *ends, method, flags, crc, size, is_file)


def _extra_ids(extra: bytes) -> Iterator[int]:
    """The kind of each extra field of a header; what is left of a damaged one is passed over."""
    at = 0
    while at + 4 <= len(extra):
        kind, size = struct.unpack_from("<HH", extra, at)
        yield kind
        at += 4 + size


def _described(data: bytes, at: int, sums: tuple[int, int, int]) -> int:
    """Bytes of the record behind a member whose sizes were not known when it was written."""
    record = struct.pack("<III", *sums)
    for form in (_DESCRIPTOR + record, record):
        if data.startswith(form, at):
            return len(form)
    raise Unopened("what describes a member is damaged")


def _named(raw: bytes, flags: int) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as err:
        if flags & _UTF8:
            raise Unopened("a member's name is not Unicode text") from err
        return raw.decode("cp437")


def _content(data: bytes, entry: _Entry, room: Room) -> bytes:
    room.take(entry.size)
    packed = data[entry.start : entry.packed_end]
    if entry.method == _DEFLATED:
        engine = zlib.decompressobj(-15)
        try:
            packed = engine.decompress(packed, entry.size + 1)
        except zlib.error as err:
            raise Unopened("a member is damaged") from err
    if len(packed) != entry.size or zlib.crc32(packed) != entry.crc:
        raise Unopened("a member is damaged")
    return packed
