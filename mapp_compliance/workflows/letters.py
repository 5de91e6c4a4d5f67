"""Letters that belong to a decision, written in its transaction."""

from mapp_compliance.audit import Envelope, Removal
from mapp_compliance.enforcement import ActionKind, Case
from mapp_compliance.program import Partner
from mapp_compliance.workflows.outbox import Letter
from mapp_compliance.workflows.people import partner
from mapp_compliance.workflows.ports import Desk, UnitOfWork


def envelope(desk: Desk, owner: Partner) -> Envelope:
    """What every letter to that partner carries, written now."""
    return Envelope(desk.program.name, desk.clock(), owner.name, desk.program.contact)


def clause_of(desk: Desk, case: Case) -> str:
    """The clause that the terms' own proposals rest on."""
    used = {item.rule for item in case.proposals if item.rule}
    return next((rule.clause for rule in desk.pack().rules if rule.id in used), "the terms")


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
    model = Removal(
        envelope=envelope(desk, owner),
        case=case,
        proposal=proposal,
        terms_version=owner.agreement,
        clause=clause_of(desk, case),
    )
    text = desk.renderer.render(model.template, model.document()).encode()
    return Letter(owner.id, removal_name(case), text, case.id)
