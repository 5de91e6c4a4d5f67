import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapp_compliance.watermark.codes import OTHER, SCALE, CodeError, match_numerator
from mapp_compliance.watermark.codes.tags import (
    CHANNEL_CAP,
    bet,
    channel_bets,
    check_tags,
    p_with_tags,
)


@given(st.integers(2, 2**256))
def test_a_bet_on_an_innocent_copy_is_never_better_than_fair(space: int) -> None:
    chance = Fraction(match_numerator(space), SCALE)
    mean = chance * Fraction(bet(3, 3, space)) + (1 - chance) * Fraction(bet(3, OTHER, space))
    assert mean <= 1


def test_a_hit_on_sixteen_bits_is_worth_fifteen() -> None:
    assert bet(5, 5, 2**16) == 2**15 + 0.5


def test_an_absent_tag_changes_nothing() -> None:
    assert bet(5, None, 2**16) == 1.0


def test_a_channel_is_capped_and_channels_are_kept_apart() -> None:
    bets = channel_bets([1, 2, 3], [1, 2, 4], [2**16] * 3, ["a", "a", "b"])
    assert bets == {"a": CHANNEL_CAP, "b": 0.5}


def test_a_miss_counts_before_the_cap() -> None:
    bets = channel_bets([1, 2], [1, OTHER], [2**14] * 2, ["a", "a"])
    assert bets["a"] == pytest.approx((2**13 + 0.5) / 2)


def test_tags_divide_the_code_p_and_are_rounded_up() -> None:
    assert 1e-11 < p_with_tags(1e-3, [1e4, 1e4]) < 1.0001e-11


def test_very_many_misses_give_p_one() -> None:
    assert p_with_tags(1e-6, [0.5**600, 0.5**600]) == 1.0


@given(st.floats(1e-300, 1.0), st.lists(st.floats(0.0, 1e4), max_size=6))
def test_the_combined_p_never_understates_the_quotient(p: float, bets: list[float]) -> None:
    exact = math.prod(Fraction(one) for one in bets)
    assert Fraction(p_with_tags(p, bets)) * exact >= min(exact, Fraction(p))


@pytest.mark.parametrize("read", [-2, 7, 2**40])
def test_a_tag_outside_its_space_is_refused(read: int) -> None:
    with pytest.raises(CodeError, match="hand in OTHER"):
        check_tags([read], [7])
