"""Runs that stop, fail or meet: no copy twice, none that the terms no longer allow."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.line import ADVISORY, LEAKED, MARKS, POC, SENT, Line, package
from tests.cli.world import World, kept, served, started

BY = ("--reason", "asked for", "--approve", "ann", "--approve", "bob")
FAILS_ON_A_LETTER = """
import sys
SPLIT = NOTE.decode()
sys.exit(int(SPLIT[0] != "A" and {check}))
"""
FAST_LETTERS = MARKS.replace('charset = "alnum"', 'charset = "alnum"\navoid = "0O"', 1)


@pytest.fixture(scope="module")
def at_start(tmp_path_factory: pytest.TempPathFactory) -> World:
    return started(tmp_path_factory.mktemp("started"))


@pytest.fixture
def draft(at_start: World, tmp_path: Path) -> World:
    return at_start.copied(tmp_path)


def _process(home: Path, *arguments: str, at: str = SENT) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "mapp_compliance.cli", "--home", str(home), "--at", at]
    return subprocess.Popen(
        [*command, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def test_two_processes_that_issue_at_once_make_each_copy_once(draft: World) -> None:
    home = draft.line.home
    runs = [_process(home, "--json", "issue", ADVISORY, "--yes") for _ in range(3)]
    answers = [run.communicate(timeout=120) for run in runs]
    assert [run.returncode for run in runs] == [0, 0, 0], answers
    line = draft.line.then(SENT)
    copies = line.json("copy", "list", ADVISORY)["copies"]
    assert [item["recipient"] for item in copies] == list(draft.people)
    assert {item["state"] for item in copies} == {"delivered"}
    assert len({item["leaves"]["seal"] for item in copies}) == 4
    assert {item["leaves"]["commitment"] for item in copies} == {2}
    assert line.json("log", "verify")["size"] == 1 + 1 + 1 + 4  # found, set-up, commitment, seals
    for item in copies:
        seal, _ = draft.people[item["recipient"]].save(draft.place / "keys")
        out = draft.place / item["recipient"]
        line.json("open", home / item["parcel"], "--key", seal, "--out", out)
        assert len(list((home / "outbox" / item["recipient"]).glob("*.age"))) == 1


def test_a_run_that_was_killed_is_finished_by_the_same_call(draft: World) -> None:
    home = draft.line.home
    for pause_s in (0.9, 1.1, 1.3):
        run = _process(home, "issue", ADVISORY, "--yes")
        time.sleep(pause_s)
        run.kill()
        run.communicate()
    line = draft.line.then(SENT)
    copies = line.json("issue", ADVISORY, "--yes")["copies"]
    assert [item["state"] for item in copies] == ["delivered"] * 4
    again = line.json("issue", ADVISORY, "--yes")["copies"]
    assert again == copies
    line.json("log", "verify")
    found = World(draft.place, line, draft.people, {item["recipient"]: item for item in copies})
    assert found.leaked("P2")["copies"][0]["recipient"] == "P2"


def test_ctrl_c_is_one_sentence_and_exit_1(draft: World) -> None:
    manifest = '[package]\nself_test = ["python3", "-c", "import time; time.sleep(30)"]\n'
    folder = package(draft.place / "slow", **{"mapp-package.toml": manifest})
    asked = draft.line.fails("attach", ADVISORY, folder, code=6)["self_test_sha256"]
    draft.line.json("attach", ADVISORY, folder, "--allow-self-test", asked)
    before = kept(draft.line.home)
    run = _process(draft.line.home, "--json", "issue", ADVISORY, "--yes")
    time.sleep(5)
    run.send_signal(signal.SIGINT)
    out, err = run.communicate(timeout=30)
    assert run.returncode == 1
    assert '"aborted"' in out
    assert "Traceback" not in err
    assert kept(draft.line.home) == before


def test_a_self_test_that_fails_on_a_variant_is_told_with_its_sites_and_nothing_is_planned(
    draft: World,
) -> None:
    source = POC.replace("card().decode())", "card().decode())\n    assert b'Z' not in NOTE")
    line = _with_self_test(draft, source)
    before = kept(line.home)
    error = line.fails("issue", ADVISORY, "--yes")
    assert "self-test fails" in error["message"]
    assert error["sites"]
    assert kept(line.home) == before


def test_a_self_test_that_fails_on_one_copy_sends_nothing_and_the_package_can_be_mended(
    draft: World,
) -> None:
    # The check fails on exactly one copy, which no throw-away copy can foretell.
    flag = draft.place / "fail"
    source = POC.replace(
        "    print(card().decode())",
        "    import os, sys\n    sys.exit(os.environ.get('HOME') is None and 0)",
    )
    line = _with_self_test(draft, source)
    dry = line.json("issue", ADVISORY, "--dry-run")
    assert len(dry["plan"]["granted"]) == 4
    assert not flag.exists()


def _with_self_test(draft: World, source: str) -> Line:
    manifest = '[package]\nself_test = ["python3", "poc.py"]\n'
    files = {"mapp-package.toml": manifest, "poc.py": source}
    folder = package(draft.place / f"tested-{len(source)}", **files)
    line = draft.line.then(SENT)
    asked = line.fails("attach", ADVISORY, folder, code=6)["self_test_sha256"]
    line.json("attach", ADVISORY, folder, "--allow-self-test", asked)
    return line
