"""Pieces of code with two equal forms, and how many of them become one tree of segments.

A *form* replaces a stretch of the file by pieces: literal bytes, stretches of the original that
may hold further forms, and alternatives. Forms nest: one inside another must stand in a stretch
that every form of the outer one keeps, else the outer one alone is taken.

>>> data = b"if a < b: f(1)"
>>> flip = Mark("compare", b"a < b", 0, "")
>>> less, more = (Span(3, 8),), (b"b > a",)
>>> segments(data, [Form(3, 8, (Alt(flip, less, more),))], {flip: "x"})
(b'if ', Fork(point='x', first=(b'a < b',), second=(b'b > a',)), b': f(1)')
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from mapp_compliance.watermark.sites import Fork, Segments

LARGE_BYTES = 200  # an alternative of that size is kept twice for each larger one around it
MOST_LARGE = 3  # of those may stand inside each other


@dataclass(frozen=True, slots=True)
class Mark:
    """One site: its family, the text that tells it from others, and the form in the original.

    Attributes:
        label: what a later edit nearby leaves alone, such as the condition of a branch.
        original: 0 or 1.
        scope: dotted name of the definition around it, empty at the top.
        start: where its construct begins, so that equal constructs are different marks.
    """

    family: str
    label: bytes
    original: int
    scope: str
    start: int = 0


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the original, ``start <= i < end``."""

    start: int
    end: int

    def holds(self, start: int, end: int) -> bool:
        """True when that stretch lies inside."""
        return self.start <= start and end <= self.end


@dataclass(frozen=True, slots=True)
class Alt:
    """Both forms at one place; the same mark may stand at several places of one form."""

    mark: Mark
    first: "Pieces"
    second: "Pieces"


Piece = bytes | Span | Alt
Pieces = tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Form:
    """What replaces ``start <= i < end`` of the file."""

    start: int
    end: int
    pieces: Pieces


def segments(data: bytes, forms: Sequence[Form], names: Mapping[Mark, str]) -> Segments:
    """The file as a tree; of forms that overlap without nesting the first one is taken.

    Args:
        names: the point of each mark; one that has none stays as the author wrote it.
    """
    known = [form for form in forms if any(mark in names for mark in marks_of(form.pieces))]
    ordered = sorted(known, key=lambda form: (form.start, -form.end))
    return _joined(_expanded(data, Span(0, len(data)), ordered, names, 0))


def marks_of(pieces: Pieces) -> Iterator[Mark]:
    """All marks of a form, in the order of its pieces."""
    for piece in pieces:
        if isinstance(piece, Alt):
            yield piece.mark
            yield from marks_of(piece.first)
            yield from marks_of(piece.second)


def _expanded(
    data: bytes, span: Span, forms: Sequence[Form], names: Mapping[Mark, str], large: int
) -> Iterator[bytes | Fork]:
    """The segments of a stretch; ``forms`` lie inside it, sorted, the outer before the inner."""
    done = span.start
    at = 0
    while at < len(forms):
        form = forms[at]
        at += 1
        is_large = form.end - form.start > LARGE_BYTES
        if form.start < done or (is_large and large >= MOST_LARGE):
            continue
        first = at
        while at < len(forms) and forms[at].start < form.end:
            at += 1
        inner = [each for each in forms[first:at] if _keeps(form.pieces, each.start, each.end)]
        yield data[done : form.start]
        yield from _pieces(data, form.pieces, inner, names, large + is_large)
        done = form.end
    yield data[done : span.end]


def _pieces(
    data: bytes, pieces: Pieces, inner: Sequence[Form], names: Mapping[Mark, str], large: int
) -> Iterator[bytes | Fork]:
    for piece in pieces:
        if isinstance(piece, bytes):
            yield piece
        elif isinstance(piece, Span):
            own = [form for form in inner if piece.holds(form.start, form.end)]
            yield from _expanded(data, piece, own, names, large)
        elif piece.mark not in names:
            own_form = piece.second if piece.mark.original else piece.first
            yield from _pieces(data, own_form, inner, names, large)
        else:
            yield Fork(
                names[piece.mark],
                _joined(_pieces(data, piece.first, inner, names, large)),
                _joined(_pieces(data, piece.second, inner, names, large)),
            )


def _keeps(pieces: Pieces, start: int, end: int) -> bool:
    """True when a stretch of the original stands in every form that the pieces can take."""
    return any(
        piece.holds(start, end)
        if isinstance(piece, Span)
        else isinstance(piece, Alt)
        and _keeps(piece.first, start, end)
        and _keeps(piece.second, start, end)
        for piece in pieces
    )


def _joined(found: Iterator[bytes | Fork]) -> Segments:
    """The segments with neighbouring bytes as one and no empty bytes."""
    joined: list[bytes | Fork] = []
    for each in found:
        last = joined[-1] if joined else None
        if isinstance(each, bytes) and isinstance(last, bytes):
            joined[-1] = last + each
        elif each:
            joined.append(each)
    return tuple(joined)


def free_of(forms: Sequence[Form], taken: Collection[Span]) -> list[Form]:
    """The forms that touch none of the stretches that belong to somebody else."""
    return [
        form
        for form in forms
        if not any(form.start < span.end and span.start < form.end for span in taken)
    ]
