"""When a sample was seen."""

from dataclasses import replace
from datetime import timedelta

from mapp_compliance.attribution import IntakeNote, Sample, Visibility
from mapp_compliance.values import Digest, SampleId, Window, instant

AT = instant("2026-11-10T12:00:00Z")
HOUR = timedelta(hours=1)
SAMPLE = Sample(SampleId("S-1"), Digest("0" * 64), (), AT, AT, 0)


def test_without_a_posting_it_was_seen_when_it_was_observed() -> None:
    assert SAMPLE.seen == Window(AT, AT)


def test_a_posting_before_the_observation_is_taken_as_it_is() -> None:
    posted = Window(AT - 2 * HOUR, AT - HOUR)
    assert replace(SAMPLE, posted=posted).seen == posted


def test_what_was_observed_was_out_by_then() -> None:
    posted = Window(AT - HOUR, AT + HOUR)
    assert replace(SAMPLE, posted=posted).seen == Window(AT - HOUR, AT)


def note(hours: int, visibility: Visibility = Visibility.CLOSED, **posted: int) -> IntakeNote:
    """A report observed that many hours before AT, told at AT plus as many."""
    window = Window(AT - posted["start"] * HOUR, AT - posted["end"] * HOUR) if posted else None
    return IntakeNote(window, AT - hours * HOUR, visibility, "a forum", AT + hours * HOUR, 7)


def test_the_earliest_report_says_when_it_was_out() -> None:
    sample = replace(SAMPLE, notes=(note(3, start=9, end=2), note(5)))
    assert sample.seen == Window(AT - 9 * HOUR, AT - 5 * HOUR)


def test_a_later_report_changes_nothing() -> None:
    assert replace(SAMPLE, notes=(note(-1),)).seen == SAMPLE.seen


def test_as_of_a_leaf_later_reports_are_unknown() -> None:
    first, second = note(1), replace(note(2), leaf=9)
    sample = replace(SAMPLE, notes=(first, second))
    assert sample.as_of(9).notes == (first,)
    assert sample.as_of(7) == SAMPLE


def test_it_was_public_by_the_earliest_report_of_a_public_place() -> None:
    closed = replace(SAMPLE, visibility=Visibility.CLOSED)
    assert closed.public_by is None
    assert SAMPLE.public_by == AT
    noted = replace(closed, notes=(note(1, Visibility.PUBLIC), note(2)))
    assert noted.public_by == AT - HOUR
