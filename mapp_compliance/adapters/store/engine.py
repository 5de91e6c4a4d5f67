"""The store on either engine: one writer at a time across processes, readers beside it.

What the engines do differently stands in `sqlite.py` and `postgres.py`. Parameters are hidden from
error texts, and errors of the driver are emptied before they travel: they hold embargoed words.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from mapp_compliance.adapters.store import schema
from mapp_compliance.adapters.store.postgres import PostgresEngine
from mapp_compliance.adapters.store.sqlite import SqliteEngine
from mapp_compliance.adapters.store.work import SqlUnitOfWork
from mapp_compliance.errors import MappError

WAIT_S = 60.0  # for another writer; an issue run holds the lock for well under a second a time


class Backend(Protocol):
    """What one engine does in its own way."""

    @property
    def engine(self) -> Engine:
        """The connections."""
        ...

    def prepare(self) -> None:
        """Make the place for the tables."""
        ...

    def writing(self, wait_s: float) -> AbstractContextManager[None]:
        """What the single writer holds around its transaction. Raises Conflict."""
        ...

    def begin_write(self, connection: Connection, wait_s: float) -> None:
        """Begin as the single writer."""
        ...

    def begin_read(self, connection: Connection) -> None:
        """Begin a consistent view."""
        ...

    def told(self, error: DBAPIError) -> MappError:
        """An error of the database as ours."""
        ...

    def copy_aside(self, name: str) -> str:
        """Keep a copy of the whole before it is changed; where, or empty when it is not ours."""
        ...

    def warnings(self, connection: Connection) -> list[str]:
        """What stands against trusting this engine with the only copy."""
        ...


@dataclass(frozen=True, slots=True)
class Upgraded:
    """What an upgrade did; ``copy`` is where the database from before lies, empty if nowhere."""

    before: str
    after: str
    copy: str


class SqlStore:
    """The state of one workspace.

    Args:
        place: the path of an SQLite file, or the address of a PostgreSQL database.
        workspace: the id that the database must carry; empty when it lies in the workspace.
    """

    def __init__(self, place: Path | str, workspace: str = "") -> None:
        self._backend: Backend = (
            SqliteEngine(place) if isinstance(place, Path) else PostgresEngine(place)
        )
        self._workspace = workspace
        self._checked = False

    def create(self) -> None:
        """Make the tables of an empty workspace; one that has them keeps what it holds."""
        self._backend.prepare()
        self._bring_up()

    def is_used(self) -> bool:
        """Whether a program was founded here."""
        with self._looking() as connection:
            return schema.is_used(connection)

    def upgrade(self) -> Upgraded:
        """The tables as this version wants them; what they hold stays.

        Raises:
            NotFound: there is no workspace. Conflict: it was written by a newer version.
        """
        with self._looking() as connection:
            before = schema.known_revision(connection)
            schema.check_owner(connection, before, self._workspace)
        if before == schema.HEAD:
            return Upgraded(before, before, "")
        copy = self._bring_up(f"mapp-before-{schema.HEAD}.db")
        return Upgraded(before, schema.HEAD, copy)

    def warnings(self) -> list[str]:
        """What stands against trusting this machine's engine, a sentence each; for `doctor`."""
        with self._looking() as connection:
            return self._backend.warnings(connection)

    def _bring_up(self, aside: str = "") -> str:
        with self._translated(), self._backend.writing(WAIT_S):
            copy = self._backend.copy_aside(aside) if aside else ""
            with self._backend.engine.connect() as connection:
                self._backend.begin_write(connection, WAIT_S)
                schema.bring_up(connection, self._workspace)
                connection.commit()
        return copy

    @contextmanager
    def _looking(self) -> Iterator[Connection]:
        with self._translated(), self._backend.engine.connect() as connection:
            self._backend.begin_read(connection)
            yield connection
            connection.rollback()

    @contextmanager
    def write(self) -> Iterator[SqlUnitOfWork]:
        """A transaction of the single writer. Raises Conflict when another one holds on."""
        with (
            self._translated(),
            self._backend.writing(WAIT_S),
            self._backend.engine.connect() as connection,
        ):
            self._backend.begin_write(connection, WAIT_S)
            self._check(connection)
            work = SqlUnitOfWork(connection)
            yield work
            work.write()
            connection.commit()

    @contextmanager
    def read(self) -> Iterator[SqlUnitOfWork]:
        """A consistent view; nothing put there is kept."""
        with self._looking() as connection:
            self._check(connection)
            yield SqlUnitOfWork(connection)

    def close(self) -> None:
        """Let go of the file or server."""
        self._backend.engine.dispose()

    def _check(self, connection: Connection) -> None:
        """Once for each opened store. Raises Conflict when it is not ours to use."""
        if not self._checked:
            schema.check_current(connection, self._workspace)
            self._checked = True

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """Errors of the database as ours, without the words that it repeats."""
        try:
            yield
        except DBAPIError as err:
            fault = self._backend.told(err)
            _quieted(err)
            raise fault from err


def _quieted(err: DBAPIError) -> None:
    """Take out what the server said: it repeats values of the row."""
    err.args = (type(err.orig).__name__,)
    err.orig = err.__cause__ = err.__context__ = None
