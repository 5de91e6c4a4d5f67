"""How far a package reaches: how many colluders it stands, and how likely one of them is named.

The evidence of a leak grows about in proportion to the sites that are read, so between measured
lengths it is interpolated, decile by decile. Measured with 100 copies, by the worst of the attacks
that were tried; an erased site is simply not there. Power is measured, never proved: the bound on
naming an innocent does not rest on it.

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

from mapp_compliance.watermark.codes.biases import LEAST_MIXED_SITES
from mapp_compliance.watermark.codes.prices import CODE_PRICE
from mapp_compliance.watermark.codes.reach_table import REACH
from mapp_compliance.watermark.codes.units import CodeError

# How many sites are lost is chance: middles of five equal parts of a normal law, in deviations.
AROUND = (-1.28, -0.52, 0.0, 0.52, 1.28)
GOOD_ENOUGH = 0.95  # chance to name one of them from which a number of colluders is supported
MOST_COLLUDERS = max(colluders for colluders, _, _ in REACH)
FLIPS = tuple(sorted({flips for _, flips, _ in REACH}))


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
    mixed = sum(one.sites for one in expected) >= LEAST_MIXED_SITES
    spread = math.sqrt(math.fsum(one.sites * one.erased * (1 - one.erased) for one in expected))
    chances = [
        _share_beyond(_evidence(colluders, whole + steps * spread, wrong, mixed), wanted)
        for steps in AROUND
    ]
    return round(math.fsum(chances) / len(chances), 4)


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


def _evidence(colluders: int, sites: float, wrong: float, mixed: bool) -> list[float]:
    """Ten evidences, -log10 p, rising; ``mixed``: of a map with several biases."""
    if wrong > FLIPS[-1] + 1e-9:
        return [0.0]  # nothing is promised beyond what was measured
    if wrong >= FLIPS[-1]:
        return _at(colluders, FLIPS[-1], sites, mixed)
    above = bisect_right(FLIPS, wrong)
    low, high = FLIPS[above - 1], FLIPS[above]
    return _between(
        _at(colluders, low, sites, mixed),
        _at(colluders, high, sites, mixed),
        (wrong - low) / (high - low),
    )


def _at(colluders: int, flips: float, sites: float, mixed: bool) -> list[float]:
    """The row of a length. What is left of a longer map has its biases, so shorter maps are left
    out, and the shortest of its kind is scaled down."""
    every = sorted(n for c, f, n in REACH if (c, f) == (colluders, flips))
    lengths = [n for n in every if n >= LEAST_MIXED_SITES or not mixed]
    rows = [REACH[colluders, flips, length] for length in lengths]
    if sites >= lengths[-1]:
        return list(rows[-1])
    above = bisect_right(lengths, sites)
    if not above:
        return [own * sites / lengths[0] for own in rows[0]]
    low, high = lengths[above - 1], lengths[above]
    return _between(rows[above - 1], rows[above], (sites - low) / (high - low))


def _between(low: Sequence[float], high: Sequence[float], part: float) -> list[float]:
    return [one + (two - one) * part for one, two in zip(low, high, strict=True)]


def _share_beyond(evidence: Sequence[float], wanted: float) -> float:
    """The share of leaks with at least the wanted evidence, by the middles of their tenths."""
    if wanted <= evidence[0]:
        return 1.0
    if wanted >= evidence[-1]:
        return 0.0 if wanted > evidence[-1] else 0.05
    above = next(at for at, own in enumerate(evidence) if own > wanted)
    low, high = evidence[above - 1], evidence[above]
    place = above - 1 + (wanted - low) / (high - low)
    return round(1 - (place + 0.5) / len(evidence), 4)
