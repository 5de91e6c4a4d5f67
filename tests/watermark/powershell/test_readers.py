"""The second reader of texts, and the rows in which copies are read."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapp_compliance.watermark.carriers.powershell.names import COMMANDS, PARAMETERS, is_odd
from mapp_compliance.watermark.carriers.powershell.quoting import quoted
from mapp_compliance.watermark.carriers.powershell.source import Scanner, signs
from mapp_compliance.watermark.natural.carrier import Unparsed
from mapp_compliance.watermark.natural.tokens import row_of


def keys(text: bytes) -> list[bytes]:
    return [token.key for token in row_of(Scanner(), text)]


def spelt(text: bytes, name: str) -> list[int]:
    return [token.spelt[name] for token in row_of(Scanner(), text) if name in (token.spelt or {})]


@pytest.mark.parametrize(
    ("data", "single"),
    [
        (b"f 'a' # it's\ng 'b'", [b"'a'", b"'b'"]),
        (b"f a#b 'c'", [b"'c'"]),
        (b"f 'it''s' `' 'd'", [b"'it''s'", b"'d'"]),
        (b"f \"it's\" 'a'", [b"'a'"]),
        (b"f \"$(g 'a' \"b'c\")\" 'd'", [b"'d'"]),
        (b"@'\nit's\n'@\nf 'a'", [b"'a'"]),
        (b"<# it's\n#> f 'a'", [b"'a'"]),
        (b"f --% it's\ng 'a'", [b"'a'"]),
        (b"${it's}; f 'a'", [b"'a'"]),
        ("f \u2018it\u2019 'a'".encode(), [b"'a'"]),
    ],
)
def test_the_second_reader_keeps_count_of_quotes(data, single):
    assert [data[start:end] for start, end in sorted(quoted(data).single)] == single


@pytest.mark.parametrize(
    "data", [b"f 'a", b'f "a', b'f "$(g', b"f (a", b"f }", b"@'\nf", b"<# f", b"{" * 200, b"${a"]
)
def test_the_second_reader_refuses_what_stays_open(data):
    with pytest.raises(Unparsed):
        quoted(data)


@given(st.binary(max_size=80))
@settings(max_examples=200, deadline=None, derandomize=True)
def test_the_second_reader_gives_stretches_of_the_file_or_refuses(noise):
    try:
        found = quoted(noise)
    except Unparsed:
        return
    assert all(0 <= start < end <= len(noise) for start, end in found.closed)


@pytest.mark.parametrize(
    ("one", "two"),
    [
        (b"If ($a)\n{\n  f  # so\n}", b"if($a){f}"),
        (b"f | ? { !$_ -ieq 'a b' };", b'f |\n Where-Object {-not $PSItem -eq "a b"}'),
        (b"[System.Int32]$a = ${b}", b"[int]$a = $b"),
        (b"[parameter(Mandatory=$true)]", b"[Parameter(Mandatory)]"),
        (b"get-item -path a `\n  b", b"Get-Item -Path 'a' b"),
        (b"f 'a #b' c", b'f "a #b" c'),
        (b"+f $a\n+g $b\n", b"f $a\ng $b\n"),
    ],
)
def test_layout_quotes_case_and_second_names_are_no_part_of_a_row(one, two):
    assert keys(one) == keys(two)


def test_a_case_that_is_neither_of_the_two_tells_nothing():
    assert spelt(b"IF ($TRUE) { GET-ITEM }", "keyword") == []
    assert spelt(b"if If", "keyword") == [0, 1]


def test_a_case_drawn_by_chance_leaves_a_trace_and_a_usual_one_does_not():
    assert signs(row_of(Scanner(), b"wHiLe ($x) { }"))
    assert not signs(row_of(Scanner(), b"While ($x) { } ELSE foreach forEach Foreach"))


def test_words_of_no_text_and_no_argument_do_not_tell_whether_they_are_quoted():
    assert spelt(b"f a", "quoted") == []
    assert spelt(b"f -x a 'b'", "quoted") == [0, 1]


def test_names_differ_from_their_small_letters_so_that_each_has_two_forms():
    assert all(name != name.lower() for name in (*COMMANDS.values(), *PARAMETERS.values()))
    assert not any(is_odd(name) for name in COMMANDS.values())
