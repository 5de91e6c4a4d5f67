"""How values are written and read back, and tag values as numbers."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapp_compliance.watermark.carriers.points import FILTERS, RAW, encode
from mapp_compliance.watermark.reading.written import (
    forms,
    tag_index,
    texts_at,
    texts_before,
    unwrapped,
    wrapper,
)
from mapp_compliance.watermark.sites import LaidOutFile, Layout, Point, PointKind, Slot

NONCE = Point("nonce", PointKind.NONCE, length=4, charset=bytes(range(256)))
PORT = Point("port", PointKind.INTEGER, low=-5, high=39999)
NAME = Point("name", PointKind.NAME, length=4, charset=b"abc", prefix=b"x_")
START = Point("start", PointKind.TIMESTAMP, low=0, high=10**9, form="%Y%m%d %H:%M:%S")


@given(st.integers(-5, 39999), st.binary(max_size=5))
def test_an_integer_is_read_from_both_sides(number, around):
    text = b"%d" % number
    data = around + b"=" + text + b";" + around
    start = len(around) + 1
    assert list(texts_at(PORT, RAW, data, start)) == [(len(text), text)]
    assert list(texts_before(PORT, RAW, data, start + len(text))) == [(len(text), text)]
    assert tag_index(PORT, text) == number + 5


def test_integers_outside_the_range_are_no_value():
    assert tag_index(PORT, b"40000") is None
    assert tag_index(PORT, b"-6") is None
    assert tag_index(PORT, b"0x9C3F") == 40004


def test_a_name_counts_its_letters_with_the_first_most_significant():
    assert tag_index(NAME, b"x_aaaa") == 0
    assert tag_index(NAME, b"x_aaac") == 2
    assert tag_index(NAME, b"x_baaa") == 27
    assert tag_index(NAME, b"x_aaad") is None
    assert tag_index(NAME, b"aaaa") is None


def test_a_timestamp_is_read_only_as_it_would_be_written():
    assert tag_index(START, b"19700102 00:00:01") == 86401
    assert tag_index(START, b"19700102 0:00:01") is None
    assert tag_index(START, b"19700132 00:00:01") is None
    assert tag_index(START, b"20700102 00:00:01") is None


@pytest.mark.parametrize("chain", [*FILTERS, "hex|pystr"])
@given(value=st.binary(min_size=4, max_size=4))
def test_a_value_is_read_back_as_every_encoder_writes_it(chain, value):
    text = encode(chain, value)
    found = list(texts_at(NONCE, chain, text, 0))
    assert wrapper(chain) is not None or chain == "pylist" or found == [(len(text), value)]


def test_wrappers_move_into_the_literals_around_a_slot():
    pieces = (b"a = ", Slot("one", "pystr"), Slot("two", "hex"), b"\n")
    layout = Layout((LaidOutFile("a.py", pieces),), ())
    moved = (b"a = '", Slot("one", "pystr"), b"'", Slot("two", "hex"), b"\n")
    assert unwrapped(layout).files[0].segments == moved


def test_an_escaped_value_may_stand_with_or_without_its_escapes():
    assert forms("pybytes", b"a\x00") == {b"a\x00", b"a\\x00"}
    assert forms("hex", b"a\x00") == {b"6100"}


@settings(derandomize=True)
@given(st.binary(max_size=40))
def test_any_text_is_a_number_of_the_space_or_nothing(text):
    found = (tag_index(point, text) for point in (PORT, NAME, START))
    assert all(index is None or index >= 0 for index in found)
