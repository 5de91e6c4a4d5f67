"""The release decision: bring a release forward or not, apart from whose copy leaked.

The threshold is harm, not guilt: it takes far less than an attribution, and no verdict goes in.
What goes in are sightings with their grades, whether the fix is ready, the planned release, and
what has not been sent. Rules, the first that fits (research on domain, section 4; Xen, Kubernetes
and Red Hat publish at once when an issue is used or public):

1. Released already, or the plan is within a day: KEEP.
2. Used against somebody, or public, by a report that nobody doubts, and the fix is ready:
   ADVANCE, within 24 hours.
3. The same and the fix is not ready: MITIGATE, mitigation and detection to every tier now, the
   release within 7 days.
4. Something similar was seen, or every report of use is doubted: PREPARE, no change of the date.
5. Else KEEP.

A report of unknown grade counts ("when in doubt push forward"), and the reasons say that nobody
judged it. A doubted one (source D or E, credibility 4 or 5) moves no date by itself. The timing of
an attack alone is no report and never gets here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from mapp_compliance.advisories.advisory import Advisory
from mapp_compliance.advisories.sighting import Sighting, SightingKind
from mapp_compliance.values import DAY, instant_text

AT_ONCE = timedelta(hours=24)
WITHOUT_PATCH = 7 * DAY


class Option(Enum):
    """What can be done about a release."""

    ADVANCE = "advance"
    MITIGATE = "mitigate"
    PREPARE = "prepare"
    KEEP = "keep"


@dataclass(frozen=True, slots=True)
class Situation:
    """What the decision rests on.

    Attributes:
        unsent: copies and recipients of the plan that nothing was sent to.
        holding: holders of the material now, marked or not.
        first_sent_at: when the first copy left; None when none did.
    """

    advisory: Advisory
    sightings: tuple[Sighting, ...]
    unsent: int
    holding: int
    first_sent_at: datetime | None
    now: datetime


@dataclass(frozen=True, slots=True)
class Weighed:
    """One option with its date, what speaks for it and the harm it brings."""

    option: Option
    release_by: datetime
    gain: str
    harm: str


@dataclass(frozen=True, slots=True)
class ReleaseDecision:
    """The recommendation, until when, why, and all options beside each other."""

    recommendation: Option
    release_by: datetime
    reasons: tuple[str, ...]
    options: tuple[Weighed, ...]


def decide_release(situation: Situation) -> ReleaseDecision:
    """The recommendation for one situation; people decide."""
    option = _recommended(situation)
    options = tuple(_weighed(item, situation) for item in Option)
    chosen = next(item for item in options if item.option is option)
    return ReleaseDecision(option, chosen.release_by, tuple(_reasons(option, situation)), options)


def _urgent(situation: Situation) -> list[Sighting]:
    """Undoubted reports of use or publication, earliest first."""
    found = [
        item
        for item in situation.sightings
        if (item.kind.is_use or item.kind is SightingKind.PUBLIC) and not item.doubted
    ]
    return sorted(found, key=_earliest)


def _earliest(item: Sighting) -> tuple[datetime, str]:
    return item.seen.start, item.id


def _recommended(situation: Situation) -> Option:
    advisory = situation.advisory
    if advisory.released_at is not None or advisory.release_at <= situation.now + AT_ONCE:
        return Option.KEEP
    if _urgent(situation):
        return Option.ADVANCE if advisory.patch_ready_at is not None else Option.MITIGATE
    return Option.PREPARE if situation.sightings else Option.KEEP


def _weighed(option: Option, situation: Situation) -> Weighed:
    planned, now = situation.advisory.release_at, situation.now
    days = max(0.0, (planned - now) / DAY)
    dates = {
        Option.ADVANCE: min(planned, now + AT_ONCE),
        Option.MITIGATE: min(planned, now + WITHOUT_PATCH),
        Option.PREPARE: planned,
        Option.KEEP: planned,
    }
    unsent = f"{situation.unsent} recipients that were sent nothing get no time to prepare"
    ready = situation.advisory.patch_ready_at is not None
    gains = {
        Option.ADVANCE: f"everybody can fix up to {days:.1f} days earlier than planned",
        Option.MITIGATE: "those attacked can detect and blunt it before the fix is out",
        Option.PREPARE: "the release can follow within hours once a report is confirmed",
        Option.KEEP: "holders have the whole time that they were promised",
    }
    harms = {
        Option.ADVANCE: unsent
        if ready
        else f"the fix is not ready, so attackers gain and nobody can fix; {unsent}",
        Option.MITIGATE: f"what is given out to detect it tells {situation.holding} holders and "
        "further ones where to look",
        Option.PREPARE: f"{days:.1f} days in which nobody outside can fix it, if it is used",
        Option.KEEP: f"{days:.1f} days in which nobody outside can fix it, if it is used",
    }
    return Weighed(option, dates[option], gains[option], harms[option])


def _reasons(option: Option, situation: Situation) -> list[str]:
    advisory, urgent = situation.advisory, _urgent(situation)
    if advisory.released_at is not None:
        return [f"public since {instant_text(advisory.released_at)}; there is nothing to move"]
    reasons = [_told(item) for item in urgent[:3]]
    if len(urgent) > len(reasons):
        reasons.append(f"{_reports(len(urgent) - len(reasons), 'further ')} of use or publication")
    if urgent and not any(item.confirmed for item in urgent):
        reasons.append("nobody judged these reports yet; when in doubt the release goes forward")
    reasons += _before_any_copy(urgent, situation)
    others = [item for item in situation.sightings if item not in urgent]
    if others:
        verb = "moves" if len(others) == 1 else "move"
        reasons.append(f"{_reports(len(others))} of something similar, or doubted, {verb} no date")
    if advisory.release_at <= situation.now + AT_ONCE:
        return [*reasons, f"the release comes at {instant_text(advisory.release_at)} anyway"]
    if option in {Option.ADVANCE, Option.MITIGATE}:
        ready = advisory.patch_ready_at
        since = f"ready since {instant_text(ready)}" if ready else "not ready"
        reasons.append(f"the fix is {since}")
    if not situation.sightings:
        reasons.append("no sighting is recorded")
    return reasons


def _reports(count: int, sort: str = "") -> str:
    return f"{count} {sort}report{'' if count == 1 else 's'}"


def _told(item: Sighting) -> str:
    words = "public" if item.kind is SightingKind.PUBLIC else f"used ({item.kind.value})"
    return f"{words} at {item.seen.text()}, report {item.id} of grade {item.grade}"


def _before_any_copy(urgent: Sequence[Sighting], situation: Situation) -> list[str]:
    """Said only where it clears: timing accuses nobody, so the other case has no sentence."""
    first = situation.first_sent_at
    early = [item for item in urgent if first is None or item.seen.surely_before(first)]
    if not early:
        return []
    if first is None:
        return ["it began while no copy has left"]
    return [f"it began before the first copy left ({instant_text(first)})"]
