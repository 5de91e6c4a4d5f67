"""What the scored samples of a year may have cost."""

from dataclasses import replace
from fractions import Fraction

from mapp_compliance.attribution import Run
from mapp_compliance.values import AdvisoryId, Digest, instant
from mapp_compliance.watermark.codes import share_of
from mapp_compliance.workflows.spending import spending

ALPHA = "0.0001"
FIRST = Run(
    sample="S-1",
    advisory=AdvisoryId("A1"),
    digest=Digest("0" * 64),
    reading=Digest("0" * 64),
    method="mapp-score/2",
    t=1,
    at=instant("2026-03-01T00:00:00Z"),
    reading_leaf=1,
    run_leaf=2,
    verdict="INSUFFICIENT",
    document="{}",
)


def test_shares_add_up_over_samples_and_advisories() -> None:
    runs = [FIRST, replace(FIRST, t=2), replace(FIRST, advisory=AdvisoryId("A2"))]
    found = spending(runs, ALPHA, 2026)
    first, second = (share_of(Fraction(ALPHA), t) for t in (1, 2))
    assert (found.samples, found.spent) == (3, 2 * first + second)


def test_a_run_that_repeats_a_number_or_scored_nothing_costs_nothing() -> None:
    runs = [FIRST, replace(FIRST, run_leaf=9), replace(FIRST, advisory=None, t=0)]
    assert spending(runs, ALPHA, 2026).samples == 1


def test_another_year_has_a_sum_of_its_own() -> None:
    assert spending([FIRST], ALPHA, 2027).spent == 0


def test_some_170_first_samples_are_more_than_a_year_should_spend() -> None:
    runs = [replace(FIRST, advisory=AdvisoryId(f"A{n}")) for n in range(170)]
    assert spending(runs, ALPHA, 2026).is_beyond
    assert not spending(runs[:160], ALPHA, 2026).is_beyond
