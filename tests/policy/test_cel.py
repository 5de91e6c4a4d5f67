import pytest

from mapp_compliance.errors import Broken
from mapp_compliance.policy import Truth, facts_of
from mapp_compliance.policy.cel import (
    ConditionError,
    Result,
    Situation,
    _environment,
    compile_condition,
    is_true,
    moment,
    situation,
)
from mapp_compliance.policy.celtree import parse_tree
from mapp_compliance.values import instant

T, F, U = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN
VALUES = {T: {"advisory.released": True}, F: {"advisory.released": False}, U: {}}
OTHERS = {T: {"advisory.exploited": True}, F: {"advisory.exploited": False}, U: {}}


def asked(source: str, known: Situation) -> Truth:
    return is_true(compile_condition(source), known)


@pytest.mark.parametrize("left", Truth)
@pytest.mark.parametrize("right", Truth)
def test_and_or_and_not_follow_kleene(left: Truth, right: Truth) -> None:
    known = situation(facts_of({**VALUES[left], **OTHERS[right]}))
    both, order = {left, right}, [F, U, T]

    assert asked("advisory.released && advisory.exploited", known) is min(both, key=order.index)
    assert asked("advisory.released || advisory.exploited", known) is max(both, key=order.index)
    assert asked("!advisory.released", known) is {T: F, F: T, U: U}[left]


@pytest.mark.parametrize(
    "source",
    [
        'partner.tier == "ans"',
        '"hold" in partner.restrictions',
        "now < advisory.release_at",
        "verdict.vetoes > 0",
        'partner.tier != "ans"',
        '!(partner.country in ["NO"])',
        "partner.restrictions == []",
        "now == now",
        "partner.country == partner.country",
    ],
)
def test_a_condition_about_a_missing_fact_is_unknown(source: str) -> None:
    assert asked(source, situation(facts_of({}))) is U


def test_norway_in_a_list_of_countries() -> None:
    known = situation(facts_of({"partner.country": "NO"}))

    assert asked('partner.country in ["NO", "SE"]', known) is T
    assert asked('partner.country in ["false", "no"]', known) is F


def test_a_time_expression_gives_an_aware_time_or_none() -> None:
    due = compile_condition('copy.delivered_at + duration("48h")', Result.TIME)
    delivered = {"copy.delivered_at": instant("2026-12-03T18:00:00.000001Z")}

    assert moment(due, situation(facts_of(delivered))) == instant("2026-12-05T18:00:00.000001Z")
    assert moment(due, situation(facts_of({}))) is None


@pytest.mark.parametrize(
    "text", ["1970-01-01T00:00:00Z", "2026-03-08T10:00:00Z", "2999-12-31T23:59:59.999999Z"]
)
def test_comparisons_hold_to_the_microsecond_over_the_whole_range(text: str) -> None:
    known = situation(facts_of({"now": instant(text), "advisory.release_at": instant(text)}))

    assert asked("now >= advisory.release_at", known) is T
    assert asked("now > advisory.release_at", known) is F
    assert asked('now < advisory.release_at + duration("1us")', known) is T


def test_the_longest_allowed_sum_of_durations_cannot_overflow() -> None:
    source = "now" + ' + duration("87840h")' * 29 + " > now"
    known = situation(facts_of({"now": instant("2999-12-31T23:59:59Z")}))

    assert asked(source, known) is T
    with pytest.raises(ConditionError, match="nested too deeply"):
        compile_condition(source.replace("now +", 'now + duration("1h") + duration("1h") +', 1))


def test_any_failure_but_a_missing_fact_is_broken() -> None:
    condition = compile_condition("now < advisory.release_at")
    wrong = Situation(_environment().Activation({"now": "today", "advisory.release_at": "later"}))

    with pytest.raises(Broken, match="failed on checked facts"):
        is_true(condition, wrong)


def test_a_fact_cannot_pretend_to_be_missing() -> None:
    lie = 'UNKNOWN: No value with name "partner.country" found in Activation'
    known = situation(facts_of({"partner.country": lie}))

    assert asked('partner.country == "NO"', known) is F


def test_has_would_read_the_value_so_it_is_no_word_of_the_language() -> None:
    with pytest.raises(ConditionError, match="'has' is not a function here"):
        compile_condition("has(partner.agreement_in_force)")


def test_the_tree_knows_facts_literals_and_their_places() -> None:
    source = '"é" == partner.country && partner.tier in ["ans", "entry"]'
    tree = parse_tree(_environment().compile(source).serialize())
    nodes = list(tree.walk())

    assert [source[n.offset :][: len(n.fact)] for n in nodes if n.fact] == [
        "partner.country",
        "partner.tier",
    ]
    assert [n.text for n in nodes if n.text is not None] == ["é", "ans", "entry"]
