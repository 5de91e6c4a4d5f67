"""Sightings: reports of use, publication or similarity, with or without a file.

A sighting feeds the release decision and the order of events in a verdict; it never accuses.
``posted`` is the interval in which the thing happened, ``observed`` when somebody saw it. Source
and credibility follow the grades of NATO AJP-2.1 ("Admiralty code"): A to E how reliable the
source has been, F cannot be judged; 1 to 5 how likely the report is true, 6 cannot be judged.

>>> Grade("B").reliable, Grade("E").reliable
(True, False)
"""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from mapp_compliance.errors import InvalidInput
from mapp_compliance.values import AdvisoryId, SampleId, SightingId, Window, instant_text

MOST_TEXT = 2000  # signs; a report belongs into a sample or a file, not here
CREDIBILITY = range(1, 7)
CANNOT_BE_JUDGED = 6
LEAST_LIKELY = 3  # possibly true
DOUBTED = frozenset({4, 5})  # doubtful, improbable


class SightingKind(Enum):
    """What was seen."""

    EXPLOITED = "exploited"  # used against somebody
    PUBLIC = "public"  # details or files can be had by anybody
    SIMILAR = "similar"  # a tool that resembles the material
    RANSOMWARE = "ransomware"  # used by those who encrypt for money

    @property
    def is_use(self) -> bool:
        """Whether somebody was attacked with it."""
        return self in {SightingKind.EXPLOITED, SightingKind.RANSOMWARE}


class Grade(Enum):
    """How reliable the source has been."""

    A = "A"  # completely
    B = "B"  # usually
    C = "C"  # fairly
    D = "D"  # not usually
    E = "E"  # unreliable
    F = "F"  # cannot be judged

    @property
    def reliable(self) -> bool:
        """Whether the source is known and at least fairly reliable."""
        return self in {Grade.A, Grade.B, Grade.C}

    @property
    def doubted(self) -> bool:
        """Whether the source is known to be bad."""
        return self in {Grade.D, Grade.E}


@dataclass(frozen=True, slots=True)
class Sighting:
    """One report. ``sample`` is the file that goes with it, when there is one."""

    id: SightingId
    advisory: AdvisoryId
    kind: SightingKind
    posted: Window
    observed: datetime
    source: Grade
    credibility: int
    text: str
    recorded_at: datetime
    sample: SampleId | None = None

    @property
    def seen(self) -> Window:
        """When it happened: within the posted interval, and by the observation at last."""
        start = self.posted.start
        return Window(start, max(start, min(self.posted.end, self.observed)))

    @property
    def doubted(self) -> bool:
        """Whether source or report are known to be bad; it then carries no decision alone."""
        return self.source.doubted or self.credibility in DOUBTED

    @property
    def confirmed(self) -> bool:
        """Whether source and report are both judged and good."""
        return self.source.reliable and self.credibility <= LEAST_LIKELY

    @property
    def grade(self) -> str:
        """Source and credibility as they are written, such as ``B2``."""
        return f"{self.source.value}{self.credibility}"


def check_sighting(
    posted: Window, observed: datetime, credibility: int, text: str, now: datetime
) -> None:
    """Return when the report can be true.

    Raises:
        InvalidInput: a time in the future, seen before it was out, a grade or text out of range.
    """
    for moment in (observed, posted.end):
        if moment > now:
            raise InvalidInput(
                f"{instant_text(moment)} lies in the future (it is {instant_text(now)}); "
                "check --posted and --observed"
            )
    if observed < posted.start:
        raise InvalidInput(
            f"it was observed ({instant_text(observed)}) before it was posted "
            f"({instant_text(posted.start)}); check --posted and --observed"
        )
    if credibility not in CREDIBILITY:
        raise InvalidInput("--credibility is a number from 1 to 6; 6 says it cannot be judged")
    if len(text) > MOST_TEXT:
        raise InvalidInput(
            f"the text has {len(text)} signs, more than {MOST_TEXT}; keep it short and submit "
            "longer reports as a sample"
        )
