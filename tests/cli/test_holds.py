"""Holds and copies without marks on the command line."""

from pathlib import Path

import pytest

from tests.cli.line import ADVISORY, LEAKED, Line, package
from tests.cli.world import World, served

UNMARKED = ("issue", ADVISORY, "--recipient", "STAFF-1", "--yes", "--unmarked", "byte compare")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> World:
    return served(tmp_path_factory.mktemp("served"))


@pytest.fixture
def line(made: World, tmp_path: Path) -> Line:
    return made.copied(tmp_path).line.then(LEAKED)


def test_a_hold_refuses_with_exit_5_and_names_itself(line: Line) -> None:
    hold = line.json("advisory", "hold", ADVISORY, "--reason", "a find")["hold"]
    error = line.fails("issue", ADVISORY, "--yes", code=5)
    assert hold["id"] in error["message"]
    assert line.json("issue", ADVISORY, "--dry-run")["hold"] == hold
    assert line.json("advisory", "show", ADVISORY)["holds"] == [hold]


def test_a_hold_is_lifted_by_one_person(line: Line) -> None:
    line.json("advisory", "hold", ADVISORY, "--reason", "a find")
    lift = ("advisory", "unhold", ADVISORY, "--reason", "a test")
    assert "lift hold" in line.fails(*lift, code=6)["to_sign"]
    told = line.json(*lift, "--approve", "bob")
    assert (told["holds"][0]["lifted_by"], told["independence"]) == ("bob", "none")
    line.json("issue", ADVISORY, "--yes")


def test_an_end_without_zone_is_refused(line: Line) -> None:
    error = line.fails("advisory", "hold", ADVISORY, "--reason", "x", "--until", "2026-06-08")
    assert "has no zone" in error["message"]


def test_copies_without_marks_take_two_people_and_say_so_everywhere(line: Line) -> None:
    plan = line.json(*UNMARKED, "--dry-run")["plan"]
    assert (plan["unmarked"], len(plan["granted"])) == ("byte compare", 1)
    assert "WITHOUT MARKS" in line.run(*UNMARKED, "--dry-run").out
    error = line.fails(*UNMARKED, "--approve", "ann", code=6)
    assert "issue without marks" in error["to_sign"]
    told = line.json(*UNMARKED, "--approve", "ann", "--approve", "bob")
    copy = told["copies"][0]
    assert (copy["unmarked"], copy["state"]) == ("byte compare", "delivered")
    assert told["independence"] == "none"
    exposed = line.json("exposure", ADVISORY)["holders"]
    assert [item["marked"] for item in exposed if item["holder"] == "STAFF-1"] == [True, False]
    assert line.json("log", "verify")["ok"]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--unmarked", " ", "--recipient", "STAFF-1"), "need a reason"),
        (("--unmarked", "x"), "--recipient"),
    ],
)
def test_who_and_why_are_needed(line: Line, options: tuple[str, ...], told: str) -> None:
    assert told in line.fails("issue", ADVISORY, "--yes", *options)["message"]


def test_the_report_shows_which_copies_carry_no_marks(line: Line, tmp_path: Path) -> None:
    line.json(*UNMARKED, "--approve", "ann", "--approve", "bob")
    line.json("report", "build", "distribution", ADVISORY, "--out", tmp_path / "r")
    page = next((tmp_path / "r").glob("*.html")).read_text()
    assert "without marks</strong>: byte compare" in page


def test_a_package_attached_after_copies_without_marks_is_refused(
    line: Line, tmp_path: Path
) -> None:
    line.json(*UNMARKED, "--approve", "ann", "--approve", "bob")
    folder = package(tmp_path / "other", **{"more.txt": "more"})
    assert "committed in the ledger" in line.fails("attach", ADVISORY, folder)["message"]
