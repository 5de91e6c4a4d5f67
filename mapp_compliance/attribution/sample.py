"""A sample: a suspected leak as it was taken in, and one scored run over it.

Times are intervals where the truth is one. ``run`` values hold the whole verdict as canonical
JSON, so that the same bytes again give the same answer from the log.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from mapp_compliance.values import AdvisoryId, Digest, SampleId, Window


class Visibility(Enum):
    """Where the sample was found."""

    PUBLIC = "public"
    CLOSED = "closed"
    SCAN_SERVICE = "scan-service"
    PRIVATE = "private"


@dataclass(frozen=True, slots=True)
class SampleFile:
    """One file of a sample set: its name is a label, never a path."""

    name: str
    digest: Digest
    blob: Digest
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Sample:
    """One sample set: all files of one leak, scored together.

    ``digest`` covers the files' digests, sorted; ``observed`` is when somebody first saw it.
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

    @property
    def seen(self) -> Window:
        """When the sample came out: within the posted interval, and by the observation at last."""
        if self.posted is None:
            return Window(self.observed, self.observed)
        return Window(self.posted.start, min(self.posted.end, self.observed))


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
