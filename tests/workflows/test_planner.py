"""How many colluders a package can stand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapp_compliance.workflows.planner import supports_colluders
from tests.conformance.strategies import seeded


@pytest.mark.parametrize(
    ("sites", "colluders"), [(0, 0), (23, 0), (24, 1), (191, 1), (192, 2), (10_000, 2)]
)
def test_the_edges_of_what_was_measured(sites: int, colluders: int) -> None:
    assert supports_colluders(sites) == colluders


@seeded
@given(sites=st.integers(0, 5000), more=st.integers(0, 500))
def test_more_sites_never_support_fewer(sites: int, more: int) -> None:
    assert supports_colluders(sites + more) >= supports_colluders(sites)
