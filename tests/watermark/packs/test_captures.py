import shutil
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapp_compliance.attribution import Part
from mapp_compliance.attribution.unwrap import unwrap
from mapp_compliance.errors import InvalidInput
from mapp_compliance.watermark import (
    Package,
    PackageFile,
    SiteKind,
    captured_streams,
    check_static,
    inner_originals,
    lay_out,
    lone_words,
    mark,
    parse_package,
    read,
    survey,
    vet,
)
from tests.watermark.packs import boxes, wire

REQUEST = b"GET /a HTTP/1.1\r\nHost: demo\r\nX-Fill: %s\r\nMode: alpha\r\n\r\n" % (b"A" * 64)
MARKS = b"""[[mark]]
file = "tcp0.client"
name = "fill"
kind = "filler"
match = "X-Fill: (A+)"
[[mark]]
file = "tcp0.client"
name = "mode"
kind = "choice"
match = "Mode: (alpha)"
values = ["alpha", "gamma"]
"""
DOUBLED = wire.cut(REQUEST, 37)
FORMS = {
    "plain": wire.pcap(wire.cut(REQUEST, 37)),
    "mixed up and sent twice": wire.pcap([DOUBLED[1], DOUBLED[0], *DOUBLED[1:]]),
    "numbers that pass 2^32": wire.pcap(wire.cut(REQUEST, 31, seq=2**32 - 20)),
    "big order": wire.pcap(wire.cut(REQUEST, 37), order=">"),
    "vlan": wire.pcap([wire.ethernet(wire.tcp(REQUEST, 9), vlan=True)]),
    "raw": wire.pcap([wire.tcp(REQUEST, 9)], link=101),
    "six": wire.pcap([wire.ethernet(wire.tcp(REQUEST, 9, six=True))]),
    "pcapng": wire.pcapng(wire.cut(REQUEST, 37)),
    "pcapng big order": wire.pcapng(wire.cut(REQUEST, 37), order=">"),
}


def package_of(data: bytes, marks: bytes = MARKS) -> Package:
    return parse_package([PackageFile("c.pcap", data), PackageFile("c.pcap.marks.toml", marks)])


@pytest.mark.parametrize("form", FORMS)
def test_what_was_marked_is_read_from_the_capture(form):
    package = package_of(FORMS[form])
    site_map = survey(package, lay_out(package, {}), bytes(32))
    word = boxes.word(site_map, "one")
    copy = mark(package, site_map, word)
    check_static(copy, package)
    leak = copy.files[0].data
    assert len(leak) == len(FORMS[form])
    assert read(unwrap([Part(leak, "leak")]).parts, site_map).symbols == word.symbols


@pytest.mark.parametrize("form", ["plain", "mixed up and sent twice", "numbers that pass 2^32"])
def test_checksums_are_right_and_only_payload_differs(form):
    package = package_of(FORMS[form])
    site_map = survey(package, lay_out(package, {}), bytes(32))
    copy = mark(package, site_map, boxes.word(site_map, "one")).files[0].data
    before, after = wire.frames_of(FORMS[form]), wire.frames_of(copy)
    assert wire.right_sums(before)
    assert wire.right_sums(after)
    assert [one[:50] for one in before] == [two[:50] for two in after]
    assert before != after


def test_a_packet_that_was_not_captured_whole_keeps_a_right_checksum():
    """Its end was not captured: the true packet is checked with that end put back."""
    whole = wire.ethernet(wire.tcp(REQUEST + b"and more", 9))
    short = wire.pcap([whole], snap=len(whole) - 8)
    package = package_of(short)
    site_map = survey(package, lay_out(package, {}), bytes(32))
    copy = mark(package, site_map, boxes.word(site_map, "one")).files[0].data
    (frame,) = wire.frames_of(copy)
    assert wire.right_sums([frame + whole[-8:]])


@pytest.mark.parametrize("with_sum", [True, False])
def test_udp_without_a_checksum_stays_without_one(with_sum):
    data = wire.pcap([wire.ethernet(wire.udp(REQUEST, with_sum=with_sum))])
    package = package_of(data, MARKS.replace(b"tcp0", b"udp0"))
    site_map = survey(package, lay_out(package, {}), bytes(32))
    copy = mark(package, site_map, boxes.word(site_map, "one")).files[0].data
    (frame,) = wire.frames_of(copy)
    assert wire.right_sums([frame])
    assert (frame[40:42] == b"\0\0") is not with_sum


def test_values_of_two_lengths_are_refused():
    with pytest.raises(InvalidInput, match="differ in length"):
        lay_out(package_of(FORMS["plain"], MARKS.replace(b"gamma", b"longer")), {})


def test_the_same_value_stands_in_script_and_capture():
    script = b'FILL = "%s"\n' % (b"A" * 64)
    own = b"[[mark]]\nname='fill'\nkind='filler'\nmatch='FILL = \"(A+)\"'\n"
    capture = package_of(FORMS["plain"])
    beside = PackageFile("p.py", script), PackageFile("p.py.marks.toml", own)
    package = parse_package([*capture.files, *capture.marks, *beside])
    site_map = survey(package, lay_out(package, {}), bytes(32))
    held = {
        file.path: file.data for file in mark(package, site_map, boxes.word(site_map, "x")).files
    }
    value = held["p.py"].split(b'"')[1]
    assert value in dict(captured_streams(held["c.pcap"]))["tcp0.client"]


def test_conversations_are_numbered_in_the_order_of_their_first_packet():
    frames = [
        wire.ethernet(wire.tcp(b"", 1, port=1111)),
        wire.ethernet(wire.tcp(b"hello", 5, port=2222)),
        wire.ethernet(wire.tcp(b"welcome", 7, back=True, port=2222)),
        wire.ethernet(wire.udp(b"query")),
        wire.ethernet(wire.tcp(b"later", 90, port=2222)),
    ]
    assert list(captured_streams(wire.pcap(frames))) == [
        ("tcp1.client", b"hello"),
        ("tcp1.client.2", b"later"),
        ("tcp1.server", b"welcome"),
        ("udp0.client", b"query"),
        (
            "headers",
            b"tcp0 from port 1111 to port 80\ntcp1 from port 2222 to port 80\n"
            b"udp0 from port 50000 to port 53\n",
        ),
    ]


def test_packets_that_contradict_each_other_are_left_out():
    frames = [wire.ethernet(wire.tcp(text, 5)) for text in (b"hello", b"jello")]
    assert [name for name, _ in captured_streams(wire.pcap(frames))] == ["headers"]


def test_the_packets_before_a_cut_are_read():
    package = package_of(FORMS["plain"])
    site_map = survey(package, lay_out(package, {}), bytes(32))
    word = boxes.word(site_map, "one")
    copy = mark(package, site_map, word).files[0].data
    seen = read(unwrap([Part(copy[: len(copy) * 3 // 4], "leak")]).parts, site_map)
    pairs = [(a, b) for a, b in zip(word.symbols, seen.symbols, strict=True) if b is not None]
    assert len(pairs) > 30
    assert all(one == two for one, two in pairs)


PORT = b"""[[mark]]
file = "headers"
name = "port"
kind = "integer"
match = "tcp0 from port ([0-9]+)"
low = 40000
high = 49999
"""
BOTH_WAYS = [
    wire.ethernet(wire.tcp(b"", 8)),
    *wire.cut(REQUEST, 60, seq=9),
    wire.ethernet(wire.tcp(b"answer", 5, back=True)),
    wire.ethernet(wire.udp(b"query")),
]


def test_a_port_is_written_into_every_packet_and_read_back():
    package = package_of(wire.pcap(BOTH_WAYS), MARKS + PORT)
    site_map = survey(package, lay_out(package, {}), bytes(32))
    word = boxes.word(site_map, "one")
    copy = mark(package, site_map, word)
    check_static(copy, package)
    data = copy.files[0].data
    assert wire.right_sums(wire.frames_of(data))
    text = dict(captured_streams(data))["headers"]
    assert text.count(b"\n") == 2
    assert not text.startswith(b"tcp0 from port 40000 ")
    assert read(unwrap([Part(data, "leak")]).parts, site_map).symbols == word.symbols


def test_a_port_is_a_tag_and_no_line_to_write_detections_on():
    package = package_of(wire.pcap(BOTH_WAYS), MARKS + PORT)
    site_map = survey(package, lay_out(package, {}), bytes(32))
    assert [site.kind for site in site_map.sites if site.point == "port"] == [SiteKind.TAG]
    assert not any(b"from port" in anchor for anchor in site_map.anchors)
    assert not any(file.path.endswith("headers") for file in inner_originals(site_map))


def test_ports_of_captures_that_are_not_understood_are_not_offered():
    odd = bytearray(wire.ethernet(wire.tcp(b"x", 1)))
    odd[23] = 1  # ICMP, which may quote a port
    package = package_of(wire.pcap([*BOTH_WAYS, bytes(odd)]), MARKS + PORT)
    with pytest.raises(InvalidInput, match="no member is called 'headers'"):
        lay_out(package, {})


def test_a_port_beyond_the_last_one_is_refused():
    wide = PORT.replace(b"49999", b"70000")
    package = package_of(wire.pcap(BOTH_WAYS), MARKS + wide)
    site_map = survey(package, lay_out(package, {}), bytes(32))
    with pytest.raises(InvalidInput, match="port is a number up to 65535"):
        vet(package, site_map, lone_words(site_map), [])


@settings(max_examples=12, deadline=None)
@given(
    size=st.integers(1, 90),
    start=st.integers(0, 2**32 - 1),
    order=st.randoms(use_true_random=False),
)
def test_any_cutting_and_order_of_packets_reads_back(size, start, order):
    frames = wire.cut(REQUEST, size, seq=start)
    order.shuffle(frames)
    package = package_of(wire.pcap(frames))
    site_map = survey(package, lay_out(package, {}), bytes(32))
    word = boxes.word(site_map, "one")
    copy = mark(package, site_map, word).files[0].data
    assert wire.right_sums(wire.frames_of(copy))
    assert read(unwrap([Part(copy, "leak")]).parts, site_map).symbols == word.symbols


@pytest.mark.needs_tool
def test_another_analyser_finds_no_wrong_checksum(tmp_path):
    if shutil.which("tshark") is None:
        pytest.skip("tshark is not installed")
    package = package_of(FORMS["plain"])
    site_map = survey(package, lay_out(package, {}), bytes(32))
    path = tmp_path / "c.pcap"
    path.write_bytes(mark(package, site_map, boxes.word(site_map, "one")).files[0].data)
    checked = subprocess.run(
        f"tshark -r {path} -o tcp.check_checksum:TRUE -T fields -e tcp.checksum.status".split(),
        check=True,
        capture_output=True,
    )
    assert set(checked.stdout.split()) == {b"1"}
