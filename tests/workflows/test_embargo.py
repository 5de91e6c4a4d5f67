"""An advisory is made, moved forward, published."""

import json
from datetime import datetime, timedelta

import pytest

from mapp_compliance.advisories import AdvisoryState, Tlp
from mapp_compliance.distribution import Copy, CopyState
from mapp_compliance.errors import Conflict, InvalidInput, NeedsApproval, NotFound, Undelivered
from mapp_compliance.values import AdvisoryId, PartnerId
from mapp_compliance.workflows.agree import Approvals
from mapp_compliance.workflows.embargo import (
    Advanced,
    NewAdvisory,
    Published,
    advance,
    create,
    publish,
)
from tests.fakes import rendered
from tests.world import BOTH, PACKAGE, START, World

A1 = AdvisoryId("A1")
RELEASE = START + timedelta(days=10)
EARLIER = START + timedelta(days=2)


def moved(world: World, to: datetime = EARLIER, approvals: Approvals = BOTH) -> Advanced:
    return advance(world.desk, A1, to, "it is exploited", approvals)


def published(world: World, only: tuple[str, ...] = (), approvals: Approvals = BOTH) -> Published:
    return publish(world.desk, A1, only, approvals)


def unsent(world: World) -> list[Copy]:
    """P3's copy is sealed when the outbox fails: it has not left."""
    world.partner("P3")
    world.post.unreachable.add("P3")
    with pytest.raises(Undelivered):
        world.issue("A1", "P3")
    with world.store.read() as work:
        return work.copies.all(recipient="P3")


def states(world: World) -> dict[str, CopyState]:
    with world.store.read() as work:
        return {copy.recipient: copy.state for copy in work.copies.all(advisory="A1")}


def test_an_advisory_is_made_once() -> None:
    world = World()
    world.advisory()
    with pytest.raises(Conflict, match="an advisory A1 already"):
        world.advisory()


@pytest.mark.parametrize(
    ("release", "told"), [("2026-12-08T18:00:00+00:00", 0), ("2026-12-08T18:00:01+00:00", 1)]
)
def test_a_release_off_the_calendar_is_told(release: str, told: int) -> None:
    command = NewAdvisory("A1", "T", datetime.fromisoformat(release), Tlp.RED, None)
    assert len(create(World().desk, command)[1]) == told


def test_no_title_goes_into_the_history_or_the_ledger() -> None:
    world = World()
    world.issued()
    state = world.store.state
    assert "A title" not in repr(state.events) + repr(state.leaves)


def test_advancing_cancels_what_has_not_left_and_keeps_what_has() -> None:
    world = World()
    world.issued()
    waiting = unsent(world)
    assert [copy.state for copy in waiting] == [CopyState.SEALED]
    answer = moved(world)
    assert [copy.recipient for copy in answer.cancelled] == ["P3"]
    assert states(world) == {
        "P1": CopyState.DELIVERED,
        "P2": CopyState.DELIVERED,
        "P3": CopyState.CANCELLED,
    }


def test_advancing_tells_exactly_those_who_hold_a_copy() -> None:
    world = World()
    world.issued()
    unsent(world)
    world.post.unreachable.clear()
    answer = moved(world)
    assert answer.told == ("P1", "P2")
    letters = {
        who: rendered(data)["model"]
        for (who, name), data in world.post.delivered.items()
        if name == "A1.release-moved.txt"
    }
    assert set(letters) == {"P1", "P2"}
    assert letters["P1"]["was"] == "2026-11-20T12:00:00Z"
    assert letters["P1"]["now_at"] == "2026-11-12T12:00:00Z"
    assert "P2" not in json.dumps(letters["P1"])


def test_a_cancelled_recipient_can_be_served_again() -> None:
    world = World()
    world.issued()
    before = unsent(world)[0]
    moved(world)
    world.post.unreachable.clear()
    after = world.issue("A1", "P3")[0]
    assert (after.state, after.id, after.instance) == (
        CopyState.DELIVERED,
        before.id,
        before.instance,
    )


def test_advancing_is_for_two_people() -> None:
    world = World()
    world.issued()
    with pytest.raises(NeedsApproval):
        moved(world, approvals=Approvals(("ann",)))
    with world.store.read() as work:
        assert world.desk.advisory(work, A1).release_at == RELEASE


def test_advancing_needs_a_reason() -> None:
    with pytest.raises(InvalidInput, match="needs a reason"):
        advance(World().desk, A1, EARLIER, " ", BOTH)


@pytest.mark.parametrize("to", [RELEASE, START - timedelta(seconds=1)])
def test_a_release_is_moved_neither_back_nor_into_the_past(to: datetime) -> None:
    world = World()
    world.advisory()
    with pytest.raises(InvalidInput):
        moved(world, to)


def test_publishing_gives_marked_files_that_nobody_else_has() -> None:
    world = World()
    copies = world.issued()
    world.later(days=10)
    done = published(world)
    held = [world.opened(copy).files["payload/note.txt"] for copy in copies]
    assert done.advisory.state is AdvisoryState.RELEASED
    assert set(done.files) == {"note.txt"}
    assert len({done.files["note.txt"], PACKAGE["note.txt"], *held}) == 4


def test_publishing_again_from_the_same_keys_gives_the_same_bytes() -> None:
    files = []
    for _ in range(2):
        world = World()
        world.issued()
        world.later(days=10)
        files.append(published(world).files)
    assert files[0] == files[1]


def test_publishing_cancels_what_has_not_left() -> None:
    world = World()
    world.issued()
    unsent(world)
    world.later(days=10)
    published(world)
    assert states(world)["P3"] is CopyState.CANCELLED


def test_nothing_is_published_under_embargo() -> None:
    world = World()
    world.issued()
    world.later(days=10, seconds=-1)
    with pytest.raises(Conflict, match="under embargo"):
        published(world)


def test_publishing_is_for_two_people_and_writes_nothing_before() -> None:
    world = World()
    world.issued()
    world.later(days=10)
    before = world.store.state
    with pytest.raises(NeedsApproval):
        published(world, approvals=Approvals(("bob",)))
    assert world.store.state is before


def test_an_advisory_is_published_once() -> None:
    world = World()
    world.issued()
    world.later(days=10)
    published(world)
    with pytest.raises(Conflict, match="released already"):
        published(world)


def test_what_was_never_issued_can_be_published_with_a_word_of_its_own() -> None:
    world = World()
    world.advisory()
    world.attach()
    world.later(days=10)
    assert published(world).files["note.txt"] != PACKAGE["note.txt"]
    with world.store.read() as work:
        assert len(work.setups.all(advisory="A1")) == 1


def test_only_files_of_the_package_are_published() -> None:
    world = World()
    world.issued()
    world.later(days=10)
    with pytest.raises(NotFound, match="sends no file"):
        published(world, ("other.txt",))


def test_nothing_attached_is_nothing_to_publish() -> None:
    world = World()
    world.advisory()
    world.later(days=10)
    with pytest.raises(NotFound, match="nothing is attached"):
        published(world)


def test_a_recipient_is_named_by_its_own_id_only() -> None:
    world = World()
    assert PartnerId("P1") in {copy.recipient for copy in world.issued()}
    names = [name for (_, name) in world.post.delivered]
    assert not any("P1" in name or "P2" in name for name in names)
