"""What counts as the same meaning and the same code, and what does not."""

import pytest

from mapp_compliance.watermark.carriers.python.proof import (
    Unparsed,
    same_but_for_order,
    same_code,
    same_meaning,
)


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("x = 'a'", 'x = "a"'),
        ("x = 16", "x = 0x10"),
        ("f(x == 1)", "f(1 == x)"),
        ("f(a < b)", "f(b > a)"),
        ("f(x not in y)", "f(not x in y)"),
        ("if a: f()\nelse: g()", "if not a: g()\nelse: f()"),
        ("if a is b: f()\nelse: g()", "if a is not b: g()\nelse: f()"),
        ("x = a if b else c", "x = c if not b else a"),
        ("def f(): return", "def f(): return None"),
    ],
)
def test_declared_forms_mean_the_same(one, two):
    assert same_meaning(one.encode(), two.encode())


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("x = 'a'", "x = 'b'"),
        ("x = 'a'", "x = b'a'"),
        ("x = 1", "x = 1.0"),
        ("f(x == 1)", "f(x != 1)"),
        ("f(a < b)", "f(b < a)"),
        ("f(a < b)", "f(a <= b)"),
        ("f(a in b)", "f(b in a)"),
        ("if a: f()\nelse: g()", "if a: g()\nelse: f()"),
        ("if a: f()\nelse: g()", "if not a: f()\nelse: g()"),
        ("if not a: f()", "if a: f()"),
        ("def f(): return", "def f(): return 0"),
        ("f(a - 1)", "f(1 - a)"),
    ],
)
def test_anything_else_does_not(one, two):
    assert not same_meaning(one.encode(), two.encode())


def test_code_is_compared_down_into_functions_but_not_by_lines():
    assert same_code(b"def f():\n    return 'ab'\n", b"\n\ndef f():\n\n    return 'a' 'b'\n")
    assert not same_code(b"def f():\n    return 'ab'\n", b"def f():\n    return 'ac'\n")
    assert not same_code(b"x = 1\n", b"x = True\n")
    assert not same_code(b"x = 0.0\n", b"x = -0.0\n")


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("f(a=1, b=2)\n", "f(b=2, a=1)\n"),
        ("x = {'a': 1, 'b': 2}\n", "x = {'b': 2, 'a': 1}\n"),
        ("def f(): pass\ndef g(): return\n", "def g(): return\ndef f(): pass\n"),
    ],
)
def test_orders_are_undone_only_where_asked(one, two):
    assert same_but_for_order(one.encode(), two.encode())
    assert not same_meaning(one.encode(), two.encode())


def test_an_order_that_counts_is_not_undone():
    assert not same_but_for_order(b"f(a=1)\n", b"f(a=1, b=2)\n")
    assert not same_but_for_order(b"x = [1, 2]\n", b"x = [2, 1]\n")
    assert not same_but_for_order(b"f()\ng()\n", b"g()\nf()\n")


def test_what_does_not_parse_says_its_line():
    with pytest.raises(Unparsed, match="line 2"):
        same_meaning(b"x = 1\n", b"x = 1\ny = (\n")
