"""Blind verdicts, explanations and revealed names on the command line."""

import json
from fractions import Fraction
from pathlib import Path

import pytest

from tests.cli.line import LEAKED, Line
from tests.cli.world import World, served


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> World:
    world = served(tmp_path_factory.mktemp("verdicts"))
    world.leaked("P2")
    return world


@pytest.fixture
def line(made: World, tmp_path: Path) -> Line:
    return made.copied(tmp_path).line.then(LEAKED)


def sample(line: Line) -> str:
    return str(line.json("sample", "list")["samples"][0]["id"])


def test_a_named_copy_exits_0_blind_or_not(line: Line, made: World) -> None:
    plain, blind = (
        line.json("attribute", sample(line)),
        line.json("attribute", sample(line), "--blind"),
    )
    assert plain["copies"][0]["recipient"] == plain["copies"][0]["entity"] == "P2"
    assert (blind["verdict"], blind["blind"]) == (plain["verdict"], True)
    secrets = ("P2", made.copies["P2"]["copy"])
    assert not any(secret in json.dumps(blind) for secret in secrets)
    assert "P2" not in line.run("attribute", sample(line), "--blind").out


def test_the_document_has_every_field_of_the_contract(line: Line) -> None:
    found = line.json("attribute", sample(line))
    assert set(found) >= {
        *("verdict", "sample", "artifact", "other_artifacts", "copies", "scores", "candidates"),
        *("bound", "method", "custody_level", "evidence", "phantom_control", "vetoes", "limits"),
        *("next_steps", "rule", "stages", "groups"),
    }
    assert set(found["artifact"]) >= {"advisory", "revision", "stage", "path", "similarity"}
    assert found["artifact"]["stage"] == "vendor"
    assert set(found["copies"][0]) >= {
        *("copy", "recipient", "entity", "reserved", "p_value", "log10_p_value"),
    }
    assert found["copies"][0]["p_value"] <= found["bound"]["per_entity"]
    assert found["candidates"] == 1


def test_an_explanation_is_read_by_people_and_scripts(line: Line, made: World) -> None:
    found = line.json("attribute", sample(line), "--explain", made.copies["P2"]["copy"])
    told = found["explanation"]
    assert told["explained"]["copy"] == made.copies["P2"]["copy"]
    assert {row["channel"] for row in told["channels"]} == {"payload"}
    answer = line.run("attribute", sample(line), "--explain", told["explained"]["pseudonym"])
    assert "read sites agree" in answer.out
    assert line.fails("attribute", sample(line), "--explain", "N-00000000", code=1)


def test_a_name_is_revealed_for_a_signature_and_shown_in_the_case(line: Line) -> None:
    case = line.json("case", "list")["cases"][0]["id"]
    assert (
        "reveal names"
        in line.fails("case", "reveal", case, "--reason", "to call", code=6)["to_sign"]
    )
    told = line.json("case", "reveal", case, "--reason", "to call", "--approve", "bob")
    assert (told["recipient"], told["revealed_to"], told["independence"]) == ("P2", "bob", "none")
    assert told["case"]["revealed_to"] == ["bob"]
    error = line.fails("case", "approve", case, "--approve", "bob", code=5)
    assert "revealed" in error["message"]
    blind = line.json("case", "show", case, "--blind")["case"]
    assert (blind["recipient"], blind["copy"]) == (None, None)


def test_the_yearly_bound_is_raised_by_two_people_and_the_raise_is_told(
    made: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = made.copied(tmp_path)
    leaked, line = world.opened("P1") / "poc.py", world.line.then(LEAKED)
    monkeypatch.setattr("mapp_compliance.workflows.spending.YEARLY_LIMIT", Fraction(7, 100_000))
    error = line.fails("attribute", leaked, code=6)
    assert "raise yearly bound" in error["to_sign"]
    found = line.json("attribute", leaked, "--approve", "ann", "--approve", "bob")
    assert found["copies"][0]["recipient"] == "P1"
    raised = line.json("status")["wrong_names"]["raised"]
    assert [one["approved_by"] for one in raised] == [["ann", "bob"]]
    assert "by ann, bob (independence: none)" in line.run("status").out
