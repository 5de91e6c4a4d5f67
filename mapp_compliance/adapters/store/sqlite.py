"""The store's embedded engine: one SQLite file, one writer at a time, readers beside it.

SQLite before 3.51.3 can corrupt a WAL when two connections write or checkpoint at once (SQLite
release notes, 3.51.3). A file lock around every write, and with it around every checkpoint that a
commit starts, keeps to one writer; `wal_reset_warning` tells it all the same. Each write begins
IMMEDIATE, so a transaction never fails by upgrading its lock.
"""

import fcntl
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError

from mapp_compliance.errors import Broken, Conflict, MappError, Undelivered

PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "trusted_schema=OFF",
    "cell_size_check=ON",
)
WAL_RESET_FIXED = (3, 51, 3)  # SQLite release notes, 3.51.3 of 2026-03-13
_TRY_AGAIN = frozenset({"BUSY", "LOCKED", "FULL", "IOERR", "CANTOPEN", "READONLY", "NOMEM", "PERM"})


def wal_reset_warning(library: tuple[int, ...] = sqlite3.sqlite_version_info) -> str:
    """What to know about the SQLite library of this machine; empty when there is nothing."""
    if library >= WAL_RESET_FIXED:
        return ""
    found, fixed = (".".join(map(str, version)) for version in (library, WAL_RESET_FIXED))
    return (
        f"SQLite {found} can corrupt a database that two programs write at once (mended in "
        f"{fixed}). mapp lets one process write at a time; let no other program open mapp.db, "
        "and renew SQLite when you can"
    )


class SqliteEngine:
    """One file; the lock lies beside it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.engine = _engine(path)

    def prepare(self) -> None:
        """Make the file, for its owner alone."""
        self._path.touch(mode=0o600)

    @contextmanager
    def writing(self, wait_s: float) -> Iterator[None]:
        """Hold the single writer's lock. Raises Conflict when another one holds on."""
        with self._path.with_suffix(".lock").open("a") as handle:
            deadline = time.monotonic() + wait_s
            while True:
                try:
                    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError as err:
                    if time.monotonic() > deadline:
                        raise Conflict(
                            f"another process has been writing to this workspace for {wait_s:.0f} "
                            "s; wait for it to end and run this again"
                        ) from err
                    time.sleep(0.02)
            try:
                yield
            finally:
                fcntl.flock(handle, fcntl.LOCK_UN)

    def begin_write(self, connection: Connection, wait_s: float) -> None:  # noqa: ARG002
        """Begin as the writer; the file lock has waited already."""
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    def begin_read(self, connection: Connection) -> None:
        """Begin a consistent view."""
        connection.exec_driver_sql("BEGIN")

    def told(self, error: DBAPIError) -> MappError:
        """An error of the database as ours."""
        code = getattr(error.orig, "sqlite_errorname", "SQLITE_ERROR").removeprefix("SQLITE_")
        if code.split("_")[0] in _TRY_AGAIN:
            return Undelivered(
                f"the database cannot be written or read now ({code}); make room, mend its "
                "permissions or wait, then run the same command again"
            )
        return Broken(f"the database cannot be used ({code}); restore the workspace from a backup")

    def copy_aside(self, name: str) -> str:
        """A whole copy of the database beside it, 0600; its path. An older one is replaced."""
        target = self._path.with_name(name)
        target.unlink(missing_ok=True)
        target.touch(mode=0o600)
        with (
            closing(sqlite3.connect(self._path)) as source,
            closing(sqlite3.connect(target)) as copy,
        ):
            source.backup(copy)
        return str(target)

    def warnings(self, connection: Connection) -> list[str]:  # noqa: ARG002  # one shape for both
        """What stands against trusting this engine with the only copy."""
        return [text for text in (wal_reset_warning(),) if text]


def _engine(path: Path) -> Engine:
    engine = create_engine(f"sqlite:///{path}", hide_parameters=True)

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        if isinstance(connection, sqlite3.Connection):
            connection.isolation_level = None  # we begin by ourselves
            for pragma in PRAGMAS:
                connection.execute(f"PRAGMA {pragma}")

    return engine
