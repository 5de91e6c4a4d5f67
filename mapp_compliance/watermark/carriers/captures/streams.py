"""The two directions of every conversation in a capture, each as the bytes that were sent.

Rules: conversations are numbered as packet analysers do it, from 0 in the order of their first
packet, TCP apart from UDP; ``client`` is who sent that packet. Bytes sent twice stand once; where
two packets disagree the direction is left out. Where bytes are missing a new stream begins.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from mapp_compliance.watermark.carriers.captures.segments import Segment, Transport

_HALF = 2**31
Ends = frozenset[tuple[bytes, int]]


@dataclass(frozen=True, slots=True)
class Placed:
    """A segment whose payload begins at that offset of its stream."""

    segment: Segment
    offset: int


@dataclass(frozen=True, slots=True)
class Stream:
    """Bytes sent one way, with the segments that carried them."""

    name: str
    data: bytes
    placed: tuple[Placed, ...]


@dataclass(slots=True)
class Conversation:
    """All segments between two ends, ``tcp0`` being the first over TCP."""

    name: str
    client: tuple[bytes, int]
    server: tuple[bytes, int]
    segments: list[Segment] = field(default_factory=list)


def conversations(segments: Iterable[Segment]) -> list[Conversation]:
    """The conversations in the order of their first packet."""
    talks: dict[tuple[Transport, Ends], Conversation] = {}
    counts = dict.fromkeys(Transport, 0)
    for each in segments:
        key = each.transport, frozenset((each.source, each.target))
        if key not in talks:
            name = f"{each.transport.value}{counts[each.transport]}"
            talks[key] = Conversation(name, each.source, each.target)
            counts[each.transport] += 1
        talks[key].segments.append(each)
    return list(talks.values())


def streams(data: bytes, talks: Iterable[Conversation]) -> Iterator[Stream]:
    """What was sent in each conversation, both ways."""
    for talk in talks:
        for way, sender in (("client", talk.client), ("server", talk.server)):
            sent = [each for each in talk.segments if each.source == sender]
            carrying = [each for each in sent if each.end > each.start]
            yield from _in_pieces(data, f"{talk.name}.{way}", list(_ordered(carrying)))


def _ordered(sent: list[Segment]) -> Iterator[tuple[int, Segment]]:
    """(offset, segment): by sequence number, which may pass 2^32; UDP as it was captured."""
    done = 0
    for each in sent:
        if each.transport is Transport.UDP:
            yield done, each
            done += each.end - each.start
        else:
            yield (each.seq - sent[0].seq + _HALF) % (2 * _HALF) - _HALF, each


def _in_pieces(data: bytes, name: str, ordered: list[tuple[int, Segment]]) -> Iterator[Stream]:
    """Streams without gaps; a second one is ``NAME.2``."""
    pieces: list[list[tuple[int, Segment]]] = []
    reached = 0
    for offset, each in sorted(ordered, key=lambda pair: (pair[0], pair[1].start)):
        if not pieces or offset > reached:
            pieces.append([])
            reached = offset
        pieces[-1].append((offset, each))
        reached = max(reached, offset + each.end - each.start)
    for number, piece in enumerate(pieces, start=1):
        joined = _joined(data, piece)
        if joined is not None:
            first = piece[0][0]
            placed = tuple(Placed(each, offset - first) for offset, each in piece)
            yield Stream(name if number == 1 else f"{name}.{number}", joined, placed)


def _joined(data: bytes, piece: list[tuple[int, Segment]]) -> bytes | None:
    """The bytes of a piece; None where a packet that was sent again says something else."""
    first, out = piece[0][0], bytearray()
    for offset, each in piece:
        at, sent = offset - first, data[each.start : each.end]
        again = min(len(out) - at, len(sent))
        if out[at : at + again] != sent[:again]:
            return None
        out += sent[again:]
    return bytes(out)
