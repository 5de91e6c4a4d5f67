"""``mapp doctor`` and ``mapp status`` on a real workspace."""

from pathlib import Path
from typing import Any

import pytest

from mapp_compliance.trust import generate_identity
from tests.cli.line import ADVISORY, LEAKED, Line
from tests.cli.world import World, served

AFTER_RELEASE = "2026-06-12T09:00:00Z"


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> World:
    return served(tmp_path_factory.mktemp("machine"))


@pytest.fixture
def world(base: World, tmp_path: Path) -> World:
    return base.copied(tmp_path)


def lights(line: Line, code: int = 0) -> dict[str, str]:
    checks: list[dict[str, str]] = line.json("doctor", code=code)["checks"]
    return {check["name"]: check["state"] for check in checks}


def waiting(line: Line, kind: str) -> list[dict[str, Any]]:
    return [item for item in line.json("status")["waiting"] if item["kind"] == kind]


def test_the_backup_is_amber_until_a_drill(world: World) -> None:
    identity = generate_identity()
    public, secret = world.place / "r.pub", world.place / "r.key"
    public.write_text(identity.recipient)
    secret.write_text(identity.secret)
    seen = [lights(world.line)["backup"]]
    out = world.place / "b.age"
    world.line.json("backup", "--out", out, "--to", public)
    seen.append(lights(world.line)["backup"])
    world.line.json("restore", out, "--key", secret, "--drill")
    seen.append(lights(world.line)["backup"])
    assert seen == ["amber", "amber", "green"]


def test_a_whole_workspace_is_green(world: World) -> None:
    found = lights(world.line)
    assert {found[name] for name in ("ledger", "keys", "outbox", "python", "libraries")} == {
        "green"
    }


def test_a_lost_head_folder_is_red(world: World) -> None:
    for head in (world.line.home / "heads").iterdir():
        head.unlink()
    assert lights(world.line, code=1)["workspace"] == "red"


def test_without_a_workspace_the_machine_is_told_alone(tmp_path: Path) -> None:
    assert "ledger" not in lights(Line(tmp_path / "none"))


def test_receipts_are_late_once_the_terms_say_so(world: World) -> None:
    early = waiting(world.line, "receipt")
    late = waiting(world.line.then(LEAKED).then("2026-06-08T09:00:00Z"), "receipt")
    assert {item["late"] for item in early} == {False}
    assert {item["late"] for item in late} == {True}


def test_a_receipt_that_came_waits_no_more(world: World) -> None:
    world.opened("P1")
    world.line.json("receipt", "add", world.place / "P1.receipt")
    waits = {item["subject"] for item in waiting(world.line, "receipt")}
    assert world.copies["P1"]["copy"] not in waits


def test_a_release_that_passed_is_late(world: World) -> None:
    found = waiting(world.line.then(AFTER_RELEASE), "release")
    assert [(item["subject"], item["late"]) for item in found] == [(ADVISORY, True)]


def test_a_case_waits_without_saying_whose(world: World) -> None:
    world.leaked("P2")
    told = world.line.then(LEAKED).run("status").out
    cases = [line for line in told.splitlines() if "case" in line]
    assert cases != []
    assert [line for line in cases if "P2" in line] == []
