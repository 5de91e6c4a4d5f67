"""Deliveries of an advisory wait, and go on."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from mapp_compliance.distribution import CopyState
from mapp_compliance.errors import InvalidInput, NeedsApproval, NotFound, Refused, Undelivered
from mapp_compliance.trust import Sink
from mapp_compliance.values import AdvisoryId, Digest
from mapp_compliance.workflows.agree import Approvals
from mapp_compliance.workflows.hold import DeliveriesHeld, PlaceHold, lift_holds, place_hold
from mapp_compliance.workflows.issue import plan_only
from mapp_compliance.workflows.matter import IssueAdvisory
from tests.world import START, World

A1 = AdvisoryId("A1")
ANN = Approvals(("ann",))


@pytest.fixture
def world() -> World:
    """P1 and P2 are served; P3 waits for the next wave."""
    made = World()
    made.issued()
    made.partner("P3")
    return made


def held(world: World, **changes: object) -> None:
    place_hold(world.desk, PlaceHold(A1, "a leak", **changes))  # type: ignore[arg-type]


def test_nothing_is_issued_while_a_hold_is_in_force(world: World) -> None:
    held(world)
    before = world.store.state
    with pytest.raises(DeliveriesHeld, match=r"hold H-A1-1 \(a leak\)"):
        world.issue("A1", "P3")
    assert world.store.state is before


def test_a_hold_lapses_after_72_hours_without_any_job(world: World) -> None:
    held(world)
    world.later(hours=72, seconds=-1)
    with pytest.raises(DeliveriesHeld):
        world.issue("A1", "P3")
    world.later(seconds=1)
    assert world.issue("A1", "P3")[0].state is CopyState.DELIVERED


def test_another_advisory_is_not_held(world: World) -> None:
    held(world)
    world.advisory("A2")
    world.attach("A2")
    assert len(world.issue("A2")) == 3


def test_what_was_sealed_before_the_hold_does_not_leave(world: World) -> None:
    world.post.unreachable.add("P3")
    with pytest.raises(Undelivered):
        world.issue("A1", "P3")
    world.post.unreachable.clear()
    held(world)
    with pytest.raises(DeliveriesHeld):
        world.issue("A1", "P3")
    assert not [who for who, _ in world.post.delivered if who == "P3"]


def test_a_hold_that_comes_while_copies_are_made_stops_their_delivery(world: World) -> None:
    world.advisory("A2")
    world.attach("A2")
    write = world.blobs.write

    def held_first(fill: Callable[[Sink], object]) -> Digest:  # a parcel is sealed
        place_hold(world.desk, PlaceHold(AdvisoryId("A2"), "a leak"))
        return write(fill)

    world.blobs.write = held_first  # type: ignore[method-assign]
    with pytest.raises(DeliveriesHeld):
        world.issue("A2", "P3")
    with world.store.read() as work:
        assert [copy.state for copy in work.copies.all(recipient="P3")] == [CopyState.SEALED]


def test_a_plan_shows_the_hold(world: World) -> None:
    held(world)
    hold = plan_only(world.desk, IssueAdvisory(A1)).hold
    assert hold is not None
    assert (hold.id, hold.until) == ("H-A1-1", START + timedelta(hours=72))


def test_one_person_who_may_approve_lifts_it_with_a_reason(world: World) -> None:
    held(world)
    with pytest.raises(NeedsApproval, match="needs one person"):
        lift_holds(world.desk, A1, "a test file", Approvals())
    with pytest.raises(Refused):
        lift_holds(world.desk, A1, "a test file", Approvals(("cleo",)))
    with pytest.raises(InvalidInput, match="--reason"):
        lift_holds(world.desk, A1, " ", ANN)
    lifted, _ = lift_holds(world.desk, A1, "a test file", ANN)
    assert [(item.lifted_by, item.lifted_for) for item in lifted] == [("ann", "a test file")]
    assert world.issue("A1", "P3")[0].state is CopyState.DELIVERED


def test_all_holds_are_lifted_at_once(world: World) -> None:
    held(world)
    held(world)
    assert len(lift_holds(world.desk, A1, "a test file", ANN)[0]) == 2


def test_a_hold_can_be_lifted_again_for_the_same_reason_later(world: World) -> None:
    held(world)
    lift_holds(world.desk, A1, "a test file", ANN)
    held(world)
    assert len(lift_holds(world.desk, A1, "a test file", ANN)[0]) == 1


def test_where_nothing_is_held_nothing_is_lifted(world: World) -> None:
    with pytest.raises(NotFound, match="nothing holds"):
        lift_holds(world.desk, A1, "a test file", ANN)


@pytest.mark.parametrize("days", [0, 14.1])
def test_a_hold_by_hand_ends_within_14_days(world: World, days: float) -> None:
    with pytest.raises(InvalidInput, match="within 14 days"):
        held(world, until=START + timedelta(days=days))


def test_a_hold_needs_a_reason(world: World) -> None:
    with pytest.raises(InvalidInput, match="--reason"):
        place_hold(world.desk, PlaceHold(A1, " "))
