"""The verdict as the document that is printed, kept, hashed into the ledger and reported.

Numbers that a reader compares are texts with fixed rounding, p-values rounded up and never below
1e-12: no chain of custody is better than that. Whoever is not named appears under a pseudonym
drawn for this run.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mapp_compliance.attribution import Run, Sample
from mapp_compliance.values import AdvisoryId, Digest, instant_text
from mapp_compliance.watermark import Observation
from mapp_compliance.watermark.codes import Scores
from mapp_compliance.workflows.besidedoc import group_rows, own_values, stage_rows
from mapp_compliance.workflows.evaluate import Evaluated, Question, Reading
from mapp_compliance.workflows.figures import curve
from mapp_compliance.workflows.keys import pseudonym_of
from mapp_compliance.workflows.matching import Match
from mapp_compliance.workflows.ports import Desk, UnitOfWork
from mapp_compliance.workflows.scoredoc import (
    information,
    joint_rows,
    named_rows,
    null_curve,
    phantom_row,
    score_rows,
)

CUSTODY = {
    "public": "found in the open, hashed and logged at intake",
    "closed": "from a closed source, hashed and logged at intake",
    "scan-service": "from a scanning service, hashed and logged at intake",
    "private": "handed in privately, hashed and logged at intake",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What the answer depends on besides bytes: for finding the same answer in the log again."""

    facts: Digest
    only: AdvisoryId | None


def run_document(
    desk: Desk, question: Question, reading: Reading | None, answer: Evaluated, asked: Asked
) -> dict[str, object]:
    """The whole answer on one sample, as plain JSON values; it holds no recipient's name or id."""
    scores, verdict, sample = answer.scores, answer.verdict, question.sample
    artifacts = [_artifact(match) for match in _distinct(question.matches)]
    seen = reading.seen if reading else None
    t = reading.t if reading else 0
    salt = run_salt(sample, t)
    return {
        "verdict": verdict.kind.value,
        "rule": verdict.rule,
        "sample": _sample(sample),
        "artifact": artifacts[0] if artifacts else None,
        "other_artifacts": artifacts[1:],
        "copies": named_rows(desk, salt, answer) if scores else [],
        "scores": score_rows(desk, salt, verdict, scores) if scores else [],
        "candidates": verdict.candidates,
        "bound": _bound(desk, scores, t),
        "method": f"{scores.method}+{seen.method}" if scores and seen else "identify/1",
        "custody_level": CUSTODY[sample.visibility.value],
        "evidence": _evidence(seen) if seen else [],
        "stages": stage_rows(answer.beside),
        "groups": group_rows(answer.beside),
        "own_values": own_values(answer.beside),
        "information": information(scores) if scores else None,
        "null": null_curve(verdict, scores) if scores else None,
        "phantom_control": phantom_row(scores) if scores else None,
        "vetoes": list(verdict.vetoes),
        "limits": [*verdict.limits, *_left_out(question.unwrapped.notes)],
        "next_steps": list(verdict.next_steps),
        "notes": list(question.unwrapped.notes),
        "excluded_sites": sorted(question.excluded),
        "only": asked.only,
        "facts": asked.facts.hex,
        "as_of": instant_text(question.known_at),
        **joint_rows(desk, salt, answer),
    }


def body_of(document: Mapping[str, object]) -> bytes:
    """The bytes of a document that the ledger is told the digest of."""
    return json.dumps(document, sort_keys=True, separators=(",", ":")).encode()


def run_salt(sample: Sample, t: int) -> bytes:
    """What the pseudonyms of one run are drawn with."""
    return sample.digest.raw + t.to_bytes(4, "big")


def displayed(work: UnitOfWork, run: Run) -> dict[str, Any]:
    """The document of a run with the recipients of the named copies.

    The log knows copies only, so names, countries or tiers can have no part in a verdict; who holds
    a copy is looked up when it is shown. The picture ends at the least chance that is told; runs on
    record go further, and their bytes stay.
    """
    document: dict[str, Any] = json.loads(run.document)
    if null := document["null"]:
        null |= curve(zip(null["score"], null["log10_tail"], strict=True))
    for item in document["copies"]:
        copy = work.copies.get(str(item["copy"]))
        item["recipient"] = copy.recipient if copy else None
        item["entity"] = copy.entity if copy else item["reserved"]
    return document


def document_of(desk: Desk, run: Run) -> dict[str, Any]:
    """The document of a run as it is shown."""
    with desk.store.read() as work:
        return displayed(work, run)


def blind_document(desk: Desk, run: Run) -> dict[str, Any]:
    """The document of a run with pseudonyms in the place of the named copies.

    Verdict and figures stay; when a copy was issued is left out, as it may tell the wave.
    """
    with desk.store.read() as work:
        document = displayed(work, run)
        sample = work.samples.get(run.sample)
        for item in document["copies"]:
            copy = work.copies.get(str(item["copy"]))
            if sample is None or copy is None:
                continue
            name = pseudonym_of(desk, run_salt(sample, run.t), copy.instance)
            item |= {"copy": name, "recipient": name, "entity": name, "issued_at": None}
    return document | {"blind": True}


def _sample(sample: Sample) -> dict[str, object]:
    return {
        "id": sample.id,
        "sha256": sample.digest.hex,
        "seen": sample.seen.text(),
        "submitted_at": instant_text(sample.submitted_at),
        "source": sample.source,
        "visibility": sample.visibility.value,
    }


def _left_out(notes: Sequence[str]) -> list[str]:
    """Parts that no budget had room for may hold what was looked for."""
    cut = sum(note.startswith("truncated:") for note in notes)
    return [f"the sample was not read whole; {cut} note(s) say what was left out"] if cut else []


def _distinct(matches: Sequence[Match]) -> list[Match]:
    """The best match of each file of each version, in order."""
    seen: set[tuple[object, ...]] = set()
    kept = []
    for match in matches:
        key = (match.advisory, match.revision, match.stage, match.path)
        if key not in seen:
            seen.add(key)
            kept.append(match)
    return kept


def _artifact(match: Match) -> dict[str, object]:
    return {
        "advisory": match.advisory,
        "revision": match.revision,
        "stage": match.stage,
        "path": match.path,
        "similarity": round(match.similarity, 3),
        "code_sites_located": match.located,
    }


def _bound(desk: Desk, scores: Scores | None, t: int) -> dict[str, object]:
    if scores is None:
        alpha = desk.program.alpha
        return {"family_wise": 0.0, "per_entity": 0.0, "t": 0, "alpha": alpha, "entities": 0}
    return {
        "entities": len(scores.entities),
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
