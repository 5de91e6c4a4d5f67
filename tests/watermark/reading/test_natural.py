"""Natural forms through the reader: right where they stand, erased where a tool has been."""

import ast
import difflib
import html
import importlib.util
import re
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapp_compliance.values import EntityId, InstanceId
from mapp_compliance.watermark import (
    Codeword,
    PackageFile,
    SiteMap,
    lay_out,
    mark,
    parse_package,
    read,
    sitemap_from_json,
    sitemap_to_json,
    survey,
)
from mapp_compliance.watermark.codes import Method, codebook, score, share_of
from mapp_compliance.watermark.reading import METHOD
from mapp_compliance.watermark.reading.health import is_alike
from tests.watermark.python.alterations import ALTERATIONS

SITE_KEY = bytes(range(32))
COPIES = [InstanceId(f"copy-{number}") for number in range(100)]


@dataclass
class Piece:
    data: bytes
    derivation: str = "leak.py"


def module(name: str) -> bytes:
    return Path(importlib.util.find_spec(name).origin).read_bytes()


def surveyed(*files: PackageFile):
    package = parse_package(list(files))
    return package, survey(package, lay_out(package, {}), SITE_KEY)


@pytest.fixture(scope="module")
def shlex():
    return surveyed(PackageFile("shlex.py", module("shlex")))


@pytest.fixture(scope="module")
def shlex_copy(shlex):
    package, site_map = shlex
    return leaked(package, site_map, 7)


def book_of(site_map: SiteMap):
    sites = site_map.sites
    return codebook(
        bytes(32),
        COPIES,
        site_map.map_id,
        [site.id for site in sites],
        [site.bias for site in sites],
        [site.space for site in sites],
        [site.channel for site in sites],
    )


def leaked(package, site_map, number: int) -> bytes:
    word = Codeword(book_of(site_map).symbols(number))
    return mark(package, site_map, word).files[0].data


def named(site_map, data: bytes) -> list[str]:
    seen = read([Piece(data)], site_map)
    entities = [EntityId(copy) for copy in COPIES]
    share = share_of(Fraction("1e-4"), 1)
    found = score(
        *(book_of(site_map), entities, seen.symbols, Method.SCORE_1, share),
        phantom_key=bytes(32),
        phantoms=1,
    )
    return [entity.entity for entity in found.entities if entity.named]


def tally(site_map, number: int, data: bytes) -> dict[str, tuple[int, int, int]]:
    """(right, wrong, erased) by channel."""
    word = book_of(site_map).symbols(number)
    seen = read([Piece(data)], site_map).symbols
    counts: dict[str, list[int]] = {}
    for site, own, symbol in zip(site_map.sites, word, seen, strict=True):
        row = counts.setdefault(site.channel, [0, 0, 0])
        row[2 if symbol is None else int(symbol != own)] += 1
    return {channel: tuple(row) for channel, row in counts.items()}


def round_trip(data: bytes) -> bytes:
    return ast.unparse(ast.parse(data)).encode()


def middle(data: bytes) -> bytes:
    lines = data.splitlines(keepends=True)
    return b"".join(lines[len(lines) // 4 : 3 * len(lines) // 4])


def mailed(data: bytes) -> bytes:
    return b"\n".join(b"> " + line.rstrip() for line in data.splitlines())


def renamed(data: bytes) -> bytes:
    words = set(re.findall(rb"\b[a-z_]{5,}\b", data))
    local = {word for word in words if re.search(rb"(?<![.\w])" + word + rb" = ", data)}
    for number, word in enumerate(sorted(local)):
        data = re.sub(rb"(?<![.\w])" + word + rb"\b", b"v%d" % number, data)
    return data


def added(data: bytes) -> bytes:
    """As a patch that adds the file."""
    lines = data.splitlines(keepends=True)
    return b"@@ -0,0 +1,%d @@\n" % len(lines) + b"".join(b"+" + line for line in lines)


def paged(data: bytes) -> bytes:
    return f"<pre>{html.escape(data.decode())}</pre>".encode()


def test_a_copy_reads_as_its_word(shlex):
    package, site_map = shlex
    found = tally(site_map, 3, leaked(package, site_map, 3))
    assert sum(row[1] for row in found.values()) == 0
    assert sum(row[0] for row in found.values()) > 0.9 * len(site_map.sites)


@pytest.mark.parametrize(
    "alter", [round_trip, middle, mailed, renamed, added, paged, lambda data: data]
)
def test_an_altered_copy_is_named_and_no_site_is_wrong(shlex, alter):
    package, site_map = shlex
    leak = alter(leaked(package, site_map, 7))
    assert {row[1] for row in tally(site_map, 7, leak).values()} == {0}
    assert named(site_map, leak) == ["copy-7"]


@pytest.mark.parametrize("wrapped", [added, paged, lambda data: paged(added(data))])
def test_signs_of_a_patch_and_of_a_page_cost_no_site(shlex, shlex_copy, wrapped):
    _, site_map = shlex
    leak = wrapped(shlex_copy)
    seen, bare = (read([Piece(data)], site_map) for data in (leak, shlex_copy))
    assert seen.symbols == bare.symbols
    head = leak.count(b"\n") - shlex_copy.count(b"\n")
    lines = [shlex_copy.count(b"\n", 0, span.offset) for span in bare.spans]
    assert [leak.count(b"\n", 0, span.offset) - head for span in seen.spans] == lines


def test_a_patch_against_the_original_shows_what_it_holds(shlex, shlex_copy):
    _, site_map = shlex
    lines = [each.decode().splitlines(True) for each in (module("shlex"), shlex_copy)]
    patch = "".join(difflib.unified_diff(*lines, "a/shlex.py", "b/shlex.py")).encode()
    found = tally(site_map, 7, patch)
    assert sum(row[1] for row in found.values()) == 0
    assert sum(row[0] for row in found.values()) > 0.8 * len(site_map.sites)


def test_a_channel_that_a_tool_made_alike_is_erased_not_wrong(shlex):
    package, site_map = shlex
    found = tally(site_map, 7, round_trip(leaked(package, site_map, 7)))
    assert found["quotes"][:2] == (0, 0)
    assert found["raw"][:2] == (0, 0)
    assert found["branch"][0] == sum(found["branch"])


def test_parentheses_and_comments_die_together_where_a_tool_takes_them_out(shlex):
    package, site_map = shlex
    found = tally(site_map, 7, round_trip(leaked(package, site_map, 7)))
    lost = {name: found[name][:2] for name in ("parens", "raw", "stop", "capital")}
    assert lost == dict.fromkeys(lost, (0, 0))


@pytest.mark.parametrize("tool", ["black", "ruff format", "autopep8 -a"])
def test_formatters_leave_parentheses_and_comments(shlex, tool):
    package, site_map = shlex
    found = tally(site_map, 7, ALTERATIONS[tool](leaked(package, site_map, 7)))
    kept = {name: found[name] for name in ("parens", "raw", "stop", "capital")}
    assert {name: row[1:] for name, row in kept.items()} == dict.fromkeys(kept, (0, 0))
    assert sum(row[0] for row in kept.values()) > 30


def test_quotes_of_the_pieces_of_one_text_are_told_apart():
    table = "".join(f"    '{letter}'  # the {letter} of it\n" for letter in "abcdefghijkl")
    package, site_map = surveyed(
        PackageFile("mapp-package.toml", b"[package]\nmin_code_sites = 2\n"),
        PackageFile(
            "a.py", f"import os\n\n\nhabits = (\n{table})\nprint(habits, others)\n".encode()
        ),
    )
    found = tally(site_map, 7, leaked(package, site_map, 7))
    assert found["quotes"] == (12, 0, 0)


def test_a_view_of_a_text_adds_to_it_and_never_contradicts_it(shlex):
    package, site_map = shlex
    leak, other = (leaked(package, site_map, number) for number in (7, 8))
    view = Piece(other, "leak.py > literals")
    assert read([Piece(leak), view], site_map).symbols == read([Piece(leak)], site_map).symbols
    hidden = Piece(b"x = 1\n" * 3 + leak, "leak.py > base64")
    assert read([Piece(b"import shlex\n"), hidden], site_map).read_sites > 100


def test_few_parentheses_that_are_alike_are_trusted_only_beside_comments():
    lines = "".join(f"    say('word{at}', other{at})\n" for at in range(12))
    text = (
        f"def told(a, b):\n    # this is why we say it\n{lines}    return a and b == 7 or lines\n"
    )
    manifest = PackageFile("mapp-package.toml", b"[package]\nmin_code_sites = 2\n")
    package, site_map = surveyed(manifest, PackageFile("a.py", f"\n\n{text}".encode()))
    without = [
        site.pad if site.channel == "parens" else own
        for site, own in zip(site_map.sites, book_of(site_map).symbols(7), strict=True)
    ]
    leak = ALTERATIONS["black"](mark(package, site_map, Codeword(tuple(without))).files[0].data)
    bare = re.sub(rb"#.*", b"", leak)
    found = [read([Piece(data)], site_map).health for data in (leak, bare)]
    assert [row.read for rows in found for row in rows if row.channel == "parens"] == [1, 0]
    assert [row.read for rows in found for row in rows if row.channel == "quotes"] == [0, 0]


def test_two_copies_that_contradict_each_other_erase_and_do_not_mislead(shlex):
    package, site_map = shlex
    one, two = (leaked(package, site_map, number) for number in (1, 2))
    words = [book_of(site_map).symbols(number) for number in (1, 2)]
    seen = read([Piece(one), Piece(two)], site_map).symbols
    same = [
        (symbol, own)
        for symbol, own, other in zip(seen, *words, strict=True)
        if own == other and symbol is not None
    ]
    assert len(same) > 30
    assert all(symbol == own for symbol, own in same)
    assert sum(symbol is None for symbol in seen) > 30


def test_the_original_and_other_code_name_nobody(shlex):
    _, site_map = shlex
    for name in ("shlex", "textwrap", "netrc"):
        assert named(site_map, module(name)) == []


def test_a_small_file_says_how_many_bits_it_lacks():
    text = b"def f(x, y):\n    if x == 0:\n        return 'a'\n    return None\n"
    manifest = PackageFile("mapp-package.toml", b"[package]\nmin_code_sites = 2\n")
    package, site_map = surveyed(manifest, PackageFile("a.py", text))
    leak = leaked(package, site_map, 5)
    seen = read([Piece(leak)], site_map)
    found = score(
        *(book_of(site_map), [EntityId(copy) for copy in COPIES], seen.symbols),
        *(Method.SCORE_1, share_of(Fraction("1e-4"), 1)),
        phantom_key=bytes(32),
        phantoms=1,
    )
    assert not any(entity.named for entity in found.entities)
    assert found.missing_bits > 15


def test_a_stored_map_reads_as_the_surveyed_one(shlex):
    package, site_map = shlex
    stored = sitemap_from_json(sitemap_to_json(site_map))
    leak = Piece(leaked(package, site_map, 9))
    assert stored == site_map
    assert read([leak], stored) == read([leak], site_map)


def test_points_and_natural_forms_of_one_package_make_one_word():
    marks = b"[[mark]]\nname = 'fill'\nkind = 'filler'\nmatch = 'FILLER = \"(A{24})\"'\n"
    package, site_map = surveyed(
        PackageFile("mapp-package.toml", b"[[file]]\npath = 'a.py'\nmarks = ['default']\n"),
        PackageFile("a.py", b'FILLER = "' + b"A" * 24 + b'"\n' + module("netrc")),
        PackageFile("a.py.marks.toml", marks),
    )
    word = book_of(site_map).symbols(4)
    seen = read([Piece(leaked(package, site_map, 4))], site_map)
    assert {site.channel for site in site_map.sites} > {"payload", "yoda", "quotes"}
    assert seen.read_sites > 0.9 * len(word)
    both = zip(word, seen.symbols, strict=True)
    assert all(own == symbol for own, symbol in both if symbol is not None)


def test_the_method_names_natural_forms_only_where_a_map_has_some(shlex):
    _, site_map = shlex
    _, plain = surveyed(
        PackageFile("a.txt", b"x=" + b"A" * 24),
        PackageFile(
            "a.txt.marks.toml", b"[[mark]]\nname='f'\nkind='filler'\noffset=2\nlength=24\n"
        ),
    )
    assert read([], plain).method == METHOD
    assert read([], site_map).method.startswith(METHOD + "; natural forms")
    long = read([Piece(b"x" * 2**21)], site_map).method
    assert long.endswith("1 of 1 parts too long for them")


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.binary(max_size=400), st.integers(0, 12000))
def test_any_bytes_in_a_copy_give_an_observation(shlex, shlex_copy, noise, at):
    leak, (_, site_map) = shlex_copy, shlex
    seen = read([Piece(leak[:at] + noise + leak[at:])], site_map)
    assert len(seen.symbols) == len(site_map.sites)


def test_even_pads_rarely_look_alike():
    # Of the 4096 words of 12 forms those with at most one odd form: 2 * (1 + 12).
    words = [[number >> bit & 1 for bit in range(12)] for number in range(2**12)]
    assert sum(map(is_alike, words)) == 26


def test_a_long_channel_in_which_one_form_is_merely_rarer_is_trusted():
    # Chance gives that in one copy of a hundred; a tool leaves far fewer of the rarer form.
    assert not is_alike([0] * 60 + [1] * 36)
    assert is_alike([0] * 72 + [1] * 24)
    assert is_alike([0] * 160 + [1] * 90)


def test_a_table_whose_names_were_all_changed_is_looked_at_by_its_numbers():
    rows = "".join(f"    {{{60 + 7 * at}, {at * at + 11}}},\n" for at in range(24))
    manifest = PackageFile("mapp-package.toml", b"[package]\nmin_code_sites = 2\n")
    text = f"static const struct code lengths[] = {{\n{rows}}};\n"
    package, site_map = surveyed(manifest, PackageFile("a.h", text.encode()))
    leak = leaked(package, site_map, 7)
    bare = leak.replace(b"lengths", b"v1").replace(b"code", b"v2").replace(b"struct ", b"")
    found = tally(site_map, 7, bare)["base"]
    assert found[0] > 40
    assert found[1:] == (0, 0)
    others = " ".join(str(number) for number in range(1000, 9000)).encode()
    assert read([Piece(others)], site_map).read_sites == 0
