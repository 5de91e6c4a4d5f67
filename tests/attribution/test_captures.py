"""Captures: conversations put together, whatever order, link and damage."""

import random
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapp_compliance.attribution.captures import capture_members, is_capture
from mapp_compliance.attribution.parts import Part
from mapp_compliance.attribution.unwrap import unwrap

TEXT = random.Random(3).randbytes(300)
ETHERNET, RAW, COOKED = 1, 101, 113
IPV4, IPV6 = 4, 6


def tcp(seq: int, data: bytes, flags: int = 0x10, port: int = 40000) -> bytes:
    return struct.pack(">HHIIBBHHH", port, 80, seq % 2**32, 1, 0x50, flags, 9, 0, 0) + data


def ip(body: bytes, protocol: int = 6, version: int = IPV4) -> bytes:
    if version == IPV6:
        hop = bytes((protocol, 0)) + bytes(6)
        return struct.pack(">IHBB", 6 << 28, len(body) + 8, 0, 64) + bytes(32) + hop + body
    head = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(body), 1, 0, 64, protocol, 0)
    return head + bytes((192, 0, 2, 1, 192, 0, 2, 2)) + body


def framed(packet: bytes, link: int, vlan: bool = False) -> bytes:
    if link == RAW:
        return packet
    kind = b"\x08\0" if packet[0] >> 4 == IPV4 else b"\x86\xdd"
    if link == COOKED:
        return bytes(14) + kind + packet
    return bytes(12) + (b"\x81\0\0\5" if vlan else b"") + kind + packet


def pcap(frames: list[bytes], link: int = ETHERNET, order: str = "<") -> bytes:
    out = struct.pack(order + "IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, link)
    return out + b"".join(
        struct.pack(order + "IIII", 1, 2, len(each), len(each)) + each for each in frames
    )


def pcapng(frames: list[bytes], link: int = ETHERNET) -> bytes:
    def block(kind: int, body: bytes) -> bytes:
        body += bytes(-len(body) % 4)
        size = struct.pack("<I", len(body) + 12)
        return struct.pack("<I", kind) + size + body + size

    blocks = [
        block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1)),
        block(1, struct.pack("<HHI", link, 0, 65535)),
    ]
    blocks += [
        block(6, struct.pack("<IIIII", 0, 0, 0, len(each), len(each)) + each) for each in frames
    ]
    return b"".join(blocks)


def flows(capture: bytes) -> list[bytes]:
    return [b"".join(member.chunks()) for member in capture_members(capture)]


def segments(base: int = 100) -> list[bytes]:
    pieces = [(base + at, TEXT[at : at + 60]) for at in range(0, len(TEXT), 60)]
    return [tcp(seq, data) for seq, data in pieces]


@pytest.mark.parametrize("link", [ETHERNET, RAW, COOKED])
@pytest.mark.parametrize("version", [IPV4, IPV6])
@pytest.mark.parametrize("write", [pcap, pcapng])
def test_segments_are_put_together_on_every_link(link, version, write):
    frames = [framed(ip(body, version=version), link) for body in segments()]
    assert flows(write(frames, link)) == [TEXT]


def test_segments_out_of_order_and_sent_twice_are_read_once():
    bodies = segments()
    bodies = [bodies[3], bodies[0], bodies[4], bodies[1], bodies[1], bodies[2], bodies[0]]
    start = tcp(99, b"", 0x02)
    assert flows(pcap([framed(ip(each), ETHERNET) for each in (start, *bodies)])) == [TEXT]


def test_sequence_numbers_may_pass_their_end():
    frames = [framed(ip(each), ETHERNET) for each in segments(2**32 - 70)]
    assert flows(pcap(frames)) == [TEXT]


def test_a_lost_segment_leaves_a_seam_and_the_rest():
    bodies = segments()
    del bodies[2]
    (found,) = flows(pcap([framed(ip(each), ETHERNET) for each in bodies]))
    assert found == TEXT[:120] + b"\n" + TEXT[180:]


def test_two_conversations_and_datagrams_are_members_of_their_own():
    udp = struct.pack(">HHHH", 7, 53, 8 + 5, 0) + b"hello"
    frames = [ip(tcp(1, b"first")), ip(tcp(1, b"other", port=41000)), ip(udp, 17)]
    capture = pcap([framed(each, ETHERNET, vlan=True) for each in frames], order=">")
    assert [member.name for member in capture_members(capture)] == ["tcp 1", "tcp 2", "udp 1"]
    assert flows(capture) == [b"first", b"other", b"hello"]


def test_a_capture_in_a_sample_is_opened_as_a_container():
    capture = pcap([framed(ip(each), ETHERNET) for each in segments()])
    parts = unwrap([Part(capture, "run.pcap")]).parts
    assert [(part.derivation, part.data) for part in parts[1:]] == [("run.pcap!/tcp 1", TEXT)]


@settings(derandomize=True, max_examples=300)
@given(st.data())
def test_a_damaged_capture_never_fails(data):
    write = data.draw(st.sampled_from([pcap, pcapng]))
    capture = bytearray(write([framed(ip(each), ETHERNET) for each in segments()]))
    for _ in range(data.draw(st.integers(1, 8))):
        capture[data.draw(st.integers(0, len(capture) - 1))] = data.draw(st.integers(0, 255))
    cut = bytes(capture[: data.draw(st.integers(0, len(capture)))])
    if is_capture(cut):
        assert sum(map(len, flows(cut))) <= 2 * len(cut)
