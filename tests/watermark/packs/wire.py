"""Captures built by hand, with right checksums, and an independent check of these."""

import socket
import struct
from collections.abc import Iterable, Sequence

CLIENT, SERVER = socket.inet_aton("192.0.2.1"), socket.inet_aton("198.51.100.2")


def summed(data: bytes) -> int:
    """The sum of RFC 1071; 0 over a segment with its pseudo header when its checksum is right."""
    even = data + bytes(len(data) % 2)
    total = sum(struct.unpack(f">{len(even) // 2}H", even))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def pseudo(source: bytes, target: bytes, protocol: int, length: int) -> bytes:
    if len(source) == 4:
        return source + target + struct.pack(">BBH", 0, protocol, length)
    return source + target + struct.pack(">IBBBB", length, 0, 0, 0, protocol)


def tcp(
    data: bytes, seq: int, *, back: bool = False, port: int = 40000, six: bool = False
) -> bytes:
    """An IP packet with a TCP segment from client to server, or back."""
    ends = _ends(back, six)
    ports = (80, port) if back else (port, 80)
    head = struct.pack(">HHIIBBHHH", *ports, seq & 0xFFFFFFFF, 1, 5 << 4, 0x18, 65535, 0, 0)
    check = summed(pseudo(*ends, 6, len(head) + len(data)) + head + data)
    return _ip(6, ends, head[:16] + struct.pack(">H", check) + head[18:] + data)


def udp(data: bytes, *, port: int = 50000, with_sum: bool = True, six: bool = False) -> bytes:
    ends = _ends(False, six)
    head = struct.pack(">HHHH", port, 53, 8 + len(data), 0)
    check = summed(pseudo(*ends, 17, len(head) + len(data)) + head + data) or 0xFFFF
    return _ip(17, ends, head[:6] + struct.pack(">H", check if with_sum else 0) + data)


def ethernet(packet: bytes, *, vlan: bool = False) -> bytes:
    kind = b"\x86\xdd" if packet[0] >> 4 == 6 else b"\x08\x00"
    return bytes(12) + (b"\x81\x00\x00\x07" if vlan else b"") + kind + packet


def pcap(frames: Sequence[bytes], *, order: str = "<", link: int = 1, snap: int = 65535) -> bytes:
    out = struct.pack(f"{order}IHHIIII", 0xA1B2C3D4, 2, 4, 0, 0, snap, link)
    for number, frame in enumerate(frames):
        held = frame[:snap]
        out += struct.pack(f"{order}IIII", 1_770_000_000 + number, 7, len(held), len(frame)) + held
    return out


def block(kind: int, body: bytes, order: str = "<") -> bytes:
    body += bytes(-len(body) % 4)
    size = struct.pack(f"{order}I", len(body) + 12)
    return struct.pack(f"{order}I", kind) + size + body + size


def section(order: str = "<", link: int = 1) -> bytes:
    head = block(0x0A0D0D0A, struct.pack(f"{order}IHHq", 0x1A2B3C4D, 1, 0, -1), order)
    return head + block(1, struct.pack(f"{order}HHI", link, 0, 0), order)


def pcapng(frames: Sequence[bytes], *, order: str = "<", link: int = 1) -> bytes:
    """Enhanced packets with a block between them that nobody knows."""
    blocks = [
        block(
            6,
            struct.pack(f"{order}IIIII", 0, 1, number, len(frame), len(frame))
            + frame
            + bytes(-len(frame) % 4),
            order,
        )
        + block(0x0BAD, b"unknown", order)
        for number, frame in enumerate(frames)
    ]
    return section(order, link) + b"".join(blocks)


def cut(data: bytes, size: int, seq: int = 1000, **more: bool) -> list[bytes]:
    """The data as TCP segments of that size in Ethernet frames."""
    return [
        ethernet(tcp(data[at : at + size], seq + at, **more)) for at in range(0, len(data), size)
    ]


def frames_of(data: bytes) -> list[bytes]:
    """The frames of a PCAP file that ``pcap`` wrote in little order."""
    frames, at = [], 24
    while at < len(data):
        (held,) = struct.unpack_from("<I", data, at + 8)
        frames.append(data[at + 16 : at + 16 + held])
        at += 16 + held
    return frames


def right_sums(frames: Iterable[bytes]) -> bool:
    """True when the checksum of every whole TCP or UDP segment over plain Ethernet fits."""
    return all(_sum_of(frame[14:]) == 0 for frame in frames)


def _sum_of(packet: bytes) -> int:
    if packet[0] >> 4 == 4:
        ends, kind, body = (packet[12:16], packet[16:20]), packet[9], packet[20:]
    else:
        ends, kind, body = (packet[8:24], packet[24:40]), packet[6], packet[40:]
    if kind == 17 and body[6:8] == b"\0\0":
        return 0
    return summed(pseudo(*ends, kind, len(body)) + body)


def _ends(back: bool, six: bool) -> tuple[bytes, bytes]:
    ends = (CLIENT * 4, SERVER * 4) if six else (CLIENT, SERVER)
    return ends[::-1] if back else ends


def _ip(protocol: int, ends: tuple[bytes, bytes], body: bytes) -> bytes:
    if len(ends[0]) == 16:
        return struct.pack(">IHBB", 6 << 28, len(body), protocol, 64) + ends[0] + ends[1] + body
    head = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(body), 7, 0, 64, protocol, 0)
    head += ends[0] + ends[1]
    return head[:10] + struct.pack(">H", summed(head)) + head[12:] + body
