"""TAR files: size and checksum of filled members are rewritten, every other byte stands.

>>> import io, tarfile
>>> box = io.BytesIO()
>>> with tarfile.open(fileobj=box, mode="w") as archive: archive.addfile(tarfile.TarInfo("a.py"))
>>> opened = open_tar(box.getvalue(), Room())
>>> again = pack_tar(opened.frame([0]), [b"x=22"])
>>> tarfile.open(fileobj=io.BytesIO(again)).extractfile("a.py").read()
b'x=22'

Source of the layout: POSIX.1-2008 pax, and the GNU tar manual for long names.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mapp_compliance.watermark.opening import Frame, Member, Opened, Room, Unopened

BLOCK = 512  # bytes
_REGULAR = (b"0", b"\0", b"7")
_SIZE, _SUM, _KIND = slice(124, 136), slice(148, 156), slice(156, 157)
_LARGEST = 8**11 - 1  # bytes, in the octal digits of a header
_NAMED = (b"path=", b"mtime=", b"atime=", b"ctime=", b"uname=", b"gname=", b"uid=", b"gid=")


@dataclass(frozen=True, slots=True)
class _Entry:
    """A regular file: its header ends at ``start``, its padded content at ``end``."""

    name: str
    start: int
    size: int
    end: int


def is_tar(data: bytes) -> bool:
    """True when the first block is a tar header with a right checksum."""
    return len(data) >= BLOCK and data[0] != 0 and _stated(data[:BLOCK]) == _sum(data[:BLOCK])


def open_tar(data: bytes, room: Room) -> Opened:
    """The regular files of a TAR file; links, devices and folders stay as they are.

    Raises:
        Unopened: a damaged header, a file that ends too soon, a size that no header holds.
    """
    entries = list(_entries(data))
    members = []
    for entry in entries:
        room.take(entry.size)
        members.append(Member(entry.name, data[entry.start : entry.start + entry.size]))
    return Opened(
        "tar",
        tuple(members),
        lambda filled: _frame(data, [entries[number] for number in filled]),
    )


def pack_tar(frame: Frame, contents: Sequence[bytes]) -> bytes:
    """The TAR file with these contents."""
    pieces = [
        piece[:-BLOCK] + header_of(piece[-BLOCK:], content) + padded(content)
        for piece, content in zip(frame, contents, strict=False)
    ]
    return b"".join((*pieces, frame[-1]))


def header_of(block: bytes, content: bytes) -> bytes:
    """A header for that content; the same one when the length is."""
    if _number(block[_SIZE]) == len(content):
        return block
    header = bytearray(block)
    header[_SIZE] = b"%011o\0" % len(content)
    header[_SUM] = b"%06o\0 " % _sum(bytes(header))
    return bytes(header)


def padded(content: bytes) -> bytes:
    """The content up to the next block."""
    return content + bytes(-len(content) % BLOCK)


def _frame(data: bytes, filled: Sequence[_Entry]) -> Frame:
    pieces, done = [], 0
    for entry in filled:
        pieces.append(data[done : entry.start])
        done = entry.end
    return (*pieces, data[done:])


def _entries(data: bytes) -> Iterator[_Entry]:
    at, long_name, special = 0, "", False
    while at < len(data) and any(data[at : at + BLOCK]):
        block = data[at : at + BLOCK]
        if len(block) < BLOCK or _stated(block) != _sum(block):
            raise Unopened("a header in it is damaged")
        size = _number(block[_SIZE])
        start = at + BLOCK
        at = start + size + -size % BLOCK
        if size < 0 or at > len(data):
            raise Unopened("it ends in the middle of a member")
        kind = block[_KIND]
        if kind in (b"L", b"x"):
            content = data[start : start + size]
            given, own = (_text(content), False) if kind == b"L" else _pax(content)
            long_name, special = given or long_name, special or own
            continue
        if kind in _REGULAR and not special and size <= _LARGEST:
            yield _Entry((long_name or _name(block)).removeprefix("./"), start, size, at)
        long_name, special = "", False


def _pax(content: bytes) -> tuple[str, bool]:
    """The path in a pax header, and whether it says what a header alone would not."""
    records = [record.partition(b" ")[2] for record in content.rstrip(b"\n").split(b"\n")]
    path = next((record[5:] for record in records if record.startswith(b"path=")), b"")
    return _text(path), not all(record.startswith(_NAMED) for record in records)


def _name(block: bytes) -> str:
    name, prefix = block[:100].split(b"\0")[0], block[345:500].split(b"\0")[0]
    return _text(prefix + b"/" + name if prefix and block[257:263] == b"ustar\0" else name)


def _text(raw: bytes) -> str:
    return raw.split(b"\0")[0].decode("utf-8", "replace")


def _sum(block: bytes) -> int:
    return sum(block[: _SUM.start]) + 8 * 0x20 + sum(block[_SUM.stop :])


def _stated(block: bytes) -> int:
    return _number(block[_SUM])


def _number(field: bytes) -> int:
    """A tar number in octal digits; -1 for any other form, as of sizes above 8 GiB."""
    digits = field.strip(b" \0") or b"0"
    return int(digits, 8) if digits.isdigit() and not set(digits) & set(b"89") else -1
