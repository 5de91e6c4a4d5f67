from itertools import islice

import pytest

from mapp_compliance.watermark import (
    PackageFile,
    TooFewSites,
    lay_out,
    lone_words,
    mark,
    original,
    parse_package,
    random_words,
    survey,
    survey_legible,
    vet,
    vetting_codewords,
)
from mapp_compliance.watermark.reading import forms_told

MANIFEST = PackageFile("mapp-package.toml", b"[package]\nmin_code_sites = 1\n")
CODE = b"""int counted(const char *text, int limit) {
  int found = 0;
  if (limit < 17) { found++; } else { found = limit; }
  while (text[found] && found < limit) { found++; }
  return found == 33 ? limit : found;
}
"""
LIKE_ROWS = b"static const unsigned char filler_table[] = {\n" + 30 * b"  16, 32,\n" + b"};\n"


def packed(*files: tuple[str, bytes]):
    package = parse_package([MANIFEST, *(PackageFile(*file) for file in files)])
    return package, lay_out(package, {})


def test_each_variant_of_each_code_site_is_tried_alone(site_map):
    plain, *others = lone_words(site_map)
    assert [word.sites for word in others] == [(site.id,) for site in site_map.sites]
    for place, word in enumerate(others):
        differing = [
            at
            for at, (one, other) in enumerate(
                zip(plain.word.symbols, word.word.symbols, strict=True)
            )
            if one != other
        ]
        assert differing == [place]


def test_at_least_64_random_words_follow(site_map):
    words = list(vetting_codewords(site_map, b"seed"))
    assert len(words) - len(list(lone_words(site_map))) == 64
    assert len({word.word for word in words[-64:]}) == 64


def test_both_variants_of_every_code_site_are_among_the_random_words(site_map):
    rows = [word.word.symbols for word in random_words(site_map, b"seed")]
    for place, site in enumerate(site_map.sites):
        seen = {row[place] for row in rows}
        assert len(seen) > 1, site.id


def test_the_same_seed_gives_the_same_words_and_another_others(site_map):
    first = list(islice(random_words(site_map, b"a"), 2))
    assert first == list(islice(random_words(site_map, b"a"), 2))
    assert first != list(islice(random_words(site_map, b"b"), 2))


def test_every_word_marks_a_copy(package, site_map):
    assert vet(package, site_map, vetting_codewords(site_map, b"s"), [lambda _: None]) == ()


def test_a_variant_that_breaks_the_package_is_named(package, site_map):
    def no_hello(marked):
        return "it no longer runs" if b"Hello everybody" in marked.files[1].data else None

    plain = next(lone_words(site_map))
    greeted = no_hello(mark(package, site_map, plain.word)) is not None
    failures = vet(package, site_map, lone_words(site_map), [lambda _: None, no_hello])
    named = {site for failure in failures for site in failure.sites}
    assert not greeted
    assert named == {"greeting/0"}
    assert failures[0].reason == "it no longer runs"


def test_natural_forms_are_tried_in_groups_that_tell_each_of_them():
    text = b"".join(b"f('text %d')\n" % number for number in range(40))
    package = parse_package([PackageFile("a.py", text)])
    site_map = survey(package, lay_out(package, {}), bytes(32))
    words = list(lone_words(site_map))
    flipped = {
        site.id: tuple(site.id in word.sites for word in words[1:]) for site in site_map.sites
    }
    assert len(words) == 1 + len(site_map.sites).bit_length()
    assert len(set(flipped.values())) == len(site_map.sites)
    assert all(any(row) for row in flipped.values())


def test_a_form_that_no_copy_shows_is_no_site():
    package, layout = packed(("table.c", LIKE_ROWS + CODE))
    legible = survey_legible(package, layout, bytes(32))
    found = {site.id for site in survey(package, layout, bytes(32)).sites}
    kept = {site.id for site in legible.site_map.sites}
    assert found - kept == {f"{name}/0" for name in legible.left_out}
    assert len(legible.left_out) > 30
    assert {name.rsplit(":", 1)[0] for name in legible.left_out} == {"table.c::base"}
    assert original(package, legible.site_map).files[-1].data == LIKE_ROWS + CODE


def test_what_stays_is_read_in_every_copy():
    package, layout = packed(("table.c", LIKE_ROWS + CODE))
    site_map = survey_legible(package, layout, bytes(32)).site_map
    for word in random_words(site_map, b"other words", count=12):
        marked = mark(package, site_map, word.word).files[-1].data
        told = forms_told([marked], site_map)
        forms = [
            symbol ^ site.pad
            for symbol, site in zip(word.word.symbols, site_map.sites, strict=True)
        ]
        assert list(told) == forms


def test_the_same_package_keeps_the_same_sites_whatever_its_key():
    package, layout = packed(("table.c", LIKE_ROWS + CODE))
    again = survey_legible(package, layout, bytes(32))
    other = survey_legible(package, layout, bytes([1]) * 32)
    assert again == survey_legible(package, layout, bytes(32))
    assert again.left_out == other.left_out
    assert again.site_map.map_id != other.site_map.map_id


def test_a_package_that_can_be_read_keeps_its_whole_map():
    package, layout = packed(("code.c", CODE))
    legible = survey_legible(package, layout, bytes(32))
    assert legible.left_out == ()
    assert legible.site_map == survey(package, layout, bytes(32))


def test_points_of_the_author_stay_whatever_the_reader_makes_of_them(package, site_map):
    layout = site_map.layout
    legible = survey_legible(package, layout, bytes(32))
    assert legible.left_out == ()
    assert [site.id for site in legible.site_map.sites] == [site.id for site in site_map.sites]


def test_where_too_few_are_left_it_is_said_which_forms_were_left_out():
    manifest = PackageFile("mapp-package.toml", b"[package]\nmin_code_sites = 60\n")
    package = parse_package([manifest, PackageFile("table.c", LIKE_ROWS)])
    layout = lay_out(package, {})
    assert len(survey(package, layout, bytes(32)).sites) == 60
    with pytest.raises(TooFewSites) as told:
        survey_legible(package, layout, bytes(32))
    assert told.value.fields["found"] == 60 - len(told.value.left_out) < 40
