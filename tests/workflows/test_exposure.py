"""Who held what at an instant."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from mapp_compliance.advisories import Grade, SightingKind, Stage
from mapp_compliance.errors import NotFound, Undelivered
from mapp_compliance.program import Holder, HolderKind, PartnerKind
from mapp_compliance.values import AdvisoryId, HolderId, Window
from mapp_compliance.workflows.earlier import AttachEarlier, attach_earlier
from mapp_compliance.workflows.embargo import advance, publish
from mapp_compliance.workflows.exposure import (
    VENDOR,
    Counted,
    counted,
    exposure,
    unmarked_holders,
)
from mapp_compliance.workflows.holders import add_holder
from mapp_compliance.workflows.rederive import ExtractCopy, extract
from mapp_compliance.workflows.sight import AddSighting, add_sighting
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


A1 = AdvisoryId("A1")


def office(world: World, **changes: Any) -> None:
    fields: dict[str, Any] = {
        "id": HolderId("GOV-1"),
        "name": "An office",
        "kind": HolderKind.GOVERNMENT,
        "advisory": A1,
        "since": FIRST,
        "until": SECOND,
        "size": 40,
    }
    add_holder(world.desk, Holder(**(fields | changes)))


def drafted(world: World, stage: Stage, received_at: datetime, source: str = "") -> None:
    files = (("poc.py", f"draft of {received_at}".encode()),)
    attach_earlier(world.desk, AttachEarlier(A1, stage, files, received_at, source))


def seen_in_public(world: World, grade: Grade) -> None:
    command = AddSighting(A1, SightingKind.PUBLIC, Window(FIRST, FIRST + HOUR), SECOND, grade, 2)
    add_sighting(world.desk, command)


def test_a_kept_holder_is_there_from_its_start_to_its_end(world: World) -> None:
    office(world)
    held = ("GOV-1", "government", FIRST)
    at = [FIRST - TICK, FIRST, SECOND - TICK, SECOND]
    assert [held in holders(world, moment) for moment in at] == [False, True, True, False]


def test_a_holder_of_another_advisory_is_not_there(world: World) -> None:
    world.advisory("A2")
    office(world, advisory=AdvisoryId("A2"))
    assert "GOV-1" not in [who for who, _, _ in holders(world, FIRST)]
    office(world, id=HolderId("GOV-2"), advisory=None)
    assert "GOV-2" in [who for who, _, _ in holders(world, FIRST)]


def test_finder_and_broker_had_it_by_the_time_it_was_received(world: World) -> None:
    world.partner("FIND-1", kind=PartnerKind.FINDER, tier=None)
    drafted(world, Stage.FINDER, START - 9 * HOUR, "FIND-1")
    drafted(world, Stage.FINDER, START - 8 * HOUR, "FIND-1")
    drafted(world, Stage.BROKER, START - 7 * HOUR)
    assert holders(world, START) == [
        ("FIND-1", "finder", START - 9 * HOUR),
        (VENDOR, "vendor", START - 9 * HOUR),
        ("broker", "broker", START - 7 * HOUR),
    ]


def test_a_vendor_master_that_was_kept_moves_the_vendors_time(world: World) -> None:
    drafted(world, Stage.VENDOR, START - HOUR)
    assert holders(world, START) == [(VENDOR, "vendor", START - HOUR)]


def test_anybody_could_have_it_from_the_release_on(world: World) -> None:
    world.now = START + timedelta(days=10)
    publish(world.desk, A1, (), BOTH)
    public = ("public", "public", world.now)
    assert public not in holders(world, world.now - TICK)
    assert public in holders(world, world.now)


def test_a_report_of_it_in_public_counts_unless_it_is_doubted(world: World) -> None:
    seen_in_public(world, Grade.E)
    assert "public" not in [who for who, _, _ in holders(world, SECOND)]
    seen_in_public(world, Grade.B)
    assert ("public", "public", FIRST + HOUR) in holders(world, SECOND)


def test_the_numbers_count_a_group_as_one_candidate(world: World) -> None:
    office(world)
    found = exposure(world.desk, A1, FIRST)
    assert counted(found) == Counted(candidates=3, marked=1, unmarked=2, people=42, public=False)


def test_the_public_is_no_candidate(world: World) -> None:
    seen_in_public(world, Grade.B)
    found = counted(exposure(world.desk, A1, SECOND))
    assert (found.candidates, found.public) == (3, True)


def test_unmarked_holders_stay_known_after_their_end(world: World) -> None:
    office(world)
    with world.store.read() as work:
        advisory = world.desk.advisory(work, A1)
        late = [item.holder for item in unmarked_holders(work, advisory)]
        early = [item.holder for item in unmarked_holders(work, advisory, FIRST - TICK)]
    assert late == [VENDOR, "GOV-1"]
    assert early == [VENDOR]


def test_the_vendor_holds_a_copy_that_it_derived_in_the_clear(world: World) -> None:
    with world.store.read() as work:
        copy = work.copies.all(recipient="P1")[0]
    world.now = SECOND + HOUR
    extract(world.desk, ExtractCopy(copy.id, "to compare it with the sample", BOTH))
    before, after = (exposure(world.desk, A1, at) for at in (world.now - TICK, world.now))
    assert [item.basis for item in after if item not in before] == [
        f"derived copy {copy.id} in the clear"
    ]
    assert counted(after) == counted(before)
