"""How many colluders a package can stand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapp_compliance.watermark import PackageFile, lay_out, parse_package, survey
from mapp_compliance.watermark.codes import Expected
from mapp_compliance.workflows.planner import expected, reach_of
from tests.conformance.strategies import seeded
from tests.watermark.conftest import MARKS, POC, SITE_KEY

BOUND = 6e-7  # of a hundred entities in the first scored sample


@pytest.mark.parametrize(
    ("sites", "colluders"), [(0, 0), (16, 0), (24, 1), (64, 1), (128, 2), (256, 3), (10_000, 3)]
)
def test_more_sites_stand_more_colluders(sites: int, colluders: int) -> None:
    assert reach_of([Expected(sites)], 100, BOUND).colluders >= colluders


def test_without_sites_nobody_is_named() -> None:
    found = reach_of([], 100, BOUND)
    assert (found.colluders, found.chance) == (0, 0.0)


@seeded
@given(sites=st.integers(0, 1500), lost=st.floats(0.0, 1.0))
def test_a_channel_that_is_lost_never_helps(sites: int, lost: float) -> None:
    kept, half = (
        reach_of([Expected(sites, erased)], 100, BOUND).colluders for erased in (0.0, lost)
    )
    assert half <= kept


def test_tags_are_not_counted_on() -> None:
    files = [PackageFile("poc.py", POC), PackageFile("poc.py.marks.toml", MARKS)]
    package = parse_package(files)
    site_map = survey(package, lay_out(package, {}), SITE_KEY)
    own = [site for site in site_map.sites if site.space == 2 and site.group is None]
    assert sum(channel.sites for channel in expected(site_map)) == len(own)
    assert len(own) < len(site_map.sites)
