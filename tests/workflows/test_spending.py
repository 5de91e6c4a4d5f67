"""What the scored samples of a year may have cost."""

from dataclasses import replace
from fractions import Fraction

import pytest

from mapp_compliance.advisories import SightingKind
from mapp_compliance.attribution import Run, Sample
from mapp_compliance.errors import NeedsApproval
from mapp_compliance.trust import digest
from mapp_compliance.values import AdvisoryId, Digest, Window, instant
from mapp_compliance.watermark.codes import share_of
from mapp_compliance.workflows.agree import Approvals
from mapp_compliance.workflows.attribute import attribute
from mapp_compliance.workflows.records import leaf_data
from mapp_compliance.workflows.sight import AddSighting, add_sighting
from mapp_compliance.workflows.spending import spending, spent_in
from mapp_compliance.workflows.status import spent, waiting
from tests.world import World

A1 = AdvisoryId("A1")
ANN_AND_BOB = Approvals(("ann", "bob"))
ALPHA = "0.0001"
FIRST = Run(
    sample="S-1",
    advisory=AdvisoryId("A1"),
    digest=Digest("0" * 64),
    reading=Digest("0" * 64),
    method="mapp-score/2",
    t=1,
    at=instant("2026-03-01T00:00:00Z"),
    reading_leaf=1,
    run_leaf=2,
    verdict="INSUFFICIENT",
    document='{"artifact": null}',
)


def test_shares_add_up_over_samples_and_advisories() -> None:
    runs = [FIRST, replace(FIRST, t=2), replace(FIRST, advisory=AdvisoryId("A2"))]
    found = spending(runs, ALPHA, 2026)
    first, second = (share_of(Fraction(ALPHA), t) for t in (1, 2))
    assert (found.samples, found.spent) == (3, 2 * first + second)


def test_a_run_that_repeats_a_number_or_scored_nothing_costs_nothing() -> None:
    runs = [FIRST, replace(FIRST, run_leaf=9), replace(FIRST, advisory=None, t=0)]
    assert spending(runs, ALPHA, 2026).samples == 1


def test_another_year_has_a_sum_of_its_own() -> None:
    assert spending([FIRST], ALPHA, 2027).spent == 0


def nearly_spent(world: World) -> World:
    """P1 and P2 have copies of A1; samples of other advisories spent nearly all of the year."""
    world.issued()
    world.later(days=1)
    spend(world, 164)
    return world


def spend(world: World, samples: int) -> None:
    with world.store.write() as work:
        for number in range(samples):
            name = AdvisoryId(f"B{number}")
            run = digest(name.encode())
            work.runs.put(replace(FIRST, advisory=name, digest=run, at=world.now))


def leak_of(world: World) -> bytes:
    copy = next(iter(world.store.state.tables["copies"].values()))
    return dict(world.opened(copy).files)["payload/note.txt"]


def leaked(world: World) -> Sample:
    return world.sample(leak_of(world))


@pytest.fixture
def world() -> World:
    return nearly_spent(World())


def test_a_sample_that_the_year_has_no_room_for_is_not_scored_and_leaves_no_trace(
    world: World,
) -> None:
    sample = leaked(world)
    before = world.store.state
    with pytest.raises(NeedsApproval, match=r"'raise yearly bound' of 2026 to 0[.]02 needs two"):
        attribute(world.desk, sample, approvals=Approvals(("ann",)))
    assert world.store.state is before


def test_two_approvers_raise_the_limit_of_the_year_and_the_sample_is_scored(world: World) -> None:
    found = attribute(world.desk, leaked(world), approvals=ANN_AND_BOB)
    assert found.document["verdict"] == "COPY_IDENTIFIED"
    year = spent(world.desk)
    assert (year.samples, year.limit) == (165, Fraction(2, 100))
    assert [[name for name, _ in one.signatures] for one in year.raises] == [["ann", "bob"]]
    decision = leaf_data("decision", {"decision": year.raises[0].digest.hex})
    assert [leaf.kind for leaf in world.store.state.leaves if leaf.data == decision] == ["decision"]


def test_after_a_raise_nobody_is_asked_again(world: World) -> None:
    sample = leaked(world)
    attribute(world.desk, sample, approvals=ANN_AND_BOB)
    other = world.sample(b"more of it\n", leak_of(world))
    assert attribute(world.desk, other).run.t == 2
    assert len(spent(world.desk).raises) == 1


def test_signatures_from_outside_raise_it_as_well() -> None:
    world = nearly_spent(World("standard"))
    sample = leaked(world)
    with pytest.raises(NeedsApproval) as told:
        attribute(world.desk, sample)
    made = tuple(
        world.signature(name, str(told.value.fields["to_sign"])) for name in ("ann", "bob")
    )
    found = attribute(world.desk, sample, approvals=Approvals(signatures=made))
    assert found.document["verdict"] == "COPY_IDENTIFIED"
    assert spent(world.desk).raises[0].independence == "separate keys"


def test_the_same_sample_again_needs_no_room(world: World) -> None:
    sample = leaked(world)
    first = attribute(world.desk, sample, approvals=ANN_AND_BOB)
    spend(world, 170)
    assert attribute(world.desk, sample).run == first.run
    seen = Window(world.now, world.now)
    add_sighting(world.desk, AddSighting(A1, SightingKind.PUBLIC, seen, world.now))
    again = attribute(world.desk, sample)
    assert not again.repeated
    assert again.run.t == first.run.t


def test_the_raise_of_one_year_is_none_of_the_next(world: World) -> None:
    attribute(world.desk, leaked(world), approvals=ANN_AND_BOB)
    with world.store.read() as work:
        assert spent_in(world.desk, work, 2027).limit == Fraction(1, 100)


def test_the_page_of_what_waits_says_that_two_have_to_agree(world: World) -> None:
    assert [item.subject for item in waiting(world.desk) if item.kind == "bound"] == ["2026"]
    attribute(world.desk, leaked(world), approvals=ANN_AND_BOB)
    assert not [item for item in waiting(world.desk) if item.kind == "bound"]
