"""One page of what waits for somebody: releases, copies, receipts, cases, holds, letters.

Nothing is changed by asking. Names of cases stay as they are in the case list: a case shows its
recipient nowhere here, because whoever looks may be its examiner.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction

from mapp_compliance.advisories import Advisory, AdvisoryState
from mapp_compliance.distribution import Copy, CopyState
from mapp_compliance.enforcement import CaseState
from mapp_compliance.values import instant_text
from mapp_compliance.workflows.duties import receipt_due
from mapp_compliance.workflows.people import partner
from mapp_compliance.workflows.ports import Desk, UnitOfWork
from mapp_compliance.workflows.spending import Spending, share, spent_in

SOON = timedelta(days=7)  # how far ahead releases are told
ON_THE_WAY = frozenset({CopyState.PLANNED, CopyState.MARKED, CopyState.COMMITTED, CopyState.SEALED})


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing that waits. ``due`` is None when no instant is set; ``late`` when it has passed."""

    kind: str  # release, copy, receipt, case, hold, letter, bound
    subject: str
    due: datetime | None
    late: bool
    what: str

    def record(self) -> dict[str, object]:
        """As the command line shows it."""
        return {
            "kind": self.kind,
            "subject": self.subject,
            "due": instant_text(self.due) if self.due else None,
            "late": self.late,
            "what": self.what,
        }


def spent(desk: Desk) -> Spending:
    """What the scored samples of this year may have cost, in the chance of any wrong name."""
    with desk.store.read() as work:
        return spent_in(desk, work, desk.clock().year)


def waiting(desk: Desk) -> list[Waiting]:
    """Everything that waits: what is late first, then by when it is due."""
    now = desk.clock()
    with desk.store.read() as work:
        found = [
            *_releases(work, now),
            *_copies(desk, work, now),
            *_cases(work, now),
            *_holds(work, now),
            *_letters(work),
            *_bound(desk, spent_in(desk, work, now.year)),
        ]
    return sorted(found, key=lambda item: (not item.late, item.due or now, item.kind, item.subject))


def _releases(work: UnitOfWork, now: datetime) -> Iterable[Waiting]:
    for advisory in work.advisories.all():
        due = advisory.release_at
        if advisory.state is AdvisoryState.RELEASED or due - now > SOON:
            continue
        what = f"publish it: mapp advisory publish {advisory.id}"
        yield Waiting("release", advisory.id, due, due < now, what)


def _copies(desk: Desk, work: UnitOfWork, now: datetime) -> Iterable[Waiting]:
    advisories = {item.id: item for item in work.advisories.all()}
    for copy in work.copies.all():
        if copy.state in ON_THE_WAY:
            what = f"{copy.state.value}, not delivered: mapp issue {copy.advisory}"
            yield Waiting("copy", copy.id, None, False, what)
        elif copy.state is CopyState.DELIVERED:
            yield from _receipt(desk, work, advisories[copy.advisory], copy, now)


def _receipt(
    desk: Desk, work: UnitOfWork, advisory: Advisory, copy: Copy, now: datetime
) -> Iterable[Waiting]:
    due = receipt_due(desk, advisory, copy, partner(work, copy.recipient))
    if due is not None:
        what = f"receipt of {copy.recipient} for {copy.advisory}"
        yield Waiting("receipt", copy.id, due, due < now, what)


def _cases(work: UnitOfWork, now: datetime) -> Iterable[Waiting]:
    for case in work.cases.all():
        if case.state is CaseState.CLOSED:
            continue
        due = case.response_due if case.state is CaseState.NOTICED else None
        what = f"{case.state.value}: mapp case show {case.id}"
        yield Waiting("case", case.id, due, due is not None and due < now, what)


def _holds(work: UnitOfWork, now: datetime) -> Iterable[Waiting]:
    for hold in work.holds.all():
        if hold.in_force(now):
            what = f"deliveries of {hold.advisory} wait: {hold.reason}"
            yield Waiting("hold", hold.id, hold.until, False, what)


def _letters(work: UnitOfWork) -> Iterable[Waiting]:
    for letter in work.outgoing.all():
        if letter.sent_at is None:
            yield Waiting("letter", letter.name, None, False, f"letter to {letter.recipient}")


def _bound(desk: Desk, found: Spending) -> Iterable[Waiting]:
    if found.spent + Fraction(desk.program.alpha) <= found.limit:
        return  # a first share is less than the whole bound
    if found.spent + share(desk.program.alpha, 1) > found.limit:
        what = (
            f"the samples of {found.year} may have spent {float(found.spent):.2g} on wrong names; "
            "two approvers agree before the first one of a further advisory is scored"
        )
        yield Waiting("bound", str(found.year), None, True, what)
