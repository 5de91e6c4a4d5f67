import ast
import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapp_compliance.errors import Broken, InvalidInput
from mapp_compliance.values import InstanceId
from mapp_compliance.watermark import (
    Codeword,
    FailedCheck,
    Package,
    PackageFile,
    SiteMap,
    check_static,
    lay_out,
    mark,
    original,
    parse_package,
    survey,
    wordings,
)
from mapp_compliance.watermark.carriers.points import symbols_of
from mapp_compliance.watermark.codes import codeword
from mapp_compliance.watermark.sites import LaidOutFile, PointKind

MARK_KEY = bytes(range(1, 33))
MANIFEST = PackageFile("mapp-package.toml", b"[package]\nmin_code_sites = 1\n")


def word(site_map: SiteMap, instance: str) -> Codeword:
    ids = [site.id for site in site_map.sites]
    biases = [site.bias for site in site_map.sites]
    spaces = [site.space for site in site_map.sites]
    return Codeword(codeword(MARK_KEY, InstanceId(instance), ids, biases, spaces))


def data_of(package: Package, path: str) -> bytes:
    return next(file.data for file in package.files if file.path == path)


def test_the_original_of_an_untouched_file_is_that_file(package, site_map):
    assert original(package, site_map).files == package.files


def test_each_wording_of_a_text_stands_in_one_of_its_further_texts(package, site_map):
    variants = [p for p in site_map.layout.points if p.kind is PointKind.VARIANT]
    texts = wordings(site_map)
    for file in site_map.layout.files:
        held = [point for point in variants if point.name in set(file.points())]
        assert not held or file.path in texts
        for wording in (value for point in held for value in point.values):
            assert any(wording in text for text in texts[file.path])
    assert texts


def test_every_line_of_a_copy_of_a_short_file_stands_in_one_of_its_further_texts():
    lines = [b'if note%d == "a":\n    print("it is %d")\n' % (n, n) for n in range(6)]
    short = parse_package([PackageFile("a.py", b"".join(lines)), MANIFEST])
    site_map = survey(short, lay_out(short, {}), bytes(range(32)))
    [texts] = wordings(site_map).values()
    for number in range(20):
        copy = data_of(mark(short, site_map, word(site_map, f"c{number}")), "a.py")
        assert all(any(line in text for text in texts) for line in copy.splitlines(keepends=True))


def test_a_long_file_with_natural_marks_alone_has_no_further_texts():
    long = b"".join(b'print("it is %d")\n' % n for n in range(300))
    package = parse_package([PackageFile("a.py", long), MANIFEST])
    assert wordings(survey(package, lay_out(package, {}), bytes(range(32)))) == {}


def test_marking_with_the_originals_symbols_reproduces_the_original(site_map, package):
    """The filler is first set to letters of its own sites, for 'AAAA...' is no word."""
    fill = next(point for point in site_map.layout.points if point.name == "filler")
    letters = b"".join(site.symbols[1] for site in site_map.sites if site.point == "filler")
    poc = data_of(package, "poc.py").replace(fill.original, letters)
    marks = package.marks[0].data.replace(b"A{32}", b'[^"]{32}')
    ours = parse_package([PackageFile("poc.py", poc), PackageFile("poc.py.marks.toml", marks)])
    surveyed = survey(ours, lay_out(ours, {}), bytes(range(32)))
    symbols = []
    for point in surveyed.layout.points:
        own = [site for site in surveyed.sites if site.point == point.name]
        symbols += symbols_of(point, own, point.original or point.values)
    assert None not in symbols
    assert mark(ours, surveyed, Codeword(tuple(symbols))).files == ours.files


def test_the_same_word_gives_the_same_bytes(package, site_map):
    assert mark(package, site_map, word(site_map, "c1")) == mark(
        package, site_map, word(site_map, "c1")
    )


def test_a_symbol_changes_what_stands_at_its_own_point_and_nothing_else(package, site_map):
    @settings(derandomize=True, max_examples=60)
    @given(st.integers(0, len(site_map.sites) - 1))
    def check(place):
        first = word(site_map, "c1").symbols
        turned = (first[place] + 1) % site_map.sites[place].space
        second = (*first[:place], turned, *first[place + 1 :])
        changed = {
            slot.point
            for slot, one, other in zip(
                _poc(site_map).slots(),
                _slot_texts(site_map, mark(package, site_map, Codeword(first))),
                _slot_texts(site_map, mark(package, site_map, Codeword(second))),
                strict=True,
            )
            if one != other
        }
        assert changed == {site_map.sites[place].point}

    check()


def test_every_copy_parses_and_reads_back_its_word(package, site_map):
    @settings(derandomize=True, max_examples=60)
    @given(st.text(min_size=1, max_size=5))
    def check(instance):
        sent = word(site_map, instance)
        marked = mark(package, site_map, sent)
        check_static(marked, package)
        names = dict(_assigned(data_of(marked, "poc.py")))
        symbols = []
        for point in site_map.layout.points:
            own = [site for site in site_map.sites if site.point == point.name]
            symbols += symbols_of(point, own, names[point.name])
        assert tuple(symbols) == sent.symbols

    check()


def test_two_instances_differ(package, site_map):
    assert mark(package, site_map, word(site_map, "c1")) != mark(
        package, site_map, word(site_map, "c2")
    )


def test_lengths_are_kept(package, site_map):
    marked = mark(package, site_map, word(site_map, "c1"))
    for line, before in zip(
        data_of(marked, "poc.py").splitlines()[:6],
        data_of(package, "poc.py").splitlines()[:6],
        strict=True,
    ):
        assert len(line) == len(before)


def test_a_word_of_another_length_is_refused(package, site_map):
    with pytest.raises(InvalidInput, match="symbols for"):
        mark(package, site_map, Codeword((0, 1)))


def test_a_changed_package_is_refused(package, site_map):
    changed = replace(package.files[1], data=package.files[1].data + b"\n")
    with pytest.raises(Broken, match="not the one that was surveyed"):
        mark(replace(package, files=(package.files[0], changed)), site_map, word(site_map, "c1"))
    with pytest.raises(Broken, match="not the one that was surveyed"):
        mark(replace(package, files=package.files[:1]), site_map, word(site_map, "c1"))


def with_file(path: str, data: bytes) -> Package:
    return Package((PackageFile(path, data),))


@pytest.mark.parametrize(
    ("path", "good", "bad"),
    [("a.py", b"x = 1\n", b"x = \n"), ("a.json", b"[1]", b"[1"), ("A.PY", b"x", b"\0")],
)
def test_a_copy_that_no_longer_parses_is_refused(path, good, bad):
    check_static(with_file(path, good), with_file(path, good))
    with pytest.raises(FailedCheck, match="once it is marked") as caught:
        check_static(with_file(path, bad), with_file(path, good))
    assert caught.value.where == path


def test_what_the_author_wrote_unparsable_is_not_checked():
    check_static(with_file("a.py", b"print 'x2'"), with_file("a.py", b"print 'x'"))


def test_a_template_is_always_checked():
    with pytest.raises(FailedCheck):
        check_static(with_file("a.py", b"print 'x2'"), with_file("a.py.j2", b"print 'x'"))


def test_other_file_types_have_no_static_check():
    check_static(with_file("a.rb", b"(((("), with_file("a.rb", b"()"))


def _assigned(source: bytes):
    """Name and value of each assignment as written, in the form that points have."""
    for node in ast.parse(source).body:
        assert isinstance(node, ast.Assign)
        value = ast.literal_eval(node.value)
        name = node.targets[0].id.lower()
        if isinstance(value, list):
            yield name, tuple(f'"{item}"'.encode() for item in value)
        else:
            yield name, value if isinstance(value, bytes) else str(value).encode()


def _poc(site_map: SiteMap) -> LaidOutFile:
    return next(file for file in site_map.layout.files if file.path == "poc.py")


def _slot_texts(site_map: SiteMap, marked: Package) -> tuple[bytes, ...]:
    """What stands at each slot; the literal text around them must be as in the layout."""
    pattern = b"".join(
        re.escape(segment) if isinstance(segment, bytes) else b"([^\n]*?)"
        for segment in _poc(site_map).segments
    )
    match = re.fullmatch(pattern, data_of(marked, "poc.py"))
    assert match is not None
    return match.groups()
