"""Rows of words in prose that tell wordings, also across other wordings that stand near.

Where wordings stand close together, as in "you can also use it", none has words of its own around
it, and where a paragraph stands twice only far words tell which it is. So a row of words may go
through other slots, with each of their values in turn. It says which values it went through, as far
as every way in which the layout can give that row goes through them; this is told by walking all
ways, and not learnt from sample copies. A row that the layout's own text gives says nothing.

A slot in the midst of a word takes the rest of the word into its values. A slot whose values are
not listed ends all rows.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from mapp_compliance.watermark.reading.chart import Chart
from mapp_compliance.watermark.reading.fillings import FINITE
from mapp_compliance.watermark.reading.tokens import SOME_WORD, Rows, is_word, prose
from mapp_compliance.watermark.reading.written import forms
from mapp_compliance.watermark.sites import LaidOutFile, PointKind, Segment, Slot

SIZES = (4, 5, 6, 8, 11)  # words of a row
LONGEST = SIZES[-1]
PLAIN = 3  # words of literal text that a row across other slots must hold at least
LONGEST_WORD = 256  # characters that may be glued to a slot
MOST_WAYS = 64  # through the slots of one row behind the one it begins in

_WORD = re.compile(r"(?:[^\W_]|')*")

Row = tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Value:
    """What a row says: the value of that number of a choice or variant."""

    point: str
    number: int


Facts = frozenset[Value]
NOTHING: Facts = frozenset()


@dataclass(frozen=True, slots=True)
class _Fork:
    """A slot with the words of each of its values."""

    ways: tuple[tuple[Value, Row], ...]


_END = _Fork(())  # no row goes on here
_Step = bytes | _Fork


def sentence_rows(chart: Chart) -> Rows[Facts]:
    """The rows of all wordings of the chart's layout."""
    wordings = {target.point.name for target in chart.of_kind(PointKind.VARIANT)}
    said: dict[Row, Facts] = {}
    for file in chart.layout.files if wordings else ():
        steps = list(_steps(file, chart))
        for at in _starts(steps):
            for row, facts in _rows_from(steps, at):
                said[row] = said[row] & facts if row in said else facts
    kept = {row: frozenset(v for v in facts if v.point in wordings) for row, facts in said.items()}
    told = {row: facts for row, facts in kept.items() if facts}
    texts = (p for file in chart.layout.files for p in file.segments if isinstance(p, bytes))
    literal = occurrences(told, [prose(text).words for text in texts])
    told = {row: facts for row, facts in told.items() if not literal[row]}
    return Rows(told, telling(told))


def occurrences(rows: Collection[Row], texts: Sequence[list[bytes]]) -> Counter[Row]:
    """How often each row stands in the texts."""
    search = Rows({row: row for row in rows}, {word for row in rows for word in row})
    return Counter(row for words in texts for _, _, row in search.find(words))


def telling(rows: Collection[Row]) -> set[bytes]:
    """Words and longer numbers of rows; signs, and some word, stand everywhere."""
    words = {word for row in rows for word in row if is_word(word) or len(word) > 1}
    return words - {SOME_WORD}


def _steps(file: LaidOutFile, chart: Chart) -> Iterator[_Step]:
    """The words of the literal text, and the slots with what of these words is glued to them."""
    pieces = file.segments
    last = len(pieces) - 1
    texts = [p.decode("utf-8", "replace") if isinstance(p, bytes) else None for p in pieces]
    for at, (piece, text) in enumerate(zip(pieces, texts, strict=True)):
        if text is not None:
            head, tail = _head(text) if at else "", _tail(text) if at < last else ""
            yield from prose(text[len(head) : len(text) - len(tail)].encode()).words
            continue
        before = texts[at - 1] if at else ""
        after = texts[at + 1] if at < last else ""
        # A text that is but a piece of a word cannot be glued to the slots on both its sides.
        shared = (at > 1 and before == _tail(before or "")) or (
            at + 1 < last and after == _head(after or "")
        )
        glued = shared or before is None or after is None
        yield _END if glued else _fork(piece, chart, _tail(before or ""), _head(after or ""))


def _head(text: str) -> str:
    """The piece of a word that the text begins with."""
    found = _WORD.match(text)
    return found[0] if found else ""


def _tail(text: str) -> str:
    return _head(text[: -LONGEST_WORD - 1 : -1])[::-1]


def _fork(piece: Segment, chart: Chart, tail: str, head: str) -> _Fork:
    """The ways through a slot; none through one whose values are not listed."""
    target = chart.targets.get(piece.point) if isinstance(piece, Slot) else None
    if target is None or target.point.kind not in FINITE or not isinstance(piece, Slot):
        return _END
    ways = (
        (Value(piece.point, number), tuple(prose(tail.encode() + text + head.encode()).words))
        for number, value in enumerate(target.values)
        for text in sorted(forms(piece.encoder, value))
    )
    return _Fork(tuple(dict.fromkeys(ways)))


def _starts(steps: Sequence[_Step]) -> list[int]:
    """The steps at which a row may begin that reaches a slot."""
    forks = (at for at, step in enumerate(steps) if isinstance(step, _Fork))
    return sorted({at for fork in forks for at in range(max(fork - LONGEST + 1, 0), fork + 1)})


def _rows_from(steps: Sequence[_Step], at: int) -> Iterator[tuple[Row, Facts]]:
    """Every row that begins at a step, with the values that it goes through."""
    first = steps[at]
    if not isinstance(first, _Fork):
        yield from _walk(steps, at, _Way())
        return
    for value, words in first.ways:
        for skipped in range(len(words)):
            way = _Way(words=words[skipped : skipped + LONGEST], facts=frozenset({value}))
            yield from _walk(steps, at + 1, way)


@dataclass(frozen=True, slots=True)
class _Way:
    """A row so far, and the words of a value that come next."""

    row: Row = ()
    words: Row = ()
    facts: Facts = NOTHING
    plain: int = 0  # words of literal text
    ways: int = 1  # in which the slots so far can be gone through

    def says(self) -> Facts:
        """What the row says by itself."""
        return self.facts if self.plain >= PLAIN or len(self.facts) == 1 else NOTHING


def _walk(steps: Sequence[_Step], at: int, way: _Way) -> Iterator[tuple[Row, Facts]]:
    for word in way.words[: LONGEST - len(way.row)]:
        way = replace(way, row=(*way.row, word))
        if len(way.row) in SIZES:
            yield way.row, way.says()
    while at < len(steps) and len(way.row) < LONGEST:
        step = steps[at]
        at += 1
        if isinstance(step, _Fork):
            ways = way.ways * len(step.ways)
            for value, words in step.ways if ways <= MOST_WAYS else ():
                facts = way.facts | {value}
                yield from _walk(steps, at, replace(way, words=words, facts=facts, ways=ways))
            return
        way = replace(way, row=(*way.row, step), plain=way.plain + 1)
        if len(way.row) in SIZES:
            yield way.row, way.says()
