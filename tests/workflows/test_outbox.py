"""Letters leave after their transaction, whatever happens in between."""

from contextlib import suppress

import pytest

from mapp_compliance.errors import Conflict, InvalidInput, Undelivered
from mapp_compliance.values import DAY, AdvisoryId
from mapp_compliance.workflows.embargo import advance
from mapp_compliance.workflows.outbox import Letter, inside, queue, send_waiting
from mapp_compliance.workflows.people import import_partners
from tests.cli.line import HEADER
from tests.world import BOTH, World

A1 = AdvisoryId("A1")


class Killed(BaseException):
    """The process dies here."""


def written(world: World, text: bytes = b"words", name: str = "A1.note.txt") -> str:
    with world.store.write() as work:
        return queue(world.desk, work, Letter("P1", name, text, "A1"), world.now).name


def waiting(world: World) -> list[tuple[str, str]]:
    with world.store.read() as work:
        return [(item.recipient, item.name) for item in work.outgoing.all(waits="yes")]


def test_a_letter_waits_until_it_was_laid_down() -> None:
    world = World()
    written(world)
    assert world.post.delivered == {}
    assert [item.place for item in send_waiting(world.desk)] == ["P1/A1.note.txt"]
    assert world.post.delivered == {("P1", "A1.note.txt"): b"words"}
    assert send_waiting(world.desk) == []


def test_the_same_letter_twice_is_one_letter() -> None:
    world = World()
    assert written(world) == written(world) == "A1.note.txt"
    send_waiting(world.desk)
    written(world)
    assert waiting(world) == []


def test_other_words_take_a_name_with_a_number() -> None:
    world = World()
    names = [written(world, text) for text in (b"one", b"two", b"three", b"two")]
    assert names == ["A1.note.txt", "A1.note-2.txt", "A1.note-3.txt", "A1.note-2.txt"]


def test_it_is_kept_sealed() -> None:
    world = World()
    written(world)
    assert b"words" not in world.blobs.kept.values()


def test_who_cannot_be_reached_does_not_keep_the_others_waiting() -> None:
    world = World()
    written(world)
    with world.store.write() as work:
        queue(world.desk, work, Letter("P0", "A1.note.txt", b"words", "A1"), world.now)
    world.post.unreachable.add("P0")
    with pytest.raises(Undelivered, match=r"1 letter\(s\) wait; 'mapp tick'"):
        send_waiting(world.desk)
    assert waiting(world) == [("P0", "A1.note.txt")]
    world.post.unreachable.clear()
    send_waiting(world.desk)
    assert waiting(world) == []


@pytest.mark.parametrize("after", range(4))
def test_killed_at_any_letter_every_holder_is_told_once_in_the_end(after: int) -> None:
    world = World()
    world.issued()
    deliver, count = world.post.deliver, 0

    def die(recipient: str, name: str, data: bytes) -> str:
        nonlocal count
        count += 1
        if count > after:
            raise Killed
        return deliver(recipient, name, data)

    world.post.deliver = die  # type: ignore[method-assign]
    with suppress(Killed):
        advance(world.desk, A1, world.now + DAY, "used", BOTH)
    world.post.deliver = deliver  # type: ignore[method-assign]
    with world.store.read() as work:
        assert world.desk.advisory(work, A1).release_at == world.now + DAY
    send_waiting(world.desk)
    letters = {key for key in world.post.delivered if "release" in key[1]}
    assert letters == {
        ("P1", "A1.release-moved.txt"),
        ("P2", "A1.release-moved.txt"),
        ("management", "A1.release-memo.txt"),
    }
    assert waiting(world) == []


def test_a_decision_that_failed_writes_no_letter() -> None:
    world = World()
    world.issued()
    with pytest.raises(InvalidInput):
        advance(world.desk, A1, world.now + 99 * DAY, "used", BOTH)
    assert waiting(world) == []


def test_a_reader_inside_shares_no_folder_with_a_recipient() -> None:
    world = World()
    world.partner("Duty")
    with world.store.read() as work:
        assert inside(work, "management") == "management"
        with pytest.raises(Conflict, match="a recipient is called duty"):
            inside(work, "duty")


@pytest.mark.parametrize("name", ["management", "Management", "duty"])
def test_no_recipient_takes_the_folder_of_a_reader_inside(name: str) -> None:
    world = World()
    key = world.partner("P1").seal_key
    row = f"{name},Someone,partner,XA,ans,,{key},,,,"
    with pytest.raises(Conflict, match="kept for readers inside"):
        import_partners(world.desk, f"{HEADER}\n{row}\n".encode(), "p.csv", "")
