"""Issue an advisory: who gets a copy, then each copy from its word to the outbox.

Four transactions: (1) plan, decisions and the set-up leaf; (2) marks checked, commitment leaf;
(3) seal leaves, after the sealed bytes are durable; (4) delivered. A run that stops anywhere is
finished by the same call again: marks derive from keys and the stored map, so the same copies
come out with the same bytes. No copy leaves before its leaf is in the ledger.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mapp_compliance.advisories import Advisory, SetUp
from mapp_compliance.distribution import Copy, CopyState, Hold, Plan
from mapp_compliance.errors import Conflict, NotFound, Refused
from mapp_compliance.values import AdvisoryId, EntityId, InstanceId
from mapp_compliance.workflows.agree import NOBODY, Approvals, agreed, enough, independence
from mapp_compliance.workflows.attach import load_matter
from mapp_compliance.workflows.hold import check_not_held, hold_of
from mapp_compliance.workflows.log import transaction
from mapp_compliance.workflows.matter import IssueAdvisory, Matter
from mapp_compliance.workflows.plan import Planned, asked_wave, plan_issue
from mapp_compliance.workflows.ports import Desk, UnitOfWork
from mapp_compliance.workflows.prepare import commit_copies, deliver_copies, seal_copies
from mapp_compliance.workflows.records import Event
from mapp_compliance.workflows.setup import fixed_setup, vetted, write_setup
from mapp_compliance.workflows.unmarked import (
    check_unmarked,
    instance_name,
    issued_id,
    same_form,
    unmarked_decision,
)


@dataclass(frozen=True, slots=True)
class Issued:
    """What one issue run came to; ``copies`` are those of the recipients asked for.

    ``hold`` keeps a planned run from being carried out now; ``check`` is how its copies would be
    checked. ``independence`` is that of the people who agreed to copies without marks, empty where
    none had to.
    """

    plan: Plan
    copies: tuple[Copy, ...]
    independence: str = ""
    hold: Hold | None = None
    check: str = ""


def plan_only(desk: Desk, command: IssueAdvisory) -> Issued:
    """Who would get a copy now; nothing is kept."""
    check_unmarked(command)
    with desk.store.read() as work:
        matter = _matter(desk, work, command.advisory)
        planned = plan_issue(
            desk, work, matter.advisory, matter.attachment, matter.package, command
        )
        held = hold_of(work, command.advisory, desk.clock())
        check = matter.attachment.check
        return Issued(planned.plan, _asked(work, command), hold=held, check=check)


def issue(
    desk: Desk,
    command: IssueAdvisory,
    approvals: Approvals = NOBODY,  # frozen
) -> Issued:
    """The copies, delivered.

    Args:
        approvals: of the two people who agree to copies without marks.
    Raises:
        DeliveriesHeld: deliveries wait; nothing was planned, or what was sealed stays sealed.
        NeedsApproval: copies without marks take two people.
        NotFound: no such advisory, or nothing attached.
        Conflict: the advisory was changed while the run was planned.
        Refused: the terms let nobody of those asked for have a copy now.
        InvalidInput: a copy fails its check; nothing has left then.
    """
    check_unmarked(command)
    with desk.store.read() as work:
        check_not_held(work, command.advisory, desk.clock())
        matter = _matter(desk, work, command.advisory)
        fixed = fixed_setup(desk, work, matter.attachment)
        planned = plan_issue(
            desk, work, matter.advisory, matter.attachment, matter.package, command
        )
        nobody = bool(planned.plan.withheld) and not planned.plan.granted
        served = nobody and any(copy.has_left for copy in _asked(work, command))
        independent = _agreed_early(desk, work, matter, planned, command, approvals)
    if nobody and not served:
        raise AllWithheld(planned.plan)
    if fixed is None and planned.plan.granted:
        vetted(desk, matter.attachment, matter.package, matter.site_map)
    setup, standing = _plan(desk, matter, planned, command, approvals)
    waiting = [copy for copy in _meant(standing, command) if not copy.has_left]
    if waiting and setup is not None:
        _serve(desk, matter, setup, waiting)
    with desk.store.read() as work:
        return Issued(planned.plan, _asked(work, command), independent)


class AllWithheld(Refused):
    """The terms let nobody of those asked for have a copy now."""

    def __init__(self, plan: Plan) -> None:
        first = plan.withheld[0]
        super().__init__(
            f"the terms withhold it from all {len(plan.withheld)} recipients asked for; the first "
            f"is {first.recipient}: {first.reason} ({first.clause}); "
            "'mapp issue --dry-run' shows the whole plan"
        )
        self.plan = plan


def _matter(desk: Desk, work: UnitOfWork, advisory_id: AdvisoryId) -> Matter:
    advisory = desk.advisory(work, advisory_id)
    attachment = work.attachments.get(advisory.id, advisory.revision)
    if attachment is None:
        raise NotFound(
            f"nothing is attached to {advisory.id}; run 'mapp attach {advisory.id} PATH' first"
        )
    return load_matter(desk, advisory, attachment)


def _agreed_early(
    desk: Desk,
    work: UnitOfWork,
    matter: Matter,
    planned: Planned,
    command: IssueAdvisory,
    approvals: Approvals,
) -> str:
    """How independent the people are whom copies without marks take; empty where it takes none.

    Asked before the long work, so that nobody waits for a refusal.
    """
    granted = planned.plan.granted
    decision = unmarked_decision(desk, work, matter.attachment, command, granted)
    if decision is None:
        return ""
    return independence([item.user for item in enough(desk, work, decision, approvals)])


def _plan(
    desk: Desk, matter: Matter, planned: Planned, command: IssueAdvisory, approvals: Approvals
) -> tuple[SetUp | None, list[Copy]]:
    """Transaction 1: decisions, the set-up where there is none, and the planned copies.

    Returns:
        The set-up, and one copy for each recipient that is granted one, as it stands.
    """
    now = desk.clock()
    granted = planned.plan.granted
    with transaction(desk) as work:
        check_not_held(work, command.advisory, now)
        decision = unmarked_decision(desk, work, matter.attachment, command, granted)
        if decision is not None:
            agreed(desk, work, decision, approvals, now)
        for record in planned.records:
            work.decisions.put(record)
        advisory = _unchanged(desk, work, matter)
        setup = fixed_setup(desk, work, matter.attachment)
        if not planned.plan.granted:
            return setup, []
        if setup is None:
            setup = write_setup(desk, work, matter)
        copies = _plan_copies(desk, work, advisory, planned, command)
        work.advisories.put(advisory.distributing())
    return setup, copies


def _unchanged(desk: Desk, work: UnitOfWork, matter: Matter) -> Advisory:
    """The advisory of this transaction, if what was planned for it still holds."""
    advisory = desk.advisory(work, matter.advisory.id)
    attachment = work.attachments.get(advisory.id, advisory.revision)
    if (
        advisory.released_at != matter.advisory.released_at
        or advisory.release_at != matter.advisory.release_at
        or attachment != matter.attachment
    ):
        raise Conflict(
            f"{advisory.id} was changed while this run was planned, and nothing was sent; look at "
            f"'mapp advisory show {advisory.id}' and run it again"
        )
    return advisory


def _plan_copies(
    desk: Desk, work: UnitOfWork, advisory: Advisory, planned: Planned, command: IssueAdvisory
) -> list[Copy]:
    """One planned copy for each recipient that is granted one, unless it is there already."""
    now = desk.clock()
    granted = planned.plan.granted
    ids = {
        grant.recipient: issued_id(desk, command, advisory.revision, grant.recipient)
        for grant in granted
    }
    standing = work.copies.among(list(ids.values()))
    copies: list[Copy] = []
    for grant in granted:
        known = standing.get(ids[grant.recipient])
        copy = (
            known.granted_again(grant.package_class)
            if known
            else Copy(
                id=ids[grant.recipient],
                advisory=advisory.id,
                revision=advisory.revision,
                recipient=grant.recipient,
                instance=InstanceId(instance_name(desk, command, grant.recipient)),
                entity=EntityId(grant.recipient),
                wave=planned.waves[grant.recipient],
                planned_at=now,
                internal=grant.recipient in planned.internal,
                package_class=grant.package_class,
                unmarked=command.unmarked,
            )
        )
        copies.append(copy)
        if copy != known:
            work.copies.put(copy)
            work.tell(Event("copy planned", copy.id, now, detail=command.reason))
    return copies


def _serve(desk: Desk, matter: Matter, setup: SetUp, waiting: Sequence[Copy]) -> None:
    """Transactions 2 to 4 for every copy that has not left."""
    unsealed = [copy for copy in waiting if copy.state is not CopyState.SEALED]
    ready = [copy for copy in waiting if copy.state is CopyState.SEALED]
    if unsealed:
        committed, packages = commit_copies(desk, matter, setup, unsealed)
        ready += seal_copies(desk, matter, committed, packages)
    deliver_copies(desk, ready)


def _asked(work: UnitOfWork, command: IssueAdvisory) -> tuple[Copy, ...]:
    return _meant(work.copies.all(advisory=command.advisory), command)


def _meant(copies: Iterable[Copy], command: IssueAdvisory) -> tuple[Copy, ...]:
    """Those that the command asks for, by recipient."""
    wave = asked_wave(command)
    meant = [
        copy
        for copy in copies
        if copy.state is not CopyState.CANCELLED
        and same_form(copy, command)
        and (not command.recipients or copy.recipient in command.recipients)
        and (not wave or copy.wave == wave)
    ]
    return tuple(sorted(meant, key=lambda copy: copy.recipient))
