"""Who held what at an instant."""

from datetime import datetime, timedelta

import pytest

from mapp_compliance.errors import NotFound, Undelivered
from mapp_compliance.values import AdvisoryId
from mapp_compliance.workflows.embargo import advance
from mapp_compliance.workflows.exposure import VENDOR, exposure
from tests.workflows.test_receive import answered
from tests.world import BOTH, START, World

HOUR = timedelta(hours=1)
TICK = timedelta(microseconds=1)
ATTACHED, FIRST, SECOND = START + HOUR, START + 2 * HOUR, START + 3 * HOUR


@pytest.fixture
def world() -> World:
    """Attached at one o'clock, delivered to P1 at two and to P2 at three; P3 gets nothing."""
    made = World()
    made.partner("P1")
    made.reader("P2")
    made.partner("P3")
    made.advisory()
    made.now = ATTACHED
    made.attach()
    made.now = FIRST
    made.issue("A1", "P1")
    made.now = SECOND
    made.issue("A1", "P2")
    return made


def holders(world: World, at: datetime) -> list[tuple[str, str, datetime]]:
    held = exposure(world.desk, AdvisoryId("A1"), at)
    return [(item.holder, item.kind, item.since) for item in held]


def test_holders_come_in_at_their_instant_and_not_before(world: World) -> None:
    vendor = (VENDOR, "vendor", ATTACHED)
    first, second = ("P1", "partner", FIRST), ("P2", "internal", SECOND)
    assert holders(world, ATTACHED - TICK) == []
    assert holders(world, ATTACHED) == [vendor]
    assert holders(world, FIRST - TICK) == [vendor]
    assert holders(world, FIRST) == [vendor, first]
    assert holders(world, SECOND - TICK) == [vendor, first]
    assert holders(world, SECOND) == [vendor, first, second]
    assert holders(world, SECOND + 10_000 * HOUR) == [vendor, first, second]


def test_a_copy_that_was_cancelled_was_never_held(world: World) -> None:
    world.post.unreachable.add("P3")
    with pytest.raises(Undelivered):
        world.issue("A1", "P3")
    assert "P3" not in [who for who, _, _ in holders(world, world.now + HOUR)]
    advance(world.desk, AdvisoryId("A1"), world.now + HOUR, "exploited", BOTH)
    assert "P3" not in [who for who, _, _ in holders(world, world.now + HOUR)]


def test_a_receipt_does_not_change_since_when_it_was_held(world: World) -> None:
    with world.store.read() as work:
        copy = work.copies.all(recipient="P1")[0]
    world.later(hours=5)
    answered(world, copy)
    assert ("P1", "partner", FIRST) in holders(world, world.now)


def test_an_unknown_advisory_is_missing() -> None:
    with pytest.raises(NotFound):
        exposure(World().desk, AdvisoryId("A9"), START)
