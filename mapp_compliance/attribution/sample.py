"""A sample: a suspected leak as it was taken in, and one scored run over it.

Times are intervals where the truth is one. ``run`` values hold the whole verdict as canonical
JSON, so that the same bytes again give the same answer from the log.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum

from mapp_compliance.values import AdvisoryId, Digest, SampleId, Window


class Visibility(Enum):
    """Where the sample was found."""

    PUBLIC = "public"
    CLOSED = "closed"
    SCAN_SERVICE = "scan-service"
    PRIVATE = "private"


_PUBLIC = Visibility.PUBLIC


@dataclass(frozen=True, slots=True)
class SampleFile:
    """One file of a sample set: its name is a label, never a path."""

    name: str
    digest: Digest
    blob: Digest
    size_bytes: int


@dataclass(frozen=True, slots=True)
class IntakeNote:
    """A further report of the same bytes: other times, another place, another source."""

    posted: Window | None
    observed: datetime
    visibility: Visibility
    source: str
    at: datetime
    leaf: int

    @property
    def seen(self) -> Window:
        """When the bytes were out by this report."""
        return _seen(self.posted, self.observed)


@dataclass(frozen=True, slots=True)
class Sample:
    """One sample set: all files of one leak, scored together.

    ``digest`` covers the files' digests, sorted; ``observed`` is when somebody first saw it.
    ``notes`` are further reports of the same bytes, in the order they came in.
    """

    id: SampleId
    digest: Digest
    files: tuple[SampleFile, ...]
    submitted_at: datetime
    observed: datetime
    intake_leaf: int
    posted: Window | None = None
    visibility: Visibility = Visibility.PUBLIC
    source: str = ""
    notes: tuple[IntakeNote, ...] = ()

    @property
    def seen(self) -> Window:
        """When the bytes first came out, by all reports of them.

        They were out by the earliest end of any report. A report's start says only that they were
        not out before *at that place*, so the earliest start counts too.
        """
        windows = [_seen(self.posted, self.observed), *(note.seen for note in self.notes)]
        return Window(min(item.start for item in windows), min(item.end for item in windows))

    @property
    def public_by(self) -> datetime | None:
        """When anybody could have it at last; None when no report speaks of a public place."""
        own = [_seen(self.posted, self.observed).end] if self.visibility is _PUBLIC else []
        noted = [note.seen.end for note in self.notes if note.visibility is _PUBLIC]
        return min([*own, *noted], default=None)

    def as_of(self, leaf: int) -> "Sample":
        """The same sample as it was known when that leaf was written, without later reports."""
        return replace(self, notes=tuple(note for note in self.notes if note.leaf < leaf))


@dataclass(frozen=True, slots=True)
class Run:
    """One scored reading of a sample; ``t`` counts the scored samples of its advisory."""

    sample: SampleId
    advisory: AdvisoryId | None
    digest: Digest
    reading: Digest
    method: str
    t: int
    at: datetime
    reading_leaf: int
    run_leaf: int
    verdict: str
    document: str


def _seen(posted: Window | None, observed: datetime) -> Window:
    """Within the posted interval, and by the observation at last."""
    if posted is None:
        return Window(observed, observed)
    return Window(posted.start, max(posted.start, min(posted.end, observed)))
