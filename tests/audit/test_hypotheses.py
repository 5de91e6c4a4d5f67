"""What speaks for and against each explanation."""

from dataclasses import replace
from typing import Any

import pytest

from mapp_compliance.attribution.limits import INTAKE
from mapp_compliance.audit import CaseReport, Holding, Proofs, parse_finding
from mapp_compliance.values import DAY, CopyId
from tests.audit.examples import (
    ADVISORY,
    NOW,
    VERDICTS,
    case_report,
    holdings,
    some_digest,
    verdict_document,
)


def row(report: CaseReport, name: str) -> dict[str, Any]:
    found: list[Any] = list(report.document()["hypotheses"])  # type: ignore[arg-type]  # a list
    return next(one for one in found if name in one["name"])


@pytest.mark.parametrize("verdict", VERDICTS)
def test_every_explanation_is_weighed_or_said_to_be_not_examined(verdict: str) -> None:
    rows: Any = case_report(verdict).document()["hypotheses"]
    assert len(rows) == 10
    assert all(one["for"] or one["against"] or one["not_examined"] for one in rows)


def test_a_partners_copy_within_the_bound_speaks_for_a_partners_copy() -> None:
    assert "copy c-00f7a9" in row(case_report(), "partner's copy")["for"][0]
    assert row(case_report(), "own staff")["for"] == []


def test_a_control_copy_within_the_bound_speaks_for_the_vendors_staff() -> None:
    report = case_report("COPY_IDENTIFIED_INTERNAL")
    assert "copy c-05f7a9" in row(report, "own staff")["for"][0]
    assert row(report, "partner's copy")["for"] == []


def test_vetoes_stand_against_the_named_copy() -> None:
    finding = replace(case_report().finding, vetoes=("the custody of the sample has a gap",))
    report = replace(case_report(), finding=finding)
    assert "The custody of the sample has a gap." in row(report, "partner's copy")["against"]


def test_holding_a_copy_speaks_neither_for_nor_against() -> None:
    found = row(case_report("LEAD_ONLY"), "partner's copy")
    assert found["for"] == found["against"] == []
    assert found["not_examined"][0].startswith("4 of 5 such copies had left the house")


def test_copies_that_left_after_the_sighting_are_excluded_by_order() -> None:
    late = tuple(replace(one, delivered_at=NOW + DAY) for one in holdings())
    found = row(replace(case_report("LEAD_ONLY"), holdings=late), "partner's copy")
    assert found["against"] == ["No such copy had left the house when the sample was seen."]


def test_nothing_is_said_of_a_regulator_who_holds_no_copy() -> None:
    found = row(case_report(), "regulator")
    assert found["for"] == found["against"] == []
    assert found["not_examined"][0].startswith("Not examined")


def test_a_regulator_who_holds_a_copy_is_weighed_like_any_holder() -> None:
    regulator = Holding(CopyId("c-reg"), "candidate-9", "regulator", NOW - 20 * DAY)
    report = replace(case_report("LEAD_ONLY"), holdings=(regulator,))
    assert row(report, "regulator")["not_examined"][0].startswith("1 of 1")


def test_the_finders_version_speaks_for_the_finder() -> None:
    document = verdict_document("UPSTREAM_ORIGIN")
    document["artifact"] = {**document["artifact"], "stage": "finder"}  # type: ignore[dict-item]  # a table
    report = replace(case_report("UPSTREAM_ORIGIN"), finding=parse_finding(document))
    assert "the finder's version of poc.py" in row(report, "finder")["for"][0]


def test_conflicting_marks_speak_for_framing() -> None:
    assert row(case_report("CONFLICTING_MARKS"), "Framing")["for"] == [
        "The marks do not add up to one copy on record."
    ]


def test_a_named_copys_way_out_is_said_to_be_not_examined() -> None:
    assert "by what way" in row(case_report(), "partner's copy")["not_examined"][0]


def test_text_that_no_copy_holds_speaks_against_a_copy() -> None:
    told = "These copies do not hold the text that the sample shows."
    assert told in row(case_report("UPSTREAM_ORIGIN"), "partner's copy")["against"]


def test_where_no_mark_was_read_the_control_says_nothing() -> None:
    document = verdict_document("LEAD_ONLY")
    document["information"] |= {"code_sites_read": 0}  # type: ignore[operator]  # a table
    report = replace(case_report("LEAD_ONLY"), finding=parse_finding(document))
    assert row(report, "Luck")["against"] == []


def test_a_failed_phantom_control_speaks_for_a_fault_of_the_scoring() -> None:
    document = verdict_document("LEAD_ONLY")
    document["phantom_control"] = {"count": 100, "best_p": 1e-9, "ok": False}
    report = replace(case_report("LEAD_ONLY"), finding=parse_finding(document))
    assert "phantom control failed" in row(report, "Luck")["for"][0]


def test_a_phantom_control_that_held_is_no_argument_against_framing() -> None:
    assert "1,000,000 phantom copies" in row(case_report(), "Luck")["against"][-1]
    assert not any("phantom" in line for line in row(case_report(), "Framing")["against"])


def test_a_sample_like_nothing_on_record_is_not_called_unexamined_for_want_of_versions() -> None:
    for name in ("partner's copy", "own staff", "finder", "broker", "public release"):
        found = row(case_report("NO_LINK"), name)
        assert found["against"] == [
            "The sample resembles no material of this program that is on record."
        ]
        assert not any("is on record" in line for line in found["not_examined"])


def test_a_version_that_came_after_the_sighting_is_not_said_to_have_been_the_vendors() -> None:
    found = row(case_report("UPSTREAM_ORIGIN"), "finder")
    assert found["not_examined"] == [
        "By the records the vendor had no such version when the sample was seen."
    ]


def test_a_release_that_came_after_the_sighting_is_told_with_its_time() -> None:
    report = case_report("LEAD_ONLY")
    assert row(report, "public release")["against"] == ["No release of this material is on record."]
    released = replace(report, advisory=replace(ADVISORY, released_at=NOW + DAY))
    assert "after the sample was seen" in row(released, "public release")["against"][0]


def test_without_ledger_lines_nothing_is_claimed_of_the_order() -> None:
    bare = Proofs("example.test/log", 0, some_digest(1), ())
    report = replace(case_report(), proofs=bare)
    assert row(report, "Interception")["against"] == []
    assert not any("leaf" in line for line in row(report, "Framing")["against"])


def test_a_sample_that_resembles_nothing_speaks_for_independent_work() -> None:
    assert row(case_report("NO_LINK"), "Independent")["for"]


def test_the_public_release_is_named_when_its_marks_were_read() -> None:
    assert "public-release" in row(case_report("PUBLIC_RELEASE"), "public release")["for"][0]


def test_marks_of_the_vendors_original_speak_for_the_vendors_staff() -> None:
    document = verdict_document("PROGRAM_ORIGIN_UNRESOLVED")
    public = verdict_document("PUBLIC_RELEASE")["copies"][0]  # type: ignore[index]  # a list
    document["copies"] = [{**public, "copy": "vendor-original", "reserved": "vendor-original"}]
    report = replace(case_report("PROGRAM_ORIGIN_UNRESOLVED"), finding=parse_finding(document))
    assert "vendor-original" in row(report, "own staff")["for"][0]
    assert row(replace(report, holdings=()), "own staff")["for"]


def test_a_match_without_likeness_is_not_called_shared_content() -> None:
    document = verdict_document("LEAD_ONLY")
    document["artifact"] = {**document["artifact"], "similarity": 0.0}  # type: ignore[dict-item]  # a table
    report = replace(case_report("LEAD_ONLY"), finding=parse_finding(document))
    assert row(report, "Independent")["against"] == [
        "96 places of the payload of poc.py were found in the sample."
    ]


def test_text_that_was_gone_later_speaks_for_its_stage_and_the_vendors_intake_stays_open() -> None:
    document = verdict_document("UPSTREAM_ORIGIN")
    rows = document["stages"]
    rows[0]["dropped"] = {"shown": 7, "of": 12}  # type: ignore[index]  # a list of tables
    document["limits"] = [INTAKE]
    report = replace(case_report("UPSTREAM_ORIGIN"), finding=parse_finding(document))
    found = row(report, "finder")
    assert "7" in found["for"][-1]
    assert "intake" in found["not_examined"][0]
    assert any("first appear in the vendor's version" in line for line in found["against"])


def test_a_waves_marks_speak_for_its_holders_and_for_none_apart() -> None:
    document = verdict_document("PROGRAM_ORIGIN_UNRESOLVED")
    document["groups"][0] |= {"agree": 14, "p_value": 1e-4}  # type: ignore[index]  # a list of tables
    report = replace(case_report("PROGRAM_ORIGIN_UNRESOLVED"), finding=parse_finding(document))
    assert "point at none of them apart" in row(report, "partner's copy")["for"][0]
    assert "those of wave ans, which no such copy has" in row(report, "own staff")["against"][-1]


def test_earlier_use_speaks_for_a_source_of_its_own() -> None:
    assert row(case_report("LINEAGE_ONLY_EARLIER_EXPLOITATION"), "Independent")["for"]


def test_a_broker_without_a_version_on_record_is_not_examined() -> None:
    found = row(case_report("UPSTREAM_ORIGIN"), "broker")
    assert found["for"] == []
    assert "no version of the broker's is on record" in found["not_examined"][0]


def test_where_it_came_from_upstream_the_vendors_intake_is_an_open_point() -> None:
    assert any(
        "sent in" in line
        for line in row(case_report("UPSTREAM_ORIGIN"), "own staff")["not_examined"]
    )
