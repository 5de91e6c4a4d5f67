"""The release decision: gather what it rests on, recommend, and write what was decided down."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from mapp_compliance.advisories import (
    Advisory,
    ReleaseDecision,
    Sighting,
    Situation,
    decide_release,
)
from mapp_compliance.audit import EmbargoMoved, ReleaseMemo
from mapp_compliance.errors import InvalidInput
from mapp_compliance.program import PartnerKind, PartnerState
from mapp_compliance.values import AdvisoryId
from mapp_compliance.workflows.exposure import PUBLIC, counted, holdings
from mapp_compliance.workflows.log import transaction
from mapp_compliance.workflows.outbox import Letter, inside, queue
from mapp_compliance.workflows.plan import wave_of
from mapp_compliance.workflows.ports import Desk, UnitOfWork
from mapp_compliance.workflows.records import MANAGEMENT, Event, Outgoing

SENDERS = frozenset({PartnerKind.FINDER, PartnerKind.BROKER})  # they had it before us
GONE = frozenset({PartnerState.REMOVED, PartnerState.WITHDRAWN})


@dataclass(frozen=True, slots=True)
class Considered:
    """A recommendation with what it rests on.

    ``waves`` are classes of recipients that nothing was sent to, with how many they are.
    """

    situation: Situation
    decision: ReleaseDecision
    waves: tuple[tuple[str, int], ...]
    holders: int
    unmarked: int


def consider(desk: Desk, advisory_id: AdvisoryId) -> Considered:
    """The recommendation as of now. Raises NotFound."""
    with desk.store.read() as work:
        return considered(work, desk.advisory(work, advisory_id), desk.clock())


def considered(work: UnitOfWork, advisory: Advisory, now: datetime) -> Considered:
    """The recommendation for an advisory in the state of this transaction."""
    held = [item for item in holdings(work, advisory) if item.at(now) and item.kind != PUBLIC]
    numbers = counted(held)
    copies = work.copies.all(advisory=advisory.id)
    left = [copy.delivered_at for copy in copies if copy.has_left and copy.delivered_at]
    waves = _unsent(work, {copy.recipient for copy in copies if copy.has_left}, now)
    situation = Situation(
        advisory=advisory,
        sightings=_sightings(work, advisory),
        unsent=sum(count for _, count in waves),
        holding=numbers.candidates,
        first_sent_at=min(left, default=None),
        now=now,
    )
    return Considered(
        situation, decide_release(situation), waves, numbers.candidates, numbers.unmarked
    )


def set_patch_ready(desk: Desk, advisory_id: AdvisoryId) -> Advisory:
    """The advisory whose fix can go out from now on; the first time counts. Raises NotFound."""
    now = desk.clock()
    with transaction(desk) as work:
        before = desk.advisory(work, advisory_id)
        after = before.patch_ready(now)
        if after != before:
            work.advisories.put(after)
            work.tell(Event("patch ready", after.id, now))
    return after


def check_names_nobody(work: UnitOfWork, reason: str) -> None:
    """Return when a reason names no recipient: it goes into a memo that must not.

    Raises:
        InvalidInput: an id or a name of a recipient stands in it.
    """
    for item in work.partners.all():
        for word in (item.id, item.name):
            if len(word) > 1 and re.search(rf"(?<!\w){re.escape(word)}(?!\w)", reason, re.I):
                raise InvalidInput(
                    f"the reason names recipient {item.id}, and it goes into a text that names "
                    "none: dates and pauses follow from harm; say what happened without the name"
                )


@dataclass(frozen=True, slots=True)
class Moved:
    """A decision to bring a release forward, as it was taken."""

    before: Advisory
    release_at: datetime
    reason: str
    signed_by: tuple[str, ...]
    independence: str
    cancelled: int
    holders: tuple[str, ...]  # recipients of copies that left


def write_down(
    desk: Desk, work: UnitOfWork, basis: Considered, moved: Moved, now: datetime
) -> tuple[Outgoing, ...]:
    """The letters to all holders of copies, then the memo, in the transaction of the decision."""
    told = EmbargoMoved(
        desk.program.name,
        moved.before.id,
        moved.before.release_at,
        moved.release_at,
        now,
        desk.program.contact,
    )
    letter = desk.renderer.render(told.template, told.document()).encode()
    letters = [
        Letter(recipient, f"{moved.before.id}.release-moved.txt", letter, moved.before.id)
        for recipient in moved.holders
    ]
    memo = ReleaseMemo(
        program=desk.program.name,
        written_at=now,
        before=moved.before,
        release_at=moved.release_at,
        reason=moved.reason,
        signed_by=moved.signed_by,
        independence=moved.independence,
        decision=basis.decision,
        sightings=basis.situation.sightings,
        holders=basis.holders,
        unmarked=basis.unmarked,
        cancelled=moved.cancelled,
        waves=basis.waves,
    )
    text = desk.renderer.render(memo.template, memo.document()).encode()
    name = f"{moved.before.id}.release-memo.txt"
    letters.append(Letter(inside(work, MANAGEMENT), name, text, moved.before.id))
    return tuple(queue(desk, work, item, now) for item in letters)


def _sightings(work: UnitOfWork, advisory: Advisory) -> tuple[Sighting, ...]:
    found = work.sightings.all(advisory=advisory.id)
    return tuple(sorted(found, key=lambda item: (item.seen.start, item.id)))


def _unsent(
    work: UnitOfWork, served: Collection[str], now: datetime
) -> tuple[tuple[str, int], ...]:
    """Waves with recipients that nothing was sent to; those who left the program are none."""
    counts: dict[str, int] = {}
    for item in work.partners.all():
        if item.id not in served and item.state_at(now) not in GONE and item.kind not in SENDERS:
            counts[wave_of(item)] = counts.get(wave_of(item), 0) + 1
    return tuple(sorted(counts.items()))
