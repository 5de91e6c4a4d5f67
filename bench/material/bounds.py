"""How sure a count is: the ends of Clopper and Pearson at 95 %, as result files state them."""

from math import exp, fsum, lgamma, log, log1p

LEVEL = 0.05


def upper(hits: int, trials: int) -> float:
    """Greatest rate that still gives so few hits with chance 2.5 %, rounded; 1 without trials."""
    if hits >= trials:
        return 1.0
    ways = [lgamma(trials + 1) - lgamma(k + 1) - lgamma(trials - k + 1) for k in range(hits + 1)]
    low, high = hits / trials, 1.0
    for _ in range(60):
        rate = (low + high) / 2
        won, lost = log(rate), log1p(-rate)  # by logarithms: whole numbers outgrow a float
        chance = fsum(exp(way + k * won + (trials - k) * lost) for k, way in enumerate(ways))
        low, high = (rate, high) if chance > LEVEL / 2 else (low, rate)
    return round(high, 4)


def lower(hits: int, trials: int) -> float:
    """Least rate that still gives so many hits with chance 2.5 %, rounded; 0 without trials."""
    return round(1 - upper(trials - hits, trials), 4)
