"""Packed files from a careless or hostile hand: carried as they stand, never broken."""

import bz2
import io
import lzma
import struct
import tarfile
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapp_compliance.attribution import Part
from mapp_compliance.attribution.unwrap import unwrap
from mapp_compliance.errors import InvalidInput
from mapp_compliance.values import MIB
from mapp_compliance.watermark import (
    PackageFile,
    lay_out,
    mark,
    natural_warnings,
    parse_package,
    survey,
)
from tests.watermark.packs import boxes, wire

SCRIPT = b"".join(b"def f%d(x):\n    return x == 'a%d'\n" % (n, n) for n in range(12))
STORED = zipfile.ZIP_STORED
PLAIN = {"m.py": SCRIPT, "b.txt": b"text"}


def carried(data: bytes, path: str = "a.zip") -> tuple[str, ...]:
    """The warnings for a file that must be one literal."""
    package = parse_package([PackageFile(path, data)])
    layout = lay_out(package, {})
    assert [file.segments for file in layout.files] == [(data,)]
    assert (layout.points, layout.packs) == ((), ())
    return natural_warnings(package, {})


def twice(name: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("m.py", SCRIPT)
        archive.writestr("n.py", SCRIPT)
    return out.getvalue().replace(b"n.py", name.encode())


def test_the_plain_archive_does_carry_marks():
    package = parse_package([PackageFile("a.zip", boxes.zipped(PLAIN))])
    assert lay_out(package, {}).points


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (twice("m.py"), "meet at one name"),
        (twice("M.py"), "meet at one name"),
        (boxes.zipped({"../m.py": SCRIPT}), "not safe"),
        (boxes.zipped({"/m.py": SCRIPT}), "not safe"),
        (boxes.zipped({"c:\\m.py": SCRIPT}), "not safe"),
        (boxes.tarred({"/etc/m.py": SCRIPT}), "not safe"),
        (boxes.zipped({**PLAIN, "META-INF/A.SF": b"x"}), "holds sums"),
        (boxes.zipped({**PLAIN, "SHA256SUMS": b"x"}), "holds sums"),
        (boxes.zipped({**PLAIN, "a-1.dist-info/RECORD": b"x"}), "holds sums"),
        (boxes.zipped(PLAIN)[:-30], "directory is missing"),
        (boxes.zipped(PLAIN) + b"more", "stand behind"),
        (boxes.zipped(PLAIN, STORED).replace(b"return x", b"return y"), "damaged"),
        (boxes.gzipped(boxes.tarred(PLAIN))[:-9], "cut off"),
        (boxes.gzipped(b"one") + boxes.gzipped(b"two"), "stand behind the first"),
        (boxes.tarred(PLAIN)[:700], "middle of a member"),
        (lzma.compress(boxes.tarred(PLAIN)), "pack it as .zip"),
        (bz2.compress(boxes.tarred(PLAIN)), "pack it as .zip"),
    ],
)
def test_what_is_out_of_the_ordinary_is_one_literal_with_the_reason(data, reason):
    (told,) = carried(data)
    assert reason in told
    assert "as it stands" in told


def test_marks_declared_for_what_cannot_be_taken_apart_are_refused():
    files = [
        PackageFile("a.zip", boxes.zipped()[:-30]),
        PackageFile("a.zip.marks.toml", boxes.MARKS),
    ]
    with pytest.raises(InvalidInput, match="cannot be taken apart"):
        lay_out(parse_package(files), {})


def test_zip64_is_one_literal():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive, archive.open("m.py", "w", force_zip64=True) as file:
        file.write(SCRIPT)
    carried(out.getvalue())


def test_a_header_that_repeats_its_sizes_as_zip64_is_one_literal():
    """Some programs write them for small members too; they would not fit a filled one."""
    data = bytearray(boxes.zipped({"m.py": SCRIPT}))
    names = len("m.py")
    size = struct.pack("<QQ", len(SCRIPT), len(SCRIPT))
    extra = struct.pack("<HH", 1, len(size)) + size
    data[28:30] = struct.pack("<H", len(extra))
    data[30 + names : 30 + names] = extra
    end = data.rfind(b"PK\x05\x06")
    (directory,) = struct.unpack_from("<I", data, end + 16)
    struct.pack_into("<I", data, end + 16, directory + len(extra))
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as archive:
        assert archive.testzip() is None
    carried(bytes(data))


def test_an_encrypted_member_stays_and_the_others_carry_marks():
    data = bytearray(boxes.zipped({"x.py": SCRIPT, "m.py": SCRIPT}))
    for at, flags in ((0, 6), (data.find(b"PK\x01\x02"), 8)):
        data[at + flags] |= 1
    package = parse_package([PackageFile("a.zip", bytes(data))])
    layout = lay_out(package, {})
    assert [file.path for file in layout.files] == ["a.zip!/m.py"]
    assert any("encrypted" in told for told in natural_warnings(package, {}))


def test_a_link_in_a_zip_file_stays():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        link = zipfile.ZipInfo("link.py")
        link.create_system, link.external_attr = 3, 0o120777 << 16
        archive.writestr(link, "m.py")
        archive.writestr("m.py", SCRIPT)
    package = parse_package([PackageFile("a.zip", out.getvalue())])
    assert [file.path for file in lay_out(package, {}).files] == ["a.zip!/m.py"]


def test_a_bomb_is_one_literal():
    told = carried(boxes.zipped({"m.py": SCRIPT, "zeros.bin": bytes(65 * MIB)}))
    assert "unpacks to more" in told[0]


def test_bombs_in_a_package_of_archives_share_one_room():
    inner = boxes.zipped({"zeros.bin": bytes(40 * MIB)})
    data = boxes.zipped({"a.zip": inner, "b.zip": inner, "m.py": SCRIPT})
    package = parse_package([PackageFile("x.zip", data)])
    assert any("x.zip!/b.zip is sent as it stands" in t for t in natural_warnings(package, {}))
    assert lay_out(package, {}).points


def test_archives_deeper_than_the_bound_are_one_literal():
    data = boxes.zipped(PLAIN)
    for _ in range(3):
        data = boxes.zipped({"in.zip": data})
    assert "deeper than 3" in carried(data)[0]


def test_fifty_mebibytes_are_marked(tmp_path):
    data = boxes.tarred({"m.py": SCRIPT, "big.bin": bytes(range(256)) * (50 * 4096)})
    package = parse_package([PackageFile("a.tar", data)])
    site_map = survey(package, lay_out(package, {}), bytes(32))
    copy = mark(package, site_map, boxes.word(site_map, "one")).files[0].data
    assert boxes.from_tar(copy)["big.bin"][-256:] == bytes(range(256))


def test_a_folder_that_looks_like_a_member_is_refused():
    files = [
        PackageFile("a.zip", boxes.zipped(PLAIN)),
        PackageFile("a.zip!/m.py", SCRIPT),
    ]
    with pytest.raises(InvalidInput, match="rename the folder"):
        lay_out(parse_package(files), {})


SEEDS = [
    boxes.zipped(PLAIN),
    boxes.tarred(PLAIN),
    boxes.tarred(PLAIN, tarfile.GNU_FORMAT),
    boxes.gzipped(boxes.tarred(PLAIN)),
    wire.pcap(wire.cut(b"GET / HTTP/1.1\r\n" * 8, 40)),
    wire.pcapng(wire.cut(b"GET / HTTP/1.1\r\n" * 8, 40)),
]


@settings(max_examples=150, deadline=None)
@given(
    seed=st.sampled_from(SEEDS),
    changes=st.lists(st.tuples(st.integers(0, 1 << 16), st.binary(max_size=4)), max_size=4),
    stop=st.integers(0, 1 << 14),
)
def test_noise_is_laid_out_or_carried_and_its_original_comes_back(seed, changes, stop):
    data = bytearray(seed)
    for at, new in changes:
        place = at % len(data)
        data[place : place + len(new)] = new
    whole = bytes(data[: stop or None])
    package = parse_package([PackageFile("a.bin", whole)])
    layout = lay_out(package, {})
    if layout.points:
        site_map = survey(package, layout, bytes(32))
        copy = mark(package, site_map, boxes.word(site_map, "one")).files[0].data
        again = parse_package([PackageFile("a.bin", copy)])
        assert lay_out(again, {}).packs, "a copy can be taken apart as its original could"
    unwrap([Part(whole, "a")])


def test_a_capture_with_hashed_packets_is_one_literal():
    frame = wire.ethernet(wire.udp(b"x" * 20))
    hashed = struct.pack("<HHB", 3, 5, 2) + bytes(7) + bytes(4)
    body = struct.pack("<IIIII", 0, 1, 2, len(frame), len(frame)) + frame + bytes(-len(frame) % 4)
    told = carried(wire.section() + wire.block(6, body + hashed), "a.pcapng")
    assert "sums of their own" in told[0]
