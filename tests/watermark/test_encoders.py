import ast
import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapp_compliance.errors import InvalidInput
from mapp_compliance.watermark.carriers.points import FILTERS, decode, encode

any_bytes = st.binary(max_size=40)


@settings(derandomize=True)
@given(any_bytes)
def test_python_literals_mean_the_value(value):
    assert ast.literal_eval(encode("pybytes", value).decode()) == value
    assert ast.literal_eval(encode("pylist", value).decode()) == list(value)
    text = ast.literal_eval(encode("pystr", value).decode())
    assert text.encode("utf-8", "surrogateescape") == value


@settings(derandomize=True)
@given(any_bytes)
def test_hex_and_script_literals_mean_the_value(value):
    assert bytes.fromhex(encode("hex", value).decode()) == value
    assert bytes.fromhex(encode("chex", value).decode().replace("\\x", "")) == value
    assert ast.literal_eval(encode("jsarray", value).decode()) == list(value)
    assert json.loads(encode("jsstr", value)).encode("utf-8", "surrogateescape") == value
    inner = encode("cstr", value)[1:-1].replace(b"\\?", b"?").decode("ascii")
    assert ast.literal_eval(f'b"{inner}"') == value


def quoted_by_bash(text):
    """What bash makes of one quoted word: plain, or with octal escapes."""
    if text.startswith(b"$"):
        octal = re.compile(rb"\\([0-7]{3})")
        return octal.sub(lambda found: bytes([int(found[1], 8)]), text[2:-1])
    return text[1:-1]


def quoted_by_powershell(text):
    """What PowerShell makes of one string, with calls of [char] in double quotes."""
    if text.startswith(b'"'):
        call = re.compile(rb"\$\(\[char\]([0-9]+)\)")
        return call.sub(lambda found: bytes([int(found[1])]), text[1:-1])
    return text[1:-1].replace(b"''", b"'")


@settings(derandomize=True)
@given(any_bytes)
def test_shell_literals_mean_the_value(value):
    assert quoted_by_bash(encode("shstr", value)) == value
    assert quoted_by_powershell(encode("psstr", value)) == value


@settings(derandomize=True)
@given(st.binary(min_size=1, max_size=40), st.sampled_from(sorted(FILTERS)))
def test_what_is_decoded_is_written_the_same_again(value, name):
    text = encode(name, value)
    found = decode(name, text)
    assert found is None or encode(name, found) == text


@pytest.mark.parametrize("name", FILTERS)
def test_plain_letters_come_back_from_every_encoder(name):
    assert decode(name, encode(name, b"Abc123")) == b"Abc123"


@given(st.binary(max_size=60), st.sampled_from(sorted(FILTERS)))
def test_noise_is_no_value_of_an_encoder_or_is_written_so(noise, name):
    found = decode(name, noise)
    assert found is None or encode(name, found) == noise


def test_arrays_are_written_as_each_language_has_them():
    assert encode("carray", b"AB") == b"{0x41, 0x42}"
    assert encode("psbytes", b"AB") == b"[byte[]](0x41, 0x42)"


def test_a_list_is_written_by_list_encoders_only():
    assert encode("jsarray", (b"a", b'b"')) == b'["a", "b\\""]'
    with pytest.raises(InvalidInput, match="another filter"):
        encode("hex", (b"a", b"b"))
    with pytest.raises(InvalidInput, match="pylist"):
        encode("raw", (b"a", b"b"))


def test_an_unknown_encoder_is_refused():
    with pytest.raises(InvalidInput):
        encode("rot13", b"a")


@pytest.mark.parametrize("name", FILTERS)
def test_every_filter_writes_every_value(name):
    assert encode(name, bytes(range(256)))
    assert isinstance(encode(name, b""), bytes)
