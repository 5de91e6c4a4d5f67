from dataclasses import replace

import pytest

from mapp_compliance.errors import InvalidInput
from mapp_compliance.watermark import (
    PackageFile,
    SiteKind,
    TooFewSites,
    capacity,
    carrier_name,
    file_capacity,
    lay_out,
    layout_warnings,
    parse_package,
    survey,
)
from mapp_compliance.watermark.sites import SCALE
from mapp_compliance.watermark.survey import ANCHORS_BYTES

SITE_KEY = bytes(range(32))
SHARED = b"[[mark]]\nname='shared'\nkind='filler'\nmatch='(A+)'\n"


def two_files(first: bytes, second: bytes, marks: bytes = SHARED):
    return parse_package(
        [
            PackageFile("mapp-package.toml", b"[package]\nmin_code_sites = 4\n"),
            PackageFile("a.txt", first),
            PackageFile("a.txt.marks.toml", SHARED),
            PackageFile("b.txt", second),
            PackageFile("b.txt.marks.toml", marks),
        ]
    )


def test_a_package_has_the_sites_its_points_say(site_map):
    found = capacity(site_map.sites)
    assert found.code_sites == 32 + 2 + 2 + 1
    assert dict(found.sites_by_channel) == {
        "payload": 32,
        "choice": 2,
        "order": 2,
        "wording": 1,
        "nonce": 1,
        "name": 1,
        "integer": 1,
        "timestamp": 1,
    }
    assert found.tag_bits == int(32 + 28.2 + 14.28 + 23.89)


def test_many_anchors_are_thinned_out_over_all_files() -> None:
    first, second = (
        b"AAAAAAAA\n" + b"".join(b"%s line %d %s\n" % (name, n, b"x" * 60) for n in range(400))
        for name in (b"first", b"second")
    )
    package = two_files(first, second)
    anchors = survey(package, lay_out(package, {}), SITE_KEY).anchors
    assert sum(map(len, anchors)) <= ANCHORS_BYTES
    assert set(anchors) <= {*first.splitlines(), *second.splitlines()}
    ours = [anchor for anchor in anchors if anchor.startswith(b"second")]
    assert 2 * len(ours) == pytest.approx(len(anchors), abs=2)
    assert int(ours[-1].split()[2]) > 390


def test_code_sites_have_two_variants_a_pad_and_a_bias(site_map):
    for site in site_map.code_sites:
        assert len(set(site.symbols)) == 2
        assert site.pad in {0, 1}
        assert 0 < site.bias < SCALE
        assert site.space == 2


def test_letters_come_from_the_charset_and_differ_by_site(site_map):
    letters = [site.symbols for site in site_map.sites if site.kind is SiteKind.LETTER]
    allowed = site_map.layout.point("filler").charset
    assert all(letter[0] in allowed for pair in letters for letter in pair)
    assert len(set(letters)) > 20


def test_a_name_in_two_files_is_one_point_in_the_region_of_the_first(package):
    shared = two_files(b"AAAAAA", b"x AAAAAA")
    site_map = survey(shared, lay_out(shared, {}), SITE_KEY)
    assert capacity(site_map.sites).code_sites == 6
    assert {site.region for site in site_map.sites} == {"a.txt"}
    assert [file_capacity(site_map, file).code_sites for file in site_map.layout.files] == [6, 6]


def test_a_name_declared_in_two_ways_is_refused():
    shared = two_files(b"AAAAAA", b"AAAAA")
    with pytest.raises(InvalidInput, match="two different ways"):
        lay_out(shared, {})


def test_too_few_sites_say_found_and_needed(package):
    manifest = replace(package.manifest, min_code_sites=96)
    with pytest.raises(TooFewSites, match="add 59 more") as caught:
        survey(replace(package, manifest=manifest), lay_out(package, {}), SITE_KEY)
    assert caught.value.fields == {"found": 37, "needed": 96}


def test_a_survey_gives_the_same_map_for_ever(package, site_map):
    again = survey(package, lay_out(package, {}), SITE_KEY, engines=(("jinja2", "3"),))
    assert again == site_map
    # Golden: the record of a set-up is read for ever, so this digest must never change.
    assert site_map.map_id.hex == "b90516b20b013495648b28a70cf9c6e7014a555c2228285fd75d0809a1a618ce"


def test_another_site_key_gives_other_letters(package, site_map):
    other = survey(package, lay_out(package, {}), bytes(32))
    assert [site.symbols for site in other.sites] != [site.symbols for site in site_map.sites]


def test_a_site_keeps_its_pad_and_letters_when_others_come_and_go(package, site_map):
    first_marks = package.marks[0].data.split(b'[[mark]]\nname = "port')[0]
    fewer = replace(package, marks=(PackageFile("poc.py.marks.toml", first_marks),))
    kept = {site.id: site for site in survey(fewer, lay_out(fewer, {}), SITE_KEY).sites}
    before = {site.id: site for site in site_map.sites}
    assert len(kept) > 30
    assert all(
        (site.pad, site.symbols) == (before[name].pad, before[name].symbols)
        for name, site in kept.items()
    )


def test_anchors_are_lines_that_no_point_touches(site_map):
    assert b"#!/usr/bin/env python3" in site_map.anchors
    assert b"The same for everybody." in site_map.anchors
    assert all(len(anchor) >= 8 for anchor in site_map.anchors)
    assert not any(b"AAAA" in anchor or b"20080" in anchor for anchor in site_map.anchors)


def test_each_file_says_how_it_carries_marks(package):
    assert [carrier_name(package, file) for file in package.files] == ["none", "side-car"]


def test_a_template_must_be_compiled_before_it_is_laid_out():
    package = parse_package([PackageFile("a.j2", b"{{ filler(8) }}")])
    with pytest.raises(InvalidInput, match="compile it"):
        lay_out(package, {})


def test_points_at_their_best_give_no_warning(package):
    assert layout_warnings(lay_out(package, {})) == ()
