"""The release decision from what is kept, and the memo of one that was taken."""

from typing import Any

import pytest

from mapp_compliance.advisories import Option, SightingKind
from mapp_compliance.enforcement import ActionKind
from mapp_compliance.errors import InvalidInput, NotFound
from mapp_compliance.program import Holder, HolderKind, PartnerState, Tier
from mapp_compliance.values import DAY, HOUR, AdvisoryId, HolderId, Window
from mapp_compliance.workflows.embargo import Advanced, advance
from mapp_compliance.workflows.enforce import ProposeAction, propose_action
from mapp_compliance.workflows.holders import add_holder
from mapp_compliance.workflows.release import consider, set_patch_ready
from mapp_compliance.workflows.sight import AddSighting, add_sighting
from tests.fakes import rendered
from tests.world import BOTH, World

A1 = AdvisoryId("A1")


@pytest.fixture
def world() -> World:
    """P1 and P2 are served; two of tier ans and one of tier entry are not; it is used."""
    made = World()
    made.issued()
    for name, tier in (("P3", Tier.ANS), ("P4", Tier.ANS), ("P5", Tier.ENTRY)):
        made.partner(name, tier=tier)
    made.partner("P6", tier=Tier.ANS, state=PartnerState.REMOVED)
    made.later(days=1)
    at = made.now - HOUR
    add_sighting(made.desk, AddSighting(A1, SightingKind.EXPLOITED, Window(at, at), at))
    return made


def moved(world: World, reason: str = "it is used against customers") -> Advanced:
    return advance(world.desk, A1, world.now + DAY, reason, BOTH)


def memo(world: World) -> dict[str, Any]:
    text = world.post.delivered["management", "A1.release-memo.txt"]
    found: dict[str, Any] = rendered(text)["model"]
    return found


def test_the_recommendation_rests_on_what_is_kept(world: World) -> None:
    assert consider(world.desk, A1).decision.recommendation is Option.MITIGATE
    set_patch_ready(world.desk, A1)
    found = consider(world.desk, A1)
    assert found.decision.recommendation is Option.ADVANCE
    assert found.waves == (("ans", 2), ("entry", 1))
    assert (found.holders, found.unmarked) == (3, 1)


def test_the_fix_is_ready_since_the_first_time_it_was_said(world: World) -> None:
    first = set_patch_ready(world.desk, A1).patch_ready_at
    world.later(days=1)
    assert set_patch_ready(world.desk, A1).patch_ready_at == first
    assert len([e for e in world.store.state.events if e.what == "patch ready"]) == 1


def test_considering_changes_nothing(world: World) -> None:
    before = world.store.state
    consider(world.desk, A1)
    assert world.store.state is before


def test_the_memo_says_what_was_known_and_weighed(world: World) -> None:
    set_patch_ready(world.desk, A1)
    add_holder(
        world.desk, Holder(HolderId("GOV-1"), "Office", HolderKind.GOVERNMENT, A1, world.now)
    )
    done = moved(world)
    found = memo(world)
    assert done.memo == "management/A1.release-memo.txt"
    assert (found["signed_by"], found["independence"]) == (["ann", "bob"], "none")
    assert (found["recommendation"], found["holders"], found["unmarked"]) == ("advance", 4, 2)
    assert found["waves"] == [
        {"wave": "ans", "recipients": 2},
        {"wave": "entry", "recipients": 1},
    ]
    assert [item["option"] for item in found["options"]] == [
        "advance",
        "mitigate",
        "prepare",
        "keep",
    ]


def test_the_memo_names_no_recipient(world: World) -> None:
    moved(world)
    text = str(memo(world))
    assert not any(f"P{number}" in text for number in range(1, 7))
    assert "Partner" not in text


@pytest.mark.parametrize("reason", ["P2 leaked it", "seen at partner p2, used", "it was (P2)"])
def test_a_reason_that_names_a_recipient_is_refused(world: World, reason: str) -> None:
    with pytest.raises(InvalidInput, match="names recipient P2"):
        moved(world, reason)


@pytest.mark.parametrize("reason", ["CVE-P20 is used", "aP2b"])
def test_a_reason_that_only_looks_alike_is_taken(world: World, reason: str) -> None:
    moved(world, reason)


def test_waves_that_were_sent_nothing_are_in_the_history(world: World) -> None:
    moved(world)
    told = [e.detail for e in world.store.state.events if e.what == "wave cancelled"]
    assert told == ["ans, 2 recipients", "entry, 1 recipients"]


def test_a_case_that_moves_a_release_writes_the_same(world: World) -> None:
    with world.store.read() as work:
        case = world.case(work.copies.all(recipient="P1")[0])
    step = propose_action(
        world.desk,
        ProposeAction(case.id, ActionKind.ADVANCE, "it is used", world.now + DAY, "ann", BOTH),
    )
    assert "management/A1.release-memo.txt" in step.files
    assert memo(world)["signed_by"] == ["ann", "bob"]
    assert ("P2", "A1.release-moved.txt") in world.post.delivered


def test_an_unknown_advisory_is_missing(world: World) -> None:
    with pytest.raises(NotFound):
        consider(world.desk, AdvisoryId("A9"))
    with pytest.raises(NotFound):
        set_patch_ready(world.desk, AdvisoryId("A9"))
