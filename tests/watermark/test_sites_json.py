import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapp_compliance.errors import Broken, InvalidInput
from mapp_compliance.trust import canonical
from mapp_compliance.watermark import layout_from_json, layout_to_json
from mapp_compliance.watermark.sites import Fork, LaidOutFile, Layout
from mapp_compliance.watermark.sites_json import sitemap_digest, sitemap_from_json, sitemap_to_json


def test_a_site_map_comes_back_exactly(site_map):
    assert sitemap_from_json(sitemap_to_json(site_map)) == site_map


def test_a_layout_comes_back_exactly(site_map):
    assert layout_from_json(layout_to_json(site_map.layout)) == site_map.layout


def test_the_stored_form_is_the_canonical_one(site_map):
    stored = sitemap_to_json(site_map)
    assert canonical(json.loads(stored)) == stored


def test_a_map_with_another_pad_is_another_map(site_map):
    first = replace(site_map.sites[0], pad=1 - site_map.sites[0].pad)
    changed = replace(site_map, sites=(first, *site_map.sites[1:]))
    assert sitemap_digest(changed) != site_map.map_id
    with pytest.raises(Broken, match="does not match"):
        sitemap_from_json(sitemap_to_json(changed))


def test_another_spelling_of_the_same_map_is_refused(site_map):
    spelled = json.dumps(json.loads(sitemap_to_json(site_map))).encode()
    with pytest.raises(InvalidInput, match="survey again"):
        sitemap_from_json(spelled)


@settings(derandomize=True, max_examples=200)
@given(st.binary(max_size=60) | st.text('{}[]":,filespont0', max_size=60).map(str.encode))
def test_noise_is_no_layout(data):
    with pytest.raises(InvalidInput):
        layout_from_json(data)


def test_a_layout_of_wrong_types_is_refused(site_map):
    record = json.loads(layout_to_json(site_map.layout))

    @settings(derandomize=True, max_examples=100)
    @given(st.data())
    def check(data):
        spoilt = json.loads(json.dumps(record))
        point = data.draw(st.sampled_from(spoilt["points"]))
        key = data.draw(st.sampled_from(sorted(set(point) - {"length", "values"})))
        point[key] = data.draw(st.sampled_from([None, 3, True, {}, ["x"]]))
        with pytest.raises(InvalidInput):
            layout_from_json(canonical(spoilt))

    check()


def test_a_layout_with_forks_inside_forks_comes_back_as_it_was():
    inner = Fork("b", (b"x",), (b"y", Fork("a", (), (b"z",))))
    layout = Layout((LaidOutFile("a.py", (b"1", Fork("a", (inner, b"2"), (inner,)))),), ())
    assert layout_from_json(layout_to_json(layout)) == layout
    assert [fork.point for fork in layout.files[0].forks()] == ["a", "b", "a", "b", "a"]
    assert list(layout.files[0].points()) == ["a", "b"]


def test_nesting_without_end_is_no_stored_layout():
    deep = b'{"first":[' * 5000 + b"]}" * 5000
    with pytest.raises(InvalidInput, match="survey again"):
        layout_from_json(b'{"files":[{"path":"a","segments":[' + deep + b']}],"points":[]}')
