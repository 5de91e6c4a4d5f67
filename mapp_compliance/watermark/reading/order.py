"""The order of a shuffled list, where all its items stand close together, each once.

A list is found by the exact tokens of its items, and where these are not there, as in a page made
of it or behind other bullets, by its words alone; unless the layout's own literal text holds these
words close together as well, which would be read as an order.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from mapp_compliance.watermark.reading.chart import Chart, Seen, Target
from mapp_compliance.watermark.reading.tokens import Rows, Tokens, prose, strength, tokenise
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


Fold = Callable[[bytes], Tokens]


def read_order(view: View, tokens: Tokens, chart: Chart, worded: frozenset[str]) -> Iterator[Seen]:
    """The pairs of every shuffled list that is found whole.

    Args:
        tokens: the tokenised view.
        worded: names of the lists that may be told by their words alone, see ``worded_lists``.
    """
    for target in chart.of_kind(PointKind.SHUFFLE):
        seen = list(_seen(target, view, tokens, tokenise))
        if not seen and target.point.name in worded and _may_hold(target, view.data):
            seen = list(_seen(target, view, prose(view.data), prose))
        yield from seen


def worded_lists(chart: Chart) -> frozenset[str]:
    """The lists whose words stand close together nowhere but in the list itself."""
    texts = [
        prose(piece).words
        for file in chart.layout.files
        for piece in file.segments
        if isinstance(piece, bytes)
    ]
    return frozenset(
        target.point.name
        for target in chart.of_kind(PointKind.SHUFFLE)
        if _is_telling(target, prose)
        and not any(_windows(_occurrences(target, words, prose), target, prose) for words in texts)
    )


def list_rows(chart: Chart) -> list[tuple[bytes, ...]]:
    """The exact tokens of each item of the shuffled lists that are told by them."""
    lists = chart.of_kind(PointKind.SHUFFLE)
    return [row for each in lists if _is_telling(each, tokenise) for row in _rows(each, tokenise)]


def longest_list(chart: Chart) -> int:
    """How many tokens a shuffled list may take, the longest of the chart."""
    lists = chart.of_kind(PointKind.SHUFFLE)
    return max((_longest(_rows(each, tokenise), each) for each in lists), default=0)


def _seen(target: Target, view: View, tokens: Tokens, fold: Fold) -> Iterator[Seen]:
    if not _is_telling(target, fold):
        return
    items = _occurrences(target, tokens.words, fold)
    for window in _windows(items, target, fold):
        rank = {item.number: place for place, item in enumerate(window)}
        yield from target.order_seen(rank, len(window), view, tokens.starts[window[0].at])


def _may_hold(target: Target, data: bytes) -> bool:
    """A quick look at a long part before it is cut into words."""
    words = (max(prose(value).words, key=len) for value in target.point.values)
    return all(word in data for word in words if word.isalnum())


def _rows(target: Target, fold: Fold) -> dict[tuple[bytes, ...], int]:
    return {tuple(fold(value).words): number for number, value in enumerate(target.point.values)}


def _is_telling(target: Target, fold: Fold) -> bool:
    rows = _rows(target, fold)
    alone = len(rows) == len(target.point.values) and all(rows)
    return alone and sum(strength(row) for row in rows) >= LIST_STRENGTH


def _occurrences(target: Target, words: list[bytes], fold: Fold) -> list[Item]:
    """Where items stand, without those that are a piece of a longer item."""
    rows = _rows(target, fold)
    search = Rows(rows, {word for row in rows for word in row})
    found = [Item(at, at + size, number) for at, size, number in search.find(words)]
    kept: list[Item] = []
    for item in sorted(found, key=lambda item: (item.at, -item.end)):
        if not kept or item.at >= kept[-1].end:
            kept.append(item)
    return kept


def _longest(rows: Collection[tuple[bytes, ...]], target: Target) -> int:
    return 2 * sum(map(len, rows)) + EXTRA_TOKENS * len(target.point.values)


def _windows(items: list[Item], target: Target, fold: Fold) -> list[list[Item]]:
    """Stretches that hold every item once, the tightest first, none overlapping another."""
    count = len(target.point.values)
    longest = _longest(_rows(target, fold), target)
    whole = []
    for first in range(len(items) - count + 1):
        window = items[first : first + count]
        span = window[-1].end - window[0].at
        if span <= longest and len({item.number for item in window}) == count:
            whole.append((span, first, window))
    taken: set[int] = set()
    apart = []
    for _, first, window in sorted(whole, key=lambda entry: entry[:2]):
        if taken.isdisjoint(range(first, first + count)):
            taken.update(range(first, first + count))
            apart.append(window)
    return apart
