"""A capture as its streams: marks keep the length of what was sent, checksums follow.

Every packet, time and address stays; payload bytes differ, and the client's port where the author
lets it, and with them the checksum of their packet, by the difference of the sums (RFC 1624): one
that was right stays right, also where a packet was not captured whole, and one that the network
card had not yet filled in stays so.

>>> checksum_after(0xDD2F, b"\\x55\\x55", b"\\x32\\x85") == 0x0000  # the example of RFC 1624
True
"""

import struct
from collections.abc import Iterator, Sequence

from mapp_compliance.errors import Broken, InvalidInput
from mapp_compliance.watermark.carriers.captures import headers
from mapp_compliance.watermark.carriers.captures.packets import Packet, packets
from mapp_compliance.watermark.carriers.captures.segments import Transport, is_ip, segment
from mapp_compliance.watermark.carriers.captures.streams import (
    Conversation,
    Stream,
    conversations,
    streams,
)
from mapp_compliance.watermark.opening import Frame, Member, Opened, Room, Unopened

_PCAPNG = b"\x0a\x0d\x0d\x0a"
# Member number, offsets of the bytes and of their checksum in the file, offset in the member,
# length there, is it UDP, is it the digits of a port.
_PLACE = struct.Struct(">IIIII??")
_LAST_PORT = 65535


def open_capture(data: bytes, room: Room) -> Opened:
    """The streams of a capture, and the ports in its headers.

    Raises:
        Unopened: it is damaged, cut off, or its packets carry further sums.
    """
    found = list(packets(data))
    talks = _talks(data, found)
    sent = list(streams(data, talks))
    if not sent:
        raise Unopened("no TCP or UDP payload was found in it")
    members = [Member(stream.name, stream.data) for stream in sent]
    if _is_understood(data, found):
        members.append(Member(headers.NAME, headers.text_of(talks), told=True))
    for member in members:
        room.take(len(member.data))

    def frame(filled: Sequence[int]) -> Frame:
        return data, b"".join(
            place
            for number, member in enumerate(filled)
            for place in (
                _of_stream(number, sent[member]) if member < len(sent) else _of_ports(number, talks)
            )
        )

    kind = "pcapng" if data.startswith(_PCAPNG) else "pcap"
    return Opened(kind, tuple(members), frame, fixed_lengths=True)


def pack_capture(frame: Frame, contents: Sequence[bytes]) -> bytes:
    """The capture with these streams and ports."""
    out = bytearray(frame[0])
    for number, start, checksum, offset, length, is_udp, is_port in _PLACE.iter_unpack(frame[1]):
        new = contents[number][offset : offset + length]
        if len(new) != length:
            raise Broken("a stream changed its length; restore the site map")
        if is_port:
            new = _port(new)
        (stated,) = struct.unpack_from(">H", out, checksum)
        if stated or not is_udp:  # over UDP 0 says that there is none
            after = checksum_after(stated, bytes(out[start : start + len(new)]), new)
            struct.pack_into(">H", out, checksum, after or (0xFFFF if is_udp else 0))
        out[start : start + len(new)] = new
    return bytes(out)


def checksum_after(stated: int, old: bytes, new: bytes) -> int:
    """The 16-bit checksum of a segment once bytes of it changed that begin at an even offset."""
    total = (~stated & 0xFFFF) + (~_folded(_summed(old)) & 0xFFFF) + _summed(new)
    return ~_folded(total) & 0xFFFF


def captured_streams(data: bytes) -> Iterator[tuple[str, bytes]]:
    """(name, bytes) of the streams of a capture and its ports, as far as it can be read.

    Never raises.
    """
    talks = _talks(data, list(_readable(data)))
    for stream in streams(data, talks):
        yield stream.name, stream.data
    if talks:
        yield headers.NAME, headers.text_of(talks)


def _readable(data: bytes) -> Iterator[Packet]:
    """The packets before the place where a capture is damaged or cut off."""
    try:
        yield from packets(data)
    except Unopened:
        return


def _talks(data: bytes, found: Sequence[Packet]) -> list[Conversation]:
    carried = (segment(data, packet) for packet in found)
    return conversations(each for each in carried if each is not None)


def _is_understood(data: bytes, found: Sequence[Packet]) -> bool:
    return all(segment(data, packet) is not None or not is_ip(data, packet) for packet in found)


def _of_stream(number: int, stream: Stream) -> Iterator[bytes]:
    for placed in stream.placed:
        each = placed.segment
        is_udp = each.transport is Transport.UDP
        length = each.end - each.start
        yield _PLACE.pack(number, each.start, each.checksum, placed.offset, length, is_udp, False)


def _of_ports(number: int, talks: Sequence[Conversation]) -> Iterator[bytes]:
    for port in headers.ports_of(talks):
        places = port.start, port.checksum, port.offset, port.length
        yield _PLACE.pack(number, *places, port.is_udp, True)


def _port(digits: bytes) -> bytes:
    if not digits.isdigit() or int(digits) > _LAST_PORT:
        raise InvalidInput(f"a port is a number up to {_LAST_PORT}; narrow the point's values")
    return struct.pack(">H", int(digits))


def _summed(data: bytes) -> int:
    even = data + bytes(len(data) % 2)
    return sum(struct.unpack(f">{len(even) // 2}H", even))


def _folded(total: int) -> int:
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total
