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
    SCORE_2 = (
        "mapp-score/2;c1@.25;sym@.25;joint@.5,models=84,beam=48,known=4,looks=6;quant=1/32;"
        "noise=.05;misread=6;channels=.9,.05,.05;tags=bet.5,cap1e4;holm=entities"
    )


NEWEST = Method.SCORE_2  # of every new run; a run on record is replayed by its own


@dataclass(frozen=True, slots=True)
class JointEvidence:
    """The evidence of the joint decoder against one copy.

    Attributes:
        p: ``p_set / weight``, exact and rounded up.
        opens: copies whose words ``p_set`` needs beside the accused one's, by id.
        model: number of sources, how they chose, noise.
        p_set: exact p of the accused word, given those words and that model.
        weight: part of the level that this set and model had, fixed without the accused word.
        of_record: the p of record of the copy rests on it, as the single decoders do not suffice.
        score, null: of record only: the score of that test in steps of 1/32, and for a picture
            (score, log10 of ``p_set / weight`` there, at most 0).
    """

    p: float
    opens: tuple[InstanceId, ...]
    model: str
    p_set: float
    weight: float
    of_record: bool
    score: int = 0
    null: tuple[tuple[int, float], ...] = ()


class Band(Enum):
    """How near an entity is to being named."""

    ATTRIBUTED = "attributed"  # within the share
    SUSPECTED = "suspected"  # p below 1e-3: a reason to look, none to act
    EXCLUDED = "excluded"  # as the only source: 1e6 times less likely than if innocent
    NONE = "none"


@dataclass(frozen=True, slots=True)
class PairClaim:
    """At least one of two copies was among the sources; a reason to look, none to act.

    ``p`` is the chance that any pair of copies that were both no source fits so well.
    """

    copies: tuple[InstanceId, InstanceId]
    p: float


@dataclass(frozen=True, slots=True)
class InstanceScore:
    """The evidence against one copy.

    Attributes:
        score: c1 score in steps of 1/32, on the axis of ``Scores.null``.
        p_c1, p_sym: exact p of the two decoders.
        p_code: p of record before the share of the code: the single decoders with their weights
            when they suffice to name the copy, else the joint one too.
        tag_e: capped e-value of each tag channel.
        tag_hits: places in the map of the tags that match.
        p_with_tags: p_code divided by the e-values.
        joint: None where the method has no joint decoder.
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
    joint: JointEvidence | None = None

    @property
    def by_joint(self) -> JointEvidence | None:
        """The joint evidence where the p of record rests on it."""
        return self.joint if self.joint is not None and self.joint.of_record else None

    @property
    def opens(self) -> tuple[InstanceId, ...]:
        """The copies whose words the p of record needs beside this one's."""
        return self.by_joint.opens if self.by_joint is not None else ()


@dataclass(frozen=True, slots=True)
class EntityScore:
    """The evidence against all copies of one entity; ``named`` by Holm on the code p alone."""

    entity: EntityId
    instances: int
    p: float
    p_with_tags: float
    named: bool
    band: Band = Band.NONE


@dataclass(frozen=True, slots=True)
class Residual:
    """What the accused words leave unexplained.

    Attributes:
        accused: best copy of each named entity; of all copies when nobody is named.
        disagreements: read sites where none of them agrees.
        p: chance of so many, if each read site is wrong with chance .15.
        more_sources: somebody is named and p is below .01, or somebody else's p is below .01
            divided by the number of entities: at least one more source.
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
        phantoms_joint: the control of the joint decoder; None where the method has none.
        pair: a claim on two copies, only when nobody is named.
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
    phantoms_joint: Phantoms | None = None
    pair: PairClaim | None = None
