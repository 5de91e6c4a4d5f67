"""Evaluate one reading: score it against the committed book, weigh what else is known, conclude.

It works on facts as they were known at an instant, so the same reading gives the same answer at
any later time; a replay is the same call with the instant of its run.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction

from mapp_compliance.attribution import (
    Beside,
    Circumstances,
    Run,
    Sample,
    StageEvidence,
    Unwrapped,
    Verdict,
    conclude,
)
from mapp_compliance.distribution import Copy
from mapp_compliance.values import AdvisoryId, Digest
from mapp_compliance.watermark import Observation
from mapp_compliance.watermark.codes import (
    PHANTOMS,
    Accumulated,
    Codebook,
    Method,
    Scores,
    score,
    share_of,
)
from mapp_compliance.workflows.across import bet_of, evidence
from mapp_compliance.workflows.bearings import (
    Bearings,
    Thefts,
    bearings,
    beside,
    candidates,
    circumstances,
    thefts,
)
from mapp_compliance.workflows.books import book_of, entities_of, first_setup, in_book, without
from mapp_compliance.workflows.committed import check_committed
from mapp_compliance.workflows.keys import mark_key, phantom_key
from mapp_compliance.workflows.lineage import stages_of
from mapp_compliance.workflows.matching import Known, Match, Material
from mapp_compliance.workflows.ports import Desk, UnitOfWork


@dataclass(frozen=True, slots=True)
class Question:
    """One sample with what it matches, to be answered as of an instant.

    Attributes:
        known_at: what was recorded later has no say.
        excluded: ids of sites whose bytes stand in shipped detections; they are not scored.
    """

    sample: Sample
    unwrapped: Unwrapped
    held: Material
    matches: tuple[Match, ...]
    known_at: datetime
    excluded: frozenset[str] = frozenset()

    @property
    def known(self) -> Known | None:
        """The package whose marks can be read: of the strongest match, once copies were made."""
        best = self.matches[0].known if self.matches else None
        return best if best is not None and best.fixed else None


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read of a sample, by the map of one package.

    Attributes:
        t: which scored reading of the advisory this is.
        method: how it is scored.
        past: the run that is replayed.
    """

    known: Known
    seen: Observation
    digest: Digest
    t: int
    method: Method
    past: Run | None = None


@dataclass(frozen=True, slots=True)
class Evaluated:
    """The verdict with everything it rests on; ``scores`` is None where nothing was scored."""

    verdict: Verdict
    scores: Scores | None = None
    copies: tuple[Copy, ...] = ()
    beside: Beside | None = None
    book: Codebook | None = None
    reading: Reading | None = None
    across: tuple[Accumulated, ...] = ()


def unscored(desk: Desk, question: Question) -> Evaluated:
    """The verdict where no marks can be read: nothing matches, or no copy was ever made."""
    if not question.matches:
        around = Circumstances(seen=question.sample.seen)
        return Evaluated(conclude(False, None, (), {}, around))
    advisory = question.matches[0].advisory
    with desk.store.read() as work:
        facts = bearings(work, desk.advisory(work, advisory), question.known_at)
    around = circumstances(facts, question.sample, question.held, question.matches)
    more = Beside(stages=_stages(desk, question, advisory))
    return Evaluated(conclude(True, None, (), {}, around, more), beside=more)


@dataclass(frozen=True, slots=True)
class Ground:
    """What a reading is held against.

    Attributes:
        copies: those of the book, in its order.
        books: their words, derived twice: the second is the control of the first.
        key: what the words derive from.
        facts: what was known of the advisory.
        public: since when a copy, by its id, has been in public places.
        stolen: since when copies may be in other hands.
    """

    copies: tuple[Copy, ...]
    books: tuple[Codebook, Codebook]
    key: bytes
    facts: Bearings
    public: Mapping[str, datetime]
    stolen: Thefts


def evaluated(desk: Desk, question: Question, reading: Reading) -> Evaluated:
    """The scores of a reading and the verdict.

    Raises:
        Broken: the copies are not those that were committed to.
    """
    known, advisory = reading.known, reading.known.attachment.advisory
    with desk.store.read() as work:
        first = first_setup(work, advisory)
        every = [
            copy
            for copy in work.copies.all(advisory=advisory)
            if copy.revision == known.attachment.revision
        ]
        check_committed(desk, work, first, book_of(desk, known.site_map, first, every), every)
        public = _public_before(work, advisory, reading.past)
        facts = bearings(work, desk.advisory(work, advisory), question.known_at)
        stolen = thefts(work, every, question.sample, question.known_at)
    copies = tuple(copy for copy in every if in_book(copy, question.known_at))
    book = book_of(desk, known.site_map, first, copies)
    again = book_of(desk, known.site_map, first, copies)
    ground = Ground(copies, (book, again), mark_key(desk, first), facts, public, stolen)
    found = weighed(desk, question, reading, ground)
    if reading.method is Method.SCORE_1:
        return found
    seen = without(reading.seen, known.site_map, question.excluded)
    bet = bet_of(known, book, copies, seen, question.sample.intake_leaf)
    before = reading.past.run_leaf if reading.past else None
    return replace(found, across=evidence(desk, question.held, bet, before))


def weighed(desk: Desk, question: Question, reading: Reading, ground: Ground) -> Evaluated:
    """A reading scored against the words of some copies, and the verdict; nothing is looked up."""
    known, advisory = reading.known, reading.known.attachment.advisory
    copies, facts = ground.copies, ground.facts
    book, control = ground.books
    seen = without(reading.seen, known.site_map, question.excluded)
    scores = _score(desk, book, copies, seen, reading)
    again = _score(desk, control, copies, seen, reading, 1)
    around = circumstances(
        facts,
        question.sample,
        question.held,
        question.matches,
        replayed=(scores.instances, scores.entities) == (again.instances, again.entities),
        excluded=len(question.excluded),
    )
    stages = _stages(desk, question, advisory)
    more = beside(known, ground.key, facts, question.sample, seen, scores, book, stages)
    spaces = {place: site.space for place, site in enumerate(known.site_map.sites)}
    asked = candidates(copies, facts, ground.public, ground.stolen, question.known_at)
    verdict = conclude(True, scores, asked, spaces, around, more)
    return Evaluated(verdict, scores, copies, more, book, reading)


def _stages(desk: Desk, question: Question, advisory: AdvisoryId) -> StageEvidence | None:
    parts = question.unwrapped.parts
    return stages_of(desk, question.held, advisory, parts, question.known_at)


def _score(
    desk: Desk,
    book: Codebook,
    copies: Sequence[Copy],
    seen: Observation,
    reading: Reading,
    phantoms: int = PHANTOMS,
) -> Scores:
    return score(
        book,
        entities_of(copies),
        seen.symbols,
        reading.method,
        share_of(Fraction(desk.program.alpha), reading.t),
        phantom_key=phantom_key(desk, book.map_id, reading.digest),
        phantoms=phantoms,
    )


def _public_before(work: UnitOfWork, advisory: AdvisoryId, past: Run | None) -> dict[str, datetime]:
    """Since when a copy, by its id, has been in public places by earlier verdicts."""
    found: dict[str, datetime] = {}
    for run in work.runs.all(advisory=advisory):
        sample = work.samples.get(run.sample)
        if sample is None or (past is not None and run.run_leaf >= past.run_leaf):
            continue
        public = sample.as_of(run.reading_leaf).public_by
        if public is None:
            continue
        for item in json.loads(run.document)["copies"]:
            since = found.get(str(item["copy"]), public)
            found[str(item["copy"])] = min(since, public)
    return found
