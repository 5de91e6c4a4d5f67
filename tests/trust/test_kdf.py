import hmac
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapp_compliance.trust import Malformed, UnusableKey, derive
from tests.trust.noise import seeded

KEY = bytes(range(32))
GOLDEN = "af1b516eafcb9947082be8a12c21099782ceba410ec619e8992bd97b525c8b0c"
calls = st.tuples(st.text(max_size=3), st.lists(st.binary(max_size=3), max_size=3))


def test_the_derivation_is_hkdf_sha256_over_label_and_context_with_their_lengths() -> None:
    def sized(field: bytes) -> bytes:
        return len(field).to_bytes(8, "big") + field

    info = b"mapp/kdf/v1\0" + (32).to_bytes(8, "big") + sized(b"pad") + sized(b"a") + sized(b"")
    extracted = hmac.digest(bytes(32), KEY, sha256)

    assert derive(KEY, "pad", b"a", b"") == hmac.digest(extracted, info + b"\x01", sha256)


def test_the_derived_bytes_stay_the_same_for_ever() -> None:
    assert derive(KEY, "golden", b"x").hex() == GOLDEN


@seeded
@given(calls, calls)
def test_calls_that_differ_share_no_bytes(
    one: tuple[str, list[bytes]], two: tuple[str, list[bytes]]
) -> None:
    same = derive(KEY, one[0], *one[1]) == derive(KEY, two[0], *two[1])
    assert same == (one == two)


def test_a_longer_result_does_not_start_with_the_shorter() -> None:
    assert not derive(KEY, "a", size_bytes=64).startswith(derive(KEY, "a", size_bytes=32))


@pytest.mark.parametrize("size_bytes", [1, 32, 33, 8160])
def test_the_result_has_the_size_asked_for(size_bytes: int) -> None:
    assert len(derive(KEY, "a", size_bytes=size_bytes)) == size_bytes


@pytest.mark.parametrize("size_bytes", [0, -1, 8161])
def test_a_size_out_of_range_is_refused(size_bytes: int) -> None:
    with pytest.raises(Malformed):
        derive(KEY, "a", size_bytes=size_bytes)


def test_a_short_key_is_refused() -> None:
    with pytest.raises(UnusableKey, match="32"):
        derive(bytes(31), "a")
