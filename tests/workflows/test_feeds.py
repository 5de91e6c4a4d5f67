"""The unattended chain: a watched folder, a draft case, a hold, a notice, and nothing else."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest

from mapp_compliance.attribution import Feed, Visibility
from mapp_compliance.distribution import CopyState
from mapp_compliance.enforcement import CaseState
from mapp_compliance.errors import Conflict, InvalidInput, NotFound
from mapp_compliance.program import PartnerState
from mapp_compliance.values import AdvisoryId, FeedName
from mapp_compliance.workflows.agree import Approvals
from mapp_compliance.workflows.attribute import attribute
from mapp_compliance.workflows.enforce import close
from mapp_compliance.workflows.feeds import Ticked, add_feed, tick
from mapp_compliance.workflows.hold import DeliveriesHeld, lift_holds
from tests.fakes import FakeFolders, rendered
from tests.world import World

A1 = AdvisoryId("A1")
FOLDER = "/feeds/forum"
BENIGN = b"an ordinary note of somebody about a garden\n" * 20
# Long enough to be identified by its text, with room for marks that name a copy.
PACKAGE = {
    "note.txt": b"".join(b"line %d of the card reader's own story\n" % n for n in range(40))
    + b"card "
    + b"A" * 64
    + b"\nseal "
    + b"0" * 8
    + b"\n",
    "note.txt.marks.toml": (
        b'[[mark]]\nname = "filler"\nkind = "filler"\nmatch = "card (A{64})"\ncharset = "alnum"\n'
        b'[[mark]]\nname = "seal"\nkind = "filler"\nmatch = "seal (0{8})"\ncharset = "alnum"\n'
    ),
}


@pytest.fixture
def world() -> World:
    """P1 and P2 hold copies for two days; P3 waits for its own; the forum is watched."""
    made = World()
    made.partner("P1")
    made.partner("P2")
    made.advisory()
    made.attach("A1", PACKAGE)
    made.issue("A1", "P1", "P2")
    made.partner("P3")
    made.later(days=2)
    watched(made)
    return made


def watched(world: World, attributes: bool = True) -> None:
    world.folders.files.setdefault(FOLDER, {})
    add_feed(world.desk, Feed(FeedName("forum"), FOLDER, attributes, Visibility.PUBLIC, world.now))


def leaked(world: World, name: str = "a.txt", holder: str = "P1") -> None:
    """A recipient's file turns up in the folder."""
    with world.store.read() as work:
        copy = work.copies.all(recipient=holder)[0]
    world.folders.files[FOLDER][name] = world.opened(copy).files["payload/note.txt"]


def kept(world: World, kind: str) -> list[Any]:
    return list(world.store.state.tables[kind].values())


def notices(world: World) -> list[str]:
    return sorted(name for who, name in world.post.delivered if who == "duty")


def test_a_leak_in_a_feed_opens_a_case_holds_deliveries_and_wakes_a_person(world: World) -> None:
    leaked(world)
    done = tick(world.desk)
    case = kept(world, "cases")[0]
    hold = kept(world, "holds")[0]
    assert [item.id for item in done.feeds[0].cases] == [case.id]
    assert (case.state, case.verdict) == (CaseState.OPEN, "COPY_IDENTIFIED")
    assert (hold.id, hold.case, hold.advisory) == (f"H-{case.id}", case.id, A1)
    assert (hold.since, hold.until) == (world.now, world.now + timedelta(hours=72))
    assert notices(world) == [f"{case.id}.duty.txt"]
    with pytest.raises(DeliveriesHeld):
        world.issue("A1", "P3")


def test_nothing_else_happens_without_a_person(world: World) -> None:
    leaked(world)
    before = set(world.post.delivered)
    tick(world.desk)
    assert {who for who, _ in set(world.post.delivered) - before} == {"duty"}
    assert {item.state for item in kept(world, "partners")} == {PartnerState.ACTIVE}
    assert {item.state for item in kept(world, "copies")} == {CopyState.DELIVERED}
    assert kept(world, "signed") == []
    assert all(item.executed_at is None for item in kept(world, "cases")[0].proposals)


def test_the_notice_names_nobody(world: World) -> None:
    leaked(world)
    tick(world.desk)
    text = world.post.delivered["duty", notices(world)[0]].decode()
    copy = kept(world, "cases")[0].copy
    assert not any(word in text for word in ("P1", "P2", "Partner", str(copy), "A title"))
    assert set(rendered(text.encode())["model"]) >= {"case", "hold", "sample"}


def test_a_feed_without_the_rule_only_keeps_samples(world: World) -> None:
    watched(world, attributes=False)
    leaked(world)
    done = tick(world.desk)
    assert len(done.feeds[0].samples) == 1
    assert kept(world, "samples")[0].source == "feed forum"
    assert kept(world, "samples")[0].visibility is Visibility.PUBLIC
    assert (kept(world, "runs"), kept(world, "cases"), kept(world, "holds")) == ([], [], [])
    assert notices(world) == []


def test_a_second_tick_does_nothing_new(world: World) -> None:
    leaked(world)
    tick(world.desk)
    before = (world.store.state.leaves, world.store.state.events, dict(world.post.delivered))
    world.later(minutes=1)
    done = tick(world.desk)
    assert (done.feeds[0].known, done.feeds[0].samples, done.letters) == (1, (), 0)
    assert (world.store.state.leaves, world.store.state.events, world.post.delivered) == before


def test_another_file_of_the_same_copy_neither_holds_nor_wakes_again(world: World) -> None:
    leaked(world)
    tick(world.desk)
    world.later(hours=1)
    leaked(world, "b.txt")
    world.folders.files[FOLDER]["b.txt"] += b"\nand a word of thanks\n"
    tick(world.desk)
    assert len(kept(world, "samples")) == 2
    assert (len(kept(world, "cases")), len(kept(world, "holds")), len(notices(world))) == (1, 1, 1)


def test_a_hold_that_was_lifted_does_not_come_again(world: World) -> None:
    leaked(world)
    tick(world.desk)
    lift_holds(world.desk, A1, "known already", Approvals(("ann",)))
    leaked(world, "b.txt")
    tick(world.desk)
    assert world.issue("A1", "P3")[0].state is CopyState.DELIVERED


def test_a_case_that_is_closed_holds_nothing(world: World) -> None:
    watched(world, attributes=False)
    leaked(world)
    found = attribute(world.desk, world.sample(world.folders.files[FOLDER]["a.txt"]))
    close(world.desk, found.cases[0].id, "settled")
    watched(world)
    tick(world.desk)
    assert kept(world, "holds") == []
    assert notices(world) == []


def test_a_file_that_is_not_ours_wakes_nobody(world: World) -> None:
    world.folders.files[FOLDER]["x.txt"] = BENIGN
    tick(world.desk)
    assert [run.verdict for run in kept(world, "runs")] == ["NO_LINK"]
    assert (notices(world), kept(world, "holds")) == ([], [])


def test_the_programs_own_original_wakes_a_person_and_holds_nothing(world: World) -> None:
    world.folders.files[FOLDER]["x.txt"] = PACKAGE["note.txt"]
    tick(world.desk)
    assert [run.verdict for run in kept(world, "runs")] == ["PROGRAM_ORIGIN_UNRESOLVED"]
    assert notices(world) == [f"{kept(world, 'samples')[0].id}.duty.txt"]
    assert (kept(world, "holds"), kept(world, "cases")) == ([], [])


class Killed(BaseException):
    """The process dies here."""


def dying(call: Callable[..., Any], at: list[int]) -> Callable[..., Any]:
    """The call, until the countdown ends."""

    def counted(*arguments: Any) -> Any:
        at[0] -= 1
        if at[0] < 0:
            raise Killed
        return call(*arguments)

    return counted


@pytest.mark.parametrize("steps", range(16))
def test_killed_anywhere_and_run_again_it_comes_to_the_same_end(world: World, steps: int) -> None:
    leaked(world)
    leaked(world, "b.txt", "P2")
    countdown = [steps]
    write, deliver = world.store.write, world.post.deliver
    world.store.write = dying(write, countdown)  # type: ignore[method-assign]
    world.post.deliver = dying(deliver, countdown)  # type: ignore[method-assign]
    with suppress(Killed):
        tick(world.desk)
    world.store.write, world.post.deliver = write, deliver  # type: ignore[method-assign]
    world.later(minutes=5)
    tick(world.desk)
    intakes = [leaf for leaf in world.store.state.leaves if leaf.kind == "intake"]
    assert (len(kept(world, "samples")), len(intakes)) == (2, 2)
    assert all(sample.notes == () for sample in kept(world, "samples"))
    assert len(kept(world, "cases")) == len(kept(world, "holds")) == len(notices(world)) == 2
    assert len(kept(world, "runs")) == 2
    assert tick(world.desk).feeds[0].known == 2


def test_a_file_too_large_is_left_once_with_its_reason(world: World) -> None:
    world.folders.files[FOLDER]["big"] = bytes(world.desk.program.max_sample_bytes + 1)
    assert "larger than" in tick(world.desk).feeds[0].left[0][1]
    done = tick(world.desk)
    assert (done.feeds[0].left, done.feeds[0].known) == ((), 1)


def test_an_empty_file_is_left_and_comes_in_once_it_is_filled(world: World) -> None:
    world.folders.files[FOLDER]["x"] = b""
    assert "empty" in tick(world.desk).feeds[0].left[0][1]
    world.folders.files[FOLDER]["x"] = BENIGN
    assert len(tick(world.desk).feeds[0].samples) == 1


def test_what_the_folder_leaves_is_told(world: World) -> None:
    world.folders.left["link"] = "a symlink"
    assert tick(world.desk).feeds[0].left == (("link", "a symlink"),)


def test_a_feed_whose_folder_is_gone_does_not_stop_the_others(world: World) -> None:
    world.folders.files["/feeds/other"] = {"x": BENIGN}
    add_feed(
        world.desk, Feed(FeedName("other"), "/feeds/other", False, Visibility.CLOSED, world.now)
    )
    del world.folders.files[FOLDER]
    done = tick(world.desk)
    assert "no folder" in done.feeds[0].problem
    assert len(done.feeds[1].samples) == 1


def test_one_bad_file_does_not_stop_the_others(world: World) -> None:
    leaked(world)
    world.folders.files[FOLDER]["0-first"] = BENIGN
    read = world.folders.read

    def changing(folder: str, file: Any, most: int) -> bytes:
        if file.label == "0-first":
            raise Conflict("it changed; it is read next time")
        return read(folder, file, most)

    world.folders.read = changing  # type: ignore[method-assign]
    done = tick(world.desk)
    assert done.feeds[0].left == (("0-first", "it changed; it is read next time"),)
    assert len(done.feeds[0].cases) == 1


def test_deliveries_are_held_even_where_the_notice_cannot_be_written(world: World) -> None:
    world.partner("DUTY")
    leaked(world)
    done = tick(world.desk)
    assert "a recipient is called duty" in done.feeds[0].left[0][1]
    assert len(kept(world, "holds")) == 1
    assert not [who for who, _ in world.post.delivered if who == "DUTY"]


def test_two_ticks_at_once_do_not_work_on_the_same_folders(world: World) -> None:
    with world.folders.alone(), pytest.raises(Conflict, match="at work"):
        tick(world.desk)


def test_a_letter_that_cannot_leave_waits_for_the_next_tick(world: World) -> None:
    world.post.unreachable.add("duty")
    leaked(world)
    done: Ticked = tick(world.desk)
    assert (done.letters, "1 letter(s) wait" in done.waiting) == (0, True)
    world.post.unreachable.clear()
    assert (tick(world.desk).letters, len(notices(world))) == (1, 1)


def test_a_feed_is_kept_once_and_its_rule_can_be_changed(world: World) -> None:
    feed = Feed(FeedName("forum"), FOLDER, True, Visibility.PUBLIC, world.now)
    assert not add_feed(world.desk, feed)[1]
    world.later(days=1)
    watched(world, attributes=False)
    assert [item.attributes for item in kept(world, "feeds")] == [False]


def test_a_feed_needs_a_name_and_a_folder() -> None:
    world = World()
    with pytest.raises(NotFound):
        add_feed(world.desk, Feed(FeedName("f"), "/none", False, Visibility.CLOSED, world.now))
    world.folders.files["/f"] = {}
    with pytest.raises(InvalidInput, match="feed name"):
        add_feed(world.desk, Feed(FeedName("../f"), "/f", False, Visibility.CLOSED, world.now))


def test_the_same_file_in_two_feeds_is_one_sample_with_two_reports(world: World) -> None:
    world.folders.files["/feeds/other"] = {"y": BENIGN}
    world.folders.files[FOLDER]["x"] = BENIGN
    add_feed(
        world.desk, Feed(FeedName("other"), "/feeds/other", False, Visibility.CLOSED, world.now)
    )
    tick(world.desk)
    sample = kept(world, "samples")[0]
    assert [sample.source, *(note.source for note in sample.notes)] == ["feed forum", "feed other"]


def test_the_fake_folders_are_what_the_tests_say() -> None:
    folders = FakeFolders()
    folders.files["/f"] = {"a": b"1"}
    assert folders.read("/f", folders.look("/f").files[0], 1) == b"1"
