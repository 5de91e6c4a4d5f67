"""What goes to whom after a verdict: letters that accuse nobody, and memos inside the house.

A named partner copy has its notice and its decision (``notices``, ``enforce``). Everything else is
here, each by the verdict that allows it; another verdict is refused, so no letter says more than
was found. Letters are kept in one transaction with the event that tells of them and leave after it.
"""

from dataclasses import dataclass

from mapp_compliance.audit import (
    Pause,
    parse_finding,
)
from mapp_compliance.distribution import LEFT_THE_HOUSE
from mapp_compliance.enforcement import DecisionText
from mapp_compliance.errors import Conflict, NotFound
from mapp_compliance.values import AdvisoryId
from mapp_compliance.workflows.agree import ONE_PERSON, TWO_PEOPLE, Approvals, agreed
from mapp_compliance.workflows.attribute import find_sample
from mapp_compliance.workflows.hold import hold_of
from mapp_compliance.workflows.log import transaction
from mapp_compliance.workflows.outbox import queue, send_waiting
from mapp_compliance.workflows.ports import Desk, UnitOfWork
from mapp_compliance.workflows.records import Event
from mapp_compliance.workflows.verdictdoc import displayed
from mapp_compliance.workflows.writers import (
    WRITERS,
    About,
    LetterKind,
    addressed,
    by_reader,
    left_the_house,
    rendered,
)

UNRESOLVED = frozenset(
    {
        "PROGRAM_ORIGIN_UNRESOLVED",
        "LINEAGE_ONLY",
        "LINEAGE_ONLY_EARLIER_EXPLOITATION",
        "INSUFFICIENT",
    }
)
ALLOWED: dict[LetterKind, frozenset[str]] = {
    LetterKind.REQUEST: UNRESOLVED,
    LetterKind.TALK: frozenset({"UPSTREAM_ORIGIN"}),
    LetterKind.WARN: frozenset({"UPSTREAM_ORIGIN"}),
    LetterKind.CLEAR: frozenset({"COPY_IDENTIFIED_INTERNAL", "UPSTREAM_ORIGIN", "PUBLIC_RELEASE"}),
    LetterKind.CLOSING: frozenset({"NO_LINK"}),
    LetterKind.INTERNAL: frozenset({"COPY_IDENTIFIED_INTERNAL"}),
    LetterKind.KEYS: frozenset({"CONFLICTING_MARKS", "UNREGISTERED_COPY"}),
    LetterKind.LEAD: frozenset({"LEAD_ONLY", "INSUFFICIENT"}),
}
FOR_TWO = frozenset({LetterKind.REQUEST})  # Terms 8.6 of the shipped pack: two people


@dataclass(frozen=True, slots=True)
class Written:
    """Where the letters lie, one place a reader, and how independent the signers were."""

    kind: LetterKind
    places: tuple[str, ...]
    independence: str


def write_letters(desk: Desk, name: str, kind: LetterKind, approvals: Approvals) -> Written:
    """The letters of one kind about a case or a sample, laid into the outboxes.

    Args:
        name: id of a case or of an attributed sample.
    Raises:
        NotFound: no such case or sample, never attributed, or no advisory matched.
        Conflict: the verdict does not allow this letter, or there is no reader for it.
        NeedsApproval: one person signs; two where the terms ask for two.
    """
    now = desk.clock()
    with desk.store.read() as work:
        about = _about(desk, work, name)
    _check_allowed(kind, about.run.verdict)
    with transaction(desk) as work:
        letters = list(WRITERS[kind](desk, work, about, now))
        if not letters:
            raise Conflict(
                f"nobody is to be written to: no reader of a {kind.value} letter is on record for "
                f"{about.advisory.id}"
            )
        decision = DecisionText(
            action=f"write {kind.value}",
            subject=about.case.id if about.case else about.sample.id,
            reason=f"verdict {about.run.verdict}",
            evidence=about.run.digest,
            policy=desk.policy_digest(),
        )
        people = TWO_PEOPLE if kind in FOR_TWO else ONE_PERSON
        kept = agreed(desk, work, decision, approvals, now, people)
        for letter in letters:
            queue(desk, work, letter, now)
        what = f"{kind.value} written"
        work.tell(Event(what, about.sample.id, now, detail=f"{len(letters)} readers"))
    mine = {letter.recipient for letter in letters}
    sent = [one.place for one in send_waiting(desk) if one.letter.recipient in mine]
    return Written(kind, tuple(sent), kept.independence)


def pause_holders(desk: Desk, advisory_id: AdvisoryId, reason: str) -> tuple[str, ...]:
    """Letters to all who hold copies that further deliveries wait; the hold itself is placed apart.

    Raises:
        NotFound: no such advisory. Conflict: nothing holds its deliveries.
    """
    now = desk.clock()
    with transaction(desk) as work:
        advisory = desk.advisory(work, advisory_id)
        held = hold_of(work, advisory.id, now)
        if held is None:
            raise Conflict(
                f"nothing holds deliveries of {advisory.id}; place a hold first, then tell of it"
            )
        for reader, _ in by_reader(left_the_house(work, advisory.id), internal=False):
            model = Pause(addressed(desk, work, reader), advisory.id, reason, held.until)
            queue(desk, work, rendered(desk, reader, f"{advisory.id}.pause.txt", model), now)
        work.tell(Event("holders told of a pause", advisory.id, now, detail=held.id))
    return tuple(one.place for one in send_waiting(desk))


def _about(desk: Desk, work: UnitOfWork, name: str) -> About:
    case = work.cases.get(name)
    sample_id = case.sample if case else name
    runs = work.runs.all(sample=sample_id)
    wanted = [run for run in runs if case is None or run.digest == case.run]
    run = max(wanted, key=lambda item: item.run_leaf, default=None)
    if run is None:
        raise NotFound(f"{name} is no case and no sample with a verdict; run 'mapp attribute'")
    advisory_id = run.advisory or _only_advisory(work)
    if advisory_id is None:
        raise NotFound(
            f"the verdict on {run.sample} is about no advisory, so nobody holds what it is about"
        )
    return About(
        sample=find_sample(desk, run.sample),
        run=run,
        case=case or next((one for one in work.cases.all() if one.run == run.digest), None),
        finding=parse_finding(displayed(work, run)),
        advisory=desk.advisory(work, advisory_id),
        copies=tuple(left_the_house(work, advisory_id)),
        versions=tuple(work.earlier.all(advisory=advisory_id)),
    )


def _only_advisory(work: UnitOfWork) -> AdvisoryId | None:
    """Where nothing matched: the one advisory under embargo that anybody holds copies of."""
    held = {copy.advisory for copy in work.copies.all() if copy.state in LEFT_THE_HOUSE}
    return next(iter(held)) if len(held) == 1 else None


def _check_allowed(kind: LetterKind, verdict: str) -> None:
    if kind in ALLOWED and verdict not in ALLOWED[kind]:
        said = ", ".join(sorted(ALLOWED[kind]))
        raise Conflict(
            f"the verdict {verdict} does not carry a {kind.value} letter; it goes with {said}"
        )
