"""One wheel, light core: what a part does not need, it does not load."""

import json
import re
import subprocess
import sys

import pytest

from tests.house.tree import ROOT

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


@pytest.mark.parametrize("words", [["--help"], ["policy", "--help"], ["issue", "--help"]])
def test_help_loads_neither_database_nor_charts(words: list[str]) -> None:
    code = f"from mapp_compliance.cli import main; main({words!r})"
    assert not loaded_by(code) & {*HEAVY, "numpy"}
