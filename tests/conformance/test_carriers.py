"""What every carrier of natural marks promises, run over all that the registry lists.

A carrier takes part with one sample in ``tests/vectors/carriers/NAME``.
"""

import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapp_compliance.errors import MappError
from mapp_compliance.watermark import (
    Codeword,
    PackageFile,
    check_static,
    lay_out,
    mark,
    natural_warnings,
    parse_package,
    read,
    sitemap_from_json,
    sitemap_to_json,
    survey,
)
from mapp_compliance.watermark.natural.carrier import Unparsed
from mapp_compliance.watermark.natural.sound import rendered
from mapp_compliance.watermark.registry import NATURAL
from tests.house.tree import ROOT

VECTORS = ROOT / "tests" / "vectors" / "carriers"
MANIFEST = PackageFile("mapp-package.toml", b"[package]\nmin_code_sites = 1\n")
SITE_KEY = bytes(range(32))
KIB = 1024

carriers = pytest.mark.parametrize("carrier", NATURAL, ids=lambda each: each.name)


@dataclass
class Piece:
    data: bytes
    derivation: str = "leak"


def sample(carrier) -> Path:
    (path,) = (VECTORS / carrier.name).glob("sample.*")
    return path


def laid(carrier, data: bytes, families=None):
    path = sample(carrier).name
    return carrier.lay_out(path, data, carrier.default if families is None else families, ())


def surveyed(carrier):
    path = sample(carrier)
    package = parse_package([MANIFEST, PackageFile(path.name, path.read_bytes())])
    return package, survey(package, lay_out(package, {}), SITE_KEY)


def copy_of(package, site_map, word) -> bytes:
    path = package.files[-1].path
    files = mark(package, site_map, Codeword(tuple(word))).files
    return next(file.data for file in files if file.path == path)


def originals(layout) -> dict[str, int]:
    return {point.name: int(point.original) for point in layout.points}


@carriers
def test_the_sample_has_a_site_of_every_default_family(carrier):
    found = laid(carrier, sample(carrier).read_bytes())
    assert found.warnings == ()
    assert {point.form for point in found.layout.points} == carrier.default


@carriers
def test_what_is_read_of_a_copy_is_its_word(carrier):
    package, site_map = surveyed(carrier)
    size = len(site_map.sites)

    @settings(max_examples=8, deadline=None, derandomize=True)
    @given(st.lists(st.integers(0, 1), min_size=size, max_size=size))
    def check(word):
        seen = read([Piece(copy_of(package, site_map, word))], site_map).symbols
        assert all(
            own == symbol for own, symbol in zip(word, seen, strict=True) if symbol is not None
        )

    check()
    even = [site.pad ^ (number % 2) for number, site in enumerate(site_map.sites)]
    seen = read([Piece(copy_of(package, site_map, even))], site_map).symbols
    assert sum(symbol is not None for symbol in seen) > 0.5 * size


@carriers
def test_every_word_keeps_the_meaning(carrier):
    package, site_map = surveyed(carrier)
    data, size = sample(carrier).read_bytes(), len(site_map.sites)

    @settings(max_examples=12, deadline=None, derandomize=True)
    @given(st.lists(st.integers(0, 1), min_size=size, max_size=size))
    def check(word):
        marked = mark(package, site_map, Codeword(tuple(word)))
        check_static(marked, package)
        assert carrier.keeps(data, copy_of(package, site_map, word), carrier.default)

    check()


@carriers
def test_a_copy_that_says_something_else_fails_its_check(carrier):
    data = sample(carrier).read_bytes()
    assert carrier.keeps(data, data, carrier.default)
    assert not carrier.keeps(data, data.replace(b"longest", b"shortest"), carrier.default)


@carriers
def test_each_form_alone_gives_two_texts_and_the_original_comes_back(carrier):
    data = sample(carrier).read_bytes()
    layout = laid(carrier, data).layout
    tree, word = layout.files[0].segments, originals(layout)
    assert rendered(tree, word) == data
    copies = Counter(rendered(tree, word | {name: 1 - own}) for name, own in word.items())
    assert data not in copies
    assert set(copies.values()) == {1}


@carriers
def test_a_survey_is_the_same_every_time(carrier):
    data = sample(carrier).read_bytes()
    assert laid(carrier, data) == laid(carrier, data)


@carriers
def test_names_of_sites_outlive_an_edit_elsewhere(carrier):
    data = sample(carrier).read_bytes()
    before = {point.name for point in laid(carrier, data).layout.points}
    after = {point.name for point in laid(carrier, data + b"\n\n").layout.points}
    assert before == after


@carriers
def test_nothing_varies_where_no_family_is_asked_for(carrier):
    found = laid(carrier, sample(carrier).read_bytes(), families=frozenset())
    assert found.layout.points == ()
    assert found.layout.files[0].segments == (sample(carrier).read_bytes(),)


@carriers
def test_a_stored_map_is_read_without_any_grammar(carrier, tmp_path):
    package, site_map = surveyed(carrier)
    word = [number % 2 for number in range(len(site_map.sites))]
    (tmp_path / "map").write_bytes(sitemap_to_json(site_map))
    (tmp_path / "leak").write_bytes(copy_of(package, site_map, word))
    code = (
        "import sys; from types import SimpleNamespace as N; from pathlib import Path as P\n"
        "from mapp_compliance.watermark import read, sitemap_from_json\n"
        "leak = N(data=P(sys.argv[2]).read_bytes(), derivation='leak')\n"
        "seen = read([leak], sitemap_from_json(P(sys.argv[1]).read_bytes()))\n"
        "held = [n for n in sys.modules if n.startswith('tree_sitter_')]\n"
        "print(seen.read_sites, *(name for name in held if 'python' not in name))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, tmp_path / "map", tmp_path / "leak"],
        cwd=ROOT, capture_output=True, check=True, timeout=60, text=True,
    )  # fmt: skip
    told = done.stdout.split()
    stored = sitemap_from_json(sitemap_to_json(site_map))
    assert told == [str(read([Piece(copy_of(package, site_map, word))], stored).read_sites)]


def hostile(carrier):
    data = sample(carrier).read_bytes()
    return {
        "syntax error": data[: len(data) // 2] + b"\n)]}{{( 'x\n" + data[len(data) // 3 :],
        "mixed encodings": data + b"\n\xff\xfe",
        "byte order mark": b"\xef\xbb\xbf" + data,
        "UTF-16": data.decode().encode("utf-16"),
        "lone carriage returns": data.replace(b"\n", b"\r"),
        "line ends of Windows": data.replace(b"\n", b"\r\n"),
        "empty": b"",
        "blank": b"\n\n",
        "binary": bytes(range(256)) * 40,
        "deep": b"x = " + b"(" * 5000 + b"1" + b")" * 5000 + b"\n",
        "unclosed": b"{(" * 2000,
        "one long line": b"f(12);" * 2000,
        "long": (data + b"\n") * 8,
        "zero bytes": data + b"\0\n",
    }


@pytest.mark.parametrize("kind", sorted(hostile(NATURAL[0])))
@carriers
def test_hostile_files_give_sound_copies_or_a_reason(carrier, kind):
    data = hostile(carrier)[kind]
    found = laid(carrier, data)
    layout = found.layout
    word = originals(layout)
    assert rendered(layout.files[0].segments, word) == data
    if data.strip() and not layout.points:
        assert found.warnings
    if layout.points:
        turned = rendered(layout.files[0].segments, {name: 1 - own for name, own in word.items()})
        assert carrier.keeps(data, turned, carrier.default)


@carriers
def test_a_file_of_fifty_megabytes_is_left_alone_at_once(carrier):
    found = laid(carrier, b"f(1);\n" * (50 * KIB * KIB // 6))
    assert found.layout.points == ()
    assert "longer than" in found.warnings[0]


@carriers
def test_any_bytes_give_a_layout_of_themselves_and_no_other_error(carrier):
    @settings(max_examples=40, deadline=None, derandomize=True)
    @given(st.binary(max_size=120), st.integers(0, 900))
    def check(noise, at):
        data = sample(carrier).read_bytes()[:900]
        data = data[:at] + noise + data[at:]
        layout = laid(carrier, data).layout
        assert rendered(layout.files[0].segments, originals(layout)) == data
        try:
            carrier.check(data)
            carrier.keeps(data, data, carrier.default)
        except (Unparsed, ValueError):
            pass

    check()


@carriers
def test_what_the_author_is_told_names_the_file_and_nothing_of_it(carrier):
    path = sample(carrier).name
    package = parse_package([MANIFEST, PackageFile(path, b"\xff secret = 'canary'\n")])
    (told,) = natural_warnings(package, {})
    assert told.startswith(path)
    assert "canary" not in told


@carriers
def test_a_fragment_or_noise_is_read_without_an_error(carrier):
    package, site_map = surveyed(carrier)
    leak = copy_of(package, site_map, [1] * len(site_map.sites))

    @settings(max_examples=20, deadline=None, derandomize=True)
    @given(st.binary(max_size=100), st.integers(0, len(leak)), st.integers(0, len(leak)))
    def check(noise, start, end):
        try:
            seen = read([Piece(leak[start:end] + noise + leak[:start])], site_map)
        except MappError:
            return
        assert len(seen.symbols) == len(site_map.sites)

    check()
