"""A case as the command line shows it."""

from datetime import datetime

from mapp_compliance.enforcement import Case, Proposal
from mapp_compliance.trust import Json
from mapp_compliance.values import instant_text


def case_document(case: Case) -> dict[str, Json]:
    """A case as the command line shows it."""
    shown = [_proposal_document(case, item) for item in case.proposals]
    waiting = [item for item in shown if item["executed_at"] is None]
    return {
        "id": case.id,
        "state": case.state.value,
        "verdict": case.verdict,
        "sample": case.sample,
        "advisory": case.advisory,
        "copy": case.copy,
        "recipient": case.recipient,
        "internal": case.internal,
        "proposal": waiting[-1] if waiting else None,
        "proposals": list(shown),
        "approvals": [
            {"by": s.user, "proposal": item.number, "at": instant_text(s.at)}
            for item in case.proposals
            for s in item.signatures
        ],
        "actions": [item for item in shown if item["executed_at"] is not None],
        "noticed_at": _when(case.noticed_at),
        "response_due": _when(case.response_due),
        "statement": case.statement or None,
        "revealed_to": list(case.revealed_to),
        "examiner": case.examiner,
        "finding": case.finding or None,
        "steps": [{"at": instant_text(s.at), "what": s.what, "by": s.by} for s in case.steps],
    }


def _proposal_document(case: Case, item: Proposal) -> dict[str, Json]:
    return {
        "number": item.number,
        "action": item.action.value,
        "reason": item.reason,
        "by": item.by,
        "rule": item.rule or None,
        "at": instant_text(item.at),
        "until": _when(item.until),
        "signatures_needed": case.signatures_needed(item),
        "executed_at": _when(item.executed_at),
    }


def _when(moment: datetime | None) -> str | None:
    return instant_text(moment) if moment else None
