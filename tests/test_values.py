"""Words that all rooms share."""

import unicodedata
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapp_compliance.errors import InvalidInput, MappError
from mapp_compliance.values import (
    Digest,
    Window,
    checked_id,
    instant,
    instant_text,
    shown,
    window,
)
from tests.conformance.strategies import digests, ids, instants, seeded

NOON = datetime(2026, 11, 10, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
zones = st.integers(-23, 23).map(lambda hours: timezone(timedelta(hours=hours)))


@seeded
@given(text=ids)
def test_every_id_is_its_own_check(text: str) -> None:
    assert checked_id(text, "id") == text


@pytest.mark.parametrize(
    "text", ["", "a" * 65, ".a", "-a", "_a", "a b", "a/b", "a\n", "ä", "a\0", "..", "\u202ea"]
)
def test_what_is_no_id_is_refused_and_shown_without_harm(text: str) -> None:
    with pytest.raises(InvalidInput, match="partner id") as told:
        checked_id(text, "partner id")
    assert shown(told.value.message) == told.value.message


@seeded
@given(digest=digests)
def test_a_digest_goes_to_bytes_and_back(digest: Digest) -> None:
    assert Digest(digest.raw.hex()) == digest
    assert str(digest) == digest.hex


@pytest.mark.parametrize("text", ["", "0" * 63, "0" * 65, "A" * 64, "g" * 64, "0" * 64 + "\n"])
def test_what_is_no_digest_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="64 hex digits"):
        Digest(text)


def test_digests_sort_by_their_digits() -> None:
    assert sorted([Digest("1" * 64), Digest("0" * 64)])[0] == Digest("0" * 64)


@seeded
@given(moment=instants)
def test_an_instant_comes_back_from_its_text(moment: datetime) -> None:
    assert instant(instant_text(moment)) == moment
    assert instant_text(moment).endswith("Z")


@seeded
@given(moment=instants, zone=zones)
def test_an_instant_is_the_same_whatever_its_zone(moment: datetime, zone: timezone) -> None:
    with suppress(OverflowError):
        assert instant_text(moment.astimezone(zone)) == instant_text(moment)
        assert instant(moment.astimezone(zone).isoformat()) == moment


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("2026-11-10T12:00:00", "has no zone"),
        ("2026-11-10", "has no zone"),
        ("2026-13-10T12:00:00Z", "is not a time"),
        ("noon", "is not a time"),
        ("", "is not a time"),
        ("0001-01-01T00:00:00+01:00", "outside the calendar"),
        ("9999-12-31T23:59:59-01:00", "outside the calendar"),
    ],
)
def test_what_is_no_instant_is_refused(text: str, says: str) -> None:
    with pytest.raises(InvalidInput, match=says):
        instant(text)


@pytest.mark.parametrize("text", ["2026-12-05", "20261205", " 2026-12-05T08:30", "2026-W49-6"])
def test_what_is_proposed_for_a_time_without_zone_is_a_time(text: str) -> None:
    with pytest.raises(InvalidInput, match="has no zone") as told:
        instant(text)
    assert instant(told.value.message.rpartition(" ")[2]).date().isoformat() == "2026-12-05"


@pytest.mark.parametrize("sign", ["\x1b", "\u202e", "\n", "\x00"])
def test_a_time_with_a_hidden_sign_is_shown_without_harm(sign: str) -> None:
    with pytest.raises(InvalidInput) as told:
        instant(f"2026-11-10{sign}12:00:00")
    assert shown(told.value.message) == told.value.message


def test_a_time_without_zone_never_becomes_text() -> None:
    with pytest.raises(InvalidInput, match="aware UTC"):
        instant_text(NOON.replace(tzinfo=None))


@seeded
@given(text=st.text() | st.text("0123456789-:TZ+./ ", max_size=40))
def test_noise_gives_an_instant_and_a_window_or_our_error(text: str) -> None:
    with suppress(MappError):
        assert instant(text).tzinfo is UTC
    with suppress(MappError):
        assert window(text).start <= window(text).end


def test_a_window_comes_from_one_time_or_from_two() -> None:
    assert window("2026-11-10T12:00:00Z") == Window(NOON, NOON)
    assert window("2026-11-10T12:00:00Z/2026-11-10T13:00:00Z") == Window(NOON, NOON + HOUR)


@seeded
@given(start=instants, end=instants)
def test_a_window_comes_back_from_its_text(start: datetime, end: datetime) -> None:
    made = Window(min(start, end), max(start, end))
    assert window(made.text()) == made


@pytest.mark.parametrize("text", ["", "a/b", "2026-11-10T13:00:00Z/2026-11-10T12:00:00Z", "/"])
def test_what_is_no_window_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        window(text)


@pytest.mark.parametrize(
    ("moment", "after", "before"),
    [
        (NOON - HOUR, True, False),
        (NOON, False, False),
        (NOON + HOUR, False, False),
        (NOON + 2 * HOUR, False, True),
    ],
)
def test_an_instant_at_the_edge_of_a_window_is_neither_surely_before_nor_after(
    moment: datetime, after: bool, before: bool
) -> None:
    seen = Window(NOON, NOON + HOUR)
    assert (seen.surely_after(moment), seen.surely_before(moment)) == (after, before)


@seeded
@given(text=st.text(st.characters()))
def test_what_is_shown_holds_nothing_that_hides(text: str) -> None:
    hidden = {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert not any(unicodedata.category(sign) in hidden for sign in shown(text))
    assert shown(shown(text)) == shown(text)


@seeded
@given(text=st.text(st.characters(categories=["L", "N", "P", "Zs"])))
def test_plain_text_is_shown_as_it_is(text: str) -> None:
    assert shown(text) == text
