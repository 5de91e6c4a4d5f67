"""One transaction over the tables: repositories of values, the ledger, the history.

Statements are text that the driver takes as it is, not SQLAlchemy's unit of work: an issue run puts
several values for each copy, and for rows of two texts the bookkeeping of objects cost five times
what the database does.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection

from mapp_compliance.adapters.store import shelves, statements
from mapp_compliance.adapters.store.shelves import EVENTS, LEAVES, Shelf
from mapp_compliance.adapters.store.statements import MOST_KEYS, Place, run, run_for_all
from mapp_compliance.errors import NotFound
from mapp_compliance.trust import Json
from mapp_compliance.values import Digest
from mapp_compliance.workflows.records import Event, Leaf, leaf_data

V = TypeVar("V")
_DIGEST = re.compile(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")
_Row = tuple[Any, ...]


class Waiting:
    """Rows that are written together, before anybody asks for their table and at the end."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._rows: dict[Place, dict[str | int, _Row]] = {}

    def add(self, place: Place, row: _Row) -> None:
        """One more; a later row of the same key, which stands first, takes the earlier's place."""
        self._rows.setdefault(place, {})[row[0]] = row

    def row(self, place: Place, key: str | int) -> _Row | None:
        """The row of that key, if it waits."""
        return self._rows.get(place, {}).get(key)

    def write(self, *only: Place) -> None:
        """Write what waits, of those tables or of all."""
        for place in only or tuple(self._rows):
            if rows := self._rows.pop(place, None):
                run_for_all(self.connection, statements.put(place), list(rows.values()))


class SqlRepository(Generic[V]):
    """Values of one shelf inside a transaction."""

    def __init__(self, waiting: Waiting, shelf: Shelf[V]) -> None:
        self._waiting = waiting
        self._connection = waiting.connection
        self._shelf = shelf
        self._place = shelf.place

    def get(self, *key: str | int) -> V | None:
        """The value, or None."""
        wanted = shelves.key_text(key)
        if (row := self._waiting.row(self._place, wanted)) is not None:
            return self._shelf.to_value(row[1])
        body = run(self._connection, statements.by_key(self._place), wanted).scalar()
        return None if body is None else self._shelf.to_value(body)

    def among(self, keys: Sequence[str]) -> dict[str, V]:
        """The values of those keys, as far as they are there; for keys of one part."""
        self._waiting.write(self._place)
        texts = {shelves.key_text((key,)): key for key in keys}
        wanted = list(texts)
        found: dict[str, V] = {}
        for start in range(0, len(wanted), MOST_KEYS):
            chunk = wanted[start : start + MOST_KEYS]
            asked = run(self._connection, statements.by_keys(self._place, len(chunk)), *chunk)
            for row in asked:
                found[texts[row[0]]] = self._shelf.to_value(row[1])
        return found

    def count(self) -> int:
        """How many there are."""
        self._waiting.write(self._place)
        return int(run(self._connection, statements.count(self._place)).scalar_one())

    def put(self, value: V) -> None:
        """Insert, or replace the value of the same key."""
        self._waiting.add(self._place, self._shelf.to_row(value))

    def all(self, **where: str | int) -> list[V]:
        """All values whose columns equal the given ones, in the order of their keys."""
        self._waiting.write(self._place)
        wanted = map(shelves.column_text, where.values())
        query = statements.by_columns(self._place, "key", *where)
        return [
            self._shelf.to_value(body) for body in run(self._connection, query, *wanted).scalars()
        ]


class SqlLedger:
    """The log's leaves; the index is the size before, so there is no gap."""

    def __init__(self, waiting: Waiting) -> None:
        self._waiting = waiting
        self._connection = waiting.connection
        self._size: int | None = None  # nobody else writes during a transaction of ours

    def append(self, kind: str, body: Mapping[str, Json], at: datetime) -> Leaf:
        """A new leaf over the canonical bytes of kind and body."""
        leaf = Leaf(self.size(), kind, leaf_data(kind, body), at)
        self._waiting.add(LEAVES, (leaf.index, shelves.to_json(shelves.leaf_adapter(), leaf)))
        self._size = leaf.index + 1
        return leaf

    def leaves(self) -> list[Leaf]:
        """All leaves in order."""
        self._waiting.write(LEAVES)
        found = run(self._connection, statements.by_columns(LEAVES, "index")).scalars()
        return [shelves.from_json(shelves.leaf_adapter(), body) for body in found]

    def leaf(self, index: int) -> Leaf:
        """One leaf. Raises NotFound."""
        self._waiting.write(LEAVES)
        wanted = index if 0 <= index < self.size() else -1  # no larger than a column
        query = statements.by_columns(LEAVES, "index", "index")
        body = run(self._connection, query, wanted).scalar()
        if body is None:
            raise NotFound(f"the ledger has no leaf {index}; 'mapp log verify' tells its size")
        return shelves.from_json(shelves.leaf_adapter(), body)

    def size(self) -> int:
        """How many leaves there are: one more than the last index."""
        if self._size is None:
            last = run(self._connection, statements.last(LEAVES, "index", -1)).scalar_one()
            self._size = int(last) + 1
        return self._size


class SqlUnitOfWork:
    """One transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._waiting = waiting = Waiting(connection)
        self._next_event: int | None = None
        self.users = SqlRepository(waiting, shelves.USERS)
        self.partners = SqlRepository(waiting, shelves.PARTNERS)
        self.advisories = SqlRepository(waiting, shelves.ADVISORIES)
        self.attachments = SqlRepository(waiting, shelves.ATTACHMENTS)
        self.setups = SqlRepository(waiting, shelves.SETUPS)
        self.copies = SqlRepository(waiting, shelves.COPIES)
        self.samples = SqlRepository(waiting, shelves.SAMPLES)
        self.runs = SqlRepository(waiting, shelves.RUNS)
        self.cases = SqlRepository(waiting, shelves.CASES)
        self.decisions = SqlRepository(waiting, shelves.RECORDS)
        self.signed = SqlRepository(waiting, shelves.SIGNED)
        self.compromises = SqlRepository(waiting, shelves.COMPROMISES)
        self.earlier = SqlRepository(waiting, shelves.EARLIER)
        self.sightings = SqlRepository(waiting, shelves.SIGHTINGS)
        self.holders = SqlRepository(waiting, shelves.HOLDERS)
        self.holds = SqlRepository(waiting, shelves.HOLDS)
        self.feeds = SqlRepository(waiting, shelves.FEEDS)
        self.feed_files = SqlRepository(waiting, shelves.FEED_FILES)
        self.outgoing = SqlRepository(waiting, shelves.OUTGOING)
        self.ledger = SqlLedger(waiting)

    def write(self) -> None:
        """Hand everything that was put to the database; the transaction is not ended by it."""
        self._waiting.write()

    def tell(self, event: Event) -> None:
        """Keep one event of the history, under the next number."""
        if self._next_event is None:
            last = run(self._connection, statements.last(EVENTS, "number", 0)).scalar_one()
            self._next_event = int(last) + 1
        subject, body = (
            shelves.column_text(event.subject),
            shelves.to_json(shelves.event_adapter(), event),
        )
        self._waiting.add(EVENTS, (self._next_event, subject, body))
        self._next_event += 1

    def events(self, subject: str | None = None) -> list[Event]:
        """The history, of one subject or whole, in the order told."""
        self._waiting.write(EVENTS)
        wanted = {} if subject is None else {"subject": shelves.column_text(subject)}
        query = statements.by_columns(EVENTS, "number", *wanted)
        found = run(self._connection, query, *wanted.values()).scalars()
        return [shelves.from_json(shelves.event_adapter(), body) for body in found]

    def mentioned(self) -> frozenset[Digest]:
        """Every digest that stands in a value of any kind, whatever it is the digest of."""
        self.write()
        bodies = (
            body
            for place in shelves.VALUES
            for body in run(self._connection, statements.by_columns(place, "key")).scalars()
        )
        return frozenset(Digest(text) for body in bodies for text in _DIGEST.findall(body))
