"""A capture as its streams: marks keep the length of what was sent, checksums follow.

Every packet, time, address and number stays; only payload bytes differ, and with them the
checksum of their packet, by the difference of the sums (RFC 1624): one that was right stays right,
also where a packet was not captured whole, and one that the network card had not yet filled in
stays so.

>>> checksum_after(0xDD2F, b"\\x55\\x55", b"\\x32\\x85") == 0x0000  # the example of RFC 1624
True
"""

import struct
from collections.abc import Iterator, Sequence

from mapp_compliance.errors import Broken
from mapp_compliance.watermark.carriers.captures.packets import Packet, packets
from mapp_compliance.watermark.carriers.captures.segments import Transport, segment
from mapp_compliance.watermark.carriers.captures.streams import Stream, streams
from mapp_compliance.watermark.opening import Frame, Member, Opened, Room, Unopened

_PCAPNG = b"\x0a\x0d\x0d\x0a"
# Member number, offsets of payload and checksum in the file, offset in the member, length, is UDP.
_PLACE = struct.Struct(">IIIII?")


def open_capture(data: bytes, room: Room) -> Opened:
    """The streams of a capture.

    Raises:
        Unopened: it is damaged, cut off, or its packets carry further sums.
    """
    found = list(_streams(data, list(packets(data))))
    if not found:
        raise Unopened("no TCP or UDP payload was found in it")
    for stream in found:
        room.take(len(stream.data))
    return Opened(
        "pcapng" if data.startswith(_PCAPNG) else "pcap",
        tuple(Member(stream.name, stream.data) for stream in found),
        lambda filled: (data, _places([found[number] for number in filled])),
        fixed_lengths=True,
    )


def pack_capture(frame: Frame, contents: Sequence[bytes]) -> bytes:
    """The capture with these streams."""
    out = bytearray(frame[0])
    for number, start, checksum, offset, length, is_udp in _PLACE.iter_unpack(frame[1]):
        new = contents[number][offset : offset + length]
        if len(new) != length:
            raise Broken("a stream changed its length; restore the site map")
        (stated,) = struct.unpack_from(">H", out, checksum)
        if stated or not is_udp:  # over UDP 0 says that there is none
            after = checksum_after(stated, bytes(out[start : start + length]), new)
            struct.pack_into(">H", out, checksum, after or (0xFFFF if is_udp else 0))
        out[start : start + length] = new
    return bytes(out)


def checksum_after(stated: int, old: bytes, new: bytes) -> int:
    """The 16-bit checksum of a segment once bytes of it changed that begin at an even offset."""
    total = (~stated & 0xFFFF) + (~_folded(_summed(old)) & 0xFFFF) + _summed(new)
    return ~_folded(total) & 0xFFFF


def captured_streams(data: bytes) -> Iterator[tuple[str, bytes]]:
    """(name, bytes) of the streams of a capture, as far as it can be read; never raises."""
    found = list(_readable(data))
    for stream in _streams(data, found):
        yield stream.name, stream.data


def _readable(data: bytes) -> Iterator[Packet]:
    """The packets before the place where a capture is damaged or cut off."""
    try:
        yield from packets(data)
    except Unopened:
        return


def _streams(data: bytes, found: Sequence[Packet]) -> Iterator[Stream]:
    carried = (segment(data, packet) for packet in found)
    return streams(data, (each for each in carried if each is not None))


def _places(filled: Sequence[Stream]) -> bytes:
    return b"".join(
        _PLACE.pack(
            number,
            placed.segment.start,
            placed.segment.checksum,
            placed.offset,
            placed.segment.end - placed.segment.start,
            placed.segment.transport is Transport.UDP,
        )
        for number, stream in enumerate(filled)
        for placed in stream.placed
    )


def _summed(data: bytes) -> int:
    even = data + bytes(len(data) % 2)
    return sum(struct.unpack(f">{len(even) // 2}H", even))


def _folded(total: int) -> int:
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total
