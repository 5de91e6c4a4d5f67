"""People and recipients come in from outside: users by key, partners by CSV, all or nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from mapp_compliance.enforcement import DecisionText
from mapp_compliance.errors import Conflict, InvalidInput, NotFound
from mapp_compliance.program import (
    PROVISIONAL_SUSPENSION,
    Partner,
    PartnerState,
    Role,
    User,
    parse_roster,
)
from mapp_compliance.program import user as new_user
from mapp_compliance.trust import canonical, digest, parse_public_key, recipient_fingerprint
from mapp_compliance.values import PartnerId, checked_id, instant_text
from mapp_compliance.workflows.agree import ONE_PERSON, TWO_PEOPLE, Approvals, agreed
from mapp_compliance.workflows.log import transaction
from mapp_compliance.workflows.ports import Desk, UnitOfWork
from mapp_compliance.workflows.records import MANAGEMENT, Event


def import_partners(desk: Desk, data: bytes, file: str, keys_proved: str) -> list[Partner]:
    """The recipients of a CSV file, kept.

    Raises:
        InvalidInput: any fault in the file; nothing is imported then.
        Conflict: an id is known already.
    """
    found = parse_roster(data, file, recipient_fingerprint, parse_public_key)
    partners = [replace(partner, keys_proved=keys_proved.strip()) for partner in found]
    now = desk.clock()
    with transaction(desk) as work:
        known = [p.id for p in partners if work.partners.get(p.id) is not None]
        if known:
            raise Conflict(
                f"{', '.join(known[:5])} {'is' if len(known) == 1 else 'are'} known already, "
                "nothing was imported; take the row out, 'mapp partner show' tells what is kept",
                where=file,
            )
        reserved = {MANAGEMENT, desk.program.duty.casefold()}
        taken = [p.id for p in partners if p.id.casefold() in reserved]
        if taken:
            raise Conflict(
                f"the id {taken[0]} is kept for readers inside the house, whose letters lie in the "
                "folder of that name; give the recipient another id",
                where=file,
            )
        for partner in partners:
            work.partners.put(partner)
            work.tell(Event("partner imported", partner.id, now, detail=partner.kind.value))
    return partners


def partner(work: UnitOfWork, partner_id: str) -> Partner:
    """The recipient of that id. Raises NotFound."""
    return recipients(work, [partner_id])[PartnerId(partner_id)]


def recipients(work: UnitOfWork, ids: Sequence[str]) -> dict[PartnerId, Partner]:
    """The recipients of those ids. Raises NotFound for the first that there is not."""
    found = work.partners.among(ids)
    for partner_id in ids:
        if partner_id not in found:
            raise NotFound(
                f"there is no recipient {checked_id(partner_id, 'partner id')}; "
                "'mapp partner list' shows the known ones"
            )
    return {item.id: item for item in found.values()}


@dataclass(frozen=True, slots=True)
class MovePartner:
    """Bring a recipient into another state, by people and with a reason."""

    partner: PartnerId
    action: str
    state: PartnerState
    reason: str
    until: datetime | None
    approvals: Approvals


def move_partner(desk: Desk, command: MovePartner) -> tuple[Partner, str]:
    """The recipient after the move, and how independent the people were.

    Two people agree; one is enough for a first suspension that lapses within 14 days.

    Raises:
        NeedsApproval, Refused, Conflict, NotFound, InvalidInput.
    """
    now = desk.clock()
    _check_move(command, now)
    with transaction(desk) as work:
        present = partner(work, command.partner)
        moved = present.moved(command.state, now, command.until)
        # With its place in the history, signatures under one move fit no later one like it.
        before = {"state": present.state_at(now).value, "events": len(work.events(present.id))}
        decision = DecisionText(
            action=f"{command.action} partner",
            subject=command.partner,
            reason=command.reason.strip(),
            evidence=digest(canonical({**before})),
            policy=desk.policy_digest(),
            until=command.until,
        )
        people = ONE_PERSON if _is_provisional(work, present, command, now) else TWO_PEOPLE
        kept = agreed(desk, work, decision, command.approvals, now, people)
        work.partners.put(moved)
        work.tell(Event(f"partner {command.state.value}", moved.id, now, detail=command.reason))
    return moved, kept.independence


def _check_move(command: MovePartner, now: datetime) -> None:
    if not command.reason.strip():
        raise InvalidInput(f"'{command.action}' needs a reason; give one with --reason")
    if command.until is None:
        return
    if command.state is not PartnerState.SUSPENDED:
        raise InvalidInput(
            f"only a suspension ends by itself; leave --until out of '{command.action}'"
        )
    if command.until <= now:
        raise InvalidInput(
            f"--until {instant_text(command.until)} is not after {instant_text(now)}; give a "
            "later time"
        )


def _is_provisional(
    work: UnitOfWork, present: Partner, command: MovePartner, now: datetime
) -> bool:
    """Whether one person may do it: it stops, it lapses soon, and it does not follow another.

    One suspension after the other by the same person would be a suspension without end.
    """
    if command.state is not PartnerState.SUSPENDED or command.until is None:
        return False
    event = f"partner {PartnerState.SUSPENDED.value}"
    before = any(item.what == event for item in work.events(present.id))
    return not before and command.until - now <= PROVISIONAL_SUSPENSION


def add_user(desk: Desk, name: str, role: Role, key: str, approvals: Approvals) -> tuple[User, str]:
    """A further person, enrolled by two people who are there already.

    Raises:
        Conflict: the name or key is enrolled.
        NeedsApproval, Refused, UnusableKey.
    """
    user = new_user(name, role, key)
    now = desk.clock()
    with transaction(desk) as work:
        for known in work.users.all():
            if known.name == user.name or known.key.split()[1] == user.key.split()[1]:
                raise Conflict(f"{known.name} has that name or key already; use an own one")
        decision = DecisionText(
            action="enrol user",
            subject=user.name,
            reason=f"role {role.value}",
            evidence=digest(user.key.encode()),
            policy=desk.policy_digest(),
        )
        kept = agreed(desk, work, decision, approvals, now)
        work.users.put(user)
        work.tell(Event("user enrolled", user.name, now, detail=role.value))
    return user, kept.independence


def partner_document(item: Partner, now: datetime) -> dict[str, object]:
    """A recipient as the command line shows it; never its contact or keys in full."""
    return {
        "id": item.id,
        "name": item.name,
        "kind": item.kind.value,
        "state": item.state_at(now).value,
        "tier": item.tier.value if item.tier else None,
        "country": item.country,
        "agreement": item.agreement or None,
        "agreement_until": instant_text(item.agreement_until) if item.agreement_until else None,
        "marking_notice": item.marking_notice or None,
        "suspended_until": instant_text(item.suspended_until)
        if item.suspended_until and item.state_at(now) is PartnerState.SUSPENDED
        else None,
        "seal_key": recipient_fingerprint(item.seal_key) if item.seal_key else None,
        "sign_key": parse_public_key(item.sign_key).fingerprint if item.sign_key else None,
        "keys_proved": item.keys_proved or None,
    }
