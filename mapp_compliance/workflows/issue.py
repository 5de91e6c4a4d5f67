"""Issue an advisory: who gets a copy, then each copy from its word to the outbox.

Four transactions: (1) plan, decisions and the set-up leaf; (2) marks checked, commitment leaf;
(3) seal leaves, after the sealed bytes are durable; (4) delivered. A run that stops anywhere is
finished by the same call again: marks derive from keys and the stored map, so the same copies
come out with the same bytes. No copy leaves before its leaf is in the ledger.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from mapp_compliance.advisories import SetUp
from mapp_compliance.distribution import Copy, CopyState, Plan
from mapp_compliance.errors import NotFound, Refused
from mapp_compliance.values import AdvisoryId, EntityId
from mapp_compliance.watermark import sitemap_to_json
from mapp_compliance.workflows.attach import load_package
from mapp_compliance.workflows.keys import copy_of, instance_of
from mapp_compliance.workflows.log import transaction
from mapp_compliance.workflows.matter import IssueAdvisory, Matter
from mapp_compliance.workflows.plan import Planned, plan_issue
from mapp_compliance.workflows.ports import Desk, UnitOfWork
from mapp_compliance.workflows.prepare import commit_copies, deliver_copies, seal_copies
from mapp_compliance.workflows.records import Event
from mapp_compliance.workflows.setup import vetted, write_setup


@dataclass(frozen=True, slots=True)
class Issued:
    """What one issue run came to; ``copies`` are those of the recipients asked for."""

    plan: Plan
    copies: tuple[Copy, ...]


def plan_only(desk: Desk, command: IssueAdvisory) -> Issued:
    """Who would get a copy now; nothing is kept."""
    with desk.store.read() as work:
        matter = _matter(desk, work, command.advisory)
        planned = plan_issue(
            desk, work, matter.advisory, matter.attachment, matter.package, command
        )
        return Issued(planned.plan, _asked(work, command))


def issue(desk: Desk, command: IssueAdvisory) -> Issued:
    """The copies, delivered.

    Raises:
        NotFound: no such advisory, or nothing attached.
        Refused: the terms let nobody of those asked for have a copy now.
        InvalidInput: a copy fails its check; nothing has left then.
    """
    with desk.store.read() as work:
        matter = _matter(desk, work, command.advisory)
        fixed = work.setups.get(matter.advisory.id, matter.advisory.revision)
        planned = plan_issue(
            desk, work, matter.advisory, matter.attachment, matter.package, command
        )
        waiting = _waiting(work, command)
        if (
            not planned.plan.granted
            and not waiting
            and planned.plan.withheld
            and not _asked(work, command)
        ):
            raise AllWithheld(planned.plan)
    if fixed is None and planned.plan.granted:
        vetted(desk, matter.attachment, matter.package, matter.site_map)
    setup = _plan(desk, matter, planned, command)
    with desk.store.read() as work:
        waiting = _waiting(work, command)
    if waiting and setup is not None:
        _serve(desk, matter, setup, waiting)
    with desk.store.read() as work:
        return Issued(planned.plan, _asked(work, command))


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
    return Matter(advisory, attachment, *load_package(desk, attachment))


def _plan(desk: Desk, matter: Matter, planned: Planned, command: IssueAdvisory) -> SetUp | None:
    """Transaction 1: decisions, the set-up where there is none, and the planned copies."""
    advisory, now = matter.advisory, desk.clock()
    with transaction(desk) as work:
        for record in planned.records:
            work.decisions.put(record)
        setup = work.setups.get(advisory.id, advisory.revision)
        if not planned.plan.granted:
            return setup
        if setup is None:
            setup = write_setup(
                desk, work, advisory, matter.attachment, sitemap_to_json(matter.site_map)
            )
        for grant in planned.plan.granted:
            recipient = work.partners.get(grant.recipient)
            copy = Copy(
                id=copy_of(desk, advisory.id, advisory.revision, grant.recipient),
                advisory=advisory.id,
                revision=advisory.revision,
                recipient=grant.recipient,
                instance=instance_of(desk, advisory.id, grant.recipient),
                entity=EntityId(grant.recipient),
                wave=planned.waves[grant.recipient],
                planned_at=now,
                internal=recipient is not None and recipient.kind.value == "internal",
                package_class=grant.package_class,
            )
            before = work.copies.get(copy.id)
            if before is None or before.state is CopyState.CANCELLED:
                work.copies.put(copy)
                work.tell(Event("copy planned", copy.id, now, detail=command.reason))
        work.advisories.put(advisory.distributing())
    return setup


def _serve(desk: Desk, matter: Matter, setup: SetUp, waiting: Sequence[Copy]) -> None:
    """Transactions 2 to 4 for every copy that has not left."""
    unsealed = [copy for copy in waiting if copy.state is not CopyState.SEALED]
    if unsealed:
        committed, packages = commit_copies(desk, matter, setup, unsealed)
        seal_copies(desk, matter, committed, packages)
    with desk.store.read() as work:
        sealed = [found for copy in waiting if (found := work.copies.get(copy.id)) is not None]
    deliver_copies(desk, [copy for copy in sealed if copy.state is CopyState.SEALED])


def _asked(work: UnitOfWork, command: IssueAdvisory) -> tuple[Copy, ...]:
    copies = [
        copy
        for copy in work.copies.all(advisory=command.advisory)
        if copy.state is not CopyState.CANCELLED
        and (not command.recipients or copy.recipient in command.recipients)
    ]
    return tuple(sorted(copies, key=lambda copy: copy.recipient))


def _waiting(work: UnitOfWork, command: IssueAdvisory) -> list[Copy]:
    done = {CopyState.DELIVERED, CopyState.RECEIPTED}
    return [copy for copy in _asked(work, command) if copy.state not in done]
