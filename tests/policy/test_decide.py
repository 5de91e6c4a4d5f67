import json

import pytest

from mapp_compliance.errors import Broken
from mapp_compliance.policy import (
    Facts,
    Outcome,
    PackTest,
    Question,
    Standing,
    Truth,
    decide,
    facts_of,
    parse_facts,
    replay,
)
from mapp_compliance.values import instant
from tests.policy.shipped import RULE, case, mapp, mapp_tests, small

CASES = pytest.mark.parametrize("test", mapp_tests(), ids=lambda test: test.name)


def cases_of(question: Question) -> pytest.MarkDecorator:
    """The shipped cases of one question."""
    tests = [test for test in mapp_tests() if test.ask is question]
    return pytest.mark.parametrize("test", tests, ids=lambda test: test.name)


BASE = case("ans within five days gets the proof of concept")
OPEN = '  - {id: open, kind: entitlement, clause: "1", text: t, grants: poc, when: "true"}\n'


def each_less(facts: Facts) -> list[Facts]:
    """The facts with any one, and with any two of them, unknown."""
    names = [name for name, _ in facts.entries]
    singles = [facts.without(name) for name in names]
    return singles + [single.without(name) for single in singles for name in names]


@cases_of(Question.ISSUE)
def test_forgetting_facts_never_grants_more(test: PackTest) -> None:
    before = decide(mapp(), test.facts, Question.ISSUE).result

    for fewer in each_less(test.facts):
        after = decide(mapp(), fewer, Question.ISSUE).result
        assert min(after.granted, before.asked) <= before.granted


@cases_of(Question.CONSEQUENCE)
def test_forgetting_facts_never_proposes_a_measure(test: PackTest) -> None:
    def proposed(facts: Facts) -> set[str]:
        result = decide(mapp(), facts, Question.CONSEQUENCE).result
        return {item.reason.rule for item in result if item.standing is Standing.PROPOSED}

    before = proposed(test.facts)

    assert all(proposed(fewer) <= before for fewer in each_less(test.facts))


@cases_of(Question.OBLIGATIONS)
def test_forgetting_facts_makes_no_duty_overdue_or_late(test: PackTest) -> None:
    def strikes(facts: Facts) -> set[str]:
        result = decide(mapp(), facts, Question.OBLIGATIONS).result
        return {item.reason.rule for item in result if item.state.value in {"overdue", "late"}}

    before = strikes(test.facts)

    assert all(strikes(fewer) <= before for fewer in each_less(test.facts))


def test_with_no_fact_at_all_nothing_is_given_and_nothing_proposed() -> None:
    nothing = facts_of({})

    assert decide(mapp(), nothing, Question.ISSUE).result.outcome is Outcome.WITHHELD
    assert all(
        item.standing is Standing.PERSON
        for item in decide(mapp(), nothing, Question.CONSEQUENCE).result
    )


@CASES
def test_a_stored_decision_replays_bit_for_bit(test: PackTest) -> None:
    decision = decide(mapp(), test.facts, test.ask)
    stored = json.loads(json.dumps([decision.record(), test.facts.record()]))

    again = replay(stored[0], mapp(), parse_facts(stored[1]))

    assert (again, again.digest) == (decision, decision.digest)


def test_a_decision_does_not_replay_with_other_facts_rules_or_answer() -> None:
    decision = decide(mapp(), BASE.facts, Question.ISSUE)
    other_facts = BASE.facts.without("partner.country")
    forged = {**decision.record(), "considered": []}

    with pytest.raises(Broken, match="facts"):
        replay(decision, mapp(), other_facts)
    with pytest.raises(Broken, match="policy"):
        replay(decision, small(OPEN), BASE.facts)
    with pytest.raises(Broken, match="considered"):
        replay(forged, mapp(), BASE.facts)
    with pytest.raises(Broken, match="no question"):
        replay({}, mapp(), BASE.facts)


def test_every_rule_of_the_question_is_recorded() -> None:
    decision = decide(mapp(), BASE.facts, Question.ISSUE)
    kinds = {"eligibility", "entitlement", "prohibition"}

    assert [rule for rule, _ in decision.considered] == [
        rule.id for rule in mapp().rules if rule.kind.value in kinds
    ]


@pytest.mark.parametrize("country", ["NO", "XA", "DE", "no", "false", "ZZ"])
def test_a_country_counts_through_the_law_table_only(country: str) -> None:
    facts = facts_of({**dict(BASE.facts.entries), "partner.country": country})

    moved, home = (decide(mapp(), each, Question.ISSUE) for each in (facts, BASE.facts))

    assert (moved.result, moved.considered) == (home.result, home.considered)


def test_the_order_in_which_facts_are_given_does_not_matter() -> None:
    turned = facts_of(dict(reversed(BASE.facts.entries)))

    assert decide(mapp(), turned, Question.ISSUE) == decide(mapp(), BASE.facts, Question.ISSUE)


def test_a_package_of_unknown_class_counts_as_the_highest() -> None:
    rules = RULE.replace("grants: poc", "grants: prose")

    result = decide(small(rules), facts_of({"partner.tier": "ans"}), Question.ISSUE).result

    assert (result.asked.word, result.granted.word, result.description_only) == (
        "poc",
        "prose",
        True,
    )


def test_a_pack_that_entitles_nobody_withholds_without_reason() -> None:
    pack = small('  - {id: a, kind: eligibility, clause: "1", text: t, when: "true"}\n')

    result = decide(pack, facts_of({}), Question.ISSUE).result

    assert (result.outcome, result.reasons) == (Outcome.WITHHELD, ())


def test_an_unknown_reason_names_the_missing_facts() -> None:
    reason = decide(mapp(), BASE.facts.without("partner.agreement_in_force"), Question.ISSUE)

    assert reason.result.reasons[0].missing == ("partner.agreement_in_force",)
    assert reason.result.reasons[0].sentence().endswith("(not known: partner.agreement_in_force)")


def test_dates_of_force_are_closed_at_the_start_and_open_at_the_end() -> None:
    pack = small(
        '  - {id: a, kind: entitlement, clause: "1", text: t, grants: poc, when: "true",\n'
        "     effective_from: 2026-01-01T00:00:00Z, effective_until: 2027-01-01T00:00:00Z}\n"
    )

    def granted(*texts: str) -> list[str]:
        decisions = [
            decide(pack, facts_of({"now": instant(text)}), Question.ISSUE) for text in texts
        ]
        return [decision.result.granted.word for decision in decisions]

    assert granted("2025-12-31T23:59:59Z", "2026-01-01T00:00:00Z") == ["nothing", "poc"]
    assert granted("2026-12-31T23:59:59Z", "2027-01-01T00:00:00Z") == ["poc", "nothing"]
    assert decide(pack, facts_of({}), Question.ISSUE).result.outcome is Outcome.WITHHELD


def test_a_requirement_out_of_scope_or_excepted_counts_as_met() -> None:
    pack = small(
        OPEN + '  - {id: a, kind: eligibility, clause: "1", text: t, scope: [partner],\n'
        "     when: partner.agreement_in_force, unless: {waived: advisory.released}}\n"
    )

    def granted(**values: object) -> str:
        facts = facts_of({name.replace("__", "."): v for name, v in values.items()})  # type: ignore[misc]
        return decide(pack, facts, Question.ISSUE).result.granted.word

    no = {"partner__agreement_in_force": False}
    assert granted(**no, partner__kind="internal") == "poc"
    assert granted(**no, partner__kind="partner", advisory__released=True) == "poc"
    assert granted(**no, partner__kind="partner", advisory__released=False) == "nothing"
    assert granted(**no, partner__kind="partner") == "nothing"
    assert granted(**no) == "nothing"


@pytest.mark.parametrize(
    ("exploited", "granted"), [(True, "poc"), (False, "prose"), (None, "prose")]
)
def test_only_a_rule_that_surely_holds_overrides_a_prohibition(
    exploited: bool | None, granted: str
) -> None:
    pack = small(
        OPEN
        + '  - {id: bar, kind: prohibition, clause: "2", text: t, allows: prose, when: "true"}\n'
        + '  - {id: urgent, kind: entitlement, clause: "3", text: t, grants: poc,\n'
        + "     when: advisory.exploited, overrides: [bar]}\n"
    )
    facts = facts_of({} if exploited is None else {"advisory.exploited": exploited})

    assert decide(pack, facts, Question.ISSUE).result.granted.word == granted


@pytest.mark.parametrize(
    ("exploited", "standing"),
    [(True, ["grave"]), (False, ["mild"]), (None, ["mild person", "grave person"])],
)
def test_a_measure_that_may_be_overridden_goes_to_a_person(
    exploited: bool | None, standing: list[str]
) -> None:
    pack = small(
        '  - {id: mild, kind: consequence, clause: "1", text: t, action: warn, approvals: 2,\n'
        '     when: "true"}\n'
        '  - {id: grave, kind: consequence, clause: "2", text: t, action: suspend, approvals: 2,\n'
        "     when: advisory.exploited, overrides: [mild]}\n"
    )
    facts = facts_of({} if exploited is None else {"advisory.exploited": exploited})
    result = decide(pack, facts, Question.CONSEQUENCE).result

    assert [
        item.reason.rule + (" person" if item.standing is Standing.PERSON else "")
        for item in result
    ] == standing


def test_a_duty_is_judged_by_the_rule_in_force_when_it_began() -> None:
    pack = small(
        '  - {id: a, kind: obligation, clause: "1", text: t, action: report, when: "true",\n'
        "     since: copy.delivered_at, effective_from: 2026-06-01T00:00:00Z}\n"
    )
    before = {"now": instant("2026-07-01T00:00:00Z")}
    old, new = (
        facts_of({**before, "copy.delivered_at": instant(text)})
        for text in ("2026-05-31T23:59:59Z", "2026-06-01T00:00:00Z")
    )

    assert decide(pack, old, Question.OBLIGATIONS).result == ()
    assert len(decide(pack, new, Question.OBLIGATIONS).result) == 1


def test_the_values_of_considered_rules_are_three() -> None:
    decision = decide(mapp(), BASE.facts.without("partner.tier"), Question.ISSUE)

    assert {truth for _, truth in decision.considered} == set(Truth)
