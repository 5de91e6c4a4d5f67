"""The whole line on PostgreSQL: the same verbs, the same answers, two processes at once."""

import subprocess
import sys
from pathlib import Path

import pytest

from mapp_compliance.settings import parse_settings
from tests.cli.line import ADVISORY, LEAKED, SENT, Line, call
from tests.cli.world import World, started
from tests.postgres import Server

pytestmark = pytest.mark.needs_tool
BOTH = ("--approve", "ann", "--approve", "bob")


@pytest.fixture
def draft(postgres: Server, tmp_path: Path) -> World:
    return started(tmp_path, "--store", postgres.fresh())


def issued(draft: World) -> World:
    line = draft.line.then(SENT)
    copies = line.json("issue", ADVISORY, "--yes")["copies"]
    return World(draft.place, line, draft.people, {item["recipient"]: item for item in copies})


def test_from_the_first_leaf_to_a_notice(draft: World) -> None:
    world = issued(draft)
    assert {item["state"] for item in world.copies.values()} == {"delivered"}
    found = world.leaked("P2")
    assert [item["recipient"] for item in found["copies"]] == ["P2"]
    receipt = world.place / "P2.receipt"
    assert world.line.json("receipt", "add", receipt)["receipt"]["recipient"] == "P2"
    line = world.line.then(LEAKED)
    (case,) = line.json("case", "list")["cases"]
    line.json("case", "notice", case["id"], *BOTH)
    kept = line.json("case", "show", case["id"])["case"]
    assert kept["state"] != case["state"]
    state = line.json("log", "verify")
    assert state["ok"]
    assert line.json("upgrade") | {"changed": False, "size": state["size"]} == line.json("upgrade")
    assert not list(world.line.home.glob("*.db"))


def test_two_processes_that_issue_at_once_make_each_copy_once(draft: World) -> None:
    command = [sys.executable, "-m", "mapp_compliance.cli", "--home", str(draft.line.home)]
    runs = [
        subprocess.Popen(
            [*command, "--at", SENT, "--json", "issue", ADVISORY, "--yes"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    answers = [run.communicate(timeout=120) for run in runs]
    assert [run.returncode for run in runs] == [0, 0], answers
    line = draft.line.then(SENT)
    copies = line.json("copy", "list", ADVISORY)["copies"]
    assert {item["state"] for item in copies} == {"delivered"}
    assert len({item["leaves"]["seal"] for item in copies}) == 4
    assert {item["leaves"]["commitment"] for item in copies} == {2}
    assert line.json("log", "verify")["size"] == 1 + 1 + 1 + 4  # found, set-up, commitment, seals


def test_a_database_that_holds_a_workspace_is_not_taken_for_another(
    draft: World, tmp_path: Path
) -> None:
    url = parse_settings((draft.line.home / "mapp.toml").read_bytes()).store_url
    other = Line(tmp_path / "other")
    error = other.fails("init", "--profile", "demo", "--store", url)
    assert error["reaction"] == "conflict"
    assert not other.home.exists()


def test_an_address_in_the_environment_must_lead_to_the_same_workspace(
    draft: World, postgres: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = postgres.fresh()
    other = Line(tmp_path / "other")
    other.json("init", "--profile", "demo", "--store", elsewhere)
    monkeypatch.setenv("MAPP_STORE_URL", elsewhere)
    assert other.json("log", "verify")["size"] == 1
    error = draft.line.fails("log", "verify")
    assert "another workspace" in error["message"]


def test_a_run_of_init_that_stopped_before_the_name_is_finished(
    postgres: Server, tmp_path: Path
) -> None:
    url = postgres.fresh()
    home = tmp_path / "home"
    assert call("--home", home, "init", "--profile", "demo", "--store", url).code == 0
    key = (home / "keys" / "program.json").read_bytes()
    home.rename(tmp_path / ".home.new")
    assert call("--home", home, "init", "--profile", "demo", "--store", url).code == 0
    assert (home / "keys" / "program.json").read_bytes() == key
    assert Line(home).json("log", "verify")["size"] == 1
