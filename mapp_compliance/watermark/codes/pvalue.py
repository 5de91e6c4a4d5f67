"""Exact tails of weighted sums of independent yes/no events, rounded upwards.

The statistic is ``S = sum of weight_i * Z_i`` with whole weights >= 0 and independent ``Z_i``
that are 1 with chance ``numerator_i / 2^32``. A negative weight is brought in by asking for the
opposite event. The law of S is built by adding one event at a time; all terms are positive, so
nothing cancels and the relative error stays small down to the deepest tail.

Why p is never understated. The chances and their complements are exact doubles. One event costs
at most two roundings to a cell (product, sum), the running sum from the top at most one for each
cell. With u = 2^-53, m events and L cells each computed tail is at least the true one times
``(1 - u)^(2m + L)``, so multiplying by ``1 + 2(2m + L + 4)u`` puts it above, as long as
``(2m + L)u < 1/4``; the 4 pays for that multiplication itself. Underflow loses less than 2^-1074
an operation, which the added 1e-300 pays for.

>>> tail = exact_tail([1, 1, 1], [SCALE // 2] * 3)
>>> [round(float(p), 12) for p in tail.p(np.array([0, 1, 2, 3]))]
[1.0, 0.875, 0.5, 0.125]
>>> printed(2.41e-7), printed(3e-15)
('2.5e-7', '1e-12 or smaller')
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_UP, Decimal

import numpy as np
from numpy.typing import NDArray

from mapp_compliance.watermark.codes.units import SCALE, CodeError

LEAST_PRINTED = 1e-12  # no chain of custody is better than that
PICTURE_POINTS = 200
MOST_CELLS = 2**24  # 128 MiB of table; 1,000 sites need some 40,000

_UNIT = 2.0**-53
_UNDERFLOW = 1e-300


@dataclass(frozen=True, slots=True, eq=False)
class Tail:
    """Upper bounds of P(S >= s) for every value that S can take.

    Attributes:
        step: greatest common divisor of the weights.
        at_least: bound for S >= index * step, falling.
    """

    step: int
    at_least: NDArray[np.float64]

    @property
    def least(self) -> float:
        """The chance of the greatest value: the least p that can come out."""
        return float(self.at_least[-1])

    def p(self, scores: NDArray[np.int64]) -> NDArray[np.float64]:
        """P(S >= score) for each score; scores are sums of some of the weights."""
        found: NDArray[np.float64] = self.at_least[scores // self.step]
        return found


def exact_tail(weights: Sequence[int], numerators: Sequence[int]) -> Tail:
    """The tail of the weighted sum.

    Args:
        weights: whole numbers >= 0.
        numerators: over 2^32, one for each weight, in 0 to 2^32.
    Raises:
        CodeError: lengths differ, a number is out of range, or the table would be too large.
    """
    if len(weights) != len(numerators):
        raise CodeError("weights and chances differ in number; give one chance for each weight")
    if any(weight < 0 for weight in weights) or any(not 0 <= k <= SCALE for k in numerators):
        raise CodeError("a weight is negative or a chance outside 0 to 1; turn the event round")
    step, law = exact_law(weights, numerators)
    return upper_tail(step, law, 2 * len(weights))


def exact_law(weights: Sequence[int], numerators: Sequence[int]) -> tuple[int, NDArray[np.float64]]:
    """Greatest common divisor of the weights, and the chance of each multiple of it.

    A cell carries at most two roundings for each weight. Arguments as for ``exact_tail``, checked
    there.
    """
    step = math.gcd(*weights) or 1
    cells = sum(weights) // step + 1
    if cells > MOST_CELLS:
        raise CodeError(f"a score table of {cells} cells is too large; use coarser weights")
    law = np.zeros(cells)
    law[0] = 1.0
    top = 1
    for weight, numerator in zip(weights, numerators, strict=True):
        jump, yes = weight // step, numerator / SCALE
        if not jump:
            continue
        moved = law[:top] * yes
        law[:top] *= 1.0 - yes
        law[jump : top + jump] += moved
        top += jump
    return step, law


def outcome_tail(values: Sequence[Sequence[int]], chances: Sequence[Sequence[float]]) -> Tail:
    """The tail of a sum of independent values, each one of several.

    Args:
        values: for each term its possible values, whole numbers >= 0.
        chances: of the same, each computed with at most one rounding.
    """
    cells = sum(max(own) for own in values) + 1
    if cells > MOST_CELLS:
        raise CodeError(f"a score table of {cells} cells is too large; use coarser weights")
    law = np.zeros(cells)
    law[0] = 1.0
    top, roundings = 1, 0
    for own, likely in zip(values, chances, strict=True):
        after = np.zeros(top + max(own))
        for value, chance in zip(own, likely, strict=True):
            after[value : top + value] += law[:top] * chance
        top = len(after)
        law[:top] = after
        roundings += len(own) + 2  # one a product, one a sum, one the chance
    return upper_tail(1, law, roundings)


def upper_tail(step: int, law: NDArray[np.float64], roundings: int) -> Tail:
    """The tail of a law whose cells went through at most so many roundings, rounded upwards."""
    upper = np.cumsum(law[::-1])[::-1]
    slack = 1.0 + 2 * (roundings + len(law) + 4) * _UNIT
    return Tail(step, np.minimum(1.0, upper * slack + _UNDERFLOW))


def points(tail: Tail) -> tuple[tuple[int, float], ...]:
    """Scores and log10 of their tail, a few hundred of them at most, for a picture."""
    last = len(tail.at_least) - 1
    some = sorted({round(last * i / PICTURE_POINTS) for i in range(PICTURE_POINTS + 1)})
    return tuple((i * tail.step, math.log10(tail.at_least[i])) for i in some)


def printed(p: float) -> str:
    """The p-value as reports show it: two digits, rounded up, never below 1e-12."""
    if p <= LEAST_PRINTED:
        return "1e-12 or smaller"
    exact = Decimal(p)
    shown = exact.quantize(Decimal((0, (1,), exact.adjusted() - 1)), rounding=ROUND_UP)
    if shown >= Decimal("0.001"):
        return f"{shown.normalize():f}"
    digits, _, power = f"{shown:.1e}".partition("e")
    return f"{digits}e{int(power)}"
