"""An advisory's life: made, moved forward, published.

Moving a release forward and publishing spread the material, so two people agree. ``advance``
cancels every copy that has not left, tells those who hold one, and writes a memo for management.
``publish`` writes the public-release copy: it has a word of its own, so a later find of it points
at nobody.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from mapp_compliance.advisories import Advisory, Severity, Tlp, is_on_calendar, new_advisory
from mapp_compliance.distribution import Copy, CopyState, Reserved
from mapp_compliance.enforcement import DecisionText
from mapp_compliance.errors import Conflict, InvalidInput, NotFound
from mapp_compliance.trust import canonical, digest
from mapp_compliance.values import AdvisoryId, InstanceId, checked_id, instant_text, shown
from mapp_compliance.watermark import mark
from mapp_compliance.workflows.agree import Approvals, agreed
from mapp_compliance.workflows.attach import load_matter
from mapp_compliance.workflows.keys import mark_key
from mapp_compliance.workflows.log import transaction
from mapp_compliance.workflows.outbox import send_waiting
from mapp_compliance.workflows.ports import Desk, UnitOfWork
from mapp_compliance.workflows.prepare import word_of
from mapp_compliance.workflows.records import MANAGEMENT, Event
from mapp_compliance.workflows.release import Moved, check_names_nobody, considered, write_down
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
    """An advisory moved forward: what was cancelled, who was told, where the memo lies.

    ``waves`` are classes of recipients that nothing was sent to, with how many they are.
    """

    advisory: Advisory
    cancelled: tuple[Copy, ...]
    told: tuple[str, ...]
    waves: tuple[tuple[str, int], ...]
    memo: str
    independence: str


def advance(
    desk: Desk, advisory_id: AdvisoryId, release_at: datetime, reason: str, approvals: Approvals
) -> Advanced:
    """The advisory with an earlier release; unsent copies cancelled, holders told, memo written.

    Raises:
        NotFound, Conflict, InvalidInput, NeedsApproval, Refused.
        Undelivered: it is decided, and letters wait for the next try.
    """
    if not reason.strip():
        raise InvalidInput("moving a release needs a reason; give one with --reason")
    now = desk.clock()
    with transaction(desk) as work:
        before = desk.advisory(work, advisory_id)
        before.advanced(release_at, now)
        check_names_nobody(work, reason)
        decision = DecisionText(
            action="advance release",
            subject=before.id,
            reason=reason.strip(),
            evidence=digest(canonical({"release_at": instant_text(before.release_at)})),
            policy=desk.policy_digest(),
            until=release_at,
        )
        kept = agreed(desk, work, decision, approvals, now)
        names = tuple(name for name, _ in kept.signatures)
        done = move_forward(
            desk, work, before, release_at, reason.strip(), names, kept.independence
        )
    places = {sent.letter.recipient: sent.place for sent in send_waiting(desk)}
    return replace(done, memo=places.get(MANAGEMENT, ""))


def move_forward(
    desk: Desk,
    work: UnitOfWork,
    before: Advisory,
    release_at: datetime,
    reason: str,
    signed_by: tuple[str, ...],
    independence: str,
) -> Advanced:
    """The earlier release with its letters and memo, in the transaction of the decision.

    Raises:
        Conflict, InvalidInput: released already, not earlier, or in the past.
    """
    now = desk.clock()
    after = before.advanced(release_at, now)
    basis = considered(work, before, now)
    copies = work.copies.all(advisory=before.id)
    cancelled = _cancelled(work, copies, "release moved forward", now)
    work.advisories.put(after)
    work.tell(Event("release moved forward", before.id, now, detail=reason))
    for wave, count in basis.waves:
        work.tell(Event("wave cancelled", before.id, now, detail=f"{wave}, {count} recipients"))
    holders = tuple(sorted({copy.recipient for copy in copies if copy.has_left}))
    moved = Moved(before, release_at, reason, signed_by, independence, len(cancelled), holders)
    write_down(desk, work, basis, moved, now)
    return Advanced(after, tuple(cancelled), holders, basis.waves, "", independence)


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
    matter = load_matter(desk, before, attachment)
    package, site_map = matter.package, matter.site_map
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
            write_setup(desk, work, matter)
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
