"""What every carrier of packed files offers: such a file taken apart, and how it is put together.

A carrier *opens* a file at set-up into members and a frame, and from then on it only *packs*: the
frame and the contents of the members that were filled give the file again, the same bytes for
ever. Packing therefore asks no library whose output may change, a compressor least of all.

Rules: opening is strict where reading a sample is lenient. A file that is damaged, doubled, sealed
or larger than the room for it is not opened, with the reason in words; it is then carried as it
stands, equal in all copies.

>>> room = Room(members=1)
>>> room.take(3)
>>> room.take(3)
Traceback (most recent call last):
...
mapp_compliance.watermark.opening.Unopened: it holds more than 1 members
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from mapp_compliance.values import MIB

MAX_DEPTH = 3  # containers in containers
MAX_MEMBERS = 4096
MAX_BYTES = 64 * MIB  # of all members together, unpacked


class Unopened(ValueError):
    """The file is not taken apart; the reason in words ends its sentence."""


@dataclass(slots=True)
class Room:
    """How much the files inside one file may still unfold to."""

    members: int = MAX_MEMBERS
    bytes: int = MAX_BYTES
    whole_members: int = 0

    def __post_init__(self) -> None:
        self.whole_members = self.members

    def take(self, size_bytes: int) -> None:
        """Counts one member. Raises Unopened when the room is full."""
        if self.members < 1:
            raise Unopened(f"it holds more than {self.whole_members} members")
        if size_bytes > self.bytes:
            raise Unopened(f"it unpacks to more than {MAX_BYTES} bytes")
        self.members -= 1
        self.bytes -= size_bytes


@dataclass(frozen=True, slots=True)
class Member:
    """A file inside another one; the name is a label and never used as a path.

    ``told`` means that its text does not stand in the file but tells what is in it, as of headers.
    """

    name: str
    data: bytes
    told: bool = False


Frame = tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Opened:
    """A file taken apart.

    Attributes:
        members: those that can be filled, in the order of the file.
        frame: the frame for those members, by their numbers, that are filled.
        fixed_lengths: a member must keep its length.
        notes: what was left as it is, each one sentence that ends the file's name.
    """

    kind: str
    members: tuple[Member, ...]
    frame: Callable[[Sequence[int]], Frame]
    fixed_lengths: bool = False
    notes: tuple[str, ...] = ()


Packer = Callable[[Frame, Sequence[bytes]], bytes]  # contents of the filled members, in order


def spans(kind: str, size: int, places: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Checks that the places ``start <= i < end`` of a file lie in it, in order and apart."""
    done = 0
    for start, end in places:
        if not done <= start <= end <= size:
            raise Unopened(f"members of the {kind} file overlap or lie outside of it")
        done = end
        yield start, end
