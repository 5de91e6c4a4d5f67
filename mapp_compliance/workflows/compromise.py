"""Reports of secrets in other hands, and what they mean for a copy.

Reporting needs one person: it accuses nobody, and later verdicts become more careful, not less.
"""

from dataclasses import dataclass
from datetime import datetime

from mapp_compliance.distribution import Copy
from mapp_compliance.errors import InvalidInput, NotFound
from mapp_compliance.program import Compromise, Stolen
from mapp_compliance.trust import canonical, digest
from mapp_compliance.values import AdvisoryId, instant_text
from mapp_compliance.workflows.log import transaction
from mapp_compliance.workflows.people import partner
from mapp_compliance.workflows.ports import Desk, UnitOfWork
from mapp_compliance.workflows.records import Event


@dataclass(frozen=True, slots=True)
class ReportStolen:
    """Something is, or may be, in other hands since an instant."""

    what: Stolen
    subject: str
    since: datetime
    reason: str
    by: str = ""


def report_stolen(desk: Desk, command: ReportStolen) -> Compromise:
    """The report as kept, with a leaf of its own; the same report again changes nothing.

    Raises:
        NotFound: no such copy or recipient.
        InvalidInput: no reason, or an instant that is still to come.
    """
    now = desk.clock()
    if not command.reason.strip():
        raise InvalidInput("a report needs its reason; give it with --reason")
    if command.since > now:
        raise InvalidInput("--since lies in the future; give the earliest instant it may have been")
    body = {
        "what": command.what.value,
        "subject": command.subject,
        "since": instant_text(command.since),
        "reason": command.reason.strip(),
    }
    found = Compromise(
        digest(canonical(body)),
        command.what,
        command.subject,
        command.since,
        now,
        command.reason.strip(),
        command.by,
    )
    with transaction(desk) as work:
        _check_subject(work, command)
        known = work.compromises.get(found.digest.hex)
        if known is not None:
            return known
        work.compromises.put(found)
        work.ledger.append("compromise", {"report": found.digest.hex}, now)
        detail = f"{command.what.value} since {instant_text(command.since)}: {found.reason}"
        work.tell(Event("reported stolen", command.subject, now, command.by, detail))
    return found


def stolen_since(
    work: UnitOfWork, copy: Copy, reported_by: datetime | None = None
) -> datetime | None:
    """The earliest instant since which this copy may be in other hands than its recipient's.

    By a report on the copy, on the program key that marked it, or on its recipient's keys where
    it was delivered before that report; None when there is none.

    Args:
        reported_by: reports that came later are left out.
    """
    reports = _reports(work, reported_by)
    return min((item.since for item in reports if _covers(item, copy)), default=None)


def key_stolen_since(
    work: UnitOfWork, advisory: AdvisoryId, reported_by: datetime | None = None
) -> datetime | None:
    """The earliest instant since which the key that marks an advisory may be in other hands."""
    reports = _reports(work, reported_by)
    return min((item.since for item in reports if item.covers_advisory(advisory)), default=None)


def _reports(work: UnitOfWork, reported_by: datetime | None) -> list[Compromise]:
    found = work.compromises.all()
    return [item for item in found if reported_by is None or item.reported_at <= reported_by]


def _covers(item: Compromise, copy: Copy) -> bool:
    if item.what is Stolen.COPY:
        return item.subject == copy.id
    if item.what is Stolen.RECIPIENT_KEY:
        held = copy.delivered_at is not None and copy.delivered_at <= item.reported_at
        return held and item.subject == copy.recipient
    return item.covers_advisory(copy.advisory)


def _check_subject(work: UnitOfWork, command: ReportStolen) -> None:
    if command.what is Stolen.COPY and work.copies.get(command.subject) is None:
        raise NotFound(f"there is no copy {command.subject}; 'mapp copy list' shows them")
    if command.what is Stolen.RECIPIENT_KEY:
        partner(work, command.subject)
