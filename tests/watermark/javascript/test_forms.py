"""Which places of a JavaScript file become sites, which never do, and that they still run."""

import shutil
import subprocess

import pytest

from mapp_compliance.watermark.carriers.javascript import JAVASCRIPT, TYPESCRIPT, lay_out
from mapp_compliance.watermark.carriers.javascript.proof import keeps
from mapp_compliance.watermark.carriers.javascript.source import Scanner, signs
from mapp_compliance.watermark.natural.sound import rendered
from mapp_compliance.watermark.natural.tokens import row_of
from tests.house.tree import ROOT

SAMPLE = ROOT / "tests" / "vectors" / "carriers" / "javascript" / "sample.js"


def families_of(text: str, language="javascript") -> list[str]:
    layout = lay_out(language, "a.js", text.encode(), JAVASCRIPT.default).layout
    return sorted(point.form for point in layout.points)


def both(text: str, family: str) -> list[str]:
    """The file with its only form of that family as the first, then as the second."""
    found = lay_out("javascript", "a.js", text.encode(), {family})
    assert found.warnings == ()
    (point,) = found.layout.points
    tree = found.layout.files[0].segments
    return [rendered(tree, {point.name: bit}).decode() for bit in (0, 1)]


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize(
    ("family", "first", "second"),
    [
        ("yoda", "f(x.y(1) === -1);", "f(-1 === x.y(1));"),
        ("yoda", "f(x >= 2);", "f(2 <= x);"),
        ("yoda", "f(typeof x === 'a');", "f('a' === typeof x);"),
        ("compare", "f(i < a.b.length);", "f(a.b.length > i);"),
        ("branch", "x = a ? b : 2;", "x = !a ? 2 : b;"),
        ("branch", "if (a in b) { f(); } else { g(); }", "if (!(a in b)) { g(); } else { f(); }"),
        ("branch", "if (a === b) f();\nelse g();", "if (a !== b) g();\nelse f();"),
        ("step", "i++;", "++i;"),
        ("step", "for (;; a.b--) f();", "for (;; --a.b) f();"),
        ("loop", "for (;;) f();", "while (true) f();"),
        ("quotes", "f('x');", 'f("x");'),
        ("base", "f(4096);", "f(0x1000);"),
        ("typeof", "f(typeof x != 'a');", "f(typeof x !== 'a');"),
        ("binding", "require(a); const b = c();", "require(a); let b = c();"),
        ("binding", "() => { const {a, b: [c]} = d; }", "() => { let {a, b: [c]} = d; }"),
        ("binding", "() => { for (const a of b) f(); }", "() => { for (let a of b) f(); }"),
        ("shorthand", "f(() => ({a, b: 1}));", "f(() => ({a: a, b: 1}));"),
    ],
)
def test_each_family_has_two_absolute_forms(family, first, second, turned):
    assert both((first, second)[turned], family) == [first, second]


@pytest.mark.parametrize(
    "text",
    [
        "'use strict';",
        "f(a == b.c);",
        "f(a() < b);",
        "x = i++;",
        "i++",
        "a\nx === -1\n",
        "f(`${x === 5 ? 'a' : \"b\"}`);",
        "f(10 .toFixed(), 0o17, 1_000, 10n, 0.5, 7);",
        "x = {10: a};",
        "if (a) f()\nelse g()\n",
        "if (a) f(); else if (b) g();",
        "f('it\\'s', \"it's\");",
        "// eslint-disable-next-line\nx = <p a='b'/>;",
        "if (a) { f(); } // istanbul ignore next\nelse { g(); }",
    ],
)
def test_doubtful_places_are_left_alone(text):
    assert families_of(text) == []


def test_a_name_of_a_type_is_no_text():
    text = "function f(x: string, y: number): string { return x; }"
    assert families_of(text, "typescript") == []


def test_a_fault_anywhere_leaves_the_whole_file_alone():
    found = lay_out("javascript", "a.js", b"f('x'); let let = ;", JAVASCRIPT.default)
    assert found.layout.points == ()
    assert "a.js carries no natural marks: the grammar" in found.warnings[0]


def test_minified_code_is_left_alone():
    found = lay_out("javascript", "a.js", b"f('x');" * 3000, JAVASCRIPT.default)
    assert found.layout.points == ()
    assert "longer than people write them" in found.warnings[0]


@pytest.mark.parametrize(
    ("one", "two"),
    [
        (b"f('a', b);", b'f("a", b,)'),
        (b"if (a) { b(); }", b"if (a) b()"),
        (b"x = 0XFF; // so", b"x=255"),
        (b"a = b / c / d;", b"a = b/c/d"),
        (b"a = /'/.test(b);", b"a=/'/.test(b)"),
        (b"`a ${b({c: '`'})} d` + 'e'", b'`a ${ b({c:"`"}) } d` + "e"'),
        (b"f('\\x41\\n');", b'f("A\\n");'),
    ],
)
def test_layout_is_no_part_of_a_row(one, two):
    keys = [[token.key for token in row_of(Scanner(), text)] for text in (one, two)]
    assert keys[0] == keys[1]


def test_a_compressor_is_told_by_what_it_writes():
    assert signs(row_of(Scanner(), b"x=!0,y=void 0")) == {b"! #0", b"void #0"}
    assert signs(row_of(Scanner(), b"x = true; y = undefined; z = !a;")) == frozenset()


def test_a_negated_comparison_with_a_number_is_no_sign_of_a_compressor():
    assert signs(row_of(Scanner(), b"if (!(0 < x)) f(); else g(void (0));")) == frozenset()


@pytest.mark.parametrize(
    "rest",
    [
        *("a = 1;", "a += 1;", "a++;", "--a;", "[b, a] = c;", "({ b: a } = c);", "({ a } = c);"),
        *("for (a of b) f();", "for (a in b) f();", "[...a] = b;", "(a) = 1;", "[a = 2] = b;"),
        *("eval(b);", "with (b) f();"),
    ],
)
def test_a_name_that_may_be_assigned_keeps_its_declaration(rest):
    assert "binding" in families_of("f(() => { const a = g(), d = 1; });")
    assert "binding" not in families_of(f"f(() => {{ const a = g(), d = 1; {rest} }});")


@pytest.mark.parametrize(
    "text",
    [
        "const a = f();",  # other scripts see it
        "require(b); export const a = f();",
        "f(() => { let a; });",
        "f(() => { for (let a = 0; b < 2; b++) g(a); });",
        "f(() => { var a = 0; });",
    ],
)
def test_what_others_see_and_what_counts_keeps_its_declaration(text):
    assert "binding" not in families_of(text)


def test_a_constant_that_is_assigned_and_a_variable_are_not_the_same():
    for assigned in ("a = 1;", "f();"):
        texts = [f"() => {{ {word} a = f(); {assigned} }}".encode() for word in ("const", "let")]
        assert keeps("javascript", *texts) == (assigned == "f();")


def test_typescript_and_javascript_offer_the_same_families():
    assert JAVASCRIPT.names == TYPESCRIPT.names
    assert JAVASCRIPT.default - TYPESCRIPT.default == {"binding"}


@pytest.mark.needs_tool
@pytest.mark.skipif(shutil.which("node") is None, reason="no node on this machine")
def test_a_marked_file_still_runs(tmp_path):
    data = SAMPLE.read_bytes()
    layout = lay_out("javascript", "sample.js", data, JAVASCRIPT.default).layout
    word = {point.name: 1 - int(point.original) for point in layout.points}
    (tmp_path / "marked.js").write_bytes(rendered(layout.files[0].segments, word))
    code = (
        "const m = require('./marked.js'); const c = m.count('a bb a', 'x');"
        "console.log(c.total, c.unit, m.longest(['a', '', 3, 'bb'], 1), m.wait([]), m.LIMIT)"
    )
    done = subprocess.run(
        ["node", "-e", code], cwd=tmp_path, capture_output=True, check=True, timeout=60, text=True
    )
    assert done.stdout == "3 x null nothing is left 4096\n"
