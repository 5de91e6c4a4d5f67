"""The numbers of the distribution report."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapp_compliance.audit import ReceiptState
from mapp_compliance.trust import canonical
from mapp_compliance.values import HOUR, PartnerId
from tests.audit.examples import ISSUED, NOW, distribution_report

SECOND = timedelta(seconds=1)


@settings(max_examples=60, derandomize=True)
@given(st.sets(st.integers(0, 6)), st.integers(0, 400))
def test_the_numbers_add_up_for_any_part_of_the_copies_at_any_time(
    places: set[int], hours: int
) -> None:
    report = distribution_report()
    heading = replace(report.heading, written_at=ISSUED + hours * HOUR)
    some = tuple(report.copies[place] for place in sorted(places))
    totals: Any = replace(report, heading=heading, copies=some).document()["totals"]
    assert sum(totals["by_state"].values()) == totals["copies"] == len(some)
    assert sum(totals["receipts"].values()) == totals["copies"]
    assert totals["copies"] - totals["receipts"]["none due"] == totals["left_the_house"]


def test_waves_add_up_to_the_whole() -> None:
    document: Any = distribution_report().document()
    for key in ("copies", "left_the_house"):
        assert sum(wave[key] for wave in document["waves"]) == document["totals"][key]


def test_recipients_are_listed_in_the_order_of_their_numbers() -> None:
    report = distribution_report()
    names = ["P100", "P20", "P3"]
    lines = tuple(
        replace(report.copies[0], copy=replace(report.copies[0].copy, recipient=PartnerId(name)))
        for name in names
    )
    rows: Any = replace(report, copies=lines).document()["copies"]
    assert [row["recipient"] for row in rows] == ["P3", "P20", "P100"]


def test_restrictions_stand_apart_from_missing_requirements() -> None:
    document: Any = distribution_report().document()
    assert [one["recipient"] for one in document["withheld"]["restriction"]] == ["P010"]
    assert [one["recipient"] for one in document["withheld"]["requirement"]] == ["P012", "P013"]
    assert document["totals"]["withheld"] == {"restriction": 1, "entitlement": 1, "requirement": 2}


@pytest.mark.parametrize(
    ("place", "now", "expected"),
    [
        (0, NOW, ReceiptState.IN_TIME),
        (3, NOW, ReceiptState.LATE),
        (4, NOW, ReceiptState.WAITING),
        (4, ISSUED + timedelta(days=11), ReceiptState.WAITING),
        (4, ISSUED + timedelta(days=11) + SECOND, ReceiptState.OVERDUE),
        (6, NOW, ReceiptState.NONE_DUE),
    ],
)
def test_a_receipt_is_judged_by_its_due_time(place: int, now: Any, expected: ReceiptState) -> None:
    line = distribution_report().copies[place]
    assert line.receipt_state(now) is expected


def test_every_copy_shows_its_leaves() -> None:
    document: Any = distribution_report().document()
    assert document["copies"][0]["leaves"] == {"commitment": 1, "seal": 2, "receipt": 8}
    assert document["copies"][-1]["leaves"]["receipt"] is None


def test_a_copy_in_the_house_is_not_in_the_picture() -> None:
    document: Any = distribution_report().document()
    labels = [row["label"] for row in document["picture_data"]["rows"]]
    assert len(labels) == 6
    assert "c-99aa00" not in labels


def test_an_advisory_that_nobody_got_is_a_report_too() -> None:
    report = replace(distribution_report(), copies=(), withheld=(), set_up=None)
    document: Any = report.document()
    assert document["totals"]["copies"] == 0
    assert document["waves"] == []
    assert document["picture_data"] is None


def test_the_same_distribution_gives_the_same_bytes() -> None:
    shuffled = replace(distribution_report(), copies=distribution_report().copies[::-1])
    assert canonical(shuffled.document()) == canonical(distribution_report().document())
