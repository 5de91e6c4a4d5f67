"""The few statements that both engines run, as text: for a table, in the driver's way of marking.

SQLAlchemy would put them together anew for every engine it opens, which takes longer than running
them does. Names come from the tables and nowhere else; values are always handed over apart.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, CursorResult, Table

MOST_KEYS = 500  # of one question; SQLite before 3.32 takes 999 parameters
_MARKS = {"qmark": "?", "format": "%s", "pyformat": "%s"}


def run(connection: Connection, statement: str, *given: Any) -> "CursorResult[*tuple[Any, ...]]":
    """What a statement gives; each ``?`` in it stands for one of the values."""
    return connection.exec_driver_sql(_marked(statement, connection.dialect.paramstyle), given)


def run_for_all(connection: Connection, statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """Run a statement once for each row of values."""
    marked = _marked(statement, connection.dialect.paramstyle)
    connection.exec_driver_sql(marked, list(rows))


@cache
def by_key(table: Table) -> str:
    """The value of one key."""
    return f"SELECT body FROM {_name(table)} WHERE key = ?"  # noqa: S608  # our own names


@cache
def by_keys(table: Table, many: int) -> str:
    """The values of so many keys, beside them."""
    marks = ", ".join("?" * many)
    return f"SELECT key, body FROM {_name(table)} WHERE key IN ({marks})"  # noqa: S608


@cache
def by_columns(table: Table, order: str, *columns: str) -> str:
    """Values whose columns equal what is handed in, in an order."""
    wanted = " AND ".join(f"{_quoted(table.c[name].name)} = ?" for name in columns)
    where = f" WHERE {wanted}" if columns else ""
    return f"SELECT body FROM {_name(table)}{where} ORDER BY {_quoted(order)}"  # noqa: S608


@cache
def last(table: Table, column: str, none: int) -> str:
    """The greatest number of a column, or that one where there is no row."""
    return f"SELECT coalesce(max({_quoted(column)}), {none}) FROM {_name(table)}"  # noqa: S608


@cache
def count(table: Table) -> str:
    """How many rows there are."""
    return f"SELECT count(*) FROM {_name(table)}"  # noqa: S608


@cache
def put(table: Table) -> str:
    """Insert, or replace what has the same key; the history and the ledger only grow."""
    names = [_quoted(column.name) for column in table.columns]
    marks = ", ".join("?" * len(names))
    added = f"INSERT INTO {_name(table)} ({', '.join(names)}) VALUES ({marks})"  # noqa: S608
    if "key" not in table.columns:
        return added
    others = ", ".join(f"{name} = excluded.{name}" for name in names if name != _quoted("key"))
    return f"{added} ON CONFLICT (key) DO UPDATE SET {others}"


@cache
def _marked(statement: str, style: str) -> str:
    return statement.replace("?", _MARKS[style])


def _name(table: Table) -> str:
    return _quoted(table.name)


def _quoted(name: str) -> str:
    return f'"{name}"'
