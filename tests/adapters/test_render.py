import contextlib
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapp_compliance.adapters.render import compile_template
from mapp_compliance.errors import InvalidInput
from mapp_compliance.watermark import (
    Codeword,
    Package,
    PackageFile,
    lay_out,
    layout_from_json,
    layout_to_json,
    layout_warnings,
    mark,
    parse_package,
    survey,
)
from mapp_compliance.watermark.package import DELIMITERS
from mapp_compliance.watermark.sites import Point, PointKind, Slot

SQUARE = ("[[", "]]", *DELIMITERS[2:])
SHARED = "<{{ nonce(4, name='n') }}>"


def segments(text: str, delimiters: tuple[str, ...] = DELIMITERS) -> tuple[bytes | Slot, ...]:
    return compile_template("a.txt.j2", text, delimiters).files[0].segments


def point(text: str) -> Point:
    (only,) = compile_template("a.txt.j2", text).points
    return only


def fault(text: str) -> InvalidInput:
    with pytest.raises(InvalidInput) as caught:
        compile_template("a.txt.j2", text)
    return caught.value


def test_a_template_becomes_literals_and_slots():
    assert segments("a{{ filler(4, name='f') }}b{{ integer(1, 9, name='n') }}\n") == (
        b"a",
        Slot("f"),
        b"b",
        Slot("n"),
        b"\n",
    )


def test_the_layout_is_named_without_the_suffix():
    assert compile_template("dir/a.txt.j2", "x").files[0].path == "dir/a.txt"


@pytest.mark.parametrize(
    ("call", "kind"),
    [
        ("filler(4, charset='hex', avoid='0', name='p')", PointKind.FILLER),
        ("nonce(8, name='p')", PointKind.NONCE),
        ("name('run_', name='p')", PointKind.NAME),
        ("integer(20000, 39999, name='p')", PointKind.INTEGER),
        ("timestamp('2024-01-01', '2024-06-30', name='p')", PointKind.TIMESTAMP),
        ("choice('a', 'b', site='p')", PointKind.CHOICE),
        ("shuffle(['a', 'b'], name='p') | pylist", PointKind.SHUFFLE),
    ],
)
def test_every_function_declares_its_kind_of_point(call, kind):
    assert point("{{ " + call + " }}").kind is kind


def test_a_variant_block_is_one_point_with_its_wordings():
    text = "{% variant 'v' %}one{% or %}two\n{% endvariant %}."
    assert segments(text) == (Slot("v"), b".")
    assert point(text).values == (b"one", b"two\n")


def test_filters_are_noted_in_their_order():
    assert segments("{{ filler(4, name='f') | hex | pystr }}") == (Slot("f", "hex|pystr"),)


def test_a_filter_on_plain_text_is_done_at_once():
    assert segments("{{ 'AB' | hex }}{{ ['a', 'b'] | pylist }}") == (b"4142['a', 'b']",)


def test_a_shuffled_list_can_be_walked_through():
    text = "{% for x in shuffle(['a', 'b'], name='s') %}{{ loop.index }}{{ x }};{% endfor %}"
    assert segments(text) == (b"1", Slot("s", item=0), b";2", Slot("s", item=1), b";")


def test_delimiters_are_those_of_the_file():
    assert segments("{{ x }} [[ nonce(4, name='n') ]]", SQUARE) == (b"{{ x }} ", Slot("n"))


@pytest.mark.parametrize("text", ["a\r\nb\r\n", "a\nb\n", "\n\n", "a", ""])
def test_line_ends_are_kept_to_the_byte(text):
    assert b"".join(segments(text)) == text.encode()


def test_a_value_kept_in_a_variable_or_a_captured_block_is_the_same_point():
    text = "{% set a = nonce(4, name='n') %}{% set b %}<{{ a }}>{% endset %}{{ a }}{{ b }}"
    assert segments(text) == (Slot("n"), b"<", Slot("n"), b">")


def test_a_point_that_is_never_printed_is_left_out():
    assert compile_template("a.j2", "{% set a = nonce(4, name='n') %}x").points == ()


def test_without_a_name_a_point_is_numbered_in_its_file_and_that_is_told():
    layout = compile_template("a.txt.j2", "{{ nonce(4) }}{{ nonce(4) }}")
    assert [point.name for point in layout.points] == ["a.txt:nonce1", "a.txt:nonce2"]
    assert "has no name" in layout_warnings(layout)[0]


def test_a_compiled_layout_crosses_a_process_as_json():
    layout = compile_template("a.txt.j2", "{{ choice('a', 'b', site='c') | cstr }}")
    assert layout_from_json(layout_to_json(layout)) == layout


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("filler(4) + 'a'", "only be printed"),
        ("filler(4) ~ 'a'", "only be printed"),
        ("filler(4) == 'a'", "only be printed"),
        ("filler(4) < 'a'", "only be printed"),
        ("filler(4)[0:2]", "only be printed"),
        ("filler(4)[0]", "only be printed"),
        ("filler(4).upper()", "only be printed"),
        ("filler(4) | length", "only be printed"),
        ("filler(4) | upper", "only be printed"),
        ("filler(4) if filler(4) else 1", "only be printed"),
        ("[filler(4)]", "only be printed"),
        ("[filler(4)] | tojson", "only be printed"),
        ("'%s' % filler(4)", "only be printed"),
        ("'{}'.format(filler(4))", "only be printed"),
        ("-integer(1, 9)", "only be printed"),
        ("'a' in filler(4)", "only be printed"),
        ("filler(4)()", "only be printed"),
        ("filler('4')", "a whole number"),
        ("filler(true)", "a whole number"),
        ("filler(0)", "length must be"),
        ("filler(4, charset='a')", "fewer than two"),
        ("nonce(4, name='a b')", "is not an id"),
        ("nonce(4, name=7)", "a text is expected"),
        ("integer(9, 1)", "3 to 2^256"),
        ("timestamp('x', 'y')", "ValueError"),
        ("timestamp('2024-01-01', '2024-06-30', format='%Y')", "once each"),
        ("choice('a')", "different texts"),
        ("choice(filler(4), 'b')", "cannot hold another point"),
        ("shuffle(['a', 'b'])", "pylist or jsarray"),
        ("shuffle('ab')", "a list of texts"),
        ("shuffle(['a', 'b'])[2]", "no such item"),
        ("shuffle(['a', 'b']) | hex", "another filter"),
        ("3 | hex", "writes a text"),
        ("missing", "'missing' is undefined"),
        ("1 / 0", "ZeroDivisionError"),
        ("1 +", "does not parse"),
        ("'a' | rot13", "does not parse"),
        ("['a', 'b'] | random", "does not parse"),
        ("lipsum()", "'lipsum' is undefined"),
        ("''.__class__.__mro__", "SecurityError"),
        ("range(10 ** 9) | list", "OverflowError"),
    ],
)
def test_what_a_value_to_come_cannot_give_is_refused_with_its_line(expression, words):
    error = fault("one\ntwo {{ " + expression + " }}\n")
    assert error.where == "a.txt.j2:2"
    assert words in error.message


@pytest.mark.parametrize(
    "operation", ["c | upper", "c.upper()", "c[1]", "c + 'x'", "c | hex", "[c] | tojson", "c[:1]"]
)
def test_a_captured_value_cannot_be_taken_apart(operation):
    text = "{% set c %}{{ nonce(4) }}{% endset %}{{ " + operation + " }}"
    assert "keyed value" in fault(text).message


@pytest.mark.parametrize(
    "statement",
    ["include 'b'", "extends 'b'", "import 'b' as b", "from 'b' import c"],
)
def test_a_template_stands_alone(statement):
    error = fault("\n{% " + statement + " %}")
    assert error.where == "a.txt.j2:2"
    assert "stands alone" in error.message


def test_a_point_inside_a_wording_is_refused():
    text = "{% variant 'v' %}{{ nonce(4) }}{% or %}b{% endvariant %}"
    assert "cannot hold another point" in fault(text).message


def test_a_name_declared_in_two_ways_is_refused():
    text = "{{ nonce(4, name='n') }}\n{{ nonce(5, name='n') }}"
    assert fault(text).where == "a.txt.j2:2"


@pytest.mark.parametrize("text", ["a\r\nb\n", "a\rb", "\U0010fffc"])
def test_text_that_could_not_be_kept_is_refused(text):
    assert fault(text).where == "a.txt.j2"


def test_messages_repeat_nothing_of_the_template():
    error = fault("{{ {'canary-secret': 1}[timestamp('canary-secret', 'b')] }}")
    assert "canary" not in error.message


WORDS = """{{ }} {% %} filler(4) nonce(3) | hex set a = variant 'v' or endvariant for x in [a]
endfor [ ] ~ ( ) ' . \\d macro m() endmacro m()"""
tokens = st.sampled_from([*WORDS.split(), "\r"])


@settings(derandomize=True, max_examples=300, deadline=None)
@given(st.lists(tokens, max_size=14).map(" ".join))
def test_noise_gives_a_layout_or_our_error(text):
    with contextlib.suppress(InvalidInput):
        compile_template("a.txt.j2", text)


LOAD_AND_COMPILE = """
import sys
from mapp_compliance.adapters.render import compile_template
before = set(sys.modules)
texts = "{{ choice('a', 'b') }}{% variant 'v' %}a{% or %}b{% endvariant %}", "{{ x }}"
for text in texts:
    try:
        compile_template("a.txt.j2", text)
    except Exception:
        pass
assert set(sys.modules) == before, set(sys.modules) - before
"""


def test_compiling_loads_no_module_late_for_a_limited_process_could_not():
    subprocess.run([sys.executable, "-c", LOAD_AND_COMPILE], check=True)


def test_a_template_and_a_side_car_share_a_value():
    package = _two_ways()
    layout = lay_out(package, {"b.txt.j2": compile_template("b.txt.j2", SHARED)})
    site_map = survey(package, layout, bytes(32))
    marked = mark(package, site_map, Codeword((12345, *(0,) * 4)))
    first, second = marked.files
    assert second == PackageFile("b.txt", b"<" + first.data[:4] + b">")
    assert first.data[:4] != b"0000"
    assert layout.point("n").original == b"0000"


def _two_ways() -> Package:
    marks = b"[[mark]]\nname='n'\nkind='nonce'\nmatch='^(0{4})'\n"
    marks += b"[[mark]]\nname='x'\nkind='filler'\nmatch='(A{4})'\n"
    return parse_package(
        [
            PackageFile("mapp-package.toml", b"[package]\nmin_code_sites = 4\n"),
            PackageFile("a.txt", b"0000 AAAA"),
            PackageFile("a.txt.marks.toml", marks),
            PackageFile("b.txt.j2", SHARED.encode()),
        ]
    )


def test_a_template_that_prints_an_object_is_refused():
    assert "prints an object" in str(fault("{{ cycler('a', 'b') }}{{ filler(4, name='f') }}"))
