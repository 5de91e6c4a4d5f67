"""The row of tokens of a source file: equal under formatting, and never an error."""

import ast
import importlib.util
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapp_compliance.watermark.carriers.python.source import tokens_of


def keys(data: bytes) -> list[bytes]:
    return [token.key for token in tokens_of(data)]


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("f(a, b)", "f(\n    a,\n    b,\n)  # both"),
        ("x = 'a\\n'", 'x = "a\\x0a"'),
        ("x = 255", "x = 0xFF"),
        ("x = 'ab'", "x = ('a'\n     \"b\")"),
        ("x = b'\\''", 'x = b"\'"'),
        ("if a: f()\nelif b: g()", "if a:\n\tf()\r\nelse:\r\n\tif b: g()"),
        ("def f():\n    return 1", 'def f():\n    """Text."""\n    return 1'),
        ("def f():\n    return 1", "def f():'text';return 1"),
        ("x = 1.50", "x = 1.5"),
        ("x = r'\\d'", "x = '\\\\d'"),
    ],
)
def test_what_formatting_changes_is_not_in_the_row(one, two):
    assert keys(one.encode()) == keys(two.encode())


@pytest.mark.parametrize(
    ("one", "two"),
    [("a < b", "b < a"), ("x = 'a'", "x = b'a'"), ("x = 1", "x = 1.0"), ("return", "return None")],
)
def test_what_code_says_is_in_the_row(one, two):
    assert keys(one.encode()) != keys(two.encode())


def test_styles_stand_beside_the_row():
    single, double, number, hexed = tokens_of(b"['a' 'b', \"c\", 10, 0xA]")[1:-1]
    assert (single.quote, single.pieces, double.quote, double.pieces) == (0, 2, 1, 1)
    assert (number.base, hexed.base) == (0, 1)


@pytest.mark.parametrize("name", ["shlex", "textwrap", "getopt", "netrc", "quopri", "gzip"])
def test_a_syntax_tree_round_trip_keeps_the_row_of_real_code(name):
    data = Path(importlib.util.find_spec(name).origin).read_bytes()
    one, two = keys(data), keys(ast.unparse(ast.parse(data)).encode())
    same = sum(1 for key in set(one) if one.count(key) == two.count(key))
    assert same >= 0.97 * len(set(one))


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.one_of(st.binary(max_size=300), st.text(alphabet="'\"\\#ab(){}\n0xuN.e", max_size=200)))
def test_any_bytes_give_a_row(data):
    found = tokens_of(data if isinstance(data, bytes) else data.encode())
    assert all(token.key and not token.dropped for token in found)
