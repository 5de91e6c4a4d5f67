"""How far a package reaches: how many colluders it stands, and how likely one of them is named.

The root of the evidence of a leak (-log10 of the best p) is about normal; its mean and its spread
are about straight lines over the root of the number of sites that are read. The lines were
measured with 100 copies; the worst attack that was tried counts. An erased site is not there.
A lone leaker of a short map, whose biases all are 1/2, needs no measurement: there the chance is
exact. Power is measured, never proved: the bound on naming an innocent does not rest on it.

>>> expected = [Expected(sites=120, erased=0.2), Expected(sites=40, erased=1.0)]
>>> chance_of_naming(1, expected, 1e-6)
1.0
>>> supported(expected, 1e-6) >= 1
True
"""

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

from mapp_compliance.watermark.codes.biases import LEAST_MIXED_SITES
from mapp_compliance.watermark.codes.prices import CODE_PRICE, SINGLE_PRICE
from mapp_compliance.watermark.codes.reach_table import REACH
from mapp_compliance.watermark.codes.units import CodeError

# How many sites are lost is chance: middles of five equal parts of a normal law, in deviations.
AROUND = (-1.28, -0.52, 0.0, 0.52, 1.28)
GOOD_ENOUGH = 0.95  # chance to name one of them from which a number of colluders is supported
MOST_COLLUDERS = max(colluders for colluders, _, _ in REACH)
LEAST_SPREAD = 0.05  # of the root of the evidence; no leak is surer than that


@dataclass(frozen=True, slots=True)
class Expected:
    """The code sites of one channel, and what is expected to happen to them in a leak.

    Attributes:
        erased: share that will not be read, 0 to 1.
        misread: share of the read ones that will be read as the other symbol, 0 to 1/2.
    """

    sites: int
    erased: float = 0.0
    misread: float = 0.0


def chance_of_naming(colluders: int, expected: Sequence[Expected], bound: float) -> float:
    """The predicted chance that at least one of the colluders is named.

    Args:
        colluders: from 1 to the greatest number that was measured.
        expected: the channels of the package.
        bound: greatest p of record that names a copy; the part that tags have is paid here.
    Returns:
        0 where more sites are misread than was measured: 5 % of five colluders, 20 % of fewer.
    Raises:
        CodeError: a number is out of its range.
    """
    if not 1 <= colluders <= MOST_COLLUDERS:
        raise CodeError(f"{colluders} colluders were not measured; ask for 1 to {MOST_COLLUDERS}")
    if not 0 < bound < 1:
        raise CodeError("a bound lies between 0 and 1; take share / number of entities")
    if any(
        one.sites < 0 or not 0 <= one.erased <= 1 or not 0 <= one.misread <= 0.5 for one in expected
    ):
        raise CodeError("a channel has less than no sites, or a loss that is no share; mend it")
    read = [one.sites * (1 - one.erased) for one in expected]
    whole = math.fsum(read)
    if not whole:
        return 0.0
    wrong = math.fsum(n * one.misread for n, one in zip(read, expected, strict=True)) / whole
    wanted = math.log10(CODE_PRICE) - math.log10(bound)
    spread = math.sqrt(math.fsum(one.sites * one.erased * (1 - one.erased) for one in expected))
    lengths = [max(0.0, whole + steps * spread) for steps in AROUND]
    if colluders == 1 and sum(one.sites for one in expected) < LEAST_MIXED_SITES:
        chances = [_alone(sites, wrong, wanted) for sites in lengths]
        return round(math.fsum(chances) / len(chances), 4)
    attacks = {attack for number, attack, _ in REACH if number == colluders}
    return min(
        round(
            math.fsum(_beyond((colluders, attack), n, wrong, wanted) for n in lengths)
            / len(AROUND),
            4,
        )
        for attack in attacks
    )


def supported(expected: Sequence[Expected], bound: float) -> int:
    """Greatest number of colluders of whom one is named with chance .95; 0 for none.

    All smaller numbers are supported as well.
    """
    found = 0
    for colluders in range(1, MOST_COLLUDERS + 1):
        if chance_of_naming(colluders, expected, bound) < GOOD_ENOUGH:
            break
        found = colluders
    return found


def _alone(sites: float, wrong: float, wanted: float) -> float:
    """The chance that a lone leaker is within, of a map whose biases all are 1/2."""
    low, part = int(sites), sites % 1
    return (1 - part) * _alone_of(low, wrong, wanted) + part * _alone_of(low + 1, wrong, wanted)


def _alone_of(sites: int, wrong: float, wanted: float) -> float:
    """All sites count alike then, so it is a matter of how many were misread."""
    p, chance = 0.0, 0.0
    for misread in range(sites + 1):
        ways = math.comb(sites, misread)
        p += ways / 2**sites
        if -math.log10(SINGLE_PRICE * p) < wanted:
            break
        chance += ways * wrong**misread * (1 - wrong) ** (sites - misread)
    return chance


def _beyond(kind: tuple[int, str], sites: float, wrong: float, wanted: float) -> float:
    """The chance of evidence beyond the wanted one; 0 for more misread sites than were measured."""
    flips = sorted(rate for colluders, attack, rate in REACH if (colluders, attack) == kind)
    if wrong > flips[-1] + 1e-9:
        return 0.0
    above = min(bisect_right(flips, wrong), len(flips) - 1)
    low, high = flips[above - 1], flips[above]
    part = (wrong - low) / (high - low)
    (mean, spread), (lower, other) = (_root((*kind, rate), sites) for rate in (low, high))
    # The first misread sites spread the evidence most; measured at five rates in between.
    mean, spread = mean + (lower - mean) * part**0.9, spread + (other - spread) * part**0.5
    return NormalDist().cdf((mean - math.sqrt(wanted)) / spread)


def _root(kind: tuple[int, str, float], sites: float) -> tuple[float, float]:
    """Mean and spread of the root of the evidence; nothing grows beyond the longest map."""
    mean, mean_by_root, spread, spread_by_root, longest = REACH[kind]
    root = math.sqrt(min(sites, longest))
    return mean + mean_by_root * root, max(LEAST_SPREAD, spread + spread_by_root * root)
