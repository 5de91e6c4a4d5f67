"""A case: what follows from a verdict, step by step, never by one person to the end.

States: open -> noticed -> answered -> examined -> decided -> closed. Rules (all checked here, on
values, whatever door the request came through):

- a provisional suspension takes one person, lasts at most 14 days and lapses by itself;
- everything else that accuses, removes or publishes takes two people, of whom at most one is the
  proposer, and none is the examiner of the case or somebody who had names revealed early;
- removal only after the notice was delivered with the evidence, an answer came or ten business
  days went by, and an examiner who saw no names confirmed the finding;
- a case without a named copy can carry no action against a partner.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum

from mapp_compliance.errors import Conflict, InvalidInput, NeedsApproval, Refused
from mapp_compliance.program import PROVISIONAL_SUSPENSION, Role, User
from mapp_compliance.values import (
    DAY,
    AdvisoryId,
    CaseId,
    CopyId,
    Digest,
    PartnerId,
    SampleId,
    UserName,
    instant_text,
)

RESPONSE_BUSINESS_DAYS = 10  # D12: to answer a notice
SATURDAY = 5


class CaseState(Enum):
    """How far a case is."""

    OPEN = "open"
    NOTICED = "noticed"
    ANSWERED = "answered"
    EXAMINED = "examined"
    DECIDED = "decided"
    CLOSED = "closed"


class ActionKind(Enum):
    """What can be done about a finding."""

    WARN = "warn"
    RESTRICT = "restrict"
    SUSPEND = "suspend"
    REMOVE = "remove"
    ADVANCE = "advance"


@dataclass(frozen=True, slots=True)
class Signature:
    """One person's agreement: an SSH signature over the decision's canonical bytes."""

    user: UserName
    signature: str
    at: datetime
    local_key: bool = False


@dataclass(frozen=True, slots=True)
class Proposal:
    """One proposed action. ``by`` is the proposer, or ``policy`` for the pack's own proposals."""

    number: int
    action: ActionKind
    reason: str
    by: str
    at: datetime
    rule: str = ""
    until: datetime | None = None
    decision: Digest | None = None
    signatures: tuple[Signature, ...] = ()
    executed_at: datetime | None = None

    @property
    def provisional(self) -> bool:
        """A suspension that lapses by itself within the bound for one person."""
        return (
            self.action is ActionKind.SUSPEND
            and self.until is not None
            and self.until - self.at <= PROVISIONAL_SUSPENSION
        )

    @property
    def signatures_needed(self) -> int:
        """1 for a provisional suspension, else 2."""
        return 1 if self.provisional else 2


@dataclass(frozen=True, slots=True)
class Step:
    """One dated step of a case with its words, for the report's timeline."""

    at: datetime
    what: str
    by: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """A matter under enforcement, tied to one verdict by the digest of its run.

    ``copy`` and ``recipient`` are set only when the verdict names a copy.
    """

    id: CaseId
    sample: SampleId
    advisory: AdvisoryId | None
    verdict: str
    run: Digest
    opened_at: datetime
    copy: CopyId | None = None
    recipient: PartnerId | None = None
    internal: bool = False
    state: CaseState = CaseState.OPEN
    proposals: tuple[Proposal, ...] = ()
    revealed_to: tuple[UserName, ...] = ()
    noticed_at: datetime | None = None
    notice: Digest | None = None
    response_due: datetime | None = None
    statement: str = ""
    examiner: UserName | None = None
    finding: str = ""
    steps: tuple[Step, ...] = field(default=())

    def proposal(self, number: int | None = None) -> Proposal:
        """The proposal of that number, or the newest that is not executed.

        Raises:
            Conflict: there is none.
        """
        open_ones = [
            item
            for item in self.proposals
            if (item.executed_at is None if number is None else item.number == number)
        ]
        if not open_ones:
            raise Conflict(
                f"case {self.id} has no such proposal open; make one with 'mapp case propose "
                f"{self.id} --action ... --reason ...'"
            )
        return open_ones[-1]

    def with_proposal(self, proposal: Proposal) -> "Case":
        """The same case with that proposal added or put in place of its number."""
        kept = tuple(item for item in self.proposals if item.number != proposal.number)
        return replace(
            self, proposals=tuple(sorted((*kept, proposal), key=lambda item: item.number))
        )

    def stepped(self, at: datetime, what: str, by: str = "", **changes: object) -> "Case":
        """The same case with one more line in its timeline and the given changes."""
        return replace(self, steps=(*self.steps, Step(at, what, by)), **changes)  # type: ignore[arg-type]  # fields of Case


def business_days_after(start: datetime, days: int) -> datetime:
    """The instant that many Mondays-to-Fridays later (UTC days; no holidays)."""
    moment = start
    while days:
        moment += DAY
        days -= moment.weekday() < SATURDAY
    return moment


def propose(
    case: Case, action: ActionKind, reason: str, by: str, now: datetime, until: datetime | None
) -> Case:
    """The case with one more proposal.

    Raises:
        Refused: the verdict names no partner's copy.
        InvalidInput: no reason, or an end that does not fit.
    """
    if not reason.strip():
        raise InvalidInput("a proposal needs a reason; give one with --reason")
    against_partner = action is not ActionKind.ADVANCE
    if against_partner and (case.recipient is None or case.internal):
        raise Refused(
            f"the verdict of case {case.id} is {case.verdict}; it names no partner's copy, so no "
            f"action against a partner can follow; close the case or look for more evidence",
            case=case.id,
        )
    if action is ActionKind.SUSPEND and until is None:
        until = now + PROVISIONAL_SUSPENSION
    if until is not None and until <= now:
        raise InvalidInput(
            f"--until {instant_text(until)} is not after {instant_text(now)}; give a later time"
        )
    number = max((item.number for item in case.proposals), default=0) + 1
    proposal = Proposal(number, action, reason.strip(), by, now, until=until)
    return case.with_proposal(proposal).stepped(now, f"{action.value} proposed: {reason}", by)


def sign(case: Case, number: int | None, user: User, signature: str, now: datetime) -> Case:
    """The case with one more agreement to a proposal.

    Raises:
        Refused: this person may not agree to it.
        Conflict: has agreed already.
    """
    proposal = case.proposal(number)
    _may_sign(case, user)
    if any(item.user == user.name for item in proposal.signatures):
        raise Conflict(f"{user.name} has signed proposal {proposal.number} already; ask another")
    signed = replace(
        proposal,
        signatures=(*proposal.signatures, Signature(user.name, signature, now, user.local)),
    )
    return case.with_proposal(signed).stepped(now, f"{proposal.action.value} approved", user.name)


def rejected(case: Case, proposal: Proposal, user: User, reason: str, now: datetime) -> Case:
    """The case with that proposal off the table.

    Raises:
        Refused: this person has no say in it.
        Conflict: it was carried out already.
    """
    _may_sign(case, user)
    if proposal.executed_at is not None:
        raise Conflict(f"proposal {proposal.number} of case {case.id} was carried out already")
    kept = tuple(item for item in case.proposals if item.number != proposal.number)
    words = f"{proposal.action.value} rejected" + (f": {reason}" if reason else "")
    return case.stepped(now, words, user.name, proposals=kept)


def _may_sign(case: Case, user: User) -> None:
    if not user.role.may_approve:
        raise Refused(
            f"{user.name} is {user.role.value}; only a program manager or approver can approve"
        )
    if user.name in case.revealed_to:
        raise Refused(
            f"{user.name} had the names of case {case.id} revealed before the examination and "
            "cannot approve in it; ask somebody else"
        )
    if user.name == case.examiner:
        raise Refused(f"{user.name} examined case {case.id} and cannot approve in it")


def executable(case: Case, proposal: Proposal) -> None:
    """Return when the proposal may be carried out now.

    Raises:
        NeedsApproval: signatures are missing.
        Conflict: for a removal, a step before it is missing.
    """
    if proposal.executed_at is not None:
        raise Conflict(f"proposal {proposal.number} of case {case.id} was carried out already")
    have = len({item.user for item in proposal.signatures})
    if have < proposal.signatures_needed:
        raise NeedsApproval(
            f"{proposal.action.value} needs {proposal.signatures_needed} people, {have} agreed; "
            f"ask for 'mapp case approve {case.id}'",
            case=case.id,
        )
    if proposal.action is ActionKind.REMOVE:
        removal_ready(case)


def removal_ready(case: Case) -> None:
    """Return when every step before a removal was taken.

    Raises:
        Conflict: names the first missing step.
    """
    if case.noticed_at is None:
        raise Conflict(f"no notice was delivered yet; run 'mapp case notice {case.id}' first")
    if case.state in {CaseState.OPEN, CaseState.NOTICED}:
        due = instant_text(case.response_due) if case.response_due else "an answer"
        raise Conflict(
            f"the partner may answer until {due}; run 'mapp case hear {case.id}' with the "
            "statement, or after that time"
        )
    if case.finding != "confirmed":
        raise Conflict(
            f"no blind examiner confirmed the finding; run 'mapp case examine {case.id}' first"
        )


def noticed(case: Case, notice: Digest, now: datetime, by: str) -> Case:
    """The case after its notice was delivered; the time to answer runs from now."""
    if case.noticed_at is not None:
        raise Conflict(f"the notice of case {case.id} went out at {instant_text(case.noticed_at)}")
    due = business_days_after(now, RESPONSE_BUSINESS_DAYS)
    return case.stepped(
        now,
        f"notice delivered with the evidence; answer until {instant_text(due)}",
        by,
        state=CaseState.NOTICED,
        noticed_at=now,
        notice=notice,
        response_due=due,
    )


def heard(case: Case, statement: str, now: datetime, by: str) -> Case:
    """The case after the partner's statement, or after the time to answer went by without one.

    Raises:
        Conflict: no notice yet, or no statement and the time still runs.
    """
    if case.noticed_at is None or case.response_due is None:
        raise Conflict(f"nobody was given notice yet; run 'mapp case notice {case.id}' first")
    if not statement and now < case.response_due:
        raise Conflict(
            f"the partner may answer until {instant_text(case.response_due)} and it is "
            f"{instant_text(now)}; give the statement with --statement FILE or wait"
        )
    what = "statement of the partner heard" if statement else "time to answer went by"
    return case.stepped(now, what, by, state=CaseState.ANSWERED, statement=statement)


def examined(case: Case, user: User, finding: str, now: datetime) -> Case:
    """The case after the blind examination.

    Raises:
        Refused: this person is no examiner, or has seen names.
        Conflict: the partner was not heard yet.
    """
    if user.role is not Role.EXAMINER:
        raise Refused(f"{user.name} is {user.role.value}; the examination is for an examiner")
    if user.name in case.revealed_to:
        raise Refused(f"{user.name} has seen the names of case {case.id}; ask another examiner")
    if case.state is not CaseState.ANSWERED:
        raise Conflict(f"the partner must be heard first; run 'mapp case hear {case.id}'")
    return case.stepped(
        now,
        f"blind examination: {finding}",
        user.name,
        state=CaseState.EXAMINED,
        examiner=user.name,
        finding=finding,
    )
