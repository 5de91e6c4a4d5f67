"""Earlier versions of an advisory's material."""

from datetime import datetime, timedelta

import pytest

from mapp_compliance.advisories import EarlierVersion, Stage
from mapp_compliance.errors import Conflict, InvalidInput, NotFound
from mapp_compliance.program import PartnerKind
from mapp_compliance.trust import digest
from mapp_compliance.values import AdvisoryId
from mapp_compliance.workflows.earlier import (
    AttachEarlier,
    attach_earlier,
    earlier_files,
    stage_record,
)
from tests.world import START, World

A1 = AdvisoryId("A1")
DRAFT = (("poc.py", b"print('draft')\n"),)
MAY = START - timedelta(days=100)


@pytest.fixture
def world() -> World:
    made = World()
    made.advisory()
    made.partner("FIND-1", kind=PartnerKind.FINDER, tier=None)
    made.partner("BROK-1", kind=PartnerKind.BROKER, tier=None)
    return made


def kept(
    world: World,
    files: tuple[tuple[str, bytes], ...] = DRAFT,
    stage: Stage = Stage.FINDER,
    received_at: datetime = MAY,
    source: str = "FIND-1",
) -> tuple[EarlierVersion, bool]:
    return attach_earlier(world.desk, AttachEarlier(A1, stage, files, received_at, source))


def test_a_version_is_kept_sealed_and_opened_again(world: World) -> None:
    version, new = kept(world)
    assert (new, version.number, version.received_at, version.attached_at) == (True, 1, MAY, START)
    assert earlier_files(world.desk, version) == DRAFT
    assert DRAFT[0][1] not in world.blobs.kept.values()


def test_its_leaf_commits_to_exactly_this_version(world: World) -> None:
    version, _ = kept(world)
    leaf = world.store.state.leaves[-1]
    assert leaf.kind == "stage"
    assert digest(stage_record(world.desk, version)).hex.encode() in leaf.data
    assert version.artifacts[0].digest.hex.encode() not in leaf.data


def test_the_same_version_again_is_the_kept_one_without_a_leaf(world: World) -> None:
    first, _ = kept(world)
    leaves = world.store.state.leaves
    world.later(days=1)
    assert kept(world) == (first, False)
    assert world.store.state.leaves == leaves


def test_changed_bytes_of_the_same_file_are_a_further_version(world: World) -> None:
    kept(world)
    second, new = kept(world, (("poc.py", b"print('second draft')\n"),))
    assert (second.number, new) == (2, True)
    with world.store.read() as work:
        first = work.earlier.get("A1", "finder", 1)
    assert first is not None
    assert earlier_files(world.desk, first) == DRAFT


def test_stages_are_numbered_apart(world: World) -> None:
    kept(world)
    assert kept(world, stage=Stage.BROKER, source="BROK-1")[0].label == "broker 1"


def test_a_kept_time_is_not_changed(world: World) -> None:
    kept(world)
    with pytest.raises(Conflict, match="kept as finder 1 of A1"):
        kept(world, received_at=MAY - timedelta(days=1))


def test_the_same_files_from_another_sender_are_a_version_of_their_own(world: World) -> None:
    kept(world)
    assert kept(world, source="")[0].number == 2


def test_the_package_stays_as_it_is(world: World) -> None:
    world.attach()
    before = world.store.state.tables["attachments"]
    kept(world)
    assert world.store.state.tables["attachments"] == before


def test_it_can_be_kept_when_copies_are_out(world: World) -> None:
    world.partner("P1")
    world.attach()
    world.issue()
    assert kept(world)[1]


def test_nothing_is_received_in_the_future(world: World) -> None:
    with pytest.raises(InvalidInput, match="lies in the future"):
        kept(world, received_at=START + timedelta(seconds=1))


@pytest.mark.parametrize("files", [(), (("a", b""),)])
def test_an_empty_version_is_refused(world: World, files: tuple[tuple[str, bytes], ...]) -> None:
    with pytest.raises(InvalidInput, match="is empty"):
        kept(world, files)


def test_a_sender_is_of_the_kind_of_its_stage(world: World) -> None:
    with pytest.raises(InvalidInput, match="kind broker or coordinator"):
        kept(world, stage=Stage.BROKER, source="FIND-1")
    with pytest.raises(NotFound):
        kept(world, source="F9")


def test_an_unknown_advisory_is_missing(world: World) -> None:
    command = AttachEarlier(AdvisoryId("A9"), Stage.FINDER, DRAFT, MAY)
    with pytest.raises(NotFound):
        attach_earlier(world.desk, command)
