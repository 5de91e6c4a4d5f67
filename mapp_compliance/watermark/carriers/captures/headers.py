"""The ports of a capture's conversations as a text, so that a point may stand in it as in a file.

The text has one line for each conversation; a number that is filled in keeps its digits and is
written into every packet of its conversation, both ways. It is offered only where every packet
is understood: a port that stands in a further place, such as a message of ICMP, would differ there.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mapp_compliance.watermark.carriers.captures.segments import Transport
from mapp_compliance.watermark.carriers.captures.streams import Conversation

NAME = "headers"
_PORT_BYTES = 2


@dataclass(frozen=True, slots=True)
class Port:
    """One packet's port: its offset in the file; offset and length of its digits in the text."""

    start: int
    checksum: int
    offset: int
    length: int
    is_udp: bool


def text_of(talks: Sequence[Conversation]) -> bytes:
    """The lines of all conversations."""
    return b"".join(_before(talk) + _digits(talk) + _after(talk) for talk in talks)


def ports_of(talks: Sequence[Conversation]) -> Iterator[Port]:
    """Where the client's ports stand, in the text and in the packets."""
    done = 0
    for talk in talks:
        offset = done + len(_before(talk))
        for each in talk.segments:
            at = each.ports if each.source == talk.client else each.ports + _PORT_BYTES
            is_udp = each.transport is Transport.UDP
            yield Port(at, each.checksum, offset, len(_digits(talk)), is_udp)
        done = offset + len(_digits(talk)) + len(_after(talk))


def _before(talk: Conversation) -> bytes:
    return f"{talk.name} from port ".encode()


def _digits(talk: Conversation) -> bytes:
    return b"%d" % talk.client[1]


def _after(talk: Conversation) -> bytes:
    return b" to port %d\n" % talk.server[1]
