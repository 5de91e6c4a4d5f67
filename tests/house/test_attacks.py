"""The attacks of the benches do what their names say; else a survival table would mean nothing."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.attacks import powershell
from bench.attacks.calls import called
from bench.attacks.hosts import HOSTS, longest_function
from bench.attacks.mixes import ALTERNATE, MAJORITY, MIXES, PICKED, mixed, mixed_finely
from bench.attacks.texts import TEXTS, stretch, within
from bench.material.bounds import lower, upper

LINES = st.lists(st.sampled_from([b"a\n", b"b\n", b"c\n", b"d\n"]), max_size=12)


@given(st.lists(LINES, min_size=2, max_size=3), st.sampled_from(sorted(MIXES)))
def test_every_line_of_a_mix_is_from_one_of_the_copies(copies: list[list[bytes]], way: str) -> None:
    mix = mixed([b"".join(lines) for lines in copies], MIXES[way][1], random.Random(1))
    assert set(mix.splitlines(keepends=True)) <= {line for lines in copies for line in lines}


@given(LINES, st.sampled_from(sorted(MIXES)))
def test_a_mix_of_equal_copies_is_the_copy(lines: list[bytes], way: str) -> None:
    copy = b"".join(lines)
    assert mixed([copy] * 3, MIXES[way][1], random.Random(1)) == copy
    assert mixed_finely([copy] * 2, MIXES[way][1], random.Random(1)) == copy


def test_a_mix_by_turns_takes_the_differences_from_each_copy_in_turn() -> None:
    copies = [b"1\nx\n1\nx\n1\n", b"2\nx\n2\nx\n2\n"]
    assert mixed(copies, ALTERNATE, random.Random(1)) == b"1\nx\n2\nx\n1\n"


def test_a_mix_by_majority_takes_what_two_of_three_have() -> None:
    copies = [b"p1\nx\nq2\n", b"p1\nx\nq1\n", b"p2\nx\nq1\n"]
    assert mixed(copies, MAJORITY, random.Random(1)) == b"p1\nx\nq1\n"


def test_a_fine_mix_takes_single_signs_from_each_copy() -> None:
    found = {
        mixed_finely([b"a1b1c\n", b"a2b2c\n"], PICKED, random.Random(seed)) for seed in range(30)
    }
    assert found == {b"a1b1c\n", b"a1b2c\n", b"a2b1c\n", b"a2b2c\n"}


def test_a_stretch_has_its_share_of_the_lines_in_their_order() -> None:
    data = b"".join(b"%d\n" % number for number in range(200))
    part = stretch(0.25)(data)
    assert part in data
    assert part.count(b"\n") == 50


def test_what_is_put_into_another_file_stands_in_its_midst() -> None:
    whole = within(HOSTS["python"])(b"MARK = 1\n")
    before, _, behind = whole.partition(b"MARK = 1\n")
    assert before.strip()
    assert behind.strip()
    compile(whole, "host.py", "exec")


@pytest.mark.parametrize(
    ("how", "data", "leak"),
    [
        ("typed again as ASCII", "a\u200bé\n".encode(), b"ae\n"),
        ("copied from a web page", "a\u200b\tb  \n".encode(), b"a       b\n"),
        ("source of a web page", b"<", b"<html><body><pre><code>&lt;</code></pre></body></html>\n"),
        ("as a patch", b"a\n", b"--- /dev/null\n+++ b/file\n@@ -0,0 +1,1 @@\n+a\n"),
        ("quoted mail", b"a \nb\n", b"> a\n> b"),
        ("tabs", b"        a    b\n", b"\t\ta    b\n"),
        ("lines of Windows", b"a\r\nb\n", b"a\r\nb\r\n"),
    ],
)  # fmt: skip
def test_a_text_is_altered_as_it_is_told(how: str, data: bytes, leak: bytes) -> None:
    assert TEXTS[how](data) == leak


@pytest.mark.parametrize(
    ("language", "data", "longest"),
    [
        ("python", b"def a(): pass\nclass B:\n    def b(self):\n        return 12\n", b"    def b"),
        ("c", b"int a(void) { return 1; }\nint bb(void) { return 12; }\n", b"int bb"),
        ("javascript", b"function a() {}\nfunction bb() { return 1; }\n", b"function bb"),
        ("powershell", b"function a { 1 }\nfunction bb { f 12 }\n", b"function bb"),
        ("typescript", b"const a = (x: number) => x;\nfunction bb(): void {}\n", b"function bb"),
    ],
)
def test_the_longest_function_of_a_file_is_found(
    language: str, data: bytes, longest: bytes
) -> None:
    assert longest_function(language, data).startswith(longest)


def test_whoever_is_named_beside_a_leaker_is_wrong() -> None:
    assert called([], [1]) == "refused"
    assert called([1], [1, 2]) == "right"
    assert called([1, 3], [1, 2]) == "wrong"


def test_the_bounds_are_those_of_clopper_and_pearson() -> None:
    assert upper(0, 100) == pytest.approx(0.0362, abs=1e-4)
    assert lower(100, 100) == pytest.approx(0.9638, abs=1e-4)
    assert (lower(0, 0), upper(0, 0)) == (0, 1)


def test_a_bound_of_many_trials_is_a_number_too() -> None:
    """Whole numbers of that size outgrow a float."""
    assert 0.0 < lower(1190, 1200) < 1190 / 1200 < upper(1190, 1200) < 1.0
    assert (lower(2000, 2000), upper(2000, 2000)) == (0.9982, 1.0)


@pytest.mark.parametrize(
    ("alter", "data", "leak"),
    [
        (powershell.formatted, b"If($a -EQ 1)\n{\nget-item b|f\n}\n",
         b"if ($a -eq 1) {\n    Get-Item b | f\n}\n"),
        (powershell.formatted, b"@'\nIf($a)\n'@\n'GET-ITEM' # If\n",
         b"@'\nIf($a)\n'@\n'GET-ITEM' # If\n"),
        (powershell.formatted_otbs, b"if ($a) {\nb\n}\nElse {\nc\n}\n",
         b"if ($a) {\n    b\n} else {\n    c\n}\n"),
        (powershell.fixed, b'f | % { !$a -and "b" };\n',
         b"f | ForEach-Object { -not $a -and 'b' }\n"),
        (powershell.uncommented, b"#requires -version 5\n<# a\n#>f '#b' # c\n",
         b"#requires -version 5\nf '#b' \n"),
        (powershell.renamed, b"$aa = 1; f \"$aa ${AA}\" @aa $bb\n",
         b"$v0 = 1; f \"$v0 ${v0}\" @v0 $bb\n"),
    ],
)  # fmt: skip
def test_a_tool_of_powershell_is_emulated_by_its_rules(alter, data: bytes, leak: bytes) -> None:
    assert alter(data) == leak


def test_a_case_drawn_by_chance_changes_code_alone() -> None:
    data = b"while ($true) { Get-Item 'Path' } # Comment\n"
    leak = powershell.by_chance(data)
    assert leak.lower() == data.lower()
    assert leak != data
    assert b"'Path' } # Comment" in leak
