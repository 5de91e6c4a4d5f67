"""The store on SQLite: one writer at a time across processes, readers beside it.

SQLite before 3.51.3 can corrupt a WAL when two connections write or checkpoint at once (SQLite
release notes, 3.51.3); a file lock around every write keeps to one. Each write begins IMMEDIATE,
so a transaction never fails by upgrading its lock. Parameters are hidden from error texts: they
hold embargoed words.
"""

import fcntl
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, SQLModel

from mapp_compliance.adapters.store.work import SqlUnitOfWork
from mapp_compliance.errors import Broken, Conflict, Undelivered

WAIT_S = 60.0  # for another writer; an issue run holds the lock for well under a second a time
PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "trusted_schema=OFF",
    "cell_size_check=ON",
)
_TRY_AGAIN = frozenset({"BUSY", "LOCKED", "FULL", "IOERR", "CANTOPEN", "READONLY", "NOMEM", "PERM"})


class SqlStore:
    """The state of one workspace in one SQLite file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._engine = _engine(path)

    def create(self) -> None:
        """Make the tables of an empty workspace, and refuse changes to what only grows."""
        self._path.touch(mode=0o600)
        SQLModel.metadata.create_all(self._engine)
        with _translated(), self._engine.begin() as connection:
            for table in ("leaf", "event"):
                for verb in ("UPDATE", "DELETE"):
                    connection.execute(
                        text(
                            f"CREATE TRIGGER IF NOT EXISTS {table}_{verb.lower()} BEFORE {verb} "
                            f"ON {table} BEGIN SELECT RAISE(ABORT, 'append only'); END"
                        )
                    )

    @contextmanager
    def write(self) -> Iterator[SqlUnitOfWork]:
        """A transaction of the single writer. Raises Conflict when another one holds on."""
        lock = _file_lock(self._path.with_suffix(".lock"))
        with _translated(), lock, Session(self._engine) as session:
            session.connection().exec_driver_sql("BEGIN IMMEDIATE")
            yield SqlUnitOfWork(session)
            session.commit()

    @contextmanager
    def read(self) -> Iterator[SqlUnitOfWork]:
        """A consistent view; nothing put there is kept."""
        with _translated(), Session(self._engine) as session:
            session.connection().exec_driver_sql("BEGIN")
            yield SqlUnitOfWork(session)
            session.rollback()

    def close(self) -> None:
        """Let go of the file."""
        self._engine.dispose()


def _engine(path: Path) -> Engine:
    engine = create_engine(f"sqlite:///{path}", hide_parameters=True)

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        if isinstance(connection, sqlite3.Connection):
            connection.isolation_level = None  # we begin by ourselves
            for pragma in PRAGMAS:
                connection.execute(f"PRAGMA {pragma}")

    return engine


@contextmanager
def _translated() -> Iterator[None]:
    """Errors of the database as ours."""
    try:
        yield
    except DBAPIError as err:
        code = getattr(err.orig, "sqlite_errorname", "SQLITE_ERROR").removeprefix("SQLITE_")
        if code.split("_")[0] in _TRY_AGAIN:
            raise Undelivered(
                f"the database cannot be written or read now ({code}); make room, mend its "
                "permissions or wait, then run the same command again"
            ) from err
        raise Broken(
            f"the database cannot be used ({code}); restore the workspace from a backup"
        ) from err


@contextmanager
def _file_lock(path: Path) -> Iterator[None]:
    with path.open("a") as handle:
        deadline = time.monotonic() + WAIT_S
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError as err:
                if time.monotonic() > deadline:
                    raise Conflict(
                        f"another process has been writing to this workspace for {WAIT_S:.0f} s; "
                        "wait for it to end and run this again"
                    ) from err
                time.sleep(0.02)
        try:
            yield
        finally:
            fcntl.flock(handle, fcntl.LOCK_UN)
