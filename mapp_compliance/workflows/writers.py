"""The letters of one kind about one verdict, each to the readers that it concerns.

Whoever reads a letter is told of its own copies alone. ``WRITERS`` is the list of kinds.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from mapp_compliance.advisories import Advisory, EarlierVersion, Stage
from mapp_compliance.attribution import Run, Sample, Step, Version, stage_evidence
from mapp_compliance.audit import (
    Clearance,
    Cleared,
    Closing,
    DutyToWarn,
    Envelope,
    Finding,
    InternalMemo,
    KeyMemo,
    LeadNote,
    Model,
    Pause,
    Request,
    Talk,
)
from mapp_compliance.distribution import LEFT_THE_HOUSE, Copy
from mapp_compliance.enforcement import Case
from mapp_compliance.errors import Conflict, NotFound
from mapp_compliance.values import AdvisoryId, PartnerId
from mapp_compliance.workflows.earlier import earlier_files
from mapp_compliance.workflows.hold import hold_of
from mapp_compliance.workflows.keys import index_key
from mapp_compliance.workflows.letters import check_clears, envelope
from mapp_compliance.workflows.outbox import Letter, inside
from mapp_compliance.workflows.ports import Desk, UnitOfWork
from mapp_compliance.workflows.records import MANAGEMENT
from mapp_compliance.workflows.viewed import viewed

ANSWER = timedelta(days=10)  # for the neutral questions; nothing follows when it goes by
GROUNDS = {
    "COPY_IDENTIFIED_INTERNAL": Cleared.INTERNAL_COPY,
    "UPSTREAM_ORIGIN": Cleared.UPSTREAM,
    "PUBLIC_RELEASE": Cleared.PUBLIC,
}


class LetterKind(Enum):
    """What is written."""

    PAUSE = "pause"
    REQUEST = "request"
    TALK = "talk"
    WARN = "warn"
    CLEAR = "clear"
    CLOSING = "closing"
    INTERNAL = "internal"
    KEYS = "keys"
    LEAD = "lead"


@dataclass(frozen=True, slots=True)
class About:
    """What a letter may rest on."""

    sample: Sample
    run: Run
    case: Case | None
    finding: Finding
    advisory: Advisory
    copies: tuple[Copy, ...]  # that left the house
    versions: tuple[EarlierVersion, ...]


def left_the_house(work: UnitOfWork, advisory: AdvisoryId) -> list[Copy]:
    """The copies of an advisory that have left."""
    return [copy for copy in work.copies.all(advisory=advisory) if copy.state in LEFT_THE_HOUSE]


def by_reader(
    copies: Sequence[Copy], *, internal: bool
) -> list[tuple[PartnerId, tuple[Copy, ...]]]:
    """Recipients with their own copies; those inside the house only where asked for."""
    readers: dict[PartnerId, list[Copy]] = {}
    for copy in copies:
        if internal or not copy.internal:
            readers.setdefault(copy.recipient, []).append(copy)
    return [(reader, tuple(readers[reader])) for reader in sorted(readers)]


def addressed(desk: Desk, work: UnitOfWork, reader: str) -> Envelope:
    """The envelope to one recipient. Raises NotFound."""
    owner = work.partners.get(reader)
    if owner is None:
        raise NotFound(f"no recipient is called {reader}; import it, then write again")
    return envelope(desk, owner)


def rendered(desk: Desk, reader: str, name: str, model: Model) -> Letter:
    """A letter or memo as its reader gets it; it is about the id that its name begins with."""
    text = desk.renderer.render(model.template, model.document()).encode()
    return Letter(reader, name, text, name.partition(".")[0])


Letters = Sequence[Letter]


def _pause(desk: Desk, work: UnitOfWork, about: About, now: datetime) -> Letters:
    held = hold_of(work, about.advisory.id, now)
    until = held.until if held else None
    return [
        rendered(
            desk,
            reader,
            f"{about.sample.id}.pause.txt",
            Pause(
                addressed(desk, work, reader),
                about.advisory.id,
                "a file was seen that resembles the material",
                until,
            ),
        )
        for reader, _ in by_reader(about.copies, internal=False)
    ]


def _request(desk: Desk, work: UnitOfWork, about: About, now: datetime) -> Letters:
    """To every holder alike: partners, the vendor's own readers, finder and broker."""
    name, advisory = f"{about.sample.id}.request.txt", about.advisory.id
    held = {
        reader: tuple(copy.id for copy in own)
        for reader, own in by_reader(about.copies, internal=True)
    }
    for version in about.versions:
        if version.source:
            held.setdefault(PartnerId(version.source), ())
    return [
        rendered(
            desk, reader, name, Request(addressed(desk, work, reader), advisory, own, now + ANSWER)
        )
        for reader, own in sorted(held.items())
    ]


def _talk(desk: Desk, work: UnitOfWork, about: About, _: datetime) -> Letters:
    """One letter to each sender of an early version, on the first that came from there."""
    first: dict[str, EarlierVersion] = {}
    for version in sorted(about.versions, key=lambda one: one.received_at):
        if version.source and version.stage is not Stage.VENDOR:
            first.setdefault(version.source, version)
    name, advisory, seen = f"{about.sample.id}.talk.txt", about.advisory.id, about.sample.seen
    return [
        rendered(
            desk,
            source,
            name,
            Talk(addressed(desk, work, source), advisory, version.received_at, seen),
        )
        for source, version in sorted(first.items())
    ]


def _warn(desk: Desk, work: UnitOfWork, about: About, _: datetime) -> Letters:
    """To the finder, where the sample shows a draft that no later version of theirs has."""
    letters = []
    for version in unsubmitted(desk, about.sample, about.versions):
        model = DutyToWarn(
            addressed(desk, work, version.source),
            about.advisory.id,
            version.received_at,
            about.sample.seen,
        )
        letters.append(rendered(desk, version.source, f"{about.sample.id}.warning.txt", model))
    return letters


def unsubmitted(
    desk: Desk, sample: Sample, versions: Sequence[EarlierVersion]
) -> tuple[EarlierVersion, ...]:
    """Drafts of finders that the sample shows and that nothing they submitted shares.

    A draft is a version of the same sender beside which another was submitted.
    """
    files = [(one.name, desk.vault_get(one.blob)) for one in sample.files]
    parts = desk.isolation.parts(files).parts
    found = []
    for version in versions:
        others = [
            other
            for other in versions
            if other.source == version.source and other.number != version.number
        ]
        if version.stage is not Stage.FINDER or not version.source or not others:
            continue
        line = [Version(Step.FINDER, (viewed(earlier_files(desk, version)),))]
        line += [Version(Step.BROKER, (viewed(earlier_files(desk, other)),)) for other in others]
        shown = stage_evidence(parts, line, index_key(desk))
        own, later = shown.of(Step.FINDER), shown.of(Step.BROKER)
        if own and own.clearly_exclusive and not (later and later.appeared_shown):
            found.append(version)
    return tuple(found)


def _clear(desk: Desk, work: UnitOfWork, about: About, _: datetime) -> Letters:
    check_clears(about.finding.limits, about.sample.id)
    ground = GROUNDS[about.run.verdict]
    name = f"{about.case.id if about.case else about.sample.id}.cleared.txt"
    return [
        rendered(
            desk,
            reader,
            name,
            Clearance(
                addressed(desk, work, reader),
                about.advisory.id,
                tuple(copy.id for copy in own),
                ground,
            ),
        )
        for reader, own in by_reader(about.copies, internal=False)
    ]


def _closing(desk: Desk, work: UnitOfWork, about: About, now: datetime) -> Letters:
    advisory = about.advisory
    ahead = advisory.release_at if advisory.released_at is None else None
    return [
        rendered(
            desk,
            reader,
            f"{about.sample.id}.closing.txt",
            Closing(
                addressed(desk, work, reader), advisory.id, ahead if ahead and ahead > now else None
            ),
        )
        for reader, _ in by_reader(about.copies, internal=False)
    ]


def _memo(desk: Desk, work: UnitOfWork, name: str, model: Model) -> Letters:
    return [rendered(desk, inside(work, MANAGEMENT), name, model)]


def _internal(desk: Desk, work: UnitOfWork, about: About, now: datetime) -> Letters:
    case = about.case
    copy = next((one for one in about.copies if case and one.id == case.copy), None)
    if case is None or copy is None:
        raise Conflict(f"no case on a copy of the vendor's own is open for {about.sample.id}")
    model = InternalMemo(desk.program.name, now, case, copy, about.sample, about.finding)
    return _memo(desk, work, f"{case.id}.internal.txt", model)


def _keys(desk: Desk, work: UnitOfWork, about: About, now: datetime) -> Letters:
    case = about.case.id if about.case else ""
    program, advisory = desk.program.name, about.advisory.id
    model = KeyMemo(program, now, case, advisory, about.sample, about.finding)
    return _memo(desk, work, f"{about.sample.id}.keys.txt", model)


def _lead(desk: Desk, work: UnitOfWork, about: About, now: datetime) -> Letters:
    model = LeadNote(desk.program.name, now, about.advisory.id, about.sample, about.finding)
    return _memo(desk, work, f"{about.sample.id}.lead.txt", model)


Writer = Callable[[Desk, UnitOfWork, About, datetime], Letters]
WRITERS: dict[LetterKind, Writer] = {
    LetterKind.PAUSE: _pause,
    LetterKind.REQUEST: _request,
    LetterKind.TALK: _talk,
    LetterKind.WARN: _warn,
    LetterKind.CLEAR: _clear,
    LetterKind.CLOSING: _closing,
    LetterKind.INTERNAL: _internal,
    LetterKind.KEYS: _keys,
    LetterKind.LEAD: _lead,
}
