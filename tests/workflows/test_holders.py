"""Holders of unmarked material are kept."""

from dataclasses import replace
from datetime import timedelta

import pytest

from mapp_compliance.errors import Conflict, InvalidInput, NotFound
from mapp_compliance.program import Holder, HolderKind
from mapp_compliance.values import AdvisoryId, HolderId
from mapp_compliance.workflows.holders import add_holder
from tests.world import START, World

HOUR = timedelta(hours=1)
OFFICE = Holder(
    HolderId("GOV-1"), "An office", HolderKind.GOVERNMENT, AdvisoryId("A1"), START, size=40
)


@pytest.fixture
def world() -> World:
    made = World()
    made.advisory()
    return made


def test_a_holder_is_kept_once_with_a_leaf(world: World) -> None:
    assert add_holder(world.desk, OFFICE) == (OFFICE, True)
    assert add_holder(world.desk, OFFICE) == (OFFICE, False)
    assert [leaf.kind for leaf in world.store.state.leaves].count("holder") == 1


def test_its_name_is_neither_in_the_ledger_nor_in_the_history(world: World) -> None:
    add_holder(world.desk, OFFICE)
    state = world.store.state
    assert "An office" not in repr(state.leaves) + repr(state.events)


def test_an_end_is_added_once(world: World) -> None:
    add_holder(world.desk, OFFICE)
    ended = replace(OFFICE, until=START + HOUR)
    assert add_holder(world.desk, ended) == (ended, True)
    assert add_holder(world.desk, ended) == (ended, False)
    assert add_holder(world.desk, OFFICE) == (ended, False)
    with pytest.raises(Conflict, match="ended at"):
        add_holder(world.desk, replace(OFFICE, until=START + 2 * HOUR))


@pytest.mark.parametrize(
    "change", [{"name": "Another"}, {"kind": HolderKind.MAIL}, {"size": 41}, {"advisory": None}]
)
def test_a_kept_holder_is_not_rewritten(world: World, change: dict[str, object]) -> None:
    add_holder(world.desk, OFFICE)
    with pytest.raises(Conflict, match="is kept already and is another"):
        add_holder(world.desk, replace(OFFICE, **change))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"name": "  "}, "--name"),
        ({"size": 0}, "--size"),
        ({"since": START + HOUR}, "future"),
        ({"until": START}, "--until"),
        ({"id": HolderId("../x")}, "holder id"),
    ],
)
def test_what_cannot_be_is_refused(world: World, change: dict[str, object], told: str) -> None:
    with pytest.raises(InvalidInput, match=told):
        add_holder(world.desk, replace(OFFICE, **change))  # type: ignore[arg-type]


def test_an_unknown_advisory_is_missing(world: World) -> None:
    with pytest.raises(NotFound):
        add_holder(world.desk, replace(OFFICE, advisory=AdvisoryId("A9")))
