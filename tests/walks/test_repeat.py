"""The same program gives the same copies again, also when a run stopped on its way."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from mapp_compliance.distribution import CopyState, Payload, parcel_name
from mapp_compliance.trust.ledger import MerkleTree
from mapp_compliance.values import Digest
from mapp_compliance.workflows.issue import issue
from mapp_compliance.workflows.keys import mark_key
from mapp_compliance.workflows.log import tree_of, verify_log
from mapp_compliance.workflows.matching import material
from mapp_compliance.workflows.matter import IssueAdvisory
from mapp_compliance.workflows.ports import Desk, UnitOfWork
from mapp_compliance.workflows.prepare import word_of
from tests.walks.program import ADVISORY, ISSUED, World, attached, issued, program

RECIPIENTS = 5


class Stopped(Exception):
    """The power went out."""


@dataclass
class Countdown:
    """Lets some calls pass, then stops the run."""

    left: int

    def tick(self) -> None:
        self.left -= 1
        if self.left == 0:
            raise Stopped


class StoreThatStops:
    """Stops right after a transaction was kept."""

    def __init__(self, store: Any, after: int) -> None:
        self.read, self._store, self._countdown = store.read, store, Countdown(after)

    @contextmanager
    def write(self) -> Iterator[UnitOfWork]:
        with self._store.write() as work:
            yield work
        self._countdown.tick()


class PortThatStops:
    """Passes on every call, but stops at a call of one method."""

    def __init__(self, port: Any, method: str, calls: int) -> None:
        self._port, self._method, self._countdown = port, method, Countdown(calls)

    def __getattr__(self, name: str) -> Any:
        call = getattr(self._port, name)
        if name != self._method:
            return call

        def counted(*arguments: Any) -> Any:
            self._countdown.tick()
            return call(*arguments)

        return counted


class PortThatOpens:
    """Passes on every call; what one of them opens stops at a call of one method."""

    def __init__(self, port: Any, opener: str, method: str, calls: int) -> None:
        self._port, self._opener, self._inner = port, opener, (method, calls)

    def __getattr__(self, name: str) -> Any:
        call = getattr(self._port, name)
        return self._opened if name == self._opener else call

    @contextmanager
    def _opened(self) -> Iterator[PortThatStops]:
        with getattr(self._port, self._opener)() as inner:
            yield PortThatStops(inner, *self._inner)


def after_transaction(number: int) -> Callable[[Desk], Desk]:
    return lambda desk: replace(desk, store=StoreThatStops(desk.store, number))


def at_call(port: str, method: str, number: int) -> Callable[[Desk], Desk]:
    return lambda desk: replace(desk, **{port: PortThatStops(getattr(desk, port), method, number)})


def inside(port: str, opener: str, method: str, number: int) -> Callable[[Desk], Desk]:
    return lambda desk: replace(
        desk, **{port: PortThatOpens(getattr(desk, port), opener, method, number)}
    )


STOPS = {
    "after the plan": after_transaction(1),
    "after the commitment": after_transaction(2),
    "after the seal leaves": after_transaction(3),
    "after the delivery": after_transaction(4),
    "before the tree head of the set-up is kept": at_call("heads", "keep", 1),
    "before the tree head of the commitment is kept": at_call("heads", "keep", 2),
    "before the tree head of the seals is kept": at_call("heads", "keep", 3),
    "between two sealed parcels": inside("blobs", "keeping", "write", 4),
    "between two deliveries": inside("post", "round", "forward", 3),
    "between a parcel and its proof": inside("post", "round", "deliver", 2),
}


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> World:
    return attached(program(tmp_path_factory.mktemp("repeat") / "home", RECIPIENTS))


@pytest.fixture(scope="module")
def undisturbed(ready: World, tmp_path_factory: pytest.TempPathFactory) -> World:
    return issued(ready.copied(tmp_path_factory.mktemp("undisturbed") / "home"))


def marked(world: World) -> dict[str, Digest | None]:
    return {copy.id: copy.marked for copy in world.copies()}


def kinds(world: World) -> Counter[str]:
    with world.desk.store.read() as work:
        return Counter(leaf.kind for leaf in work.ledger.leaves())


def outbox(world: World) -> dict[Path, bytes]:
    files = (path for path in (world.home / "outbox").rglob("*") if path.is_file())
    return {path: path.read_bytes() for path in files}


def tree(world: World) -> MerkleTree:
    with world.desk.store.read() as work:
        return tree_of(work.ledger.leaves())


def words(world: World) -> list[tuple[int, ...]]:
    (known,) = material(world.desk, ADVISORY).packages
    with world.desk.store.read() as work:
        (setup,) = work.setups.all(advisory=ADVISORY)
    key = mark_key(world.desk, setup)
    return [
        word_of(known.site_map, key, copy.instance, copy.wave).symbols for copy in world.copies()
    ]


@pytest.mark.parametrize("stop", STOPS.values(), ids=STOPS.keys())
def test_a_run_that_stopped_is_finished_by_the_same_call(ready, undisturbed, stop, tmp_path):
    world = ready.copied(tmp_path / "home")
    world.clock.now = ISSUED
    with pytest.raises(Stopped):
        issue(stop(world.desk), IssueAdvisory(ADVISORY))
    issued(world)
    assert {copy.state for copy in world.copies()} == {CopyState.DELIVERED}
    assert marked(world) == marked(undisturbed)
    assert kinds(world) == kinds(undisturbed)
    assert verify_log(world.desk).size == kinds(world).total()
    for copy in world.copies():
        (parcel,) = (world.home / "outbox" / copy.recipient).glob("*.tar.age")
        assert parcel.name == parcel_name(copy)
        assert Payload.of(world.files(copy)).digest() == copy.marked


def test_an_issue_that_was_finished_does_nothing_the_second_time(undisturbed):
    before = (outbox(undisturbed), kinds(undisturbed))
    issued(undisturbed)
    assert (outbox(undisturbed), kinds(undisturbed)) == before


def test_the_same_secret_gives_the_same_copies_in_another_workspace(ready, undisturbed, tmp_path):
    again = issued(attached(program(tmp_path / "home", RECIPIENTS)))
    assert marked(again) == marked(undisturbed)
    assert words(again) == words(undisturbed)


def test_sealed_bytes_leaves_and_roots_are_fresh_in_every_workspace(undisturbed, tmp_path):
    again = issued(attached(program(tmp_path / "home", RECIPIENTS)))
    ours, theirs = ({copy.sealed for copy in one.copies()} for one in (again, undisturbed))
    assert ours.isdisjoint(theirs)
    assert tree(again).root() != tree(undisturbed).root()


def test_another_secret_gives_other_copies(undisturbed, tmp_path):
    other = issued(attached(program(tmp_path / "home", RECIPIENTS, seed="another")))
    assert set(marked(other).values()).isdisjoint(marked(undisturbed).values())
