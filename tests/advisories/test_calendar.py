"""The release calendar, against a naive one."""

import calendar
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapp_compliance.advisories import is_on_calendar, wall_days_left
from mapp_compliance.advisories.calendar import ZONE, days_before, second_tuesday
from tests.trust.noise import seeded

MONTHS = [(year, month) for year in range(2000, 2040) for month in range(1, 13)]
months = st.sampled_from(MONTHS)
SECOND = timedelta(seconds=1)


def naive_second_tuesday(year: int, month: int) -> date:
    weeks = calendar.Calendar().monthdatescalendar(year, month)
    tuesdays = [week[calendar.TUESDAY] for week in weeks]
    return [day for day in tuesdays if day.month == month][1]


@pytest.mark.parametrize("year", range(2000, 2040))
def test_the_second_tuesday_is_that_of_a_naive_calendar(year: int) -> None:
    found = [second_tuesday(year, month).astimezone(ZONE) for month in range(1, 13)]
    assert [moment.date() for moment in found] == [
        naive_second_tuesday(year, month) for month in range(1, 13)
    ]
    assert {(moment.hour, moment.minute, moment.second) for moment in found} == {(10, 0, 0)}


@seeded
@given(month=months, days=st.integers(0, 60))
def test_a_window_opens_at_the_hour_of_the_release_whatever_the_clocks_do(
    month: tuple[int, int], days: int
) -> None:
    release = second_tuesday(*month)
    opened = days_before(release, days)
    local = opened.astimezone(ZONE)
    assert opened.tzinfo is UTC
    assert (local.hour, local.minute) == (10, 0)
    assert release.astimezone(ZONE).date() - local.date() == timedelta(days=days)


@pytest.mark.parametrize(
    ("release", "days", "opened"),
    [  # clocks go forward on 8 March 2026 and back on 1 November 2026
        ("2026-03-10T17:00:00+00:00", 1, "2026-03-09T17:00:00+00:00"),
        ("2026-03-10T17:00:00+00:00", 2, "2026-03-08T17:00:00+00:00"),
        ("2026-03-10T17:00:00+00:00", 3, "2026-03-07T18:00:00+00:00"),
        ("2026-11-10T18:00:00+00:00", 9, "2026-11-01T18:00:00+00:00"),
        ("2026-11-10T18:00:00+00:00", 10, "2026-10-31T17:00:00+00:00"),
    ],
)
def test_windows_across_a_change_of_the_clocks(release: str, days: int, opened: str) -> None:
    assert days_before(datetime.fromisoformat(release), days).isoformat() == opened


@seeded
@given(month=months, days=st.integers(1, 60))
def test_a_window_opens_at_its_instant_and_not_a_second_before(
    month: tuple[int, int], days: int
) -> None:
    release = second_tuesday(*month)
    opened = days_before(release, days)
    assert wall_days_left(release, opened) == days
    assert wall_days_left(release, opened - SECOND) == days + 1
    assert wall_days_left(release, opened + SECOND) == days


@seeded
@given(month=months, seconds=st.integers(1, 90 * 24 * 3600))
def test_the_days_left_are_those_of_counting_one_by_one(
    month: tuple[int, int], seconds: int
) -> None:
    release = second_tuesday(*month)
    now = release - seconds * SECOND
    counted = next(days for days in range(100) if days_before(release, days) <= now)
    assert wall_days_left(release, now) == counted


@pytest.mark.parametrize(("offset", "left"), [(-1, 1), (0, 0), (1, 0), (10**8, 0)])
def test_no_day_is_left_from_the_release_on(offset: int, left: int) -> None:
    release = second_tuesday(2026, 12)
    assert wall_days_left(release, release + offset * SECOND) == left


@seeded
@given(month=months, offset=st.integers(-(10**6), 10**6))
def test_only_the_instant_itself_is_on_the_calendar(month: tuple[int, int], offset: int) -> None:
    moment = second_tuesday(*month) + offset * SECOND
    assert is_on_calendar(moment) is (offset == 0)
