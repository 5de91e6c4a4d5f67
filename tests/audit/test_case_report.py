"""The attribution report as a document."""

import json
import re
from dataclasses import replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from mapp_compliance.audit import LedgerLine, Proofs, parse_finding
from mapp_compliance.audit.words import ANSWERS
from mapp_compliance.enforcement import CaseState
from mapp_compliance.errors import Broken
from mapp_compliance.trust import canonical
from mapp_compliance.values import DAY
from tests.audit.examples import (
    ISSUED,
    NOW,
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
    assert document["access"] == {"rows": [], "alike": [], "others": [], "picture": None}
    assert "A result that names nobody clears nobody and accuses nobody." in document["limits"]
    assert document["decision"]["proposals"] == []
    assert document["changes"]


def test_no_pseudonym_stands_where_a_copy_is_told() -> None:
    document = case_report("CONFLICTING_MARKS").document()
    hidden = [one["pseudonym"] for one in document["scores"]]
    assert [name for name in hidden if name in texts_of(document["access"])] == []
    assert {row["holder"] for row in document["access"]["rows"][1:]} == {None}


def test_copies_that_are_not_named_are_counted_by_delivery_and_kind() -> None:
    alike = case_report().document()["access"]["alike"]
    assert [(one["kind"], one["copies"], one["receipts"]) for one in alike] == [
        ("partner", 3, 3),
        ("internal", 1, 0),
        ("partner", 1, 0),
    ]


def test_a_named_control_copy_is_told_with_its_id_once() -> None:
    text = case_report("COPY_IDENTIFIED_INTERNAL").document()["answer"]["text"]
    assert "those of copy c-05f7a9, a control copy of the vendor's own;" in text


def test_earlier_use_is_told_of_the_flaw_and_not_of_the_sample() -> None:
    text = case_report("LINEAGE_ONLY_EARLIER_EXPLOITATION").document()["answer"]["text"]
    assert "trusted reports say that the flaw was used before any copy left" in text


def test_no_link_says_that_writing_anew_leaves_none() -> None:
    assert any("written anew" in one for one in case_report("NO_LINK").document()["limits"])


def test_a_text_older_than_the_copies_is_no_longer_said_to_clear_nobody() -> None:
    limits = case_report("UPSTREAM_ORIGIN").document()["limits"]
    assert not any("clears nobody" in one for one in limits)
    assert any("The copies do not hold that text" in one for one in limits)


def test_while_a_source_is_not_named_no_letter_clears_the_partners() -> None:
    report = case_report("COPY_IDENTIFIED_INTERNAL")
    finding = replace(report.finding, limits=("at least one more source",))
    assert "letters that clear the partners" in report.document()["answer"]["supports"]
    answer = replace(report, finding=finding).document()["answer"]
    assert answer["supports"] == ["the vendor's internal process, without the holder of the copy"]


def test_one_holder_is_told_in_the_singular_and_by_what_was_counted() -> None:
    finding = replace(case_report("UPSTREAM_ORIGIN").finding, candidates=1)
    report = replace(case_report("UPSTREAM_ORIGIN"), finding=finding)
    assert report.document()["candidates_text"].startswith(
        "By the time the sample was seen, 1 finder or broker on record had a version from before"
    )


def test_a_copy_that_fits_but_is_not_named_is_counted() -> None:
    assert case_report("CONFLICTING_MARKS").document()["beyond_level_unnamed"] == 1
    assert case_report("COPY_IDENTIFIED").document()["beyond_level_unnamed"] == 0


@settings(max_examples=100, derandomize=True)
@given(st.floats(-11.999, 0.0).map(lambda value: round(value, 3)))
def test_the_chance_of_a_score_is_never_told_as_smaller_than_it_may_be(log10_p: float) -> None:
    document = verdict_document("LEAD_ONLY")
    document["scores"] = [{"pseudonym": "N-1", "log10_p": log10_p}]
    report = replace(case_report("LEAD_ONLY"), finding=parse_finding(document))
    told = float(report.document()["scores"][0]["p_value"])
    assert min(1.0, 10 ** (log10_p + 0.00049)) <= told * 1.0000001
    assert told >= 1e-12


def test_no_chance_below_1e_12_stands_in_the_data_of_a_picture() -> None:
    document = verdict_document("COPY_IDENTIFIED")
    document["null"] |= {"log10_tail": [-place for place in range(61)]}  # type: ignore[operator]  # a table
    report = replace(case_report(), finding=parse_finding(document))
    tail = report.document()["score_picture"]["log10_tail"]
    assert [float(one) for one in tail] == [-place for place in range(13)]


def test_where_nothing_was_read_no_picture_puts_a_copy_before_others() -> None:
    document = verdict_document("LEAD_ONLY")
    document["information"] |= {"code_sites_read": 0}  # type: ignore[operator]  # a table
    report = replace(case_report("LEAD_ONLY"), finding=parse_finding(document))
    assert report.document()["score_picture"] is None


def test_a_time_to_answer_that_has_gone_by_is_told_so() -> None:
    later = replace(case_report().heading, written_at=NOW + 14 * DAY)
    assert case_report().document()["decision"]["response_over"] is False
    assert replace(case_report(), heading=later).document()["decision"]["response_over"] is True


def test_a_decided_case_asks_for_no_step_that_was_taken() -> None:
    decided = case_report()
    assert decided.document()["next_steps"] == [
        "Nothing more is proposed; whoever holds the copy may appeal."
    ]
    opened = replace(decided, case=replace(a_case(), state=CaseState.OPEN))
    assert opened.document()["next_steps"] == [
        "Decide on an earlier release apart from attribution."
    ]


def test_fixed_limits_are_not_told_twice() -> None:
    limits = case_report().document()["limits"]
    assert "a copy is attributed, not a person" not in limits
    assert limits[0] == "It is about a copy, not a person: it does not say who acted."


def test_further_limits_of_the_run_follow_the_fixed_ones() -> None:
    finding = replace(case_report().finding, limits=("at least one more source",))
    limits = replace(case_report(), finding=finding).document()["limits"]
    assert limits[-1] == "There are signs of at least one more source, which is not named."


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
