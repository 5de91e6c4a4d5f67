import json
from pathlib import Path
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapp_compliance.errors import MappError
from mapp_compliance.trust import Malformed, base64_text, canonical, parse_base64, parse_canonical
from tests.trust.noise import noise, seeded

values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def test_the_examples_of_rfc_8785_come_out_byte_for_byte(vectors: Path) -> None:
    for example in json.loads((vectors / "rfc8785.json").read_text()):
        assert canonical(example["value"]) == example["canonical"].encode()


@seeded
@given(values)
def test_parsing_canonical_bytes_gives_the_value_back(value: object) -> None:
    assert parse_canonical(canonical(value)) == value  # type: ignore[arg-type]  # any JSON value


@seeded
@given(values)
def test_another_json_writer_reads_the_same_value(value: object) -> None:
    assert json.loads(canonical(value)) == value  # type: ignore[arg-type]  # any JSON value


@seeded
@given(values)
def test_a_value_held_in_other_types_has_the_same_bytes(value: object) -> None:
    assert canonical(veiled(value)) == canonical(value)  # type: ignore[arg-type]  # any JSON value


def veiled(value: object) -> object:
    """The same value in mappings that are no dicts, which take the long way."""
    if isinstance(value, dict):
        return MappingProxyType({key: veiled(item) for key, item in value.items()})
    return [veiled(item) for item in value] if isinstance(value, list) else value


@seeded
@given(noise(b'{"a":[1,null,true,"x"],"b":{"c":-1}}', b'{"a":"\\u001f"}'))
def test_noise_is_refused_or_is_its_own_canonical_form(data: bytes) -> None:
    try:
        value = parse_canonical(data)
    except MappError:
        return
    assert canonical(value) == data


@pytest.mark.parametrize(
    "spelling",
    [
        b'{"b":1,"a":2}',
        b'{"a":1,"a":1}',
        b'{"a": 1}',
        b'{"a":1}\n',
        b'"\\u0041"',
        b'"\\/"',
        b"-0",
        b"1.0",
        b"1e2",
        b"NaN",
        b"9007199254740992",
        b"1" * 5000,
        b"[" * 100_000,
        b"[" * 65 + b"]" * 65,
        b'"\\ud800"',
        b"\xef\xbb\xbf1",
        b"\xff",
        b"",
    ],
)
def test_any_other_spelling_is_refused(spelling: bytes) -> None:
    with pytest.raises(Malformed):
        parse_canonical(spelling)


@pytest.mark.parametrize(
    "value",
    [1.5, 2**53, -(2**53), b"bytes", {1: 2}, {"a": {1, 2}}, "\ud800", {"\udfff": 1}, [[1.0]]],
)
def test_values_without_canonical_form_are_refused(value: object) -> None:
    with pytest.raises(Malformed):
        canonical(value)  # type: ignore[arg-type]  # the wrong types are the point


def test_a_value_that_holds_itself_is_refused() -> None:
    circle: list[object] = []
    circle.append(circle)
    with pytest.raises(Malformed, match="flatter"):
        canonical(circle)  # type: ignore[arg-type]  # as above


@seeded
@given(st.binary())
def test_base64_goes_both_ways(data: bytes) -> None:
    assert parse_base64(base64_text(data)) == data


@pytest.mark.parametrize(
    "text", ["YQ", "YQ=", "YR==", "Y Q==", "YQ==\n", "YQ-_", "é", "=", "YQ==YQ=="]
)
def test_any_other_base64_spelling_is_refused(text: str) -> None:
    with pytest.raises(Malformed):
        parse_base64(text)
