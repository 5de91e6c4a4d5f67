"""Which places of a shell script become sites, which never do, and that scripts do the same."""

import os
import shutil
import subprocess

import pytest

from mapp_compliance.watermark import Codeword, PackageFile, mark, parse_package, survey
from mapp_compliance.watermark import lay_out as lay_out_package
from mapp_compliance.watermark.carriers.bash import CARRIER, lay_out
from mapp_compliance.watermark.carriers.bash.quoting import quoted
from mapp_compliance.watermark.carriers.bash.source import Scanner
from mapp_compliance.watermark.natural.carrier import Unparsed
from mapp_compliance.watermark.natural.sound import rendered
from mapp_compliance.watermark.natural.tokens import row_of
from mapp_compliance.watermark.reading import forms_told
from tests.house.tree import ROOT

SAMPLE = ROOT / "tests" / "vectors" / "carriers" / "bash" / "sample.sh"
BASH = "#!/bin/bash\n"
MANIFEST = PackageFile("mapp-package.toml", b"[package]\nmin_code_sites = 1\n")


def both(text: str, family: str) -> list[str]:
    """The script with its only form of that family as the first, then as the second."""
    found = lay_out("a.sh", text.encode(), {family})
    assert found.warnings == ()
    (point,) = found.layout.points
    tree = found.layout.files[0].segments
    return [rendered(tree, {point.name: bit}).decode() for bit in (0, 1)]


def families_of(text: str) -> list[str]:
    layout = lay_out("a.sh", text.encode(), CARRIER.default).layout
    return sorted(point.form for point in layout.points)


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize(
    ("family", "first", "second"),
    [
        ("quotes", "f 'a b'", 'f "a b"'),
        ("quotes", "for i in 'it' x; do f; done", 'for i in "it" x; do f; done'),
        ("quotes", "f ''", 'f ""'),
        ("quoted", "x=$y", 'x="$y"'),
        ("quoted", "x=$a/b.c", 'x="$a/b.c"'),
        ("quoted", 'x=$(f "$y")', 'x="$(f "$y")"'),
        ("quoted", "x=${y##*/}", 'x="${y##*/}"'),
        ("quoted", "x=yes", 'x="yes"'),
        ("quoted", "case $x in a) f ;; esac", 'case "$x" in a) f ;; esac'),
        ("quoted", '[ "$x" = no ]', '[ "$x" = "no" ]'),
        ("quoted", '[[ "$x" == no ]]', '[[ "$x" == "no" ]]'),
        ("braces", 'f "$x.c"', 'f "${x}.c"'),
        ("braces", "cat <<E\nit's $x\nE", "cat <<E\nit's ${x}\nE"),
        ("subst", "f $(a -b c)", "f `a -b c`"),
        ("test", '[ -f "$x" ] && f', 'test -f "$x" && f'),
        ("equal", "[[ $x = a ]]", "[[ $x == a ]]"),
        ("function", "g() { f; }", "function g { f; }"),
        ("source", ". ./a", "source ./a"),
        ("loop", "while :; do f; done", "while true; do f; done"),
    ],
)  # fmt: skip
def test_each_family_has_two_absolute_forms(family, first, second, turned):
    texts = [f"{BASH}{first}\n", f"{BASH}{second}\n"]
    assert both(texts[turned], family) == texts


@pytest.mark.parametrize(
    "text",
    [
        "f $'a b'",
        "f 'a$b' 'a`b' 'a\\b' \"a'b\"",
        "f \"${x:-'a b'}\"",
        "f `g 'a b'`",
        "cat <<'E'\nf 'a b' $x\nE",
        "cat <<\\E\n$x\nE",
        "f \\$x '$x' \"\\$x\"",
        'f "${x}y" "${x}[1]"',
        "x=$@",
        "x=~/a",
        "(( x = y ))",
        "[[ a =~ 'b' ]]",
        "# echo 'a b' $x",
        "f ${x/'a'/b}",
    ],
)
def test_doubtful_places_are_left_alone(text):
    assert families_of(f"{BASH}{text}\n") == []


def test_an_exported_value_keeps_its_quotes():
    assert families_of('export x="$y"\n') == ["braces"]


def test_a_script_for_any_shell_gets_no_forms_of_bash():
    text = ". ./a\ng() { f; }\n[ -f b ]\n"
    assert families_of("#!/bin/sh\n" + text) == ["test"]
    assert families_of(BASH + text) == ["function", "source", "test"]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("#!/usr/bin/env zsh\nx=$y\n", "another language"),
        ("#!/usr/bin/python3\nx = 'y'\n", "another language"),
        (f"{BASH}x='a'\r\n", "line"),
        (f"{BASH}x='a'\nsed -n 5p \"$0\"\n", "own text"),
        (f"{BASH}me=$0\nx='a'\ntail -n 3 $me\n", "own text"),
        (f"{BASH}f 'a\n", "stays open"),
        (f"{BASH}cat <<E\nf 'a b'\n", "stays open"),
    ],
)
def test_what_cannot_be_taken_is_left_alone_with_a_reason(text, why):
    found = lay_out("a.sh", text.encode(), CARRIER.default)
    assert found.layout.points == ()
    assert why in found.warnings[0]


def test_a_script_that_renames_a_command_keeps_its_name():
    text = f"{BASH}alias test='f'\nif [ a ]; then source b; fi\n"
    assert {"test", "source"}.isdisjoint(families_of(text))


def test_the_second_reader_sees_a_document_within_a_substitution():
    data = b"x=$(cat <<E\n'$y'\nE\n)\nf 'a'\n"
    found = quoted(data)
    assert found.documents == ((12, 17),)
    assert [data[start:end] for start, end in found.single] == [b"'a'"]


def test_the_second_reader_refuses_what_stays_open():
    with pytest.raises(Unparsed):
        quoted(b'f "$(g')


@pytest.mark.parametrize(
    ("one", "two"),
    [
        (b"if a; then\n  b  # so\nfi", b"if a\nthen b; fi"),
        (b"x=$(f 'a b') \\\n  y", b'x="`f "a b"`" y'),
        (b"[ -f ${x} ]", b"test -f $x"),
        (b"function f {\n. g\n}", b"f() { source g; }"),
    ],
)
def test_layout_quotes_and_braces_are_no_part_of_a_row(one, two):
    keys = [[token.key for token in row_of(Scanner(), text)] for text in (one, two)]
    assert keys[0] == keys[1]


SCRIPTS = {
    "quotes": ("echo 'a b' \"c  d\" '' \"\" x'y z'w\n", "a b c  d   xy zw\n"),
    "split": ("a='1  2'\nb=$a\nc=\"$a\"\necho $b \"$c\"\n", "1 2 1  2\n"),
    "globs": ("cd /\nx='*'\ny=$x\n[ \"$y\" = '*' ] && echo \"$y\"\n", "*\n"),
    "braces": ("x=1\ny=${x}0\necho \"$x-${x}\" \"${x}_$y\" $1.\n", "1-1 1_10 .\n"),
    "document": ("x=5\ncat <<E\nit's $x ${x} \\$x\nE\ncat <<'E'\n'$x' \"a\"\nE\n",
                 "it's 5 5 $x\n'$x' \"a\"\n"),
    "old signs": ("x=`echo a b`\necho `echo c` \"`echo d`\" $x\n", "c d a b\n"),
    "tests": ("x=a\nif [ \"$x\" = a ] && test -n \"$x\" && [ ! -f \"$x.q\" ]; then echo y; fi\n",
              "y\n"),
    "functions": ("f() { echo \"f $1\"; }\nfunction g { f \"$1\"; return 3; }\ng h || echo $?\n",
                  "f h\n3\n"),
    "loops": ("i=0\nwhile true; do i=$((i + 1)); [ $i -gt 2 ] && break; done\necho $i\n", "3\n"),
    "patterns": ("for x in ab b 'c d'; do case $x in a*) echo 1 ;; 'c d') echo 2 ;; esac; done\n",
                 "1\n2\n"),
    "equal": ("x=ab\n[[ $x == a* ]] && echo 1\n[[ $x = 'a*' ]] || echo 2\n"
              "[[ \"$x\" == ab ]] && echo 3\n", "1\n2\n3\n"),
    "nested": ("x=$(basename \"$(dirname '/a b/c')\")\ny=\"$(echo \"$x\")\"\necho \"$y\"\n",
               "a b\n"),
    "stop on error": ("set -eu\nx=$(echo ok)\ny=${z:-none}\nif [ -z \"$x\" ]; then exit 1; fi\n"
                      "echo $x $y\nfalse\necho no\n", "ok none\n"),
    "arrays": ("a=('x y' \"z\" w)\na+=('q')\necho ${#a[@]} \"${a[0]}\"\nread -r b <<< 'r s'\n"
               "echo $b\n", "4 x y\nr s\n"),
    "streams": ("{ echo 'a'; echo 'b' >&2; } 2>/dev/null | while read -r x; do\n"
                "echo \"<$x>\"; done\n", "<a>\n"),
}  # fmt: skip


@pytest.mark.needs_tool
@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash on this machine")
@pytest.mark.parametrize("name", sorted(SCRIPTS))
def test_marked_scripts_do_the_same(name, tmp_path):
    text, expected = SCRIPTS[name]
    found = lay_out("a.sh", (BASH + text).encode(), CARRIER.default)
    tree, points = found.layout.files[0].segments, found.layout.points
    words = [{point.name: int(point.original) for point in points}]
    words += [{point.name: bit for point in points} for bit in (0, 1)]
    words += [words[0] | {point.name: 1 - int(point.original)} for point in points]
    said = {outcome(rendered(tree, word), tmp_path) for word in words}
    assert points
    assert {out for out, _ in said} == {expected}
    assert len(said) == 1


@pytest.mark.needs_tool
@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash on this machine")
def test_the_sample_is_understood_by_bash_in_every_form(tmp_path):
    found = lay_out("sample.sh", SAMPLE.read_bytes(), CARRIER.default)
    tree, points = found.layout.files[0].segments, found.layout.points
    for word in ({point.name: bit for point in points} for bit in (0, 1)):
        path = tmp_path / "sample.sh"
        path.write_bytes(rendered(tree, word))
        subprocess.run(["bash", "-n", path], check=True, timeout=20)


def outcome(script: bytes, folder) -> tuple[str, int]:
    """What a script prints, and how it ends."""
    path = folder / "script.sh"
    path.write_bytes(script)
    done = subprocess.run(
        ["bash", path], capture_output=True, timeout=20, text=True, cwd=folder,
        env={"PATH": os.defpath, "HOME": str(folder)},
    )  # fmt: skip
    return done.stdout, done.returncode


def test_a_form_in_what_looks_like_a_comment_is_not_read_from_the_next_word():
    text = b"""#!/bin/sh
settings_of() {
cat <<EOF
# file of $owner
$settings for $machine
and nothing else here, whatever is asked
EOF
}
"""
    owner = "a.sh:settings_of:braces:ad85d539.1/0"
    package = parse_package([MANIFEST, PackageFile("a.sh", text)])
    site_map = survey(package, lay_out_package(package, {}), bytes(32))
    for number in range(8):
        word = [number >> place & 1 for place in range(3)]
        marked = mark(package, site_map, Codeword(tuple(word))).files[-1].data
        told = forms_told([marked], site_map)
        seen = {site.id: form for site, form in zip(site_map.sites, told, strict=True)}
        forms = {site.id: own ^ site.pad for site, own in zip(site_map.sites, word, strict=True)}
        assert seen == forms | {owner: None}


TEXTS = b"""#!/bin/bash
say() { printf '%s' "$1"; }
help() {
    mode=quiet
    say 'Prints the place of a file. It follows links and answers with some folder that is there'
    say "Reads the list again. Where two lines agree on the name of a thing the longer one wins"
    say 'Looks at one folder. The rest of the tree stays as it was before somebody asked for it'
}
main() {
    folder=$1
    [ -d "$folder" ] || help
    for file in $folder; do [ -f "$file" ] && say "$file"; done
}
main "$1"
"""
PROSE = b"""
prints reads looks file list folder place again (so that these words are known)

How a copy is told. It carries choices that mean the same to whoever runs it and nobody reads
them by hand. Where one form was lost the others answer for it, since each says little alone.
Keep the key apart. Whoever has it can tell which form was chosen for which place of which file.
Some holder compares both of these before anything happens. Marks shown nowhere stay hidden
That is all. No program at this place asks for more than two things before it says what it found.
"""
FOREIGN = b"""#!/bin/sh
# prints reads looks file list folder place again
list() { cat "$1"; }
for name in $list; do [ -e "$name" ] && echo "$name again"; done
[ -f "$place" ] || exit 1
while read -r file; do case $file in *.txt) list "$file" ;; esac; done
"""


@pytest.mark.parametrize("innocent", [PROSE, PROSE[40:], FOREIGN])
def test_prose_and_scripts_of_others_tell_nothing(innocent):
    package = parse_package([MANIFEST, PackageFile("a.sh", TEXTS)])
    site_map = survey(package, lay_out_package(package, {}), bytes(32))
    copy = mark(package, site_map, Codeword(tuple(0 for _ in site_map.sites))).files[0].data
    assert None not in forms_told([copy], site_map)
    assert set(forms_told([innocent], site_map)) == {None}


def test_functions_that_were_renamed_are_told_by_their_order():
    package = parse_package([MANIFEST, PackageFile("a.sh", TEXTS)])
    site_map = survey(package, lay_out_package(package, {}), bytes(32))
    copy = mark(package, site_map, Codeword(tuple(0 for _ in site_map.sites))).files[0].data
    other = copy.replace(b"help", b"f1").replace(b"say", b"f2").replace(b"main", b"f3")
    assert forms_told([other], site_map) == forms_told([copy], site_map)


def test_a_quote_that_a_page_wrote_otherwise_is_not_taken_for_none():
    tokens = row_of(Scanner(), b'x=&quot;$y&quot;; z=$y; z="$y"')
    told = [token.spelt.get("quoted") for token in tokens if token.key == b"$y"]
    assert told == [None, 0, 1]
