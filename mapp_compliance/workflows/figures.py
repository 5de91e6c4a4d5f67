"""Figures for people: p-values rounded up and never below 1e-12.

>>> from fractions import Fraction
>>> up(Fraction(123456, 10**12)), up(Fraction(1, 10**15)), log10(0.001)
(1.24e-07, 1e-12, -3.0)
"""

import math
from fractions import Fraction

LEAST_P = Fraction(1, 10**12)  # no chain of custody is better than that


def up(p: Fraction) -> float:
    """A p-value for people: three significant digits, rounded up, from 1e-12 to 1."""
    bounded = min(Fraction(1), max(LEAST_P, p))
    scale = 10 ** (2 - math.floor(math.log10(bounded)))
    return min(1.0, float(Fraction(math.ceil(bounded * scale), scale)))


def log10(p: float) -> float:
    """The decimal logarithm, three digits after the point."""
    return round(math.log10(p), 3)
