"""Where a value stands, told by what stands around it in the original layout.

A *row* is a short run of tokens that holds a piece of a value with its neighbours, or only the
neighbours of a value. It counts when it can mean one thing only: it occurs with one value of one
point, and nowhere in the literal text of the layout. Rows never cross another slot. Each point is
given rows of several sizes, reaching to one side or to both, so that a change nearby costs some
rows and not the site.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum

from mapp_compliance.watermark.reading.chart import Chart
from mapp_compliance.watermark.reading.fields import Fields, fields_of
from mapp_compliance.watermark.reading.fillings import FINITE, Filling, fillings
from mapp_compliance.watermark.reading.order import list_rows, longest_list, worded_lists
from mapp_compliance.watermark.reading.sentences import (
    Facts,
    Value,
    occurrences,
    sentence_rows,
    telling,
)
from mapp_compliance.watermark.reading.stretches import (
    Anchors,
    anchors_in_prose,
    anchors_in_tokens,
    prose_near,
    tokens_near,
)
from mapp_compliance.watermark.reading.tokens import (
    Rows,
    Tokens,
    is_word,
    shape,
    strength,
    tokenise,
)
from mapp_compliance.watermark.reading.written import forms
from mapp_compliance.watermark.sites import Layout, PointKind, Slot

NEAR_BYTES = 600  # of literal text on either side of a slot
NEAR_TOKENS = 12
EXACT_SIZES = range(3, 9)
SHAPE_SIZES = range(7, 13)  # nothing but signs and "some word" around the value: many of them
SIDE_SIZES = range(2, 9)
REACH_TOKENS = 32  # on either side of an anchor: the rest of its row, and what is read beside it
STRONG = 7  # least strength of the neighbours in a row, as told by tokens.strength
KEYED = (PointKind.NONCE, PointKind.NAME, PointKind.INTEGER, PointKind.TIMESTAMP, PointKind.FILLER)

Row = tuple[bytes, ...]


class Side(Enum):
    """On which side of a hole its neighbours stand."""

    BEFORE = "before"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class Place:
    """A slot with the literal text on both sides of it.

    ``before`` and ``after`` end at the next slot; ``cut`` tells that their far end is no real end.
    """

    point: str
    chain: str  # of encoders
    before: bytes
    after: bytes
    cut_before: bool
    cut_after: bool


@dataclass(frozen=True, slots=True)
class Hole:
    """Complete tokens on both sides of a keyed value, and the part words glued to it."""

    point: str
    chain: str
    before: Row
    after: Row
    glue_before: bytes
    glue_after: bytes


@dataclass(frozen=True, slots=True)
class Space:
    """A way to fold texts, the sizes of its rows, and which rows tell enough.

    ``is_enough`` gets a row and those of its tokens that are neighbours of the value.
    """

    fold: Callable[[bytes], list[bytes]]
    sizes: range
    is_enough: Callable[[Row, Row], bool]


@dataclass(frozen=True, slots=True)
class Atlas:
    """All rows of a layout, by space; made once for a reading."""

    exact: Rows[Facts]
    shape: Rows[Facts]
    prose: Rows[Facts]
    holes: Rows[tuple[Hole, Side]]
    kept: frozenset[bytes]  # words that keep their identity in the shape space
    anchors: Anchors  # of all rows of tokens
    prose_anchors: Anchors
    reach: int  # tokens around an anchor that may belong to what it tells
    lists: frozenset[str]  # shuffled lists that are told by their words alone
    fields: Fields

    def tokens(self, data: bytes) -> Tokens:
        """The tokens of the exact space, where any of them may tell something."""
        return tokens_near(data, self.anchors, self.reach)

    def prose_words(self, data: bytes) -> Tokens:
        """Those of the prose space, where any of them may tell something."""
        return prose_near(data, self.prose_anchors)


def atlas(chart: Chart) -> Atlas:
    """The rows of the chart's layout."""
    places = [place for place in _places(chart.layout) if place.point in chart.targets]
    finite = [place for place in places if _kind(chart, place) in FINITE]
    choices = [place for place in finite if _kind(chart, place) is PointKind.CHOICE]
    holes = [_hole(place) for place in places if _kind(chart, place) in KEYED]
    kept = _value_words(chart)
    texts = list(_literals(chart.layout))

    exact = Space(_exact, EXACT_SIZES, lambda _, beside: strength(beside) >= STRONG)
    shaped = Space(
        lambda text: shape(tokenise(text), kept).words,
        SHAPE_SIZES,
        lambda row, _: not kept.isdisjoint(row),
    )
    by_token = _value_rows(chart, finite, texts, exact)
    by_shape = _value_rows(chart, choices, texts, shaped)
    beside = _hole_rows(holes, [_exact(text) for text in texts])
    listed = list_rows(chart)
    anchors = anchors_in_tokens((*by_token.rows, *by_shape.rows, *beside.rows, *listed))
    worded_rows = sentence_rows(chart)
    in_prose = anchors_in_prose(worded_rows.rows)
    reach = max(REACH_TOKENS, longest_list(chart))
    lists = worded_lists(chart)
    fields = fields_of(chart)
    return Atlas(
        by_token, by_shape, worded_rows, beside, kept, anchors, in_prose, reach, lists, fields
    )


def _exact(text: bytes) -> list[bytes]:
    return tokenise(text).words


def _places(layout: Layout) -> Iterator[Place]:
    for file in layout.files:
        pieces = file.segments
        for at, slot in enumerate(pieces):
            if not isinstance(slot, Slot):
                continue
            left, right = pieces[at - 1] if at else b"", (*pieces, b"")[at + 1]
            before = left if isinstance(left, bytes) else b""
            after = right if isinstance(right, bytes) else b""
            yield Place(
                slot.point,
                slot.encoder,
                before[-NEAR_BYTES:],
                after[:NEAR_BYTES],
                at > (1 if before else 0) or len(before) > NEAR_BYTES,
                at + 1 < len(pieces) - (1 if after else 0) or len(after) > NEAR_BYTES,
            )


def _literals(layout: Layout) -> Iterator[bytes]:
    return (piece for file in layout.files for piece in file.segments if isinstance(piece, bytes))


def _kind(chart: Chart, place: Place) -> PointKind:
    return chart.targets[place.point].point.kind


def _value_words(chart: Chart) -> frozenset[bytes]:
    return frozenset(
        word
        for target in chart.of_kind(PointKind.CHOICE)
        for value in target.values
        for word in _exact(value)
        if len(word) > 2
    )


def _value_rows(chart: Chart, places: list[Place], texts: list[bytes], space: Space) -> Rows[Facts]:
    """The rows of every value at every place that mean this value only."""
    meanings: dict[Row, set[Value]] = {}
    for place in places:
        for number, value in enumerate(chart.targets[place.point].values):
            for text in forms(place.chain, value):
                for row, beside in _rows_around(place, text, space):
                    if space.is_enough(row, beside):
                        meanings.setdefault(row, set()).add(Value(place.point, number))
    literal = occurrences(meanings, [space.fold(text) for text in texts])
    single = {
        row: next(iter(said))
        for row, said in meanings.items()
        if len(said) == 1 and not literal[row]
    }
    own = Counter(place.point for place in places)
    for filling in fillings(chart, NEAR_BYTES):
        seen = occurrences(single, [space.fold(text) for text in filling.texts])
        for row in [row for row in seen if seen[row] > _expected(single[row], filling, own)]:
            del single[row]
    return Rows({row: frozenset({said}) for row, said in single.items()}, telling(single))


def _expected(value: Value, filling: Filling, own: Counter[str]) -> int:
    """How often a row of that value may stand in a filling: once at each of its own places."""
    return own[value.point] if filling.numbers[value.point] == value.number else 0


def _rows_around(place: Place, value: bytes, space: Space) -> Iterator[tuple[Row, Row]]:
    """Each row that holds a piece of the value, with those of its tokens that are neighbours.

    Of an empty value a row must hold the tokens on both sides.
    """
    before, after = space.fold(place.before), space.fold(place.after)
    words = space.fold(place.before + value + place.after)
    begin = _common(before, words)
    end = max(len(words) - _common(after[::-1], words[::-1]), begin)
    low = 1 if place.cut_before and begin and _may_go_on(words[0]) else 0
    high = len(words) - (place.cut_after and end < len(words) and _may_go_on(words[-1]))
    reach = 0 if begin < end else 1
    for size in space.sizes:
        first = max(low, begin - size + 1 + reach)
        for at in range(first, min(end - reach, high - size) + 1):
            if begin < end and at >= end:
                break
            row = tuple(words[at : at + size])
            yield row, tuple(words[at : min(begin, at + size)] + words[max(end, at) : at + size])


def _may_go_on(token: bytes) -> bool:
    """True for a word or number, which may be a piece of a longer one where the text was cut."""
    return is_word(token) or token[:1].isdigit()


def _common(one: list[bytes], two: list[bytes]) -> int:
    """How many tokens both begin with."""
    count = 0
    for left, right in zip(one, two, strict=False):
        if left != right:
            break
        count += 1
    return count


def _hole(place: Place) -> Hole:
    before, after = tokenise(place.before), tokenise(place.after)
    left, right = before.words, after.words
    glue_left = glue_right = b""
    if left and before.ends[-1] == len(place.before) and left[-1][-1:].isalnum():
        glue_left = left.pop()
    if right and after.starts[0] == 0 and right[0][:1].isalnum():
        glue_right = right.pop(0)
    if place.cut_before and left and _may_go_on(left[0]):
        left.pop(0)
    if place.cut_after and right and _may_go_on(right[-1]):
        right.pop()
    return Hole(
        place.point,
        place.chain,
        tuple(left[-NEAR_TOKENS:]),
        tuple(right[:NEAR_TOKENS]),
        glue_left,
        glue_right,
    )


def _hole_rows(holes: list[Hole], texts: list[list[bytes]]) -> Rows[tuple[Hole, Side]]:
    """The neighbours of keyed values, where they stand at no other place."""
    meanings: dict[Row, list[tuple[Hole, Side]]] = {}
    for hole in holes:
        for size in SIDE_SIZES:
            for side, row in ((Side.BEFORE, hole.before[-size:]), (Side.AFTER, hole.after[:size])):
                if len(row) == size and strength(row) >= STRONG:
                    meanings.setdefault(row, []).append((hole, side))
    literal = occurrences(meanings, texts)
    single = {
        row: said[0]
        for row, said in meanings.items()
        if len(set(said)) == 1 and literal[row] <= len(said)
    }
    return Rows(single, telling(single))
