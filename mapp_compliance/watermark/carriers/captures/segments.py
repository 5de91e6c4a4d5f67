"""What one packet carries over TCP or UDP, and where its checksum stands.

Fragments, tunnels and IPv6 extension headers are left alone: their packets carry nothing here.

Source of the layouts: RFC 791, RFC 8200, RFC 9293, RFC 768; link types of tcpdump.org.
"""

import struct
from dataclasses import dataclass
from enum import Enum

from mapp_compliance.watermark.carriers.captures.packets import Packet

_NULL, _ETHERNET, _RAW, _LINUX = 0, 1, 101, 113
_VLAN = (0x8100, 0x88A8)
_IP4, _IP6 = 0x0800, 0x86DD
_TCP, _UDP = 6, 17
_MORE_OR_OFFSET = 0x3FFF  # of the fragment field of IPv4


class Transport(Enum):
    """What carries the payload."""

    TCP = "tcp"
    UDP = "udp"


@dataclass(frozen=True, slots=True)
class Segment:
    """The payload of one packet, ``start <= i < end`` of the file, which may be empty.

    ``seq`` is the number of its first byte (TCP, mod 2^32); ``ports`` and ``checksum`` are offsets
    in the file, of the source port (the target port follows) and of the checksum.
    """

    transport: Transport
    source: tuple[bytes, int]
    target: tuple[bytes, int]
    start: int
    end: int
    seq: int
    ports: int
    checksum: int


def segment(data: bytes, packet: Packet) -> Segment | None:
    """What a packet of the file carries; None for what is not plain TCP or UDP over IP."""
    try:
        at = _network(data, packet)
        if at is None:
            return None
        return _ip4(data, at, packet.end) if data[at] >> 4 == 4 else _ip6(data, at, packet.end)
    except (struct.error, IndexError):  # a header that was not captured whole
        return None


def is_ip(data: bytes, packet: Packet) -> bool:
    """True when a packet holds IP, and so perhaps a port, also where it is not read any further."""
    try:
        return _network(data, packet) is not None
    except (struct.error, IndexError):
        return True


def _network(data: bytes, packet: Packet) -> int | None:
    """Where the IP header stands."""
    at = packet.start
    if packet.link == _RAW:
        return at
    if packet.link == _NULL:
        return at + 4 if data[at + 4] >> 4 in (4, 6) else None
    if packet.link == _LINUX:
        kind, at = struct.unpack_from(">H", data, at + 14)[0], at + 16
    elif packet.link == _ETHERNET:
        kind, at = struct.unpack_from(">H", data, at + 12)[0], at + 14
        while kind in _VLAN:
            kind, at = struct.unpack_from(">H", data, at + 2)[0], at + 4
    else:
        return None
    return at if kind in (_IP4, _IP6) else None


def _ip4(data: bytes, at: int, end: int) -> Segment | None:
    length, _, fragment = struct.unpack_from(">HHH", data, at + 2)
    header = 4 * (data[at] & 15)
    if fragment & _MORE_OR_OFFSET or header < 20:
        return None
    # A length of 0 is written where the network card cuts the packets later.
    stop = min(end, at + length) if length else end
    addresses = data[at + 12 : at + 16], data[at + 16 : at + 20]
    return _carried(data, data[at + 9], at + header, stop, addresses)


def _ip6(data: bytes, at: int, end: int) -> Segment | None:
    if data[at] >> 4 != 6:
        return None
    length, kind = struct.unpack_from(">HB", data, at + 4)
    stop = min(end, at + 40 + length) if length else end
    return _carried(data, kind, at + 40, stop, (data[at + 8 : at + 24], data[at + 24 : at + 40]))


def _carried(
    data: bytes, kind: int, at: int, stop: int, addresses: tuple[bytes, bytes]
) -> Segment | None:
    if kind not in (_TCP, _UDP):
        return None
    ports = struct.unpack_from(">HH", data, at)
    if kind == _TCP:
        (seq,) = struct.unpack_from(">I", data, at + 4)
        start, checksum = at + 4 * (data[at + 12] >> 4), at + 16
    else:
        (length,) = struct.unpack_from(">H", data, at + 4)
        seq, start, checksum = 0, at + 8, at + 6
        stop = min(stop, at + length) if length else stop
    if start < at + 8 or start > stop or checksum + 2 > start:
        return None
    source, target = zip(addresses, ports, strict=True)
    transport = Transport.TCP if kind == _TCP else Transport.UDP
    return Segment(transport, source, target, start, stop, seq, at, checksum)
