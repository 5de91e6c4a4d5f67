"""Figures for people: chances rounded up and never below 1e-12.

>>> from fractions import Fraction
>>> up(Fraction(123456, 10**12)), up(Fraction(1, 10**15)), log10(0.001)
(1.24e-07, 1e-12, -3.0)
>>> curve([(0, 0.0), (8, -11.00049), (9, -14.2)])
{'score': [0, 8], 'log10_tail': [0.0, -11.0]}
"""

import math
from collections.abc import Iterable
from fractions import Fraction
from typing import Any

LEAST_LOG10 = -12.0
LEAST_P = Fraction(1, 10**12)  # no chain of custody is better than that


def up(p: Fraction) -> float:
    """A p-value for people: three significant digits, rounded up, from 1e-12 to 1."""
    bounded = min(Fraction(1), max(LEAST_P, p))
    scale = 10 ** (2 - math.floor(math.log10(bounded)))
    return min(1.0, float(Fraction(math.ceil(bounded * scale), scale)))


def log10(p: float) -> float:
    """The decimal logarithm, three digits after the point, rounded up."""
    return _thousandths(math.log10(p))


def down(weight: float) -> float:
    """What a p is divided by, three significant digits, rounded down."""
    scale = Fraction(10) ** (2 - math.floor(math.log10(weight)))
    return float(math.floor(Fraction(weight) * scale) / scale)


def curve(points: Iterable[tuple[int, float]]) -> dict[str, list[Any]]:
    """Scores with log10 of their chance, rounded up; the curve ends where no chance is told."""
    kept = [(score, tail) for score, tail in points if tail >= LEAST_LOG10]
    return {
        "score": [score for score, _ in kept],
        "log10_tail": [_thousandths(tail) for _, tail in kept],
    }


def _thousandths(value: float) -> float:
    """Rounded up; what a float may have lost by itself does not count."""
    return math.ceil(round(value * 1000, 9)) / 1000
