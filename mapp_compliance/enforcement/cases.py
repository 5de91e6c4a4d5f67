"""A case: what follows from a verdict, step by step, never by one person to the end.

States change only along ``AFTER``; a closed case stays closed. Rules, all checked on values in this
room (steps.py, approvals.py), whatever door the request came through:

- the first provisional suspension of a case takes one person, lasts at most 14 days and lapses by
  itself; a further one is a prolongation and takes two;
- everything else that accuses, removes or publishes takes two people, of whom at most one is the
  proposer, and none is the examiner of the case or somebody who had names revealed early;
- removal only after the notice was delivered with the evidence, an answer came or ten business
  days went by, and an examiner who saw no names and signed nothing else in the case confirmed the
  finding; nobody signs it before, as no answer could be weighed then;
- a case without a named copy can carry no action against a partner.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum

from mapp_compliance.errors import Conflict
from mapp_compliance.program import PROVISIONAL_SUSPENSION
from mapp_compliance.values import (
    AdvisoryId,
    CaseId,
    CopyId,
    Digest,
    PartnerId,
    SampleId,
    UserName,
)

CONFIRMED = "confirmed"  # the finding of an examiner that a removal needs


class CaseState(Enum):
    """How far a case is."""

    OPEN = "open"
    NOTICED = "noticed"
    ANSWERED = "answered"
    EXAMINED = "examined"
    DECIDED = "decided"
    CLOSED = "closed"


AFTER: dict[CaseState, frozenset[CaseState]] = {
    CaseState.OPEN: frozenset({CaseState.NOTICED, CaseState.CLOSED}),
    CaseState.NOTICED: frozenset({CaseState.ANSWERED, CaseState.CLOSED}),
    # A statement that comes after the time to answer is heard, until the examination.
    CaseState.ANSWERED: frozenset({CaseState.ANSWERED, CaseState.EXAMINED, CaseState.CLOSED}),
    CaseState.EXAMINED: frozenset({CaseState.DECIDED, CaseState.CLOSED}),
    CaseState.DECIDED: frozenset({CaseState.CLOSED}),
    CaseState.CLOSED: frozenset(),
}


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

    def signatures_needed(self, proposal: Proposal) -> int:
        """1 for the first provisional suspension of the case, else 2."""
        suspended = any(
            item.action is ActionKind.SUSPEND and item.executed_at is not None
            for item in self.proposals
            if item.number != proposal.number
        )
        return 1 if proposal.provisional and not suspended else 2

    def with_proposal(self, proposal: Proposal) -> "Case":
        """The same case with that proposal added or put in place of its number."""
        kept = tuple(item for item in self.proposals if item.number != proposal.number)
        return replace(
            self, proposals=tuple(sorted((*kept, proposal), key=lambda item: item.number))
        )

    def stepped(self, at: datetime, what: str, by: str = "", **changes: object) -> "Case":
        """The same case with one more line in its timeline and the given changes."""
        return replace(self, steps=(*self.steps, Step(at, what, by)), **changes)  # type: ignore[arg-type]  # fields of Case

    def moved(
        self, state: CaseState, at: datetime, what: str, by: str = "", **changes: object
    ) -> "Case":
        """The same case in its next state, with the line of its timeline.

        Raises:
            Conflict: the state does not follow from the present one.
        """
        if state not in AFTER[self.state]:
            raise Conflict(
                f"case {self.id} is {self.state.value} and cannot become {state.value}; "
                f"'mapp case show {self.id}' tells its steps",
                case=self.id,
            )
        return self.stepped(at, what, by, state=state, **changes)
