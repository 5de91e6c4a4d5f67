"""Which places of a C file become sites, which never do, and that the compiler agrees."""

import shutil
import subprocess
from itertools import product
from pathlib import Path

import pytest

from mapp_compliance.watermark.carriers.c import CARRIER, lay_out
from mapp_compliance.watermark.carriers.c.source import Scanner
from mapp_compliance.watermark.natural.sound import rendered
from mapp_compliance.watermark.natural.tokens import row_of
from tests.house.tree import ROOT

SAMPLE = ROOT / "tests" / "vectors" / "carriers" / "c" / "sample.c"
SAME_CODE = sorted(CARRIER.default - {"branch", "compare"})


def families_of(text: str) -> list[str]:
    layout = lay_out("a.c", text.encode(), CARRIER.default).layout
    return sorted(point.form for point in layout.points)


def both(text: str, family: str) -> list[str]:
    """The file with its only form of that family as the first, then as the second."""
    found = lay_out("a.c", text.encode(), {family})
    assert found.warnings == ()
    (point,) = found.layout.points
    tree = found.layout.files[0].segments
    return [rendered(tree, {point.name: bit}).decode() for bit in (0, 1)]


def body(text: str) -> str:
    return "int f(int a, int b, char *p, struct s *q)\n{\n    " + text + "\n}\n"


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize(
    ("family", "first", "second"),
    [
        ("yoda", "return a == 5;", "return 5 == a;"),
        ("yoda", "return q->x(a, b) <= -1;", "return -1 >= q->x(a, b);"),
        ("yoda", "return a == LIMIT;", "return LIMIT == a;"),
        ("compare", "return a < b;", "return b > a;"),
        ("compare", "return a == b;", "return b == a;"),
        ("compare", "return a + 1 < p[b];", "return p[b] > a + 1;"),
        ("zero", "if (!p) a = 1;", "if (p == 0) a = 1;"),
        ("zero", "while (p) b = a;", "while (p != 0) b = a;"),
        ("zero", "if (a && *p) b = a;", "if (a != 0 && *p) b = a;"),
        ("zero", "if (f(a, b, p, q)) a = b;", "if (f(a, b, p, q) != 0) a = b;"),
        ("branch", "return a ? b : 2;", "return !a ? 2 : b;"),
        ("branch", "if (a < b) { f(); } else { g(); }", "if (!(a < b)) { g(); } else { f(); }"),
        ("branch", "if (a) b = 1;\n    else\n b = 2;", "if (!a) b = 2;\n    else\n b = 1;"),
        ("step", "a++;", "++a;"),
        ("step", "for (a = 1; a < 9; a++) p = q;", "for (a = 1; a < 9; ++a) p = q;"),
        ("loop", "for (;;) f();", "while (1) f();"),
        ("split", 'puts("one and another");', 'puts("one an" "d another");'),
        ("base", "return 4096;", "return 0x1000;"),
        ("int", "unsigned x;", "unsigned int x;"),
        ("const", "const char *x;", "char const *x;"),
    ],
)  # fmt: skip
def test_each_family_has_two_absolute_forms(family, first, second, turned):
    texts = [body(first), body(second)]
    if family == "split" and turned:
        return  # a text in two pieces stays as its author wrote it
    assert both(texts[turned], family) == texts


@pytest.mark.parametrize(
    "text",
    [
        "return a == f();",
        "return f() == g();",
        "return MAX == a;" "\n#define MAX a | b",
        "assert(a == 5);",
        "CHECK(a == 5, 4096, \"one and another\");",
        "unknown(4096);",
        "return *p++;",
        "b = a++;",
        "return 4294967295;",
        "return 0755;",
        "return 10u;",
        'puts("%5s and \\x41");',
        "if (a) f(); else if (b) g();",
        "if (a) {\n#if X\n f();\n#endif\n } else { g(); }",
        "if (a) FOO(p); else BAR(p);",
        "if (IS_SET(a)) b = a;",
        "return FLAGS(a) == 5;",
        "COUNT++;",
        "return(a)==5;",
        "asm(\"one and another\");",
    ],
)  # fmt: skip
def test_doubtful_places_are_left_alone(text):
    assert set(families_of(body(text))) <= {"zero"}


def test_a_condition_with_a_negation_has_all_its_spellings():
    layout = lay_out("a.c", body("if (p == NULL) f(); else g();").encode(), CARRIER.default).layout
    points = {point.form: point.name for point in layout.points}
    names = [points["branch"], points["zero"], points["yoda"]]
    written = {
        rendered(layout.files[0].segments, dict(zip(names, word, strict=True)))
        for word in product((0, 1), repeat=3)
    }
    inside = sorted(text.decode().split("if (")[1].split(")")[0] for text in written)
    assert inside == ["!p", "NULL != p", "NULL == p", "p", "p != NULL", "p == NULL"]


def test_what_the_grammar_does_not_know_is_left_out_and_the_rest_taken():
    text = body("return a == 5;") + "local int g(int a) FOO { return @; }\n" + body("a++;")
    assert families_of(text) == ["step", "yoda"]


def test_a_file_that_asks_for_its_lines_keeps_them():
    text = body("if (a) { f(__LINE__); } else { g(); }")
    assert "branch" not in families_of(text)


@pytest.mark.parametrize(
    ("one", "two"),
    [
        (b"int  a ; // so", b"int a;"),
        (b"#include <b.h>\n#include <a.h>\nint a;", b"int a;"),
        (b"x = 0x10UL;", b"x = 16ul;"),
        (b'puts("one an" "d two");', b'puts("one and two");'),
        (b"/* a */ f (\n1 );", b"f(1);"),
    ],
)
def test_layout_is_no_part_of_a_row(one, two):
    keys = [[token.key for token in row_of(Scanner(), text)] for text in (one, two)]
    assert keys[0] == keys[1]


def test_only_a_seam_within_a_word_counts_as_a_split():
    pieces = [row_of(Scanner(), text)[0].pieces for text in (b'"one a" "nd"', b'"one " "and"')]
    assert pieces == [2, 1]


@pytest.mark.needs_tool
@pytest.mark.skipif(shutil.which("gcc") is None, reason="no compiler on this machine")
@pytest.mark.parametrize("family", SAME_CODE)
def test_what_promises_the_same_code_compiles_to_the_same_code(family, tmp_path):
    data = SAMPLE.read_bytes()
    layout = lay_out("sample.c", data, {family}).layout
    word = {point.name: 1 - int(point.original) for point in layout.points}
    marked = rendered(layout.files[0].segments, word)
    assert marked != data
    assert compiled(data, tmp_path) == compiled(marked, tmp_path)


def compiled(data: bytes, folder: Path) -> bytes:
    source = folder / "x.c"
    source.write_bytes(data)
    command = ["gcc", "-w", "-O2", "-S", "-o", "-", source]
    return subprocess.run(command, capture_output=True, check=True, timeout=60).stdout
