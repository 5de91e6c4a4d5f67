import pytest

from mapp_compliance.policy import PackError, check, load_tests, run_tests
from tests.policy.shipped import HEAD, RULE, mapp, mapp_tests, small


def faults(text: str) -> list[str]:
    problems = check(HEAD + RULE, "pack.yaml", (text, "tests.yaml"))
    return [f"{problem.line}: {problem.message}" for problem in problems]


@pytest.mark.parametrize("result", run_tests(mapp(), mapp_tests()), ids=lambda r: r.test.name)
def test_the_shipped_pack_answers_as_its_authors_expect(result) -> None:  # type: ignore[no-untyped-def]
    assert (result.got, result.test.by and result.got_by) == (result.test.expect, result.test.by)
    assert result.passed


def test_the_shipped_pack_has_many_cases_and_every_rule_decides_in_one() -> None:
    results = run_tests(mapp(), mapp_tests())
    decided = {rule for result in results for rule in result.got_by}

    assert len(results) >= 40
    assert {rule.id for rule in mapp().rules} == decided


def test_a_pack_without_cases_does_not_pass() -> None:
    with pytest.raises(PackError, match="no tests"):
        run_tests(small(RULE), ())
    with pytest.raises(PackError, match="no tests"):
        load_tests("tests: []", "tests.yaml", small(RULE))


def test_a_wrong_answer_and_a_wrong_rule_both_fail() -> None:
    text = (
        "tests:\n"
        "  - {name: right, given: {partner.tier: ans}, expect: poc, by: [one]}\n"
        "  - {name: wrong answer, like: right, expect: nothing}\n"
        "  - {name: wrong fact, like: right, given: {partner.tier: entry}, expect: poc}\n"
    )

    results = run_tests(small(RULE), load_tests(text, "tests.yaml", small(RULE)))

    assert [result.passed for result in results] == [True, False, False]


def test_cases_may_stand_in_the_pack_itself() -> None:
    inside = HEAD + RULE + "tests:\n  - {name: a, given: {partner.tier: ans}, expect: poc}\n"

    assert check(inside, "pack.yaml") == ()
    assert check(inside.replace("ans}, expect", "anss}, expect"), "pack.yaml")[0].line == 8


@pytest.mark.parametrize(
    ("case", "fault"),
    [
        ("{name: a, expect: poc, given: {partner.tier: anss}}", "no value 'anss'"),
        ("{name: a, expect: poc, given: {partner.teir: ans}}", "unknown fact 'partner.teir'"),
        ("{name: a, expect: poc, given: {advisory.released: NO}}", "not a true or false"),
        ("{name: a, expect: poc, given: [x]}", "'given' is no mapping"),
        ("{name: a, expect: poc, like: b}", "unknown like 'b'"),
        ("{name: a, expect: poc, unknown: [partner.tier]}", "unknown already"),
        ("{name: a, expect: poc, by: [two]}", "no rule 'two'"),
        ("{name: a, expect: poc, ask: isue}", "unknown ask 'isue'"),
        ("{name: a}", "lacks 'expect'"),
        ("{expect: poc}", "lacks 'name'"),
        ("{name: a, expect: poc, expects: poc}", "no field 'expects'"),
        ("just text", "a test is a mapping"),
    ],
)
def test_a_faulty_case_is_told_with_its_line(case: str, fault: str) -> None:
    found = faults(f"tests:\n  - {case}\n")

    assert any(line.startswith("2: ") and fault in line for line in found)


def test_two_cases_of_one_name_are_told() -> None:
    text = "tests:\n  - {name: a, expect: nothing}\n  - {name: a, expect: nothing}\n"

    assert faults(text) == ["3: test 'a' stands twice"]
