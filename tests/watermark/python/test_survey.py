"""Which places of a Python file become sites, which never do, and that copies keep the meaning."""

import ast
import importlib.util
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapp_compliance.watermark.carriers.python import (
    DEFAULT,
    Family,
    Span,
    lay_out_python,
    same_meaning,
)
from mapp_compliance.watermark.carriers.python.families import SAME_CODE
from mapp_compliance.watermark.carriers.python.proof import same_code
from mapp_compliance.watermark.natural.fit import MAX_BYTES
from mapp_compliance.watermark.natural.sound import rendered

TUNING = ("shlex", "textwrap", "getopt", "netrc", "fnmatch", "quopri")


def laid(text: str, families=DEFAULT, taken=()):
    return lay_out_python("a.py", text.encode(), families, taken)


def families_of(text: str) -> list[str]:
    return sorted(point.form for point in laid(text).layout.points)


def both(text: str, family: Family) -> list[str]:
    """The file with its only form of that family as the first, then as the second."""
    layout = laid(text, {family}).layout
    (point,) = layout.points
    tree = layout.files[0].segments
    return [rendered(tree, {point.name: bit}).decode() for bit in (0, 1)]


def module(name: str) -> bytes:
    return Path(importlib.util.find_spec(name).origin).read_bytes()


@pytest.mark.parametrize(
    ("family", "first", "second"),
    [
        (Family.QUOTES, "f('x')\n", 'f("x")\n'),
        (Family.SPLIT, "f('one and another')\n", "f('one and' ' another')\n"),
        (Family.BASE, "f(4096)\n", "f(0x1000)\n"),
        (Family.RETURN, "def f():\n    return\n", "def f():\n    return None\n"),
        (Family.NEGATION, "f(x not in y)\n", "f(not x in y)\n"),
        (Family.YODA, "f(x.y(1) == -1)\n", "f(-1 == x.y(1))\n"),
        (Family.YODA, "f(x <= 2)\n", "f(2 >= x)\n"),
        (Family.IDENTITY, "f(x is not None)\n", "f(None is not x)\n"),
        (Family.COMPARE, "f(len(a) < b)\n", "f(b > len(a))\n"),
        (Family.OPERANDS, "f(a < b)\n", "f(b > a)\n"),
        (Family.COMPARE, "f(len(a) == n)\n", "f(n == len(a))\n"),
        (Family.BRANCH, "x = 1 if c else 2\n", "x = 2 if not c else 1\n"),
        (Family.PARENS, "f(a and b == c)\n", "f(a and (b == c))\n"),
        (Family.PARENS, "f(x % 2 == y)\n", "f((x % 2) == y)\n"),
        (Family.PARENS, "f(a + b * c)\n", "f(a + (b * c))\n"),
        (Family.PARENS, "f(a + 1 if c else b)\n", "f((a + 1) if c else b)\n"),
        (Family.PARENS, "f(a < b + c < d)\n", "f(a < (b + c) < d)\n"),
        (Family.PARENS, "f(not a or b)\n", "f((not a) or b)\n"),
        (Family.PARENS, "f(x for x in y if a == b)\n", "f(x for x in y if (a == b))\n"),
        (Family.PARENS, "f(a, b=c or d)\n", "f(a, b=(c or d))\n"),
        (Family.RAW, "f('a b')\n", "f(r'a b')\n"),
        (Family.RAW, "f(b'/a')\n", "f(rb'/a')\n"),
        (Family.TUPLE, "def f():\n    return a, b\n", "def f():\n    return (a, b)\n"),
        (Family.TUPLE, "def f():\n    yield a, b\n", "def f():\n    yield (a, b)\n"),
        (Family.TUPLE, "x, y = a, b\n", "x, y = (a, b)\n"),
        (Family.STOP, "\n\nf()  # so it is\n", "\n\nf()  # so it is.\n"),
        (Family.STOP, "\n\n# so it\n# is now\nf()\n", "\n\n# so it\n# is now.\nf()\n"),
        (Family.CAPITAL, "\n\nf()  # this is it\n", "\n\nf()  # This is it\n"),
        (Family.CAPITAL, "\n\n#  if so\n# then\n", "\n\n#  If so\n# then\n"),
        (
            Family.BRANCH,
            "if a and b:  # so\n    # one\n    f()\nelse:\n    g()  # two\nh()\n",
            "if not (a and b):  # so\n    g()  # two\nelse:\n    # one\n    f()\nh()\n",
        ),
        (
            Family.BRANCH,
            "if a:\n    f()\nelif b in c:\n    g()\nelse:\n    h()\n",
            "if a:\n    f()\nelif b not in c:\n    h()\nelse:\n    g()\n",
        ),
    ],
)
def test_each_family_has_two_absolute_forms(family, first, second):
    assert both(first, family) == [first, second]


@pytest.mark.parametrize(
    ("family", "first", "second"),
    [
        (Family.QUOTES, "f('x')\n", 'f("x")\n'),
        (Family.BASE, "f(4096)\n", "f(0x1000)\n"),
        (Family.RETURN, "def f():\n    return\n", "def f():\n    return None\n"),
        (Family.NEGATION, "f(x not in y)\n", "f(not x in y)\n"),
        (Family.IDENTITY, "f(x is not None)\n", "f(None is not x)\n"),
        (Family.COMPARE, "f(len(a) <= b)\n", "f(b >= len(a))\n"),
        (Family.BRANCH, "x = 1 if c else 2\n", "x = 2 if not c else 1\n"),
        (Family.PARENS, "f(a or b == c)\n", "f(a or (b == c))\n"),
        (Family.RAW, "f('a b')\n", "f(r'a b')\n"),
        (Family.TUPLE, "x = a, b\n", "x = (a, b)\n"),
        (Family.STOP, "\n\n# So it is\n", "\n\n# So it is.\n"),
        (Family.CAPITAL, "\n\n# this is it\n", "\n\n# This is it\n"),
    ],
)
def test_a_form_is_absolute_whatever_the_author_wrote(family, first, second):
    assert both(second, family) == [first, second]


@pytest.mark.parametrize(
    ("family", "first", "second"),
    [
        (Family.KEYWORDS, "f(1, a=2, b=c)\n", "f(1, b=c, a=2)\n"),
        (
            Family.ENTRIES,
            "x = {\n    'a': 1,\n    'b': y,\n}\n",
            "x = {\n    'b': y,\n    'a': 1,\n}\n",
        ),
        (
            Family.DEFINITIONS,
            "def f(x):\n    return 1\n\ndef g():\n    return f\n",
            "def g():\n    return f\n\ndef f(x):\n    return 1\n",
        ),
    ],
)
def test_orders_have_two_absolute_forms_where_they_are_asked_for(family, first, second):
    assert both(first, family) == [first, second]
    assert both(second, family) == [first, second]
    assert family not in DEFAULT


@pytest.mark.parametrize(
    ("family", "text"),
    [
        (Family.KEYWORDS, "f(a=g(), b=h())\n"),
        (Family.KEYWORDS, "f(a=1, **b)\n"),
        (Family.ENTRIES, "x = {'a': f(), 'b': g()}\n"),
        (Family.ENTRIES, "x = {'a': 1, 'a': 2}\n"),
        (Family.ENTRIES, "x = {'a': 1, \"a\": 2}\n"),
        (Family.ENTRIES, "x = {1: 1, 0x1: 2}\n"),
        (Family.ENTRIES, "class A:\n    __slots__ = {'a': 1, 'b': 2}\n"),
        (Family.DEFINITIONS, "def f():\n    return 1\n\ndef g(x=f):\n    return 2\n"),
        (Family.DEFINITIONS, "def f():\n    return 1\n\n# of g\ndef g():\n    return 2\n"),
        (Family.DEFINITIONS, "@x\ndef f():\n    return 1\n\ndef g():\n    return 2\n"),
        (Family.DEFINITIONS, "def f():\n    return 1\n\ndef f():\n    return 2\n"),
    ],
)
def test_orders_that_may_count_are_left_alone(family, text):
    assert laid(text, {family}).layout.points == ()


@pytest.mark.parametrize(
    "text",
    [
        '"""Text."""\n',
        'def f():\n    "text"\n',
        "f(f'{a}{b!r}')\n",
        "f(f'{x[1234]:>{16}}')\n",
        "f('it\\'s', '\"', r'\\d', '''x''')\n",
        "f(7, 0o17, 1_000, 012.5, 10.5)\n",
        "x = 10if y else 3\n",
        "x = a == b\n",
        "x = a < f()\n",
        "x = a < b\n",
        "x = a == 1.5\n",
        "x = a == True\n",
        "x = a < b < c\n",
        "x = y[0].z < y[1].z\n",
        "if(x)==0: f()\n",
        "x = y is z\n",
        "async def f():\n    yield 1\n    return\n",
        "if TYPE_CHECKING:\n    f()\nelse:\n    g()\n",
        "if a:  # type: ignore\n    f()\nelse:\n    g()\n",
        "if a:  # pragma: no cover\n    f()\nelse:\n    g()\n",
        "if a: f()\nelse: g()\n",
        "x = 1 if a else 2 if b else lambda: 3\n",
        "if a:\n    f()\nelif b:\n    g()\n",
        "x = a == (not b not in c)\n",
        "from __future__ import annotations\n",
        "f(a or b and c, x and y and z == v)\n",
        "f(a + b + c, (a + b) * c, (a == b) == c, a and (b, c))\n",
        "f(a and ((b == c)), a and (\n    b == c))\n",
        "x = a == b\nf(a == b, c=a + b, d=[a == b])\n",
        "f(a and not b)\n",
        "x = (\n    a,\n    b)\ny = a,\nz = *a, b\nfor v in a, b: f(a, b)\nx: t = a, b\n",
    ],
)
def test_doubtful_places_are_left_alone(text):
    assert set(families_of(text)) <= {"branch"} if " else 2 if " in text else not families_of(text)


@pytest.mark.parametrize(
    "text",
    [
        "#!this is it\n# this is it\n",
        "\n\n#: this is it\n",
        "\n\n# this is it  # noqa\n",
        "\n\n# this is free\n# under the license of it\n# and so on\n",
        "\n\n# use this:\n# x = f(y)\n# and not that\n",
        "\n\n# for x in y:\n",
        "\n\n# TODO this is it\n",
        "\n\n# so\n",
        "\n\nx = '# this is it'\n",
        "\n\n" + "# this is it\n" * 100,
    ],
)
def test_comments_for_tools_and_lawyers_are_left_alone(text):
    assert laid(text, {Family.STOP, Family.CAPITAL}).layout.points == ()


@pytest.mark.parametrize(
    "text",
    ["see http://example.org/this-page", "name, place etc.", "so done ...", "f(x) and more:"],
)
def test_no_stop_is_put_where_it_would_not_belong(text):
    assert laid(f"\n\n# {text}\n", {Family.STOP}).layout.points == ()


def test_a_first_word_that_is_a_name_keeps_its_letter():
    assert families_of("\n\n# parsed things\nf(z)\n") == ["capital", "stop"]
    assert families_of("\n\n# parsed things\nparsed = z\n") == ["stop"]
    assert families_of("\n\n# Berlin is far\nf(z)\n") == ["stop"]


def test_a_comment_moves_with_its_branch_and_keeps_its_forms():
    text = "\n\nif a:\n    f()  # this is it\nelse:\n    g()  # this was it\n"
    assert families_of(text) == ["branch", "capital", "capital", "stop", "stop"]


def test_a_name_in_a_text_and_an_annotation_are_never_made_raw():
    text = "f('name', rb'name')\nx: 'a | b' = f(r'name')\n"
    assert laid(text, {Family.RAW}).layout.points == ()


def test_a_string_has_its_quotes_and_its_split_in_one_fork_of_another():
    layout = laid("f('one and another')\n", {Family.QUOTES, Family.SPLIT}).layout
    names = {point.form: point.name for point in layout.points}
    tree = layout.files[0].segments
    written = {
        (q, s): rendered(tree, {names["quotes"]: q, names["split"]: s})
        for q in (0, 1)
        for s in (0, 1)
    }
    assert written[1, 1] == b'f("one and" " another")\n'
    assert len(set(written.values())) == 4


def test_a_swapped_branch_keeps_the_forms_inside_it():
    text = "if x is not None:\n    f('a')\nelse:\n    g(y == 2)\n"
    assert families_of(text) == ["branch", "identity", "quotes", "yoda"]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"def f(:\n", "line 1 does not parse"),
        (b"print 'x' == y\n", "line 1 does not parse"),
        (b"\xef\xbb\xbff('x')\n", "byte order mark"),
        (b"# coding: latin-1\nf('x')\n", "encoding"),
        (b"f('\xff')\n", "not UTF-8"),
        (b"f('x')\rg('y')\r", "carriage return"),
        (b"f('x')\n" * (MAX_BYTES // 7 + 1), "longer than"),
        (b"x = " + b"(" * 5000 + b")" * 5000 + b"\n", "does not parse"),
        (b"x = " + b"-" * 50000 + b"1\n", ""),
        (b"import inspect\ninspect.getsource(f) == 'x'\n", "its own text"),
        (b"f('x')\0\n", ""),
    ],
)
def test_an_unfit_file_carries_nothing_and_says_why(data, why):
    found = lay_out_python("a.py", data, DEFAULT)
    assert found.layout.points == ()
    assert found.layout.files[0].segments == (data,)
    assert len(found.warnings) == 1
    assert why in found.warnings[0]
    assert found.warnings[0].startswith("a.py carries no natural marks: ")


def test_an_empty_file_has_neither_marks_nor_warnings():
    assert lay_out_python("a.py", b"", DEFAULT).layout.files[0].segments == ()
    assert lay_out_python("a.py", b"\n", DEFAULT).warnings == ()


def test_lines_are_not_moved_where_the_file_asks_for_its_lines():
    text = "if a:\n    f(tb.tb_lineno)\nelse:\n    g('x')\n"
    assert families_of(text) == ["quotes"]


def test_a_len_of_its_own_is_not_the_one_that_gives_numbers():
    assert families_of("f(len(a) == n)\n") == ["compare"]
    assert families_of("def len(x): return x\nf(len(a) == n)\n") == []


def test_forms_stay_off_what_points_hold():
    text = "f('x')\ng('y')\n"
    assert len(laid(text, taken=[Span(3, 4)]).layout.points) == 1


def test_names_of_sites_outlive_edits_elsewhere():
    body = "def f(x):\n    if x == 4096:\n        return 'a'\n"
    before = {point.name for point in laid(body).layout.points}
    after = {point.name for point in laid(f"import os\n\ny = 'b'\n\n{body}\n").layout.points}
    assert len(before) == 3
    assert before < after


def test_deep_nesting_of_branches_does_not_blow_up_the_tree():
    lines = ["def f(a):"]
    for depth in range(1, 13):
        lines += [f"{'    ' * depth}if a[{depth}]:", f"{'    ' * depth}    g('{depth}')"]
    for depth in range(12, 0, -1):
        lines += [f"{'    ' * depth}else:", f"{'    ' * depth}    h('{depth}')"]
    text = "\n".join(lines) + "\n"
    found = laid(text)
    assert found.warnings == ()
    assert len(found.layout.points) > 20
    assert len(repr(found.layout.files[0].segments)) < 100 * len(text)


@pytest.mark.parametrize("name", TUNING)
def test_a_real_module_keeps_meaning_under_every_word(name):
    data = module(name)
    layout = lay_out_python(f"{name}.py", data, DEFAULT).layout
    tree = layout.files[0].segments
    points = [point.name for point in layout.points]
    assert len(points) > 40

    @settings(max_examples=15, deadline=None, derandomize=True)
    @given(st.lists(st.integers(0, 1), min_size=len(points), max_size=len(points)))
    def check(word):
        marked = rendered(tree, dict(zip(points, word, strict=True)))
        assert same_meaning(data, marked)

    check()


@pytest.mark.parametrize("name", TUNING)
def test_what_promises_the_same_code_compiles_to_the_same_code(name):
    data = module(name)
    layout = lay_out_python(f"{name}.py", data, SAME_CODE).layout
    word = {point.name: 1 - int(point.original) for point in layout.points}
    marked = rendered(layout.files[0].segments, word)
    assert marked != data
    assert same_code(data, marked)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.binary(max_size=200))
def test_any_bytes_give_a_layout_of_themselves(data):
    found = lay_out_python("a.py", data, DEFAULT)
    word = {point.name: int(point.original) for point in found.layout.points}
    assert rendered(found.layout.files[0].segments, word) == data


_ATOMS = st.sampled_from(["a", "b", "f(a)", "a.b", "12", "'x'", "None", "-3", "len(a)", "(a, b)"])
_OPS = st.sampled_from(
    ["==", "!=", "<", ">=", "is", "is not", "in", "not in", "and", "or", "+", "%", "<<", "**"]
)


@st.composite
def programs(draw):
    """Small programs of comparisons and branches, nested in one another."""
    condition = st.recursive(
        _ATOMS,
        lambda inner: st.one_of(
            st.tuples(inner, _OPS, inner).map(lambda told: "({} {} {})".format(*told)),
            inner.map(lambda told: f"(not {told})"),
            st.tuples(inner, inner, inner).map(lambda told: "({} if {} else {})".format(*told)),
        ),
        max_leaves=5,
    )
    lines = []
    for depth in range(draw(st.integers(1, 3))):
        pad = "    " * depth
        test = draw(condition)
        lines += [f"{pad}if {test.strip('()') if test.count('(') == 1 else test}:"]
        lines += [f"{pad}    x = {draw(condition)}", f"{pad}else:"]
    return "\n".join([*lines, "    " * (depth + 1) + f"y = {draw(condition)}"]) + "\n"


@settings(max_examples=300, deadline=None, derandomize=True)
@given(programs(), st.integers(0, 2**32))
def test_any_program_keeps_its_meaning(text, seed):
    try:
        ast.parse(text)
    except SyntaxError:
        return
    found = laid(text)
    points = [point.name for point in found.layout.points]
    word = {name: seed >> number & 1 for number, name in enumerate(points)}
    marked = rendered(found.layout.files[0].segments, word)
    assert found.warnings == ()
    assert same_meaning(text.encode(), marked)
