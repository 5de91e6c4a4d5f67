"""Holds: further deliveries of an advisory stop for a while, and nothing else changes.

A hold is the only thing that an automatic attribution may cause by itself (besides waking a
person). It is bounded in time, lapses by itself whether or not any job runs, can be lifted, and
takes nothing back from anybody. ``case`` is None for a hold that a person placed.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from mapp_compliance.errors import Conflict
from mapp_compliance.values import AdvisoryId, CaseId, HoldId, instant_text

HOLD = timedelta(hours=72)  # of an automatic hold: time for a person to look, over a weekend


@dataclass(frozen=True, slots=True)
class Hold:
    """Deliveries of one advisory wait from ``since`` until ``until``, unless it was lifted."""

    id: HoldId
    advisory: AdvisoryId
    case: CaseId | None
    since: datetime
    until: datetime
    reason: str
    by: str = ""
    lifted_at: datetime | None = None
    lifted_by: str = ""
    lifted_for: str = ""

    def in_force(self, now: datetime) -> bool:
        """Whether deliveries wait at that instant."""
        return self.lifted_at is None and self.since <= now < self.until

    def lifted(self, now: datetime, by: str, reason: str) -> "Hold":
        """The same hold, lifted. Raises Conflict when it is not in force."""
        if not self.in_force(now):
            ended = self.lifted_at or self.until
            raise Conflict(
                f"hold {self.id} is not in force at {instant_text(now)} (it ends or ended at "
                f"{instant_text(ended)}); there is nothing to lift"
            )
        return replace(self, lifted_at=now, lifted_by=by, lifted_for=reason)
