"""Error control: the share of one scored sample, and Holm's steps over the entities.

- The t-th scored sample of an advisory may spend ``alpha * 6 / (pi^2 t^2)``; all of them
  together spend at most alpha, however many come.
- Inside one sample the chance to name any innocent entity is at most the share (Holm 1979, for
  any dependence).

>>> float(share_of(1e-4, 1)), float(share_of(1e-4, 2))
(6.07927e-05, 1.51981e-05)
>>> holm([1e-7, 0.3, 4e-5], Fraction(1, 10_000))
(True, False, True)
"""

from collections.abc import Sequence
from fractions import Fraction

from mapp_compliance.watermark.codes.units import CodeError

SIX_OVER_PI_SQUARED = Fraction(60792710185402662, 10**17)  # 6/pi^2, cut after 17 digits
DIGITS = 6  # of a share, so that it can be written down without rounding


def share_of(alpha: Fraction | float, t: int) -> Fraction:
    """What the t-th scored sample may spend: a decimal of six digits, rounded down.

    Raises:
        CodeError: alpha is not inside (0, 1) or t is below 1.
    """
    if not (0 < alpha < 1 and t >= 1):
        raise CodeError("a share needs alpha between 0 and 1 and t from 1 up; mend the settings")
    exact = Fraction(alpha) * SIX_OVER_PI_SQUARED / t**2
    unit = Fraction(1)
    while exact < unit * 10 ** (DIGITS - 1):
        unit /= 10
    return exact // unit * unit


def holm(p_values: Sequence[float], share: Fraction) -> tuple[bool, ...]:
    """Which hypotheses fall at the share, in the order given."""
    named = [False] * len(p_values)
    left = len(p_values)
    for index in sorted(range(len(p_values)), key=lambda i: p_values[i]):
        if p_values[index] > share / left:
            break
        named[index] = True
        left -= 1
    return tuple(named)
