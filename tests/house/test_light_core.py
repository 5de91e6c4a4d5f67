"""One wheel, light core: what a part does not need, it does not load."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.tree import ROOT
from tests.walks.program import attached, issued, program

HEAVY = ("sqlmodel", "sqlalchemy", "jinja2", "apscheduler", "matplotlib")


def loaded_by(code: str) -> set[str]:
    """Top names of the modules that a fresh interpreter has loaded after the code."""
    told = f"{code}\nimport sys, json; sys.stderr.write(json.dumps(sorted(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", told], cwd=ROOT, capture_output=True, check=True, timeout=60
    )
    return {name.split(".")[0] for name in json.loads(done.stderr.decode().splitlines()[-1])}


@pytest.mark.parametrize("room", ["watermark", "trust", "policy", "attribution", "advisories"])
def test_a_subject_loads_no_database_template_scheduler_or_chart_library(room: str) -> None:
    assert not loaded_by(f"import mapp_compliance.{room}") & set(HEAVY)


def test_the_watermark_needs_numpy_the_grammars_and_what_trust_stands_on() -> None:
    from importlib.metadata import packages_distributions, requires

    needed = {re.split(r"[<>=; ]", each)[0] for each in requires("mapp-compliance") or []}
    names = {top for top, dists in packages_distributions().items() if set(dists) & needed}
    # The last two stand in the room trust, whose canonical bytes and digests the map needs.
    loaded = loaded_by("import mapp_compliance.watermark") & names
    assert loaded <= {"numpy", "cryptography", "pyrage", "tree_sitter", "tree_sitter_python"}


def rooms_loaded_by(home: Path, *words: str) -> set[str]:
    """Libraries, and names of two parts such as our rooms, that a verb has loaded at its end."""
    line = ["--home", str(home), *words]
    code = f"from mapp_compliance.cli import main; assert main({line!r}) == 0"
    told = f"{code}\nimport sys, json; sys.stderr.write(json.dumps(sorted(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", told], cwd=ROOT, capture_output=True, check=True, timeout=60
    )
    names = [name.split(".") for name in json.loads(done.stderr.decode().splitlines()[-1])]
    return {name[0] for name in names} | {".".join(name[:2]) for name in names}


@pytest.fixture(scope="module")
def in_use(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with copies that were delivered and wait for their receipts."""
    home = tmp_path_factory.mktemp("program") / "home"
    world = issued(attached(program(home, 2)))
    world.desk.store.close()
    return home


@pytest.mark.parametrize("words", [("copy", "list"), ("advisory", "list"), ("partner", "list")])
def test_a_list_loads_neither_readers_of_leaks_nor_terms_nor_templates(
    in_use: Path, words: tuple[str, ...]
) -> None:
    loaded = rooms_loaded_by(in_use, *words)
    assert "sqlalchemy" in loaded
    assert not loaded & {*HEAVY[:1], *HEAVY[2:], "sqlalchemy.orm", "numpy", "cel_expr_python"}
    assert not loaded & {
        f"mapp_compliance.{room}" for room in ("attribution", "watermark", "audit")
    }


def test_the_page_of_what_waits_loads_neither_readers_of_leaks_nor_reports(in_use: Path) -> None:
    loaded = rooms_loaded_by(in_use, "status")
    assert "mapp_compliance.policy" in loaded  # it asks the terms when receipts are due
    assert not loaded & {*HEAVY[:1], *HEAVY[2:], "sqlalchemy.orm", "numpy"}
    rooms = ("attribution", "watermark", "audit")
    assert not loaded & {f"mapp_compliance.{room}" for room in rooms}


@pytest.mark.parametrize("words", [["--help"], ["policy", "--help"], ["issue", "--help"]])
def test_help_loads_neither_database_nor_charts(words: list[str]) -> None:
    code = f"from mapp_compliance.cli import main; main({words!r})"
    assert not loaded_by(code) & {*HEAVY, "numpy"}
