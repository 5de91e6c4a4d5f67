"""Containers in containers, and those made to do harm."""

import bz2
import gzip
import io
import lzma
import struct
import tarfile
import time
import zipfile
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapp_compliance.attribution.parts import Part, Unwrapped
from mapp_compliance.attribution.unwrap import Budget, unwrap
from mapp_compliance.values import KIB, MIB

SMALL = Budget(total_bytes=4 * MIB, member_bytes=1 * MIB, ratio_from_bytes=64 * KIB, members=500)


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    box = io.BytesIO()
    with zipfile.ZipFile(box, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return box.getvalue()


def tarred(entries: list[tuple[tarfile.TarInfo, bytes]], form: int = tarfile.PAX_FORMAT) -> bytes:
    box = io.BytesIO()
    with tarfile.open(fileobj=box, mode="w", format=form) as archive:
        for info, data in entries:
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return box.getvalue()


def unwrapped(data: bytes, budget: Budget = SMALL) -> Unwrapped:
    return unwrap([Part(data, "s")], budget)


def contents(data: bytes, budget: Budget = SMALL) -> dict[str, bytes]:
    return {part.derivation: part.data for part in unwrapped(data, budget).parts[1:]}


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2])
def test_a_zip_gives_its_members_by_label(method: int) -> None:
    archive = zipped({"a/b.py": b"print(1)\n" * 9, "c": b"", "d/": b""}, method)

    assert contents(archive) == {"s!/a/b.py": b"print(1)\n" * 9, "s!/c": b""}


def test_a_zip_behind_other_bytes_is_found() -> None:
    assert contents(b"#!/bin/sh\n" + zipped({"a": b"inner"})) == {"s!/a": b"inner"}


def test_a_zip64_is_read() -> None:
    box = io.BytesIO()
    with zipfile.ZipFile(box, "w") as archive, archive.open("a", "w", force_zip64=True) as member:
        member.write(b"wide")

    assert contents(box.getvalue()) == {"s!/a": b"wide"}


@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_a_tar_gives_its_regular_files(form: int) -> None:
    name = "folder/" * 16 + "a.py"
    archive = tarred([(tarfile.TarInfo(name), b"print(1)")], form)

    assert contents(archive) == {f"s!/{name}": b"print(1)"}


@pytest.mark.parametrize(
    ("packed", "how"),
    [
        (gzip.compress(b"text", mtime=0), "gzip"),
        (bz2.compress(b"text"), "bzip2"),
        (lzma.compress(b"text"), "xz"),
    ],
)
def test_packed_files_are_unpacked(packed: bytes, how: str) -> None:
    assert contents(packed) == {f"s > {how}": b"text"}


def test_containers_in_containers_keep_their_way() -> None:
    inner = gzip.compress(tarred([(tarfile.TarInfo("x.c"), b"int x;")]))

    assert "s!/in.tgz > gzip!/x.c" in contents(zipped({"in.tgz": inner}))


def test_links_and_devices_are_noted_and_not_followed() -> None:
    kinds = [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE]
    entries = []
    for number, kind in enumerate(kinds):
        info = tarfile.TarInfo(f"n{number}")
        info.type, info.linkname = kind, "/etc/passwd"
        entries.append((info, b""))
    result = unwrapped(tarred([*entries, (tarfile.TarInfo("ok"), b"fine")]))

    assert [part.derivation for part in result.parts] == ["s", "s!/ok"]
    assert len(result.notes) == len(kinds)


def test_names_that_lead_out_are_labels_only() -> None:
    members = {"../../etc/cron.d/x": b"1", "/abs": b"2", "C:\\x": b"3", "a\x1b[2J": b"4"}

    assert len(contents(zipped(members))) == 4


def test_an_encrypted_member_is_noted() -> None:
    archive = bytearray(zipped({"secret.py": b"x" * 40}, zipfile.ZIP_STORED))
    archive[archive.find(b"PK\x01\x02") + 8] |= 1
    result = unwrapped(bytes(archive))

    assert result.notes == ("not read: s!/secret.py: it is encrypted",)


def overlapping_zip(members: int, kernel: bytes) -> bytes:
    """All central entries point at one local header, as in Fifield 2019 (full overlap)."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(kernel) + packer.flush()
    crc = zlib.crc32(kernel)
    sizes = struct.pack("<IIIHH", crc, len(packed), len(kernel), 1, 0)
    local = b"PK\x03\x04" + struct.pack("<HHHHH", 20, 0, 8, 0, 0) + sizes + b"k" + packed
    entry = b"PK\x01\x02" + struct.pack("<HHHHHH", 20, 20, 0, 8, 0, 0) + sizes
    entry += struct.pack("<HHHII", 0, 0, 0, 0, 0) + b"k"
    central = entry * members
    end = struct.pack(
        "<HHHHIIH", 0, 0, members & 0xFFFF, members & 0xFFFF, len(central), len(local), 0
    )
    return local + central + b"PK\x05\x06" + end


def test_an_overlapping_zip_gives_its_kernel_once() -> None:
    result = unwrapped(overlapping_zip(10_000, bytes(50 * KIB)))

    assert [len(part.data) for part in result.parts[1:]] == [50 * KIB]
    assert any("overlap" in note for note in result.notes)
    assert len(result.notes) <= SMALL.notes + 1


def test_a_member_that_unpacks_too_far_is_cut() -> None:
    result = unwrapped(zipped({"zeros": bytes(900 * KIB)}))

    assert 64 * KIB < len(result.parts[1].data) <= 300 * KIB
    assert result.notes == ("truncated: s!/zeros: unpacks to more than 200 times its size",)


def test_a_packed_stream_past_the_member_budget_is_cut() -> None:
    noise = b"".join(struct.pack("<I", zlib.crc32(b"%d" % n)) for n in range(500_000))
    result = unwrapped(gzip.compress(noise, 1))

    assert result.parts[1].data == noise[: 1 * MIB]
    assert result.notes == ("truncated: s > gzip: larger than 1048576 bytes",)


def test_a_member_of_exactly_the_budget_is_whole() -> None:
    noise = b"".join(struct.pack("<I", zlib.crc32(b"%d" % n)) for n in range(MIB // 4))

    assert unwrapped(zipped({"n": noise})).notes == ()


def test_declared_sizes_do_not_count() -> None:
    archive = bytearray(zipped({"a": b"tiny"}))
    at = archive.find(b"PK\x01\x02")
    archive[at + 24 : at + 28] = b"\xff\xff\xff\x7f"

    assert contents(bytes(archive)) == {"s!/a": b"tiny"}


def test_a_tar_that_declares_more_than_it_has_gives_what_is_there() -> None:
    archive = tarred([(tarfile.TarInfo("a"), b"x" * 100_000)])[:50_000]
    result = unwrapped(archive)

    assert len(result.parts[1].data) == 50_000 - 512
    assert result.notes[0].startswith("truncated:")


def test_deep_nesting_ends_at_the_budget() -> None:
    data = b"core"
    for _ in range(30):
        data = zipped({"z": data}, zipfile.ZIP_STORED)
    result = unwrapped(data)

    assert len(result.parts) == 1 + SMALL.depth
    assert "deeper than 6" in result.notes[0]


def test_a_container_met_again_is_not_opened_again() -> None:
    same = zipped({"x": b"one"})
    result = unwrapped(zipped({"a": same, "b": same, "c": same}, zipfile.ZIP_STORED))

    assert [part.derivation for part in result.parts] == ["s", "s!/a", "s!/a!/x"]


def test_members_and_total_are_bounded_over_the_whole_sample() -> None:
    many = zipped({str(n): str(n).encode() for n in range(2_000)})
    noise = [
        b"".join(struct.pack("<I", zlib.crc32(b"%d" % n)) for n in range(k, k + 200_000))
        for k in range(9)
    ]
    large = zipped({str(n): data for n, data in enumerate(noise)}, zipfile.ZIP_STORED)

    assert len(unwrapped(many).parts) == 1 + SMALL.members
    assert sum(len(part.data) for part in unwrapped(large).parts[1:]) == SMALL.total_bytes


def test_a_broad_and_deep_bomb_ends_soon() -> None:
    data = bytes(100 * KIB)
    for level in range(5):
        data = zipped({f"{level}-{n}": data + bytes([n]) for n in range(16)})
    started = time.process_time()
    result = unwrapped(data)

    assert sum(len(part.data) for part in result.parts[1:]) <= SMALL.total_bytes
    assert time.process_time() - started < 5


@pytest.mark.parametrize("tenth", range(10))
@pytest.mark.parametrize("kind", ["zip", "tar", "gzip", "bzip2", "xz"])
def test_a_truncated_archive_gives_what_could_be_read(kind: str, tenth: int) -> None:
    lines = [b"line %d of a file that compresses\n" % n for n in range(3_000)]
    text = b"".join(lines)
    archive = {
        "zip": lambda: zipped({f"{n}.txt": text[n:] for n in range(5)}),
        "tar": lambda: tarred([(tarfile.TarInfo(f"{n}.txt"), text[n:]) for n in range(5)]),
        "gzip": lambda: gzip.compress(text),
        "bzip2": lambda: bz2.compress(text),
        "xz": lambda: lzma.compress(text),
    }[kind]()
    result = unwrapped(archive[: len(archive) * tenth // 10])

    assert all(part.data in text for part in result.parts[1:])
    assert tenth == 0 or result.notes
    if tenth >= 5 and kind in ("zip", "tar", "gzip"):
        assert sum(len(part.data) for part in result.parts[1:]) > len(text) // 4


STARTS = [zipped({"a": b"x" * 50, "b": b"y"}), tarred([(tarfile.TarInfo("a"), b"x" * 700)])]
STARTS += [gzip.compress(b"x" * 500), bz2.compress(b"x" * 500), lzma.compress(b"x" * 500)]


@given(st.sampled_from(STARTS), st.data())
@settings(max_examples=300, deadline=None)
def test_noise_never_raises(start: bytes, draw: st.DataObject) -> None:
    data = bytearray(start)
    for _ in range(draw.draw(st.integers(1, 12))):
        data[draw.draw(st.integers(0, len(data) - 1))] = draw.draw(st.integers(0, 255))
    cut = draw.draw(st.integers(0, len(data)))

    assert unwrapped(bytes(data[:cut])).parts[0].data == bytes(data[:cut])


@given(
    st.binary(max_size=2_000),
    st.sampled_from([b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b\x08", b"BZh9", b""]),
)
@settings(max_examples=300, deadline=None)
def test_noise_behind_a_magic_never_raises(noise: bytes, magic: bytes) -> None:
    assert unwrapped(magic + noise).parts
