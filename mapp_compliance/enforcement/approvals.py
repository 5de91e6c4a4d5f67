"""Who may propose, agree to and carry out what in a case, and when."""

from dataclasses import replace
from datetime import datetime

from mapp_compliance.enforcement.cases import (
    CONFIRMED,
    ActionKind,
    Case,
    CaseState,
    Proposal,
    Signature,
)
from mapp_compliance.errors import Conflict, InvalidInput, NeedsApproval, Refused
from mapp_compliance.program import PROVISIONAL_SUSPENSION, User
from mapp_compliance.values import instant_text


def propose(
    case: Case,
    action: ActionKind,
    reason: str,
    by: str,
    now: datetime,
    until: datetime | None,
    rule: str = "",
) -> Case:
    """The case with one more proposal; ``rule`` is the one of the terms that proposes it.

    Raises:
        Conflict: the case is closed.
        Refused: the verdict names no partner's copy.
        InvalidInput: no reason, or an end that does not fit.
    """
    _still_open(case)
    if not reason.strip():
        raise InvalidInput("a proposal needs a reason; give one with --reason")
    against_partner = action is not ActionKind.ADVANCE
    if against_partner and (case.recipient is None or case.internal):
        raise Refused(
            f"the verdict of case {case.id} is {case.verdict}; it names no partner's copy, so no "
            f"action against a partner can follow; close the case or look for more evidence",
            case=case.id,
        )
    if action is ActionKind.SUSPEND and until is None:
        until = now + PROVISIONAL_SUSPENSION
    if until is not None and until <= now:
        raise InvalidInput(
            f"--until {instant_text(until)} is not after {instant_text(now)}; give a later time"
        )
    number = max((item.number for item in case.proposals), default=0) + 1
    proposal = Proposal(number, action, reason.strip(), by, now, rule=rule, until=until)
    words = f"by rule {rule}" if rule else f": {reason.strip()}"
    return case.with_proposal(proposal).stepped(
        now, f"{action.value} proposed{'' if words[0] == ':' else ' '}{words}", by
    )


def sign(case: Case, number: int | None, user: User, signature: str, now: datetime) -> Case:
    """The case with one more agreement to a proposal.

    Raises:
        Refused: this person may not agree to it.
        Conflict: has agreed already; the case is closed, the proposal was carried out, or a step
            before a removal is missing.
    """
    proposal = case.proposal(number)
    _may_decide(case, proposal, user)
    if any(item.user == user.name for item in proposal.signatures):
        raise Conflict(f"{user.name} has signed proposal {proposal.number} already; ask another")
    if proposal.action is ActionKind.REMOVE:
        removal_ready(case)
    signed = replace(
        proposal,
        signatures=(*proposal.signatures, Signature(user.name, signature, now, user.local)),
    )
    return case.with_proposal(signed).stepped(now, f"{proposal.action.value} approved", user.name)


def rejected(case: Case, proposal: Proposal, user: User, reason: str, now: datetime) -> Case:
    """The case with that proposal off the table.

    Raises:
        Refused: this person has no say in it.
        Conflict: it was carried out already, or the case is closed.
    """
    _may_decide(case, proposal, user)
    kept = tuple(item for item in case.proposals if item.number != proposal.number)
    words = f"{proposal.action.value} rejected" + (f": {reason}" if reason else "")
    return case.stepped(now, words, user.name, proposals=kept)


def _still_open(case: Case) -> None:
    if case.state is CaseState.CLOSED:
        raise Conflict(f"case {case.id} is closed; a new finding opens a case of its own")


def _not_done(case: Case, proposal: Proposal) -> None:
    if proposal.executed_at is not None:
        raise Conflict(
            f"proposal {proposal.number} of case {case.id} was carried out already; "
            f"'mapp case show {case.id}' tells when"
        )


def _may_decide(case: Case, proposal: Proposal, user: User) -> None:
    _still_open(case)
    _not_done(case, proposal)
    may_accuse(case, user)


def may_accuse(case: Case, user: User) -> None:
    """Return when this person may sign for or against somebody in the case.

    Raises:
        Refused: another role, the examiner of the case, or somebody who saw its names early.
    """
    if not user.role.may_approve:
        raise Refused(
            f"{user.name} is {user.role.value}; only a program manager or approver can approve"
        )
    if user.name in case.revealed_to:
        raise Refused(
            f"{user.name} had the names of case {case.id} revealed before the examination and "
            "cannot approve in it; ask somebody else"
        )
    if user.name == case.examiner:
        raise Refused(f"{user.name} examined case {case.id} and cannot approve in it")


def executable(case: Case, proposal: Proposal) -> None:
    """Return when the proposal may be carried out now.

    Raises:
        NeedsApproval: signatures are missing.
        Conflict: done already, the case is closed, or a step before a removal is missing.
    """
    _still_open(case)
    _not_done(case, proposal)
    have, needed = (
        len({item.user for item in proposal.signatures}),
        case.signatures_needed(proposal),
    )
    if have < needed:
        raise NeedsApproval(
            f"{proposal.action.value} needs {needed} people, {have} agreed; "
            f"ask for 'mapp case approve {case.id}'",
            case=case.id,
        )
    if proposal.action is ActionKind.REMOVE:
        removal_ready(case)


def removal_ready(case: Case) -> None:
    """Return when every step before a removal was taken.

    Raises:
        Conflict: names the first missing step.
    """
    if case.noticed_at is None:
        raise Conflict(f"no notice was delivered yet; run 'mapp case notice {case.id}' first")
    if case.state in {CaseState.OPEN, CaseState.NOTICED}:
        due = instant_text(case.response_due) if case.response_due else "an answer"
        raise Conflict(
            f"the partner may answer until {due}; run 'mapp case hear {case.id}' with the "
            "statement, or after that time"
        )
    if case.state is not CaseState.EXAMINED or case.finding != CONFIRMED:
        raise Conflict(
            f"no blind examiner confirmed the finding; run 'mapp case examine {case.id}' first"
        )
