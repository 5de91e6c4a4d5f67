"""The wheel is whole: terms and templates are inside, and a workspace can be made from it alone."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.house.tree import ROOT


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A freshly built wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=120)
    return next(folder.glob("*.whl"))


def shipped(folder: str) -> set[str]:
    """Where the files of a top folder of the source tree belong inside the wheel."""
    files = (path for path in (ROOT / folder).rglob("*") if path.is_file())
    return {f"mapp_compliance/{path.relative_to(ROOT).as_posix()}" for path in files}


def test_terms_and_templates_are_inside(wheel: Path) -> None:
    assert shipped("policies") | shipped("templates") <= set(zipfile.ZipFile(wheel).namelist())


def test_the_licence_is_inside_and_tests_are_not(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert not [name for name in names if name.startswith(("tests/", "docs/", "bench/"))]


def test_a_workspace_is_made_in_an_empty_folder_from_the_wheel_alone(
    wheel: Path, tmp_path: Path
) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path / "unzipped")
    empty = tmp_path / "empty"
    empty.mkdir()
    command = [sys.executable, "-m", "mapp_compliance.cli", "--json", "--home", "x", "init"]
    # -m looks into the current folder first, which is empty, then into PYTHONPATH.
    done = subprocess.run(
        [*command, "--policy", "mapp", "--profile", "demo"],
        cwd=empty,
        env={**os.environ, "PYTHONPATH": str(tmp_path / "unzipped")},
        capture_output=True,
        check=True,
        timeout=60,
    )
    assert json.loads(done.stdout)["policy"] == "mapp"
    assert (empty / "x" / "policies" / "mapp.yaml").is_file()
