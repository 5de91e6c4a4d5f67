"""Values read beside a located filler, by their distance from it in the layout.

Where some file of the package holds a filler next to other slots, as a captured request does, a
located filler says where they stand. The walk goes from slot to slot as long as the literal bytes
between them are as in the layout, and ends at the first one that is not.
"""

from collections.abc import Iterator
from itertools import pairwise

from mapp_compliance.watermark.reading.chart import Chart, Seen, Target
from mapp_compliance.watermark.reading.contexts import FINITE
from mapp_compliance.watermark.reading.placed import is_written, keyed_seen
from mapp_compliance.watermark.reading.runs import REACH, Run
from mapp_compliance.watermark.reading.tags import texts_at, texts_before
from mapp_compliance.watermark.reading.views import View
from mapp_compliance.watermark.sites import Layout, PointKind, Slot

CHECKED_BYTES = 16  # of a literal next to a value


def read_beside(view: View, run: Run, start: int, chart: Chart) -> Iterator[Seen]:
    """The neighbours of one run, both ways.

    Args:
        view: bytes with the run's key already taken off.
        start: where the run's first letter stands in that view; may lie before it.
    """
    read = {letter for letter, _ in run.letters}
    end = start + run.filler.length
    for right, pieces in _neighbours(chart.layout, run.filler.target.point.name):
        near = range(run.filler.length - REACH, run.filler.length) if right else range(REACH)
        at = end if right else start
        if read.issuperset(near) and 0 <= at <= len(view.data):
            yield from _walk(view, at, pieces, right, chart)


def _neighbours(layout: Layout, name: str) -> Iterator[tuple[bool, tuple[bytes | Slot, ...]]]:
    """The pieces to the right and to the left of each slot of that point, nearest first."""
    for file in layout.files:
        for at, slot in enumerate(file.segments):
            if isinstance(slot, Slot) and slot.point == name and slot.encoder == "raw":
                yield True, file.segments[at + 1 :]
                yield False, file.segments[:at][::-1]


def _walk(
    view: View, at: int, pieces: tuple[bytes | Slot, ...], right: bool, chart: Chart
) -> Iterator[Seen]:
    """What stands at the slots that can be reached from an offset."""
    for piece, beyond in pairwise((*pieces, b"")):
        if isinstance(piece, bytes):
            if not _stands(view.data, at, piece, right):
                return
            at += len(piece) if right else -len(piece)
            continue
        target = chart.targets.get(piece.point)
        text = _value_at(view.data, at, target, beyond, right) if target else None
        if target is None or text is None or piece.encoder != "raw":
            return
        start = at if right else at - len(text)
        at = at + len(text) if right else start
        yield from _seen(target, start, text, view)


def _value_at(
    data: bytes, at: int, target: Target, beyond: bytes | Slot, right: bool
) -> bytes | None:
    """The one written value of the target there whose far side is as in the layout."""
    point = target.point
    if point.kind in FINITE:
        texts = [value for value in target.values if _stands(data, at, value, right)]
    else:
        given = texts_at(point, data, at) if right else texts_before(point, data, at)
        texts = [
            text for text in given if point.kind is PointKind.FILLER or is_written(target, text)
        ]
    close = beyond if isinstance(beyond, bytes) else b""
    close = close[:CHECKED_BYTES] if right else close[-CHECKED_BYTES:]
    fit = [
        text
        for text in texts
        if _stands(data, at + len(text) if right else at - len(text), close, right)
    ]
    return max(fit, key=len) if fit else None


def _seen(target: Target, start: int, text: bytes, view: View) -> Iterator[Seen]:
    """The sites of the value; letters of another filler are left to its own search."""
    if target.point.kind in FINITE:
        yield from target.value_seen(target.values.index(text), CHECKED_BYTES, view, start)
    elif is_written(target, text):
        yield from keyed_seen(target, start, text, CHECKED_BYTES, view)


def _stands(data: bytes, at: int, text: bytes, right: bool) -> bool:
    """True when the text begins (to the right) or ends (to the left) at the offset."""
    return at >= 0 and (data.startswith(text, at) if right else data.endswith(text, 0, at))
