import ast
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapp_compliance.errors import InvalidInput
from mapp_compliance.watermark.carriers.points import FILTERS, encode

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
