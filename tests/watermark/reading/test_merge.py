"""How places that agree, differ or outweigh each other become one symbol."""

from itertools import permutations

import pytest

from mapp_compliance.trust import canonical
from mapp_compliance.values import Digest
from mapp_compliance.watermark.reading.chart import Seen
from mapp_compliance.watermark.reading.merge import merge, observation_json
from mapp_compliance.watermark.sites import OTHER, Layout, Site, SiteKind, SiteMap


def settled(*places):
    """The symbol of one site, and whether it was contradicted, in every order of its places."""
    sites = (Site("a/0", SiteKind.TAG, "tag", "a", "a", space=9),)
    site_map = SiteMap(Digest("0" * 64), 1, sites, Layout((), ()))
    seen = [Seen(0, symbol, weight, "part", at) for at, (symbol, weight) in enumerate(places)]
    results = [merge(site_map, order, "test") for order in permutations(seen)]
    assert len(set(results)) == 1
    return results[0].symbols[0], results[0].health[0].contradicted


@pytest.mark.parametrize(
    ("places", "result"),
    [
        ([], (None, 0)),
        ([(1, 5)], (1, 0)),
        ([(1, 5), (1, 50)], (1, 0)),
        ([(1, 5), (0, 5)], (None, 1)),
        ([(1, 5), (1, 5), (1, 5), (0, 5)], (None, 1)),
        ([(1, 19), (0, 5)], (None, 1)),
        ([(1, 20), (0, 5)], (1, 0)),
        ([(OTHER, 50), (3, 5)], (3, 0)),
        ([(OTHER, 5), (OTHER, 6)], (OTHER, 0)),
        ([(OTHER, 5), (3, 5), (4, 5)], (None, 1)),
    ],
)
def test_places_settle_by_evidence_and_never_by_vote(places, result):
    assert settled(*places) == result


def test_a_reading_of_a_tag_from_a_huge_space_has_canonical_bytes():
    sites = (Site("a/0", SiteKind.TAG, "tag", "a", "a", space=62**10),)
    site_map = SiteMap(Digest("0" * 64), 1, sites, Layout((), ()))
    seen = merge(site_map, [Seen(0, 62**10 - 1, 5, "part", 0)], "test")
    assert b'"symbols":["839299365868340223"]' in canonical(observation_json(seen))
