"""One transaction over the tables: repositories of values, the ledger, the history.

Statements are SQLAlchemy Core, not its unit of work: an issue run puts several values for each
copy, and for rows of two texts the bookkeeping of objects cost five times what the database does.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection, Table, func, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import SQLModel

from mapp_compliance.adapters.store import tables
from mapp_compliance.adapters.store.tables import EventRow, LeafRow, Shelf
from mapp_compliance.errors import NotFound
from mapp_compliance.trust import Json
from mapp_compliance.values import Digest
from mapp_compliance.workflows.records import Event, Leaf, leaf_data

V = TypeVar("V")
EVENTS: Table = SQLModel.metadata.tables[str(EventRow.__tablename__)]
LEAVES: Table = SQLModel.metadata.tables[str(LeafRow.__tablename__)]
_DIGEST = re.compile(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")
_INSERT: Mapping[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


class SqlRepository(Generic[V]):
    """Values of one shelf inside a transaction."""

    def __init__(self, connection: Connection, shelf: Shelf[V]) -> None:
        self._connection = connection
        self._shelf = shelf
        self._table = shelf.table

    def get(self, *key: str | int) -> V | None:
        """The value, or None."""
        query = select(self._table.c.body).where(self._table.c.key == tables.key_text(key))
        body = self._connection.execute(query).scalar()
        return None if body is None else self._shelf.to_value(body)

    def put(self, value: V) -> None:
        """Insert, or replace the value of the same key."""
        row = self._shelf.to_row(value)
        added = _INSERT[self._connection.dialect.name](self._table)
        others = {name: added.excluded[name] for name in row if name != "key"}
        statement = added.on_conflict_do_update(index_elements=["key"], set_=others)
        self._connection.execute(statement, row)

    def all(self, **where: str | int) -> list[V]:
        """All values whose columns equal the given ones, in the order of their keys."""
        query = select(self._table.c.body).order_by(self._table.c.key)
        for name, wanted in where.items():
            query = query.where(self._table.c[name] == tables.column_text(wanted))
        return [self._shelf.to_value(body) for body in self._connection.execute(query).scalars()]


class SqlLedger:
    """The log's leaves; the index is the size before, so there is no gap."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._size: int | None = None  # nobody else writes during a transaction of ours

    def append(self, kind: str, body: Mapping[str, Json], at: datetime) -> Leaf:
        """A new leaf over the canonical bytes of kind and body."""
        leaf = Leaf(self.size(), kind, leaf_data(kind, body), at)
        row = {"index": leaf.index, "body": tables.to_json(tables.LEAF, leaf)}
        self._connection.execute(insert(LEAVES), row)
        self._size = leaf.index + 1
        return leaf

    def leaves(self) -> list[Leaf]:
        """All leaves in order."""
        query = select(LEAVES.c.body).order_by(LEAVES.c.index)
        found = self._connection.execute(query).scalars()
        return [tables.from_json(tables.LEAF, body) for body in found]

    def leaf(self, index: int) -> Leaf:
        """One leaf. Raises NotFound."""
        body = self._connection.execute(
            select(LEAVES.c.body).where(LEAVES.c.index == index)
        ).scalar()
        if body is None:
            raise NotFound(f"the ledger has no leaf {index}; 'mapp log verify' tells its size")
        return tables.from_json(tables.LEAF, body)

    def size(self) -> int:
        """How many leaves there are: one more than the last index."""
        if self._size is None:
            last = self._connection.execute(
                select(func.coalesce(func.max(LEAVES.c.index), -1))
            ).scalar_one()
            self._size = int(last) + 1
        return self._size


class SqlUnitOfWork:
    """One transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._next_event: int | None = None
        self.users = SqlRepository(connection, tables.USERS)
        self.partners = SqlRepository(connection, tables.PARTNERS)
        self.advisories = SqlRepository(connection, tables.ADVISORIES)
        self.attachments = SqlRepository(connection, tables.ATTACHMENTS)
        self.setups = SqlRepository(connection, tables.SETUPS)
        self.copies = SqlRepository(connection, tables.COPIES)
        self.samples = SqlRepository(connection, tables.SAMPLES)
        self.runs = SqlRepository(connection, tables.RUNS)
        self.cases = SqlRepository(connection, tables.CASES)
        self.decisions = SqlRepository(connection, tables.RECORDS)
        self.signed = SqlRepository(connection, tables.SIGNED)
        self.earlier = SqlRepository(connection, tables.EARLIER)
        self.sightings = SqlRepository(connection, tables.SIGHTINGS)
        self.holders = SqlRepository(connection, tables.HOLDERS)
        self.holds = SqlRepository(connection, tables.HOLDS)
        self.feeds = SqlRepository(connection, tables.FEEDS)
        self.feed_files = SqlRepository(connection, tables.FEED_FILES)
        self.outgoing = SqlRepository(connection, tables.OUTGOING)
        self.ledger = SqlLedger(connection)

    def tell(self, event: Event) -> None:
        """Keep one event of the history, under the next number."""
        if self._next_event is None:
            last = select(func.coalesce(func.max(EVENTS.c.number), 0))
            self._next_event = int(self._connection.execute(last).scalar_one()) + 1
        row = {
            "number": self._next_event,
            "subject": tables.column_text(event.subject),
            "body": tables.to_json(tables.EVENT, event),
        }
        self._connection.execute(insert(EVENTS), row)
        self._next_event += 1

    def events(self, subject: str | None = None) -> list[Event]:
        """The history, of one subject or whole, in the order told."""
        query = select(EVENTS.c.body).order_by(EVENTS.c.number)
        if subject is not None:
            query = query.where(EVENTS.c.subject == tables.column_text(subject))
        found = self._connection.execute(query).scalars()
        return [tables.from_json(tables.EVENT, body) for body in found]

    def mentioned(self) -> frozenset[Digest]:
        """Every digest that stands in a value of any kind, whatever it is the digest of."""
        bodies = (
            body
            for table in SQLModel.metadata.sorted_tables
            if {"key", "body"} <= set(table.columns.keys())
            for body in self._connection.execute(select(table.c.body)).scalars()
        )
        return frozenset(Digest(text) for body in bodies for text in _DIGEST.findall(body))
