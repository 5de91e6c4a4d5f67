"""Reading the verdict document."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapp_compliance.audit import parse_finding
from mapp_compliance.errors import InvalidInput
from tests.audit.examples import VERDICTS, verdict_document

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=5,
)


@pytest.mark.parametrize("verdict", VERDICTS)
def test_every_verdict_can_be_read_from_the_log(verdict: str) -> None:
    kept = json.loads(json.dumps(verdict_document(verdict)))
    assert parse_finding(kept).verdict == verdict


def test_numbers_are_kept_digit_for_digit() -> None:
    finding = parse_finding(verdict_document("COPY_IDENTIFIED"))
    assert finding.copies[0].p_value == "3.21e-09"
    assert finding.bound is not None
    assert finding.bound.family_wise == "6.079271018540266e-05"


def test_a_run_that_scored_nothing_states_no_bound() -> None:
    assert parse_finding(verdict_document("NO_LINK")).bound is None


def test_the_runner_up_is_the_strongest_that_is_not_named() -> None:
    assert parse_finding(verdict_document("COPY_IDENTIFIED")).runner_up == ("candidate-1", "-1.1")


def test_a_lead_has_its_strongest_score_as_the_runner_up() -> None:
    assert parse_finding(verdict_document("LEAD_ONLY")).runner_up == ("candidate-0", "-8.4")


@pytest.mark.parametrize("key", sorted({*verdict_document("COPY_IDENTIFIED")} - {"sample"}))
def test_a_missing_field_is_told_with_its_name(key: str) -> None:
    document = verdict_document("COPY_IDENTIFIED")
    del document[key]
    with pytest.raises(InvalidInput, match=key):
        parse_finding(document)


def test_an_unknown_verdict_is_refused() -> None:
    with pytest.raises(InvalidInput, match="unknown verdict"):
        parse_finding({**verdict_document("NO_LINK"), "verdict": "GUILTY"})


@pytest.mark.parametrize("number", [float("nan"), float("inf"), "1e999", "seven", True, None])
def test_what_is_no_finite_number_is_refused(number: object) -> None:
    document = verdict_document("COPY_IDENTIFIED")
    document["bound"] = {"family_wise": number, "per_entity": 1e-6, "t": 1}
    with pytest.raises(InvalidInput):
        parse_finding(document)


def test_a_bound_of_zero_is_refused() -> None:
    document = verdict_document("COPY_IDENTIFIED")
    document["bound"] = {"family_wise": 1e-4, "per_entity": 0.0, "t": 1, "entities": 8}
    with pytest.raises(InvalidInput, match="bound"):
        parse_finding(document)


@settings(max_examples=300, derandomize=True)
@given(st.sampled_from(sorted(verdict_document("COPY_IDENTIFIED"))), JSON_VALUES)
def test_noise_in_any_field_gives_a_finding_or_invalid_input(key: str, value: Any) -> None:
    with suppress(InvalidInput):
        parse_finding({**verdict_document("COPY_IDENTIFIED"), key: value})
