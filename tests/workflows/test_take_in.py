"""Taking in a sample."""

from datetime import timedelta
from typing import Any

import pytest

from mapp_compliance.attribution import Sample, Visibility
from mapp_compliance.errors import InvalidInput
from mapp_compliance.trust import digest
from mapp_compliance.values import AdvisoryId, Window
from mapp_compliance.workflows.attribute import attribute, replay
from mapp_compliance.workflows.take_in import TakeInSample, take_in
from tests.world import START, World

HOUR = timedelta(hours=1)
FILES = (("b.txt", b"two"), ("a.txt", b"one"))


def taken(
    world: World, files: tuple[tuple[str, bytes], ...] = FILES, **changes: Any
) -> tuple[Sample, bool]:
    fields = {"posted": None, "observed": None, "visibility": Visibility.PUBLIC, "source": ""}
    return take_in(world.desk, TakeInSample(files, **(fields | changes)))


def test_a_sample_is_kept_sealed_with_a_leaf_of_its_digest() -> None:
    world = World()
    sample, new = taken(world)
    assert new
    assert [world.desk.vault_get(item.blob) for item in sample.files] == [b"one", b"two"]
    assert not any(data in world.blobs.kept.values() for _, data in FILES)
    with world.store.read() as work:
        leaf = work.ledger.leaf(sample.intake_leaf)
    assert (leaf.kind, sample.digest.hex.encode() in leaf.data) == ("intake", True)


@pytest.mark.parametrize(
    "files", [FILES, FILES[::-1], (("other.txt", b"one"), ("names.txt", b"two"))]
)
def test_the_same_bytes_are_the_same_sample_and_no_second_leaf(
    files: tuple[tuple[str, bytes], ...],
) -> None:
    world = World()
    first, _ = taken(world)
    leaves = world.store.state.leaves
    world.later(days=1)
    assert taken(world, files) == (first, False)
    assert world.store.state.leaves == leaves


def test_the_same_files_in_another_number_are_another_sample() -> None:
    world = World()
    assert taken(world)[0].digest != taken(world, (*FILES, ("c", b"one")))[0].digest


def test_a_single_file_goes_by_its_own_digest() -> None:
    assert taken(World(), (("a", b"one"),))[0].digest == digest(b"one")


@pytest.mark.parametrize("files", [(), (("a", b""),)])
def test_an_empty_sample_is_refused(files: tuple[tuple[str, bytes], ...]) -> None:
    with pytest.raises(InvalidInput, match="is empty"):
        taken(World(), files)


def test_a_sample_may_fill_the_limit_and_not_pass_it() -> None:
    world = World()
    most = world.desk.program.max_sample_bytes
    assert taken(world, (("a", bytes(most)),))[1]
    with pytest.raises(InvalidInput, match="max_sample_bytes"):
        taken(world, (("a", bytes(most)), ("b", b"x")))


@pytest.mark.parametrize(
    "times",
    [
        {"observed": START + HOUR},
        {"posted": Window(START - HOUR, START + HOUR)},
        {"posted": Window(START + HOUR, START + HOUR)},
    ],
)
def test_nothing_was_seen_in_the_future(times: dict[str, Any]) -> None:
    world = World()
    with pytest.raises(InvalidInput, match="lies in the future"):
        taken(world, **times)
    assert world.store.state.tables["samples"] == {}


def test_nothing_was_observed_before_it_was_posted() -> None:
    with pytest.raises(InvalidInput, match="before it was posted"):
        taken(World(), posted=Window(START - HOUR, START), observed=START - 2 * HOUR)


def test_without_a_time_it_was_observed_now() -> None:
    assert taken(World())[0].observed == START


def test_a_file_name_of_any_bytes_is_taken_in() -> None:
    sample, _ = taken(World(), (("a\udcff\n\u202e.txt", b"one"),))
    sample.files[0].name.encode()


def test_another_time_of_the_same_bytes_is_a_further_report_with_a_leaf() -> None:
    world = World()
    first, _ = taken(world, observed=START - HOUR, source="a forum")
    world.later(days=1)
    again, new = taken(world, posted=Window(START - 9 * HOUR, START - 8 * HOUR), source="a mail")
    assert not new
    assert (again.id, again.intake_leaf) == (first.id, first.intake_leaf)
    assert again.seen == Window(START - 9 * HOUR, START - 8 * HOUR)
    leaf = world.store.state.leaves[-1]
    assert (leaf.kind, again.notes[0].leaf) == ("intake-note", leaf.index)
    assert "a mail" not in repr(world.store.state.leaves) + repr(world.store.state.events)


def test_a_report_that_is_kept_already_is_not_kept_again() -> None:
    world = World()
    taken(world, source="a forum")
    told = taken(world, source="a mail", observed=START)
    world.later(days=1)
    assert taken(world, source="a mail", observed=START) == told
    assert taken(world, source="a mail") == told
    assert taken(world) == told
    assert len(told[0].notes) == 1


def test_a_report_of_another_place_is_a_further_one() -> None:
    world = World()
    taken(world, source="a forum", visibility=Visibility.CLOSED)
    sample, _ = taken(world, source="a forum", visibility=Visibility.PUBLIC)
    assert sample.public_by == START


def test_a_run_is_replayed_with_the_reports_that_it_knew() -> None:
    world = World()
    copy = world.issued()[0]
    world.later(days=2)
    leak = world.opened(copy).files["payload/note.txt"]
    done = attribute(world.desk, world.sample(leak), AdvisoryId("A1"))
    world.later(days=1)
    world.sample(leak, observed=world.now - 9 * 24 * HOUR, source="a late report")
    assert replay(world.desk, done.run) == done.run.digest
