"""What the store on PostgreSQL promises beyond its port."""

import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, create_engine, make_url
from sqlalchemy.exc import DBAPIError

from mapp_compliance.adapters.store import SqlStore, checked_url, engine, without_password
from mapp_compliance.advisories import Advisory
from mapp_compliance.errors import Broken, Conflict, InvalidInput, MappError, Undelivered
from mapp_compliance.values import AdvisoryId, instant
from mapp_compliance.workflows.records import Event
from tests.postgres import Server

AT = instant("2026-11-10T12:00:00Z")
TITLE = "canary title under embargo"
ADVISORY = Advisory(AdvisoryId("A1"), TITLE, AT, AT)
pytestmark = pytest.mark.needs_tool


@pytest.fixture
def address(postgres: Server) -> str:
    return postgres.fresh()


@pytest.fixture
def store(address: str) -> Iterator[SqlStore]:
    made = SqlStore(address)
    made.create()
    yield made
    made.close()


@pytest.fixture
def beside(address: str, store: SqlStore) -> Iterator[Connection]:
    """A plain connection to the same database, as a curious hand would open it."""
    plain = create_engine(
        make_url(address).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT"
    )
    with plain.connect() as connection:
        yield connection
    plain.dispose()


@pytest.mark.parametrize("table", ["leaf", "event"])
@pytest.mark.parametrize("change", ["UPDATE {} SET body = 'x'", "DELETE FROM {}", "TRUNCATE {}"])
def test_what_only_grows_cannot_be_changed(
    store: SqlStore, beside: Connection, table: str, change: str
) -> None:
    with store.write() as work:
        work.ledger.append("test", {}, AT)
        work.tell(Event("told", "A1", AT))
    with pytest.raises(DBAPIError, match="append only"):
        beside.exec_driver_sql(change.format(table))


def test_a_leaf_cannot_leave_a_gap(store: SqlStore, beside: Connection) -> None:
    with store.write() as work:
        work.ledger.append("test", {}, AT)
    with pytest.raises(DBAPIError, match="follows the last one"):
        beside.exec_driver_sql("INSERT INTO leaf VALUES (2, 'x')")


def test_events_of_a_transaction_that_failed_leave_no_number_out(
    store: SqlStore, beside: Connection
) -> None:
    for subject in ("kept", "lost", "kept"):
        try:
            with store.write() as work:
                work.tell(Event("told", subject, AT))
                if subject == "lost":
                    raise LookupError
        except LookupError:
            pass
    assert beside.exec_driver_sql("SELECT number FROM event ORDER BY 1").scalars().all() == [1, 2]


def test_a_database_error_holds_no_value(store: SqlStore, beside: Connection) -> None:
    beside.exec_driver_sql("ALTER TABLE advisory ADD CHECK (body = 'nothing else')")
    with pytest.raises(MappError) as told, store.write() as work:
        work.advisories.put(ADVISORY)
    assert isinstance(told.value, Broken)
    chain: list[BaseException] = [told.value]
    for error in chain:  # it grows while we walk
        chain.extend(
            cause for cause in (error.__cause__, error.__context__) if cause and cause not in chain
        )
    assert len(chain) > 1
    assert not any(TITLE in str(error) or TITLE in repr(error) for error in chain)


def test_a_write_waits_for_the_disk_whatever_the_server_does(store: SqlStore) -> None:
    with store.write() as work:
        asked = work._connection.exec_driver_sql
        assert asked("SHOW synchronous_commit").scalar() == "on"


def test_a_server_that_may_lose_commits_is_told(store: SqlStore) -> None:
    asked = {"fsync", "full_page_writes"}  # the tests' own server runs without
    told = {word for text in store.warnings() for word in text.split() if word in asked}
    with store._backend.engine.connect() as connection:
        off = {
            name for name in asked if connection.exec_driver_sql(f"SHOW {name}").scalar() == "off"
        }
    assert told == off


def cut_off(store: SqlStore) -> None:
    """A write whose process is gone before it ends."""
    with store.write() as work:
        work.ledger.append("test", {}, AT)
        kill = "SELECT pg_terminate_backend(pg_backend_pid())"
        work._connection.exec_driver_sql(kill)


def test_the_lock_of_a_writer_that_was_killed_is_free(store: SqlStore, address: str) -> None:
    other = SqlStore(address)
    with pytest.raises(MappError):
        cut_off(store)
    with other.write() as work:
        assert work.ledger.append("test", {}, AT).index == 0
    other.close()


def test_two_schemas_of_one_database_do_not_wait_for_each_other(
    store: SqlStore, address: str, beside: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "WAIT_S", 0.05)
    beside.exec_driver_sql("CREATE SCHEMA apart")
    url = make_url(address).update_query_dict({"options": "-csearch_path=apart"})
    apart = SqlStore(url.render_as_string(hide_password=False))
    apart.create()
    with store.write() as work, apart.write() as beside_it:
        work.advisories.put(ADVISORY)
        assert beside_it.advisories.all() == []
    apart.close()


def test_two_writers_at_once_lose_nothing(store: SqlStore, address: str) -> None:
    def write(name: str) -> None:
        own = SqlStore(address)
        for _ in range(10):
            with own.write() as work:
                work.ledger.append("test", {"by": name}, AT)
        own.close()

    threads = [threading.Thread(target=write, args=(name,)) for name in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.read() as work:
        assert [leaf.index for leaf in work.ledger.leaves()] == list(range(20))


def test_a_writer_that_waits_too_long_is_told(
    store: SqlStore, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "WAIT_S", 0.05)
    other = SqlStore(address)
    with store.write(), pytest.raises(Conflict), other.write():
        raise AssertionError("two writers")
    other.close()


def test_a_server_that_is_away_may_be_asked_again_later(address: str) -> None:
    away = make_url(address).update_query_dict({"host": "/nowhere"})
    store = SqlStore(away.render_as_string(hide_password=False))
    with pytest.raises(Undelivered, match="server runs"), store.read():
        raise AssertionError("read")


@pytest.mark.parametrize("url", ["", "mysql://a/b", "postgresql://host", "/a/path", "postgresql:"])
def test_an_address_that_names_no_database_of_ours_is_refused(url: str) -> None:
    with pytest.raises(InvalidInput):
        checked_url(url)


def test_a_password_is_not_kept() -> None:
    url = "postgresql://me:geheim@db.example/mapp?sslmode=verify-full&password=geheim"
    assert without_password(url) == "postgresql://me@db.example/mapp?sslmode=verify-full"
