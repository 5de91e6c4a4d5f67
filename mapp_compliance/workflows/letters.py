"""Letters that belong to a decision, written in its transaction."""

from collections.abc import Sequence

from mapp_compliance.attribution import limits as say
from mapp_compliance.audit import Envelope, Removal
from mapp_compliance.distribution import Copy
from mapp_compliance.enforcement import ActionKind, Case
from mapp_compliance.errors import Conflict
from mapp_compliance.policy import Question, decide
from mapp_compliance.program import Partner
from mapp_compliance.workflows.facts import (
    advisory_facts,
    copy_facts,
    recipient_facts,
    together,
)
from mapp_compliance.workflows.outbox import Letter
from mapp_compliance.workflows.people import partner
from mapp_compliance.workflows.ports import Desk, UnitOfWork

KEPT_CONFIDENTIAL = "keep_poc_confidential"  # the duty of the terms that a leak is about
NO_DUTY = "the duty to keep the material under the terms"


def envelope(desk: Desk, owner: Partner) -> Envelope:
    """What every letter to that partner carries, written now."""
    return Envelope(desk.program.name, desk.clock(), owner.name, desk.program.contact)


def clause_of(desk: Desk, case: Case) -> str:
    """The clause that the terms' own proposals rest on."""
    used = {item.rule for item in case.proposals if item.rule}
    return next((rule.clause for rule in desk.pack().rules if rule.id in used), "the terms")


def measure_clause(desk: Desk, case: Case, action: str) -> str:
    """The clause of the terms on a measure, or that of the terms' own proposals in the case."""
    found = [
        rule.clause
        for rule in desk.pack().rules
        if rule.measure is not None and rule.measure.action == action
    ]
    return found[0] if found else clause_of(desk, case)


def duty_of(desk: Desk, work: UnitOfWork, copy: Copy, owner: Partner) -> str:
    """The duty that a leak of this copy is about, with its clause, as the terms put it."""
    advisory = desk.advisory(work, copy.advisory)
    facts = together(
        recipient_facts(owner, desk.laws(), desk.clock(), desk.program.local_keys),
        advisory_facts(advisory, copy.package_class, desk.clock()),
        copy_facts(copy),
    )
    duties = decide(desk.pack(), facts, Question.OBLIGATIONS).result
    told = [
        f"{one.reason.clause}: {one.reason.text}"
        for one in duties
        if one.action == KEPT_CONFIDENTIAL
    ]
    return told[0] if told else NO_DUTY


def check_clears(limits: Sequence[str], subject: str) -> None:
    """Raises Conflict while the finding shows a source that it does not name."""
    if say.MORE_SOURCES in limits:
        raise Conflict(
            f"{subject} shows signs of one more source that it does not name, so it clears nobody; "
            "look for further samples first"
        )


def removal_name(case: Case) -> str:
    """What the file of a decision letter is called."""
    return f"{case.id}.removal.txt"


def removal_letter(desk: Desk, work: UnitOfWork, case: Case) -> Letter:
    """The decision letter of a removal that is carried out in this transaction."""
    owner = partner(work, case.recipient or "")
    proposal = next(
        item
        for item in reversed(case.proposals)
        if item.action is ActionKind.REMOVE and item.executed_at is not None
    )
    copy = work.copies.get(case.copy) if case.copy else None
    model = Removal(
        envelope=envelope(desk, owner),
        case=case,
        proposal=proposal,
        terms_version=owner.agreement,
        duty=duty_of(desk, work, copy, owner) if copy else NO_DUTY,
        clause=measure_clause(desk, case, ActionKind.REMOVE.value),
    )
    text = desk.renderer.render(model.template, model.document()).encode()
    return Letter(owner.id, removal_name(case), text, case.id)
