from hashlib import blake2b

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapp_compliance.values import InstanceId
from mapp_compliance.watermark import sites
from mapp_compliance.watermark.codes import (
    OTHER,
    SCALE,
    CodeError,
    codeword,
    letters,
    match_numerator,
    pad,
)

KEY = bytes(range(32))
COPY = InstanceId("copy-1")


def test_units_are_those_of_the_site_map() -> None:
    assert (SCALE, OTHER) == (sites.SCALE, sites.OTHER)


def test_a_code_symbol_is_the_stated_comparison() -> None:
    instance_key = blake2b(b"copy-1", key=KEY, person=b"mapp/instance/1", digest_size=32).digest()
    drawn = blake2b(b"n/0", key=instance_key, person=b"mapp/symbol/1", digest_size=16).digest()
    number = int.from_bytes(drawn[:4], "little")
    assert codeword(KEY, COPY, ["n/0"], [number], [2]) == (0,)
    assert codeword(KEY, COPY, ["n/0"], [number + 1], [2]) == (1,)


@given(st.integers(2, 2**256))
def test_the_match_chance_is_never_understated(space: int) -> None:
    most_draws = -(-(2**512) // space)
    assert match_numerator(space) * 2**480 >= most_draws


@pytest.mark.parametrize("bits", [1, 8, 16, 32])
def test_the_match_chance_is_exact_for_powers_of_two(bits: int) -> None:
    assert match_numerator(2**bits) == 2 ** (32 - bits)


def test_pads_are_about_as_often_zero_as_one() -> None:
    # 10,000 fair pads: outside 4,700 to 5,300 with chance 2e-9.
    assert 4_700 < sum(pad(KEY, f"site/{i}") for i in range(10_000)) < 5_300


@given(st.text(min_size=1), st.binary(min_size=2, max_size=64))
def test_letters_are_two_different_allowed_ones(site: str, charset: bytes) -> None:
    if len(set(charset)) > 1:
        first, second = letters(KEY, site, charset)
        assert first != second
        assert {first, second} <= set(charset)
        assert letters(KEY, site, bytes(reversed(charset))) == (first, second)


def test_all_ordered_pairs_of_letters_come_up() -> None:
    # 20 pairs in 2,000 sites: one missing has chance 20 * .95^2000, below 1e-40.
    assert len({letters(KEY, f"site/{i}", b"abcde") for i in range(2_000)}) == 20


def test_a_charset_of_one_letter_is_refused() -> None:
    with pytest.raises(CodeError, match="widen its charset"):
        letters(KEY, "site/0", b"aaa")


@pytest.mark.parametrize("size", [0, 31, 65])
def test_a_key_of_the_wrong_size_is_refused(size: int) -> None:
    with pytest.raises(CodeError, match="32 to 64"):
        pad(bytes(size), "site/0")
    with pytest.raises(CodeError, match="32 to 64"):
        codeword(bytes(size), COPY, ["n/0"], [SCALE // 2], [2])
