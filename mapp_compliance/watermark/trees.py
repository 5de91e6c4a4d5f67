"""What lies in a packed file at any depth: its type by its first bytes, opened within one room.

>>> import io, zipfile
>>> box = io.BytesIO()
>>> with zipfile.ZipFile(box, "w") as archive: archive.writestr("a.txt", "text")
>>> tree = tree_of("a.zip", box.getvalue())
>>> [member.name for member in tree["a.zip"].members]
['a.txt']
"""

import struct
from collections.abc import Mapping
from functools import lru_cache

from mapp_compliance.errors import InvalidInput
from mapp_compliance.values import shown
from mapp_compliance.watermark.carriers import captures, containers
from mapp_compliance.watermark.opening import MAX_DEPTH, Member, Opened, Room, Unopened
from mapp_compliance.watermark.package import check_paths
from mapp_compliance.watermark.sites import INSIDE

Tree = Mapping[str, Opened | str]  # by path: a file taken apart, or why it is not

# Forms in which nothing can be stored that is the same for ever: xz, bzip2, 7z, zstd, rar.
_FOREIGN = (
    b"\xfd7zXZ\0",
    b"BZh91AY&SY",
    b"7z\xbc\xaf\x27\x1c",
    b"\x28\xb5\x2f\xfd",
    b"Rar!\x1a\x07",
)
# Lists of sums and signatures: a member that was marked would no longer fit them.
_SUMMED = (".sf", ".rsa", ".ec", ".dsa", ".sig", ".asc", ".md5", ".sha1", ".sha256", ".sha512")
_SUMS = {"record", "md5sums", "sha1sums", "sha256sums", "sha512sums", "checksums", "checksums.txt"}


def is_packed(data: bytes) -> bool:
    """True for a file of a type that can be taken apart."""
    return (
        containers.is_zip(data)
        or containers.is_gzip(data)
        or containers.is_tar(data)
        or captures.is_capture(data)
        or data.startswith(_FOREIGN)
    )


def member_path(path: str, member: Member) -> str:
    """How a member of the file of that path is called in a layout."""
    return f"{path}{INSIDE}{member.name}"


@lru_cache(maxsize=16)  # laid out, checked and asked for warnings in one attachment
def tree_of(path: str, data: bytes) -> Tree:
    """The file and all packed files in it, at any depth."""
    found: dict[str, Opened | str] = {}
    room, waiting = Room(), [(path, data, 0)]
    while waiting:
        path, data, depth = waiting.pop()
        found[path] = opened = _opened(path, data, depth, room)
        if not isinstance(opened, str):
            waiting += [
                (member_path(path, member), member.data, depth + 1)
                for member in reversed(opened.members)
                if is_packed(member.data)
            ]
    return found


def _opened(path: str, data: bytes, depth: int, room: Room) -> Opened | str:
    if depth >= MAX_DEPTH:
        return f"it lies deeper than {MAX_DEPTH} files in files"
    try:
        opened = taken_apart(path, data, room)
        check_paths(member.name for member in opened.members)
    except InvalidInput as err:
        return err.message
    except Unopened as err:
        return str(err)
    sums = next((each.name for each in opened.members if _tells_sums(each.name)), None)
    return f"{shown(sums)} in it holds sums that marks would break" if sums else opened


def _tells_sums(name: str) -> bool:
    base = name.rsplit("/", 1)[-1].lower()
    return base in _SUMS or base.endswith(_SUMMED)


def taken_apart(path: str, data: bytes, room: Room) -> Opened:
    """The file by its type. Raises Unopened."""
    if data.startswith(_FOREIGN):
        raise Unopened("it is packed by xz, bzip2, zstd, 7z or rar; pack it as .zip or .tar.gz")
    try:
        if containers.is_zip(data):
            return containers.open_zip(data, room)
        if containers.is_gzip(data):
            return containers.open_gzip(data, path, room)
        if containers.is_tar(data):
            return containers.open_tar(data, room)
        return captures.open_capture(data, room)
    except struct.error as err:
        raise Unopened("it is damaged") from err
