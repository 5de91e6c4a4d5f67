import re
from pathlib import Path

import pytest

from mapp_compliance.policy import PackError, check, load_pack
from tests.policy.shipped import FAULTY, HEAD, POLICIES

FILES = sorted(FAULTY.glob("*.yaml"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_each_way_of_being_wrong_is_told_with_its_line(path: Path) -> None:
    text = path.read_text("utf-8")
    expected = re.match(r"# expect ([0-9]+): (.+)", text)
    assert expected is not None

    problems = check(text, path.name)

    assert [p for p in problems if p.line == int(expected[1]) and expected[2] in p.message]
    assert all(p.file == path.name and p.column >= 1 and p.hint for p in problems)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_faulty_pack_can_be_loaded(path: Path) -> None:
    with pytest.raises(PackError):
        load_pack(path.read_text("utf-8"), path.name)


def test_the_corpus_holds_at_least_sixty_ways() -> None:
    assert len(FILES) >= 60


def test_independent_faults_are_all_found_in_one_reading() -> None:
    text = (
        HEAD
        + '  - {id: a, kind: entitlment, clause: "1", text: t, when: advisory.released}\n'
        + '  - {id: b, kind: entitlement, clause: "1", text: t, grants: pok, when: has(now)}\n'
        + '  - {id: c, kind: consequence, clause: "1", text: t, action: remove, approvals: 1,\n'
        + '     when: partner.teir == "x" && now < 3, unless: {u: partner.state == "gone"}}\n'
    )

    assert [(p.line, p.message.split("'")[0]) for p in check(text, "many.yaml")] == [
        (5, "rule a has unknown kind "),
        (6, "rule b has unknown grants "),
        (6, ""),
        (7, "remove needs at least 2 approvals"),
        (8, "unknown fact "),
        (8, ""),
        (8, "partner.state never has the value "),
    ]


def test_a_misspelt_fact_comes_with_the_word_that_was_meant() -> None:
    rule = '  - {id: a, kind: entitlement, clause: "1", text: t, grants: poc,\n'
    text = HEAD + rule + "     when: 'partner.teir == \"ans\"'}\n"

    (problem,) = check(text, "pack.yaml")

    assert str(problem) == (
        "pack.yaml:6:13: unknown fact 'partner.teir'; did you mean 'partner.tier'?"
    )


def test_the_shipped_files_have_no_problem() -> None:
    pack = (POLICIES / "mapp.yaml").read_text("utf-8")
    tests = (POLICIES / "mapp.tests.yaml").read_text("utf-8")

    assert check(pack, "mapp.yaml", (tests, "mapp.tests.yaml")) == ()


def test_the_error_carries_every_problem_and_the_first_place() -> None:
    with pytest.raises(PackError) as caught:
        load_pack("policy: x\n", "x.yaml")

    assert caught.value.where == "x.yaml:1:1"
    assert len(caught.value.problems) == 3
