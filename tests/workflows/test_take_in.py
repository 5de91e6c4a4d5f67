"""Taking in a sample."""

from datetime import timedelta
from typing import Any

import pytest

from mapp_compliance.attribution import Sample, Visibility
from mapp_compliance.errors import InvalidInput
from mapp_compliance.trust import digest
from mapp_compliance.values import Window
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
