"""The command line as a process, and what its door does with faults of the program itself."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from mapp_compliance.cli import people
from mapp_compliance.cli.main import VERBS
from tests.cli.line import Line, call, recipient, roster

COMMAND = (sys.executable, "-m", "mapp_compliance.cli")
HEAVY = ("sqlalchemy", "matplotlib", "jinja2", "numpy", "cel_expr_python")


def _process(*arguments: object, folder: Path) -> "subprocess.CompletedProcess[str]":
    words = [*COMMAND, *(str(item) for item in arguments)]
    return subprocess.run(words, capture_output=True, text=True, cwd=folder, timeout=120)


def test_exit_codes_and_streams_are_those_of_the_contract(tmp_path: Path) -> None:
    made = _process("init", "--profile", "demo", "--json", folder=tmp_path)
    assert (made.returncode, made.stderr) == (0, "")
    assert json.loads(made.stdout)["home"] == "mapp-home"
    assert (tmp_path / "mapp-home" / "mapp.toml").is_file()
    listed = _process("--json", "user", "list", folder=tmp_path)
    assert [item["user"] for item in json.loads(listed.stdout)["users"]] == ["ann", "bob", "cleo"]
    missing = _process("partner", "show", "P1", folder=tmp_path)
    assert (missing.returncode, missing.stdout) == (1, "")
    assert missing.stderr.startswith("mapp: there is no recipient P1")
    assert _process("nothing-such", folder=tmp_path).returncode == 2
    assert _process("--help", folder=tmp_path).returncode == 0


def test_a_closed_pipe_is_no_fault(tmp_path: Path) -> None:
    line = f"{' '.join(COMMAND)} --help | true"
    ended = subprocess.run(["sh", "-c", line], capture_output=True, text=True, cwd=tmp_path)
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize("characters", ["ascii", "latin-1", "utf-8"])
@pytest.mark.parametrize("form", ["--json", "--actor=text"])
def test_a_name_from_elsewhere_is_told_in_any_character_set(
    tmp_path: Path, characters: str, form: str
) -> None:
    line = Line(tmp_path / "mapp-home")
    line.json("init", "--profile", "demo")
    name = "\u682a\u5f0f\u4f1a\u793e \xc4"
    line.json("partner", "import", roster(tmp_path / "p.csv", recipient("P1").row(name=name)))
    told = subprocess.run(
        [*COMMAND, form, "partner", "show", "P1"],
        capture_output=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONIOENCODING": characters},
        timeout=120,
    )
    assert (told.returncode, told.stderr) == (0, b"")
    if form == "--json":
        assert json.loads(told.stdout)["partner"]["name"] == name
    else:
        assert b"state            active" in told.stdout


@pytest.mark.parametrize("form", ["--json", "--actor=text"])
def test_a_full_disk_behind_the_output_ends_without_a_traceback(tmp_path: Path, form: str) -> None:
    with Path("/dev/full").open("wb") as full:
        for words in (("init", "--profile", "demo"), ("partner", "show", "P1")):
            told = subprocess.run(
                [*COMMAND, form, *words], stdout=full, stderr=subprocess.PIPE, cwd=tmp_path
            )
            assert (told.returncode, b"Traceback" in told.stderr) == (1, False)


def test_a_closed_input_is_told(tmp_path: Path) -> None:
    Line(tmp_path / "mapp-home").json("init", "--profile", "demo")
    words = " ".join([*COMMAND, "--json", "sample", "submit", "-", "<&-"])
    told = subprocess.run(["sh", "-c", words], capture_output=True, text=True, cwd=tmp_path)
    assert (told.returncode, "input is closed" in told.stdout) == (1, True)


def test_an_id_that_is_no_text_is_refused(tmp_path: Path) -> None:
    line = Line(tmp_path / "home")
    line.json("init", "--profile", "demo")
    for words in (("partner", "show"), ("advisory", "show"), ("case", "show"), ("sample", "show")):
        assert line.fails(*words, "\udcff\udcfe")["reaction"] in {"invalid", "missing"}


def test_help_of_every_verb_loads_no_heavy_library() -> None:
    lines = [
        "import sys",
        "from mapp_compliance.cli import main",
        f"for verb in {list(VERBS)}: assert main([verb, '--help']) == 0",
        f"print([name for name in {HEAVY} if name in sys.modules], file=sys.stderr)",
    ]
    ended = subprocess.run(
        [sys.executable, "-c", "\n".join(lines)], capture_output=True, text=True, timeout=120
    )
    assert (ended.returncode, ended.stderr) == (0, "[]\n")


def test_a_call_computes_with_one_thread() -> None:
    """Threads of the matrix library waited for each other: twice the computing, no less time."""
    lines = [
        "import os",
        "from mapp_compliance.cli import main",
        "main(['--help'])",
        "import numpy",
        "print(len(os.listdir('/proc/self/task')), file=__import__('sys').stderr)",
    ]
    plain = {name: value for name, value in os.environ.items() if "_NUM_THREADS" not in name}
    ended = subprocess.run(
        [sys.executable, "-c", "\n".join(lines)], capture_output=True, text=True, env=plain
    )
    assert (ended.returncode, ended.stderr) == (0, "1\n")


def test_a_fault_of_the_program_is_told_by_kind_and_place_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: object) -> object:
        raise RuntimeError("codeword 0123456789")

    line = Line(tmp_path / "home")
    line.json("init", "--profile", "demo")
    monkeypatch.setattr(people.Call, "desk", broken)
    answer = line.run("--json", "user", "list")
    assert (answer.code, answer.error["reaction"]) == (1, "fault")
    assert "RuntimeError in test_process.py:" in answer.error["message"]
    assert "codeword" not in answer.out + answer.err


def test_the_demo_replays_a_scenario_and_tells_what_came_out(tmp_path: Path) -> None:
    told = call("--json", "demo", "not-ours", "--out", tmp_path / "demo")
    assert told.code == 0
    (only,) = told.document["scenarios"]
    keys = {"name", "variant", "verdict", "expected", "copies", "bound", "action"}
    assert keys <= set(only)
    assert (only["verdict"], only["copies"]) == ("NO_LINK", [])
    assert all(Path(path).is_file() for path in told.document["reports"])
    assert "79 partners" in told.err
