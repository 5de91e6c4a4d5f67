"""At least one of two: what can be said when two copies together fit and neither does alone.

The statistic of a pair is a whole-number sum over what both words hold at each site. If both are
innocent, the number of ones there is binomial with the site's bias, so the p is exact. Models are
weighted from the reading alone; p is multiplied by the number of all pairs, also of those that
were not looked at.
"""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from mapp_compliance.watermark.codes.decoders import STEPS
from mapp_compliance.watermark.codes.kinds import Kinds
from mapp_compliance.watermark.codes.models import UNIT, first_with_room, log_priors
from mapp_compliance.watermark.codes.pvalue import outcome_tail
from mapp_compliance.watermark.codes.units import SCALE

LOOKS = 3  # models whose exact p is computed for one pair
_DOWN = 1 - 2.0**-40

Floats = NDArray[np.float64]


def pair_p(kinds: Kinds, pair: NDArray[np.uint8], copies: int) -> float:
    """The chance that any of all pairs of copies fits so well, if both its words are innocent.

    Args:
        pair: 2 x r symbols at the read sites.
        copies: how many copies there are, at least 2.
    """
    first = first_with_room(1)
    nobody = kinds.table(0)[kinds.of_site, 0, first:]
    two = kinds.table(2)[kinds.of_site][:, :, first:]
    logs = (nobody.sum(axis=0) + log_priors()[first:]) * UNIT
    logs -= float(logs.max()) + math.log(float(np.exp(logs - logs.max()).sum()))
    ones = pair.sum(axis=0, dtype=np.int64)
    worth = (two[np.arange(len(ones)), ones] - nobody).sum(axis=0) * UNIT + logs
    best = 1.0
    for model in np.argsort(-worth, kind="stable")[:LOOKS].tolist():
        gains = np.rint(STEPS * (two[:, :, model] - nobody[:, [model]]) * UNIT).astype(np.int64)
        weight = math.exp(logs[model]) * _DOWN
        best = min(best, _exact(gains - gains.min(axis=1, keepdims=True), ones, kinds) / weight)
    return min(1.0, best * math.comb(copies, 2) / _DOWN)


def _exact(gains: NDArray[np.int64], ones: NDArray[np.int64], kinds: Kinds) -> float:
    order: Sequence[int] = np.argsort(gains.max(axis=1), kind="stable").tolist()
    chances = [
        ((1 - p) ** 2, 2 * (p * (1 - p)), p**2) for p in (b / SCALE for b in kinds.reading.biases)
    ]
    tail = outcome_tail([gains[at].tolist() for at in order], [chances[at] for at in order])
    score = gains[np.arange(len(ones)), ones].sum()
    return float(tail.p(np.array([score]))[0])
