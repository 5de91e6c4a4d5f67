"""What the workflows keep, as protocols that they own: one transaction and what is in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from mapp_compliance.advisories import Advisory, Attachment, EarlierVersion, SetUp, Sighting
    from mapp_compliance.attribution import Feed, FeedFile, Run, Sample
    from mapp_compliance.distribution import Copy, Hold
    from mapp_compliance.enforcement import Case
    from mapp_compliance.program import Compromise, Holder, Partner, User
    from mapp_compliance.trust import Json
    from mapp_compliance.values import Digest
    from mapp_compliance.workflows.records import (
        Event,
        Leaf,
        Outgoing,
        PolicyRecord,
        SignedDecision,
    )

V = TypeVar("V")


class Repository(Protocol[V]):
    """Values of one kind by their key; values come back in the order of their keys."""

    def get(self, *key: str | int) -> V | None:
        """The value, or None."""
        ...

    def among(self, keys: Sequence[str]) -> dict[str, V]:
        """The values of those keys, as far as they are there; for keys of one part."""
        ...

    def count(self) -> int:
        """How many there are."""
        ...

    def put(self, value: V) -> None:
        """Insert, or replace the value of the same key."""
        ...

    def all(self, **where: str | int) -> list[V]:
        """All values whose indexed columns equal the given ones."""
        ...


class Ledger(Protocol):
    """The append-only log; a leaf is never changed and never leaves a gap."""

    def append(self, kind: str, body: Mapping[str, Json], at: datetime) -> Leaf:
        """A new leaf over the canonical bytes of the body and its kind."""
        ...

    def leaves(self) -> list[Leaf]:
        """All leaves in order."""
        ...

    def leaf(self, index: int) -> Leaf:
        """One leaf; raises NotFound."""
        ...

    def size(self) -> int:
        """How many leaves there are."""
        ...


class UnitOfWork(Protocol):
    """One transaction: all of it is kept, or nothing."""

    @property
    def users(self) -> Repository[User]:
        """People."""
        ...

    @property
    def partners(self) -> Repository[Partner]:
        """Recipients."""
        ...

    @property
    def advisories(self) -> Repository[Advisory]:
        """Advisories."""
        ...

    @property
    def attachments(self) -> Repository[Attachment]:
        """Packages as attached."""
        ...

    @property
    def setups(self) -> Repository[SetUp]:
        """Set-ups of marking."""
        ...

    @property
    def copies(self) -> Repository[Copy]:
        """Copies."""
        ...

    @property
    def samples(self) -> Repository[Sample]:
        """Samples."""
        ...

    @property
    def runs(self) -> Repository[Run]:
        """Scored runs."""
        ...

    @property
    def cases(self) -> Repository[Case]:
        """Cases."""
        ...

    @property
    def decisions(self) -> Repository[PolicyRecord]:
        """Decisions of the terms."""
        ...

    @property
    def signed(self) -> Repository[SignedDecision]:
        """Decisions of people."""
        ...

    @property
    def compromises(self) -> Repository[Compromise]:
        """Reports of secrets in other hands."""
        ...

    @property
    def earlier(self) -> Repository[EarlierVersion]:
        """Earlier versions of an advisory's material."""
        ...

    @property
    def sightings(self) -> Repository[Sighting]:
        """Sightings."""
        ...

    @property
    def holders(self) -> Repository[Holder]:
        """Holders that are sent no copy."""
        ...

    @property
    def holds(self) -> Repository[Hold]:
        """Deliveries that wait."""
        ...

    @property
    def feeds(self) -> Repository[Feed]:
        """Watched folders."""
        ...

    @property
    def feed_files(self) -> Repository[FeedFile]:
        """Files of watched folders that were dealt with."""
        ...

    @property
    def outgoing(self) -> Repository[Outgoing]:
        """Letters decided on."""
        ...

    @property
    def ledger(self) -> Ledger:
        """The log."""
        ...

    def tell(self, event: Event) -> None:
        """Keep one event of the history, in the order told."""
        ...

    def events(self, subject: str | None = None) -> list[Event]:
        """The history, of one subject or whole."""
        ...

    def mentioned(self) -> frozenset[Digest]:
        """Every digest that stands in a value of any kind."""
        ...


class Store(Protocol):
    """The state of a workspace."""

    def write(self) -> AbstractContextManager[UnitOfWork]:
        """A transaction of the single writer; another writer waits or is told."""
        ...

    def read(self) -> AbstractContextManager[UnitOfWork]:
        """A consistent view; nothing put there is kept."""
        ...

    def close(self) -> None:
        """Let go of what it holds open; the next call opens it again."""
        ...
