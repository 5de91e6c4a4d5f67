"""Attribute a sample: identify, read word-blind, log the reading, score, decide, open a case.

Order is evidence: the reading's leaf is in the ledger before any codeword is derived, and every
run is logged, also those that name nobody. A second scored reading of the same advisory costs:
``t`` counts them in the ledger and the share of the bound shrinks with it. The same bytes again
give the same answer from the log.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
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
    conclude,
)
from mapp_compliance.distribution import Copy, CopyState, Reserved
from mapp_compliance.enforcement import Case
from mapp_compliance.errors import NotFound
from mapp_compliance.trust import canonical, digest
from mapp_compliance.values import AdvisoryId, Digest, EntityId, InstanceId
from mapp_compliance.watermark import (
    Observation,
    SiteMap,
    observation_json,
    original,
    read,
)
from mapp_compliance.watermark.codes import Codebook, Method, Scores, codebook, score, share_of
from mapp_compliance.workflows.enforce import open_cases
from mapp_compliance.workflows.keys import mark_key, phantom_key
from mapp_compliance.workflows.log import transaction
from mapp_compliance.workflows.matching import Known, Match, known_packages, matches_of
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
    return _scored(desk, sample, matches, seen, reading, leaf, unwrapped)


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


def _scored(
    desk: Desk,
    sample: Sample,
    matches: Sequence[Match],
    seen: Observation,
    reading: Digest,
    reading_leaf: int,
    unwrapped: Unwrapped,
) -> Attributed:
    best = matches[0].known
    advisory = best.attachment.advisory
    with desk.store.read() as work:
        setups = work.setups.all(advisory=advisory)
        copies = [
            copy
            for copy in work.copies.all(advisory=advisory)
            if copy.revision == best.attachment.revision and copy.state is not CopyState.CANCELLED
        ]
        t = _count(work, advisory, reading)
        public = _public_before(work, advisory)
    first = min(setups, key=lambda item: item.revision)
    share = share_of(Fraction(desk.program.alpha), t)
    scores = _score(desk, best.site_map, first, copies, seen, reading, share)
    again = _score(desk, best.site_map, first, copies, seen, reading, share)
    candidates = _candidates(copies, public)
    spaces = {
        place: site.space
        for place, site in enumerate(best.site_map.sites)
        if site in best.site_map.tag_sites
    }
    verdict = conclude(
        True,
        scores,
        candidates,
        spaces,
        Circumstances(
            seen=sample.seen,
            holds_original=_holds_original(sample, best),
            replayed=scores == again,
        ),
    )
    return _log_run(
        desk, sample, matches, verdict, scores, seen, reading, reading_leaf, t, copies, unwrapped
    )


def _score(
    desk: Desk,
    site_map: SiteMap,
    first: SetUp,
    copies: Sequence[Copy],
    seen: Observation,
    reading: Digest,
    share: Fraction,
) -> Scores:
    book = book_of(desk, site_map, first, copies)
    entities = [*(copy.entity for copy in copies), *(EntityId(r.value) for r in Reserved)]
    return score(
        book,
        entities,
        seen.symbols,
        METHOD,
        share,
        phantom_key=phantom_key(desk, site_map.map_id, reading),
    )


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


def _public_before(work: UnitOfWork, advisory: AdvisoryId) -> dict[str, Sample]:
    """Samples in public places that named a copy before, by the copy's id."""
    found: dict[str, Sample] = {}
    for run in work.runs.all(advisory=advisory):
        sample = work.samples.get(run.sample)
        if sample is None or sample.visibility.value != "public":
            continue
        for item in json.loads(run.document)["copies"]:
            earlier = found.get(str(item["copy"]))
            if earlier is None or sample.seen.start < earlier.seen.start:
                found[str(item["copy"])] = sample
    return found


def _candidates(copies: Sequence[Copy], public: dict[str, Sample]) -> list[Candidacy]:
    named = [
        Candidacy(
            instance=copy.instance,
            holding=Holding.INTERNAL if copy.internal else Holding.RECIPIENT,
            issued_at=copy.delivered_at,
            public_since=public[copy.id].seen.end if copy.id in public else None,
        )
        for copy in copies
    ]
    return [
        *named,
        Candidacy(Reserved.PUBLIC_RELEASE.value, Holding.PUBLIC_RELEASE, None),
        Candidacy(Reserved.VENDOR_ORIGINAL.value, Holding.VENDOR_ORIGINAL, None),
    ]


def _holds_original(sample: Sample, known: Known) -> bool:
    originals = {digest(file.data) for file in original(known.package, known.site_map).files}
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
    return _log_run(desk, sample, matches, verdict, None, None, index, leaf, 0, (), unwrapped)


def _log_run(
    desk: Desk,
    sample: Sample,
    matches: Sequence[Match],
    verdict: Verdict,
    scores: Scores | None,
    seen: Observation | None,
    reading: Digest,
    reading_leaf: int,
    t: int,
    copies: Sequence[Copy],
    unwrapped: Unwrapped,
) -> Attributed:
    now = desk.clock()
    document = run_document(
        desk, sample, matches, verdict, scores, seen, t, copies, unwrapped.notes
    )
    advisory = matches[0].known.attachment.advisory if matches and scores else None
    with transaction(desk) as work:
        body = json.dumps(document, sort_keys=True, separators=(",", ":")).encode()
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
        named = [copy for copy in copies if copy.instance in verdict.named]
        cases = open_cases(desk, work, run, named, len(verdict.vetoes))
        work.tell(Event("verdict reached", sample.id, now, detail=verdict.kind.value))
    return Attributed(run, document, tuple(cases), repeated=False)
