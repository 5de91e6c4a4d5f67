"""What scoring gives back: plain frozen values, one for each copy and entity.

>>> Method.SCORE_1.value.split(";")[0]
'mapp-score/1'
"""

from dataclasses import dataclass
from enum import Enum
from fractions import Fraction

from mapp_compliance.values import Digest, EntityId, InstanceId
from mapp_compliance.watermark.codes.phantoms import Phantoms


class Method(Enum):
    """How scores come about; the id is part of every run leaf. Old ones are kept for ever."""

    SCORE_1 = (
        "mapp-score/1;c1@.25;sym@.25;joint@absent.5;quant=1/32;noise=.05;"
        "tags=bet.5,cap1e4;holm=entities"
    )


@dataclass(frozen=True, slots=True)
class InstanceScore:
    """The evidence against one copy.

    Attributes:
        score: c1 score in steps of 1/32, on the axis of ``Scores.null``.
        p_c1, p_sym: exact p of the two decoders.
        p_code: both in one p, with their weights.
        tag_e: capped e-value of each tag channel.
        tag_hits: places in the map of the tags that match.
        p_with_tags: p_code divided by the e-values.
    """

    instance: InstanceId
    entity: EntityId
    score: int
    p_c1: float
    p_sym: float
    p_code: float
    tag_e: tuple[tuple[str, float], ...]
    tag_hits: tuple[int, ...]
    p_with_tags: float


@dataclass(frozen=True, slots=True)
class EntityScore:
    """The evidence against all copies of one entity; ``named`` by Holm on the code p alone."""

    entity: EntityId
    instances: int
    p: float
    p_with_tags: float
    named: bool


@dataclass(frozen=True, slots=True)
class Residual:
    """What the accused words leave unexplained.

    Attributes:
        accused: best copy of each named entity; of all copies when nobody is named.
        disagreements: read sites where none of them agrees.
        p: chance of so many, if each read site is wrong with chance .15.
        more_sources: somebody is named and p is below .01: at least one more source.
    """

    accused: tuple[InstanceId, ...]
    disagreements: int
    p: float
    more_sources: bool


@dataclass(frozen=True, slots=True)
class Scores:
    """All that one observation says about all copies.

    Attributes:
        method, map_id: how, and of which map.
        share: chance to name any innocent entity is at most this.
        bound: first step of Holm, share / number of entities: within it an entity is named.
        code_sites, read_sites: code sites of the map, and how many of them were read.
        bits: information read, of the code sites.
        missing_bits: bits more that must be read before anybody could be named; 0 if possible.
        instances: in the order of the codebook. entities: by id.
        null: (c1 score in steps of 1/32, log10 of its tail for an innocent), for a picture.
    """

    method: str
    map_id: Digest
    share: Fraction
    bound: Fraction
    code_sites: int
    read_sites: int
    bits: float
    missing_bits: float
    instances: tuple[InstanceScore, ...]
    entities: tuple[EntityScore, ...]
    residual: Residual
    phantoms: Phantoms
    null: tuple[tuple[int, float], ...]
