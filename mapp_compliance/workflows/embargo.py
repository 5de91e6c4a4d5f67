"""An advisory's life: made, moved forward, published.

Moving a release forward and publishing spread the material, so two people agree. ``advance``
cancels every copy that has not left and tells those who hold one. ``publish`` writes the
public-release copy: it has a word of its own, so a later find of it points at nobody.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from mapp_compliance.advisories import Advisory, Severity, Tlp, is_on_calendar, new_advisory
from mapp_compliance.distribution import Copy, CopyState, Reserved
from mapp_compliance.enforcement import DecisionText
from mapp_compliance.errors import Conflict, InvalidInput, NotFound
from mapp_compliance.trust import canonical, digest
from mapp_compliance.values import AdvisoryId, InstanceId, checked_id, instant_text, shown
from mapp_compliance.watermark import mark
from mapp_compliance.workflows.agree import Approvals, agreed
from mapp_compliance.workflows.attach import load_package
from mapp_compliance.workflows.keys import mark_key
from mapp_compliance.workflows.log import transaction
from mapp_compliance.workflows.ports import Desk, UnitOfWork
from mapp_compliance.workflows.prepare import word_of
from mapp_compliance.workflows.records import Event
from mapp_compliance.workflows.setup import files_of, fixed_setup, vetted, write_setup


@dataclass(frozen=True, slots=True)
class NewAdvisory:
    """A new advisory as asked for."""

    id: str
    title: str
    release_at: datetime
    tlp: Tlp
    severity: Severity | None


def create(desk: Desk, command: NewAdvisory) -> tuple[Advisory, tuple[str, ...]]:
    """The advisory and what its author should know.

    Raises:
        InvalidInput: a bad id, no title, a release in the past. Conflict: the id is taken.
    """
    now = desk.clock()
    advisory = new_advisory(
        AdvisoryId(checked_id(command.id, "advisory id")),
        command.title,
        command.release_at,
        now,
        command.tlp,
        command.severity,
    )
    with transaction(desk) as work:
        if work.advisories.get(advisory.id) is not None:
            raise Conflict(f"there is an advisory {advisory.id} already; choose another id")
        work.advisories.put(advisory)
        work.tell(Event("advisory made", advisory.id, now))
    told = (
        ()
        if is_on_calendar(advisory.release_at)
        else ("the release is not on a second Tuesday at 10:00 America/Los_Angeles",)
    )
    return advisory, told


@dataclass(frozen=True, slots=True)
class Advanced:
    """An advisory moved forward: what was cancelled, and who was told."""

    advisory: Advisory
    cancelled: tuple[Copy, ...]
    told: tuple[str, ...]
    independence: str


def advance(
    desk: Desk, advisory_id: AdvisoryId, release_at: datetime, reason: str, approvals: Approvals
) -> Advanced:
    """The advisory with an earlier release; unsent copies cancelled, holders told.

    Raises:
        NotFound, Conflict, InvalidInput, NeedsApproval, Refused.
    """
    if not reason.strip():
        raise InvalidInput("moving a release needs a reason; give one with --reason")
    now = desk.clock()
    with transaction(desk) as work:
        before = desk.advisory(work, advisory_id)
        before.advanced(release_at, now)
        decision = DecisionText(
            action="advance release",
            subject=before.id,
            reason=reason.strip(),
            evidence=digest(canonical({"release_at": instant_text(before.release_at)})),
            policy=desk.policy_digest(),
            until=release_at,
        )
        kept = agreed(desk, work, decision, approvals, now)
        after, cancelled = move_forward(work, before, release_at, reason.strip(), now)
    holders = tell_holders(desk, before, release_at, now)
    return Advanced(after, tuple(cancelled), tuple(holders), kept.independence)


def move_forward(
    work: UnitOfWork, before: Advisory, release_at: datetime, reason: str, now: datetime
) -> tuple[Advisory, list[Copy]]:
    """The advisory with its earlier release, and the unsent copies that were cancelled.

    Raises:
        Conflict, InvalidInput: released already, not earlier, or in the past.
    """
    after = before.advanced(release_at, now)
    copies = work.copies.all(advisory=before.id)
    cancelled = _cancelled(work, copies, "release moved forward", now)
    work.advisories.put(after)
    work.tell(Event("release moved forward", before.id, now, detail=reason))
    return after, cancelled


def tell_holders(desk: Desk, before: Advisory, release_at: datetime, now: datetime) -> list[str]:
    """Everybody who holds a copy, told by letter that the release was moved forward."""
    with desk.store.read() as work:
        copies = work.copies.all(advisory=before.id)
    holders = sorted({copy.recipient for copy in copies if copy.has_left})
    letter = desk.renderer.render(
        "letters/embargo-moved.txt.j2",
        {
            "program": desk.program.name,
            "advisory": before.id,
            "was": instant_text(before.release_at),
            "now_at": instant_text(release_at),
            "told_at": instant_text(now),
        },
    ).encode()
    for recipient in holders:
        desk.post.deliver(recipient, f"{before.id}.release-moved.txt", letter)
    return [*holders]


@dataclass(frozen=True, slots=True)
class Published:
    """A released advisory with the files that went public."""

    advisory: Advisory
    files: dict[str, bytes]
    independence: str


def publish(
    desk: Desk, advisory_id: AdvisoryId, only: tuple[str, ...], approvals: Approvals
) -> Published:
    """End the embargo: the public-release files, and every copy that has not left cancelled.

    Args:
        only: paths of the files that go public; all of the package when empty. The list is part
            of what the two people sign.
    Raises:
        NotFound: nothing attached, or no such file. Conflict: under embargo, or public already.
        NeedsApproval, Refused.
    """
    now = desk.clock()
    with desk.store.read() as work:
        before = desk.advisory(work, advisory_id)
        released = before.released(now)
        attachment = work.attachments.get(before.id, before.revision)
        setup = fixed_setup(desk, work, attachment) if attachment else None
    if attachment is None:
        raise NotFound(f"nothing is attached to {before.id}, so there is nothing to publish")
    package, site_map = load_package(desk, attachment)
    chosen = _chosen(only, [file.sent_path for file in package.files])
    if setup is None:
        vetted(desk, attachment, package, site_map)
    with transaction(desk) as work:
        decision = DecisionText(
            action="publish advisory",
            subject=before.id,
            reason=f"end of embargo; files: {', '.join(chosen)}",
            evidence=attachment.map_id,
            policy=desk.policy_digest(),
        )
        kept = agreed(desk, work, decision, approvals, now)
        if setup is None:
            write_setup(desk, work, before, attachment, desk.vault_get(attachment.layout))
        first = min(work.setups.all(advisory=before.id), key=lambda item: item.revision)
        word = word_of(
            site_map,
            mark_key(desk, first),
            InstanceId(Reserved.PUBLIC_RELEASE.value),
            Reserved.PUBLIC_RELEASE.wave,
        )
        files = files_of(mark(package, site_map, word))
        _cancelled(work, work.copies.all(advisory=before.id), "published", now)
        work.advisories.put(released)
        work.tell(Event("advisory published", before.id, now, detail=", ".join(chosen)))
    return Published(released, {path: files[path] for path in chosen}, kept.independence)


def _chosen(only: tuple[str, ...], known: list[str]) -> list[str]:
    missing = sorted(set(only) - set(known))
    if missing:
        raise NotFound(
            f"the package sends no file {shown(missing[0])!r}; it sends {', '.join(sorted(known))}"
        )
    return sorted(only or known)


def _cancelled(work: UnitOfWork, copies: Sequence[Copy], why: str, now: datetime) -> list[Copy]:
    """The copies that have not left, cancelled and kept so."""
    cancelled = [
        copy.moved(CopyState.CANCELLED)
        for copy in copies
        if not copy.has_left and copy.state is not CopyState.CANCELLED
    ]
    for copy in cancelled:
        work.copies.put(copy)
        work.tell(Event("copy cancelled", copy.id, now, detail=why))
    return cancelled
