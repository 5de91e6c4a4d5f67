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
from collections.abc import Mapping
from pathlib import PurePosixPath

from mapp_compliance.errors import Broken, InvalidInput
from mapp_compliance.trust import digest
from mapp_compliance.values import MIB, Digest, shown

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


def pack(files: Mapping[str, bytes]) -> bytes:
    """A USTAR archive of the files, the same bytes for the same files.

    Raises:
        InvalidInput: a name that is no plain path, or too long.
    """
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name in sorted(files):
            if not _is_plain(name):
                raise InvalidInput(
                    f"{shown(name)!r} is no plain path for a parcel; rename the file"
                )
            info = tarfile.TarInfo(name)
            info.size = len(files[name])
            info.mode = 0o644
            try:
                tar.addfile(info, io.BytesIO(files[name]))
            except ValueError as err:
                raise InvalidInput(
                    f"the path {shown(name)!r} is too long for a parcel; shorten it to 255 bytes"
                ) from err
    return out.getvalue()


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


def payload_digest(files: Mapping[str, bytes]) -> Digest:
    """One digest over all files of a marked package: of its deterministic archive."""
    return digest(pack(files))
