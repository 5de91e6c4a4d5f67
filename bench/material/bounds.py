"""How sure a count is: the ends of Clopper and Pearson at 95 %, as result files state them."""

from math import comb

LEVEL = 0.05


def upper(hits: int, trials: int) -> float:
    """Greatest rate that still gives so few hits with chance 2.5 %, rounded; 1 without trials."""
    low, high = hits / max(trials, 1), 1.0
    for _ in range(60 if trials else 0):
        rate = (low + high) / 2
        chance = sum(
            comb(trials, k) * rate**k * (1 - rate) ** (trials - k) for k in range(hits + 1)
        )
        low, high = (rate, high) if chance > LEVEL / 2 else (low, rate)
    return round(high, 4)


def lower(hits: int, trials: int) -> float:
    """Least rate that still gives so many hits with chance 2.5 %, rounded; 0 without trials."""
    return round(1 - upper(trials - hits, trials), 4)
