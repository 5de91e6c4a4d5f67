"""Reports of use, publication or similarity."""

from datetime import datetime, timedelta

import pytest

from mapp_compliance.advisories import Grade, Sighting, SightingKind, check_sighting
from mapp_compliance.advisories.sighting import MOST_TEXT
from mapp_compliance.errors import InvalidInput
from mapp_compliance.values import AdvisoryId, SightingId, Window, instant

AT = instant("2026-11-10T12:00:00Z")
HOUR = timedelta(hours=1)


def sighting(grade: Grade = Grade.B, credibility: int = 2, hours: int = 1) -> Sighting:
    return Sighting(
        SightingId("X-1"),
        AdvisoryId("A1"),
        SightingKind.EXPLOITED,
        Window(AT, AT + hours * HOUR),
        AT + HOUR,
        grade,
        credibility,
        "",
        AT + HOUR,
    )


def test_what_was_observed_had_happened_by_then() -> None:
    assert sighting(hours=9).seen == Window(AT, AT + HOUR)
    assert sighting(hours=0).seen == Window(AT, AT)


@pytest.mark.parametrize(
    ("grade", "credibility", "confirmed", "doubted"),
    [
        (Grade.A, 1, True, False),
        (Grade.C, 3, True, False),
        (Grade.C, 4, False, True),
        (Grade.D, 1, False, True),
        (Grade.A, 5, False, True),
        (Grade.F, 6, False, False),
        (Grade.F, 1, False, False),
        (Grade.A, 6, False, False),
    ],
)
def test_a_report_is_confirmed_doubted_or_open(
    grade: Grade, credibility: int, confirmed: bool, doubted: bool
) -> None:
    found = sighting(grade, credibility)
    assert (found.confirmed, found.doubted) == (confirmed, doubted)


def test_the_grade_is_written_in_two_signs() -> None:
    assert sighting().grade == "B2"


@pytest.mark.parametrize(
    ("posted", "observed", "told"),
    [
        (Window(AT, AT + 2 * HOUR), AT, "future"),
        (Window(AT - HOUR, AT), AT + 2 * HOUR, "future"),
        (Window(AT, AT), AT - HOUR, "before it was posted"),
    ],
)
def test_times_that_cannot_be_are_refused(posted: Window, observed: datetime, told: str) -> None:
    with pytest.raises(InvalidInput, match=told):
        check_sighting(posted, observed, 6, "", AT + HOUR)


@pytest.mark.parametrize(("credibility", "text"), [(0, ""), (7, ""), (1, "x" * (MOST_TEXT + 1))])
def test_grades_and_texts_have_their_range(credibility: int, text: str) -> None:
    with pytest.raises(InvalidInput):
        check_sighting(Window(AT, AT), AT, credibility, text, AT)
