"""What the store promises beyond its port, on each engine."""

import sqlite3
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from mapp_compliance.adapters.store import SqlStore, wal_reset_warning
from mapp_compliance.advisories import Advisory
from mapp_compliance.errors import Broken, InvalidInput, MappError
from mapp_compliance.values import AdvisoryId, instant
from mapp_compliance.workflows.records import Event

AT = instant("2026-11-10T12:00:00Z")
TITLE = "canary title under embargo"
ADVISORY = Advisory(AdvisoryId("A1"), TITLE, AT, AT)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    made = SqlStore(tmp_path / "mapp.db")
    made.create()
    yield made
    made.close()


@pytest.fixture
def beside(tmp_path: Path, store: SqlStore) -> Iterator[sqlite3.Connection]:
    """A plain connection to the same file, as a curious hand would open it."""
    connection = sqlite3.connect(tmp_path / "mapp.db", isolation_level=None)
    yield connection
    connection.close()


@pytest.mark.parametrize("table", ["leaf", "event"])
@pytest.mark.parametrize("change", ["UPDATE {} SET body = 'x'", "DELETE FROM {}"])
def test_what_only_grows_cannot_be_changed(
    store: SqlStore, beside: sqlite3.Connection, table: str, change: str
) -> None:
    with store.write() as work:
        work.ledger.append("test", {}, AT)
        work.tell(Event("told", "A1", AT))
    with pytest.raises(sqlite3.IntegrityError, match="append only"):
        beside.execute(change.format(table))


def test_making_the_tables_again_keeps_what_is_there(store: SqlStore) -> None:
    with store.write() as work:
        work.advisories.put(ADVISORY)
    store.create()
    with store.read() as work:
        assert work.advisories.all() == [ADVISORY]


def test_every_commit_reaches_the_disk(store: SqlStore) -> None:
    with store.read() as work:
        asked = work._connection.exec_driver_sql
        assert asked("PRAGMA synchronous").scalar() == 2  # FULL
        assert asked("PRAGMA journal_mode").scalar() == "wal"


def test_a_database_error_holds_no_value(store: SqlStore, beside: sqlite3.Connection) -> None:
    beside.execute("DROP TABLE advisory")
    with pytest.raises(MappError) as told, store.write() as work:
        work.advisories.put(ADVISORY)
    assert isinstance(told.value, Broken)
    causes = [told.value, told.value.__cause__, told.value.__context__]
    assert not any(TITLE in str(cause) or TITLE in repr(cause) for cause in causes)


def test_a_damaged_file_is_broken(tmp_path: Path) -> None:
    (tmp_path / "mapp.db").write_bytes(b"this is no database " * 500)
    store = SqlStore(tmp_path / "mapp.db")
    with pytest.raises(Broken, match="backup"), store.read() as work:
        work.advisories.all()


def test_a_value_that_cannot_be_read_back_is_broken_and_stays_hidden(
    store: SqlStore, beside: sqlite3.Connection
) -> None:
    with store.write() as work:
        work.advisories.put(ADVISORY)
    beside.execute("UPDATE advisory SET body = replace(body, '\"draft\"', '\"no such state\"')")
    with pytest.raises(Broken) as told, store.read() as work:
        work.advisories.all()
    assert TITLE not in f"{told.value} {told.value.__cause__}"


def test_text_that_is_no_utf_8_is_refused_before_it_is_kept(store: SqlStore) -> None:
    with pytest.raises(InvalidInput, match="UTF-8") as told, store.write() as work:
        work.advisories.put(replace(ADVISORY, title=TITLE + "\udcff"))
    assert TITLE not in f"{told.value} {told.value.__cause__}"
    with store.read() as work:
        assert work.advisories.all() == []


def test_a_leaf_cannot_be_written_over_nor_leave_a_gap(
    store: SqlStore, beside: sqlite3.Connection
) -> None:
    with store.write() as work:
        work.ledger.append("test", {}, AT)
        work.tell(Event("told", "A1", AT))
    for statement in (
        "INSERT OR REPLACE INTO leaf VALUES (0, 'x')",
        "INSERT INTO leaf VALUES (2, 'x')",
        "INSERT OR REPLACE INTO event VALUES (1, 'A1', 'x')",
    ):
        with pytest.raises(sqlite3.IntegrityError):
            beside.execute(statement)


@pytest.mark.parametrize("library", [(3, 7, 0), (3, 40, 1), (3, 51, 2)])
def test_an_sqlite_that_can_corrupt_is_told(library: tuple[int, ...]) -> None:
    warning = wal_reset_warning(library)
    assert ".".join(map(str, library)) in warning
    assert "3.51.3" in warning


@pytest.mark.parametrize("library", [(3, 51, 3), (3, 52, 0), (4, 0)])
def test_a_mended_sqlite_is_not_told(library: tuple[int, ...]) -> None:
    assert wal_reset_warning(library) == ""


def test_the_warnings_of_a_store_are_those_of_its_engine(store: SqlStore) -> None:
    assert store.warnings() == [text for text in (wal_reset_warning(),) if text]


def test_two_writers_at_once_lose_nothing(tmp_path: Path, store: SqlStore) -> None:
    def write(name: str) -> None:
        own = SqlStore(tmp_path / "mapp.db")
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
