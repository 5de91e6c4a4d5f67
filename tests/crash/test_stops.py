"""Some of the places where the line may stop; `bench/crash.py` tries them all, and kills besides.

The numbers of effects are known only once the story was played, so a test takes a share of them.
"""

from collections.abc import Iterator

import pytest

from tests.crash.story import Stage, Zygote
from tests.postgres import Server

ON_SQLITE, ON_POSTGRES = 30, 10  # stops
FEWER = 12  # effects: a folder made, and its name fsynced, for each of some blobs
SHORT = 4  # calls of the story on PostgreSQL: issue, open, receipt, submit


@pytest.fixture(scope="module")
def zygote() -> Iterator[Zygote]:
    made = Zygote()
    yield made
    made.close()


@pytest.fixture(scope="module")
def sqlite(zygote: Zygote, tmp_path_factory: pytest.TempPathFactory) -> Stage:
    stage = Stage(tmp_path_factory.mktemp("crash") / "stage", zygote)
    stage.play()
    return stage


@pytest.fixture(scope="module")
def shared(zygote: Zygote, postgres: Server, tmp_path_factory: pytest.TempPathFactory) -> Stage:
    stage = Stage(tmp_path_factory.mktemp("crash-pg") / "stage", zygote, postgres)
    stage.play(SHORT)
    return stage


def stopped(stage: Stage, number: int, of: int) -> tuple[bool, list[str]]:
    """The stop at that share of all places, or at one a little before it.

    Sealed bytes differ each time, and with them how many folders their blobs need: a call may end
    a few effects sooner than the one that was counted.
    """
    points = stage.points()
    step, last, torn = points[(2 * number + 1) * len(points) // (2 * of)]
    for at in range(last, max(last - FEWER, 0), -1):
        was_stopped, faults = stage.stopped(step, at=at, torn=torn and at == last)
        if was_stopped or faults:
            break
    return was_stopped, faults


@pytest.mark.parametrize("number", range(ON_SQLITE))
def test_a_call_that_stopped_is_finished_by_the_same_call(sqlite: Stage, number: int) -> None:
    assert stopped(sqlite, number, ON_SQLITE) == (True, [])


@pytest.mark.needs_tool
@pytest.mark.parametrize("number", range(ON_POSTGRES))
def test_a_call_that_stopped_is_finished_on_postgresql_too(shared: Stage, number: int) -> None:
    assert stopped(shared, number, ON_POSTGRES) == (True, [])


def test_every_call_of_the_story_has_places_to_stop(sqlite: Stage) -> None:
    assert {step for step, _, _ in sqlite.points()} == set(range(len(sqlite.steps)))
    assert {name for names in sqlite.effects for name in names} >= {
        *("open", "fsync file", "os.rename", "fsync folder", "begin", "commit"),
    }


def test_a_parcel_is_on_the_disk_under_its_name_before_the_ledger_speaks_of_it(
    sqlite: Stage,
) -> None:
    """Each file of an issue run: written, fsynced, renamed, folder fsynced; then the commit."""
    assert sqlite.hasty(0) == []
    effects = sqlite.effects[0]
    commits = [place for place, name in enumerate(effects) if name == "commit"]
    sealing, delivering = effects[commits[1] : commits[2]], effects[commits[2] : commits[3]]
    people = len(sqlite.world.people)
    assert sealing.count("os.rename") >= people  # a parcel each, and only then the leaves
    assert delivering.count("os.link") >= people


@pytest.mark.parametrize("lost", ["fsync file", "fsync folder"])
def test_a_judge_of_the_order_misses_no_sync(
    sqlite: Stage, lost: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    effects = sqlite.effects[0]
    commits = [place for place, name in enumerate(effects) if name == "commit"]
    begin, end = commits[1], commits[3]
    for place in [at for at, name in enumerate(effects) if name == lost and begin < at < end]:
        monkeypatch.setattr(sqlite, "effects", [[*effects[:place], "-", *effects[place + 1 :]]])
        assert sqlite.hasty(0)


def test_a_judge_of_stops_sees_a_lost_blob(sqlite: Stage) -> None:
    with sqlite._again(1) as (place, url):
        for blob in (place / "home" / "blobs").rglob("*"):
            if blob.is_file():
                blob.unlink()
        assert any("parcel of" in text for text in sqlite._seen(place, url).faults)


def test_a_judge_of_stops_sees_other_bytes_at_a_recipient(sqlite: Stage) -> None:
    with sqlite._again(1) as (place, url):
        (parcel,) = (place / "home" / "outbox" / "P2").glob("*.tar.age")
        parcel.unlink()  # the file has another name, under which it stays
        parcel.write_bytes(b"something else")
        assert any("not what was sealed" in text for text in sqlite._seen(place, url).faults)
