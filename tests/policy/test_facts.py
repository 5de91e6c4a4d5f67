from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapp_compliance.policy import (
    VOCABULARY,
    FactError,
    FactValue,
    facts_of,
    parse_fact,
    parse_facts,
)
from mapp_compliance.policy.vocabulary import Fact, FactType

seeded = settings(derandomize=True, deadline=None, max_examples=150)
TIMES = st.datetimes(datetime(1970, 1, 1), datetime(2999, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001


def values_of(fact: Fact) -> st.SearchStrategy[FactValue]:
    """Every kind of value that a fact can have."""
    texts = st.sampled_from(fact.values) if fact.values else st.text("NOXé ", min_size=1)
    by_type: dict[FactType, st.SearchStrategy[FactValue]] = {
        FactType.BOOL: st.booleans(),
        FactType.INT: st.integers(-(10**14), 10**14),
        FactType.TEXT: texts,
        FactType.TIME: TIMES,
        FactType.TEXTS: st.lists(texts, max_size=3).map(tuple),
    }
    return by_type[fact.type]


some_facts = st.fixed_dictionaries(
    {}, optional={name: values_of(fact) for name, fact in VOCABULARY.items()}
).map(facts_of)


@seeded
@given(some_facts)
def test_facts_read_back_from_their_record_are_the_same(facts) -> None:  # type: ignore[no-untyped-def]
    assert parse_facts(facts.record()) == facts
    assert parse_facts(facts.record()).digest == facts.digest


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("partner.country", False),
        ("partner.tier", "platinum"),
        ("partner.restrictions", ("hold", "poc")),
        ("partner.restrictions", "hold"),
        ("partner.country", ""),
        ("partner.country", "X" * 201),
        ("partner.country", "\ud800"),
        ("advisory.released", 1),
        ("advisory.released", "true"),
        ("verdict.vetoes", True),
        ("verdict.vetoes", 10**15),
        ("verdict.vetoes", 0.5),
        ("now", datetime(2026, 1, 1)),  # noqa: DTZ001  (without zone on purpose)
        ("now", datetime(1969, 12, 31, tzinfo=UTC)),
        ("now", datetime(3000, 1, 1, tzinfo=UTC)),
        ("now", datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14)))),
        ("partner.country", None),
    ],
)
def test_a_value_that_does_not_fit_is_refused(name: str, value: FactValue) -> None:
    with pytest.raises(FactError):
        facts_of({name: value})


def test_norway_stays_norway() -> None:
    assert parse_fact("partner.country", "NO") == "NO"


@pytest.mark.parametrize("text", ["yes", "on", "True", "NO", "1", ""])
def test_only_true_and_false_are_truth_values(text: str) -> None:
    with pytest.raises(FactError):
        parse_fact("advisory.released", text)


@pytest.mark.parametrize(
    "text", ["2026-01-01", "2026-01-01T00:00:00", "0001-01-01T00:00:00+14:00", "soon"]
)
def test_a_time_without_zone_or_out_of_range_is_refused(text: str) -> None:
    with pytest.raises(FactError):
        parse_fact("now", text)


def test_one_instant_in_two_zones_is_one_fact() -> None:
    pacific = parse_fact("now", "2026-12-08T10:00:00-08:00")

    assert (
        facts_of({"now": pacific}).digest
        == facts_of({"now": datetime(2026, 12, 8, 18, tzinfo=UTC)}).digest
    )


def test_lists_are_sets_so_their_order_does_not_count() -> None:
    one = facts_of({"partner.restrictions": ("hold", "poc_stop")})
    other = facts_of({"partner.restrictions": ("poc_stop", "hold", "hold")})

    assert one == other


def test_an_unknown_fact_is_refused_with_the_word_that_was_meant() -> None:
    with pytest.raises(FactError, match=r"did you mean 'partner\.tier'"):
        facts_of({"partner.teir": "ans"})


def test_facts_of_another_vocabulary_are_refused() -> None:
    with pytest.raises(FactError, match="vocabulary 1"):
        parse_facts({"vocabulary": "0", "facts": {}})


def test_every_fact_says_what_it_means_and_no_fact_names_anybody() -> None:
    assert all(fact.meaning for fact in VOCABULARY.values())
    assert not [name for name in VOCABULARY if name.endswith((".id", ".name", ".contact"))]
