"""The revisions of the tables: from nothing, and from the filled database of the one before."""

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, insert, inspect, make_url, text

from mapp_compliance.adapters.store import SqlStore, schema, shelves
from mapp_compliance.adapters.store.shelves import EVENTS, LEAVES
from mapp_compliance.adapters.store.tables import TABLES
from mapp_compliance.errors import Conflict, NotFound
from mapp_compliance.trust.ledger import leaf_hash
from mapp_compliance.workflows.log import tree_of

FILLED = Path(__file__).parents[1] / "vectors" / "store" / "revision-0001.sql"
ENGINES = ("sqlite", pytest.param("postgres", marks=pytest.mark.needs_tool))
Place = Path | str


@pytest.fixture(params=ENGINES)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """Where an empty database is."""
    if request.param == "sqlite":
        return tmp_path / "mapp.db"
    fresh: str = request.getfixturevalue("postgres").fresh()
    return fresh


@pytest.fixture
def beside(place: Place) -> Iterator[Engine]:
    """Plain connections to the same database."""
    address = (
        f"sqlite:///{place}"
        if isinstance(place, Path)
        else make_url(place).set(drivername="postgresql+psycopg")
    )
    engine = create_engine(address)
    yield engine
    engine.dispose()


@pytest.fixture
def stores(place: Place) -> Iterator[Callable[..., SqlStore]]:
    """A call that opens the store."""
    opened: list[SqlStore] = []

    def one(workspace: str = "") -> SqlStore:
        opened.append(SqlStore(place, workspace))
        return opened[-1]

    yield one
    for store in opened:
        store.close()


def filled_rows() -> dict[str, list[dict[str, Any]]]:
    """The rows of the filled database, by table."""
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(FILLED.read_text("utf-8"))
        connection.row_factory = sqlite3.Row
        names = [
            row[0]
            for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
        return {
            name: [dict(row) for row in connection.execute(f'SELECT * FROM "{name}" ORDER BY 1')]
            for name in names
        }


@pytest.fixture
def older(place: Place, beside: Engine) -> Place:
    """The filled database as it was written before revisions had numbers."""
    if isinstance(place, Path):
        with closing(sqlite3.connect(place)) as connection:
            connection.executescript(FILLED.read_text("utf-8"))
        return place
    with beside.begin() as connection:
        schema.bring_up(connection, "", "0001")
        for table, rows in filled_rows().items():
            connection.execute(insert(TABLES.tables[table]), rows)
        connection.execute(text(f"DROP TABLE {schema.VERSION_TABLE}"))
    return place


def kept(engine: Engine) -> dict[str, list[dict[str, Any]]]:
    """The rows of every table that the filled database has."""
    with engine.connect() as connection:
        return {
            name: [
                dict(row)
                for row in connection.execute(
                    TABLES.tables[name].select().order_by(*TABLES.tables[name].primary_key)
                ).mappings()
            ]
            for name in filled_rows()
        }


def test_the_revisions_that_the_program_knows_are_those_it_ships() -> None:
    scripts = ScriptDirectory(str(schema.MIGRATIONS))
    shipped = [script.revision for script in scripts.walk_revisions()]
    assert tuple(reversed(shipped)) == schema.REVISIONS
    assert scripts.get_current_head() == schema.HEAD


def test_the_shelves_ask_for_what_the_tables_have() -> None:
    asked = {place.table: place.columns for place in (*shelves.VALUES, EVENTS, LEAVES)}
    assert asked == {
        name: tuple(column.name for column in table.columns)
        for name, table in TABLES.tables.items()
    }


def test_from_nothing_the_revisions_end_at_the_tables_of_the_program(
    stores: Callable[..., SqlStore], beside: Engine
) -> None:
    stores().create()
    with beside.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, TABLES) == []


def test_from_a_filled_database_they_end_at_the_same_and_keep_every_row(
    stores: Callable[..., SqlStore], older: Place, beside: Engine
) -> None:
    before = kept(beside)
    assert before == filled_rows()
    done = stores().upgrade()
    assert (done.before, done.after) == ("0001", schema.HEAD)
    assert kept(beside) == before
    with beside.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, TABLES) == []


def test_an_upgraded_database_has_the_guards_of_a_fresh_one(
    stores: Callable[..., SqlStore], older: Place, beside: Engine, tmp_path: Path, request: Any
) -> None:
    stores().upgrade()
    other: Place = (
        tmp_path / "fresh.db"
        if isinstance(older, Path)
        else request.getfixturevalue("postgres").fresh()
    )
    fresh = SqlStore(other)
    fresh.create()
    assert guards(beside) == guards(fresh._backend.engine)
    fresh.close()


def guards(engine: Engine) -> set[str]:
    """Names and tables of the triggers."""
    query = (
        "SELECT name || ' ' || tbl_name || ' ' || sql FROM sqlite_master WHERE type = 'trigger'"
        if engine.dialect.name == "sqlite"
        else "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal"
    )
    with engine.connect() as connection:
        found = set(connection.execute(text(query)).scalars())
    assert found
    return found


def test_every_value_of_the_filled_database_is_read_and_written_as_it_was(
    stores: Callable[..., SqlStore], older: Place
) -> None:
    store = stores()
    store.upgrade()
    with store.read() as work:
        leaves = work.ledger.leaves()
        counts = {
            "user": work.users.all(),
            "partner": work.partners.all(),
            "copy": work.copies.all(state="receipted"),
            "run": work.runs.all(),
            "case": work.cases.all(),
            "event": work.events(),
        }
    assert tree_of(leaves).size == 16
    assert leaf_hash(leaves[0].data)
    assert {name: len(found) for name, found in counts.items()} == {
        "user": 3,
        "partner": 4,
        "copy": 1,
        "run": 2,
        "case": 1,
        "event": 36,
    }
    with store.write() as work:
        for copy in work.copies.all():
            work.copies.put(copy)
        assert work.ledger.append("test", {}, leaves[0].at).index == 16


def test_an_older_workspace_is_not_used_but_told_to_upgrade(
    stores: Callable[..., SqlStore], older: Place
) -> None:
    with pytest.raises(Conflict, match="mapp upgrade"), stores().read():
        raise AssertionError("read")
    with pytest.raises(Conflict, match="mapp upgrade"), stores().write():
        raise AssertionError("written")


def test_a_newer_workspace_is_left_alone(stores: Callable[..., SqlStore], beside: Engine) -> None:
    stores().create()
    with beside.begin() as connection:
        connection.execute(text(f"UPDATE {schema.VERSION_TABLE} SET version_num = '9999'"))
    with pytest.raises(Conflict, match="newer version"), stores().read():
        raise AssertionError("read")
    with pytest.raises(Conflict, match="newer version"):
        stores().upgrade()


def test_a_database_without_tables_is_missing(
    stores: Callable[..., SqlStore], place: Place
) -> None:
    if isinstance(place, Path):
        place.touch()
    with pytest.raises(NotFound, match="no workspace"), stores().read():
        raise AssertionError("read")


def test_an_upgrade_of_the_newest_does_nothing(stores: Callable[..., SqlStore]) -> None:
    stores().create()
    done = stores().upgrade()
    assert (done.before, done.after, done.copy) == (schema.HEAD, schema.HEAD, "")


def test_an_upgrade_that_stops_leaves_the_older_revision_whole(
    stores: Callable[..., SqlStore],
    older: Place,
    beside: Engine,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Stopped(Exception):
        pass

    def stopped(*_: object) -> bool:
        raise Stopped

    monkeypatch.setattr(schema, "is_used", stopped)  # the last step, after all statements
    with pytest.raises(Stopped):
        stores("some id").upgrade()
    monkeypatch.undo()
    assert "sighting" not in inspect(beside).get_table_names()
    assert kept(beside) == filled_rows()
    assert stores().upgrade().after == schema.HEAD


def test_a_file_is_copied_before_it_is_upgraded(tmp_path: Path) -> None:
    path = tmp_path / "mapp.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(FILLED.read_text("utf-8"))
    store = SqlStore(path)
    copy = Path(store.upgrade().copy)
    store.close()
    assert copy.parent == tmp_path
    assert copy.stat().st_mode & 0o077 == 0
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("SELECT count(*) FROM leaf").fetchone() == (16,)
        assert json.loads(connection.execute("SELECT body FROM advisory").fetchone()[0])


def test_a_database_of_another_workspace_is_refused(stores: Callable[..., SqlStore]) -> None:
    stores("mine").create()
    with stores("mine").read() as work:
        assert work.users.all() == []
    with pytest.raises(Conflict, match="another workspace"), stores("yours").read():
        raise AssertionError("read")
