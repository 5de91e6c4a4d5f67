"""The part of a report on what was decided, by whom, and what the partner said.

>>> from mapp_compliance.values import instant
>>> decision_document(None, (), instant("2026-12-08T18:00:00Z"))["proposals"]
[]
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from mapp_compliance.audit.report import lines, optional_time
from mapp_compliance.audit.words import sentence
from mapp_compliance.enforcement import Case, CaseState, Proposal
from mapp_compliance.trust import Json
from mapp_compliance.values import instant_text

STEPS_LEFT: dict[CaseState, tuple[str, ...]] = {
    CaseState.NOTICED: ("Wait for the answer, or for the time to answer to go by.",),
    CaseState.ANSWERED: ("Have the finding examined by somebody who was shown no names.",),
    CaseState.EXAMINED: ("Let two people decide, who weigh the answer and the examination.",),
    CaseState.DECIDED: ("Nothing more is proposed; whoever holds the copy may appeal.",),
    CaseState.CLOSED: ("Nothing: the case is closed.",),
}


@dataclass(frozen=True, slots=True)
class Term:
    """What the policy pack said: the rule, its clause, and its explanation in words."""

    rule: str
    clause: str
    words: str

    def document(self) -> dict[str, Json]:
        """The row as plain values."""
        return {"rule": self.rule, "clause": self.clause, "words": self.words}


def decision_document(case: Case | None, terms: Sequence[Term], now: datetime) -> dict[str, Json]:
    """Terms, proposals with their signatures, hearing and timeline of a case as it stands now."""
    return {
        "terms": [term.document() for term in terms],
        "proposals": [_proposal(case, one) for one in case.proposals] if case else [],
        "state": case.state.value if case else None,
        "noticed_at": optional_time(case.noticed_at) if case else None,
        "response_due": optional_time(case.response_due) if case else None,
        "response_over": bool(case and case.response_due and case.response_due <= now),
        "statement": lines(case.statement) if case else [],
        "examination": _examination(case) if case else None,
        "revealed_to": list(case.revealed_to) if case else [],
        "steps": [
            {"at": instant_text(one.at), "what": one.what, "by": one.by} for one in case.steps
        ]
        if case
        else [],
    }


def steps_left(case: Case | None, wanted: Sequence[str]) -> tuple[str, ...]:
    """What is to be done now: what the verdict asks for, until a case has gone further.

    >>> steps_left(None, ["look for further samples"])
    ('Look for further samples.',)
    """
    further = STEPS_LEFT.get(case.state) if case else None
    return further or tuple(map(sentence, wanted))


def signed_locally(case: Case | None) -> bool:
    """Whether a key that lies in the workspace signed anything in the case."""
    return case is not None and any(
        signature.local_key for proposal in case.proposals for signature in proposal.signatures
    )


def _proposal(case: Case, proposal: Proposal) -> dict[str, Json]:
    return {
        "number": proposal.number,
        "action": proposal.action.value,
        "reason": proposal.reason,
        "rule": proposal.rule,
        "by": proposal.by,
        "at": instant_text(proposal.at),
        "until": optional_time(proposal.until),
        "decision": proposal.decision.hex if proposal.decision else None,
        "signatures_needed": case.signatures_needed(proposal),
        "signatures": [
            {"user": one.user, "at": instant_text(one.at), "local_key": one.local_key}
            for one in proposal.signatures
        ],
        "executed_at": optional_time(proposal.executed_at),
    }


def _examination(case: Case) -> dict[str, Json] | None:
    if case.examiner is None:
        return None
    return {"examiner": case.examiner, "finding": case.finding}
