"""Explain one score of a run: which sites speak for and against one copy, and what is missing.

The run is done again from the quarantined bytes and must come out the same. A copy that the verdict
names may be asked for by its id; every other one goes by its pseudonym in that run, and the answer
holds no name. It holds nothing of any other codeword either, but where a named copy's p of record
is the joint one: that p opens a few words of others, and the weights of its sites tell them. Every
explanation is told in the history.
"""

import math
from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from mapp_compliance.attribution import Run, Sample, p_of_record
from mapp_compliance.errors import Broken, NotFound
from mapp_compliance.trust import digest
from mapp_compliance.watermark.codes import (
    InstanceScore,
    JointEvidence,
    Scores,
    SiteAgreement,
    agreements,
)
from mapp_compliance.workflows.attribute import replayed
from mapp_compliance.workflows.books import without
from mapp_compliance.workflows.evaluate import Evaluated
from mapp_compliance.workflows.figures import curve, down, log10, up
from mapp_compliance.workflows.keys import pseudonym_of
from mapp_compliance.workflows.log import transaction
from mapp_compliance.workflows.ports import Desk
from mapp_compliance.workflows.records import Event
from mapp_compliance.workflows.scoredoc import opened
from mapp_compliance.workflows.verdictdoc import body_of, run_salt


@dataclass(frozen=True, slots=True)
class _Subject:
    """The instance that is explained, under the name that may be shown."""

    row: int
    pseudonym: str
    copy: str | None


def explain(desk: Desk, sample: Sample, who: str, by: str = "") -> dict[str, Any]:
    """The newest scored run of a sample, explained for one pseudonym or one named copy.

    Raises:
        NotFound: the sample has no scored run, or no such pseudonym or named copy in it.
        Broken: the run no longer comes out as it did.
    """
    run = _newest(desk, sample)
    answer, document = replayed(desk, run)
    if digest(body_of(document)) != run.digest:
        raise Broken(
            f"run {run.digest.hex[:12]} no longer gives the same result; do not rely on it, and "
            "look for what changed in the workspace or the program"
        )
    subject = _subject(desk, sample, run, answer, who)
    with transaction(desk) as work:
        work.tell(Event("score explained", sample.id, desk.clock(), by, subject.pseudonym))
    excluded = frozenset(document["excluded_sites"])  # type: ignore[call-overload]  # a list of ids
    return _explained(desk, sample, run, answer, subject, excluded)


def _newest(desk: Desk, sample: Sample) -> Run:
    with desk.store.read() as work:
        runs = [run for run in work.runs.all(sample=sample.id) if run.advisory is not None]
    if not runs:
        raise NotFound(
            f"no marks of {sample.id} were scored; run 'mapp attribute {sample.id}' first"
        )
    return max(runs, key=lambda run: run.run_leaf)


def _subject(desk: Desk, sample: Sample, run: Run, answer: Evaluated, who: str) -> _Subject:
    if answer.scores is None:
        raise NotFound(f"nothing was scored for {sample.id}, so there is nothing to explain")
    ids = {str(copy.instance): str(copy.id) for copy in answer.copies}
    for row, item in enumerate(answer.scores.instances):
        name = pseudonym_of(desk, run_salt(sample, run.t), item.instance)
        shown = ids.get(item.instance, item.instance)
        named = item.instance in answer.verdict.named
        if who == name or (named and who == shown):
            return _Subject(row, name, shown if named else None)
    raise NotFound(
        f"no pseudonym and no named copy of this run is {who}; take one that 'mapp attribute' shows"
    )


def _explained(
    desk: Desk,
    sample: Sample,
    run: Run,
    answer: Evaluated,
    subject: _Subject,
    excluded: frozenset[str],
) -> dict[str, Any]:
    scores, book, reading = answer.scores, answer.book, answer.reading
    if scores is None or book is None or reading is None:
        raise NotFound(f"nothing was scored for {sample.id}, so there is nothing to explain")
    item = scores.instances[subject.row]
    joint = item.by_joint if subject.copy is not None else None
    site_map = reading.known.site_map
    symbols = without(reading.seen, site_map, excluded).symbols
    rows = [
        {
            "site": site_map.sites[one.place].id,
            "channel": site_map.sites[one.place].channel,
            "region": site_map.sites[one.place].region,
            "agrees": one.agrees,
            "weight_c1": one.weight_c1,
            "weight_sym": one.weight_sym,
            "bits": round(one.bits, 3),
            "read": one.symbol,
            "chance_of_one": one.chance_of_one,
            **_joint_weight(one),
        }
        for one in agreements(book, subject.row, symbols, joint)
    ]
    return {
        "sample": run.sample,
        "run": run.digest.hex,
        "explained": {
            "pseudonym": subject.pseudonym,
            "copy": subject.copy,
            "named": subject.copy is not None,
        },
        "score": item.score,
        "p_c1": up(Fraction(item.p_c1)),
        "p_sym": up(Fraction(item.p_sym)),
        "p_code": up(Fraction(item.p_code)),
        "p_of_record": up(p_of_record(item)),
        "p_with_tags": up(Fraction(item.p_with_tags)),
        "tags": [{"channel": name, "e_value": float(f"{e:.3g}")} for name, e in item.tag_e],
        "channels": _channels(rows),
        "null": curve(scores.null),
        "needed": _needed(item, scores),
        "joint": _joint(desk, sample, run, item, joint),
        "sites": rows,
    }


def _joint_weight(one: SiteAgreement) -> dict[str, object]:
    """What the joint test makes of one site; it tells how many of the opened words hold a 1."""
    if one.opened_ones is None:
        return {}
    return {
        "opened_ones": one.opened_ones,
        "wanted_joint": one.wanted,
        "weight_joint": one.weight_joint,
    }


def _joint(
    desk: Desk, sample: Sample, run: Run, item: InstanceScore, shown: JointEvidence | None
) -> dict[str, Any] | None:
    """The joint evidence: its p, and of a named copy whose record rests on it all that it takes."""
    if item.joint is None:
        return None
    found: dict[str, Any] = {"p": up(Fraction(item.joint.p)), "of_record": item.joint.of_record}
    if shown is None:
        return found
    return found | {
        "opens": opened(desk, run_salt(sample, run.t), item),
        "model": shown.model,
        "p_set": shown.p_set,
        "weight": shown.weight,
        "score": shown.score,
        "null": curve(shown.null),
    }


def _channels(rows: list[dict[str, Any]]) -> list[dict[str, object]]:
    """What each channel adds: sites that agree and that do not, and their part of the score."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        found[row["channel"]].append(row)
    return [
        {
            "channel": name,
            "read": len(own),
            "agree": sum(row["agrees"] for row in own),
            "score_c1": sum(row["weight_c1"] for row in own if row["agrees"]),
            "of_c1": sum(row["weight_c1"] for row in own),
        }
        for name, own in sorted(found.items())
    ]


def _needed(item: InstanceScore, scores: Scores) -> dict[str, object]:
    """How far this copy is from the bound, in the p of its entity."""
    entity = next(each for each in scores.entities if each.entity == item.entity)
    p = min(Fraction(1), p_of_record(item) * entity.instances)
    within = p <= scores.bound
    missing = 0.0 if within else math.log2(p) - math.log2(scores.bound)
    return {
        "bound": float(scores.bound),
        "log10_p": log10(up(p)),
        "within_bound": within,
        "bits_missing": round(missing, 1),
    }


def lines_of(found: dict[str, Any]) -> list[str]:
    """The explanation for people."""
    who, needed = found["explained"], found["needed"]
    name = who["copy"] or who["pseudonym"]
    verb = "is within" if needed["within_bound"] else "is not within"
    lines = [
        f"{name}: p <= {_up(found['p_of_record'])} by the code; it {verb} the bound of "
        f"{_up(needed['bound'])}"
    ]
    joint = found["joint"]
    if joint and "opens" in joint:
        lines.append(
            f"  the single decoders do not suffice; given the words of {len(joint['opens'])} "
            f"other copies ({', '.join(joint['opens']) or 'none'}) p_set <= "
            f"{_up(joint['p_set'])} at weight {down(joint['weight']):g} (model: {joint['model']})"
        )
    if not needed["within_bound"]:
        lines.append(f"  {needed['bits_missing']} bits more would be needed to name it")
    lines += [
        f"  {row['channel']}: {row['agree']} of {row['read']} read sites agree "
        f"(score {row['score_c1']} of {row['of_c1']})"
        for row in found["channels"]
    ]
    lines += [f"  tags of {row['channel']}: e = {row['e_value']:g}" for row in found["tags"]]
    return lines


def _up(chance: float) -> str:
    return f"{up(Fraction(chance)):g}"
