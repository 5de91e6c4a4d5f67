"""The verdict as the document that is printed, kept, hashed into the ledger and reported.

Numbers that a reader compares are texts with fixed rounding, p-values rounded up and never below
1e-12: no chain of custody is better than that. Whoever is not named appears under a pseudonym
drawn for this run.
"""

import math
from collections.abc import Sequence
from fractions import Fraction

from mapp_compliance.attribution import Sample, Verdict, p_of_record, p_with_tags_of_record
from mapp_compliance.distribution import Copy, Reserved
from mapp_compliance.values import instant_text
from mapp_compliance.watermark import Observation
from mapp_compliance.watermark.codes import InstanceScore, Scores
from mapp_compliance.workflows.keys import pseudonym_of
from mapp_compliance.workflows.matching import Match
from mapp_compliance.workflows.ports import Desk

LEAST_P = Fraction(1, 10**12)
CUSTODY = {
    "public": "found in the open, hashed and logged at intake",
    "closed": "from a closed source, hashed and logged at intake",
    "scan-service": "from a scanning service, hashed and logged at intake",
    "private": "handed in privately, hashed and logged at intake",
}


def up(p: Fraction) -> float:
    """A p-value for people: three significant digits, rounded up, from 1e-12 to 1."""
    bounded = min(Fraction(1), max(LEAST_P, p))
    scale = 10 ** (2 - math.floor(math.log10(bounded)))
    return min(1.0, float(Fraction(math.ceil(bounded * scale), scale)))


def run_document(
    desk: Desk,
    sample: Sample,
    matches: Sequence[Match],
    verdict: Verdict,
    scores: Scores | None,
    seen: Observation | None,
    t: int,
    copies: Sequence[Copy],
    notes: Sequence[str],
) -> dict[str, object]:
    """The whole answer on one sample, as plain JSON values."""
    artifacts = [_artifact(match) for match in _distinct(matches)]
    run_salt = sample.digest.raw + t.to_bytes(4, "big")
    return {
        "verdict": verdict.kind.value,
        "sample": {
            "id": sample.id,
            "sha256": sample.digest.hex,
            "seen": sample.seen.text(),
            "submitted_at": instant_text(sample.submitted_at),
            "source": sample.source,
            "visibility": sample.visibility.value,
        },
        "artifact": artifacts[0] if artifacts else None,
        "other_artifacts": artifacts[1:],
        "copies": _named(verdict, scores, copies) if scores else [],
        "scores": _pseudonyms(desk, run_salt, scores) if scores else [],
        "candidates": len(scores.entities) if scores else 0,
        "bound": _bound(desk, scores, t),
        "method": f"{scores.method}+{seen.method}" if scores and seen else "identify/1",
        "custody_level": CUSTODY[sample.visibility.value],
        "evidence": _evidence(seen) if seen else [],
        "information": _information(scores) if scores else None,
        "null": _null(verdict, scores) if scores else None,
        "phantom_control": _phantoms(scores) if scores else None,
        "vetoes": list(verdict.vetoes),
        "limits": [*verdict.limits, *_left_out(notes)],
        "next_steps": list(verdict.next_steps),
        "notes": list(notes),
    }


def _left_out(notes: Sequence[str]) -> list[str]:
    """Parts that no budget had room for may hold what was looked for."""
    cut = sum(note.startswith("truncated:") for note in notes)
    return [f"the sample was not read whole; {cut} note(s) say what was left out"] if cut else []


def _distinct(matches: Sequence[Match]) -> list[Match]:
    """The best match of each file, in order."""
    seen: set[str] = set()
    kept = []
    for match in matches:
        ref = match.known.ref(match.path)
        if ref not in seen:
            seen.add(ref)
            kept.append(match)
    return kept


def _artifact(match: Match) -> dict[str, object]:
    attachment = match.known.attachment
    return {
        "advisory": attachment.advisory,
        "revision": attachment.revision,
        "stage": attachment.stage,
        "path": match.path,
        "similarity": round(match.similarity, 3),
        "code_sites_located": match.located,
    }


def _named(verdict: Verdict, scores: Scores, copies: Sequence[Copy]) -> list[dict[str, object]]:
    by_instance = {str(copy.instance): copy for copy in copies}
    entities = {entity.entity: entity for entity in scores.entities}
    reserved = {item.value for item in Reserved}
    named: list[dict[str, object]] = []
    for item in scores.instances:
        if item.instance not in verdict.named:
            continue
        copy = by_instance.get(item.instance)
        p = up(_p_named(item, scores) * entities[item.entity].instances)
        named.append(
            {
                "copy": copy.id if copy else item.instance,
                "recipient": copy.recipient if copy else None,
                "entity": item.entity,
                "internal": bool(copy and copy.internal),
                "reserved": item.instance if item.instance in reserved else None,
                "issued_at": instant_text(copy.delivered_at)
                if copy and copy.delivered_at
                else None,
                "p_value": p,
                "log10_p_value": _log10(p),
            }
        )
    return named


def _p_named(item: InstanceScore, scores: Scores) -> Fraction:
    """The p that named it: by code, or with tags where the code alone does not."""
    by_code = p_of_record(item)
    return by_code if by_code <= scores.bound else p_with_tags_of_record(item)


def _pseudonyms(desk: Desk, salt: bytes, scores: Scores) -> list[dict[str, object]]:
    ranked = sorted(
        (_log10(up(p_of_record(item))), pseudonym_of(desk, salt, item.instance))
        for item in scores.instances
    )
    return [{"pseudonym": name, "log10_p": value} for value, name in ranked]


def _bound(desk: Desk, scores: Scores | None, t: int) -> dict[str, object]:
    if scores is None:
        return {"family_wise": 0.0, "per_entity": 0.0, "t": 0, "alpha": desk.program.alpha}
    return {
        "family_wise": float(scores.share),
        "per_entity": float(scores.bound),
        "t": t,
        "alpha": desk.program.alpha,
    }


def _evidence(seen: Observation) -> list[dict[str, object]]:
    return [
        {
            "channel": item.channel,
            "sites": item.sites,
            "read": item.read,
            "erased": item.erased,
            "contradicted": item.contradicted,
            "health": _health(item.read, item.sites, item.contradicted),
        }
        for item in seen.health
    ]


def _health(read: int, sites: int, contradicted: int) -> str:
    if not read:
        return "lost"
    if contradicted * 4 > sites:
        return "contradictory"
    return "good" if read * 4 >= sites * 3 else "partial"


def _information(scores: Scores) -> dict[str, object]:
    return {
        "bits_read": round(scores.bits, 1),
        "bits_missing": round(scores.missing_bits, 1),
        "code_sites": scores.code_sites,
        "code_sites_read": scores.read_sites,
    }


def _null(verdict: Verdict, scores: Scores) -> dict[str, object]:
    named = [item.score for item in scores.instances if item.instance in verdict.named]
    best = max((item.score for item in scores.instances), default=0)
    return {
        "score": [point for point, _ in scores.null],
        "log10_tail": [round(tail, 3) for _, tail in scores.null],
        "case_score": max(named) if named else best,
        "others": sorted(
            (item.score for item in scores.instances if item.instance not in verdict.named),
            reverse=True,
        )[:20],
    }


def _phantoms(scores: Scores) -> dict[str, object]:
    return {
        "count": scores.phantoms.count,
        "best_p": up(Fraction(scores.phantoms.best_p)),
        "rank_of_best_copy": scores.phantoms.rank,
        "ok": scores.phantoms.ok,
    }


def _log10(p: float) -> float:
    return round(math.log10(p), 3)
