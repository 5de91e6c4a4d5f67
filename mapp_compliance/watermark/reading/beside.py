"""Values read beside a located filler, by where they stand from it in the layout.

The walk goes from slot to slot as long as the text between them is as in the layout: the same
bytes, as in a captured request, or the same row of tokens whatever its identifiers are called, as
in a script whose variables were renamed. It ends at the first text that is not.
"""

from collections.abc import Iterator
from enum import Enum
from itertools import pairwise

from mapp_compliance.watermark.reading.chart import Chart, Seen, Target
from mapp_compliance.watermark.reading.fillings import FINITE
from mapp_compliance.watermark.reading.keyed import is_written, keyed_seen
from mapp_compliance.watermark.reading.placed import skip, skip_back
from mapp_compliance.watermark.reading.runs import REACH, Run
from mapp_compliance.watermark.reading.tokens import shape, tokenise
from mapp_compliance.watermark.reading.views import View
from mapp_compliance.watermark.reading.written import forms, texts_at, texts_before, wrapper
from mapp_compliance.watermark.sites import Fork, Layout, PointKind, Slot

Pieces = tuple[bytes | Slot, ...]
NOT_TAGS = (*FINITE, PointKind.FILLER)
FOLDED_BYTES = 600  # the longest text between two slots that is compared by its tokens
SPREAD = 3  # times its length that such a text may take after it was reformatted
WEIGHT = 8  # of the evidence, as of the longest row of neighbours


class Way(Enum):
    """The way in which a walk goes from a run."""

    RIGHT = "right"
    LEFT = "left"


def read_beside(view: View, run: Run, start: int, chart: Chart) -> Iterator[Seen]:
    """The neighbours of one run, both ways.

    Args:
        view: bytes with the run's key already taken off.
        start: where the run's first letter stands in that view; may lie before it.
    """
    read = {letter for letter, _ in run.letters}
    end = start + run.filler.length
    near_end = range(run.filler.length - REACH, run.filler.length)
    for before, after in _neighbours(chart.layout, run.filler.target.point.name):
        if read.issuperset(near_end) and end <= len(view.data):
            yield from _walk(view, end, after, Way.RIGHT, chart)
        if read.issuperset(range(REACH)) and start >= 0:
            yield from _walk(view, start, before[::-1], Way.LEFT, chart)


def _neighbours(layout: Layout, name: str) -> Iterator[tuple[Pieces, Pieces]]:
    """The pieces before and after each slot of that point."""
    for file in layout.files:
        pieces = tuple(piece for piece in file.segments if not isinstance(piece, Fork))
        for at, slot in enumerate(pieces):
            if isinstance(slot, Slot) and slot.point == name and wrapper(slot.encoder):
                yield pieces[:at], pieces[at + 1 :]


def _walk(view: View, at: int, pieces: Pieces, way: Way, chart: Chart) -> Iterator[Seen]:
    """What stands at the slots that can be reached from an offset; the nearest piece first."""
    for piece, beyond in pairwise((*pieces, b"")):
        if isinstance(piece, bytes):
            passed = _passed(view.data, at, piece, way)
            if passed is None:
                return
            at = passed
            continue
        target = chart.targets.get(piece.point)
        found = _value_at(view.data, at, piece, target, beyond, way) if target else None
        if target is None or found is None:
            return
        size, value = found
        start = at if way is Way.RIGHT else at - size
        at = at + size if way is Way.RIGHT else start
        yield from _seen(target, start, value, view)


def _value_at(
    data: bytes, at: int, slot: Slot, target: Target, beyond: bytes | Slot, way: Way
) -> tuple[int, bytes] | None:
    """(bytes written, value) of the longest value there whose far side is as in the layout."""
    point = target.point
    if point.kind in FINITE:
        found = [
            (len(text), value)
            for value in target.values
            for text in forms(slot.encoder, value)
            if _exactly(data, at, text, way) is not None
        ]
    elif way is Way.RIGHT:
        found = list(texts_at(point, slot.encoder, data, at))
    else:
        found = list(texts_before(point, slot.encoder, data, at))
    fit = [
        (size, value)
        for size, value in found
        if _closes(data, at + size if way is Way.RIGHT else at - size, beyond, way)
        and (point.kind in NOT_TAGS or is_written(target, value))
    ]
    return max(fit, default=None)


def _seen(target: Target, start: int, value: bytes, view: View) -> Iterator[Seen]:
    """The sites of the value; letters of a long filler are left to its own search."""
    if target.point.kind in FINITE:
        yield from target.value_seen(target.values.index(value), WEIGHT, view, start)
    elif is_written(target, value):
        yield from keyed_seen(target, start, value, WEIGHT, view)


def _passed(data: bytes, at: int, literal: bytes, way: Way) -> int | None:
    """Where the walk is after a literal, which may be reformatted and renamed; None: not there."""
    exact = _exactly(data, at, literal, way)
    if exact is not None or len(literal) > FOLDED_BYTES:
        return exact
    wanted = tokenise(literal)
    room = SPREAD * len(literal) + FOLDED_BYTES // 10
    low = at if way is Way.RIGHT else max(at - room, 0)
    found = tokenise(data[low : at + room if way is Way.RIGHT else at])
    count = len(wanted.words)
    first = 0 if way is Way.RIGHT else len(found.words) - count
    same = shape(found, ()).words[max(first, 0) :][:count] == shape(wanted, ()).words
    # A word that touches a value cannot be told from it by tokens.
    if not count or not same or literal[:1].isalnum() or literal[-1:].isalnum():
        return None
    if way is Way.LEFT:
        return _outside(data, low + found.starts[first], literal[:1], way)
    return _outside(data, low + found.ends[count - 1], literal[-1:], way)


def _closes(data: bytes, at: int, beyond: bytes | Slot, way: Way) -> bool:
    """True when the sign on the far side of a value is as in the layout, or any word if a word."""
    if isinstance(beyond, Slot) or not beyond:
        return True
    if way is Way.RIGHT:
        near, found = beyond[:FOLDED_BYTES], data[at : at + FOLDED_BYTES]
        touching = (near[:1], found[:1])
    else:
        near, found = beyond[-FOLDED_BYTES:], data[max(at - FOLDED_BYTES, 0) : at]
        touching = (near[-1:], found[-1:])
    if touching[0].isalnum() or touching[1].isalnum():
        return touching[0] == touching[1]
    side = 0 if way is Way.RIGHT else -1
    wanted, words = shape(tokenise(near), ()).words, shape(tokenise(found), ()).words
    return not wanted or (bool(words) and words[side] == wanted[side])


def _exactly(data: bytes, at: int, text: bytes, way: Way) -> int | None:
    """Where the walk is after these very bytes; None when they are not there."""
    if way is Way.RIGHT:
        return at + len(text) if data.startswith(text, at) else None
    return at - len(text) if at >= 0 and data.endswith(text, 0, at) else None


def _outside(data: bytes, at: int, edge: bytes, way: Way) -> int:
    """The offset moved over white space, when the literal has white space at its edge."""
    if not edge.isspace():
        return at
    return skip(data, at) if way is Way.RIGHT else skip_back(data, at)
