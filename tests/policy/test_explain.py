from collections.abc import Sequence

import pytest

from mapp_compliance.policy import (
    PackTest,
    Question,
    Rule,
    RuleKind,
    Truth,
    decide,
    explain,
)
from mapp_compliance.policy.cel import Situation, is_true, situation
from mapp_compliance.policy.rules import Combine, Part
from tests.policy.shipped import case, mapp, mapp_tests

ORDER = [Truth.FALSE, Truth.UNKNOWN, Truth.TRUE]
NOT = {Truth.TRUE: Truth.FALSE, Truth.FALSE: Truth.TRUE, Truth.UNKNOWN: Truth.UNKNOWN}
CASES = pytest.mark.parametrize("test", mapp_tests(), ids=lambda test: test.name)


def least(truths: Sequence[Truth]) -> Truth:
    return min(truths, key=ORDER.index, default=Truth.TRUE)


def most(truths: Sequence[Truth]) -> Truth:
    return max(truths, key=ORDER.index, default=Truth.FALSE)


def from_parts(rule: Rule, known: Situation) -> Truth:
    """A rule's value put together from its parts: the second evaluator."""

    def values(parts: tuple[Part, ...]) -> list[Truth]:
        return [is_true(part.condition, known) for part in parts]

    guard, exception = least(values(rule.guards)), most(values(rule.unless))
    when = (least if rule.combine is Combine.ALL else most)(values(rule.when))
    if rule.kind is RuleKind.ELIGIBILITY:
        return most([NOT[guard], exception, when])
    return least([guard, when, NOT[exception]])


@CASES
def test_the_fast_path_agrees_with_the_parts_for_every_gap_in_the_facts(test: PackTest) -> None:
    for name, _ in [("", None), *test.facts.entries]:
        known = situation(test.facts.without(name))
        assert [is_true(rule.whole, known) for rule in mapp().rules] == [
            from_parts(rule, known) for rule in mapp().rules
        ]


@CASES
def test_every_rule_is_explained_with_clause_sentence_and_a_deciding_part(test: PackTest) -> None:
    decision = decide(mapp(), test.facts, test.ask)

    for item in explain(decision, mapp(), test.facts).rules:
        assert item.clause
        assert item.text in item.sentence()
        assert item.deciding


def test_the_deciding_part_is_named_with_its_facts() -> None:
    test = case("entry too early")
    decision = decide(mapp(), test.facts, Question.ISSUE)

    item = explain(decision, mapp(), test.facts).of("entry-poc")

    assert [part.sentence() for part in item.deciding] == [
        "'window' is false [advisory.days_left = 2, advisory.released = false]"
    ]


def test_a_missing_fact_is_shown_as_unknown() -> None:
    test = case("place unknown at release")
    decision = decide(mapp(), test.facts, Question.ISSUE)

    sentence = explain(decision, mapp(), test.facts).of("jurisdiction-form").sentence()

    assert "not known, so it applies" in sentence
    assert "[jurisdiction.restricted = unknown]" in sentence


def test_a_rule_for_others_is_explained_by_its_scope() -> None:
    test = case("staff receive while employed")
    decision = decide(mapp(), test.facts, Question.ISSUE)

    item = explain(decision, mapp(), test.facts).of("agreement")

    assert [part.name for part in item.deciding] == ["scope"]


def test_an_exception_that_decides_is_named() -> None:
    test = case("an appeal stays removal")
    decision = decide(mapp(), test.facts, Question.CONSEQUENCE)

    item = explain(decision, mapp(), test.facts).of("removal")

    assert [part.name for part in item.deciding] == ["appeal"]
