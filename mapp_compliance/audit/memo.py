"""Papers for readers inside the house: memo of a release decision, notice to who is on duty.

The memo says to management what was known, weighed and decided.

It names those who decided and no recipient at all: a release moves because of harm, and where a
leak came from is another question with another answer. The notice to the person on duty names
a case or a sample and nobody else. Nothing of an advisory's title is in either.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from mapp_compliance.advisories import Advisory, ReleaseDecision, Sighting
from mapp_compliance.distribution import Hold
from mapp_compliance.enforcement import Case
from mapp_compliance.trust import Json
from mapp_compliance.values import FeedName, SampleId, instant_text


@dataclass(frozen=True, slots=True)
class ReleaseMemo:
    """One release decision as it was taken.

    Attributes:
        before: the advisory as it was; ``release_at`` is the new time.
        signed_by: user names of those who decided.
        holders, unmarked: who held the material at that time, and how many of it unmarked.
        waves: classes of recipients that nothing was sent to, with how many they are.
    """

    program: str
    written_at: datetime
    before: Advisory
    release_at: datetime
    reason: str
    signed_by: tuple[str, ...]
    independence: str
    decision: ReleaseDecision
    sightings: tuple[Sighting, ...]
    holders: int
    unmarked: int
    cancelled: int
    waves: tuple[tuple[str, int], ...]

    template: ClassVar[str] = "memos/release.txt.j2"

    def document(self) -> dict[str, Json]:
        """The memo's model."""
        decision, ready = self.decision, self.before.patch_ready_at
        return {
            "program": self.program,
            "written_at": instant_text(self.written_at),
            "advisory": self.before.id,
            "was": instant_text(self.before.release_at),
            "now_at": instant_text(self.release_at),
            "reason": self.reason,
            "signed_by": list(self.signed_by),
            "independence": self.independence,
            "patch_ready_at": instant_text(ready) if ready else None,
            "recommendation": decision.recommendation.value,
            "release_by": instant_text(decision.release_by),
            "reasons": list(decision.reasons),
            "options": [
                {
                    "option": item.option.value,
                    "release_by": instant_text(item.release_by),
                    "gain": item.gain,
                    "harm": item.harm,
                }
                for item in decision.options
            ],
            "sightings": [
                {
                    "id": item.id,
                    "kind": item.kind.value,
                    "seen": item.seen.text(),
                    "grade": item.grade,
                }
                for item in self.sightings
            ],
            "holders": self.holders,
            "unmarked": self.unmarked,
            "cancelled": self.cancelled,
            "waves": [{"wave": wave, "recipients": count} for wave, count in self.waves],
        }


@dataclass(frozen=True, slots=True)
class DutyNotice:
    """What the unattended chain found and did, for the person on duty; it names nobody."""

    program: str
    written_at: datetime
    feed: FeedName
    sample: SampleId
    case: Case | None
    hold: Hold | None

    template: ClassVar[str] = "memos/duty.txt.j2"

    def document(self) -> dict[str, Json]:
        """The notice's model."""
        return {
            "program": self.program,
            "written_at": instant_text(self.written_at),
            "feed": self.feed,
            "sample": self.sample,
            "case": self.case.id if self.case else None,
            "hold": self.hold.id if self.hold else None,
            "advisory": self.hold.advisory if self.hold else None,
            "held_until": instant_text(self.hold.until) if self.hold else None,
        }
