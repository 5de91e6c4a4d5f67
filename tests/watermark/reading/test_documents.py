"""Advisories and data files with authored points, after what mail, pages and tools do to them."""

import json

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from mapp_compliance.attribution import Part
from mapp_compliance.attribution.unwrap import unwrap
from mapp_compliance.attribution.views import with_views
from mapp_compliance.watermark import (
    PackageFile,
    SiteMap,
    lay_out,
    mark,
    parse_package,
    read,
    survey,
)
from tests.watermark.packs.boxes import word
from tests.watermark.packs.documents import ALTERATIONS, WHOLE

MANIFEST = PackageFile("mapp-package.toml", b"[package]\nmin_code_sites = 1\n")
ADVISORY = """# Advisory EX-2026-01

The parser of *ExampleServer* accepts a length field without checking it. An attacker who can
reach the service may send a request that makes the service stop.

## Affected versions

- 4.2 and earlier
- 5.0 before 5.0.7
- the embedded build of the appliance
- the community image

## What to do

Update as soon as you can. Where that is not possible, restrict access to the management port.
The session in the example is `demo-abcdefgh`.
"""
MARKS = r"""
[[mark]]
name = "w1"
kind = "variant"
match = "(accepts a length field without checking it)"
values = ["accepts a length field without checking it", "does not check a length field"]
[[mark]]
name = "w2"
kind = "variant"
match = "(makes the service stop)"
values = ["makes the service stop", "stops the service"]
[[mark]]
name = "w3"
kind = "variant"
match = "that (is not possible)"
values = ["is not possible", "cannot be done"]
[[mark]]
name = "list"
kind = "shuffle"
match = "versions\n\n((.+\n){4})"
items = ["- 4.2 and earlier\n", "- 5.0 before 5.0.7\n", "- the embedded build of the appliance\n",
         "- the community image\n"]
separator = ""
[[mark]]
name = "session"
kind = "name"
match = "`(demo-abcdefgh)`"
prefix = "demo-"
"""
RECORD = {"indicators": [{"id": "obs-abcdefgh", "port": 20080, "note": "first seen in the lab"}]}
RECORD_MARKS = """
[[mark]]
name = "id"
kind = "name"
match = '"(obs-abcdefgh)"'
prefix = "obs-"
[[mark]]
name = "port"
kind = "integer"
match = '"port": (20080)'
low = 20000
high = 29999
[[mark]]
name = "note"
kind = "variant"
match = '"(first seen in the lab)"'
values = ["first seen in the lab", "the lab saw it first"]
"""
TOOLS = {
    "minified": lambda data: json.dumps(json.loads(data), separators=(",", ":")),
    "indented": lambda data: json.dumps(json.loads(data), indent=4),
    "sorted": lambda data: json.dumps(json.loads(data), sort_keys=True),
    "as YAML": lambda data: yaml.safe_dump(json.loads(data)),
}


def surveyed(path: str, text: str, marks: str):
    files = [PackageFile(path, text.encode()), PackageFile(f"{path}.marks.toml", marks.encode())]
    package = parse_package([*files, MANIFEST])
    return package, survey(package, lay_out(package, {}), bytes(32))


def seen(text: str, site_map: SiteMap):
    return read(with_views(unwrap([Part(text.encode(), "leak")])).parts, site_map).symbols


@pytest.mark.parametrize("name", WHOLE)
def test_a_whole_advisory_reads_after(name):
    package, site_map = surveyed("a.md", ADVISORY, MARKS)
    for instance in ("one", "two", "three"):
        own = word(site_map, instance)
        copy = mark(package, site_map, own).files[0].data.decode()
        assert seen(ALTERATIONS[name](copy), site_map) == own.symbols


def test_a_list_is_not_read_by_words_that_stand_elsewhere_as_well():
    """Copied text would give the order of the literal as that of a copy."""
    twice = ADVISORY + "\nIn short: 4.2 and earlier, 5.0 before 5.0.7, the embedded build of the "
    twice += "appliance, the community image.\n"
    package, site_map = surveyed("a.md", twice, MARKS)
    own = word(site_map, "one")
    copy = mark(package, site_map, own).files[0].data.decode()
    symbols = seen(ALTERATIONS["Markdown to HTML"](copy), site_map)
    lists = [at for at, site in enumerate(site_map.sites) if site.point == "list"]
    assert [symbols[at] for at in lists] == [None, None]


@pytest.mark.parametrize("tool", TOOLS)
def test_example_values_of_a_data_file_read_after(tool):
    package, site_map = surveyed("a.json", json.dumps(RECORD, indent=1), RECORD_MARKS)
    own = word(site_map, "one")
    copy = mark(package, site_map, own).files[0].data.decode()
    symbols = seen(TOOLS[tool](copy), site_map)
    wrong = [one for one, two in zip(own.symbols, symbols, strict=True) if two not in (None, one)]
    assert wrong == []
    assert symbols.count(None) <= (tool == "as YAML")


def test_a_word_cut_off_at_the_end_is_not_read_as_a_shorter_value():
    text = "The service may then stop without a word, when its buffer is full.\n"
    marks = '[[mark]]\nname = "w"\nkind = "variant"\nmatch = "(when) its"\n'
    package, site_map = surveyed("a.md", text, marks + 'values = ["when", "whenever"]\n')
    for instance in ("one", "two", "three", "four"):
        own = word(site_map, instance)
        copy = mark(package, site_map, own).files[0].data.decode()
        cut = copy[: copy.index("when") + len("when")]
        assert seen(cut, site_map) == (None,)
        assert seen(copy, site_map) == own.symbols


def test_a_row_that_other_filled_slots_make_up_as_well_is_not_read():
    """The second line alone looks like the first one, with any of its values."""
    text = "It can be taken from the upper shelf.\nThere it can be taken from the upper shelf.\n"
    marks = """
[[mark]]
name = "a"
kind = "variant"
match = "It can be taken (from) the"
values = ["from", "out of"]
[[mark]]
name = "b"
kind = "variant"
match = "There it (can) be"
values = ["can", "is able to"]
[[mark]]
name = "c"
kind = "variant"
match = "There it can be taken (from) the"
values = ["from", "out of"]
"""
    package, site_map = surveyed("a.md", text, marks)
    for number in range(12):
        own = word(site_map, str(number))
        second = mark(package, site_map, own).files[0].data.decode().split("\n")[1]
        assert seen(second, site_map)[0] is None


DENSE = """# Notes on the tool

With it you can use several new types before they are part of the language.

If you run into bugs, you can file them in the tracker of the project.

- Remove needless brackets from the left side of assignments while keeping commas (#4865)
- Fix a crash on empty files (#4866)

## Earlier

- Remove needless brackets from the left side of assignments while keeping commas (#4865)
- Say more about the cause of a failure (#4801)
"""
PLACES = [
    ("you (can) use", "is able to"),
    ("can (use) several", "make use of"),
    ("use (several) new", "a number of"),
    ("several (new) types", "fresh"),
    ("types (before) they", "ahead of"),
    ("they (are) part", "remain"),
    ("If (you) run", "one"),
    ("you (run) into", "start"),
    ("run (into) bugs", "in"),
    ("bugs, (you) can", "one"),
    ("you (can) file", "is able to"),
    (r"tool[\\s\\S]+?brackets (from) the", "out of"),
    (r"tool[\\s\\S]+?assignments (while) keep", "whilst"),
    (r"Earlier[\\s\\S]+?brackets (from) the", "out of"),
    (r"Earlier[\\s\\S]+?assignments (while) keep", "whilst"),
]
DENSE_MARKS = "".join(
    f'[[mark]]\nname = "w{number}"\nkind = "variant"\nmatch = "{match}"\n'
    f'values = ["{match.split("(")[-1].split(")")[0]}", "{other}"]\n'
    for number, (match, other) in enumerate(PLACES)
)


@pytest.mark.parametrize(
    "change", [str, ALTERATIONS["re-wrapped"], ALTERATIONS["Markdown to HTML"]]
)
def test_wordings_that_stand_close_together_or_in_like_sentences_are_read(change):
    package, site_map = surveyed("a.md", DENSE, DENSE_MARKS)
    for instance in ("one", "two", "three", "four"):
        own = word(site_map, instance)
        copy = mark(package, site_map, own).files[0].data.decode()
        assert seen(change(copy), site_map) == own.symbols


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.sampled_from("abcdef"), st.integers(0, 120), st.integers(0, 60))
def test_words_out_of_a_copy_are_never_read_wrong(instance, first, count):
    package, site_map = surveyed("a.md", DENSE, DENSE_MARKS)
    own = word(site_map, instance)
    words = mark(package, site_map, own).files[0].data.decode().split()[first : first + count]
    for own_symbol, symbol in zip(own.symbols, seen(" ".join(words), site_map), strict=True):
        assert symbol in (None, own_symbol)


def test_a_value_that_is_a_piece_of_a_word_or_nothing_is_read():
    text = "The behaviour of the old table of colours has not been changed since then.\n"
    marks = """
[[mark]]
name = "u"
kind = "variant"
match = "behavio(u)r"
values = ["u", ""]
[[mark]]
name = "old"
kind = "variant"
match = "the (old )table"
values = ["old ", ""]
[[mark]]
name = "c"
kind = "variant"
match = "colo(u)r"
values = ["u", ""]
"""
    package, site_map = surveyed("a.md", text, marks)
    for number in range(8):
        own = word(site_map, str(number))
        copy = mark(package, site_map, own).files[0].data.decode()
        assert seen(copy, site_map) == own.symbols
