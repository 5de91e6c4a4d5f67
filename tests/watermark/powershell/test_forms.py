"""Which places of a PowerShell script become sites, and which never do."""

import pytest

from mapp_compliance.watermark.carriers.powershell import CARRIER, lay_out
from mapp_compliance.watermark.carriers.powershell.proof import keeps
from mapp_compliance.watermark.natural.sound import rendered

BOM = b"\xef\xbb\xbf"


def both(text: str, family: str) -> list[str]:
    """The script with its only form of that family as the first, then as the second."""
    found = lay_out("a.ps1", text.encode(), {family})
    assert found.warnings == ()
    (point,) = found.layout.points
    tree = found.layout.files[0].segments
    return [rendered(tree, {point.name: bit}).decode() for bit in (0, 1)]


def families_of(text: str | bytes) -> list[str]:
    data = text if isinstance(text, bytes) else text.encode()
    layout = lay_out("a.ps1", data, CARRIER.default).layout
    return sorted(point.form for point in layout.points)


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize(
    ("family", "first", "second"),
    [
        ("quotes", "f 'a b'", 'f "a b"'),
        ("quotes", "$x = ''", '$x = ""'),
        ("quotes", "$x = @{ 'a b' = 1 }", '$x = @{ "a b" = 1 }'),
        ("quotes", "param([ValidateSet('a b')]$x)", 'param([ValidateSet("a b")]$x)'),
        ("quoted", "get-item -path a", "get-item -path 'a'"),
        ("quoted", "New-Object System.Random", "New-Object 'System.Random'"),
        ("braces", 'f "a $x.c"', 'f "a ${x}.c"'),
        ("braces", 'f "$env:TEMP\\x"', 'f "${env:TEMP}\\x"'),
        ("compare", "$x -eq 1", "$x -ieq 1"),
        ("compare", "$x -NotLike 1", "$x -iNotLike 1"),
        ("not", "f (-not $x)", "f (!$x)"),
        ("not", "if (-not (f)) { g }", "if (!(f)) { g }"),
        ("operator", "$x -and $y", "$x -And $y"),
        ("operator", "$x -is $y", "$x -Is $y"),
        ("keyword", "if ($x) { f }", "If ($x) { f }"),
        ("keyword", "foreach ($i in $x) { f }", "ForEach ($i in $x) { f }"),
        ("command", "get-item $x", "Get-Item $x"),
        ("parameter", "Get-Item -literalpath $x", "Get-Item -LiteralPath $x"),
        ("alias", "f | Where-Object { $a }", "f | ? { $a }"),
        ("types", "[String]$x", "[System.String]$x"),
        ("types", "[IO.Path]::GetTempPath()", "[System.IO.Path]::GetTempPath()"),
        ("typecase", "[pscustomobject]$x", "[PSCustomObject]$x"),
        ("typecase", "[cmdletbinding()]\nparam()", "[CmdletBinding()]\nparam()"),
        ("constant", "$x = $true", "$x = $True"),
        ("item", "f { $_.a }", "f { $PSItem.a }"),
        ("mandatory", "param([Parameter(Mandatory)]$x)",
         "param([Parameter(Mandatory = $true)]$x)"),
    ],
)  # fmt: skip
def test_each_family_has_two_absolute_forms(family, first, second, turned):
    texts = [f"{first}\n$z = 1\n", f"{second}\n$z = 1\n"]
    assert both(texts[turned], family) == texts


@pytest.mark.parametrize(
    "text",
    [
        "f 'it''s' \"a`tb\" \"a$(g)\" \"a\"\"b\" 'a$b' 'a`b'",
        'f "\u201ca\u201d" \u2018b\u2019',
        "@'\n'a' $x\n'@ | f",
        '@"\n$x "a"\n"@ | f',
        "f \"$($x.a('b'))\"",
        'f "${x}y" "${x}:" "${x}?" "`$x" "$_"',
        "$x.'a b'",
        "switch ($x) { 'a' { 1 } }",
        "# if ($x -eq 'a') { $true }",
        "<# 'a' $true #>",
        "f --% 'a b' -eq $true",
        "f -eq a -and b",
        "$x -ceq 1",
        "[System.String[]]::new(1) | g",
    ],
)
def test_doubtful_places_are_left_alone(text):
    assert set(families_of(f"{text}\n")) <= {"types", "typecase", "keyword"}


@pytest.mark.parametrize(
    "text",
    [
        "Set-Content $a -Value { $_ -eq 'b' }",
        "{ $_ -eq 'b' }.ToString()",
        "[string]{ $_ -eq 'b' }",
        "{ $_ -eq 'b' } | Out-File $a",
        "Get-ADUser -Filter { $_ -eq 'b' }",
        "param([ValidateScript({ $_ -eq 'b' })]$x)\nf",
    ],
)
def test_a_block_that_may_be_taken_for_a_text_is_left_alone(text):
    assert {"item", "compare", "quotes"}.isdisjoint(families_of(f"{text}\n"))
    assert {"item", "compare", "quotes"} <= set(families_of("f | g { $_ -eq 'b' }\n"))


def test_only_commands_of_the_language_have_a_case_and_plain_words():
    assert families_of("my-command -path a\n") == []
    assert families_of("get-item -path a\n") == ["command", "parameter", "quoted"]


def test_parameters_of_commands_that_print_what_they_get_stay():
    assert families_of("Write-Output -path $x\n") == ["command"]


@pytest.mark.parametrize(
    ("before", "lost"),
    [
        ("Set-Alias where f", "alias"),
        ("using namespace Some.Place", "types"),
        ("class Path { }", "types"),
        ("#requires -version 2", "item"),
    ],
)
def test_a_script_that_gives_a_name_another_meaning_keeps_it(before, lost):
    text = "$x | Where-Object { $_ -in [IO.Path]::PathSeparator }\n"
    assert lost in families_of(text)
    assert lost not in families_of(f"{before}\n{text}")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("f 'a'\n# SIG # Begin signature block\n# MIIa\n", "signed"),
        ("f 'a'\nGet-Content $PSCommandPath | g\n", "own text"),
        ("f 'a'\n$me = $MyInvocation.MyCommand.Path\nGet-FileHash $me\n", "own text"),
        ("f 'a'\ng $MyInvocation.Line\n", "own text"),
        ("f 'a'\n$scriptBlock.ToString() | g\n", "own text"),
        ("Configuration A {\n  f 'a'\n}\n", "configuration"),
        ("f 'a\n", "stays open"),
        ("f 'a' {\n", "stays open"),
        ("@'\nf 'a'\n", "stays open"),
        ("<# f 'a'\n", "stays open"),
    ],
)
def test_what_cannot_be_taken_is_left_alone_with_a_reason(text, why):
    found = lay_out("a.ps1", text.encode(), CARRIER.default)
    assert found.layout.points == ()
    assert why in found.warnings[0]


def test_its_own_path_may_be_asked_for():
    assert families_of("$here = Split-Path $MyInvocation.MyCommand.Definition\nf 'a'\n") != []


def test_a_statement_that_the_grammar_does_not_know_is_left_out_alone():
    text = "f 'a b'\n$x = $y ? 'c' : 'd'\nh $z\ng 'e f'\n" + "h $z\n" * 20
    found = lay_out("a.ps1", text.encode(), {"quotes"})
    assert len(found.layout.points) == 2


def test_lines_that_the_grammar_stumbles_over_do_not_cost_the_rest():
    lost = "f {\n  $x = $y ? 'c' : 'd'\n" + "  g 'a b'\n" * 9 + "}\n"
    assert families_of(lost).count("quotes") == 9


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_a_byte_order_mark_and_line_ends_of_windows_stay(end):
    data = BOM + end.join([b"if ($x) {", b"  f 'a'", b"}", b""])
    found = lay_out("a.ps1", data, CARRIER.default)
    tree = found.layout.files[0].segments
    copy = rendered(tree, {point.name: 1 for point in found.layout.points})
    assert copy == data.replace(b"'", b'"').replace(b"if", b"If")
    assert keeps(data, copy, ())
    assert not keeps(data, copy.removeprefix(BOM), ())


def test_a_file_in_utf_16_is_told_to_be_saved_anew():
    found = lay_out("a.ps1", "f 'a'\n".encode("utf-16"), CARRIER.default)
    assert "UTF-16" in found.warnings[0]


@pytest.mark.parametrize(
    ("one", "two"),
    [
        (b"f 'a'", b"f 'b'"),
        (b"f a", b"f 'a'"),
        (b"f 'a'", b'f "a`n"'),
        (b"$x -eq 1", b"$x -ceq 1"),
        (b"f $True", b"f $Truth"),
        (b"f $x", b"f ${x}"),
        (b"f '$x'", b'f "$x"'),
        (b"[int]$x", b"[long]$x"),
        (b"my-command $x", b"My-Command $x"),
        (b"f | ? { $a }", b"f | % { $a }"),
        (b"[Parameter(Mandatory)]$x", b"[Parameter(Mandatory = $false)]$x"),
        (b"f 'a'; g", b"f 'a'"),
    ],
)
def test_the_proof_undoes_nothing_but_the_forms(one, two):
    assert keeps(one, one, ())
    assert not keeps(one, two, ())
