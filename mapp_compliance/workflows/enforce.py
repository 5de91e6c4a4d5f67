"""Cases: from a verdict to an action, each step by the people it takes.

A verdict opens a case by itself and the terms may propose; nothing happens to a partner without
a signature. Every step goes into the history, and what people signed goes into the ledger.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from mapp_compliance.enforcement import (
    ActionKind,
    Case,
    CaseState,
    DecisionText,
    Proposal,
    examined,
    executable,
    heard,
    may_accuse,
    noticed,
    propose,
    rejected,
    sign,
)
from mapp_compliance.errors import Conflict, InvalidInput, NeedsApproval, NotFound
from mapp_compliance.program import PartnerState
from mapp_compliance.trust import digest
from mapp_compliance.values import CaseId, Digest
from mapp_compliance.workflows.agree import Approvals, agreed, collected, independence, person
from mapp_compliance.workflows.embargo import move_forward
from mapp_compliance.workflows.letters import removal_letter
from mapp_compliance.workflows.log import transaction
from mapp_compliance.workflows.outbox import queue, send_waiting
from mapp_compliance.workflows.people import partner
from mapp_compliance.workflows.ports import Desk, UnitOfWork
from mapp_compliance.workflows.records import MANAGEMENT, Event
from mapp_compliance.workflows.release import check_names_nobody

TARGET_STATE = {
    ActionKind.RESTRICT: PartnerState.RESTRICTED,
    ActionKind.SUSPEND: PartnerState.SUSPENDED,
    ActionKind.REMOVE: PartnerState.REMOVED,
}


@dataclass(frozen=True, slots=True)
class CaseStep:
    """A case after one step, and how independent the people were.

    ``done`` is the action that this step carried out, ``files`` the letters that it sent.
    """

    case: Case
    independence: str = ""
    files: tuple[str, ...] = ()
    done: Proposal | None = None


def find_case(work: UnitOfWork, case_id: str) -> Case:
    """The case of that id. Raises NotFound."""
    case = work.cases.get(case_id)
    if case is None:
        raise NotFound(f"there is no case {case_id}; 'mapp case list' shows the open ones")
    return case


def decision_text(desk: Desk, case: Case, proposal: Proposal) -> DecisionText:
    """What the people sign for one proposal."""
    return DecisionText(
        action=f"{proposal.action.value} partner"
        if proposal.action is not ActionKind.ADVANCE
        else "advance release",
        subject=case.id,
        reason=proposal.reason,
        evidence=case.run,
        policy=desk.policy_digest(),
        proposed_at=proposal.at,
        until=proposal.until,
    )


@dataclass(frozen=True, slots=True)
class ProposeAction:
    """Propose an action in a case; ``by`` is a label, the signatures decide."""

    case: CaseId
    action: ActionKind
    reason: str
    until: datetime | None
    by: str
    approvals: Approvals


def propose_action(desk: Desk, command: ProposeAction) -> CaseStep:
    """The case with the proposal, carried out at once where enough people sign with it."""
    now = desk.clock()
    if command.action is ActionKind.ADVANCE and command.until is None:
        raise InvalidInput("a release is moved to a time; give the new one with --until")
    with transaction(desk) as work:
        case = propose(
            find_case(work, command.case),
            command.action,
            command.reason,
            command.by or ", ".join(command.approvals.local) or "unnamed",
            now,
            command.until,
        )
        if command.action is ActionKind.ADVANCE:
            check_names_nobody(work, command.reason)
        step = _signed_and_done(desk, work, case, None, command.approvals)
    return _sent(desk, step)


def approve(desk: Desk, case_id: str, number: int | None, approvals: Approvals) -> CaseStep:
    """The case after further signatures, carried out once they are enough.

    Raises:
        NeedsApproval: nobody signed; its field ``to_sign`` holds the bytes to sign.
    """
    with transaction(desk) as work:
        case = find_case(work, case_id)
        proposal = case.proposal(number)
        if not approvals.local and not approvals.signatures:
            raise NeedsApproval(
                f"sign this decision with 'ssh-keygen -Y sign -n mapp-decision@v1' and pass the "
                f"signature with 'mapp case approve {case.id} --signature FILE'",
                to_sign=decision_text(desk, case, proposal).body().decode(),
            )
        step = _signed_and_done(desk, work, case, number, approvals)
    return _sent(desk, step)


def _sent(desk: Desk, step: CaseStep) -> CaseStep:
    """The step with the letters that went out with it. Raises Undelivered."""
    if step.done is None:
        return step
    mine = {MANAGEMENT, step.case.recipient}
    sent = [item.place for item in send_waiting(desk) if item.letter.recipient in mine]
    return replace(step, files=(*step.files, *sent))


def _signed_and_done(
    desk: Desk, work: UnitOfWork, case: Case, number: int | None, approvals: Approvals
) -> CaseStep:
    now = desk.clock()
    proposal = case.proposal(number)
    text = decision_text(desk, case, proposal)
    signed = collected(desk, work, text, approvals)
    for item in signed:
        case = sign(case, proposal.number, item.user, item.armored, now)
        work.ledger.append(
            "approval",
            {
                "decision": digest(text.body()).hex,
                "signature": digest(item.armored.encode()).hex,
            },
            now,
        )
    try:
        executable(case, case.proposal(proposal.number))
    except NeedsApproval:
        work.cases.put(case)
        work.tell(Event("action proposed", case.id, now, detail=proposal.action.value))
        return CaseStep(case, independence([item.user for item in signed]))
    case = _carried_out(desk, work, case, case.proposal(proposal.number))
    done = case.proposal(proposal.number)
    return CaseStep(case, _independence(done), done=done)


def _independence(proposal: Proposal) -> str:
    return "none" if any(item.local_key for item in proposal.signatures) else "separate keys"


def _carried_out(desk: Desk, work: UnitOfWork, case: Case, proposal: Proposal) -> Case:
    """The case with the action done: the partner's state or the release, and the history."""
    now = desk.clock()
    if proposal.action is ActionKind.ADVANCE:
        _release_moved(desk, work, case, proposal)
    words = f"{proposal.action.value} carried out"
    case = case.with_proposal(replace(proposal, executed_at=now))
    if proposal.action is ActionKind.REMOVE:
        case = case.moved(CaseState.DECIDED, now, words)
    else:
        case = case.stepped(now, words)
    if case.recipient is not None and proposal.action in TARGET_STATE:
        moved = partner(work, case.recipient).moved(
            TARGET_STATE[proposal.action], now, proposal.until
        )
        work.partners.put(moved)
        work.tell(Event(f"partner {moved.state.value}", moved.id, now, detail=case.id))
    if proposal.action is ActionKind.REMOVE:
        queue(desk, work, removal_letter(desk, work, case), now)
    work.cases.put(case)
    work.tell(Event("action carried out", case.id, now, detail=proposal.action.value))
    return case


def _release_moved(desk: Desk, work: UnitOfWork, case: Case, proposal: Proposal) -> None:
    if case.advisory is None or proposal.until is None:
        raise Conflict(
            f"proposal {proposal.number} of case {case.id} does not say until when the embargo "
            "lasts; propose it again with --until TIME"
        )
    move_forward(
        desk,
        work,
        desk.advisory(work, case.advisory),
        proposal.until,
        proposal.reason,
        tuple(item.user for item in proposal.signatures),
        _independence(proposal),
    )


def give_notice(
    desk: Desk,
    case_id: str,
    approvals: Approvals,
    letter: bytes,
    evidence: bytes,
) -> CaseStep:
    """The case after the notice, with the evidence, lies in the partner's outbox.

    Args:
        letter, evidence: about this partner's copy only.
    Raises:
        NeedsApproval: a notice accuses, so two people agree.
        Undelivered: it did not leave; the case is as it was.
    """
    now = desk.clock()
    with transaction(desk) as work:
        case = find_case(work, case_id)
        recipient = case.recipient
        if recipient is None or case.internal:
            raise Conflict(
                f"case {case.id} names no partner's copy, so there is nobody to give notice to"
            )
        decision = DecisionText(
            action="give notice",
            subject=case.id,
            reason=f"verdict {case.verdict}",
            evidence=case.run,
            policy=desk.policy_digest(),
        )
        kept = agreed(desk, work, decision, approvals, now)
        for name, _ in kept.signatures:
            may_accuse(case, person(work.users.all(), name))
        case = noticed(case, digest(letter), now, kept.signatures[0][0])
        work.cases.put(case)
        work.ledger.append(
            "notice", {"notice": digest(letter).hex, "with": digest(evidence).hex}, now
        )
        work.tell(Event("notice given", case.id, now))
        # Before the end of the transaction: no time to answer runs on a letter that did not leave.
        files = (
            desk.post.deliver(recipient, f"{case.id}.notice.txt", letter),
            desk.post.deliver(recipient, f"{case.id}.evidence.json", evidence),
        )
    return CaseStep(case, kept.independence, files)


def hear(desk: Desk, case_id: str, statement: str, by: str) -> CaseStep:
    """The case after the partner's statement, or after the time to answer went by."""
    now = desk.clock()
    with transaction(desk) as work:
        case = heard(find_case(work, case_id), statement.strip(), now, by)
        work.cases.put(case)
        body = {"statement": digest(statement.encode()).hex}
        work.ledger.append("hearing", dict(body), now)
        work.tell(
            Event("partner heard", case.id, now, detail="statement" if statement else "lapse")
        )
    return CaseStep(case)


def examine(
    desk: Desk, case_id: str, finding: str, replayed: Digest, approvals: Approvals
) -> CaseStep:
    """The case after an examiner who saw no names signed a finding.

    Args:
        finding: ``confirmed`` or ``not confirmed``.
        replayed: digest of the run as the replay gave it.
    Raises:
        NeedsApproval: nobody signed. Conflict: the replay gave another result.
    """
    if finding not in {"confirmed", "not confirmed"}:
        raise InvalidInput("--finding takes 'confirmed' or 'not confirmed'; use one of them")
    now = desk.clock()
    with transaction(desk) as work:
        case = find_case(work, case_id)
        if finding == "confirmed" and replayed != case.run:
            raise Conflict(
                f"the replay of case {case.id} gave another result than the verdict; it cannot be "
                "confirmed, close the case and look for the cause"
            )
        decision = DecisionText(
            action=f"examination: {finding}",
            subject=case.id,
            reason="blind replay of the reading and its scores",
            evidence=case.run,
            policy=desk.policy_digest(),
        )
        signed = collected(desk, work, decision, approvals)
        if not signed:
            raise NeedsApproval(
                f"an examiner must sign this; pass --approve NAME in a demo workspace, else "
                f"--signature FILE for case {case.id}",
                to_sign=decision.body().decode(),
            )
        case = examined(case, signed[0].user, finding, now)
        work.cases.put(case)
        work.ledger.append("examination", {"decision": digest(decision.body()).hex}, now)
        work.tell(Event("case examined", case.id, now, detail=finding))
    return CaseStep(case, independence([signed[0].user]))


def close(desk: Desk, case_id: str, reason: str) -> CaseStep:
    """The case, closed with its reason."""
    if not reason.strip():
        raise InvalidInput("closing a case needs a reason; give one with --reason")
    now = desk.clock()
    with transaction(desk) as work:
        case = find_case(work, case_id).moved(CaseState.CLOSED, now, f"closed: {reason}")
        work.cases.put(case)
        work.tell(Event("case closed", case.id, now, detail=reason))
    return CaseStep(case)


def reject(
    desk: Desk, case_id: str, number: int | None, reason: str, approvals: Approvals
) -> CaseStep:
    """The case without a proposal that somebody who may approve signed against.

    Raises:
        NeedsApproval: nobody signed. Refused: this person has no say in it.
    """
    now = desk.clock()
    with transaction(desk) as work:
        case = find_case(work, case_id)
        proposal = case.proposal(number)
        text = replace(
            decision_text(desk, case, proposal), action=f"reject {proposal.action.value}"
        )
        signed = collected(desk, work, text, approvals)
        if not signed:
            raise NeedsApproval(
                f"sign this decision with 'ssh-keygen -Y sign -n mapp-decision@v1' and pass the "
                f"signature with 'mapp case reject {case.id} --signature FILE'",
                to_sign=text.body().decode(),
            )
        case = rejected(case, proposal, signed[0].user, reason, now)
        work.cases.put(case)
        work.ledger.append("rejection", {"decision": digest(text.body()).hex}, now)
        work.tell(Event("proposal rejected", case.id, now, signed[0].user.name, reason))
    return CaseStep(case, independence([item.user for item in signed]))
