"""Letters to recipients, as values; the templates hold the words around them.

Rules:
- A letter is about its reader alone: never how many others hold copies, nor who, nor whether
  anything matches another copy (D14). The notice therefore names no count of comparisons.
- It speaks of copies, never of what a person did; no title under embargo is in it (D19).
- The notice gives duty, clause, facts, limits, evidence, deadline, rights and the end of any
  provisional measure; deadlines are computed here, not typed.
- What speaks for its reader is told in full: every limit of the finding, and every veto.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import ClassVar

from mapp_compliance.attribution import Run, Sample
from mapp_compliance.audit.finding import Finding, NamedCopy, further_limits
from mapp_compliance.audit.words import sentence
from mapp_compliance.distribution import Copy
from mapp_compliance.enforcement import ActionKind, Case, Proposal, business_days_after
from mapp_compliance.enforcement.steps import RESPONSE_BUSINESS_DAYS
from mapp_compliance.errors import Conflict, InvalidInput
from mapp_compliance.trust import Json
from mapp_compliance.values import DAY, AdvisoryId, CopyId, Digest, Window, instant_text

APPEAL = 30 * DAY  # default of the pack; research on domain, section 4


@dataclass(frozen=True, slots=True)
class Envelope:
    """What every letter to one partner carries. ``contact`` is where an answer goes."""

    program: str
    written_at: datetime
    partner: str
    contact: str

    def document(self) -> dict[str, Json]:
        """The fields as plain values."""
        return {
            "program": self.program,
            "written_at": instant_text(self.written_at),
            "partner": self.partner,
            "contact": self.contact,
        }


@dataclass(frozen=True, slots=True)
class Notice:
    """Notice to the holder of a named copy, with the evidence.

    Attributes:
        duty: the duty that the matter is about, in words; clause: what the terms call for now.
        evidence: digest of the evidence that goes with the letter.
    Raises:
        InvalidInput: the finding does not name the copy, or the case is about another.
    """

    envelope: Envelope
    case: Case
    copy: Copy
    sample: Sample
    run: Run
    finding: Finding
    terms_version: str
    duty: str
    clause: str
    evidence: Digest

    template: ClassVar[str] = "letters/notice.txt.j2"

    def __post_init__(self) -> None:
        self._named()

    def _named(self) -> NamedCopy:
        for one in self.finding.copies:
            if one.copy == self.copy.id == self.case.copy:
                return one
        raise InvalidInput(
            f"the verdict of case {self.case.id} does not name copy {self.copy.id}; give notice "
            "only to the holder of a named copy"
        )

    def document(self) -> dict[str, Json]:
        """The letter's model."""
        named, now = self._named(), self.envelope.written_at
        until = _provisional_until(self.case, now)
        return {
            **self.envelope.document(),
            "case": self.case.id,
            "advisory": self.copy.advisory,
            "terms_version": self.terms_version,
            "duty": self.duty,
            "clause": self.clause,
            "sample": {
                "id": self.sample.id,
                "sha256": self.sample.digest.hex,
                "seen": seen_words(self.sample.seen),
            },
            "held": self._held(),
            "p_value": named.p_value,
            "family_wise": self.finding.bound.family_wise if self.finding.bound else None,
            "reading_leaf": self.run.reading_leaf,
            "run_leaf": self.run.run_leaf,
            "evidence": self.evidence.hex,
            "limits": own_limits(self.finding),
            "response_due": instant_text(business_days_after(now, RESPONSE_BUSINESS_DAYS)),
            "response_business_days": RESPONSE_BUSINESS_DAYS,
            "provisional_until": instant_text(until) if until else None,
        }

    def _held(self) -> dict[str, Json]:
        copy = self.copy
        return {
            "id": copy.id,
            "delivered_at": instant_text(copy.delivered_at) if copy.delivered_at else None,
            "receipted_at": instant_text(copy.receipted_at) if copy.receipted_at else None,
            "commitment_leaf": copy.commitment_leaf,
            "seal_leaf": copy.seal_leaf,
        }


class Cleared(Enum):
    """Why a partner is cleared."""

    INTERNAL_COPY = "internal-copy"  # the copy named is the vendor's own
    UPSTREAM = "upstream"  # what was found is older than every copy
    PUBLIC = "public"  # what was found is the released version


@dataclass(frozen=True, slots=True)
class Clearance:
    """To a partner after a verdict that concerns no copy of any partner."""

    envelope: Envelope
    advisory: AdvisoryId
    copies: tuple[CopyId, ...]
    ground: Cleared = Cleared.INTERNAL_COPY

    template: ClassVar[str] = "letters/clearance.txt.j2"

    def document(self) -> dict[str, Json]:
        """The letter's model."""
        return {
            **self.envelope.document(),
            "advisory": self.advisory,
            "copies": list(self.copies),
            "ground": self.ground.value,
        }


@dataclass(frozen=True, slots=True)
class Request:
    """The same neutral questions to whoever holds the material; it accuses nobody."""

    envelope: Envelope
    advisory: AdvisoryId
    copies: tuple[CopyId, ...]
    answer_by: datetime

    template: ClassVar[str] = "letters/request.txt.j2"

    def document(self) -> dict[str, Json]:
        """The letter's model."""
        return {
            **self.envelope.document(),
            "advisory": self.advisory,
            "copies": list(self.copies),
            "answer_by": instant_text(self.answer_by),
        }


@dataclass(frozen=True, slots=True)
class EmbargoMoved:
    """To whoever holds a copy, when the release moves forward: the old time and the new one.

    One text for all readers, so it holds nothing about any of them.
    """

    program: str
    advisory: AdvisoryId
    was: datetime
    now_at: datetime
    told_at: datetime
    contact: str

    template: ClassVar[str] = "letters/embargo-moved.txt.j2"

    def document(self) -> dict[str, Json]:
        """The letter's model."""
        return {
            "program": self.program,
            "advisory": self.advisory,
            "was": instant_text(self.was),
            "now_at": instant_text(self.now_at),
            "told_at": instant_text(self.told_at),
            "contact": self.contact,
        }


@dataclass(frozen=True, slots=True)
class Removal:
    """The decision to remove, with its reasons, its signers and the way to appeal.

    Raises:
        Conflict: the proposal is no removal, or was not carried out.
    """

    envelope: Envelope
    case: Case
    proposal: Proposal
    terms_version: str
    duty: str
    clause: str

    template: ClassVar[str] = "letters/removal.txt.j2"

    def __post_init__(self) -> None:
        if self.proposal.action is not ActionKind.REMOVE or self.proposal.executed_at is None:
            raise Conflict(
                f"proposal {self.proposal.number} of case {self.case.id} is no removal that was "
                "carried out; write this letter after the decision"
            )

    def document(self) -> dict[str, Json]:
        """The letter's model."""
        proposal = self.proposal
        return {
            **self.envelope.document(),
            "case": self.case.id,
            "advisory": self.case.advisory,
            "copy_id": self.case.copy,
            "terms_version": self.terms_version,
            "duty": self.duty,
            "clause": self.clause,
            "reason": proposal.reason,
            "effective_at": instant_text(proposal.executed_at or self.envelope.written_at),
            "noticed_at": instant_text(self.case.noticed_at) if self.case.noticed_at else None,
            "heard": bool(self.case.statement),
            "examination": self.case.finding or None,
            "decision": proposal.decision.hex if proposal.decision else None,
            "signed_by": [one.user for one in proposal.signatures],
            "local_keys": any(one.local_key for one in proposal.signatures),
            "appeal_by": instant_text(self.envelope.written_at + APPEAL),
        }


def own_limits(finding: Finding) -> list[Json]:
    """What stands against a finding, for whoever holds a copy that it names."""
    return [*map(sentence, finding.vetoes), *further_limits(finding)]


def seen_words(seen: Window) -> str:
    """When something was seen, for people.

    >>> from mapp_compliance.values import window
    >>> seen_words(window("2026-12-01T20:00:00Z"))
    'at 2026-12-01T20:00:00Z'
    """
    start, end = instant_text(seen.start), instant_text(seen.end)
    return f"at {start}" if start == end else f"between {start} and {end}"


def _provisional_until(case: Case, now: datetime) -> datetime | None:
    """When a provisional suspension that runs at that instant ends by itself."""
    ends = [
        one.until
        for one in case.proposals
        if one.provisional and one.executed_at is not None and one.until and one.until > now
    ]
    return max(ends, default=None)
