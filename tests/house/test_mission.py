"""The mission table is true: its verbs, tests and demo lines exist."""

import re

import pytest

from tests.house.reference import commands
from tests.house.tree import PACKAGE, ROOT

DEMO = PACKAGE / "demo"


def rows() -> list[list[str]]:
    """The cells of each row that names a verb."""
    lines = (ROOT / "docs" / "mission.md").read_text("utf-8").splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if "|" in line]
    return [row for row in cells if row[1].startswith("`mapp ")]


def column(index: int) -> list[str]:
    """The distinct texts in backticks of one column."""
    return sorted({text for row in rows() for text in re.findall(r"`([^`]+)`", row[index])})


def test_every_capability_has_rows() -> None:
    text = (ROOT / "docs" / "mission.md").read_text("utf-8")
    assert re.findall(r"\| \*\*(\d) ", text) == ["1", "2", "3", "4", "5"]
    assert all(len(row) == 4 for row in rows())


@pytest.mark.parametrize("verb", column(1))
def test_the_verb_exists(verb: str) -> None:
    assert verb.removeprefix("mapp ") in dict(commands())


@pytest.mark.parametrize("path", column(2))
def test_the_test_exists(path: str) -> None:
    assert "def test_" in (ROOT / path).read_text("utf-8")


@pytest.mark.parametrize("line", column(3))
def test_the_demo_says_it(line: str) -> None:
    sources = [*DEMO.glob("*.py"), *DEMO.glob("scenarios/*.toml")]
    assert any(line in path.read_text("utf-8") for path in sources)
