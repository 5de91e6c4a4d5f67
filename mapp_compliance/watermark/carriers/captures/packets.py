"""Where the packets of a capture stand: PCAP in its four forms, and PCAPNG.

Nothing of a packet is looked at here. Blocks of PCAPNG that are not known are passed over.

>>> head = bytes.fromhex("d4c3b2a1020004000000000000000000ffff000001000000")
>>> list(packets(head + bytes(8) + bytes.fromhex("0300000003000000") + b"abc"))
[Packet(start=40, end=43, link=1)]

Source of the layouts: draft-ietf-opsawg-pcap, draft-ietf-opsawg-pcapng.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from mapp_compliance.watermark.opening import Unopened

_PCAP = {
    b"\xd4\xc3\xb2\xa1": "<",  # microseconds
    b"\xa1\xb2\xc3\xd4": ">",
    b"\x4d\x3c\xb2\xa1": "<",  # nanoseconds
    b"\xa1\xb2\x3c\x4d": ">",
}
_SECTION = b"\x0a\x0d\x0d\x0a"
_ORDERS = {b"\x4d\x3c\x2b\x1a": "<", b"\x1a\x2b\x3c\x4d": ">"}
_INTERFACE, _OLD_PACKET, _SIMPLE, _ENHANCED = 1, 2, 3, 6
_FRAME_SUMS = 0x04000000  # in the link type of PCAP: frames end in their own sums
_HASH, _LAST_OPTION = 3, 0  # options of an enhanced packet


@dataclass(frozen=True, slots=True)
class Packet:
    """What was captured of one packet: ``start <= i < end`` of the file, and its link type."""

    start: int
    end: int
    link: int


def is_capture(data: bytes) -> bool:
    """True for a file that begins as PCAP or PCAPNG."""
    return data[:4] in _PCAP or (data.startswith(_SECTION) and data[8:12] in _ORDERS)


def packets(data: bytes) -> Iterator[Packet]:
    """The packets in the order of the file.

    Raises:
        Unopened: after the packets before it, where the file is damaged or ends too soon, or
            where packets carry sums of their own that a changed packet would not fit.
    """
    try:
        yield from _pcapng(data) if data.startswith(_SECTION) else _pcap(data)
    except struct.error as err:
        raise Unopened("it ends in the middle of a packet") from err


def _pcap(data: bytes) -> Iterator[Packet]:
    order = _PCAP[data[:4]]
    (link,) = struct.unpack_from(f"{order}I", data, 20)
    if link & _FRAME_SUMS:
        raise Unopened("its frames end in sums of their own")
    at = 24
    while at < len(data):
        (held,) = struct.unpack_from(f"{order}I", data, at + 8)
        start, at = at + 16, at + 16 + held
        if at > len(data):
            raise Unopened("it ends in the middle of a packet")
        yield Packet(start, at, link & 0xFFFF)


def _pcapng(data: bytes) -> Iterator[Packet]:
    order, at = "<", 0
    links: list[tuple[int, ...]] = []
    while at < len(data):
        if data.startswith(_SECTION, at):
            order, links = _ORDERS.get(data[at + 8 : at + 12], "?"), []
            if order == "?":
                raise Unopened("a section in it is damaged")
        kind, length = struct.unpack_from(f"{order}II", data, at)
        if length < 12 or length % 4 or at + length > len(data):
            raise Unopened("a block in it is damaged or cut off")
        if kind == _INTERFACE:
            links.append(struct.unpack_from(f"{order}HHI", data, at + 8)[::2])
        elif kind in (_OLD_PACKET, _SIMPLE, _ENHANCED):
            packet, options = _in_block(data, at, kind, order, links)
            if packet.end > at + length - 4:
                raise Unopened("a packet in it is longer than its block")
            _check_no_hash(data[options : at + length - 4], order)
            yield packet
        at += length


def _in_block(
    data: bytes, at: int, kind: int, order: str, links: list[tuple[int, ...]]
) -> tuple[Packet, int]:
    """The packet of a block, and where the block's options begin."""
    if kind == _SIMPLE:
        number, start = 0, at + 12
        (held,) = struct.unpack_from(f"{order}I", data, at + 8)
    else:
        form = f"{order}I" if kind == _ENHANCED else f"{order}H"
        (number,) = struct.unpack_from(form, data, at + 8)
        (held,) = struct.unpack_from(f"{order}I", data, at + 20)
        start = at + 28
    if number >= len(links):
        raise Unopened("a packet in it names an interface that is not there")
    link, snap = links[number]
    if kind == _SIMPLE and snap:
        held = min(held, snap)
    return Packet(start, start + held, link), start + held + -held % 4


def _check_no_hash(options: bytes, order: str) -> None:
    at = 0
    while at + 4 <= len(options):
        code, length = struct.unpack_from(f"{order}HH", options, at)
        if code == _HASH:
            raise Unopened("its packets carry sums of their own")
        if code == _LAST_OPTION:
            return
        at += 4 + length + -length % 4
