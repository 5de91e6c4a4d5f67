"""The joint decoder beside the single ones: which p is of record, and what to say of a pair."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from mapp_compliance.watermark.codes.decoders import CodeReading
from mapp_compliance.watermark.codes.joint import JointDecoder
from mapp_compliance.watermark.codes.kinds import Kinds
from mapp_compliance.watermark.codes.pairs import pair_p
from mapp_compliance.watermark.codes.prices import CODE_PRICE, JOINT_PRICE
from mapp_compliance.watermark.codes.scores import (
    EntityScore,
    InstanceScore,
    JointEvidence,
    PairClaim,
    Scores,
)
from mapp_compliance.watermark.codes.tags import p_with_tags
from mapp_compliance.watermark.codes.words import Codebook

PAIRS = 12  # pairs whose p is computed, the best of the search


def with_joint(book: Codebook, joint: JointDecoder, found: Scores) -> tuple[InstanceScore, ...]:
    """The copies with their joint evidence and their p of record.

    Args:
        found: scores by the single decoders alone.
    """
    held = Counter(copy.entity for copy in found.instances)
    scored = []
    for row, (copy, evidence) in enumerate(zip(found.instances, joint.scores(), strict=True)):
        within = CODE_PRICE * Fraction(copy.p_code) * held[copy.entity] <= found.bound
        p_joint = min(1.0, JOINT_PRICE * evidence.p)
        of_record = not within and p_joint < copy.p_code
        p_code = p_joint if of_record else copy.p_code
        score, null = joint.picture(row, evidence) if of_record else (0, ())
        scored.append(
            replace(
                copy,
                p_code=p_code,
                p_with_tags=p_with_tags(p_code, [e for _, e in copy.tag_e]),
                joint=JointEvidence(
                    p=evidence.p,
                    opens=tuple(sorted(book.instances[row] for row in evidence.opens)),
                    model=evidence.model.name,
                    p_set=evidence.p_set,
                    weight=evidence.weight,
                    of_record=of_record,
                    score=score,
                    null=null,
                ),
            )
        )
    return tuple(scored)


def best_pair(
    book: Codebook,
    reading: CodeReading,
    joint: JointDecoder,
    copies: Sequence[InstanceScore],
    entities: Sequence[EntityScore],
    share: Fraction,
) -> PairClaim | None:
    """The best pair of copies of two entities within the share, when nobody is named."""
    if any(entity.named for entity in entities):
        return None
    kinds, best = Kinds(reading), None
    pairs = [pair for pair in joint.pairs() if copies[pair[0]].entity != copies[pair[1]].entity]
    for pair in pairs[:PAIRS]:
        words = book.words[list(pair)][:, reading.columns]
        p = pair_p(kinds, words, len(copies))
        if p <= share and (best is None or p < best.p):
            one, two = sorted(book.instances[row] for row in pair)
            best = PairClaim((one, two), p)
    return best
