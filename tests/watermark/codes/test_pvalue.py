import random
from fractions import Fraction
from itertools import accumulate

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapp_compliance.watermark.codes import SCALE, CodeError, exact_tail, printed


def rational_tail(weights: list[int], numerators: list[int]) -> dict[int, Fraction]:
    """P(S >= s) for each s that S can take, in exact arithmetic."""
    law = {0: Fraction(1)}
    for weight, numerator in zip(weights, numerators, strict=True):
        chance = Fraction(numerator, SCALE)
        after: dict[int, Fraction] = {}
        for value, mass in law.items():
            after[value] = after.get(value, Fraction(0)) + mass * (1 - chance)
            after[value + weight] = after.get(value + weight, Fraction(0)) + mass * chance
        law = after
    scores = sorted(law, reverse=True)
    return dict(zip(scores, accumulate(law[score] for score in scores), strict=True))


def test_the_tail_is_never_below_the_exact_one_and_hardly_above() -> None:
    rng = random.Random(1)
    for _ in range(1000):
        sites = rng.randint(0, 9)
        weights = [rng.choice([0, 1, 2, 3, 64, 78, 94]) for _ in range(sites)]
        numerators = [rng.choice([0, 1, 54 << 24, rng.randint(1, SCALE)]) for _ in range(sites)]
        tail = exact_tail(weights, numerators)
        for score, truth in rational_tail(weights, numerators).items():
            bound = float(tail.p(np.array([score]))[0])
            assert truth <= Fraction(bound)
            assert bound <= float(truth) * (1 + 1e-12) + 1e-299


def test_a_long_tail_is_still_above_the_exact_one_at_its_end() -> None:
    weights, numerators = [78, 64] * 100, [54 << 24, 128 << 24] * 100
    tail = exact_tail(weights, numerators)
    truth = Fraction(54, 256) ** 100 * Fraction(1, 2) ** 100
    assert truth <= Fraction(tail.least) <= truth * (1 + Fraction(1, 10**10))


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, SCALE)), max_size=12))
def test_a_tail_starts_at_one_and_never_rises(events: list[tuple[int, int]]) -> None:
    tail = exact_tail([weight for weight, _ in events], [chance for _, chance in events])
    assert tail.at_least[0] == 1.0
    assert np.all(np.diff(tail.at_least) <= 0)


def test_without_events_p_is_one() -> None:
    assert exact_tail([], []).p(np.zeros(3, dtype=np.int64)).tolist() == [1.0, 1.0, 1.0]


@pytest.mark.parametrize(
    ("weights", "numerators", "said"),
    [
        ([1], [], "differ in number"),
        ([-1], [1], "negative"),
        ([1], [SCALE + 1], "outside"),
        ([1, 2**40], [1, 1], "too large"),
    ],
)
def test_events_that_do_not_fit_are_refused(
    weights: list[int], numerators: list[int], said: str
) -> None:
    with pytest.raises(CodeError, match=said):
        exact_tail(weights, numerators)


@pytest.mark.parametrize(
    ("p", "text"),
    [
        (1.0, "1"),
        (0.25, "0.25"),
        (0.1234, "0.13"),
        (0.00101, "0.0011"),
        (9.99e-5, "1.0e-4"),
        (2.41e-7, "2.5e-7"),
        (1.45e-12, "1.5e-12"),
        (1e-12, "1e-12 or smaller"),
        (0.0, "1e-12 or smaller"),
    ],
)
def test_p_is_printed_with_two_digits_rounded_up(p: float, text: str) -> None:
    assert printed(p) == text


@given(st.floats(1.1e-12, 1.0))
def test_what_is_printed_is_never_below_p(p: float) -> None:
    assert Fraction(printed(p)) >= Fraction(p)
