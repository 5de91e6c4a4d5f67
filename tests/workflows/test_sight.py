"""Sightings are recorded."""

from datetime import timedelta
from typing import Any

import pytest

from mapp_compliance.advisories import Grade, Sighting, SightingKind
from mapp_compliance.errors import InvalidInput, NotFound
from mapp_compliance.values import AdvisoryId, SampleId, Window
from mapp_compliance.workflows.sight import AddSighting, add_sighting
from tests.world import START, World

HOUR = timedelta(hours=1)
TEXT = "canary: a forum post about the reader"


def sighted(world: World, **changes: Any) -> tuple[Sighting, bool]:
    fields: dict[str, Any] = {
        "advisory": AdvisoryId("A1"),
        "kind": SightingKind.EXPLOITED,
        "posted": Window(START - 3 * HOUR, START - 2 * HOUR),
        "observed": START - HOUR,
        "source": Grade.B,
        "credibility": 2,
        "text": TEXT,
    }
    return add_sighting(world.desk, AddSighting(**(fields | changes)))


@pytest.fixture
def world() -> World:
    made = World()
    made.advisory()
    return made


def test_a_report_is_kept_with_a_leaf_and_its_time(world: World) -> None:
    kept, new = sighted(world)
    assert (new, kept.recorded_at, kept.grade) == (True, START, "B2")
    assert world.store.state.leaves[-1].kind == "sighting"
    with world.store.read() as work:
        assert work.sightings.all(advisory="A1") == [kept]


def test_its_words_are_neither_in_the_ledger_nor_in_the_history(world: World) -> None:
    sighted(world)
    state = world.store.state
    assert "canary" not in repr(state.leaves) + repr(state.events)


def test_the_same_report_again_is_the_kept_one(world: World) -> None:
    kept, _ = sighted(world)
    leaves = len(world.store.state.leaves)
    world.later(days=1)
    assert sighted(world) == (kept, False)
    assert len(world.store.state.leaves) == leaves


@pytest.mark.parametrize(
    "change",
    [
        {"kind": SightingKind.PUBLIC},
        {"posted": Window(START - 3 * HOUR, START - 3 * HOUR)},
        {"observed": START},
        {"source": Grade.C},
        {"credibility": 3},
        {"text": "other words"},
    ],
)
def test_any_difference_makes_another_report(world: World, change: dict[str, Any]) -> None:
    kept, _ = sighted(world)
    other, new = sighted(world, **change)
    assert new
    assert other.id != kept.id


def test_a_file_that_goes_with_it_must_be_kept(world: World) -> None:
    sample = world.sample(b"leak")
    assert sighted(world, sample=sample.id)[0].sample == sample.id
    with pytest.raises(NotFound, match="S-nothing"):
        sighted(world, sample=SampleId("S-nothing"))


def test_times_that_cannot_be_are_refused_and_nothing_is_kept(world: World) -> None:
    with pytest.raises(InvalidInput, match="before it was posted"):
        sighted(world, observed=START - 4 * HOUR)
    assert world.store.state.tables["sightings"] == {}


def test_an_unknown_advisory_is_missing(world: World) -> None:
    with pytest.raises(NotFound):
        sighted(world, advisory=AdvisoryId("A9"))
