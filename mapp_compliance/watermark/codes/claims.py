"""What may be said beside the names: the rest, a pair, and how near each entity is.

None of these names anybody.

- *Residual*: read sites at which no accused word agrees. Too many for noise: one more source; so is
  an entity that is not named, but fits better than luck allows among so many.
- *Pair*: at least one of two copies was among the sources. The null is that both words are
  innocent, so its p is exact as well; it is multiplied by the number of all pairs.
- *Bands* of entities, see ``Band``.
"""

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from mapp_compliance.values import EntityId
from mapp_compliance.watermark.codes.decoders import CodeReading
from mapp_compliance.watermark.codes.models import NOISES
from mapp_compliance.watermark.codes.pvalue import exact_tail
from mapp_compliance.watermark.codes.scores import Band, EntityScore, InstanceScore, Residual
from mapp_compliance.watermark.codes.units import SCALE
from mapp_compliance.watermark.codes.words import Codebook

MISREAD = SCALE * 15 // 100  # most misread sites of a true source that we still call noise
RESIDUAL_LEVEL = 0.01  # below it the rest looks like another source; a hint, names nobody
SUSPECTED = 1e-3
EXCLUDED = math.log(1e-6)


def residual(
    book: Codebook,
    reading: CodeReading,
    copies: Sequence[InstanceScore],
    entities: Sequence[EntityScore],
) -> Residual:
    """What the best copies of the named entities leave unexplained; the best of all if none is."""
    named = {entity.entity for entity in entities if entity.named}
    rows: dict[EntityId, int] = {}
    for row in sorted(
        range(len(copies)), key=lambda row: (copies[row].p_code, copies[row].instance)
    ):
        if copies[row].entity in named or not (named or rows):
            rows.setdefault(copies[row].entity, row)
    accused = sorted(rows.values(), key=lambda row: copies[row].instance)
    disagrees = (book.words[accused][:, reading.columns] != reading.symbols).all(axis=0)
    count = int(disagrees.sum())
    near = RESIDUAL_LEVEL / len(entities)  # so many are looked at
    others = any(not entity.named and entity.p <= near for entity in entities)
    noise = exact_tail([1] * len(reading.agree), [MISREAD] * len(reading.agree))
    p = float(noise.p(np.array([count]))[0])
    return Residual(
        accused=tuple(copies[row].instance for row in accused),
        disagreements=count,
        p=p,
        more_sources=bool(named) and (others or p < RESIDUAL_LEVEL),
    )


def sole_source_ratios(reading: CodeReading, words: NDArray[np.uint8]) -> NDArray[np.float64]:
    """For each copy the log of how much likelier the reading is if it was the only source.

    The most favourable of three noises is taken, so that a copy is excluded only for good reason.

    Args:
        words: n x m symbols, all code sites of the book.
    """
    agrees = words[:, reading.columns] == reading.symbols
    chances = np.array(reading.agree, dtype=np.float64) / SCALE
    best = np.full(len(words), -np.inf)
    for wrong in NOISES:
        innocent = chances * (1 - wrong) + (1 - chances) * wrong
        ratio = np.where(agrees, np.log((1 - wrong) / innocent), np.log(wrong / innocent))
        best = np.maximum(best, ratio.sum(axis=1))
    return best


def bands(
    entities: Sequence[EntityScore],
    copies: Sequence[InstanceScore],
    ratios: NDArray[np.float64],
) -> Mapping[EntityId, Band]:
    """The band of each entity.

    Args:
        ratios: of ``sole_source_ratios``, in the order of the copies.
    """
    greatest: dict[EntityId, float] = {}
    for copy, ratio in zip(copies, ratios.tolist(), strict=True):
        greatest[copy.entity] = max(greatest.get(copy.entity, -math.inf), ratio)

    def band(entity: EntityScore) -> Band:
        if entity.named:
            return Band.ATTRIBUTED
        if entity.p < SUSPECTED:
            return Band.SUSPECTED
        excluded = greatest[entity.entity] < EXCLUDED
        return Band.EXCLUDED if excluded else Band.NONE

    return {entity.entity: band(entity) for entity in entities}
