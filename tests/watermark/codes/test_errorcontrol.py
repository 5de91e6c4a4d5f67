from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapp_compliance.watermark.codes import CodeError, holm, share_of
from mapp_compliance.watermark.codes.errorcontrol import SIX_OVER_PI_SQUARED

PI_40 = Fraction(Decimal("3.141592653589793238462643383279502884198"))  # cut, so below pi


def test_the_constant_is_below_six_over_pi_squared() -> None:
    above_pi = PI_40 + Fraction(1, 10**39)
    assert SIX_OVER_PI_SQUARED < 6 / above_pi**2 < SIX_OVER_PI_SQUARED + Fraction(1, 10**16)


@given(st.integers(1, 10**6), st.fractions(Fraction(1, 10**9), Fraction(1, 2)))
def test_a_share_is_rounded_down_and_by_less_than_a_hundred_thousandth(
    t: int, alpha: Fraction
) -> None:
    exact = alpha * 6 / (PI_40**2 * t**2)
    assert exact * (1 - Fraction(1, 10**5)) <= share_of(alpha, t) <= exact


def test_all_shares_together_stay_within_alpha() -> None:
    spent = sum(share_of(Fraction(1, 10_000), t) for t in range(1, 2001))
    assert Fraction(999, 10**7) < spent < Fraction(1, 10_000)


@pytest.mark.parametrize(("alpha", "t"), [(0.0, 1), (1.0, 1), (float("nan"), 1), (1e-4, 0)])
def test_a_share_out_of_range_is_refused(alpha: float, t: int) -> None:
    with pytest.raises(CodeError, match="mend the settings"):
        share_of(alpha, t)


def test_holm_steps_down_and_stops_at_the_first_that_holds() -> None:
    share = Fraction(3, 64)
    assert holm([1 / 64, 1.5 / 64, 0.5], share) == (True, True, False)
    assert holm([1.4 / 64, 1 / 128, 2.9 / 64], share) == (True, True, True)
    assert holm([1.1 / 64, 1.2 / 64, 1.3 / 64], share) == (False, False, False)


def test_holm_names_equal_values_alike() -> None:
    assert holm([1 / 64, 1 / 64, 1 / 64], Fraction(3, 64)) == (True, True, True)


def test_holm_without_hypotheses_names_none() -> None:
    assert holm([], Fraction(1, 100)) == ()
