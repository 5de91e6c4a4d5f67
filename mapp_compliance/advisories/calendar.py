"""The release calendar: the second Tuesday at 10:00 in America/Los_Angeles, and the waves before.

Wave days are counted on the wall clock of that zone, so a wave opens at 10:00 there on both
sides of a change of the clocks.

>>> from mapp_compliance.values import instant_text
>>> instant_text(second_tuesday(2026, 12))
'2026-12-08T18:00:00Z'
>>> instant_text(days_before(second_tuesday(2026, 3), 14))
'2026-02-24T18:00:00Z'
"""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("America/Los_Angeles")
RELEASE_HOUR = 10


def second_tuesday(year: int, month: int) -> datetime:
    """The release instant of a month, in UTC."""
    first = datetime(year, month, 1, RELEASE_HOUR, tzinfo=ZONE)
    to_tuesday = (1 - first.weekday()) % 7
    return first.replace(day=1 + to_tuesday + 7).astimezone(UTC)


def days_before(release_at: datetime, days: int) -> datetime:
    """The instant that many wall-clock days before a release, in UTC."""
    local = release_at.astimezone(ZONE)
    return (local - timedelta(days=days)).astimezone(UTC)


def is_on_calendar(release_at: datetime) -> bool:
    """Whether a release falls on the calendar's instant of its month."""
    local = release_at.astimezone(ZONE)
    return release_at == second_tuesday(local.year, local.month)


def wall_days_left(release_at: datetime, now: datetime) -> int:
    """Least number of wall-clock days whose window is open: 14 from 14 days before on, else 15.

    0 at and after the release.

    >>> release = second_tuesday(2026, 3)
    >>> wall_days_left(release, days_before(release, 14)), wall_days_left(release, release)
    (14, 0)
    """
    if now >= release_at:
        return 0
    days = max(0, (release_at - now).days - 1)
    while days_before(release_at, days) > now:
        days += 1
    return days
