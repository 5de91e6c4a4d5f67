"""Tar files as streams of members, from hostile bytes.

Only regular files have content here; links, devices and pipes are named and barred.

>>> import io, tarfile
>>> box = io.BytesIO()
>>> with tarfile.open(fileobj=box, mode="w") as archive: archive.addfile(tarfile.TarInfo("a.py"))
>>> [member.name for member in tar_members(box.getvalue())]
['a.py']

Source of the layout: POSIX.1-2008 pax, and the GNU tar manual for long names.
"""

from collections.abc import Iterator
from functools import partial

from mapp_compliance.attribution.archives import Member, barred, member_name

_BLOCK = 512  # bytes
_TAR_KINDS = {
    b"1": "it is a hard link",
    b"2": "it is a symbolic link",
    b"3": "it is a device",
    b"4": "it is a device",
    b"6": "it is a pipe",
    b"S": "it is a sparse file",
}


def is_tar(data: bytes) -> bool:
    """True when the first block is a tar header with a right checksum."""
    return len(data) >= _BLOCK and data[0] != 0 and _checksum_fits(data[:_BLOCK])


def tar_members(data: bytes) -> Iterator[Member]:
    """Regular files; links, devices and pipes are barred, folders left out."""
    at, long_name = 0, b""
    while at + _BLOCK <= len(data):
        block = data[at : at + _BLOCK]
        if not any(block):
            return
        if not _checksum_fits(block):
            raise ValueError
        size, kind = _number(block[124:136]), block[156:157]
        start = at + _BLOCK
        at = start + -(-size // _BLOCK) * _BLOCK
        content = data[start : start + size]
        if kind in (b"L", b"x"):
            long_name = content.split(b"\0")[0] if kind == b"L" else _pax_path(content)
            continue
        name, long_name = long_name or _tar_name(block), b""
        if kind in (b"0", b"\0", b"7"):
            yield Member(member_name(name), size, partial(_whole, content, size))
        elif kind in _TAR_KINDS:
            yield barred(name, _TAR_KINDS[kind])
    if at > len(data):
        raise EOFError


def _whole(content: bytes, size: int) -> Iterator[bytes]:
    yield content
    if len(content) < size:
        raise EOFError


def _checksum_fits(block: bytes) -> bool:
    try:
        stated = _number(block[148:156])
    except ValueError:
        return False
    return stated == sum(block[:148]) + 8 * 0x20 + sum(block[156:])


def _number(field: bytes) -> int:
    """A tar number: octal digits, or base 256 after a byte 0x80. Raises ValueError."""
    if field[0] == 0x80:
        return int.from_bytes(field[1:], "big")
    digits = field.strip(b" \0") or b"0"
    if not digits.isdigit():  # a sign would send the reader backwards
        raise ValueError
    return int(digits, 8)


def _tar_name(block: bytes) -> bytes:
    name, prefix = block[:100].split(b"\0")[0], block[345:500].split(b"\0")[0]
    return prefix + b"/" + name if prefix and block[257:262] == b"ustar" else name


def _pax_path(content: bytes) -> bytes:
    for record in content.split(b"\n"):
        _, _, pair = record.partition(b" ")
        if pair.startswith(b"path="):
            return pair[5:]
    return b""
