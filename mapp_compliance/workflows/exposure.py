"""Who held what at an instant: the answer to "who could have had it then".

A copy is held from its delivery on. The vendor itself holds the originals from the time they
were attached. A copy planned, cancelled or sent later is not in the answer.
"""

from dataclasses import dataclass
from datetime import datetime

from mapp_compliance.distribution import LEFT_THE_HOUSE, Copy
from mapp_compliance.values import AdvisoryId
from mapp_compliance.workflows.ports import Desk

VENDOR = "vendor (unmarked originals)"


@dataclass(frozen=True, slots=True)
class Held:
    """What one holder had, and since when."""

    holder: str
    kind: str
    copies: tuple[Copy, ...]
    since: datetime


def exposure(desk: Desk, advisory_id: AdvisoryId, at: datetime) -> tuple[Held, ...]:
    """Everybody who held something of the advisory at that instant, earliest first."""
    with desk.store.read() as work:
        advisory = desk.advisory(work, advisory_id)
        attachments = work.attachments.all(advisory=advisory.id)
        copies = work.copies.all(advisory=advisory.id)
        names = {item.id: item.kind.value for item in work.partners.all()}
    held = [
        Held(VENDOR, "vendor", (), item.attached_at)
        for item in attachments[:1]
        if item.attached_at <= at
    ]
    by_recipient: dict[str, list[Copy]] = {}
    for copy in copies:
        if copy.state in LEFT_THE_HOUSE and copy.delivered_at and copy.delivered_at <= at:
            by_recipient.setdefault(copy.recipient, []).append(copy)
    for recipient, own in by_recipient.items():
        since = min(copy.delivered_at for copy in own if copy.delivered_at)
        held.append(Held(recipient, names.get(own[0].recipient, ""), tuple(own), since))
    return tuple(sorted(held, key=lambda item: (item.since, item.holder)))
