from itertools import islice

from mapp_compliance.watermark import (
    PackageFile,
    lay_out,
    lone_words,
    mark,
    parse_package,
    random_words,
    survey,
    vet,
    vetting_codewords,
)


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
