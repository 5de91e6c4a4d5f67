"""One transaction over the tables: repositories of values, the ledger, the history."""

from collections.abc import Mapping
from datetime import datetime
from typing import Generic, TypeVar

from sqlalchemy import func
from sqlmodel import Session, col, select

from mapp_compliance.adapters.store import tables
from mapp_compliance.adapters.store.tables import EventRow, LeafRow, Shelf
from mapp_compliance.errors import NotFound
from mapp_compliance.trust import Json, canonical
from mapp_compliance.workflows.records import Event, Leaf

V = TypeVar("V")


class SqlRepository(Generic[V]):
    """Values of one shelf inside a transaction."""

    def __init__(self, session: Session, shelf: Shelf[V]) -> None:
        self._session = session
        self._shelf = shelf

    def get(self, *key: str | int) -> V | None:
        """The value, or None."""
        row = self._session.get(self._shelf.row, tables.key_text(key))
        return None if row is None else self._shelf.to_value(row)

    def put(self, value: V) -> None:
        """Insert, or replace the value of the same key."""
        self._session.merge(self._shelf.to_row(value))

    def all(self, **where: str | int) -> list[V]:
        """All values whose columns equal the given ones, in the order of their keys."""
        query = select(self._shelf.row).order_by(col(self._shelf.row.key))
        for name, wanted in where.items():
            query = query.where(getattr(self._shelf.row, name) == str(wanted))
        return [self._shelf.to_value(row) for row in self._session.exec(query)]


class SqlLedger:
    """The log's leaves; the index is the size before, so there is no gap."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def append(self, kind: str, body: Mapping[str, Json], at: datetime) -> Leaf:
        """A new leaf over the canonical bytes of kind and body."""
        leaf = Leaf(self.size(), kind, canonical({"type": f"mapp/{kind}/v1", **body}), at)
        self._session.add(LeafRow(index=leaf.index, body=tables.to_json(tables.LEAF, leaf)))
        self._session.flush()
        return leaf

    def leaves(self) -> list[Leaf]:
        """All leaves in order."""
        rows = self._session.exec(select(LeafRow).order_by(col(LeafRow.index)))
        return [tables.from_json(tables.LEAF, row.body) for row in rows]

    def leaf(self, index: int) -> Leaf:
        """One leaf. Raises NotFound."""
        row = self._session.get(LeafRow, index)
        if row is None:
            raise NotFound(f"the ledger has no leaf {index}; 'mapp log verify' tells its size")
        return tables.from_json(tables.LEAF, row.body)

    def size(self) -> int:
        """How many leaves there are: one more than the last index."""
        last = self._session.exec(select(func.coalesce(func.max(LeafRow.index), -1))).one()
        return int(last) + 1


class SqlUnitOfWork:
    """One transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.users = SqlRepository(session, tables.USERS)
        self.partners = SqlRepository(session, tables.PARTNERS)
        self.advisories = SqlRepository(session, tables.ADVISORIES)
        self.attachments = SqlRepository(session, tables.ATTACHMENTS)
        self.setups = SqlRepository(session, tables.SETUPS)
        self.copies = SqlRepository(session, tables.COPIES)
        self.samples = SqlRepository(session, tables.SAMPLES)
        self.runs = SqlRepository(session, tables.RUNS)
        self.cases = SqlRepository(session, tables.CASES)
        self.decisions = SqlRepository(session, tables.RECORDS)
        self.signed = SqlRepository(session, tables.SIGNED)
        self.compromises = SqlRepository(session, tables.COMPROMISES)
        self.earlier = SqlRepository(session, tables.EARLIER)
        self.sightings = SqlRepository(session, tables.SIGHTINGS)
        self.holders = SqlRepository(session, tables.HOLDERS)
        self.holds = SqlRepository(session, tables.HOLDS)
        self.feeds = SqlRepository(session, tables.FEEDS)
        self.feed_files = SqlRepository(session, tables.FEED_FILES)
        self.outgoing = SqlRepository(session, tables.OUTGOING)
        self.ledger = SqlLedger(session)

    def tell(self, event: Event) -> None:
        """Keep one event of the history."""
        self._session.add(EventRow(subject=event.subject, body=tables.to_json(tables.EVENT, event)))

    def events(self, subject: str | None = None) -> list[Event]:
        """The history, of one subject or whole, in the order told."""
        query = select(EventRow).order_by(col(EventRow.number))
        if subject is not None:
            query = query.where(EventRow.subject == subject)
        return [tables.from_json(tables.EVENT, row.body) for row in self._session.exec(query)]
