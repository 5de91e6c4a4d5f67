"""What a report of something stolen means for which copies."""

from datetime import timedelta

import pytest

from mapp_compliance.distribution import Copy
from mapp_compliance.errors import InvalidInput, NotFound
from mapp_compliance.program import Stolen
from mapp_compliance.values import AdvisoryId
from mapp_compliance.workflows.compromise import (
    ReportStolen,
    key_stolen_since,
    report_stolen,
    stolen_since,
)
from mapp_compliance.workflows.rotate import RotateKeys, rotate
from tests.world import BOTH, World


@pytest.fixture
def world() -> World:
    made = World()
    made.issued()
    return made


def copies(world: World) -> list[Copy]:
    with world.desk.store.read() as work:
        return work.copies.all()


def reported(world: World, what: Stolen, subject: str, days_ago: int = 0) -> None:
    since = world.now - timedelta(days=days_ago)
    report_stolen(world.desk, ReportStolen(what, subject, since, "a call"))


def since(world: World) -> list[bool]:
    with world.desk.store.read() as work:
        return [stolen_since(work, copy) is not None for copy in work.copies.all()]


def test_a_stolen_copy_is_that_copy_alone(world: World) -> None:
    reported(world, Stolen.COPY, copies(world)[0].id)
    assert since(world) == [True] + [False] * (len(copies(world)) - 1)


def test_a_stolen_recipient_key_is_every_copy_that_it_held_then(world: World) -> None:
    owner = copies(world)[0].recipient
    reported(world, Stolen.RECIPIENT_KEY, owner)
    assert since(world) == [copy.recipient == owner for copy in copies(world)]


def test_a_stolen_program_key_is_every_copy(world: World) -> None:
    reported(world, Stolen.PROGRAM_KEY, "1")
    assert all(since(world))


def test_after_a_rotation_the_report_stays_with_what_was_there(world: World) -> None:
    reported(world, Stolen.PROGRAM_KEY, "1")
    rotate(world.desk, RotateKeys("stolen", BOTH))
    with world.desk.store.read() as work:
        assert key_stolen_since(work, copies(world)[0].advisory) == world.now
        assert key_stolen_since(work, AdvisoryId("LATER")) is None


def test_the_earliest_of_several_reports_counts(world: World) -> None:
    copy = copies(world)[0]
    reported(world, Stolen.COPY, copy.id)
    reported(world, Stolen.COPY, copy.id, days_ago=3)
    with world.desk.store.read() as work:
        assert stolen_since(work, copy) == world.now - timedelta(days=3)


def test_a_report_has_its_leaf_once(world: World) -> None:
    copy = copies(world)[0]
    for _ in range(2):
        reported(world, Stolen.COPY, copy.id)
    kinds = [leaf.kind for leaf in world.store.state.leaves]
    assert kinds.count("compromise") == 1


def test_what_is_not_there_cannot_be_stolen(world: World) -> None:
    for what in (Stolen.COPY, Stolen.RECIPIENT_KEY):
        with pytest.raises(NotFound):
            reported(world, what, "X-1")


@pytest.mark.parametrize(("reason", "days_ago"), [(" ", 0), ("a call", -1)])
def test_a_report_without_reason_or_from_the_future_is_refused(
    world: World, reason: str, days_ago: int
) -> None:
    moment = world.now - timedelta(days=days_ago)
    command = ReportStolen(Stolen.COPY, copies(world)[0].id, moment, reason)
    with pytest.raises(InvalidInput):
        report_stolen(world.desk, command)
