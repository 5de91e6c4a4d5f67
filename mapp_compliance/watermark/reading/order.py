"""The order of a shuffled list, where all its items stand close together, each once."""

from collections.abc import Iterator
from dataclasses import dataclass

from mapp_compliance.watermark.reading.chart import Chart, Seen, Target
from mapp_compliance.watermark.reading.tokens import Rows, Tokens, strength, tokenise
from mapp_compliance.watermark.reading.views import View
from mapp_compliance.watermark.sites import PointKind

LIST_STRENGTH = 12  # of all items together; shorter lists stand in any text by luck
EXTRA_TOKENS = 8  # signs and indentation between two items


@dataclass(frozen=True, slots=True)
class Item:
    """One occurrence of an item, ``at <= token < end``."""

    at: int
    end: int
    number: int


def read_order(view: View, tokens: Tokens, chart: Chart) -> Iterator[Seen]:
    """The pairs of every shuffled list that is found whole; ``tokens`` is the tokenised view."""
    for target in chart.of_kind(PointKind.SHUFFLE):
        if not _is_telling(target):
            continue
        items = _occurrences(target, tokens.words)
        for window in _windows(items, target):
            rank = {item.number: place for place, item in enumerate(window)}
            yield from target.order_seen(rank, len(window), view, tokens.starts[window[0].at])


def _rows(target: Target) -> dict[tuple[bytes, ...], int]:
    return {
        tuple(tokenise(value).words): number for number, value in enumerate(target.point.values)
    }


def _is_telling(target: Target) -> bool:
    rows = _rows(target)
    alone = len(rows) == len(target.point.values) and all(rows)
    return alone and sum(strength(row) for row in rows) >= LIST_STRENGTH


def _occurrences(target: Target, words: list[bytes]) -> list[Item]:
    """Where items stand, without those that are a piece of a longer item."""
    rows = _rows(target)
    search = Rows(rows, {word for row in rows for word in row})
    found = [Item(at, at + size, number) for at, size, number in search.find(words)]
    kept: list[Item] = []
    for item in sorted(found, key=lambda item: (item.at, -item.end)):
        if not kept or item.at >= kept[-1].end:
            kept.append(item)
    return kept


def _windows(items: list[Item], target: Target) -> Iterator[list[Item]]:
    """Stretches that hold every item once, the tightest first, none overlapping another."""
    count = len(target.point.values)
    longest = 2 * sum(map(len, _rows(target))) + EXTRA_TOKENS * count
    whole = []
    for first in range(len(items) - count + 1):
        window = items[first : first + count]
        span = window[-1].end - window[0].at
        if span <= longest and len({item.number for item in window}) == count:
            whole.append((span, first, window))
    taken: set[int] = set()
    for _, first, window in sorted(whole, key=lambda entry: entry[:2]):
        if taken.isdisjoint(range(first, first + count)):
            taken.update(range(first, first + count))
            yield window
