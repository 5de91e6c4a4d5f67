"""Copies without marks: to whom, by whom, and how they are known for ever."""

import json

import pytest

from mapp_compliance.distribution import Copy, CopyState
from mapp_compliance.errors import Conflict, InvalidInput, NeedsApproval, Refused, Undelivered
from mapp_compliance.trust import parse_canonical
from mapp_compliance.values import AdvisoryId, PartnerId
from mapp_compliance.workflows.agree import Approvals
from mapp_compliance.workflows.attribute import attribute
from mapp_compliance.workflows.exposure import unmarked_holders
from mapp_compliance.workflows.issue import issue, plan_only
from mapp_compliance.workflows.matter import IssueAdvisory
from mapp_compliance.workflows.notices import format_opening_of
from tests.world import BOTH, PACKAGE, World

A1 = AdvisoryId("A1")
REASON = "the build farm compares bytes"


@pytest.fixture
def world() -> World:
    """P1 and P2 hold marked copies."""
    made = World()
    made.issued()
    return made


def wanted(*recipients: str, reason: str = REASON) -> IssueAdvisory:
    return IssueAdvisory(A1, recipients=tuple(PartnerId(x) for x in recipients), unmarked=reason)


def unmarked(world: World, *recipients: str, approvals: Approvals = BOTH) -> tuple[Copy, ...]:
    return issue(world.desk, wanted(*recipients), approvals).copies


def test_it_holds_the_original_and_says_so(world: World) -> None:
    copy = unmarked(world, "P1")[0]
    opened = world.opened(copy)
    assert opened.files["payload/note.txt"] == PACKAGE["note.txt"]
    assert opened.statement.predicate["unmarked"] == REASON
    assert (copy.unmarked, copy.state) == (REASON, CopyState.DELIVERED)


def test_a_marked_copy_says_nothing_of_it(world: World) -> None:
    with world.store.read() as work:
        copy = work.copies.all(recipient="P2")[0]
    assert "unmarked" not in world.opened(copy).statement.predicate


def test_it_stands_beside_the_marked_copy_of_the_same_recipient(world: World) -> None:
    copy = unmarked(world, "P1")[0]
    with world.store.read() as work:
        both = work.copies.all(recipient="P1")
    assert len({item.id for item in both}) == len({item.instance for item in both}) == 2
    assert [item.id for item in both if item.unmarked] == [copy.id]


def test_its_commitment_holds_no_word(world: World) -> None:
    copy = unmarked(world, "P1")[0]
    opening = parse_canonical(format_opening_of(world.desk, copy))
    assert opening["fields"]["copy"] == copy.id  # type: ignore[index,call-overload]


def test_the_plan_shows_it_and_keeps_nothing(world: World) -> None:
    before = world.store.state
    plan = plan_only(world.desk, wanted("P1")).plan
    assert (plan.unmarked, [item.recipient for item in plan.granted]) == (REASON, ["P1"])
    assert world.store.state is before


def test_two_people_agree_to_exactly_these_recipients(world: World) -> None:
    with pytest.raises(NeedsApproval, match="'issue without marks' of A1 needs two people"):
        unmarked(world, "P1", approvals=Approvals(("ann",)))
    unmarked(world, "P1")
    with world.store.read() as work:
        kept = work.signed.all(subject="A1")
    assert [item.action for item in kept] == ["issue without marks"]
    assert json.loads(kept[0].body)["reason"] == REASON


def test_nobody_may_agree_who_only_examines(world: World) -> None:
    with pytest.raises(Refused, match="cleo is examiner"):
        unmarked(world, "P1", approvals=Approvals(("ann", "cleo")))


def test_nothing_is_planned_before_they_agreed(world: World) -> None:
    before = world.store.state
    with pytest.raises(NeedsApproval):
        unmarked(world, "P1", approvals=Approvals())
    assert world.store.state is before


def test_a_run_that_stopped_is_finished_without_further_signatures(world: World) -> None:
    world.post.unreachable.add("P1")
    with pytest.raises(Undelivered):
        unmarked(world, "P1")
    world.post.unreachable.clear()
    assert unmarked(world, "P1", approvals=Approvals())[0].state is CopyState.DELIVERED


def test_another_reason_does_not_finish_it(world: World) -> None:
    world.post.unreachable.add("P1")
    with pytest.raises(Undelivered):
        unmarked(world, "P1")
    with pytest.raises(Conflict, match="another reason"):
        issue(world.desk, wanted("P1", reason="because"), BOTH)


def test_it_goes_to_named_recipients_only(world: World) -> None:
    with pytest.raises(InvalidInput, match="--recipient"):
        issue(world.desk, wanted(), BOTH)
    with pytest.raises(InvalidInput, match="--recipient"):
        plan_only(world.desk, wanted())


def test_the_terms_withhold_it_like_any_copy(world: World) -> None:
    world.partner("P3", agreement="")
    with pytest.raises(Refused, match="the terms withhold it"):
        unmarked(world, "P3")


def test_the_next_marked_issue_is_not_changed_by_it(world: World) -> None:
    unmarked(world, "P1")
    world.partner("P3")
    copy = world.issue("A1", "P3")[0]
    assert copy.unmarked == ""
    assert world.opened(copy).files["payload/note.txt"] != PACKAGE["note.txt"]


def test_its_holder_is_known_as_unmarked(world: World) -> None:
    unmarked(world, "P1")
    with world.store.read() as work:
        held = unmarked_holders(work, world.desk.advisory(work, A1))
    assert [(item.holder, item.basis) for item in held if item.copies] == [
        ("P1", f"delivered without marks: {REASON}")
    ]


def test_a_leak_of_it_names_nobody(world: World) -> None:
    unmarked(world, "P1")
    found = attribute(world.desk, world.sample(PACKAGE["note.txt"]), A1)
    assert found.run.verdict == "PROGRAM_ORIGIN_UNRESOLVED"
    assert found.document["copies"] == []


def test_a_leak_of_a_marked_copy_is_still_named(world: World) -> None:
    unmarked(world, "P1")
    with world.store.read() as work:
        copy = work.copies.all(recipient="P2")[0]
    leaked = world.opened(copy).files["payload/note.txt"]
    world.later(days=1)
    assert attribute(world.desk, world.sample(leaked), A1).run.verdict == "COPY_IDENTIFIED"
