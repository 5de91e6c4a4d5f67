"""Whatever is tried on one sample or one advisory pays for being tried."""

from fractions import Fraction

import pytest

from mapp_compliance.advisories import SightingKind
from mapp_compliance.attribution import Sample
from mapp_compliance.errors import Conflict
from mapp_compliance.values import AdvisoryId, Window
from mapp_compliance.watermark.codes import share_of
from mapp_compliance.workflows import attribute as attributing
from mapp_compliance.workflows.attribute import attribute
from mapp_compliance.workflows.evaluate import Evaluated, Question, Reading
from mapp_compliance.workflows.ports import Desk
from mapp_compliance.workflows.sight import AddSighting, add_sighting
from tests.world import PACKAGE, World

TEXT = b"".join(b"def word_%d(text):\n    return text[%d:]\n\n" % (n, n) for n in range(40))
A1, A2 = AdvisoryId("A1"), AdvisoryId("A2")


@pytest.fixture
def world() -> World:
    made = World()
    made.partner("P1")
    made.partner("P2")
    for name in (A1, A2):
        made.advisory(name)
        made.attach(name, {**PACKAGE, "note.txt": PACKAGE["note.txt"] + TEXT})
        made.issue(name)
    made.later(days=1)
    return made


def leaked(world: World) -> Sample:
    copy = next(iter(world.store.state.tables["copies"].values()))
    return world.sample(dict(world.opened(copy).files)["payload/note.txt"])


def a_new_fact(world: World) -> None:
    seen = Window(world.now, world.now)
    add_sighting(world.desk, AddSighting(A1, SightingKind.PUBLIC, seen, world.now))


def test_a_sample_that_is_read_by_the_keys_of_several_advisories_pays_for_each(
    world: World,
) -> None:
    sample = leaked(world)
    first, second = (attribute(world.desk, sample, name) for name in (A1, A2))
    assert (first.run.t, second.run.t) == (1, 2)
    assert second.document["bound"]["family_wise"] == float(share_of(Fraction("1e-4"), 2))  # type: ignore[index]


def test_two_samples_that_are_scored_at_once_do_not_share_a_number(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = leaked(world)
    copy = list(world.store.state.tables["copies"].values())[1]
    second = world.sample(dict(world.opened(copy).files)["payload/note.txt"])
    scored = attributing.evaluated

    def meanwhile(desk: Desk, question: Question, reading: Reading) -> Evaluated:
        monkeypatch.setattr(attributing, "evaluated", scored)
        attribute(world.desk, second, A1)
        return scored(desk, question, reading)

    monkeypatch.setattr(attributing, "evaluated", meanwhile)
    with pytest.raises(Conflict, match="run the same command again"):
        attribute(world.desk, first, A1)
    assert attribute(world.desk, first, A1).run.t == 2


def test_the_same_try_again_keeps_its_number(world: World) -> None:
    sample = leaked(world)
    tries = [A1, A2]
    before = [attribute(world.desk, sample, name).run.t for name in tries]
    a_new_fact(world)
    after = [attribute(world.desk, sample, name) for name in tries]
    assert [(one.repeated, one.run.t) for one in after] == [(False, before[0]), (True, before[1])]


def test_leaving_other_sites_out_of_the_score_is_one_more_try(world: World) -> None:
    sample = leaked(world)
    first = attribute(world.desk, sample, A1)
    second = attribute(world.desk, sample, A1, frozenset({"filler/0"}))
    assert (first.run.reading, first.run.t, second.run.t) == (second.run.reading, 1, 2)


def test_the_words_of_further_copies_make_the_same_reading_one_more_try(world: World) -> None:
    sample = leaked(world)
    first = attribute(world.desk, sample, A1)
    world.later(hours=1)
    world.partner("P3")
    world.issue("A1", "P3")
    a_new_fact(world)
    second = attribute(world.desk, sample, A1)
    assert (first.run.reading, first.run.t, second.run.t) == (second.run.reading, 1, 2)
