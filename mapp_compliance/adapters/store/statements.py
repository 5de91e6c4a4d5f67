"""The few statements that both engines run, as text: for a table, in the driver's way of marking.

SQLAlchemy would put them together anew for every engine it opens, which takes longer than running
them does. Names come from the shelves and nowhere else; values are always handed over apart.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Connection, CursorResult

MOST_KEYS = 500  # of one question; SQLite before 3.32 takes 999 parameters
_MARKS = {"qmark": "?", "format": "%s", "pyformat": "%s"}


@dataclass(frozen=True, slots=True)
class Place:
    """A table and its columns, in the order of its rows."""

    table: str
    columns: tuple[str, ...]


def run(connection: Connection, statement: str, *given: Any) -> "CursorResult[*tuple[Any, ...]]":
    """What a statement gives; each ``?`` in it stands for one of the values."""
    return connection.exec_driver_sql(_marked(statement, connection.dialect.paramstyle), given)


def run_for_all(connection: Connection, statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """Run a statement once for each row of values."""
    marked = _marked(statement, connection.dialect.paramstyle)
    connection.exec_driver_sql(marked, list(rows))


@cache
def by_key(place: Place) -> str:
    """The value of one key."""
    return f"SELECT body FROM {_quoted(place.table)} WHERE key = ?"  # noqa: S608  # our own names


@cache
def by_keys(place: Place, many: int) -> str:
    """The values of so many keys, beside them."""
    marks = ", ".join("?" * many)
    return f"SELECT key, body FROM {_quoted(place.table)} WHERE key IN ({marks})"  # noqa: S608


@cache
def by_columns(place: Place, order: str, *columns: str) -> str:
    """Values whose columns equal what is handed in, in an order."""
    wanted = " AND ".join(f"{_quoted(name)} = ?" for name in columns)
    where = f" WHERE {wanted}" if columns else ""
    return f"SELECT body FROM {_quoted(place.table)}{where} ORDER BY {_quoted(order)}"  # noqa: S608


@cache
def last(place: Place, column: str, none: int) -> str:
    """The greatest number of a column, or that one where there is no row."""
    return f"SELECT coalesce(max({_quoted(column)}), {none}) FROM {_quoted(place.table)}"  # noqa: S608


@cache
def count(place: Place) -> str:
    """How many rows there are."""
    return f"SELECT count(*) FROM {_quoted(place.table)}"  # noqa: S608


@cache
def put(place: Place) -> str:
    """Insert, or replace what has the same key; the history and the ledger only grow."""
    names = [_quoted(name) for name in place.columns]
    marks = ", ".join("?" * len(names))
    added = f"INSERT INTO {_quoted(place.table)} ({', '.join(names)}) VALUES ({marks})"  # noqa: S608
    if "key" not in place.columns:
        return added
    others = ", ".join(f"{name} = excluded.{name}" for name in names if name != _quoted("key"))
    return f"{added} ON CONFLICT (key) DO UPDATE SET {others}"


@cache
def _marked(statement: str, style: str) -> str:
    return statement.replace("?", _MARKS[style])


def _quoted(name: str) -> str:
    return f'"{name}"'
