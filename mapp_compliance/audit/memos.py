"""Letters that accuse nobody, and memos inside the program, as values; templates hold the words.

Rules, besides those of ``letters``:
- A pause, a change of terms and a result without a name say that they stand on nobody's record.
- A warning is for its reader's safety; it makes no statement about what the reader did.
- A memo stays inside. It names the vendor's own copy at most, never a partner's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from mapp_compliance.attribution import Sample
from mapp_compliance.audit.finding import Finding
from mapp_compliance.audit.letters import Envelope, own_limits, seen_words
from mapp_compliance.distribution import Copy
from mapp_compliance.enforcement import Case
from mapp_compliance.errors import InvalidInput
from mapp_compliance.trust import Json
from mapp_compliance.values import AdvisoryId, Window, instant_text


@dataclass(frozen=True, slots=True)
class Closing:
    """The matter is closed without a link. ``release_at``: a release that was moved meanwhile."""

    envelope: Envelope
    advisory: AdvisoryId
    release_at: datetime | None = None

    template: ClassVar[str] = "letters/closing.txt.j2"

    def document(self) -> dict[str, Json]:
        """The letter's model."""
        return {
            **self.envelope.document(),
            "advisory": self.advisory,
            "release_at": instant_text(self.release_at) if self.release_at else None,
        }


@dataclass(frozen=True, slots=True)
class Pause:
    """Further deliveries of an advisory wait. ``reason`` is a clause that names nobody."""

    envelope: Envelope
    advisory: AdvisoryId
    reason: str
    until: datetime | None = None

    template: ClassVar[str] = "letters/stop.txt.j2"

    def document(self) -> dict[str, Json]:
        """The letter's model."""
        return {
            **self.envelope.document(),
            "advisory": self.advisory,
            "reason": self.reason,
            "until": instant_text(self.until) if self.until else None,
        }


@dataclass(frozen=True, slots=True)
class Talk:
    """To whoever sent an early version, asking for help. ``received_at``: of that version."""

    envelope: Envelope
    advisory: AdvisoryId
    received_at: datetime
    seen: Window

    template: ClassVar[str] = "letters/talk.txt.j2"

    def document(self) -> dict[str, Json]:
        """The letter's model."""
        return {
            **self.envelope.document(),
            "advisory": self.advisory,
            "received_at": instant_text(self.received_at),
            "seen": seen_words(self.seen),
        }


@dataclass(frozen=True, slots=True)
class DutyToWarn:
    """To a finder whose unsubmitted draft turned up: somebody may be in their systems."""

    envelope: Envelope
    advisory: AdvisoryId
    received_at: datetime
    seen: Window

    template: ClassVar[str] = "letters/warning.txt.j2"

    def document(self) -> dict[str, Json]:
        """The letter's model."""
        return {
            **self.envelope.document(),
            "advisory": self.advisory,
            "received_at": instant_text(self.received_at),
            "seen": seen_words(self.seen),
        }


@dataclass(frozen=True, slots=True)
class TermsChange:
    """To a recipient whose share changes by a rule about places.

    ``clauses`` are (clause, sentence) of the rules; ``hours`` what the law leaves, when known.
    """

    envelope: Envelope
    effective_at: datetime
    clauses: Sequence[tuple[str, str]]
    hours: int | None = None

    template: ClassVar[str] = "letters/terms-change.txt.j2"

    def document(self) -> dict[str, Json]:
        """The letter's model."""
        return {
            **self.envelope.document(),
            "effective_at": instant_text(self.effective_at),
            "clauses": [{"clause": clause, "text": text} for clause, text in self.clauses],
            "hours": self.hours,
        }


@dataclass(frozen=True, slots=True)
class InternalMemo:
    """To the internal process, about a copy of the vendor's own.

    Raises:
        InvalidInput: the case is not about a copy of the vendor's own that the finding names.
    """

    program: str
    written_at: datetime
    case: Case
    copy: Copy
    sample: Sample
    finding: Finding

    template: ClassVar[str] = "memos/internal.txt.j2"

    def __post_init__(self) -> None:
        self._p_value()

    def _p_value(self) -> str:
        for one in self.finding.copies:
            if one.copy == self.copy.id == self.case.copy and self.case.internal:
                return one.p_value
        raise InvalidInput(
            f"case {self.case.id} is not about a copy of the vendor's own; a partner's copy takes "
            "a notice, not a memo"
        )

    def document(self) -> dict[str, Json]:
        """The memo's model."""
        held = self.copy
        return {
            **_memo(self.program, self.written_at, self.sample),
            "case": self.case.id,
            "advisory": held.advisory,
            "held": {
                "id": held.id,
                "recipient": held.recipient,
                "delivered_at": instant_text(held.delivered_at) if held.delivered_at else None,
            },
            "p_value": self._p_value(),
            "limits": own_limits(self.finding),
        }


@dataclass(frozen=True, slots=True)
class KeyMemo:
    """Marks that do not add up: keys and records are to be checked before anything else."""

    program: str
    written_at: datetime
    case: str
    advisory: AdvisoryId
    sample: Sample
    finding: Finding

    template: ClassVar[str] = "memos/keys.txt.j2"

    def document(self) -> dict[str, Json]:
        """The memo's model."""
        return {
            **_memo(self.program, self.written_at, self.sample),
            "case": self.case,
            "advisory": self.advisory,
            "verdict": self.finding.verdict.replace("_", " ").lower(),
            "reasons": own_limits(self.finding),
        }


@dataclass(frozen=True, slots=True)
class LeadNote:
    """A lead for the file: what is missing, and that nothing follows for anybody."""

    program: str
    written_at: datetime
    advisory: AdvisoryId
    sample: Sample
    finding: Finding

    template: ClassVar[str] = "memos/lead.txt.j2"

    def document(self) -> dict[str, Json]:
        """The note's model."""
        return {
            **_memo(self.program, self.written_at, self.sample),
            "advisory": self.advisory,
            "reasons": own_limits(self.finding),
        }


def _memo(program: str, written_at: datetime, sample: Sample) -> dict[str, Json]:
    return {
        "program": program,
        "written_at": instant_text(written_at),
        "sample": {"id": sample.id, "seen": seen_words(sample.seen)},
    }
