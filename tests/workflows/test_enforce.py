"""A case on the world in memory: from the verdict to the removal, and every way it stops."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from mapp_compliance.distribution import Copy
from mapp_compliance.enforcement import ActionKind, Case, CaseState, Proposal
from mapp_compliance.errors import (
    Conflict,
    InvalidInput,
    NeedsApproval,
    NotFound,
    Refused,
    Undelivered,
)
from mapp_compliance.program import PartnerState
from mapp_compliance.trust import BadSignature
from mapp_compliance.values import CaseId, Digest
from mapp_compliance.workflows.agree import Approvals
from mapp_compliance.workflows.enforce import (
    CaseStep,
    ProposeAction,
    approve,
    close,
    examine,
    find_case,
    give_notice,
    hear,
    propose_action,
    reject,
)
from mapp_compliance.workflows.opencase import open_cases
from tests.world import BOTH, World

ANN, BOB, CLEO = Approvals(("ann",)), Approvals(("bob",)), Approvals(("cleo",))
NOBODY = Approvals()


@pytest.fixture
def world() -> World:
    made = World()
    made.issued()
    return made


def copy_of(world: World, recipient: str = "P1") -> Copy:
    with world.store.read() as work:
        return work.copies.all(recipient=recipient)[0]


def opened(world: World) -> Case:
    return world.case(copy_of(world))


def propose(
    world: World,
    case: Case,
    action: ActionKind,
    approvals: Approvals = NOBODY,
    until: datetime | None = None,
) -> CaseStep:
    command = ProposeAction(case.id, action, "a reason", until, "ann", approvals)
    return propose_action(world.desk, command)


def notice(world: World, case: Case, approvals: Approvals = BOTH) -> CaseStep:
    return give_notice(world.desk, case.id, approvals, b"letter", b"evidence")


def ready(world: World) -> Case:
    """A case that was noticed, heard and examined."""
    case = opened(world)
    notice(world, case)
    hear(world.desk, case.id, "it was not us", "ann")
    return examine(world.desk, case.id, "confirmed", case.run, CLEO).case


def standing(world: World, recipient: str = "P1") -> PartnerState:
    with world.store.read() as work:
        found = work.partners.get(recipient)
    assert found is not None
    return found.state_at(world.now)


def test_a_verdict_opens_a_case_with_what_the_terms_propose(world: World) -> None:
    case = opened(world)
    assert (case.state, case.recipient) == (CaseState.OPEN, "P1")
    assert [item.action for item in case.proposals] == [ActionKind.SUSPEND]
    assert standing(world) is PartnerState.ACTIVE


def test_a_verdict_without_a_copy_proposes_nothing_against_anybody(world: World) -> None:
    case = world.case(None, "CONFLICTING_MARKS")
    assert (case.recipient, case.proposals) == (None, ())
    with pytest.raises(Refused, match="names no partner's copy"):
        propose(world, case, ActionKind.WARN, BOTH)


def test_a_reader_of_the_vendor_gets_no_action_and_no_notice(world: World) -> None:
    world.reader("STAFF-1")
    world.issue("A1", "STAFF-1")
    case = world.case(copy_of(world, "STAFF-1"), "COPY_IDENTIFIED_INTERNAL")
    assert case.proposals == ()
    with pytest.raises(Refused):
        propose(world, case, ActionKind.SUSPEND, BOTH)
    with pytest.raises(Conflict, match="nobody to give notice to"):
        notice(world, case)


def test_a_second_sample_of_the_same_copy_joins_the_open_case(world: World) -> None:
    case = opened(world)
    world.later(days=1)
    assert opened(world).id == case.id
    assert len(world.store.state.tables["cases"]) == 1


def test_a_finding_after_a_case_was_closed_opens_another(world: World) -> None:
    case = opened(world)
    close(world.desk, case.id, "not enough")
    with world.store.write() as work:
        run = replace(work.runs.get(case.run.hex), digest=Digest("7" * 64))
        again = open_cases(world.desk, work, run, [copy_of(world)], 0)[0]
    assert again.id != case.id
    assert world.stored_case(case.id).state is CaseState.CLOSED


def test_one_person_suspends_for_fourteen_days_and_then_it_lapses(world: World) -> None:
    case = opened(world)
    step = approve(world.desk, case.id, None, ANN)
    assert step.case.proposals[0].executed_at == world.now
    assert standing(world) is PartnerState.SUSPENDED
    world.later(days=14, seconds=-1)
    assert standing(world) is PartnerState.SUSPENDED
    world.later(seconds=1)
    assert standing(world) is PartnerState.ACTIVE


def test_one_person_cannot_prolong_a_suspension(world: World) -> None:
    case = opened(world)
    approve(world.desk, case.id, None, ANN)
    world.later(days=13)
    step = propose(world, case, ActionKind.SUSPEND, BOB)
    assert step.case.proposal().executed_at is None
    world.later(days=1)
    assert standing(world) is PartnerState.ACTIVE


def test_two_people_prolong_a_suspension(world: World) -> None:
    case = opened(world)
    approve(world.desk, case.id, None, ANN)
    world.later(days=13)
    propose(world, case, ActionKind.SUSPEND, BOTH)
    world.later(days=2)
    assert standing(world) is PartnerState.SUSPENDED


def test_a_removal_after_all_its_steps(world: World) -> None:
    case = ready(world)
    step = propose(world, case, ActionKind.REMOVE, BOTH)
    assert step.case.state is CaseState.DECIDED
    assert standing(world) is PartnerState.REMOVED
    assert standing(world, "P2") is PartnerState.ACTIVE
    with world.store.read() as work:
        kinds = [leaf.kind for leaf in work.ledger.leaves()]
    assert kinds[-5:] == ["notice", "hearing", "examination", "approval", "approval"]


def test_a_removed_partner_gets_nothing_more(world: World) -> None:
    propose(world, ready(world), ActionKind.REMOVE, BOTH)
    world.advisory("A2")
    world.attach("A2")
    with pytest.raises(Refused):
        world.issue("A2", "P1")
    assert [copy.recipient for copy in world.issue("A2", "P2")] == ["P2"]


def test_a_removal_before_its_time_leaves_everything_as_it_was(world: World) -> None:
    case = opened(world)
    before = world.store.state
    with pytest.raises(Conflict, match="no notice was delivered"):
        propose(world, case, ActionKind.REMOVE, BOTH)
    assert world.store.state is before


def test_silence_leads_on_after_ten_business_days_only(world: World) -> None:
    case = opened(world)
    due = notice(world, case).case.response_due
    with pytest.raises(Conflict, match="may answer until"):
        hear(world.desk, case.id, " ", "ann")
    assert due is not None
    world.now = due
    assert hear(world.desk, case.id, "", "ann").case.state is CaseState.ANSWERED


def test_a_notice_is_for_two_people(world: World) -> None:
    case = opened(world)
    with pytest.raises(NeedsApproval):
        notice(world, case, ANN)
    assert ("P1", f"{case.id}.notice.txt") not in world.post.delivered


def test_a_notice_lies_in_the_outbox_of_its_partner_alone(world: World) -> None:
    case = opened(world)
    step = notice(world, case)
    assert len(step.files) == 2
    letters = {key for key in world.post.delivered if "notice" in key[1] or "evidence" in key[1]}
    assert {who for who, _ in letters} == {"P1"}


def test_no_time_runs_on_a_notice_that_did_not_leave(world: World) -> None:
    case = opened(world)
    world.post.unreachable.add("P1")
    with pytest.raises(Undelivered):
        notice(world, case)
    assert world.stored_case(case.id) == case
    world.post.unreachable.clear()
    assert notice(world, case).case.noticed_at == world.now


def test_who_saw_names_early_signs_no_notice(world: World) -> None:
    case = opened(world)
    with world.store.write() as work:
        work.cases.put(replace(case, revealed_to=(world.user("bob").name,)))
    with pytest.raises(Refused, match="bob had the names"):
        notice(world, case)


@pytest.mark.parametrize("approvals", [ANN, BOB])
def test_only_an_examiner_examines(world: World, approvals: Approvals) -> None:
    case = opened(world)
    notice(world, case)
    hear(world.desk, case.id, "it was not us", "ann")
    with pytest.raises(Refused, match="for an examiner"):
        examine(world.desk, case.id, "confirmed", case.run, approvals)


def test_an_examination_that_nobody_signs_says_what_to_sign(world: World) -> None:
    case = opened(world)
    with pytest.raises(NeedsApproval) as told:
        examine(world.desk, case.id, "confirmed", case.run, NOBODY)
    assert "examination: confirmed" in str(told.value.fields["to_sign"])


def test_a_replay_that_differs_confirms_nothing(world: World) -> None:
    case = opened(world)
    notice(world, case)
    hear(world.desk, case.id, "it was not us", "ann")
    with pytest.raises(Conflict, match="another result"):
        examine(world.desk, case.id, "confirmed", Digest("0" * 64), CLEO)
    step = examine(world.desk, case.id, "not confirmed", Digest("0" * 64), CLEO)
    assert step.case.finding == "not confirmed"
    with pytest.raises(Conflict, match="no blind examiner confirmed"):
        propose(world, case, ActionKind.REMOVE, BOTH)


def test_a_finding_is_one_of_two_words(world: World) -> None:
    with pytest.raises(InvalidInput, match="'confirmed' or 'not confirmed'"):
        examine(world.desk, "K-1", "maybe", Digest("0" * 64), CLEO)


def test_a_rejected_proposal_is_gone_and_in_the_ledger(world: World) -> None:
    case = opened(world)
    step = reject(world.desk, case.id, None, "too harsh", BOB)
    assert step.case.proposals == ()
    with world.store.read() as work:
        assert work.ledger.leaves()[-1].kind == "rejection"
    with pytest.raises(Conflict, match="no such proposal"):
        approve(world.desk, case.id, None, ANN)


def test_moving_the_release_from_a_case_moves_it(world: World) -> None:
    case = opened(world)
    to = world.now + timedelta(days=1)
    propose(world, case, ActionKind.ADVANCE, BOTH, to)
    assert world.store.state.tables["advisories"]["A1",].release_at == to


def test_closing_needs_a_reason_and_happens_once(world: World) -> None:
    case = opened(world)
    with pytest.raises(InvalidInput, match="needs a reason"):
        close(world.desk, case.id, " ")
    close(world.desk, case.id, "not enough")
    with pytest.raises(Conflict, match="cannot become closed"):
        close(world.desk, case.id, "again")
    with pytest.raises(Conflict, match="is closed"):
        propose(world, case, ActionKind.WARN, BOTH)


def test_an_unknown_case_is_missing(world: World) -> None:
    with world.store.read() as work, pytest.raises(NotFound, match="no case K-9"):
        find_case(work, "K-9")
    assert CaseId("K-9") not in world.store.state.tables["cases"]


def standard() -> tuple[World, Case, str]:
    """A case of people whose keys lie outside, a proposal to warn, and what to sign for it."""
    world = World("standard")
    world.issued()
    case = world.case(copy_of(world))
    reject_it = reject_text(world, case)
    signature = world.signature("ann", reject_it)
    reject(world.desk, case.id, None, "not yet", Approvals((), (signature,)))
    case = propose(world, case, ActionKind.WARN).case
    return world, case, text_of(world, case)


def reject_text(world: World, case: Case) -> str:
    with pytest.raises(NeedsApproval) as told:
        reject(world.desk, case.id, None, "not yet", NOBODY)
    return str(told.value.fields["to_sign"])


def text_of(world: World, case: Case) -> str:
    with pytest.raises(NeedsApproval) as told:
        approve(world.desk, case.id, None, NOBODY)
    return str(told.value.fields["to_sign"])


def test_people_sign_one_after_the_other_with_keys_of_their_own() -> None:
    world, case, text = standard()
    first = approve(world.desk, case.id, None, Approvals((), (world.signature("ann", text),)))
    assert first.case.proposal().executed_at is None
    second = approve(world.desk, case.id, None, Approvals((), (world.signature("bob", text),)))
    done: Proposal = second.case.proposals[-1]
    assert (done.executed_at, second.independence) == (world.now, "separate keys")


def test_a_signature_serves_no_other_proposal() -> None:
    world, case, text = standard()
    signature = world.signature("ann", text)
    world.later(seconds=1)
    propose(world, case, ActionKind.WARN)  # the same words a second later
    with pytest.raises(BadSignature):
        approve(world.desk, case.id, None, Approvals((), (signature,)))


def test_a_signature_for_rejecting_does_not_approve() -> None:
    world, case, _ = standard()
    signature = world.signature("ann", reject_text(world, case))
    with pytest.raises(BadSignature):
        approve(world.desk, case.id, None, Approvals((), (signature,)))
