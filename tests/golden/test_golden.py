"""Every workspace of a released version is restored and still names the copies of its leaks."""

import json
from pathlib import Path

import pytest

from tests.cli.line import Line

VERSIONS = sorted(path.parent for path in Path(__file__).parent.glob("*/golden.json"))


def test_there_is_a_golden_workspace() -> None:
    assert VERSIONS != []


@pytest.mark.parametrize("folder", VERSIONS, ids=lambda folder: folder.name)
def test_a_workspace_of_that_version_still_names_its_copies(folder: Path, tmp_path: Path) -> None:
    facts = json.loads((folder / "golden.json").read_text())
    line = Line(tmp_path / "home", facts["attribute_at"])
    line.json("restore", folder / "workspace.tar.age", "--key", folder / "recovery.key")
    named = {}
    for leak in facts["leaks"]:
        found = line.json("attribute", folder / leak)
        assert found["verdict"] == "COPY_IDENTIFIED"
        named[leak] = [item["copy"] for item in found["copies"]]
    assert named == {leak: [copy] for leak, copy in facts["leaks"].items()}
    assert line.json("log", "verify")["ok"]
