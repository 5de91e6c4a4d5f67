"""The pictures of reports."""

import re
from dataclasses import replace
from datetime import timedelta
from xml.etree import ElementTree

import matplotlib as mpl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapp_compliance.adapters.render.charts import (
    BLUE,
    GREEN,
    INK,
    RED,
    Bar,
    access_picture,
    draw,
    score_picture,
)
from mapp_compliance.values import HOUR, Window
from tests.audit.examples import ISSUED, NOW, RELEASE, case_report

MOST_BYTES = 60_000
SEEN = Window(NOW - 3 * HOUR, NOW)


def bars(count: int) -> list[Bar]:
    return [
        Bar(f"c-{number:08x}", ISSUED + number * HOUR, ISSUED + (number + 5) * HOUR)
        for number in range(count)
    ]


def luminance(colour: str) -> float:
    """Relative luminance of WCAG 2.2."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def some_score() -> bytes:
    curve = [float(at) for at in range(60)]
    return score_picture(curve, [-at / 6 for at in curve], 55.0, [3.0, 8.0], -5.1)


def test_the_same_data_give_the_same_bytes() -> None:
    assert some_score() == some_score()
    assert access_picture(bars(9), SEEN, RELEASE) == access_picture(bars(9), SEEN, RELEASE)


def test_a_users_own_style_changes_nothing() -> None:
    before = some_score()
    with mpl.rc_context({"font.size": 30, "axes.facecolor": "red", "svg.fonttype": "none"}):
        assert some_score() == before


def test_drawing_leaves_the_librarys_settings_alone() -> None:
    with mpl.rc_context({"font.size": 30}):
        some_score()
        assert mpl.rcParams["font.size"] == 30


@pytest.mark.parametrize("count", [1, 2, 24, 25, 1000])
def test_any_number_of_copies_gives_a_small_well_formed_picture(count: int) -> None:
    picture = access_picture(bars(count), SEEN, RELEASE)
    ElementTree.fromstring(picture)
    assert len(picture) < MOST_BYTES


def test_the_score_picture_is_small_and_well_formed() -> None:
    ElementTree.fromstring(some_score())
    assert len(some_score()) < MOST_BYTES


def test_pictures_hold_no_date_script_or_outside_reference() -> None:
    for picture in (some_score(), access_picture(bars(3), SEEN, RELEASE)):
        text = picture.decode()
        assert "<script" not in text
        assert "dc:date" not in text
        assert all(one.startswith("#") for one in re.findall(r'href="([^"]*)"', text))


@pytest.mark.parametrize("colour", [INK, BLUE, RED, GREEN])
def test_colours_can_be_read_on_white_and_on_black(colour: str) -> None:
    assert (1.05) / (luminance(colour) + 0.05) >= 4.5
    assert (luminance(colour) + 0.05) / 0.05 >= 4.5


@settings(max_examples=15, derandomize=True, deadline=None)
@given(st.text(max_size=30))
def test_hostile_labels_draw_without_a_warning(label: str) -> None:
    ElementTree.fromstring(access_picture([replace(bars(1)[0], label=label)], None, None))


@settings(max_examples=25, derandomize=True, deadline=None)
@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=5), st.integers(0, 10**6))
def test_any_span_of_time_can_be_drawn(minutes: list[int], seen: int) -> None:
    rows = [Bar("c", ISSUED + timedelta(minutes=one), None) for one in minutes]
    at = ISSUED + timedelta(minutes=seen)
    ElementTree.fromstring(access_picture(rows, Window(at, at), None))


def test_a_score_beyond_the_curve_is_drawn_at_the_floor() -> None:
    ElementTree.fromstring(score_picture([0.0, 1.0], [0.0, -2.0], 9.0, [], -6.0))


def test_a_score_far_below_the_floor_is_drawn_at_the_floor() -> None:
    deep = score_picture([0.0, 1.0], [0.0, -300.0], 1.0, [], -6.0)
    deeper = score_picture([0.0, 1.0], [0.0, -900.0], 1.0, [], -6.0)
    ElementTree.fromstring(deep)
    assert deep.count(b"<path") == deeper.count(b"<path")


def test_the_data_of_a_report_can_be_drawn() -> None:
    document = case_report().document()
    assert draw("score", document["score_picture"]).startswith(b"<?xml")  # type: ignore[arg-type]  # plain data
    assert draw("access", document["access"]["picture"]).startswith(b"<?xml")  # type: ignore[call-overload,index]  # plain data
