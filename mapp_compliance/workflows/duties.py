"""What the terms ask of who has a copy, and by when."""

from datetime import datetime

from mapp_compliance.advisories import Advisory
from mapp_compliance.distribution import Copy
from mapp_compliance.policy import Question, decide
from mapp_compliance.program import Partner
from mapp_compliance.workflows.facts import advisory_facts, copy_facts, recipient_facts, together
from mapp_compliance.workflows.ports import Desk

ACKNOWLEDGE = "acknowledge"  # the duty of the terms that a receipt meets


def receipt_due(desk: Desk, advisory: Advisory, copy: Copy, owner: Partner) -> datetime | None:
    """When the terms ask for the receipt of a copy."""
    if copy.delivered_at is None:
        return None
    facts = together(
        recipient_facts(owner, desk.laws(), desk.clock(), desk.program.local_keys),
        advisory_facts(advisory, copy.package_class, desk.clock()),
        copy_facts(copy),
    )
    duties = decide(desk.pack(), facts, Question.OBLIGATIONS).result
    return min((d.due for d in duties if d.action == ACKNOWLEDGE and d.due), default=None)
