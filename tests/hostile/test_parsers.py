"""A parser of outside bytes gives a value or our error, whatever comes."""

import contextlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mapp_compliance.errors import MappError
from tests.hostile.parsers import PARSERS
from tests.trust.noise import noise

TEETH = st.sampled_from(
    [
        b"\x00",
        b"\xff\xfe",
        b"\xed\xa0\x80",  # half a surrogate pair
        b"9" * 5_000,  # more digits than Python reads
        b"1e999",
        b"-1",
        b"[" * 2_000,
        b"{" * 2_000,
        b"(" * 300,
        b"\\" * 50,
        b"\r\n" * 20,
        b"\xe2\x80\xae\x1b[31m",
        b"NaN",
        b"A" * 70_000,
    ]
)


@st.composite
def bitten(draw: st.DrawFn, seeds: tuple[bytes, ...]) -> bytes:
    """A true record with something rough put into it, cut, doubled or in another order."""
    record = draw(st.sampled_from(seeds))
    first, last = sorted((draw(st.integers(0, len(record))), draw(st.integers(0, len(record)))))
    way = draw(st.sampled_from(["put", "cut", "double", "swap"]))
    if way == "cut":
        return record[first:last]
    if way == "double":
        return record[:last] + record[first:]
    if way == "swap":
        return record[first:last] + record[:first] + record[last:]
    return record[:first] + draw(TEETH) + record[last:]


@pytest.mark.parametrize("name", sorted(PARSERS))
def test_every_parser_reads_its_own_records(name: str) -> None:
    read = 0
    for seed in PARSERS[name].seeds:
        with contextlib.suppress(MappError):
            PARSERS[name].call(seed)
            read += 1
    assert read > 0, "a seed that is refused at the door fuzzes only the door"


@pytest.mark.parametrize("name", sorted(PARSERS))
@settings(max_examples=80, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data())
def test_whatever_comes_ends_in_a_value_or_our_error(name: str, data: st.DataObject) -> None:
    parser = PARSERS[name]
    given_bytes = data.draw(st.one_of(noise(*parser.seeds), bitten(parser.seeds)))
    with contextlib.suppress(MappError):
        parser.call(given_bytes)
