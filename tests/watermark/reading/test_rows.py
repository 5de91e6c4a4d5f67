"""Rows of tokens as numbers: two have one print exactly when one naming makes them the same."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from mapp_compliance.watermark.reading.rows import NOTHING, agreed, prints, windows

TOKENS = st.lists(st.tuples(st.integers(-1005, 5), st.booleans()), min_size=1, max_size=40)
LENGTH = 6
ONE, TWO, BOTH = frozenset({(1, 0)}), frozenset({(2, 1)}), frozenset({(1, 0), (2, 1)})


def named(row) -> tuple:
    """The row with what is free numbered in the order in which it comes."""
    order: dict[int, int] = {}
    return tuple(
        (free, order.setdefault(number, len(order)) if free else number) for number, free in row
    )


@given(TOKENS)
@settings(max_examples=200, deadline=None, derandomize=True)
def test_two_rows_of_a_text_have_one_print_when_one_naming_makes_them_the_same(tokens):
    numbers, free = [number for number, _ in tokens], [is_free for _, is_free in tokens]
    sums = np.concatenate(list(windows(numbers, free, LENGTH, block=4)))
    rows = {}
    for size in range(1, LENGTH + 1):
        for start in range(len(tokens) - size + 1):
            row = named(tokens[start : start + size])
            rows.setdefault(row, set()).add(int(sums[start, size - 1]))
    assert all(len(found) == 1 for found in rows.values())
    assert len({next(iter(found)) for found in rows.values()}) == len(rows)


@given(TOKENS)
@settings(max_examples=100, deadline=None, derandomize=True)
def test_a_row_of_a_tree_has_the_print_of_the_same_row_of_a_text(tokens):
    numbers, free = [number for number, _ in tokens], [is_free for _, is_free in tokens]
    whole = np.concatenate(list(windows(numbers, free, len(tokens))))[0]
    assert whole.tolist() == prints(np.array([numbers]), np.array([free]))[0].tolist()


def test_rows_say_what_all_places_agree_on():
    sums = np.array([7, 3, 7, 9, 9, 5], dtype=np.uint64)
    facts = np.array([1, 2, 3, 1, 0, 3], dtype=np.int32)
    known = agreed(sums, facts, [NOTHING, ONE, TWO, BOTH])
    sought = np.array([9, 7, 8, 5, 3], dtype=np.uint64)
    assert list(known.found(sought)) == [(1, ONE), (3, BOTH), (4, TWO)]


def test_rows_that_contradict_each_other_say_nothing():
    found = agreed(np.array([4, 4], dtype=np.uint64), np.array([1, 2]), [NOTHING, ONE, TWO])
    assert list(found.found(np.array([4], dtype=np.uint64))) == []
