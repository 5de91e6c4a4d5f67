"""Who held what at an instant: the answer to "who could have had it then".

It goes over everybody who had the material, marked or not:

- a recipient, internal readers too, from the delivery of its copy on; copies issued without marks
  stand in a line of their own;
- finder and broker from the time at which the vendor received their version: they had it by then
  at the latest;
- the vendor itself from the first version it received or attached, and once more from when it
  derived the files of somebody's copy in the clear: their marks are that recipient's;
- kept holders (a build system, an office that was told) from their start to their end;
- the public from the release on, or from a sighting of it in public that nobody doubts.

A copy planned, cancelled or sent later is not in the answer: nobody held it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from mapp_compliance.advisories import Advisory, EarlierVersion, SightingKind, Stage
from mapp_compliance.distribution import LEFT_THE_HOUSE, Copy
from mapp_compliance.values import AdvisoryId
from mapp_compliance.workflows.ports import Desk, UnitOfWork

VENDOR = "vendor (unmarked originals)"
PUBLIC = "public"


@dataclass(frozen=True, slots=True)
class Held:
    """What one holder had, since when, until when, and how we know.

    ``marked`` is False where nothing in the material can tell this holder from another.
    """

    holder: str
    kind: str
    copies: tuple[Copy, ...]
    since: datetime
    marked: bool = False
    until: datetime | None = None
    basis: str = ""
    size: int = 1

    def at(self, moment: datetime) -> bool:
        """Whether it was held at that instant."""
        return self.since <= moment and (self.until is None or moment < self.until)

    def by(self, moment: datetime) -> "Held":
        """The same holding without the copies that came later."""
        early = (item for item in self.copies if item.delivered_at and item.delivered_at <= moment)
        return replace(self, copies=tuple(early))


def exposure(desk: Desk, advisory_id: AdvisoryId, at: datetime) -> tuple[Held, ...]:
    """Everybody who held something of the advisory at that instant, earliest first."""
    with desk.store.read() as work:
        advisory = desk.advisory(work, advisory_id)
        return tuple(item.by(at) for item in holdings(work, advisory) if item.at(at))


def holdings(work: UnitOfWork, advisory: Advisory) -> tuple[Held, ...]:
    """Everybody who ever held something of the advisory, earliest first."""
    found = [
        *_vendor(work, advisory),
        *_stages(work.earlier.all(advisory=advisory.id)),
        *_recipients(work, advisory),
        *(
            Held(
                holder=item.id,
                kind=item.kind.value,
                copies=(),
                since=item.since,
                until=item.until,
                basis=item.note or "kept by hand",
                size=item.size,
            )
            for item in work.holders.all()
            if item.held(advisory.id)
        ),
        *_public(work, advisory),
    ]
    return tuple(sorted(found, key=lambda item: (item.since, item.holder, item.marked)))


def unmarked_holders(
    work: UnitOfWork, advisory: Advisory, by: datetime | None = None
) -> tuple[Held, ...]:
    """Who had unmarked material by that instant, whether or not they still had it then.

    These can be told apart by no mark; every verdict on the advisory says so. The public is not
    among them: what is released has marks of its own.
    """
    return tuple(
        item if by is None else item.by(by)
        for item in holdings(work, advisory)
        if not item.marked and item.kind != PUBLIC and (by is None or item.since <= by)
    )


@dataclass(frozen=True, slots=True)
class Counted:
    """An exposure in numbers. ``candidates`` are distinct holders without the public."""

    candidates: int
    marked: int
    unmarked: int
    people: int
    public: bool


def counted(held: Sequence[Held]) -> Counted:
    """The numbers of an exposure. A group is one candidate and as many people as it has."""
    inside = [item for item in held if item.kind != PUBLIC]
    unmarked = {item.holder for item in inside if not item.marked}
    largest: dict[str, int] = {}
    for item in inside:
        largest[item.holder] = max(item.size, largest.get(item.holder, 0))
    return Counted(
        candidates=len(largest),
        marked=len(set(largest) - unmarked),
        unmarked=len(unmarked),
        people=sum(largest.values()),
        public=len(inside) < len(held),
    )


def _vendor(work: UnitOfWork, advisory: Advisory) -> Iterable[Held]:
    attached = [
        (item.attached_at, "attached") for item in work.attachments.all(advisory=advisory.id)
    ]
    received = [
        (item.received_at, f"received {item.label}")
        for item in work.earlier.all(advisory=advisory.id)
    ]
    first = min([*attached, *received], default=None)
    if first is not None:
        yield Held(VENDOR, "vendor", (), first[0], basis=first[1])
    for copy in work.copies.all(advisory=advisory.id):
        if copy.extracted_at is not None:
            told = f"derived copy {copy.id} in the clear"
            yield Held(VENDOR, "vendor", (), copy.extracted_at, marked=True, basis=told)


def _stages(versions: Sequence[EarlierVersion]) -> Iterable[Held]:
    """Finder and broker by who sent it; their first version counts."""
    first: dict[tuple[str, str], EarlierVersion] = {}
    for item in sorted(versions, key=lambda version: version.received_at):
        if item.stage is not Stage.VENDOR:
            first.setdefault((item.source or item.stage.value, item.stage.value), item)
    for (holder, kind), item in first.items():
        yield Held(holder, kind, (), item.received_at, basis=f"sent {item.label}, had it by then")


def _recipients(work: UnitOfWork, advisory: Advisory) -> Iterable[Held]:
    kinds = {item.id: item.kind.value for item in work.partners.all()}
    by_recipient: dict[tuple[str, bool], list[Copy]] = {}
    for copy in work.copies.all(advisory=advisory.id):
        if copy.state in LEFT_THE_HOUSE and copy.delivered_at:
            by_recipient.setdefault((copy.recipient, not copy.unmarked), []).append(copy)
    for (recipient, marked), own in by_recipient.items():
        yield Held(
            holder=recipient,
            kind=kinds.get(own[0].recipient, ""),
            copies=tuple(own),
            since=min(copy.delivered_at for copy in own if copy.delivered_at),
            marked=marked,
            basis="delivered" if marked else f"delivered without marks: {own[0].unmarked}",
        )


def _public(work: UnitOfWork, advisory: Advisory) -> Iterable[Held]:
    since = [] if advisory.released_at is None else [(advisory.released_at, "published")]
    since += [
        (item.seen.end, f"sighting {item.id} ({item.grade})")
        for item in work.sightings.all(advisory=advisory.id)
        if item.kind is SightingKind.PUBLIC and not item.doubted
    ]
    if since:
        first = min(since)
        yield Held(PUBLIC, PUBLIC, (), first[0], marked=first[1] == "published", basis=first[1])
