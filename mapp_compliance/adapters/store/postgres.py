"""The store's shared engine: one schema of a PostgreSQL database.

The single writer holds an advisory lock until its transaction ends, also when it is killed. A
write runs READ COMMITTED: its first look comes after the lock, so it sees what the writer before
it left. A read is one REPEATABLE READ view. Commits wait for the disk whatever the server's
default is.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec

from sqlalchemy import Connection, create_engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from mapp_compliance.errors import Broken, Conflict, InvalidInput, MappError, Undelivered

LOCK = 0x4D415050  # "MAPP"; the second half of the lock's name is the schema
_NOT_NOW = ("08", "28", "3D", "40", "42501", "53", "57", "58")  # SQLSTATE classes and codes
_LOCK_NOT_AVAILABLE = "55P03"


def checked_url(url: str) -> str:
    """The address of a PostgreSQL database, as it was given.

    Raises:
        InvalidInput: another kind of address, no database named, or no driver to reach it.
    """
    try:
        parsed = make_url(url)
    except ArgumentError:
        parsed = None
    if parsed is None or parsed.drivername not in {"postgresql", "postgres"}:
        raise InvalidInput(
            "a store's address looks like 'postgresql://user@host/database'; without --store the "
            "workspace keeps an SQLite file of its own"
        )
    if not parsed.database:
        raise InvalidInput("the store's address names no database; add it after the last '/'")
    if find_spec("psycopg") is None:
        raise InvalidInput(
            "PostgreSQL needs the driver psycopg; install it with 'pip install "
            "mapp-compliance[postgres]'"
        )
    return url


def without_password(url: str) -> str:
    """The address as it may be kept in a file."""
    parsed = make_url(checked_url(url)).difference_update_query(["password"])
    return parsed._replace(password=None).render_as_string(hide_password=False)


class PostgresEngine:
    """One schema of one database."""

    def __init__(self, url: str) -> None:
        address = make_url(checked_url(url)).set(drivername="postgresql+psycopg")
        self.engine = create_engine(address, hide_parameters=True, pool_pre_ping=True)

    def prepare(self) -> None:
        """Nothing: the database is made by its administrator."""

    @contextmanager
    def writing(self, wait_s: float) -> Iterator[None]:  # noqa: ARG002  # the lock is in the database
        """Nothing around the transaction: the lock is taken inside it."""
        yield

    def begin_write(self, connection: Connection, wait_s: float) -> None:
        """Begin as the writer, after any other one has ended."""
        asked = connection.exec_driver_sql
        asked(f"SET LOCAL lock_timeout = {round(wait_s * 1000)}")
        asked(f"SELECT pg_advisory_xact_lock({LOCK}, hashtext(current_schema()))")
        asked("SET LOCAL lock_timeout = 0")
        asked("SET LOCAL synchronous_commit = on")

    def begin_read(self, connection: Connection) -> None:
        """Begin a consistent view."""
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")

    def told(self, error: DBAPIError) -> MappError:
        """An error of the database as ours."""
        state = getattr(error.orig, "sqlstate", None) or ("08000" if _is_away(error) else "XX000")
        if state == _LOCK_NOT_AVAILABLE:
            return Conflict(
                "another process has been writing to this workspace for too long; wait for it to "
                "end and run this again"
            )
        if state.startswith(_NOT_NOW):
            return Undelivered(
                f"the database cannot be reached or written now (SQLSTATE {state}); check that "
                "the server runs and lets you in, then run the same command again"
            )
        return Broken(f"the database cannot be used (SQLSTATE {state}); restore it from a backup")

    def copy_aside(self, name: str) -> str:  # noqa: ARG002  # one shape for both
        """Nothing: a server is backed up by its own means."""
        return ""

    def warnings(self, connection: Connection) -> list[str]:
        """What stands against trusting this server with the only copy."""
        risky = [
            setting
            for setting in ("fsync", "full_page_writes")
            if connection.exec_driver_sql(f"SHOW {setting}").scalar() != "on"
        ]
        return [
            f"the PostgreSQL server runs with {setting} off and may lose or damage what it has "
            "confirmed; switch it on"
            for setting in risky
        ]


def _is_away(error: DBAPIError) -> bool:
    """Whether the server could not be reached; such an error carries no SQLSTATE."""
    return error.connection_invalidated or type(error.orig).__name__ == "OperationalError"
