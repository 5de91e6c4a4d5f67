"""Orphans go, what a value names stays."""

from mapp_compliance.workflows.collect import collect
from tests.world import World


def test_what_nothing_speaks_of_is_taken_away_and_the_rest_stays() -> None:
    world = World()
    world.issued()
    before = dict(world.blobs.kept)
    orphan = world.blobs.put(b"sealed by a run that stopped")
    assert collect(world.desk, idle_s=0).blobs == 1
    assert orphan not in world.blobs.kept
    assert world.blobs.kept == before
    for copy in world.store.state.tables["copies"].values():
        assert world.opened(copy).statement


def test_collecting_twice_takes_nothing_the_second_time() -> None:
    world = World()
    world.issued()
    world.blobs.put(b"orphan")
    assert [collect(world.desk, idle_s=0).blobs for _ in range(2)] == [1, 0]
