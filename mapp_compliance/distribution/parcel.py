"""What a sealed parcel holds, byte for byte: a deterministic USTAR tar.

``payload/`` the marked files, ``statement.dsse.json`` the signed statement, ``TERMS.txt``,
``HOWTO-OPEN.txt``, ``detection/anchors.json`` (what is equal in all copies, so that partners do
not sign on marked bytes), ``checkpoint.txt`` (the newest signed tree head), ``vendor.pub`` and
``receipt.template.json`` (for recipients who answer without our tool).

Names are sorted, times are zero, owners are empty: the same inputs give the same bytes on every
machine. Opening never writes outside the folder that it is given: the bytes come back as a
mapping and unsafe names are refused. What comes out must pack to the very bytes that went in, so
a parcel cut between two files, a name that occurs twice or a hidden header is refused too.

>>> unpack(pack({"TERMS.txt": b"be kind"}))
{'TERMS.txt': b'be kind'}
"""

import io
import tarfile
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePosixPath

from mapp_compliance.distribution.copies import Copy
from mapp_compliance.errors import Broken, InvalidInput
from mapp_compliance.trust import Source, base64_text, canonical, digest, tagged_digest
from mapp_compliance.values import KIB, MIB, Digest, shown

STATEMENT = "statement.dsse.json"
TERMS = "TERMS.txt"
HOWTO = "HOWTO-OPEN.txt"
ANCHORS = "detection/anchors.json"
CHECKPOINT = "checkpoint.txt"
RECEIPT_FORM = "receipt.template.json"
SIGNER = "vendor.pub"
PAYLOAD = "payload/"
MOST_BYTES = 1024 * MIB  # of an opened parcel; four times the largest sample we take in
MOST_FILES = 10_000
LARGE_BYTES = 64 * KIB  # of a file that is read where it lies; smaller ones are put together


def parcel_name(copy: Copy, reseal: int = 0) -> str:
    """The file name of a copy's parcel, or of its n-th reseal; it names no recipient."""
    suffix = f".r{reseal}" if reseal else ""
    return f"{copy.advisory}.{copy.id}{suffix}.tar.age"


def pack(files: Mapping[str, bytes]) -> bytes:
    """A USTAR archive of the files, the same bytes for the same files.

    Raises:
        InvalidInput: a name that is no plain path, or too long.
    """
    return b"".join(_pieces(files))


def packed(files: Mapping[str, bytes]) -> Source:
    """The archive that `pack` gives, to be read in pieces: large files are not copied for it."""
    streams: deque[io.BytesIO] = deque()
    small: list[bytes] = []
    for piece in _pieces(files):
        if len(piece) < LARGE_BYTES:
            small.append(piece)
            continue
        streams += (io.BytesIO(b"".join(small)), io.BytesIO(piece))
        small = []
    streams.append(io.BytesIO(b"".join(small)))
    return _Streams(streams) if len(streams) > 1 else streams[0]


class _Streams:
    """Several streams, one after the other."""

    def __init__(self, streams: deque[io.BytesIO]) -> None:
        self._streams = streams

    def read(self, size: int = -1) -> bytes:
        """Up to that many of the next bytes; none at the end."""
        while self._streams:
            if found := self._streams[0].read(size):
                return found
            self._streams.popleft()
        return b""


def _pieces(files: Mapping[str, bytes]) -> list[bytes]:
    """The archive in pieces, in order: a package may be large, and there are many copies."""
    pieces: list[bytes] = []
    for name in sorted(files):
        pieces += (_header(name, len(files[name])), files[name], _padding(len(files[name])))
    pieces.append(bytes(2 * tarfile.BLOCKSIZE))
    pieces.append(bytes(-sum(map(len, pieces)) % tarfile.RECORDSIZE))
    return pieces


@lru_cache(maxsize=4096)  # 2 MiB; the copies of a run have the same names and lengths
def _header(name: str, size: int) -> bytes:
    if not _is_plain(name):
        raise InvalidInput(f"{shown(name)!r} is no plain path for a parcel; rename the file")
    info = tarfile.TarInfo(name)
    info.size = size
    info.mode = 0o644
    try:
        return info.tobuf(tarfile.USTAR_FORMAT)
    except ValueError as err:
        raise InvalidInput(
            f"the path {shown(name)!r} is too long for a parcel; shorten it to 255 bytes"
        ) from err


def _padding(size: int) -> bytes:
    return bytes(-size % tarfile.BLOCKSIZE)


def unpack(data: bytes) -> dict[str, bytes]:
    """The files of an opened parcel by name.

    Raises:
        InvalidInput: not a whole parcel as ``pack`` writes it, or more than the limits above.
        Broken: a name that would leave the folder, or a link or device.
    """
    files: dict[str, bytes] = {}
    total = 0
    try:
        with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as tar:
            for member in tar:
                total += member.size
                if total > MOST_BYTES or len(files) >= MOST_FILES:
                    raise InvalidInput("the parcel holds more than a parcel may; ask for a new one")
                name = _safe(member)  # before any look at what it holds
                files[name] = _content(tar, member)
    except (tarfile.TarError, EOFError, ValueError, OverflowError, MemoryError) as err:
        raise InvalidInput("the parcel is cut short or not a parcel; fetch it again") from err
    if not files or pack(files) != data:
        raise InvalidInput(
            "the parcel is cut short or was packed by something else; fetch it again"
        )
    return files


def _safe(member: tarfile.TarInfo) -> str:
    if not member.isreg() or not _is_plain(member.name):
        raise Broken(
            f"the parcel holds {shown(member.name)!r}, which is no plain file inside it; "
            "do not use it and tell the sender"
        )
    return member.name


def _is_plain(name: str) -> bool:
    """Whether it is a path inside a folder, written in the only way."""
    path = PurePosixPath(name)
    written_plainly = str(path) == name and shown(name) == name and "\\" not in name
    return (
        written_plainly and bool(path.parts) and not path.is_absolute() and ".." not in path.parts
    )


def _content(tar: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    stream = tar.extractfile(member)
    content = stream.read() if stream else b""
    if len(content) != member.size:
        raise InvalidInput("the parcel is cut short; fetch it again")
    return content


@lru_cache(maxsize=4)  # the same for every copy of a run, and thousands of runs of bytes
def anchors_file(anchors: tuple[bytes, ...]) -> bytes:
    """What ``detection/anchors.json`` holds: bytes that are equal in all copies."""
    return canonical({"type": "mapp/anchors/v1", "base64": [base64_text(run) for run in anchors]})


@dataclass(frozen=True, slots=True)
class Payload:
    """The marked files of one copy by path, and the SHA-256 of each, computed once."""

    files: Mapping[str, bytes]
    digests: Mapping[str, Digest]

    @classmethod
    def of(cls, files: Mapping[str, bytes], known: dict[int, Digest] | None = None) -> "Payload":
        """The payload of these files.

        Args:
            known: digests by the identity of the bytes, filled as they are met: a file that carries
                no mark is one object in all copies. Whoever passes it keeps all files alive.
        """
        known = {} if known is None else known
        for data in files.values():
            if id(data) not in known:
                known[id(data)] = digest(data)
        return cls(files, {path: known[id(files[path])] for path in sorted(files)})

    def digest(self) -> Digest:
        """One digest over all files: of the digests that the statement lists, by path."""
        listed = {path: found.hex for path, found in self.digests.items()}
        return tagged_digest("payload", canonical(listed))

    def is_committed(self, digest_kept: Digest) -> bool:
        """Whether these are the files that a copy was committed to.

        Copies before version 0.2 hold the digest of the archive of their files.
        """
        return digest_kept in (self.digest(), digest(*_pieces(self.files)))
