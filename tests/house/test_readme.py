"""The tour of the README runs, in an empty folder, and says what the README says it does."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.tree import ROOT

NEEDED = ("docs/tour", "mapp_compliance/demo/package")
BLOCK = re.compile(r"```(sh|text)\n(.*?)```", re.DOTALL)
MARK = "== block =="


def tour() -> list[tuple[str, list[str]]]:
    """Each shell block of the tour with the lines that must be told after it."""
    text = (ROOT / "README.md").read_text("utf-8")
    part = text.split("## Five-minute tour", 1)[1].split("\n## ", 1)[0]
    steps: list[tuple[str, list[str]]] = []
    for kind, block in BLOCK.findall(part):
        if kind == "sh":
            steps.append((block, []))
        else:
            steps[-1][1].extend(block.splitlines())
    return steps


def fits(expected: str, told: str) -> bool:
    """Whether a line was told; … stands for anything."""
    pattern = ".*".join(map(re.escape, expected.split("…")))
    return re.search(f"(?m)^{pattern}$", told) is not None


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder that holds what the tour takes from the repository, and the two programs."""
    for name in NEEDED:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, tmp_path / "tree" / name, ignore=ignored)
    for name, call in (("mapp", "-m mapp_compliance.cli"), ("python", "")):
        script = tmp_path / "bin" / name
        script.parent.mkdir(exist_ok=True)
        script.write_text(f'#!/bin/sh\nexec "{sys.executable}" {call} "$@"\n')
        script.chmod(0o755)
    return tmp_path


def test_the_tour_runs_and_says_what_the_readme_says(place: Path) -> None:
    steps = tour()
    script = "".join(f"echo '{MARK}'\n{commands}" for commands, _ in steps)
    done = subprocess.run(
        ["bash", "-eu", "-c", script],
        cwd=place / "tree",
        env={
            **os.environ,
            "PATH": f"{place / 'bin'}:{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=240,
    )
    assert done.returncode == 0, done.stdout
    told = done.stdout.split(f"{MARK}\n")[1:]
    missing = [
        line
        for (_, expected), output in zip(steps, told, strict=True)
        for line in expected
        if not fits(line, output)
    ]
    assert not missing, done.stdout
