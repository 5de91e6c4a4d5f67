"""The comparison as a report: it names nobody, claims no chance and says what may explain it."""

import re

import pytest

from mapp_compliance.attribution import (
    Background,
    Commonality,
    Declared,
    FeatureKind,
    Part,
    Shared,
    Sort,
    compare,
)
from mapp_compliance.audit import CommonalityReport
from mapp_compliance.audit.commonality_report import (
    EXPLAINED,
    LIMITS,
    MOST_SHOWN,
    report_lines,
    summary,
)
from mapp_compliance.trust import canonical, digest
from mapp_compliance.values import AdvisoryId, SampleId, instant

BANNED = ("guilty", "leaked by", "copied", "stolen", "culprit", "derived from", "proves")


def one(sort: Sort, text: str = "x") -> Shared:
    return Shared(FeatureKind.WORD, text, "a.py", 0, 1, "poc.py", sort, 0)


def report(found: Commonality) -> CommonalityReport:
    return CommonalityReport(
        program="Program",
        written_at=instant("2026-12-05T10:00:00Z"),
        advisory=AdvisoryId("ADV-1"),
        compared="revision 1",
        sample=SampleId("S-1"),
        sha256=digest(b"sample"),
        corpus="benign",
        found=found,
    )


REAL = compare(
    [Part(b"token = 48213\nrecieve(token)\nCARD/1", "leak.py")],
    [Part(b"token = 48213\nrecieve(token)\nCARD/1", "poc.py")],
    Background([Part(b"receive token", f"{number}.py") for number in range(5)]),
    Declared(forced=("CARD/1", "CARD")),
)


def test_every_class_is_explained():
    assert set(EXPLAINED) == set(Sort)


def test_the_report_has_canonical_bytes():
    assert canonical(report(REAL).document()) == canonical(report(REAL).document())


@pytest.mark.parametrize("word", BANNED)
def test_no_text_of_ours_accuses(word):
    ours = " ".join([*EXPLAINED.values(), *LIMITS, summary(REAL)])
    assert not re.search(rf"\b{word}\b", ours, re.IGNORECASE)


def test_a_comparison_holds_one_row_of_each_class():
    shown = {row["class"]: row["count"] for row in report(REAL).document()["classes"]}
    assert shown["quirk"] == shown["forced by the format"] == 1
    assert shown["customary"] == 1
    assert shown["arbitrary"] == 1


def test_the_summary_says_that_the_way_is_open():
    assert summary(REAL).endswith("How they came to be in both is open.")


def test_many_rows_are_counted_and_the_rarest_are_shown():
    many = tuple(one(Sort.ARBITRARY, f"word{number}") for number in range(MOST_SHOWN + 5))
    rows = report(Commonality(many, (), 90, 45, 10, 0)).document()["classes"][1]
    assert (rows["count"], len(rows["shown"])) == (MOST_SHOWN + 5, MOST_SHOWN)


def test_the_lines_end_with_the_limits():
    lines = report_lines(report(REAL).document())
    assert lines[-1] == f"limit: {LIMITS[-1]}"
    assert any("'recieve'" in line for line in lines)
