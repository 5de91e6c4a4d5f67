"""Tag evidence: fair bets on whole values, kept apart from the code and capped.

- Half the stake is bet on a match: with match chance q a match multiplies by ``(1/q + 1) / 2``,
  another value by 1/2, an absent tag by 1. For an innocent copy the expected value is at most 1:
  ``q (1/q + 1)/2 + (1 - q)/2 = 1``.
- Tags of one channel can be forged or copied together, so a channel never counts for more than
  1e4; cutting a bet down keeps its expectation at most 1.
- Tags and code symbols of an innocent copy are independent, so ``p / e`` is a valid p:
  given e, ``P(p <= a e) <= a e``, and the mean of ``a e`` is at most ``a``.
  It may take the place of the code p; naming by "either of the two" would need its own share.

>>> bet(7, 7, 2**16), bet(7, 8, 2**16), bet(7, None, 2**16)
(32768.5, 0.5, 1.0)
>>> p_with_tags(1e-3, [1e4, 0.5])
2.0...e-07
"""

import math
from collections.abc import Mapping, Sequence

from mapp_compliance.watermark.codes.keys import match_numerator
from mapp_compliance.watermark.codes.units import OTHER, SCALE, CodeError

CHANNEL_CAP = 1e4  # most that the tags of one channel may count for


def bet(carried: int, seen: int | None, space: int) -> float:
    """The e-value of one tag, rounded down.

    Args:
        carried: index that the copy holds.
        seen: index that was read, OTHER for a value outside the space, None when absent.
    """
    if seen is None:
        return 1.0
    if seen != carried:
        return 0.5
    # Exact: a numerator is below 2^32, and the quotient is cut at 2^-20, never rounded up.
    return (SCALE * 2**19 // match_numerator(space)) / 2**20 + 0.5


def channel_bets(
    carried: Sequence[int],
    seen: Sequence[int | None],
    spaces: Sequence[int],
    channels: Sequence[str],
) -> Mapping[str, float]:
    """The capped e-value of each tag channel for one copy, channels in the order of the map."""
    products: dict[str, float] = {}
    for mine, read, space, channel in zip(carried, seen, spaces, channels, strict=True):
        # Capping as we go would forgive later misses, so the product is kept whole until the end.
        products[channel] = products.get(channel, 1.0) * bet(mine, read, space)
    return {
        channel: min(CHANNEL_CAP, _down(product) if product > 1 else product)
        for channel, product in products.items()
    }


def p_with_tags(p_code: float, bets: Sequence[float]) -> float:
    """The code p divided by the e-values of all channels, rounded up, at most 1."""
    # A product of very many misses may underflow; 1e-300 is below any p_code, so that p is 1.
    total = max(_down(math.prod(bets)), 1e-300)
    return min(1.0, math.nextafter(p_code / total, math.inf))


def check_tags(seen: Sequence[int | None], spaces: Sequence[int]) -> None:
    """Raises CodeError when a read tag is neither absent, OTHER, nor inside its space."""
    for read, space in zip(seen, spaces, strict=True):
        if read is not None and read != OTHER and not 0 <= read < space:
            raise CodeError("a tag was read as a value outside its space; hand in OTHER instead")


def _down(value: float) -> float:
    """A little less than the value: more than thousands of roundings could have added."""
    return value * (1 - 2.0**-40)
