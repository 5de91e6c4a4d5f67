"""What the terms propose in a case: never more than a proposal."""

from dataclasses import dataclass
from datetime import datetime

from mapp_compliance.attribution import Run
from mapp_compliance.enforcement import ActionKind, Case
from mapp_compliance.policy import FactValue, Question, Standing, decide
from mapp_compliance.workflows.facts import (
    advisory_facts,
    case_facts,
    recipient_facts,
    together,
)
from mapp_compliance.workflows.ports import Desk, UnitOfWork

CASE_ACTIONS = {item.value: item for item in ActionKind}


@dataclass(frozen=True, slots=True)
class Consequence:
    """One measure that the terms propose; ``kind`` is None for what is no action of a case."""

    action: str
    kind: ActionKind | None
    rule: str
    reason: str
    until: datetime | None


def consequences(
    desk: Desk, work: UnitOfWork, case: Case, run: Run, vetoes: int
) -> list[Consequence]:
    """What follows from a verdict by the terms, in the order of the pack."""
    now = desk.clock()
    groups: list[dict[str, FactValue]] = [{"now": now}, case_facts(case, run, vetoes)]
    advisory = work.advisories.get(case.advisory) if case.advisory else None
    if advisory is not None:
        groups.append(advisory_facts(advisory, "poc", now))
    if case.recipient is not None:
        recipient = work.partners.get(case.recipient)
        if recipient is not None:
            groups.append(recipient_facts(recipient, desk.laws(), now, desk.program.local_keys))
    decision = decide(desk.pack(), together(*groups), Question.CONSEQUENCE)
    return [
        Consequence(
            action=item.action,
            kind=CASE_ACTIONS.get(item.action),
            rule=item.reason.rule,
            reason=item.reason.sentence(),
            until=now + item.expires if item.expires else None,
        )
        for item in decision.result
        if item.standing is Standing.PROPOSED
    ]
