"""Hold further deliveries of an advisory, and lift such a hold.

Placing a hold stops something, so anybody at the keyboard may do it, with a reason and an end.
Lifting one lets deliveries go on, so a person who may approve signs for it. A hold lapses by its
own time whether or not any job runs.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from mapp_compliance.distribution import HOLD, Hold
from mapp_compliance.enforcement import DecisionText
from mapp_compliance.errors import InvalidInput, NotFound, Refused
from mapp_compliance.trust import canonical, digest
from mapp_compliance.values import AdvisoryId, HoldId, instant_text
from mapp_compliance.workflows.agree import ONE_PERSON, Approvals, agreed
from mapp_compliance.workflows.log import transaction
from mapp_compliance.workflows.ports import Desk, UnitOfWork
from mapp_compliance.workflows.records import Event

MOST_BY_HAND = timedelta(days=14)  # as a provisional suspension: longer is a matter for two


class DeliveriesHeld(Refused):
    """Deliveries of the advisory wait."""


def hold_of(work: UnitOfWork, advisory: AdvisoryId, now: datetime) -> Hold | None:
    """The hold in force that ends last, or None."""
    held = [item for item in work.holds.all(advisory=advisory) if item.in_force(now)]
    return max(held, key=lambda item: item.until, default=None)


def check_not_held(work: UnitOfWork, advisory: AdvisoryId, now: datetime) -> None:
    """Return when nothing holds deliveries of the advisory. Raises DeliveriesHeld."""
    held = hold_of(work, advisory, now)
    if held is not None:
        raise DeliveriesHeld(
            f"deliveries of {advisory} are held until {instant_text(held.until)} by hold {held.id} "
            f"({held.reason}); wait, or lift it with 'mapp advisory unhold {advisory} --reason "
            "TEXT'",
            hold=held.id,
        )


@dataclass(frozen=True, slots=True)
class PlaceHold:
    """Hold deliveries of an advisory. ``by`` is a label; without ``until``, for 72 hours."""

    advisory: AdvisoryId
    reason: str
    by: str = ""
    until: datetime | None = None


def place_hold(desk: Desk, command: PlaceHold) -> Hold:
    """The hold that is in force now.

    Raises:
        NotFound: no such advisory. InvalidInput: no reason, or an end that does not fit.
    """
    now = desk.clock()
    until = command.until or now + HOLD
    if not command.reason.strip():
        raise InvalidInput("a hold needs a reason; give one with --reason")
    if not now < until <= now + MOST_BY_HAND:
        raise InvalidInput(
            f"a hold ends after now and within 14 days; give an --until up to "
            f"{instant_text(now + MOST_BY_HAND)}"
        )
    with transaction(desk) as work:
        advisory = desk.advisory(work, command.advisory)
        number = 1 + len(work.holds.all(advisory=advisory.id))
        hold = Hold(
            id=HoldId(f"H-{advisory.id}-{number}"),
            advisory=advisory.id,
            case=None,
            since=now,
            until=until,
            reason=command.reason.strip(),
            by=command.by,
        )
        work.holds.put(hold)
        work.tell(Event("deliveries held", advisory.id, now, command.by, hold.id))
    return hold


def lift_holds(
    desk: Desk, advisory_id: AdvisoryId, reason: str, approvals: Approvals
) -> tuple[tuple[Hold, ...], str]:
    """The holds that were in force and are lifted now, and how independent the person was.

    Raises:
        NotFound: no such advisory, or nothing holds it. NeedsApproval: nobody signed.
    """
    if not reason.strip():
        raise InvalidInput("lifting a hold needs a reason; give one with --reason")
    now = desk.clock()
    with transaction(desk) as work:
        advisory = desk.advisory(work, advisory_id)
        held = [item for item in work.holds.all(advisory=advisory.id) if item.in_force(now)]
        if not held:
            raise NotFound(f"nothing holds deliveries of {advisory.id}; there is nothing to lift")
        decision = DecisionText(
            action="lift hold",
            subject=advisory.id,
            reason=reason.strip(),
            evidence=digest(canonical([item.id for item in held])),
            policy=desk.policy_digest(),
        )
        kept = agreed(desk, work, decision, approvals, now, ONE_PERSON)
        names = ", ".join(name for name, _ in kept.signatures)
        lifted = tuple(item.lifted(now, names, reason.strip()) for item in held)
        for item in lifted:
            work.holds.put(item)
            work.tell(Event("hold lifted", advisory.id, now, names, item.id))
    return lifted, kept.independence
