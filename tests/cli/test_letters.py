"""Letters, pauses, rules on places and comparisons on the command line."""

import re
from pathlib import Path

import pytest

from tests.cli.line import ADVISORY, LEAKED, Line
from tests.cli.world import World, served

PLACES_FROM = "2026-07-01T00:00:00Z"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> World:
    return served(tmp_path_factory.mktemp("served"))


@pytest.fixture
def world(made: World, tmp_path: Path) -> World:
    return made.copied(tmp_path)


@pytest.fixture
def line(world: World) -> Line:
    return world.line.then(LEAKED)


def file_of(folder: Path, text: str) -> Path:
    path = folder / "found.txt"
    path.write_text(text, "utf-8")
    return path


def test_a_copy_of_the_vendors_own_gets_a_memo_and_clears_partners(world: World) -> None:
    case = world.leaked("STAFF-1")["cases"][0]
    line = world.line.then(LEAKED)
    memo = line.json("case", "letter", case, "internal", "--approve", "ann")
    assert [Path(path).parent.name for path in memo["letters"]] == ["management"]
    told = line.json("case", "letter", case, "clear", "--approve", "ann")
    assert sorted(Path(path).parent.name for path in told["letters"]) == ["P1", "P2", "P3"]
    assert told["independence"] == "none"


def test_the_same_letter_twice_is_one_letter(world: World) -> None:
    case = world.leaked("STAFF-1")["cases"][0]
    line = world.line.then(LEAKED)
    write = ("case", "letter", case, "clear", "--approve", "ann")
    first = line.json(*write)["letters"]
    later = line.then("2026-06-08T09:00:00Z")
    assert later.json(*write)["letters"] == first
    assert [path.name for path in Path(first[0]).parent.glob("*cleared*")] == [Path(first[0]).name]


@pytest.mark.parametrize("kind", ["request", "talk", "clear", "closing", "keys", "lead"])
def test_a_letter_that_the_verdict_does_not_carry_is_refused(world: World, kind: str) -> None:
    sample = world.leaked("P1")["sample"]["id"]
    write = ("case", "letter", sample, kind, "--approve", "ann", "--approve", "bob")
    error = world.line.then(LEAKED).fails(*write, code=1)
    assert "COPY_IDENTIFIED" in error["message"]
    assert not list(world.line.home.glob("outbox/*/S-*"))


def test_a_matter_without_a_link_is_closed_to_those_who_hold_copies(
    world: World, line: Line, tmp_path: Path
) -> None:
    line.json("attribute", file_of(tmp_path, "nothing of ours"), code=3)
    sample = line.json("sample", "list")["samples"][0]["id"]
    assert "write closing" in line.fails("case", "letter", sample, "closing", code=6)["to_sign"]
    told = line.json("case", "letter", sample, "closing", "--approve", "bob")
    assert sorted(Path(path).parent.name for path in told["letters"]) == ["P1", "P2", "P3"]


def test_a_pause_is_told_to_the_partners_who_hold_copies(line: Line) -> None:
    told = line.json("advisory", "hold", ADVISORY, "--reason", "use is reported", "--tell")
    assert sorted(Path(path).parent.name for path in told["letters"]) == ["P1", "P2", "P3"]


def test_a_pause_names_nobody(line: Line) -> None:
    hold = ("advisory", "hold", ADVISORY, "--reason", "P2 was careless", "--tell")
    assert "names recipient P2" in line.fails(*hold)["message"]
    assert line.json("advisory", "show", ADVISORY)["holds"] == []
    assert not list(line.home.glob("outbox/*/*pause*"))


def test_a_comparison_names_nobody_and_needs_a_corpus(
    world: World, line: Line, tmp_path: Path
) -> None:
    sample = world.leaked("P1")["sample"]["id"]
    benign = tmp_path / "benign"
    benign.mkdir()
    for number in range(3):
        (benign / f"{number}.py").write_text("import sys\nbody = sys.argv\n", "utf-8")
    found = line.json(
        *("sample", "compare", sample, ADVISORY, "--corpus", benign, "--out", tmp_path / "out")
    )
    assert found["corpus"]["files"] == 3
    written = (tmp_path / "out" / f"commonality-{sample}.html").read_text("utf-8")
    assert not re.search(r"\bP[123]\b", written)  # a payload may hold these two signs by chance
    empty = tmp_path / "empty"
    empty.mkdir()
    line.fails("sample", "compare", sample, ADVISORY, "--corpus", empty)


def test_a_rule_on_places_that_begins_at_no_such_time_is_not_told(line: Line) -> None:
    announce = ("policy", "announce", "--from", PLACES_FROM, "--approve", "ann", "--approve", "bob")
    assert "no rule on places begins" in line.fails(*announce)["message"]


def test_a_rule_on_places_is_told_to_those_whom_it_concerns(line: Line) -> None:
    pack = line.home / "policies" / "mapp.yaml"
    text = pack.read_text("utf-8")
    head = "  - id: jurisdiction-form\n"
    pack.write_text(text.replace(head, f"{head}    effective_from: {PLACES_FROM}\n"), "utf-8")
    laws = line.home / "policies" / "jurisdictions.yaml"
    text = laws.read_text("utf-8")
    laws.write_text(
        text.replace("duty: none\n    hours: 0", "duty: report_to_government\n    hours: 24", 1)
    )
    announce = ("policy", "announce", "--from", PLACES_FROM)
    assert "tell of rules on places" in line.fails(*announce, code=6)["to_sign"]
    told = line.json(*announce, "--approve", "ann", "--approve", "bob")["letters"]
    assert sorted(Path(path).parent.name for path in told) == ["P1", "P2", "P3"]
    letter = Path(told[0]).read_text("utf-8")
    assert "no sanction and no finding" in " ".join(letter.split())
    assert "within 24 hours" in letter
