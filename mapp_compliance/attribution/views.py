"""Views: parts as they read once an encoding is undone, and views of these views.

A sample shows its bytes in whatever form a leaker liked. Each decoder gives at most one view of
a part: its blobs, a line feed between them, so that no run reaches over a seam, and where they are
short a second one without. Packed streams in blobs and in programs are unpacked on the way. Of a
text that stayed nearly the same only the changed places are kept, and views that equal something
known are dropped.

>>> whole = with_views(Unwrapped((Part(b"x = [72, 101, 108, 108, 111, 33, 33, 33]", "a.js"),)))
>>> [(part.derivation, part.data) for part in whole.parts][1:]
[('a.js > array', b'Hello!!!')]
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from mapp_compliance.attribution.changed import changed
from mapp_compliance.attribution.decoders import DECODERS, FIRST, WHOLE, Decoder
from mapp_compliance.attribution.numerals import MIN_RUN
from mapp_compliance.attribution.packed import INSIDE, packed_inside, unpacked
from mapp_compliance.attribution.parts import Part, Unwrapped
from mapp_compliance.values import MIB

_SHORT_BLOB_BYTES = 64  # blobs that are shorter on average may be lines of one payload


@dataclass(frozen=True, slots=True)
class ViewBudget:
    """How much decoding one sample may cost.

    Source: 8 MiB a level was enough for every leak form measured, two levels for all that were
    not made by hand to defeat it.
    """

    levels: int = 2  # views of views
    level_bytes: int = 8 * MIB  # made in one level, over all parts
    scan_bytes: int = 8 * MIB  # of one part that decoders look at
    level_scan_bytes: int = 32 * MIB  # that decoders look at in one level
    unpacked_bytes: int = 1 * MIB  # of one packed stream in a blob


@dataclass(slots=True)
class _Level:
    budget: ViewBudget
    seen: set[bytes]
    made_bytes: int = 0
    scanned_bytes: int = 0
    views: list[Part] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def spent(self) -> bool:
        return (
            self.made_bytes >= self.budget.level_bytes
            or self.scanned_bytes >= self.budget.level_scan_bytes
        )

    def take(self, view: Part) -> None:
        digest = hashlib.sha256(view.data).digest()
        if len(view.data) >= MIN_RUN and digest not in self.seen:
            self.seen.add(digest)
            self.made_bytes += len(view.data)
            self.views.append(view)


def with_views(unwrapped: Unwrapped, budget: ViewBudget | None = None) -> Unwrapped:
    """The parts, then their views, level by level.

    Short parts are looked at first: a leak is short, and one large file must not use up the
    budget of all others.
    """
    budget = budget or ViewBudget()
    seen = {hashlib.sha256(part.data).digest() for part in unwrapped.parts}
    parts, notes = list(unwrapped.parts), list(unwrapped.notes)
    last = parts
    for number in range(1, budget.levels + 1):
        level = _Level(budget, seen)
        _decode_all(last, level, FIRST if number == 1 else DECODERS)
        notes += level.notes
        if level.spent():
            notes.append(f"truncated: views of level {number}: their budget is used up")
        last = level.views
        parts += last
    return Unwrapped(tuple(parts), tuple(notes))


def _decode_all(parts: Iterable[Part], level: _Level, decoders: Sequence[Decoder]) -> None:
    for part in sorted(parts, key=lambda part: len(part.data)):
        if level.spent():
            return
        if not part.derivation.endswith(INSIDE):
            for packing, data in packed_inside(part.data, level.budget.unpacked_bytes):
                level.take(part.view(packing, data))
        head = part.data[: level.budget.scan_bytes]
        level.scanned_bytes += len(head)
        if len(head) < len(part.data):
            level.notes.append(f"truncated: views of {part.derivation}: only its first bytes")
        for how, decode in decoders:
            decoded = (
                (changed(head, each) for each in decode(head)) if how in WHOLE else decode(head)
            )
            blobs = list(_within(decoded, level.budget.level_bytes - level.made_bytes))
            level.take(part.view(how, b"\n".join(blobs)))
            if len(blobs) > 1 and sum(map(len, blobs)) < _SHORT_BLOB_BYTES * len(blobs):
                level.take(part.view(f"{how}, joined", b"".join(blobs)))
            for blob in blobs:
                for packing, data in unpacked(blob, level.budget.unpacked_bytes):
                    level.take(part.view(f"{how} > {packing}", data))


def _within(blobs: Iterator[bytes], room_bytes: int) -> Iterator[bytes]:
    for blob in blobs:
        if room_bytes <= 0:
            return
        if len(blob) >= MIN_RUN:
            yield blob[:room_bytes]
            room_bytes -= len(blob)
