"""Letters that follow a decision go out once, and lie there again when somebody took them away."""

import json
from dataclasses import replace

import pytest

from mapp_compliance.attribution import Run
from mapp_compliance.enforcement import ActionKind, Case
from mapp_compliance.errors import Conflict, NotFound, Undelivered
from mapp_compliance.workflows.notices import clear_partners, send_removal
from tests.workflows.test_enforce import propose, ready
from tests.world import BOTH, World


@pytest.fixture
def world() -> World:
    made = World()
    made.issued()
    return made


def removed(world: World) -> Case:
    return propose(world, ready(world), ActionKind.REMOVE, BOTH).case


def removals(world: World) -> list[tuple[str, str]]:
    return [key for key in world.post.delivered if "removal" in key[1]]


def test_a_removal_sends_its_letter_by_itself(world: World) -> None:
    case = removed(world)
    assert removals(world) == [("P1", f"{case.id}.removal.txt")]


def test_asking_for_the_letter_again_writes_no_second_one(world: World) -> None:
    case = removed(world)
    letter = dict(world.post.delivered)
    world.later(days=1)
    assert send_removal(world.desk, case) == f"P1/{case.id}.removal.txt"
    assert world.post.delivered == letter


def test_a_letter_that_was_taken_away_is_laid_down_again(world: World) -> None:
    case = removed(world)
    letter = world.post.delivered.pop(("P1", f"{case.id}.removal.txt"))
    send_removal(world.desk, case)
    assert world.post.delivered["P1", f"{case.id}.removal.txt"] == letter


def test_a_removal_holds_though_its_letter_has_to_wait(world: World) -> None:
    case = ready(world)
    world.post.unreachable.add("P1")
    with pytest.raises(Undelivered, match="What was decided is kept"):
        propose(world, case, ActionKind.REMOVE, BOTH)
    world.post.unreachable.clear()
    assert world.stored_case(case.id).proposals[-1].executed_at == world.now
    send_removal(world.desk, world.stored_case(case.id))
    assert removals(world) == [("P1", f"{case.id}.removal.txt")]


def test_without_a_removal_there_is_no_letter(world: World) -> None:
    with pytest.raises(NotFound, match="nothing was decided"):
        send_removal(world.desk, ready(world))


def test_partners_are_cleared_once_each_by_a_letter_of_their_own(world: World) -> None:
    world.reader()
    case = world.case(world.issue("A1", "STAFF-1")[0], "COPY_IDENTIFIED_INTERNAL")
    told = clear_partners(world.desk, case.id)
    assert told == [f"P1/{case.id}.cleared.txt", f"P2/{case.id}.cleared.txt"]
    before = dict(world.post.delivered)
    world.later(days=1)
    assert clear_partners(world.desk, case.id) == told
    assert world.post.delivered == before
    text = before["P1", f"{case.id}.cleared.txt"].decode()
    assert "P2" not in text
    assert "STAFF-1" not in text


def test_while_a_source_is_not_named_no_partner_is_cleared(world: World) -> None:
    world.reader()
    case = world.case(world.issue("A1", "STAFF-1")[0], "COPY_IDENTIFIED_INTERNAL")
    run = world.store.state.tables["runs"][case.run.hex,]
    assert isinstance(run, Run)
    with world.store.write() as work:
        work.runs.put(replace(run, document='{"limits":["at least one more source"]}'))
    with pytest.raises(Conflict, match="clears nobody"):
        clear_partners(world.desk, case.id)
    assert not [key for key in world.post.delivered if "cleared" in key[1]]


def test_a_removal_tells_the_duty_and_the_clause_on_removals(world: World) -> None:
    case = removed(world)
    model = json.loads(world.post.delivered["P1", f"{case.id}.removal.txt"])["model"]
    assert model["duty"].startswith("Terms 6.2: The proof of concept stays confidential")
    assert model["clause"] == "Terms 8.3"


def test_nobody_is_cleared_by_a_case_about_a_partners_copy(world: World) -> None:
    with pytest.raises(Conflict, match="nobody is cleared"):
        clear_partners(world.desk, ready(world).id)
