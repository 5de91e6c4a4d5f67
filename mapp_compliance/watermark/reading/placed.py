"""Values read where their neighbours say that they stand.

A value of a choice or variant is read as soon as one row of tokens that means it is found. A
keyed value (tag, or a filler too short to be found by its letters) is read from the hole between
its neighbours. After a row that stands before it the value must end as a word does; before a row
that stands after it the last token on the left must agree too, since lines change places more
often than what stands within them. Where both sides stand and no value of the space lies between
them, a tag is OTHER.
"""

import re
from collections.abc import Iterator

from mapp_compliance.watermark.reading.chart import Chart, Seen, Target
from mapp_compliance.watermark.reading.contexts import Atlas, Hole, Side
from mapp_compliance.watermark.reading.keyed import is_written, keyed_seen
from mapp_compliance.watermark.reading.tokens import Tokens, shape, tokenise
from mapp_compliance.watermark.reading.views import View
from mapp_compliance.watermark.reading.written import texts_at, texts_before
from mapp_compliance.watermark.sites import OTHER, PointKind

OTHER_REACH = 12  # tokens between both sides of an overwritten value
OTHER_SIDE = 2  # tokens that must stand on its far side
NAME_PREFIX = 4  # bytes of a prefix that tell a keyed name wherever it stands


def read_values(view: View, exact: Tokens, chart: Chart, atlas: Atlas) -> Iterator[Seen]:
    """Choices and variants by their rows, in every space; ``exact`` is the tokenised view."""
    for tokens, rows in (
        (exact, atlas.exact),
        (shape(exact, atlas.kept) if atlas.shape else exact, atlas.shape),
        (atlas.prose_words(view.data) if atlas.prose else exact, atlas.prose),
    ):
        for at, size, facts in rows.find(tokens.words):
            for value in facts:
                target = chart.targets[value.point]
                if at + size < len(tokens.words) or not _may_go_on(view, tokens.words[-1], target):
                    yield from target.value_seen(value.number, size, view, tokens.starts[at])


def _may_go_on(view: View, last: bytes, target: Target) -> bool:
    """True when the last word was perhaps cut off, and another value goes on from there."""
    words = (word for value in target.values for word in tokenise(value).words)
    return view.data[-1:].isalnum() and any(
        word.startswith(last) and word != last for word in words
    )


def read_holes(view: View, tokens: Tokens, chart: Chart, atlas: Atlas) -> Iterator[Seen]:
    """Tags and short fillers between their neighbours; ``tokens`` is the tokenised view."""
    for at, size, (hole, side) in atlas.holes.find(tokens.words):
        target = chart.targets[hole.point]
        if side is Side.BEFORE:
            found = _after(view.data, tokens.ends[at + size - 1], hole, target)
        else:
            found = _before(view.data, tokens.starts[at], hole, target)
        if found:
            yield from keyed_seen(target, *found, size, view)
        elif (
            side is Side.BEFORE
            and target.point.kind is not PointKind.FILLER
            and _is_overwritten(tokens, at + size, hole)
        ):
            yield from target.tag_seen(OTHER, size, view, tokens.ends[at + size - 1])


def read_names(view: View, chart: Chart) -> Iterator[Seen]:
    """Keyed names wherever they stand, by their prefix and the length of the whole word."""
    for target in chart.of_kind(PointKind.NAME):
        point = target.point
        if len(point.prefix) < NAME_PREFIX:
            continue
        letters = b"[%s]{%d}" % (
            b"".join(b"\\x%02x" % byte for byte in point.charset),
            point.length,
        )
        if point.prefix not in view.data:
            continue
        pattern = rb"(?<![A-Za-z0-9])" + re.escape(point.prefix) + letters + rb"(?![A-Za-z0-9_])"
        for found in re.finditer(pattern, view.data, re.DOTALL):
            yield from keyed_seen(target, found.start(), found.group(), len(point.prefix), view)


def _after(data: bytes, end: int, hole: Hole, target: Target) -> tuple[int, bytes] | None:
    """Start and text of the value that begins where its left neighbours end."""
    for start in {skip(data, end): None, end: None}:
        if not data.startswith(hole.glue_before, start):
            continue
        begin = start + len(hole.glue_before)
        for size, text in texts_at(target.point, hole.chain, data, begin):
            if is_written(target, text) and _goes_on(data, begin + size, hole):
                return begin, text
    return None


def _before(data: bytes, start: int, hole: Hole, target: Target) -> tuple[int, bytes] | None:
    """Start and text of the value that ends where its right neighbours begin."""
    for stop in {skip_back(data, start): None, start: None}:
        if not data.endswith(hole.glue_after, 0, stop):
            continue
        end = stop - len(hole.glue_after)
        for size, text in texts_before(target.point, hole.chain, data, end):
            if is_written(target, text) and _came_from(data, end - size, hole):
                return end - size, text
    return None


def _goes_on(data: bytes, end: int, hole: Hole) -> bool:
    """True when the value ends there: with the glued word of the layout, else with no word."""
    if hole.glue_after:
        return data.startswith(hole.glue_after, end)
    return not (data[end : end + 1].isalnum() or data[end : end + 1] == b"_")


def _came_from(data: bytes, start: int, hole: Hole) -> bool:
    """True when the last token on the left is as in the layout."""
    if not data.endswith(hole.glue_before, 0, start):
        return False
    if not hole.before:
        return True
    before = start - len(hole.glue_before)
    return tokenise(data[max(before - 64, 0) : before]).words[-1:] == list(hole.before[-1:])


def _is_overwritten(tokens: Tokens, begin: int, hole: Hole) -> bool:
    """True when both sides stand close to each other, whatever lies between."""
    side = hole.after[:OTHER_SIDE]
    words = tokens.words[begin : begin + OTHER_REACH + OTHER_SIDE]
    return len(side) == OTHER_SIDE and any(
        tuple(words[at : at + OTHER_SIDE]) == side for at in range(len(words))
    )


def skip(data: bytes, at: int) -> int:
    """The offset after any white space there."""
    while at < len(data) and data[at : at + 1].isspace():
        at += 1
    return at


def skip_back(data: bytes, at: int) -> int:
    """The offset before any white space that ends there."""
    while at > 0 and data[at - 1 : at].isspace():
        at -= 1
    return at
