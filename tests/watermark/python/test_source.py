"""The row of tokens of a source file: equal under formatting, and never an error."""

import ast
import importlib.util
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapp_compliance.watermark.carriers.python.source import remarks_of, tokens_of


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
    single, double, number, hexed = tokens_of(b'[\'a\' r"b", "c", 10, 0xA]')[1:-1]
    assert [(piece.quote, piece.raw) for piece in single.glued] == [(0, 0), (1, 1)]
    assert [piece.quote for piece in double.glued] == [1]
    assert (number.base, hexed.base) == (0, 1)


def test_a_pair_of_parentheses_is_noted_where_it_begins():
    row = tokens_of(b"x = (a == b) and f((c)) or (d")
    assert {token.key: token.pairs for token in row if token.pairs} == {b"a": (3,), b"c": (1,)}


def test_words_of_comments_are_a_row_of_their_own():
    text = b"f('# no')  # Not so, X.\n# it's\n"
    row = [(word.key, word.capital, word.stop) for word in remarks_of(text)]
    assert row == [
        (b"# not", 1, None),
        (b"# so", 0, None),
        (b"# x", 1, 1),
        (b"# it's", 0, 0),
    ]


@pytest.mark.parametrize("text", [b"(" * 50000 + b"x" + b")" * 50000, b"'a' " * 50000])
def test_deep_nesting_and_long_chains_take_no_long_time_and_little_room(text):
    found = tokens_of(text)
    assert len(found) <= 1
    assert all(len(token.key) < 10**6 and len(token.pairs) < 99 for token in found)


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
