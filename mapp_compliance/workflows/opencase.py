"""A verdict opens a case and the terms may propose; nothing else happens without people."""

from collections.abc import Sequence
from datetime import datetime

from mapp_compliance.attribution import Run
from mapp_compliance.distribution import Copy
from mapp_compliance.enforcement import Case, CaseState, propose
from mapp_compliance.errors import Refused
from mapp_compliance.values import CaseId
from mapp_compliance.workflows.ports import Desk, UnitOfWork
from mapp_compliance.workflows.records import Event
from mapp_compliance.workflows.terms import Consequence, consequences

POLICY = "policy"  # in the place of a proposer: the terms themselves
CASE_VERDICTS = frozenset(
    {
        "COPY_IDENTIFIED",
        "COPY_IDENTIFIED_INTERNAL",
        "MULTIPLE_COPIES",
        "CONFLICTING_MARKS",
    }
)


def open_cases(
    desk: Desk, work: UnitOfWork, run: Run, named: Sequence[Copy], vetoes: int
) -> list[Case]:
    """One case for each named copy, or one without a copy where marks conflict."""
    if run.verdict not in CASE_VERDICTS:
        return []
    subjects: list[Copy | None] = list(named) or [None]
    now = desk.clock()
    cases = []
    for number, copy in enumerate(subjects):
        known = [
            item
            for item in work.cases.all()
            if copy is not None and item.copy == copy.id and item.state is not CaseState.CLOSED
        ]
        if known:
            case = known[0].stepped(now, f"sample {run.sample} names the same copy")
            work.cases.put(case)
            cases.append(case)
            continue
        suffix = f"-{number + 1}" if len(subjects) > 1 else ""
        case = Case(
            id=CaseId(f"K-{run.digest.hex[:8]}{suffix}"),
            sample=run.sample,
            advisory=run.advisory,
            verdict=run.verdict,
            run=run.digest,
            opened_at=now,
            copy=copy.id if copy else None,
            recipient=copy.recipient if copy else None,
            internal=bool(copy and copy.internal),
        ).stepped(now, f"opened on the verdict {run.verdict}")
        for item in consequences(desk, work, case, run, vetoes):
            case = _policy_proposal(case, item, now)
        work.cases.put(case)
        work.tell(Event("case opened", case.id, now, detail=run.verdict))
        cases.append(case)
    return cases


def _policy_proposal(case: Case, item: Consequence, now: datetime) -> Case:
    """The case with what the terms propose; a note where the case cannot carry such an action."""
    suggested = case.stepped(now, f"{item.action} suggested by rule {item.rule}", POLICY)
    if item.kind is None:
        return suggested
    try:
        return propose(case, item.kind, item.reason, POLICY, now, item.until, item.rule)
    except Refused:
        return suggested
