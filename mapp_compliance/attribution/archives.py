"""What an archive member is to us, and packed streams in bounded chunks.

Nothing is ever extracted and no name is used as a path: a member is a label and chunks of bytes.
Chunks may raise one of DAMAGED, after having given what could be read.

>>> import gzip
>>> b"".join(gunzipped(gzip.compress(b"hello")))
b'hello'
"""

import bz2
import lzma
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from mapp_compliance.values import KIB, MIB

CHUNK_BYTES = 64 * KIB  # read and written at once; small against every budget
LZMA_MEMORY_BYTES = 128 * MIB  # dictionary of the xz presets up to -9 is 64 MiB
DAMAGED = (zlib.error, lzma.LZMAError, OSError, EOFError, ValueError, struct.error)


@dataclass(frozen=True, slots=True)
class Member:
    """One entry of an archive.

    ``packed_bytes`` is what it takes in the archive. ``barred`` says why it has no content for
    us, else it is empty and ``chunks`` gives the content.
    """

    name: str
    packed_bytes: int
    chunks: Callable[[], Iterator[bytes]]
    barred: str = ""


class _Decompressor(Protocol):
    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int = -1) -> bytes: ...


def inflated(data: bytes, wbits: int) -> Iterator[bytes]:
    """Chunks of one zlib (15), gzip (31) or raw deflate (-15) stream; stops where bytes end."""
    engine = zlib.decompressobj(wbits)
    for start in range(0, len(data), CHUNK_BYTES):
        waiting = data[start : start + CHUNK_BYTES]
        while waiting and not engine.eof:
            yield engine.decompress(waiting, CHUNK_BYTES)
            waiting = engine.unconsumed_tail
        if engine.eof:
            return
    if not engine.eof:
        raise EOFError


def gunzipped(data: bytes) -> Iterator[bytes]:
    """Chunks of the first member of a gzip file."""
    return inflated(data, 31)


def bunzipped(data: bytes) -> Iterator[bytes]:
    """Chunks of the first stream of a bzip2 file."""
    return _drained(bz2.BZ2Decompressor(), data)


def unxzed(data: bytes) -> Iterator[bytes]:
    """Chunks of the first stream of an xz file."""
    return _drained(lzma.LZMADecompressor(memlimit=LZMA_MEMORY_BYTES), data)


def _drained(engine: _Decompressor, data: bytes) -> Iterator[bytes]:
    for start in range(0, len(data), CHUNK_BYTES):
        yield engine.decompress(data[start : start + CHUNK_BYTES], CHUNK_BYTES)
        while not engine.eof and not engine.needs_input:
            yield engine.decompress(b"", CHUNK_BYTES)
        if engine.eof:
            return
    raise EOFError


def barred(name: bytes, why: str) -> Member:
    """A member that we do not open."""
    return Member(member_name(name), 0, lambda: iter(()), why)


def member_name(name: bytes) -> str:
    """The name as text, whatever its bytes are."""
    return name.decode("utf-8", "replace")
