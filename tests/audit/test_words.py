"""The closed tables of words."""

import re
from string import Formatter

import pytest

from mapp_compliance.attribution.verdict import VerdictKind
from mapp_compliance.audit import words
from mapp_compliance.audit.words import ANSWERS, CHANGES, SUPPORTS, answer, listed
from tests.audit.examples import VERDICTS

FORBIDDEN = re.compile(
    r"guilt|leaked by|leaker|culprit|perpetrator|\d ?%|per ?cent|certain|beyond doubt|responsible",
    re.IGNORECASE,
)


def test_every_verdict_of_the_closed_list_has_its_words() -> None:
    assert list(ANSWERS) == VERDICTS
    assert list(SUPPORTS) == VERDICTS
    assert list(CHANGES) == VERDICTS


def test_every_verdict_that_the_rules_can_reach_has_words() -> None:
    assert {kind.value for kind in VerdictKind} <= set(ANSWERS)


def test_no_table_holds_a_word_that_accuses_or_a_degree_of_certainty() -> None:
    tables = (ANSWERS.values(), *SUPPORTS.values(), *CHANGES.values())
    texts = [text for table in tables for text in table]
    texts += [*words.LIMITS, *words.NO_COPY_LIMITS, *words.BOUND_ASSUMPTIONS]
    assert [text for text in texts if FORBIDDEN.search(text)] == []


@pytest.mark.parametrize("verdict", VERDICTS)
def test_only_verdicts_that_name_copies_have_room_for_names(verdict: str) -> None:
    fields = {name for _, name, _, _ in Formatter().parse(ANSWERS[verdict]) if name}
    naming = {"COPY_IDENTIFIED", "COPY_IDENTIFIED_INTERNAL", "MULTIPLE_COPIES"}
    assert bool(fields - {"count"}) == (verdict in naming)
    assert fields <= {"copies", "holders", "count"}


def test_a_name_with_braces_stays_data() -> None:
    assert "{0.__class__}" in answer("COPY_IDENTIFIED", copies="c", holders="{0.__class__}")


def test_a_list_of_one_is_the_item() -> None:
    assert (listed([]), listed(["a"]), listed(["a", "b"])) == ("", "a", "a and b")
