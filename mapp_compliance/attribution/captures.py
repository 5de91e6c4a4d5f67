"""Network captures as containers: each direction of a conversation is one member.

Rules: pcap and pcapng, both byte orders; TCP is put together by sequence number, repeats once, a
line feed where bytes are missing; UDP is datagram after datagram. What is not understood is left
out, since the raw capture stays a part of its own. Nothing is checked but what the walk needs:
checksums are often wrong in captures, and lengths may lie, so every slice is within the bytes.

>>> head = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 101)
>>> udp = struct.pack(">HHHH", 5000, 53, 13, 0) + b"hello"
>>> ip = struct.pack(">BBHHHBBH", 0x45, 0, 33, 0, 0, 64, 17, 0) + bytes(8) + udp
>>> capture = head + struct.pack("<IIII", 0, 0, len(ip), len(ip)) + ip
>>> [(found.name, b"".join(found.chunks())) for found in capture_members(capture)]
[('udp 1', b'hello')]
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial

from mapp_compliance.attribution.archives import Member

MAX_FLOWS = 4096  # directions kept apart; further ones are left out
MAX_HEADERS = 8  # of VLAN or IPv6 before the one that is looked for
_PCAP = {b"\xd4\xc3\xb2\xa1": "<", b"\xa1\xb2\xc3\xd4": ">"}
_PCAP |= {b"\x4d\x3c\xb2\xa1": "<", b"\xa1\xb2\x3c\x4d": ">"}  # with nanoseconds
_SECTION = b"\x0a\x0d\x0d\x0a"
_ETHERNET, _RAW_IP = 1, {12, 14, 101, 228, 229}
_SKIPPED = {0: 4, 108: 4, 113: 16, 276: 20}  # bytes before IP: loopback, Linux cooked
_VLAN, _IP_TYPES = {0x8100, 0x88A8, 0x9100}, {0x0800, 0x86DD}
_IPV6_MORE = {0, 43, 60}  # hop-by-hop, routing, destination options
_TCP, _UDP, _SYN = 6, 17, 0x02

FlowKey = tuple[int, bytes, int, bytes, int]


@dataclass(slots=True)
class _Flow:
    """One direction: pieces as (sequence number, bytes) in the order of the capture."""

    protocol: int
    pieces: list[tuple[int, bytes]] = field(default_factory=list)
    base: int | None = None  # number of the first byte, once it is known

    def chunks(self) -> Iterator[bytes]:
        """The bytes in their order."""
        if self.protocol == _UDP:
            yield from (data for _, data in self.pieces)
            return
        base = self.pieces[0][0] if self.base is None else self.base
        placed = sorted(
            ((_distance(number, base), data) for number, data in self.pieces),
            key=lambda piece: piece[0],
        )
        end = placed[0][0]
        for at, data in placed:
            if at > end:
                yield b"\n"
                end = at
            yield data[end - at :]
            end = max(end, at + len(data))


def is_capture(data: bytes) -> bool:
    """True for the first bytes of pcap and pcapng."""
    return data[:4] in _PCAP or data[:4] == _SECTION


def capture_members(data: bytes) -> Iterator[Member]:
    """The directions of all conversations in the order of their first bytes."""
    flows: dict[FlowKey, _Flow] = {}
    frames = _pcapng_frames(data) if data[:4] == _SECTION else _pcap_frames(data)
    for link, frame in frames:
        _take(flows, _ip(link, frame))
    counts = {_TCP: 0, _UDP: 0}
    for flow in flows.values():
        if flow.pieces:
            counts[flow.protocol] += 1
            name = f"{'tcp' if flow.protocol == _TCP else 'udp'} {counts[flow.protocol]}"
            size = sum(len(piece) for _, piece in flow.pieces)
            yield Member(name, size, partial(flow.chunks))


def _distance(number: int, base: int) -> int:
    """How far a sequence number lies behind another, which may be a little later."""
    ahead = (number - base) & 0xFFFFFFFF
    return ahead - 2**32 if ahead >= 2**31 else ahead


def _pcap_frames(data: bytes) -> Iterator[tuple[int, bytes]]:
    order, at = _PCAP[data[:4]], 24
    if len(data) < at:
        return
    link = struct.unpack_from(order + "I", data, 20)[0] & 0xFFFF
    while at + 16 <= len(data):
        size = struct.unpack_from(order + "I", data, at + 8)[0]
        yield link, data[at + 16 : at + 16 + size]
        at += 16 + size


def _pcapng_frames(data: bytes) -> Iterator[tuple[int, bytes]]:
    order, at = "<", 0
    links: list[int] = []
    while at + 12 <= len(data):
        if data[at : at + 4] == _SECTION:
            order, links = "<" if data[at + 8 : at + 9] == b"\x4d" else ">", []
        kind, size = struct.unpack_from(order + "II", data, at)
        body = data[at + 8 : at + max(size, 12) - 4]
        if kind == 1 and len(body) >= 2:
            links.append(struct.unpack_from(order + "H", body)[0])
        elif kind == 6 and len(body) >= 20:
            source, _, _, held = struct.unpack_from(order + "IIII", body)
            yield links[source] if source < len(links) else _ETHERNET, body[20 : 20 + held]
        elif kind == 3 and len(body) >= 4:
            yield links[0] if links else _ETHERNET, body[4:]
        at += max(size + -size % 4, 12)


def _ip(link: int, frame: bytes) -> bytes:
    """The IP packet of a frame, empty when there is none."""
    if link in _RAW_IP:
        return frame
    if link in _SKIPPED:
        return frame[_SKIPPED[link] :]
    if link != _ETHERNET:
        return b""
    at = 12
    for _ in range(MAX_HEADERS):
        kind = int.from_bytes(frame[at : at + 2], "big")
        if kind not in _VLAN:
            return frame[at + 2 :] if kind in _IP_TYPES else b""
        at += 4
    return b""


def _take(flows: dict[FlowKey, _Flow], packet: bytes) -> None:
    """Keeps what a packet of TCP or UDP carries."""
    protocol, ends, body = _transport(packet)
    if protocol not in {_TCP, _UDP} or len(body) < 8:
        return
    source, target = struct.unpack_from(">HH", body)
    key = (protocol, ends[0], source, ends[1], target)
    if key not in flows and len(flows) >= MAX_FLOWS:
        return
    flow = flows.setdefault(key, _Flow(protocol))
    if protocol == _UDP:
        flow.pieces.append((0, body[8:]))
    elif len(body) >= 20:
        number, flags = struct.unpack_from(">I", body, 4)[0], body[13]
        if flags & _SYN:
            number = (number + 1) & 0xFFFFFFFF
            flow.base = number if flow.base is None else flow.base
        if data := body[4 * (body[12] >> 4) :]:
            flow.pieces.append((number, data))


def _transport(packet: bytes) -> tuple[int, tuple[bytes, bytes], bytes]:
    """(protocol, addresses, body) of an IP packet; protocol -1 for what is none or a fragment."""
    nothing = (-1, (b"", b""), b"")
    if len(packet) < 20:
        return nothing
    if packet[0] >> 4 == 4:
        size = struct.unpack_from(">H", packet, 2)[0] or len(packet)  # 0: cut by the card
        if struct.unpack_from(">H", packet, 6)[0] & 0x1FFF:
            return nothing
        return packet[9], (packet[12:16], packet[16:20]), packet[4 * (packet[0] & 15) : size]
    if packet[0] >> 4 != 6 or len(packet) < 40:
        return nothing
    size, kind, at = struct.unpack_from(">H", packet, 4)[0], packet[6], 40
    end = at + size if size else len(packet)
    for _ in range(MAX_HEADERS):
        if kind not in _IPV6_MORE or at + 2 > len(packet):
            break
        kind, at = packet[at], at + 8 * (packet[at + 1] + 1)
    return kind, (packet[8:24], packet[24:40]), packet[at:end]
