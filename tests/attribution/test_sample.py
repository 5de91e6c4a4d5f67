"""When a sample was seen."""

from dataclasses import replace
from datetime import timedelta

from mapp_compliance.attribution import Sample
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
