"""Whole channels that were changed: read as they stand, turned round, or made uniform.

A tool that rewrites all places of one kind (quotes, line ends, order of arguments) may turn every
symbol of a channel round, or put one variant everywhere. Both say nothing about who leaked unless
the change is thought of. A channel then is in one of three states, with weights fixed beforehand:
as read, turned round, or uniform, where a symbol is that of the pad and tells nothing of the word.

>>> round(float(over_states(np.array([-900.0]), np.array([-10.0]), 100.0)[0]), 3)
-12.996
"""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from mapp_compliance.watermark.codes.models import UNIT

AS_READ, TURNED, UNIFORM = 0.9, 0.05, 0.05  # weights of the three states of a channel
_LOGS = math.log(AS_READ), math.log(TURNED), math.log(UNIFORM)
_BIT = math.log(2)

Floats = NDArray[np.float64]


def over_states(straight: Floats, turned: Floats, sites: float) -> Floats:
    """The log-likelihood of one channel over its states, up to a constant.

    Args:
        straight, turned: log-likelihood of the channel as read and turned round, in nats.
        sites: how many sites of the channel were read.
    """
    changed = np.logaddexp(turned + _LOGS[1], _LOGS[2] - sites * _BIT)
    found: Floats = np.logaddexp(straight + _LOGS[0], changed)
    return found


def mixed(straight: Floats, turned: Floats, sites: float) -> Floats:
    """The same in whole units, of likelihoods in units."""
    found: Floats = np.rint(over_states(straight * UNIT, turned * UNIT, sites) / UNIT)
    return found


def posterior(channels: Sequence[int], straight: Floats, turned: Floats) -> tuple[Floats, Floats]:
    """For each site the weight that its channel stands as read, and that it is turned round.

    Args:
        channels: number of the channel of each site, -1 for one that cannot have been changed.
        straight, turned: log-likelihood of each site either way, in nats.
    """
    at = np.asarray(channels, dtype=np.int64) + 1
    most = int(at.max()) + 1 if len(at) else 1
    logs = np.stack(
        [
            np.bincount(at, straight, most) + _LOGS[0],
            np.bincount(at, turned, most) + _LOGS[1],
            np.bincount(at, minlength=most) * -_BIT + _LOGS[2],
        ]
    )
    weights = np.exp(logs - logs.max(axis=0))
    weights /= weights.sum(axis=0)
    weights[:, 0] = 1.0, 0.0, 0.0
    return weights[0][at], weights[1][at]
