"""Files packed by gzip, a TAR file or any other: filled members stand in stored blocks.

The rest was compressed once, when the file was opened, and is kept in that form: so a copy is as
small as it can be without asking a compressor again, whose next version may give other bytes.

>>> import gzip
>>> opened = open_gzip(gzip.compress(b"old", mtime=0), "a.txt.gz", Room())
>>> [member.name for member in opened.members]
['a.txt']
>>> gzip.decompress(pack_gzip(opened.frame([0]), [b"a new text"]))
b'a new text'

Source of the layout: RFC 1951, RFC 1952.
"""

import struct
import zlib
from collections.abc import Iterator, Sequence
from itertools import chain

from mapp_compliance.watermark.carriers.containers.tars import (
    BLOCK,
    header_of,
    is_tar,
    open_tar,
    padded,
)
from mapp_compliance.watermark.opening import Frame, Member, Opened, Room, Unopened

_MAGIC = b"\x1f\x8b\x08"
_SUMMED, _EXTRA, _NAME, _COMMENT = 0x02, 0x04, 0x08, 0x10
_STORED_BYTES = 65535  # in one stored block
_LAST_BLOCK = b"\x01\x00\x00\xff\xff"  # empty and stored


def is_gzip(data: bytes) -> bool:
    """True for a file that begins as one of gzip does."""
    return data.startswith(_MAGIC)


def open_gzip(data: bytes, path: str, room: Room) -> Opened:
    """The members of a TAR file packed by gzip, else the one file that was packed.

    Raises:
        Unopened: damaged, several streams, or what ``open_tar`` refuses.
    """
    header = _header_bytes(data)
    plain = _inflated(data, room)
    if is_tar(plain):
        inside = open_tar(plain, room)
        return Opened(
            "tar.gz",
            inside.members,
            lambda filled: (data[:header], *_deflated(inside.frame(filled))),
        )
    room.take(len(plain))
    name = path.rsplit("/", 1)[-1].removesuffix(".gz")
    return Opened("gz", (Member(name, plain),), lambda _: (data[:header],))


def pack_gzip(frame: Frame, contents: Sequence[bytes]) -> bytes:
    """The packed file of that content."""
    (content,) = contents
    return b"".join((frame[0], *_stored(content), _end(content)))


def pack_tar_gzip(frame: Frame, contents: Sequence[bytes]) -> bytes:
    """The packed TAR file with these contents."""
    out, plain = [frame[0]], []
    fronts = frame[1:-1]
    for deflated, header, content in zip(fronts[::2], fronts[1::2], contents, strict=True):
        written = header_of(header, content) + padded(content)
        out += [deflated, *_stored(written)]
        plain += [_opened(deflated), written]
    whole = b"".join((*plain, _opened(frame[-1])))
    return b"".join((*out, frame[-1], _end(whole)))


def _deflated(pieces: Frame) -> Iterator[bytes]:
    """Each piece of a TAR file's frame compressed by itself, and the header at its end as it is."""
    yield from chain.from_iterable((_flushed(p[:-BLOCK]), p[-BLOCK:]) for p in pieces[:-1])
    yield _flushed(pieces[-1])


def _flushed(piece: bytes) -> bytes:
    """Deflate blocks that end on a byte and look back at nothing before them."""
    engine = zlib.compressobj(9, zlib.DEFLATED, -15)
    return engine.compress(piece) + engine.flush(zlib.Z_FULL_FLUSH)


def _opened(blocks: bytes) -> bytes:
    return zlib.decompressobj(-15).decompress(blocks)


def _stored(content: bytes) -> Iterator[bytes]:
    for start in range(0, len(content), _STORED_BYTES):
        piece = content[start : start + _STORED_BYTES]
        yield struct.pack("<BHH", 0, len(piece), len(piece) ^ 0xFFFF)
        yield piece


def _end(plain: bytes) -> bytes:
    return _LAST_BLOCK + struct.pack("<II", zlib.crc32(plain), len(plain) & 0xFFFFFFFF)


def _header_bytes(data: bytes) -> int:
    if len(data) < 18:
        raise Unopened("it is cut off")
    flags, at = data[3], 10
    if flags & _EXTRA:
        at += 2 + struct.unpack_from("<H", data, at)[0]
    for flag in (_NAME, _COMMENT):
        if flags & flag:
            at = data.find(b"\0", at) + 1
            if not at:
                raise Unopened("its header is damaged")
    return at + 2 if flags & _SUMMED else at


def _inflated(data: bytes, room: Room) -> bytes:
    engine = zlib.decompressobj(31)
    try:
        plain = engine.decompress(data, room.bytes + 1)
    except zlib.error as err:
        raise Unopened("it is damaged") from err
    if len(plain) > room.bytes:
        raise Unopened(f"it unpacks to more than {room.bytes} bytes")
    if not engine.eof:
        raise Unopened("it is cut off")
    if engine.unused_data.strip(b"\0"):
        raise Unopened("other bytes stand behind the first packed file")
    return plain
