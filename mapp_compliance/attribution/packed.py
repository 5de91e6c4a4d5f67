"""Packed streams that have no container around them: in blobs, and somewhere inside a file.

>>> import zlib
>>> text = b"x = 1\\n" * 20
>>> [(name, data == text) for name, data in unpacked(zlib.compress(text) + bytes(40), 1000)]
[('zlib', True)]
>>> [name for name, _ in packed_inside(b"MZ" + bytes(9) + zlib.compress(text) + b"end", 1000)]
['zlib inside']
"""

import re
from collections.abc import Callable, Iterator
from functools import partial

from mapp_compliance.attribution.archives import DAMAGED, bunzipped, gunzipped, inflated, unxzed
from mapp_compliance.values import MIB

MIN_PACKED = 32  # bytes; a shorter stream holds nothing that a window could be read from
MIN_UNPACKED = 8
MAX_PACKED_BYTES = 4 * MIB  # of a stream inside a file
MAX_INSIDE = 64  # places in one file that are tried
MIN_INSIDE = 64  # bytes unpacked from the middle of a file: by luck it is a handful

INSIDE = " inside"  # ends the names of what was found in the middle of something

_Unpack = Callable[[bytes], Iterator[bytes]]
_STREAMS: tuple[tuple[str, _Unpack, Callable[[bytes], bool]], ...] = (
    ("gzip", gunzipped, lambda blob: blob.startswith(b"\x1f\x8b\x08")),
    ("xz", unxzed, lambda blob: blob.startswith((b"\xfd7zXZ\0", b"\x5d\0\0"))),
    ("bzip2", bunzipped, lambda blob: blob.startswith(b"BZh")),
    (
        "zlib",
        partial(inflated, wbits=15),
        lambda blob: blob[0] & 0x8F == 8 and (blob[0] * 256 + blob[1]) % 31 == 0,
    ),
    # A block type that packs.
    ("deflate", partial(inflated, wbits=-15), lambda blob: blob[0] & 6 in (2, 4)),
)
_INSIDE = re.compile(
    rb"\x1f\x8b\x08|\xfd7zXZ\0|BZh[1-9]1AY&SY|\x78[\x01\x5e\x9c\xda]|[\x28\x38\x48\x58\x68][\x15\x91]"
)


def unpacked(blob: bytes, room_bytes: int) -> Iterator[tuple[str, bytes]]:
    """What a packed stream at the start of a blob holds, also of one that is cut off.

    Raw deflate has no mark of its own, so it counts only when it ends where the stream says.
    A blob of UTF-16 is a script for PowerShell, which takes no other text in base64.
    """
    if len(blob) < MIN_PACKED:
        return
    if _is_wide(blob[:MIN_PACKED]):
        yield "utf-16", blob.decode("utf-16-le", "replace").encode()
        return
    for name, unpack, known in _STREAMS:
        if not known(blob):
            continue
        got, whole = _drawn(unpack, blob, room_bytes)
        if len(got) >= MIN_UNPACKED and (whole or name != "deflate"):
            yield name, got
            return


def _is_wide(head: bytes) -> bool:
    """True for text in UTF-16: every second byte is zero, most of the others are printable."""
    plain = sum(0x20 <= byte < 0x7F or byte in b"\t\r\n" for byte in head[::2])
    return head[1::2].count(0) > len(head) // 4 and plain > len(head) // 4


def packed_inside(data: bytes, room_bytes: int) -> Iterator[tuple[str, bytes]]:
    """Streams that begin anywhere in a file, by the first bytes of their kind, within one room.

    One that the file begins with is left to the containers, but for zlib, which is none.
    """
    done, tried = 0, 0
    for found in _INSIDE.finditer(data):
        at = found.start()
        zlib_like = found[0][:1] not in {b"\x1f", b"\xfd", b"B"}
        if at < done or (at == 0 and not zlib_like):
            continue
        tried += 1
        if tried > MAX_INSIDE or room_bytes <= 0:
            return
        name, unpack = _kind_of(found[0])
        got, _ = _drawn(unpack, data[at : at + MAX_PACKED_BYTES], room_bytes)
        if len(got) >= MIN_INSIDE:
            done = at + MIN_PACKED
            room_bytes -= len(got)
            yield name + INSIDE, got


def _kind_of(sign: bytes) -> tuple[str, _Unpack]:
    if sign.startswith(b"\x1f"):
        return "gzip", gunzipped
    if sign.startswith(b"\xfd"):
        return "xz", unxzed
    return ("bzip2", bunzipped) if sign.startswith(b"B") else ("zlib", partial(inflated, wbits=15))


def _drawn(unpack: _Unpack, blob: bytes, room_bytes: int) -> tuple[bytes, bool]:
    """What a stream gives, and whether it came to its end."""
    got = bytearray()
    try:
        for chunk in unpack(blob):
            got += chunk
            if len(got) >= room_bytes:
                return bytes(got[:room_bytes]), False
    except DAMAGED:
        return bytes(got), False
    return bytes(got), True
