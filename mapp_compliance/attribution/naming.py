"""Which copies lie within the bound, and whose tags the sample shows: the only place that names.

The chance that this names any innocent copy is at most the share of the scored sample: the code
alone has 15/16 of the level, code with tags of two channels the last 16th.

>>> CODE_PRICE, TAG_PRICE
(Fraction(16, 15), 16)
"""

from collections.abc import Mapping
from fractions import Fraction

from mapp_compliance.watermark.codes import InstanceScore, Scores

CODE_SUPPORT = 1e-3  # D7: code p that tags may add to
LEAD_CHANCE = 0.05  # over all copies together: rarer than that is worth another look
CONFLICT_CHANCE = 1e-3  # over all copies together: a tag hit rarer than that is no accident
CODE_PRICE, TAG_PRICE = Fraction(16, 15), 16  # 1 / share of the level; they sum to 1
TAG_CHANNELS = 2  # D7: tags count only from two channels


def named_by(scores: Scores) -> tuple[InstanceScore, ...]:
    """Copies within the bound, by code alone or by code with two tag channels."""
    entities = {entity.entity: entity for entity in scores.entities}
    by_code = tuple(
        item
        for item in scores.instances
        if p_of_record(item) * entities[item.entity].instances <= scores.bound
    )
    if by_code:
        return by_code
    with_tags = tuple(
        item
        for item in scores.instances
        if item.p_code <= CODE_SUPPORT
        and sum(e > 1 for _, e in item.tag_e) >= TAG_CHANNELS
        and p_with_tags_of_record(item) * entities[item.entity].instances <= scores.bound
    )
    return with_tags if len(with_tags) == 1 else ()


def p_of_record(item: InstanceScore) -> Fraction:
    """The p-value of one copy by its code alone, at its part of the level."""
    return min(Fraction(1), CODE_PRICE * Fraction(item.p_code))


def p_with_tags_of_record(item: InstanceScore) -> Fraction:
    """The p-value of one copy by its code and tags, at their part of the level."""
    return min(Fraction(1), TAG_PRICE * Fraction(item.p_with_tags))


def foreign_tags(scores: Scores, spaces: Mapping[int, int]) -> tuple[InstanceScore, ...]:
    """Copies whose tags are shown though their own code p is above 1e-3.

    Args:
        spaces: number of values of each tag site by its place in the map.
    """
    chance_below = Fraction(CONFLICT_CHANCE) / len(scores.instances)
    found = []
    for item in scores.instances:
        chance = Fraction(1)
        for place in item.tag_hits:
            chance /= spaces[place]
        if item.p_code > CODE_SUPPORT and chance <= chance_below:
            found.append(item)
    return tuple(found)


def is_lead(scores: Scores) -> bool:
    """Whether the best copy is rarer than luck, over all copies together."""
    best = min(min(item.p_code, item.p_with_tags) for item in scores.instances)
    return best * len(scores.instances) <= LEAD_CHANCE
