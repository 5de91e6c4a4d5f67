"""Archives that unfold too far, made by code, through the child that unwraps every sample."""

import bz2
import gzip
import io
import lzma
import struct
import tarfile
import zipfile
from collections.abc import Callable

import pytest

from mapp_compliance.adapters.isolate.port import IsolatedChild
from mapp_compliance.adapters.isolate.tasks import CHILD_BUDGET
from mapp_compliance.values import KIB, MIB
from tests.attribution.test_unwrap import overlapping_zip, tarred, zipped


def quine_gzip() -> bytes:
    """A gzip whose content begins with its own bytes: stored blocks that repeat the beginning."""
    start = b"\x1f\x8b\x08\x00" + bytes(6)
    block = b"\x00" + struct.pack("<HH", len(start), 0xFFFF ^ len(start)) + start
    return start + block * 2_000 + b"\x01\x00\x00\xff\xff" + bytes(8)


def nested(levels: int) -> bytes:
    data = bytes(200 * KIB)
    for _ in range(levels):
        data = zipped({f"{number}": data + bytes([number]) for number in range(12)})
    return data


def sparse_tar() -> bytes:
    """A tar that declares a file of 8 TiB of holes (GNU sparse)."""
    info = tarfile.TarInfo("hole")
    info.type = tarfile.GNUTYPE_SPARSE
    header = bytearray(info.tobuf(tarfile.GNU_FORMAT))
    header[386:398] = b"00000000000\0"
    header[398:410] = b"00000001000\0"
    header[483:495] = b"\x80" + struct.pack(">Q", 8 << 40).rjust(11, b"\0")
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    return bytes(header) + bytes(1024)


def zip64_lie() -> bytes:
    """Sizes of 2^63 in the zip64 field of a small member."""
    data = bytearray(zipped({"a": b"tiny" * 10}, zipfile.ZIP_STORED))
    at = data.find(b"PK\x01\x02")
    extra = struct.pack("<HHQQ", 1, 16, 1 << 63, 1 << 63)
    data[at + 20 : at + 28] = b"\xff" * 8
    data[at + 30 : at + 32] = struct.pack("<H", len(extra))
    end = at + 46 + 1
    whole = bytes(data[:end]) + extra + bytes(data[end:])
    tail = whole.rfind(b"PK\x05\x06")
    size = tail - at
    return whole[: tail + 12] + struct.pack("<I", size) + whole[tail + 16 :]


def long_names() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number in range(300):
            archive.writestr(f"{number}" + "n/" * 20_000, b"")
    return out.getvalue()


def long_tar_name() -> bytes:
    return tarred([(tarfile.TarInfo("x" * 500_000), b"body")])


BOMBS: dict[str, Callable[[], bytes]] = {
    "overlapping zip": lambda: overlapping_zip(60_000, bytes(1 * MIB)),
    "quine gzip": quine_gzip,
    "nested zips": lambda: nested(5),
    "gzip in gzip in gzip": lambda: gzip.compress(gzip.compress(gzip.compress(bytes(64 * MIB)))),
    "xz of zeros": lambda: lzma.compress(bytes(128 * MIB), preset=1),
    "bzip2 of zeros": lambda: bz2.compress(bytes(128 * MIB), 1),
    "many members": lambda: zipped({str(number): b"" for number in range(50_100)}),
    "many tar members": lambda: tarred(
        [(tarfile.TarInfo(str(number)), b"") for number in range(50_100)], tarfile.USTAR_FORMAT
    ),
    "sparse tar": sparse_tar,
    "zip64 lie": zip64_lie,
    "long zip names": long_names,
    "long tar name": long_tar_name,
}


@pytest.mark.parametrize("name", sorted(BOMBS))
def test_a_bomb_ends_within_the_limits_and_says_what_was_left_out(name: str) -> None:
    bomb = BOMBS[name]()
    found = IsolatedChild().parts([("bomb", bomb)])  # Stopped would fail: the budget comes first
    unfolded = sum(len(part.data) for part in found.parts) - len(bomb)
    assert unfolded <= CHILD_BUDGET.total_bytes + CHILD_BUDGET.member_bytes
    assert found.parts[0].data == bomb
    assert max(len(part.derivation) for part in found.parts) < 2_000
