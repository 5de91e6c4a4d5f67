"""Whether a release should go forward: harm decides."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapp_compliance.advisories import (
    Advisory,
    Grade,
    Option,
    ReleaseDecision,
    Sighting,
    SightingKind,
    Situation,
    decide_release,
)
from mapp_compliance.advisories.release_decision import AT_ONCE
from mapp_compliance.values import DAY, AdvisoryId, SightingId, Window, instant
from tests.conformance.strategies import seeded

NOW = instant("2021-03-01T12:00:00Z")
PLANNED = instant("2021-03-09T18:00:00Z")
SENT = instant("2021-02-23T18:00:00Z")
PLAIN = Advisory(AdvisoryId("A1"), "T", PLANNED, NOW - 60 * DAY)
READY = replace(PLAIN, patch_ready_at=NOW - DAY)


def seen(
    kind: SightingKind = SightingKind.EXPLOITED,
    grade: Grade = Grade.B,
    credibility: int = 2,
    days_ago: float = 2,
) -> Sighting:
    at = NOW - days_ago * DAY
    return Sighting(
        SightingId(f"X-{kind.value}-{grade.value}{credibility}"),
        AdvisoryId("A1"),
        kind,
        Window(at, at),
        at,
        grade,
        credibility,
        "",
        NOW,
    )


def decided(advisory: Advisory, *sightings: Sighting, now: object = NOW) -> ReleaseDecision:
    situation = Situation(advisory, tuple(sightings), 68, 15, SENT, NOW)
    return decide_release(replace(situation, now=now))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "kind", [SightingKind.EXPLOITED, SightingKind.RANSOMWARE, SightingKind.PUBLIC]
)
def test_used_or_public_with_the_fix_ready_goes_forward_within_a_day(kind: SightingKind) -> None:
    decision = decided(READY, seen(kind))
    assert (decision.recommendation, decision.release_by) == (Option.ADVANCE, NOW + DAY)


def test_without_the_fix_detection_goes_out_and_the_release_within_a_week() -> None:
    decision = decided(PLAIN, seen())
    assert (decision.recommendation, decision.release_by) == (Option.MITIGATE, NOW + 7 * DAY)


def test_no_date_lies_after_the_planned_one() -> None:
    near = replace(PLAIN, release_at=NOW + 3 * DAY)
    assert decided(near, seen()).release_by == NOW + 3 * DAY


def test_something_similar_is_prepared_for() -> None:
    assert decided(READY, seen(SightingKind.SIMILAR)).recommendation is Option.PREPARE


@pytest.mark.parametrize(("grade", "credibility"), [(Grade.D, 1), (Grade.E, 6), (Grade.A, 4)])
def test_a_doubted_report_moves_no_date_by_itself(grade: Grade, credibility: int) -> None:
    decision = decided(READY, seen(grade=grade, credibility=credibility))
    assert (decision.recommendation, decision.release_by) == (Option.PREPARE, PLANNED)


def test_a_report_that_nobody_judged_counts_and_it_is_said() -> None:
    decision = decided(READY, seen(grade=Grade.F, credibility=6))
    assert decision.recommendation is Option.ADVANCE
    assert any("nobody judged" in line for line in decision.reasons)
    assert not any("nobody judged" in line for line in decided(READY, seen()).reasons)


def test_without_a_sighting_the_plan_is_kept() -> None:
    decision = decided(READY)
    assert (decision.recommendation, decision.reasons) == (
        Option.KEEP,
        ("no sighting is recorded",),
    )


def test_what_is_public_cannot_be_moved() -> None:
    public = replace(READY, released_at=NOW - DAY)
    assert decided(public, seen()).recommendation is Option.KEEP


def test_a_release_within_a_day_is_kept() -> None:
    assert decided(READY, seen(), now=PLANNED - AT_ONCE).recommendation is Option.KEEP
    earlier = PLANNED - AT_ONCE - timedelta(seconds=1)
    assert decided(READY, seen(), now=earlier).recommendation is Option.ADVANCE


def test_use_before_any_copy_left_is_said_and_use_after_is_not() -> None:
    before = decided(READY, seen(days_ago=57)).reasons
    after = decided(READY, seen(days_ago=1)).reasons
    assert "it began before the first copy left (2021-02-23T18:00:00Z)" in before
    assert not any("first copy" in line for line in after)


def test_an_interval_that_holds_the_first_delivery_has_no_order() -> None:
    overlapping = replace(seen(), posted=Window(SENT - DAY, SENT + DAY), observed=SENT + DAY)
    assert not any("first copy" in line for line in decided(READY, overlapping).reasons)


def test_every_option_is_weighed() -> None:
    decision = decided(READY, seen())
    assert [item.option for item in decision.options] == list(Option)
    assert all(item.gain and item.harm for item in decision.options)
    assert "68 recipients" in decision.options[0].harm


grades = st.sampled_from(list(Grade))
sightings = st.lists(
    st.builds(
        seen, st.sampled_from(list(SightingKind)), grades, st.integers(1, 6), st.floats(0, 90)
    ),
    max_size=5,
)


@seeded
@given(known=sightings, kind=st.sampled_from([SightingKind.EXPLOITED, SightingKind.PUBLIC]))
def test_a_further_good_report_never_makes_it_later(
    known: list[Sighting], kind: SightingKind
) -> None:
    for advisory in (PLAIN, READY):
        before = decided(advisory, *known)
        assert decided(advisory, *known, seen(kind)).release_by <= before.release_by


@seeded
@given(known=sightings, order=st.randoms())
def test_the_order_of_the_reports_does_not_matter(known: list[Sighting], order: object) -> None:
    shuffled = list(known)
    order.shuffle(shuffled)  # type: ignore[attr-defined]
    assert decided(READY, *shuffled).recommendation is decided(READY, *known).recommendation
