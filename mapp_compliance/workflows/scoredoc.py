"""What the scores give to the verdict document: names with their p, pseudonyms, bands, the null.

A run by method 1 has no joint decoder, and its document has none of the fields that speak of one:
it must come out byte for byte as it was. Copies whose words a joint p opens go by their pseudonyms
of the run, the named ones too, so that a blind reader learns nothing from them.
"""

import math
from collections import Counter
from fractions import Fraction

from mapp_compliance.attribution import Verdict, p_of_record, p_with_tags_of_record
from mapp_compliance.values import EntityId, InstanceId, instant_text
from mapp_compliance.watermark.codes import Band, InstanceScore, Phantoms, Scores
from mapp_compliance.watermark.codes.prices import CODE_PRICE, JOINT_PRICE
from mapp_compliance.workflows.across import rows_of
from mapp_compliance.workflows.evaluate import Evaluated
from mapp_compliance.workflows.figures import log10, up
from mapp_compliance.workflows.keys import pseudonym_of
from mapp_compliance.workflows.ports import Desk

OTHERS = 20  # scores of unnamed copies in the picture


def named_rows(desk: Desk, salt: bytes, answer: Evaluated) -> list[dict[str, object]]:
    """The named copies, each with the p that named it and what that p rests on."""
    scores = answer.scores
    if scores is None:
        return []
    by_instance = {str(copy.instance): copy for copy in answer.copies}
    entities = {entity.entity: entity for entity in scores.entities}
    named: list[dict[str, object]] = []
    for item in scores.instances:
        if item.instance not in answer.verdict.named:
            continue
        copy = by_instance.get(item.instance)
        issued = copy.delivered_at if copy else None
        p = up(_p_named(item, scores) * entities[item.entity].instances)
        row: dict[str, object] = {
            "copy": copy.id if copy else item.instance,
            "internal": bool(copy and copy.internal),
            "reserved": None if copy else item.instance,
            "issued_at": instant_text(issued) if issued else None,
            "p_value": p,
            "log10_p_value": log10(p),
        }
        named.append(row | (_rests_on(desk, salt, item, scores) if _is_joint(scores) else {}))
    return named


def _p_named(item: InstanceScore, scores: Scores) -> Fraction:
    """The p that named it: by code, or with tags where the code alone does not."""
    by_code = p_of_record(item)
    return by_code if by_code <= scores.bound else p_with_tags_of_record(item)


def _rests_on(desk: Desk, salt: bytes, item: InstanceScore, scores: Scores) -> dict[str, object]:
    """Which decoder the p of record is of, and which other words it takes to check it."""
    code = "joint" if item.by_joint else "single"
    by_code = p_of_record(item) <= scores.bound
    return {
        "decoder": code if by_code else f"{code} and tags",
        "opens": opened(desk, salt, item),
        "joint": joint_row(item),
    }


def opened(desk: Desk, salt: bytes, item: InstanceScore) -> list[str]:
    """Pseudonyms of the copies whose words the p of record needs beside the copy's own."""
    return sorted(pseudonym_of(desk, salt, name) for name in item.opens)


def joint_row(item: InstanceScore) -> dict[str, object] | None:
    """The joint evidence where the p of record rests on it."""
    joint = item.by_joint
    if joint is None:
        return None
    return {"model": joint.model, "p_set": joint.p_set, "weight": joint.weight}


def score_rows(
    desk: Desk, salt: bytes, verdict: Verdict, scores: Scores
) -> list[dict[str, object]]:
    """All instances under their pseudonyms, the strongest first."""
    ranked = sorted(
        (
            (log10(up(p_of_record(item))), pseudonym_of(desk, salt, item.instance), item)
            for item in scores.instances
        ),
        key=lambda row: row[:2],
    )
    if not _is_joint(scores):
        return [{"pseudonym": name, "log10_p": value} for value, name, _ in ranked]
    band = _bands(verdict, scores)
    return [
        {"pseudonym": name, "log10_p": value, "band": band[item.instance].value}
        for value, name, item in ranked
    ]


def _bands(verdict: Verdict, scores: Scores) -> dict[InstanceId, Band]:
    """The band of each copy: that of its entity, and attributed only where the verdict names."""
    of_entity = {entity.entity: entity.band for entity in scores.entities}
    named = {item.entity for item in scores.instances if item.instance in verdict.named}
    found = {}
    for item in scores.instances:
        band = of_entity[item.entity]
        if item.entity in named:
            band = Band.ATTRIBUTED
        elif band is Band.ATTRIBUTED:
            band = Band.SUSPECTED  # within Holm's steps, but vetoed or beyond the part of the code
        found[item.instance] = band
    return found


def joint_rows(desk: Desk, salt: bytes, answer: Evaluated) -> dict[str, object]:
    """What only a run with the joint decoder says beside the names."""
    scores, verdict = answer.scores, answer.verdict
    if scores is None or not _is_joint(scores):
        return {}
    counted = Counter(band.value for band in _bands(verdict, scores).values())
    pair = scores.pair if not verdict.named else None
    names: dict[EntityId, str] = {}
    for item in scores.instances:
        names.setdefault(item.entity, pseudonym_of(desk, salt, item.instance))
    return {
        "across_leaks": rows_of(answer.across, names),
        "bands": {band.value: counted[band.value] for band in Band},
        "pair": {
            "one_of": sorted(pseudonym_of(desk, salt, name) for name in pair.copies),
            "p_value": up(Fraction(pair.p)),
        }
        if pair
        else None,
        "residual": {
            "disagreements": scores.residual.disagreements,
            "p_value": up(Fraction(scores.residual.p)),
            "more_sources": scores.residual.more_sources,
        }
        if verdict.named
        else None,
    }


def information(scores: Scores) -> dict[str, object]:
    """How much the marks told."""
    return {
        "bits_read": round(scores.bits, 1),
        "bits_missing": round(scores.missing_bits, 1),
        "code_sites": scores.code_sites,
        "code_sites_read": scores.read_sites,
    }


def null_curve(verdict: Verdict, scores: Scores) -> dict[str, object]:
    """For a picture: the chance of each score for an innocent copy, and the scores of the copies.

    A copy that the joint decoder named is shown in its own test, all prices paid, where no other
    copy has a score.
    """
    named = [item for item in scores.instances if item.instance in verdict.named]
    best_p = min((item.p_code for item in named), default=1.0)
    best = next((item for item in named if item.p_code == best_p), None)
    joint = best.by_joint if best else None
    if joint is not None:
        price = math.log10(CODE_PRICE * Fraction(JOINT_PRICE))
        return {
            "score": [point for point, _ in joint.null],
            "log10_tail": [round(min(0.0, tail + price), 3) for _, tail in joint.null],
            "case_score": joint.score,
            "others": [],
            "decoder": "joint",
        }
    most = max((item.score for item in scores.instances), default=0)
    return {
        "score": [point for point, _ in scores.null],
        "log10_tail": [round(tail, 3) for _, tail in scores.null],
        "case_score": max(item.score for item in named) if named else most,
        "others": sorted(
            (item.score for item in scores.instances if item.instance not in verdict.named),
            reverse=True,
        )[:OTHERS],
    }


def phantom_row(scores: Scores) -> dict[str, object]:
    """The control by words that nobody has, of each decoder."""
    found = _control(scores.phantoms)
    joint = scores.phantoms_joint
    return found if joint is None else found | {"joint": _control(joint)}


def _control(phantoms: Phantoms) -> dict[str, object]:
    return {
        "count": phantoms.count,
        "best_p": up(Fraction(phantoms.best_p)),
        "rank_of_best_copy": phantoms.rank,
        "ok": phantoms.ok,
    }


def _is_joint(scores: Scores) -> bool:
    return scores.phantoms_joint is not None
