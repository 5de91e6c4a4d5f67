"""Watched folders and the release decision on the command line."""

import os
from pathlib import Path

import pytest

from tests.cli.line import ADVISORY, LEAKED, Line
from tests.cli.world import World, served

LATER = "2026-06-07T10:00:00Z"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> World:
    return served(tmp_path_factory.mktemp("served"))


@pytest.fixture
def world(made: World, tmp_path: Path) -> World:
    copied = made.copied(tmp_path)
    return World(copied.place, copied.line.then(LEAKED), copied.people, copied.copies)


def watched(world: World, rule: str = "yes") -> Path:
    folder = world.place / "forum"
    folder.mkdir(exist_ok=True)
    world.line.json("feed", "add", "forum", "--path", folder, "--attribute", rule)
    return folder


def dropped(path: Path, data: bytes) -> None:
    """A finished file, moved there by somebody a while ago."""
    path.write_bytes(data)
    os.utime(path, (1_000_000_000, 1_000_000_000))


def test_a_leak_in_a_watched_folder_ends_with_a_held_advisory_and_a_notice(world: World) -> None:
    dropped(watched(world) / "post.txt", (world.opened("P1") / "poc.py").read_bytes())
    told = world.line.json("tick")
    case = told["feeds"][0]["cases"][0]
    assert (told["letters"], told["waiting"]) == (1, None)
    notice = (world.line.home / "outbox" / "duty" / f"{case}.duty.txt").read_text()
    assert case in notice
    assert not any(name in notice for name in ("P1", "Example P1", "STAFF"))
    assert case in world.line.fails("issue", ADVISORY, "--yes", code=5)["message"]
    again = world.line.then(LATER).json("tick")
    assert (again["feeds"][0]["known"], again["letters"]) == (1, 0)
    assert world.line.json("log", "verify")["ok"]


def test_a_feed_keeps_samples_by_default(world: World) -> None:
    folder = world.place / "f"
    folder.mkdir()
    world.line.json("feed", "add", "f", "--path", folder)
    assert world.line.json("feed", "list")["feeds"][0]["attribute"] == "no"
    dropped(folder / "x", (world.opened("P1") / "poc.py").read_bytes())
    (folder / "fresh").write_bytes(b"half")
    (folder / "link").symlink_to(folder / "x")
    told = world.line.json("tick")["feeds"][0]
    assert (len(told["samples"]), told["cases"]) == (1, [])
    assert [item["file"] for item in told["left"]] == ["fresh", "link"]
    assert world.line.json("case", "list") == {"cases": []}


@pytest.mark.parametrize("where", [".", "home", "home/outbox"])
def test_a_watched_folder_lies_apart_from_the_workspace(world: World, where: str) -> None:
    error = world.line.fails("feed", "add", "f", "--path", world.place / where)
    assert "apart from the workspace" in error["message"]


def test_a_tick_with_nothing_to_do_says_so(world: World) -> None:
    assert world.line.json("tick") == {
        "feeds": [],
        "letters": 0,
        "waiting": None,
        "collected": 0,
    }


def seen(line: Line) -> None:
    line.json(
        *("sighting", "add", ADVISORY, "--kind", "exploited", "--observed", LEAKED),
        *("--posted", "2026-06-06T00:00:00Z", "--source", "B", "--credibility", 2),
    )


def test_the_decision_and_its_memo(world: World) -> None:
    line = world.line
    assert line.json("advisory", "decision", ADVISORY)["recommendation"] == "keep"
    seen(line)
    assert line.json("advisory", "decision", ADVISORY)["recommendation"] == "mitigate"
    ready = line.json("advisory", "patch-ready", ADVISORY)["advisory"]["patch_ready_at"]
    told = line.json("advisory", "decision", ADVISORY)
    assert (ready, told["recommendation"], told["release_by"]) == (
        LEAKED,
        "advance",
        "2026-06-08T09:00:00Z",
    )
    assert [item["option"] for item in told["options"]] == [
        "advance",
        "mitigate",
        "prepare",
        "keep",
    ]
    done = line.json(
        *("advisory", "advance", ADVISORY, "--release-at", told["release_by"]),
        *("--reason", "used against customers", "--approve", "ann", "--approve", "bob"),
    )
    memo = Path(done["memo"]).read_text()
    assert "Decided by: ann, bob (local keys: independence none)" in memo
    assert "exploited, 2026-06-06 00:00" in memo
    assert not any(name in memo for name in world.people)
    assert (world.line.home / "outbox" / "P1" / "ADV-1.release-moved.txt").exists()


def test_a_reason_that_names_a_partner_is_refused(world: World) -> None:
    error = world.line.fails(
        *("advisory", "advance", ADVISORY, "--release-at", "2026-06-08T09:00:00Z"),
        *("--reason", "Example P1 lost it", "--approve", "ann", "--approve", "bob"),
    )
    assert "names recipient P1" in error["message"]


def test_the_person_on_duty_is_set_at_init(tmp_path: Path) -> None:
    line = Line(tmp_path / "home")
    line.json("init", "--profile", "demo", "--duty", "night-watch")
    assert 'duty = "night-watch"' in (line.home / "mapp.toml").read_text()
    error = Line(tmp_path / "other").fails("init", "--profile", "demo", "--duty", "../x")
    assert "program.duty" in error["message"]
