"""Runs that stop, fail or meet: no copy twice, none that the terms no longer allow."""

import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from mapp_compliance.workflows import issue
from tests.cli.line import ADVISORY, MARKS, POC, SENT, Line, package
from tests.cli.world import World, kept, started

BY = ("--reason", "asked for", "--approve", "ann", "--approve", "bob")


@pytest.fixture(scope="module")
def at_start(tmp_path_factory: pytest.TempPathFactory) -> World:
    return started(tmp_path_factory.mktemp("started"))


@pytest.fixture
def draft(at_start: World, tmp_path: Path) -> World:
    return at_start.copied(tmp_path)


def _process(home: Path, *arguments: str, at: str = SENT) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "mapp_compliance.cli", "--home", str(home), "--at", at]
    return subprocess.Popen(
        [*command, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=_heed_ctrl_c,
    )


def _heed_ctrl_c() -> None:
    """A shell starts its background jobs, and all that they start, deaf to Ctrl-C."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def test_two_processes_that_issue_at_once_make_each_copy_once(draft: World) -> None:
    home = draft.line.home
    runs = [_process(home, "--json", "issue", ADVISORY, "--yes") for _ in range(2)]
    answers = [run.communicate(timeout=120) for run in runs]
    assert [run.returncode for run in runs] == [0, 0], answers
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
    line = _with_self_test(draft, POC.replace("import sys\n", "import sys, time\ntime.sleep(3)\n"))
    before = kept(line.home)
    run = _process(line.home, "--json", "issue", ADVISORY, "--yes")
    while not _has_children(run.pid):
        time.sleep(0.05)
    run.send_signal(signal.SIGINT)
    out, err = run.communicate(timeout=30)
    assert run.returncode == 1
    assert '"aborted"' in out
    assert "Traceback" not in err
    assert kept(draft.line.home) == before


def _has_children(process: int) -> bool:
    """Whether the process has started a self-test."""
    return any((task / "children").read_text() for task in Path(f"/proc/{process}/task").iterdir())


def test_a_self_test_that_fails_on_a_letter_is_told_with_its_sites_and_nothing_is_planned(
    draft: World,
) -> None:
    line = _with_self_test(draft, _failing_on("set(NOTE) & set(b'BCDEFGHIJKLMNOPQRSTUVWXYZ')"))
    before = kept(line.home)
    error = line.fails("issue", ADVISORY, "--yes")
    assert "self-test fails" in error["message"]
    assert error["sites"]
    assert kept(line.home) == before


@pytest.fixture
def unlucky(draft: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """Copies that fail their check, though the throw-away copies had not foretold it."""
    monkeypatch.setattr(issue, "vetted", lambda *_: None)
    line = _with_self_test(draft, _failing_on("NOTE != b'A' * 64"))
    error = line.fails("issue", ADVISORY, "--yes")
    assert "nothing was sent" in error["message"]
    assert "attach again" in error["message"]
    assert _states(line) == dict.fromkeys(draft.people, "planned")
    assert not any((line.home / "outbox").rglob("*"))
    return replace(draft, line=line)


def test_the_same_call_fails_again_until_the_package_is_mended_and_attached(
    unlucky: World,
) -> None:
    line = unlucky.line
    words = line.json("copy", "list")["copies"]
    assert line.fails("issue", ADVISORY, "--yes")
    assert line.json("copy", "list")["copies"] == words
    line.json("attach", ADVISORY, package(unlucky.place / "mended"))
    line.json("issue", ADVISORY, "--yes")
    assert set(_states(line).values()) == {"delivered"}
    kinds = [line.json("log", "prove", number)["kind"] for number in range(4)]
    assert kinds == ["found", "setup", "setup", "commitment"]  # the mended one has its own words
    error = line.fails("attach", ADVISORY, package(unlucky.place / "late"))
    assert "committed" in error["message"]
    copies = {item["recipient"]: item for item in line.json("copy", "list")["copies"]}
    found = replace(unlucky, copies=copies).leaked("P3")
    assert [item["recipient"] for item in found["copies"]] == ["P3"]


def test_a_planned_copy_does_not_leave_when_the_terms_withhold_it_meanwhile(
    unlucky: World,
) -> None:
    line = unlucky.line
    line.json("partner", "suspend", "P1", *BY)
    line.json("attach", ADVISORY, package(unlucky.place / "mended"))
    done = line.json("issue", ADVISORY, "--yes")
    assert [item["recipient"] for item in done["plan"]["withheld"]] == ["P1"]
    assert _states(line) == dict.fromkeys(unlucky.people, "delivered") | {"P1": "planned"}
    assert not (line.home / "outbox" / "P1").exists()
    assert line.fails("issue", ADVISORY, "--recipient", "P1", "--yes", code=5)
    line.json("partner", "restore", "P1", *BY)
    line.json("issue", ADVISORY, "--yes")
    assert set(_states(line).values()) == {"delivered"}


def test_a_copy_that_was_cancelled_can_still_be_issued(unlucky: World) -> None:
    line = unlucky.line
    sooner = ("--release-at", "2026-06-08T10:00:00Z")
    moved = line.json("advisory", "advance", ADVISORY, *sooner, *BY)
    assert len(moved["cancelled"]) == 4
    assert moved["told"] == []
    line.json("attach", ADVISORY, package(unlucky.place / "mended"))
    line.json("issue", ADVISORY, "--yes")
    assert set(_states(line).values()) == {"delivered"}


def test_an_outbox_that_refuses_one_recipient_exits_7_and_serves_the_others(
    draft: World,
) -> None:
    line = draft.line.then(SENT)
    (line.home / "outbox").mkdir()
    (line.home / "outbox" / "P2").write_text("in the way\n")
    error = line.fails("issue", ADVISORY, "--yes", code=7)
    assert error["reaction"] == "retry"
    assert "same command again" in error["message"]
    assert _states(line) == dict.fromkeys(draft.people, "delivered") | {"P2": "sealed"}
    (line.home / "outbox" / "P2").unlink()
    line.json("issue", ADVISORY, "--yes")
    assert set(_states(line).values()) == {"delivered"}


def _states(line: Line) -> dict[str, str]:
    copies = line.json("copy", "list", ADVISORY)["copies"]
    return {item["recipient"]: item["state"] for item in copies}


def _failing_on(condition: str) -> str:
    return POC.replace("    data = card()\n", f"    data = card()\n    assert not ({condition})\n")


def _with_self_test(draft: World, source: str) -> Line:
    manifest = '[package]\nself_test = ["python3", "poc.py"]\n'
    marks = MARKS.partition("\n\n")[0].replace("(A{64})", "A{32}(A{32})")
    files = {"mapp-package.toml": manifest, "poc.py": source, "poc.py.marks.toml": marks}
    line, folder = draft.line.then(SENT), package(draft.place / "tested", **files)
    asked = line.fails("attach", ADVISORY, folder, code=6)["self_test_sha256"]
    line.json("attach", ADVISORY, folder, "--allow-self-test", asked)
    return line
