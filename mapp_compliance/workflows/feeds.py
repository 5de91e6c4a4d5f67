"""Watched folders, gone through once: the unattended chain.

    new file -> sample -> (only if the feed says so) attribution -> draft case
             -> deliveries of that advisory held for 72 hours -> notice to the person on duty

Nothing else happens without a person. Every step is keyed by what it is about (bytes, reading,
case), so a run that is killed anywhere is finished by the next one: no sample twice, no second
hold, no second notice of a case.
"""

from dataclasses import dataclass, replace

from mapp_compliance.attribution import Feed, FeedFile, Sample
from mapp_compliance.audit import DutyNotice
from mapp_compliance.distribution import HOLD, Hold
from mapp_compliance.enforcement import Case, CaseState
from mapp_compliance.errors import InvalidInput, MappError, NotFound, Reaction, Undelivered
from mapp_compliance.trust import digest
from mapp_compliance.values import HoldId, SampleId, checked_id
from mapp_compliance.workflows.attribute import attribute
from mapp_compliance.workflows.folders import FolderFile
from mapp_compliance.workflows.log import transaction
from mapp_compliance.workflows.outbox import Letter, inside, queue, send_waiting
from mapp_compliance.workflows.ports import Desk, UnitOfWork
from mapp_compliance.workflows.records import Event
from mapp_compliance.workflows.take_in import TakeInSample, take_in

QUIET = frozenset({"NO_LINK", "PUBLIC_RELEASE"})  # verdicts that wake nobody


@dataclass(frozen=True, slots=True)
class Looked:
    """What one look into a feed came to. ``left`` are files with the reason they were left."""

    feed: Feed
    samples: tuple[SampleId, ...] = ()
    known: int = 0
    left: tuple[tuple[str, str], ...] = ()
    cases: tuple[Case, ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Ticked:
    """What one tick did: feeds, and letters that went out; ``waiting`` says why some did not."""

    feeds: tuple[Looked, ...]
    letters: int
    waiting: str


def add_feed(desk: Desk, feed: Feed) -> tuple[Feed, bool]:
    """The feed as kept, and whether anything was new.

    The same name again with another folder or rule takes the place of the first; what was taken
    in stays.

    Raises:
        InvalidInput, NotFound: a bad name, or no folder there.
    """
    checked_id(feed.name, "feed name")
    desk.folders.check(feed.path)
    with transaction(desk) as work:
        known = work.feeds.get(feed.name)
        if known is not None and replace(known, added_at=feed.added_at) == feed:
            return known, False
        work.feeds.put(feed)
        what = "feed changed" if known else "feed added"
        rule = "attributes" if feed.attributes else "keeps samples"
        work.tell(Event(what, feed.name, feed.added_at, detail=rule))
    return feed, True


def tick(desk: Desk) -> Ticked:
    """Everything that waits, done once: letters, feeds, and the letters of these.

    Suspensions and holds lapse by their own times and need no job.

    Raises:
        Conflict: another process is at it.
        Broken: our own data does not hold; the work stops.
    """
    with desk.folders.alone():
        with desk.store.read() as work:
            feeds = work.feeds.all()
        looked = tuple(_look(desk, feed) for feed in feeds)
        with desk.store.read() as work:
            waited = len(work.outgoing.all(waits="yes"))
        try:
            return Ticked(looked, len(send_waiting(desk)), "")
        except Undelivered as err:
            with desk.store.read() as work:
                still = len(work.outgoing.all(waits="yes"))
            return Ticked(looked, waited - still, err.message)


def _look(desk: Desk, feed: Feed) -> Looked:
    try:
        look = desk.folders.look(feed.path)
    except (InvalidInput, NotFound) as err:
        return Looked(feed, problem=err.message)
    with desk.store.read() as work:
        done = {item.name: item for item in work.feed_files.all(feed=feed.name)}
    found = Looked(feed, left=look.left)
    for file in look.files:
        before = done.get(digest(file.name))
        if before and (before.size_bytes, before.changed_ns) == (file.size_bytes, file.changed_ns):
            found = replace(found, known=found.known + 1)
            continue
        try:
            found = _dealt_with(desk, feed, file, found)
        except MappError as err:
            if err.reaction is Reaction.BROKEN:
                raise
            # It is tried again next time; meanwhile the other files are not kept waiting.
            found = replace(found, left=(*found.left, (file.label, err.message)))
    return found


def _dealt_with(desk: Desk, feed: Feed, file: FolderFile, found: Looked) -> Looked:
    """The look with one more file: a sample, attributed if the feed's rule says so."""
    try:
        data = desk.folders.read(feed.path, file, desk.program.max_sample_bytes)
        command = TakeInSample(
            ((file.label, data),), None, None, feed.visibility, f"feed {feed.name}"
        )
        sample, new = take_in(desk, command)
    except InvalidInput as err:
        _mark_done(desk, feed, file, None, err.message)
        return replace(found, left=(*found.left, (file.label, err.message)))
    cases = _attributed(desk, feed, sample) if feed.attributes else ()
    _mark_done(desk, feed, file, sample.id, "")
    samples = (*found.samples, sample.id) if new else found.samples
    known = found.known + (0 if new else 1)
    return replace(found, samples=samples, known=known, cases=(*found.cases, *cases))


def _mark_done(
    desk: Desk, feed: Feed, file: FolderFile, sample: SampleId | None, refused: str
) -> None:
    with transaction(desk) as work:
        work.feed_files.put(
            FeedFile(
                feed=feed.name,
                name=digest(file.name),
                size_bytes=file.size_bytes,
                changed_ns=file.changed_ns,
                sample=sample,
                refused=refused,
                done_at=desk.clock(),
            )
        )


def _attributed(desk: Desk, feed: Feed, sample: Sample) -> tuple[Case, ...]:
    """The open cases of the sample's verdict, each with its hold and its notice."""
    done = attribute(desk, sample)
    with transaction(desk) as work:
        cases = tuple(
            case
            for item in done.cases
            if (case := work.cases.get(item.id)) and case.state is not CaseState.CLOSED
        )
        holds = [_held(desk, work, case) for case in cases]
    # The hold stands whether or not the notice can be written.
    with transaction(desk) as work:
        for case, hold in zip(cases, holds, strict=True):
            _wake(desk, work, feed, sample, case, hold)
        if not done.cases and done.run.verdict not in QUIET:
            _wake(desk, work, feed, sample, None, None)
    return cases


def _held(desk: Desk, work: UnitOfWork, case: Case) -> Hold | None:
    """The one automatic hold of a case; lifted or lapsed, it does not come again."""
    if case.advisory is None:
        return None
    now, name = desk.clock(), HoldId(f"H-{case.id}")
    known = work.holds.get(name)
    if known is not None:
        return known
    hold = Hold(
        id=name,
        advisory=case.advisory,
        case=case.id,
        since=now,
        until=now + HOLD,
        reason=f"case {case.id} was opened without a person",
        by="feed",
    )
    work.holds.put(hold)
    work.tell(Event("deliveries held", case.advisory, now, "feed", hold.id))
    return hold


def _wake(
    desk: Desk,
    work: UnitOfWork,
    feed: Feed,
    sample: Sample,
    case: Case | None,
    hold: Hold | None,
) -> None:
    """Write the notice to the person on duty, once for each case."""
    subject = case.id if case else sample.id
    reader = inside(work, desk.program.duty)
    name = f"{subject}.duty.txt"
    if work.outgoing.get(reader, name) is not None:
        return
    now = desk.clock()
    model = DutyNotice(desk.program.name, now, feed.name, sample.id, case, hold)
    text = desk.renderer.render(model.template, model.document()).encode()
    queue(desk, work, Letter(reader, name, text, subject), now)
