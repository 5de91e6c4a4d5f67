"""Attribute a sample: identify, read word-blind, log the reading, score, decide, open a case.

Order is evidence: the reading's leaf is in the ledger before any codeword is derived, and every
run is logged, also those that name nobody. Every further try costs: ``t`` counts them in the
ledger and the share of the bound shrinks with it. The same bytes again give the same answer from
the log.
"""

import json
from dataclasses import dataclass, replace
from datetime import datetime

from mapp_compliance.attribution import Run, Sample
from mapp_compliance.enforcement import Case
from mapp_compliance.errors import Broken, Conflict, NotFound
from mapp_compliance.trust import Json, canonical, digest
from mapp_compliance.values import AdvisoryId, Digest, instant, instant_text
from mapp_compliance.watermark import READER, observation_json
from mapp_compliance.watermark.codes import NEWEST, Method
from mapp_compliance.workflows.agree import NOBODY, Approvals
from mapp_compliance.workflows.evaluate import (
    Evaluated,
    Question,
    Reading,
    evaluated,
    unscored,
)
from mapp_compliance.workflows.log import transaction, unused_leaf
from mapp_compliance.workflows.matching import Material, matches_of, material
from mapp_compliance.workflows.opencase import open_cases
from mapp_compliance.workflows.ports import Desk, UnitOfWork
from mapp_compliance.workflows.records import Event
from mapp_compliance.workflows.spending import afford
from mapp_compliance.workflows.tries import number_of
from mapp_compliance.workflows.verdictdoc import Asked, body_of, displayed, run_document


@dataclass(frozen=True, slots=True)
class Attributed:
    """The answer: the verdict document as it is shown, and the cases that it opened."""

    run: Run
    document: dict[str, object]
    cases: tuple[Case, ...]
    repeated: bool


def attribute(
    desk: Desk,
    sample: Sample,
    only: AdvisoryId | None = None,
    excluded: frozenset[str] = frozenset(),
    approvals: Approvals = NOBODY,
) -> Attributed:
    """The verdict on a sample.

    Args:
        only: read this advisory's sites whatever the identification says.
        excluded: ids of sites whose bytes stand in detections that were shipped.
        approvals: of people who raise the bound of the year, asked for only when it is reached.
    Raises:
        NotFound: no such advisory, or nothing attached to it.
        NeedsApproval: the year has no room for one more scored sample; nothing was logged.
        Conflict: another sample was scored at the same time; the reading is logged, no run is.
        Broken: the copies are not those that were committed to.
    """
    held = material(desk, only)
    facts = facts_digest(desk, sample, held, only, excluded)
    earlier = _earlier(desk, sample, facts)
    if earlier:
        return earlier
    question = _question(desk, sample, held, only, excluded)
    known = question.known
    if known is None:
        leaf = _log_reading(desk, sample, held.digest)
        answer = unscored(desk, question)
        document = run_document(desk, question, None, answer, Asked(facts, only))
        return _log_run(desk, question, answer, document, None, held.digest, leaf)
    seen = desk.isolation.read(question.unwrapped.parts, known.site_map)
    reading = digest(canonical(observation_json(seen)))
    with desk.store.read() as work:
        t = number_of(work, question, known, reading)
    leaf = _log_reading(desk, sample, reading, (known.attachment.advisory, t, approvals))
    what = Reading(known, seen, reading, t, NEWEST)
    answer = evaluated(desk, question, what)
    document = run_document(desk, question, what, answer, Asked(facts, only))
    return _log_run(desk, question, answer, document, what, reading, leaf)


def _question(
    desk: Desk,
    sample: Sample,
    held: Material,
    only: AdvisoryId | None,
    excluded: frozenset[str],
) -> Question:
    files = [(item.name, desk.vault_get(item.blob)) for item in sample.files]
    maps = [item.site_map for item in held.readable]
    unwrapped, counts = desk.isolation.look(files, maps)
    matches = tuple(matches_of(desk, unwrapped.parts, counts, held, only))
    return Question(sample, unwrapped, held, matches, desk.clock(), excluded)


def find_sample(desk: Desk, sample_id: str) -> Sample:
    """The sample of that id. Raises NotFound."""
    with desk.store.read() as work:
        sample = work.samples.get(sample_id)
    if sample is None:
        raise NotFound(f"there is no sample {sample_id}; 'mapp sample list' shows the known ones")
    return sample


def facts_digest(
    desk: Desk,
    sample: Sample,
    held: Material,
    only: AdvisoryId | None,
    excluded: frozenset[str],
) -> Digest:
    """What a verdict rests on besides bytes and copies; while it is the same, so is the answer.

    A new version on record, a sighting, a holder, a release or a further report of the sample may
    change what the same reading allows to say; it is then asked again, at no cost to the bound. So
    it is when the program has learned to read; only if it reads something else does that cost.
    """
    advisories = sorted({item.attachment.advisory for item in held.packages})
    with desk.store.read() as work:
        reports: list[Json] = [item.digest.hex for item in work.compromises.all()]
        known: list[Json] = [
            [
                name,
                [item.id for item in work.sightings.all(advisory=name)],
                [item.id for item in work.holders.all() if item.held(name)],
                [item.id for item in work.copies.all(advisory=name) if item.extracted_at],
                instant_text(released) if (released := _released(work, name)) else None,
            ]
            for name in advisories
        ]
    return digest(
        canonical(
            {
                "material": held.digest.hex,
                "fixed": [item.attachment.map_id.hex for item in held.packages if item.fixed],
                "only": only,
                "reader": READER,
                "excluded": sorted(excluded),
                "seen": sample.seen.text(),
                "stolen": reports,
                "known": known,
            }
        )
    )


def _released(work: UnitOfWork, name: AdvisoryId) -> datetime | None:
    advisory = work.advisories.get(name)
    return advisory.released_at if advisory else None


def _earlier(desk: Desk, sample: Sample, facts: Digest) -> Attributed | None:
    with desk.store.read() as work:
        runs = [
            run
            for run in work.runs.all(sample=sample.id)
            if run.method == NEWEST.value and json.loads(run.document).get("facts") == facts.hex
        ]
        if not runs:
            return None
        run = max(runs, key=lambda item: item.run_leaf)
        cases = tuple(case for case in work.cases.all(sample=sample.id) if case.run == run.digest)
        return Attributed(run, displayed(work, run), cases, repeated=True)


def _log_reading(
    desk: Desk,
    sample: Sample,
    reading: Digest,
    scored: tuple[AdvisoryId, int, Approvals] | None = None,
) -> int:
    """The leaf of a reading; ``scored``, as which sample of which advisory, costs its share."""
    body = {"sample": sample.digest.hex, "reading": reading.hex, "method": _method_digest().hex}
    with transaction(desk) as work:
        if scored is not None:
            afford(desk, work, *scored)
        used = {run.reading_leaf for run in work.runs.all(sample=sample.id)}
        if (stopped := unused_leaf(work, "reading", body, used)) is not None:
            return stopped
        leaf = work.ledger.append("reading", dict(body), desk.clock())
        work.tell(Event("sample read", sample.id, desk.clock(), detail=f"leaf {leaf.index}"))
    return leaf.index


def _method_digest() -> Digest:
    return digest(NEWEST.value.encode())


def replay(desk: Desk, run: Run) -> Digest:
    """The digest that the run gives when all of it is done again from the quarantined bytes.

    Raises:
        Broken: the reading itself came out differently.
    """
    return digest(body_of(replayed(desk, run)[1]))


def replayed(desk: Desk, run: Run) -> tuple[Evaluated, dict[str, object]]:
    """A run done again: its evaluation, and its document.

    Raises:
        Conflict: another reader made it, and this program's reads the sample differently.
        Broken: the reading itself came out differently.
    """
    past = json.loads(run.document)
    sample = find_sample(desk, run.sample).as_of(run.reading_leaf)
    facts, excluded = Digest(past["facts"]), frozenset(past["excluded_sites"])
    only, as_of = past["only"], instant(past["as_of"])
    held = material(desk, only).as_of(as_of)
    question = replace(_question(desk, sample, held, only, excluded), known_at=as_of)
    known = question.known
    if run.advisory is None or known is None:
        answer = unscored(desk, question)
        return answer, run_document(desk, question, None, answer, Asked(facts, only))
    seen = desk.isolation.read(question.unwrapped.parts, known.site_map)
    reading = digest(canonical(observation_json(seen)))
    if reading != run.reading:
        if not str(past["method"]).endswith(f"+{seen.method}"):
            raise Conflict(
                f"run {run.digest.hex[:12]} was read by another reader than this program's, which "
                "reads the sample differently; replay it with the version that made it, or "
                "attribute the sample again and go on from that verdict"
            )
        raise Broken(
            f"the sample of run {run.digest.hex[:12]} no longer reads as it did; stop, and look "
            "for what changed in the workspace or the program"
        )
    what = Reading(known, seen, reading, run.t, method_of(run), past=run)
    answer = evaluated(desk, question, what)
    return answer, run_document(desk, question, what, answer, Asked(facts, only))


def method_of(run: Run) -> Method:
    """How a run was scored. Raises Broken for a method that this program does not know."""
    found = next((method for method in Method if method.value == run.method), None)
    if found is None:
        raise Broken(
            f"run {run.digest.hex[:12]} was scored by a method that this program does not know; "
            "replay it with the program that made it, or a newer one"
        )
    return found


def _log_run(
    desk: Desk,
    question: Question,
    answer: Evaluated,
    document: dict[str, object],
    what: Reading | None,
    reading: Digest,
    reading_leaf: int,
) -> Attributed:
    """The run in the log, with the cases that it opens; one that scored nothing like any other."""
    now, sample = desk.clock(), question.sample
    body, verdict = body_of(document), answer.verdict
    with transaction(desk) as work:
        if what is not None and number_of(work, question, what.known, reading) != what.t:
            raise Conflict(
                f"another sample of {what.known.attachment.advisory} was scored meanwhile, and two "
                "may not have the same share of the bound; nothing was concluded, run the same "
                "command again"
            )
        leaf = work.ledger.append(
            "run", {"sample": sample.digest.hex, "run": digest(body).hex}, now
        )
        run = Run(
            sample=sample.id,
            advisory=what.known.attachment.advisory if what else None,
            digest=digest(body),
            reading=reading,
            method=NEWEST.value,
            t=what.t if what else 0,
            at=now,
            reading_leaf=reading_leaf,
            run_leaf=leaf.index,
            verdict=verdict.kind.value,
            document=body.decode(),
        )
        work.runs.put(run)
        named = [copy for copy in answer.copies if copy.instance in verdict.named]
        cases = open_cases(desk, work, run, named, len(verdict.vetoes))
        work.tell(Event("verdict reached", sample.id, now, detail=verdict.kind.value))
        shown = displayed(work, run)
    return Attributed(run, shown, tuple(cases), repeated=False)
