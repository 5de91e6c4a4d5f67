"""What copies may hold near their slots: the layout filled in four ways.

A row of tokens that means one value must not come about where other slots are filled: "can be taken
from" tells of one ``from`` only where ``can`` and ``from`` are not the values of two other slots.
Literal text alone does not show that. With two values a point, four fillings hold every pair of
values of neighbouring points.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mapp_compliance.watermark.reading.chart import Chart
from mapp_compliance.watermark.reading.written import forms
from mapp_compliance.watermark.sites import Fork, PointKind, Segment

FINITE = (PointKind.CHOICE, PointKind.VARIANT)
_TURNS = ((0, 0), (1, 1), (0, 1), (1, 0))  # numbers of the values of every other point
_BETWEEN = b" \0 "  # stands for the middle of a long literal


@dataclass(frozen=True, slots=True)
class Filling:
    """The number of each choice's and variant's value, and the texts of the files with them."""

    numbers: Mapping[str, int]
    texts: tuple[bytes, ...]


def fillings(chart: Chart, near_bytes: int) -> Iterator[Filling]:
    """The layout filled in each way; of long literals ``near_bytes`` at both ends are kept."""
    for turn in _TURNS:
        numbers = {
            target.point.name: min(turn[place % 2], len(target.values) - 1)
            for place, target in enumerate(chart.of_kind(*FINITE))
        }
        texts = (
            b"".join(_filled(piece, chart, numbers, near_bytes) for piece in file.segments)
            for file in chart.layout.files
            if any(file.slots())
        )
        yield Filling(numbers, tuple(texts))


def _filled(piece: Segment, chart: Chart, numbers: Mapping[str, int], near_bytes: int) -> bytes:
    if isinstance(piece, bytes):
        long = len(piece) > 2 * near_bytes
        return piece[:near_bytes] + _BETWEEN + piece[-near_bytes:] if long else piece
    if isinstance(piece, Fork) or piece.point not in numbers:
        return _BETWEEN
    value = chart.targets[piece.point].values[numbers[piece.point]]
    return min(forms(piece.encoder, value))
