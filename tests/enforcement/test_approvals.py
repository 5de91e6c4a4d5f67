"""Who may propose, agree to and carry out what."""

from dataclasses import replace
from datetime import timedelta

import pytest

from mapp_compliance.enforcement import (
    ActionKind,
    Case,
    CaseState,
    Proposal,
    executable,
    may_accuse,
    propose,
    rejected,
    sign,
)
from mapp_compliance.errors import Conflict, InvalidInput, NeedsApproval, Refused
from mapp_compliance.program import PROVISIONAL_SUSPENSION, Role, User
from tests.enforcement.cases import (
    ANN,
    ANSWERED,
    BOB,
    CASE,
    CLEO,
    DAY,
    DUE,
    EXAMINED,
    INTERNAL,
    NOBODYS,
    NOTICED,
    NOW,
    person,
    proposed,
)

WARN, RESTRICT, SUSPEND, REMOVE, ADVANCE = ActionKind
AGAINST = [WARN, RESTRICT, SUSPEND, REMOVE]
BY_TWO = [WARN, RESTRICT, ADVANCE]
CLOSED = EXAMINED.moved(CaseState.CLOSED, DUE, "closed")
SECOND = timedelta(seconds=1)


def signed(case: Case, *people: User) -> Case:
    for user in people:
        case = sign(case, None, user, "signature", NOW)
    return case


def may_be_done(case: Case) -> bool:
    try:
        executable(case, case.proposal(1))
    except (NeedsApproval, Conflict):
        return False
    return True


@pytest.mark.parametrize("action", ActionKind)
def test_a_proposal_waits_with_its_reason(action: ActionKind) -> None:
    case = propose(CASE, action, " for a reason ", "ann", NOW, None)
    proposal = case.proposal()
    assert (proposal.number, proposal.action, proposal.reason) == (1, action, "for a reason")
    assert case.steps[-1].what == f"{action.value} proposed: for a reason"


def test_proposals_are_numbered() -> None:
    case = propose(propose(CASE, WARN, "r", "ann", NOW, None), ADVANCE, "r", "bob", NOW, None)
    assert [item.number for item in case.proposals] == [1, 2]
    assert case.proposal().number == 2
    assert case.proposal(1).action is WARN


@pytest.mark.parametrize("reason", ["", " \n"])
def test_a_proposal_needs_a_reason(reason: str) -> None:
    with pytest.raises(InvalidInput, match="needs a reason"):
        propose(CASE, WARN, reason, "ann", NOW, None)


@pytest.mark.parametrize("case", [NOBODYS, INTERNAL])
@pytest.mark.parametrize("action", AGAINST)
def test_nothing_follows_for_a_partner_whose_copy_is_not_named(
    case: Case, action: ActionKind
) -> None:
    with pytest.raises(Refused, match="names no partner's copy"):
        propose(case, action, "r", "ann", NOW, None)


@pytest.mark.parametrize("case", [NOBODYS, INTERNAL])
def test_a_release_can_be_moved_whoever_it_was(case: Case) -> None:
    assert propose(case, ADVANCE, "r", "ann", NOW, NOW + DAY).proposal().action is ADVANCE


@pytest.mark.parametrize("until", [NOW, NOW - SECOND])
def test_an_end_lies_after_the_proposal(until: object) -> None:
    with pytest.raises(InvalidInput, match="is not after"):
        propose(CASE, SUSPEND, "r", "ann", NOW, until)  # type: ignore[arg-type]


def test_a_suspension_without_end_lapses_after_fourteen_days() -> None:
    proposal = propose(CASE, SUSPEND, "r", "ann", NOW, None).proposal()
    assert proposal.until == NOW + PROVISIONAL_SUSPENSION


@pytest.mark.parametrize(("longer", "needed"), [(timedelta(0), 1), (SECOND, 2)])
def test_one_person_suspends_for_fourteen_days_and_not_a_second_more(
    longer: timedelta, needed: int
) -> None:
    case = proposed(CASE, SUSPEND, until=NOW + PROVISIONAL_SUSPENSION + longer)
    assert case.signatures_needed(case.proposal()) == needed
    assert may_be_done(signed(case, ANN)) is (needed == 1)
    assert may_be_done(signed(case, ANN, BOB))


def test_a_suspension_of_no_end_needs_two() -> None:
    case = proposed(CASE, SUSPEND)
    assert not may_be_done(signed(case, ANN))


def test_one_person_does_not_suspend_a_second_time() -> None:
    first = proposed(CASE, SUSPEND, until=NOW + DAY, executed_at=NOW)
    again = propose(first, SUSPEND, "r", "ann", NOW + DAY, NOW + 2 * DAY)
    with pytest.raises(NeedsApproval, match="needs 2 people, 1 agreed"):
        executable(signed(again, ANN), signed(again, ANN).proposal(2))


@pytest.mark.parametrize("action", BY_TWO)
def test_everything_else_needs_two_people(action: ActionKind) -> None:
    case = proposed(CASE, action)
    assert not may_be_done(case)
    assert not may_be_done(signed(case, ANN))
    assert may_be_done(signed(case, ANN, BOB))


def test_one_person_twice_is_one_person() -> None:
    case = signed(proposed(CASE, WARN), ANN)
    with pytest.raises(Conflict, match="has signed proposal 1 already"):
        sign(case, 1, ANN, "another signature", NOW)


def test_two_signatures_under_one_name_do_not_count_twice() -> None:
    case = signed(proposed(CASE, WARN), ANN)
    twice = replace(case.proposal(), signatures=case.proposal().signatures * 2)
    with pytest.raises(NeedsApproval, match="1 agreed"):
        executable(case, twice)


@pytest.mark.parametrize("role", [role for role in Role if not role.may_approve])
def test_other_roles_have_no_say(role: Role) -> None:
    case, user = proposed(CASE, WARN), person("dora", role)
    with pytest.raises(Refused, match="only a program manager or approver"):
        sign(case, 1, user, "s", NOW)
    with pytest.raises(Refused, match="only a program manager or approver"):
        rejected(case, case.proposal(), user, "", NOW)


def test_the_examiner_of_a_case_cannot_approve_in_it_under_another_role() -> None:
    case = proposed(EXAMINED, REMOVE)
    with pytest.raises(Refused, match="examined case K-1"):
        sign(case, 1, replace(CLEO, role=Role.APPROVER), "s", NOW)


def test_who_had_names_revealed_cannot_approve() -> None:
    case = replace(proposed(CASE, WARN), revealed_to=(BOB.name,))
    with pytest.raises(Refused, match="revealed before the examination"):
        sign(case, 1, BOB, "s", NOW)
    with pytest.raises(Refused, match="revealed before the examination"):
        may_accuse(case, BOB)


@pytest.mark.parametrize(
    ("case", "says"),
    [(CASE, "no notice"), (NOTICED, "may answer until"), (ANSWERED, "no blind examiner")],
)
def test_nobody_signs_a_removal_before_its_time(case: Case, says: str) -> None:
    with pytest.raises(Conflict, match=says):
        sign(proposed(case, REMOVE), 1, ANN, "s", NOW)


def test_a_removal_that_was_not_confirmed_is_not_signed() -> None:
    with pytest.raises(Conflict, match="no blind examiner confirmed"):
        sign(proposed(replace(EXAMINED, finding="not confirmed"), REMOVE), 1, ANN, "s", NOW)


@pytest.mark.parametrize(
    ("case", "says"),
    [(CASE, "no notice"), (NOTICED, "may answer until"), (ANSWERED, "no blind examiner")],
)
def test_a_removal_signed_all_the_same_is_not_carried_out(case: Case, says: str) -> None:
    full = signed(proposed(EXAMINED, REMOVE), ANN, BOB).proposal()
    with pytest.raises(Conflict, match=says):
        executable(case.with_proposal(full), full)


def test_a_removal_is_carried_out_after_all_its_steps() -> None:
    case = proposed(EXAMINED, REMOVE)
    assert not may_be_done(signed(case, ANN))
    assert may_be_done(signed(case, ANN, BOB))


def test_a_rejected_proposal_is_off_the_table() -> None:
    case = proposed(CASE, WARN)
    gone = rejected(case, case.proposal(), BOB, "too harsh", NOW)
    assert gone.proposals == ()
    assert gone.steps[-1].what == "warn rejected: too harsh"
    with pytest.raises(Conflict, match="no such proposal"):
        gone.proposal()


DONE = Proposal(1, WARN, "r", "ann", NOW, executed_at=NOW)


def test_what_was_done_is_neither_signed_nor_rejected_nor_done_again() -> None:
    case = CASE.with_proposal(DONE)
    for step in (
        lambda: sign(case, 1, ANN, "s", NOW),
        lambda: rejected(case, DONE, ANN, "", NOW),
        lambda: executable(case, DONE),
    ):
        with pytest.raises(Conflict, match="carried out already"):
            step()


def test_nothing_happens_in_a_closed_case() -> None:
    case = CLOSED.with_proposal(Proposal(1, WARN, "r", "ann", NOW))
    for step in (
        lambda: propose(case, ADVANCE, "r", "ann", NOW, None),
        lambda: sign(case, 1, ANN, "s", NOW),
        lambda: rejected(case, case.proposal(), ANN, "", NOW),
        lambda: executable(case, case.proposal()),
    ):
        with pytest.raises(Conflict, match="is closed"):
            step()


def test_the_terms_propose_with_their_rule() -> None:
    case = propose(CASE, WARN, "r", "policy", NOW, None, "rule-1")
    assert case.proposal().rule == "rule-1"
    assert case.steps[-1].what == "warn proposed by rule rule-1"
