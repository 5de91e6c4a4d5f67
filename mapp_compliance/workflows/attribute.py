"""Attribute a sample: identify, read word-blind, log the reading, score, decide, open a case.

Order is evidence: the reading's leaf is in the ledger before any codeword is derived, and every
run is logged, also those that name nobody. A second scored reading of the same advisory costs:
``t`` counts them in the ledger and the share of the bound shrinks with it. The same bytes again
give the same answer from the log.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from mapp_compliance.advisories import SetUp
from mapp_compliance.attribution import (
    Candidacy,
    Circumstances,
    Holding,
    Run,
    Sample,
    Unwrapped,
    Verdict,
    Visibility,
    conclude,
)
from mapp_compliance.distribution import Copy, CopyState, Reserved
from mapp_compliance.enforcement import Case
from mapp_compliance.errors import Broken, NotFound
from mapp_compliance.trust import canonical, digest
from mapp_compliance.values import AdvisoryId, Digest, EntityId, InstanceId
from mapp_compliance.watermark import (
    Observation,
    SiteMap,
    observation_json,
    original,
    read,
)
from mapp_compliance.watermark.codes import (
    PHANTOMS,
    Codebook,
    Method,
    Scores,
    codebook,
    score,
    share_of,
)
from mapp_compliance.workflows.committed import check_committed
from mapp_compliance.workflows.keys import mark_key, phantom_key
from mapp_compliance.workflows.log import transaction
from mapp_compliance.workflows.matching import Known, Match, known_packages, matches_of
from mapp_compliance.workflows.opencase import open_cases
from mapp_compliance.workflows.ports import Desk, UnitOfWork
from mapp_compliance.workflows.records import Event
from mapp_compliance.workflows.verdictdoc import run_document

METHOD = Method.SCORE_1


@dataclass(frozen=True, slots=True)
class Attributed:
    """The answer: the verdict document, and the cases that it opened."""

    run: Run
    document: dict[str, object]
    cases: tuple[Case, ...]
    repeated: bool


def attribute(desk: Desk, sample: Sample, only: AdvisoryId | None = None) -> Attributed:
    """The verdict on a sample.

    Args:
        only: read this advisory's sites whatever the identification says.
    Raises:
        NotFound: no such advisory, or nothing attached to it.
        Broken: the copies are not those that were committed to.
    """
    known = known_packages(desk, only)
    index_digest = digest(canonical([item.attachment.map_id.hex for item in known]))
    earlier = _earlier(desk, sample, index_digest)
    if earlier:
        return earlier
    unwrapped = _parts(desk, sample)
    matches = matches_of(desk, unwrapped.parts, known, only)
    if not matches:
        return _log_nothing(desk, sample, index_digest, unwrapped)
    best = matches[0].known
    if not best.fixed:
        return _log_nothing(desk, sample, index_digest, unwrapped, matches)
    seen = read(unwrapped.parts, best.site_map)
    reading = digest(canonical(observation_json(seen)))
    leaf = _log_reading(desk, sample, reading)
    with desk.store.read() as work:
        t = _count(work, best.attachment.advisory, reading)
    scored = _evaluated(desk, sample, matches, seen, reading, t, unwrapped)
    return _log_run(desk, sample, best.attachment.advisory, scored, reading, leaf, t)


def find_sample(desk: Desk, sample_id: str) -> Sample:
    """The sample of that id. Raises NotFound."""
    with desk.store.read() as work:
        sample = work.samples.get(sample_id)
    if sample is None:
        raise NotFound(f"there is no sample {sample_id}; 'mapp sample list' shows the known ones")
    return sample


def _earlier(desk: Desk, sample: Sample, index: Digest) -> Attributed | None:
    with desk.store.read() as work:
        runs = [
            run
            for run in work.runs.all(sample=sample.id)
            if run.method == METHOD.value and (run.advisory is not None or run.reading == index)
        ]
        if not runs:
            return None
        run = max(runs, key=lambda item: item.run_leaf)
        cases = tuple(case for case in work.cases.all(sample=sample.id) if case.run == run.digest)
    return Attributed(run, json.loads(run.document), cases, repeated=True)


def _parts(desk: Desk, sample: Sample) -> Unwrapped:
    files = [(item.name, desk.vault_get(item.blob)) for item in sample.files]
    return desk.isolation.parts(files)


def _log_reading(desk: Desk, sample: Sample, reading: Digest) -> int:
    with transaction(desk) as work:
        leaf = work.ledger.append(
            "reading",
            {"sample": sample.digest.hex, "reading": reading.hex, "method": _method_digest().hex},
            desk.clock(),
        )
        work.tell(Event("sample read", sample.id, desk.clock(), detail=f"leaf {leaf.index}"))
    return leaf.index


def _method_digest() -> Digest:
    return digest(METHOD.value.encode())


@dataclass(frozen=True, slots=True)
class Scored:
    """One scored reading: what a replay must give again."""

    verdict: Verdict
    document: dict[str, object]
    copies: tuple[Copy, ...]


def _evaluated(
    desk: Desk,
    sample: Sample,
    matches: Sequence[Match],
    seen: Observation,
    reading: Digest,
    t: int,
    unwrapped: Unwrapped,
    past: Run | None = None,
) -> Scored:
    """Score a reading and conclude.

    Args:
        past: the run that is replayed; what came after it has no say then.
    """
    best = matches[0].known
    advisory = best.attachment.advisory
    with desk.store.read() as work:
        first = min(work.setups.all(advisory=advisory), key=lambda item: item.revision)
        every = [
            copy
            for copy in work.copies.all(advisory=advisory)
            if copy.revision == best.attachment.revision
        ]
        check_committed(desk, work, first, book_of(desk, best.site_map, first, every), every)
        public = _public_before(work, advisory, past)
    copies = tuple(
        copy
        for copy in every
        if copy.state is not CopyState.CANCELLED and (past is None or copy.planned_at <= past.at)
    )
    scores = _score(desk, best.site_map, first, copies, seen, reading, t)
    again = _score(desk, best.site_map, first, copies, seen, reading, t, phantoms=1)
    verdict = conclude(
        True,
        scores,
        _candidates(copies, public),
        {place: site.space for place, site in enumerate(best.site_map.sites)},
        Circumstances(
            seen=sample.seen,
            holds_original=_holds_original(sample, best),
            replayed=(scores.instances, scores.entities) == (again.instances, again.entities),
        ),
    )
    document = run_document(
        desk, sample, matches, verdict, scores, seen, t, copies, unwrapped.notes
    )
    return Scored(verdict, document, copies)


def _score(
    desk: Desk,
    site_map: SiteMap,
    first: SetUp,
    copies: Sequence[Copy],
    seen: Observation,
    reading: Digest,
    t: int,
    phantoms: int = PHANTOMS,
) -> Scores:
    book = book_of(desk, site_map, first, copies)
    entities = [*(copy.entity for copy in copies), *(EntityId(r.value) for r in Reserved)]
    return score(
        book,
        entities,
        seen.symbols,
        METHOD,
        share_of(Fraction(desk.program.alpha), t),
        phantom_key=phantom_key(desk, site_map.map_id, reading),
        phantoms=phantoms,
    )


def replay(desk: Desk, run: Run) -> Digest:
    """The digest that the run gives when all of it is done again from the quarantined bytes.

    Raises:
        Broken: the reading itself came out differently.
    """
    sample = find_sample(desk, run.sample)
    unwrapped = _parts(desk, sample)
    known = known_packages(desk, run.advisory)
    matches = matches_of(desk, unwrapped.parts, known, run.advisory)
    if run.advisory is None or not matches:
        return run.digest if not matches else digest(b"")
    seen = read(unwrapped.parts, matches[0].known.site_map)
    reading = digest(canonical(observation_json(seen)))
    if reading != run.reading:
        raise Broken(
            f"the sample of run {run.digest.hex[:12]} no longer reads as it did; stop, and look "
            "for what changed in the workspace or the program"
        )
    scored = _evaluated(desk, sample, matches, seen, reading, run.t, unwrapped, past=run)
    return digest(_body(scored.document))


def _body(document: dict[str, object]) -> bytes:
    return json.dumps(document, sort_keys=True, separators=(",", ":")).encode()


def book_of(desk: Desk, site_map: SiteMap, first: SetUp, copies: Sequence[Copy]) -> Codebook:
    """The words of all copies, then of the reserved instances."""
    instances = [*(copy.instance for copy in copies), *(InstanceId(r.value) for r in Reserved)]
    return codebook(
        mark_key(desk, first),
        instances,
        site_map.map_id,
        [site.id for site in site_map.sites],
        [site.bias for site in site_map.sites],
        [site.space for site in site_map.sites],
        [site.channel for site in site_map.sites],
    )


def _count(work: UnitOfWork, advisory: AdvisoryId, reading: Digest) -> int:
    """Which scored reading of the advisory this is; the same reading again keeps its number."""
    runs = work.runs.all(advisory=advisory)
    for run in runs:
        if run.reading == reading and run.method == METHOD.value:
            return run.t
    return 1 + max((run.t for run in runs), default=0)


def _public_before(work: UnitOfWork, advisory: AdvisoryId, past: Run | None) -> dict[str, datetime]:
    """Since when a copy, by its id, has been in public places by earlier verdicts."""
    found: dict[str, datetime] = {}
    for run in work.runs.all(advisory=advisory):
        sample = work.samples.get(run.sample)
        if sample is None or sample.visibility is not Visibility.PUBLIC:
            continue
        if past is not None and run.run_leaf >= past.run_leaf:
            continue
        for item in json.loads(run.document)["copies"]:
            since = found.get(str(item["copy"]), sample.seen.end)
            found[str(item["copy"])] = min(since, sample.seen.end)
    return found


def _candidates(copies: Sequence[Copy], public: dict[str, datetime]) -> list[Candidacy]:
    named = [
        Candidacy(
            instance=copy.instance,
            holding=Holding.INTERNAL if copy.internal else Holding.RECIPIENT,
            issued_at=copy.delivered_at,
            public_since=public.get(copy.id),
        )
        for copy in copies
    ]
    return [
        *named,
        Candidacy(Reserved.PUBLIC_RELEASE.value, Holding.PUBLIC_RELEASE, None),
        Candidacy(Reserved.VENDOR_ORIGINAL.value, Holding.VENDOR_ORIGINAL, None),
    ]


def _holds_original(sample: Sample, known: Known) -> bool:
    """Whether one file is as only the vendor has it; a file without marks is in every copy."""
    varied = {file.path for file in known.site_map.layout.files if any(file.points())}
    originals = {
        digest(file.data)
        for file in original(known.package, known.site_map).files
        if file.path in varied
    }
    marked = {item.digest for item in known.attachment.artifacts if not item.unmarked}
    return any(item.digest in originals | marked for item in sample.files)


def _log_nothing(
    desk: Desk,
    sample: Sample,
    index: Digest,
    unwrapped: Unwrapped,
    matches: Sequence[Match] = (),
) -> Attributed:
    """A run that scored nothing is logged like any other."""
    leaf = _log_reading(desk, sample, index)
    holds = bool(matches) and _holds_original(sample, matches[0].known)
    verdict = conclude(
        bool(matches), None, (), {}, Circumstances(seen=sample.seen, holds_original=holds)
    )
    document = run_document(desk, sample, matches, verdict, None, None, 0, (), unwrapped.notes)
    return _log_run(desk, sample, None, Scored(verdict, document, ()), index, leaf, 0)


def _log_run(
    desk: Desk,
    sample: Sample,
    advisory: AdvisoryId | None,
    scored: Scored,
    reading: Digest,
    reading_leaf: int,
    t: int,
) -> Attributed:
    now = desk.clock()
    body = _body(scored.document)
    verdict = scored.verdict
    with transaction(desk) as work:
        leaf = work.ledger.append(
            "run", {"sample": sample.digest.hex, "run": digest(body).hex}, now
        )
        run = Run(
            sample=sample.id,
            advisory=advisory,
            digest=digest(body),
            reading=reading,
            method=METHOD.value,
            t=t,
            at=now,
            reading_leaf=reading_leaf,
            run_leaf=leaf.index,
            verdict=verdict.kind.value,
            document=body.decode(),
        )
        work.runs.put(run)
        named = [copy for copy in scored.copies if copy.instance in verdict.named]
        cases = open_cases(desk, work, run, named, len(verdict.vetoes))
        work.tell(Event("verdict reached", sample.id, now, detail=verdict.kind.value))
    return Attributed(run, scored.document, tuple(cases), repeated=False)
