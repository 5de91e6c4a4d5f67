"""What every store does, the fake and the real one."""

from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mapp_compliance.errors import Conflict, NotFound
from mapp_compliance.program import Partner, PartnerKind
from mapp_compliance.values import PartnerId, instant
from tests.conformance.strategies import BODIES, EVENTS, KINDS, VALUES, ids, numbers, seeded
from tests.fakes import SHELVES, column_text

shared = settings(seeded, suppress_health_check=[HealthCheck.function_scoped_fixture])
AT = instant("2026-11-10T12:00:00Z")
PARTNER = Partner(PartnerId("P1"), "One", PartnerKind.PARTNER)


class Stop(Exception):
    """Something goes wrong in the middle of a transaction."""


def repository(work: Any, kind: str) -> Any:
    return getattr(work, kind)


@pytest.mark.parametrize("kind", KINDS)
@shared
@given(data=st.data())
def test_every_value_comes_back_as_it_was_put(store: Any, kind: str, data: st.DataObject) -> None:
    values = {SHELVES[kind].key(value): value for value in data.draw(st.lists(VALUES[kind]))}
    with store.write() as work:
        for value in values.values():
            repository(work, kind).put(value)
    with store.read() as work:
        assert {key: repository(work, kind).get(*key) for key in values} == values


@pytest.mark.parametrize("kind", KINDS)
@shared
@given(data=st.data())
def test_a_value_is_found_by_each_of_its_columns(
    store: Any, kind: str, data: st.DataObject
) -> None:
    value = data.draw(VALUES[kind])
    with store.write() as work:
        repository(work, kind).put(value)
        asked = {name: column_text(getattr(value, name)) for name in SHELVES[kind].columns}
        assert value in repository(work, kind).all(**asked)
        for name in asked:
            other = repository(work, kind).all(**{name: "no such value"})
            assert value not in other


@shared
@given(keys=st.lists(st.tuples(ids, numbers), min_size=2, max_size=6, unique=True), data=st.data())
def test_values_come_in_the_order_of_their_keys(
    store: Any, keys: list[tuple[str, int]], data: st.DataObject
) -> None:
    with store.write() as work:
        for advisory, revision in keys:
            value = data.draw(VALUES["setups"])
            fields = {name: getattr(value, name) for name in value.__slots__}
            work.setups.put(type(value)(**(fields | {"advisory": advisory, "revision": revision})))
        kept = [(item.advisory, item.revision) for item in work.setups.all()]
    assert kept == sorted(kept)
    assert set(keys) <= set(kept)


@shared
@given(first=VALUES["partners"], second=VALUES["partners"])
def test_putting_again_replaces_the_value_of_the_same_key(
    store: Any, first: Any, second: Any
) -> None:
    fields = {name: getattr(second, name) for name in second.__slots__}
    later = type(second)(**(fields | {"id": first.id}))
    with store.write() as work:
        work.partners.put(first)
        work.partners.put(later)
    with store.read() as work:
        assert work.partners.get(first.id) == later
        assert [item.id for item in work.partners.all()].count(first.id) == 1


@shared
@given(events=st.lists(EVENTS, max_size=4))
def test_the_history_is_kept_in_the_order_told(store: Any, events: list[Any]) -> None:
    with store.read() as work:
        before = work.events()
    with store.write() as work:
        for event in events:
            work.tell(event)
    with store.read() as work:
        assert work.events() == before + events
        for event in events:
            assert event in work.events(event.subject)
            assert {item.subject for item in work.events(event.subject)} == {event.subject}


@shared
@given(bodies=st.lists(BODIES, min_size=1, max_size=4))
def test_leaves_follow_each_other_without_a_gap(store: Any, bodies: list[Any]) -> None:
    with store.write() as work:
        made = [work.ledger.append("test", body, AT) for body in bodies]
    with store.read() as work:
        assert [leaf.index for leaf in work.ledger.leaves()] == list(range(work.ledger.size()))
        assert work.ledger.leaves()[-len(made) :] == made
        assert [work.ledger.leaf(leaf.index) for leaf in made] == made


def test_leaves_of_a_transaction_that_failed_leave_no_gap(store: Any) -> None:
    with store.write() as work:
        work.ledger.append("test", {"number": 0}, AT)
    with suppress(Stop), store.write() as work:
        work.ledger.append("test", {"number": 1}, AT)
        raise Stop
    with store.write() as work:
        assert work.ledger.append("test", {"number": 2}, AT).index == 1


def test_an_unknown_leaf_is_missing(store: Any) -> None:
    with store.read() as work, pytest.raises(NotFound, match="no leaf 7"):
        work.ledger.leaf(7)


@shared
@given(partners=st.lists(VALUES["partners"], min_size=1, max_size=4))
def test_values_are_found_by_many_keys_at_once(store: Any, partners: list[Any]) -> None:
    wanted = {item.id: item for item in partners}
    with store.write() as work:
        for item in wanted.values():
            work.partners.put(item)
        assert work.partners.among([*wanted, "nobody"]) == wanted
    with store.read() as work:
        assert work.partners.among([]) == {}
        assert work.partners.among([*wanted, *wanted, "nobody"]) == wanted


def test_values_are_counted_also_those_just_put(store: Any) -> None:
    with store.write() as work:
        assert work.partners.count() == 0
        for name in ("P1", "P2", "P1"):
            work.partners.put(replace(PARTNER, id=PartnerId(name)))
        assert work.partners.count() == 2
    with store.read() as work:
        assert (work.partners.count(), work.copies.count()) == (2, 0)


def test_more_keys_than_one_question_holds_are_asked_for_in_several(store: Any) -> None:
    partners = {f"P{n:04}": replace(PARTNER, id=PartnerId(f"P{n:04}")) for n in range(1201)}
    with store.write() as work:
        for item in partners.values():
            work.partners.put(item)
        assert work.partners.among(list(partners)) == partners


def test_an_unknown_key_gives_nothing(store: Any) -> None:
    with store.read() as work:
        assert work.partners.get("P1") is None
        assert work.attachments.get("A1", 1) is None


@shared
@given(partner=VALUES["partners"], event=EVENTS)
def test_a_failed_transaction_keeps_nothing_of_it(store: Any, partner: Any, event: Any) -> None:
    with store.read() as work:
        before = (work.partners.all(), work.events(), work.ledger.size())
    with suppress(Stop), store.write() as work:
        work.partners.put(partner)
        work.tell(event)
        work.ledger.append("test", {}, AT)
        raise Stop
    with store.read() as work:
        assert (work.partners.all(), work.events(), work.ledger.size()) == before


def test_nothing_put_while_reading_is_kept(store: Any) -> None:
    with store.read() as work:
        work.partners.put(PARTNER)
    with store.read() as work:
        assert work.partners.all() == []


def test_a_transaction_sees_what_it_put_itself(store: Any) -> None:
    with store.write() as work:
        work.partners.put(PARTNER)
        assert work.partners.get("P1") == PARTNER
        assert work.partners.all(kind="partner") == [PARTNER]


def test_a_reader_sees_nothing_of_a_write_that_has_not_ended(stores: Any) -> None:
    writer, reader = stores(), stores()
    with writer.write() as work:
        work.partners.put(PARTNER)
        with reader.read() as beside:
            assert beside.partners.all() == []
    with reader.read() as after:
        assert after.partners.all() == [PARTNER]


def test_a_second_writer_is_told_and_may_write_afterwards(stores: Any) -> None:
    first, second = stores(), stores()
    with first.write() as work:
        work.partners.put(PARTNER)
        with pytest.raises(Conflict), second.write():
            raise AssertionError("two writers at once")
    with second.write() as work:
        assert work.partners.get("P1") == PARTNER


def test_a_writer_that_failed_does_not_lock_the_next_one_out(stores: Any) -> None:
    first, second = stores(), stores()
    with pytest.raises(Stop), first.write():
        raise Stop
    with second.write() as work:
        work.partners.put(PARTNER)
