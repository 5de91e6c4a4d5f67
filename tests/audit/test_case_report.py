"""The attribution report as a document."""

import json
import re
from dataclasses import replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from mapp_compliance.audit import LedgerLine, Proofs, parse_finding
from mapp_compliance.audit.words import ANSWERS
from mapp_compliance.errors import Broken
from mapp_compliance.trust import canonical
from tests.audit.examples import (
    ISSUED,
    VERDICTS,
    a_case,
    case_report,
    some_digest,
    verdict_document,
)
from tests.audit.test_words import FORBIDDEN

NAMES = st.text(min_size=1, max_size=40)


def texts_of(document: object) -> str:
    return json.dumps(document, ensure_ascii=False)


@pytest.mark.parametrize("verdict", VERDICTS)
def test_the_same_case_gives_the_same_bytes(verdict: str) -> None:
    first = canonical(case_report(verdict).document())
    assert canonical(case_report(verdict).document()) == first


@settings(max_examples=200, derandomize=True)
@given(st.sampled_from(VERDICTS), NAMES)
def test_no_verdict_accuses_whatever_the_names_are(verdict: str, name: str) -> None:
    assume(not FORBIDDEN.search(name) and name.isprintable())
    report = case_report(verdict, (name,) * 6)
    assert FORBIDDEN.search(texts_of(report.document())) is None


@pytest.mark.parametrize("verdict", VERDICTS)
def test_the_answer_is_the_allowed_sentence(verdict: str) -> None:
    answer = case_report(verdict).document()["answer"]
    pattern = re.sub(r"\\\{[a-z]+\\\}", ".+", re.escape(ANSWERS[verdict]))
    assert re.fullmatch(pattern, answer["text"])


def test_a_named_copy_is_told_by_its_holder_and_its_id() -> None:
    answer = case_report().document()["answer"]
    assert answer["text"] == (
        "The marks in the sample are those of the copy issued to Example Shield (copy c-00f7a9)."
    )


def test_several_copies_are_all_named() -> None:
    answer = case_report("MULTIPLE_COPIES").document()["answer"]
    assert "Example Shield and Northwind AV (copy c-00f7a9 and copy c-01f7a9)" in answer["text"]


def test_a_released_version_among_several_copies_is_called_so() -> None:
    document = verdict_document("MULTIPLE_COPIES")
    public = verdict_document("PUBLIC_RELEASE")["copies"]
    document["copies"] = [document["copies"][0], *public]
    report = replace(case_report(), finding=parse_finding(document))
    text = report.document()["answer"]["text"]
    assert "Example Shield and the released version (copy c-00f7a9)" in text


def test_a_verdict_without_a_copy_names_no_partner() -> None:
    report = replace(case_report("LEAD_ONLY"), holdings=())
    assert "Example Shield" not in texts_of(report.document())


def test_a_run_without_a_finding_reads_as_a_full_result() -> None:
    document = case_report("NO_LINK").document()
    assert document["case"] is None
    assert document["bound"] is None
    assert document["copies"] == document["scores"] == []
    assert document["access"] == {"rows": [], "others": [], "picture": None}
    assert "A result that names nobody clears nobody and accuses nobody." in document["limits"]
    assert document["decision"]["proposals"] == []
    assert document["changes"]


def test_fixed_limits_are_not_told_twice() -> None:
    limits = case_report().document()["limits"]
    assert "a copy is attributed, not a person" not in limits
    assert limits[0] == "It is about a copy, not a person: it does not say who acted."


def test_further_limits_of_the_run_follow_the_fixed_ones() -> None:
    finding = replace(case_report().finding, limits=("at least one more source",))
    limits = replace(case_report(), finding=finding).document()["limits"]
    assert limits[-1] == "at least one more source"


def test_a_local_key_takes_away_independence() -> None:
    heading = replace(case_report().heading, local_keys=False)
    report = replace(case_report(), heading=heading)
    assert report.document()["independence"]["level"] == "none"
    assert replace(report, case=None).document()["independence"]["level"] == "separate-keys"


def test_signers_and_their_keys_are_listed() -> None:
    remove = case_report().document()["decision"]["proposals"][1]
    assert [one["user"] for one in remove["signatures"]] == ["ann", "bob"]
    assert remove["signatures_needed"] == 2


def test_a_statement_is_kept_line_by_line() -> None:
    report = replace(case_report(), case=a_case(statement="one\r\n\u202etwo"))
    assert report.document()["decision"]["statement"] == ["one", "\u202etwo"]


def test_leaves_come_in_the_order_of_the_ledger() -> None:
    leaves = case_report().document()["proofs"]["leaves"]
    assert [leaf["index"] for leaf in leaves] == list(range(15))


def test_a_leaf_outside_the_tree_stops_the_report() -> None:
    leaf = LedgerLine(3, "seal", some_digest(1), ISSUED)
    with pytest.raises(Broken, match="mapp log verify"):
        Proofs("example.test/log", 3, some_digest(2), (leaf,))
