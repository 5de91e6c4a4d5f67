from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapp_compliance.errors import Broken, InvalidInput
from mapp_compliance.watermark import SiteMap
from mapp_compliance.watermark.carriers.points import (
    code_site_count,
    declare,
    symbols_of,
    tag_space,
    value_of,
)
from mapp_compliance.watermark.carriers.points.values import index_of, value_at
from mapp_compliance.watermark.sites import Point, Site, SiteKind


def sites_of(site_map: SiteMap, point: Point) -> tuple[Site, ...]:
    return tuple(site for site in site_map.sites if site.point == point.name)


def test_every_kind_reads_back_the_symbols_it_was_written_with(site_map):
    @settings(derandomize=True, max_examples=150)
    @given(st.data())
    def check(data):
        point = data.draw(st.sampled_from(site_map.layout.points))
        sites = sites_of(site_map, point)
        symbols = tuple(data.draw(st.integers(0, site.space - 1)) for site in sites)
        assert symbols_of(point, sites, value_of(point, sites, symbols)) == symbols

    check()


@pytest.mark.parametrize("offset", [0, 1, -1])
def test_the_ends_of_a_tag_space_are_values_and_nothing_beyond(site_map, offset):
    for site in site_map.tag_sites:
        point = site_map.layout.point(site.point)
        last = tag_space(point) - 1
        assert index_of(point, value_at(point, last)) == last
        with pytest.raises(InvalidInput, match="outside its space"):
            value_of(point, (site,), (last + 1,))


def test_site_j_of_a_choice_holds_bit_j_of_the_values_number(site_map):
    point = site_map.layout.point("mode")
    plain = tuple(replace(site, pad=0) for site in sites_of(site_map, point))
    assert value_of(point, plain, (1, 0)) == b"beta"
    assert value_of(point, plain, (0, 1)) == b"gamma"


def test_a_shuffle_swaps_neighbours_and_no_others(site_map):
    point = site_map.layout.point("fields")
    plain = tuple(replace(site, pad=0) for site in sites_of(site_map, point))
    assert value_of(point, plain, (0, 1)) == (b'"Host"', b'"Accept"', b'"Range"', b'"Via"')


def test_a_pad_turns_the_written_variant(site_map):
    point = site_map.layout.point("filler")
    site = sites_of(site_map, point)
    turned = tuple(replace(one, pad=1 - one.pad) for one in site)
    zeros, ones = (0,) * len(site), (1,) * len(site)
    assert value_of(point, site, zeros) == value_of(point, turned, ones)


def test_a_third_letter_and_a_foreign_value_give_no_symbol(site_map):
    for point in site_map.layout.points:
        count = code_site_count(point) or 1
        read = symbols_of(point, sites_of(site_map, point), b"\xff" * 40)
        assert read == (None,) * count


def test_a_short_or_foreign_list_gives_no_symbol_for_what_is_missing(site_map):
    point = site_map.layout.point("fields")
    read = symbols_of(point, sites_of(site_map, point), (b'"Range"', b'"Via"', b"x"))
    assert read[0] is None
    assert read[1] in {0, 1}


def test_sites_of_another_point_are_refused(site_map):
    point = site_map.layout.point("filler")
    with pytest.raises(Broken, match="do not fit"):
        value_of(point, sites_of(site_map, point)[:-1], (0,))


def test_five_values_use_the_first_four_and_say_so():
    point = declare.choice("pick", ["a", "b", "c", "d", "e"])
    assert code_site_count(point) == 2
    assert "first 4 values" in declare.cautions(point)[0]


def test_a_range_that_changes_its_length_is_told():
    assert "changes its length" in declare.cautions(declare.integer("n", 1, 10))[0]


def test_two_values_are_no_tag():
    with pytest.raises(InvalidInput, match="3 to 2"):
        declare.integer("n", 1, 2)


@settings(derandomize=True)
@given(st.binary(max_size=40))
def test_noise_never_reads_as_a_value_it_is_not(value):
    points = (declare.nonce("n", 2), declare.integer("i", -5, 500), declare.keyed_name("k", "a_"))
    for point in points:
        index = index_of(point, value)
        assert index is None or value_at(point, index) == value


def test_tag_kinds_are_the_points_without_code_sites(site_map):
    kinds = {site.point: site.kind for site in site_map.sites}
    for point in site_map.layout.points:
        assert (kinds[point.name] is SiteKind.TAG) == (code_site_count(point) == 0)
