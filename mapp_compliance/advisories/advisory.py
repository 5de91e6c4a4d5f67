"""An advisory: what is shared, and until when it is silent.

States: draft (nothing left the house) -> distributing (a copy may have left) -> released.
``advance`` moves the release earlier and never later; ``release`` ends the embargo.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum

from mapp_compliance.errors import Conflict, InvalidInput
from mapp_compliance.values import AdvisoryId, instant_text, shown


class AdvisoryState(Enum):
    """How far an advisory is."""

    DRAFT = "draft"
    DISTRIBUTING = "distributing"
    RELEASED = "released"


class Tlp(Enum):
    """Traffic Light Protocol 2.0 labels (FIRST)."""

    RED = "TLP:RED"
    AMBER_STRICT = "TLP:AMBER+STRICT"
    AMBER = "TLP:AMBER"
    GREEN = "TLP:GREEN"
    CLEAR = "TLP:CLEAR"


class Severity(Enum):
    """The vendor's own rating."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@dataclass(frozen=True, slots=True)
class Advisory:
    """One advisory at its newest revision.

    ``release_at`` is the planned end of the embargo, ``released_at`` the real one.
    ``patch_ready_at`` is since when the fix could go out; None while it is not ready.
    """

    id: AdvisoryId
    title: str
    release_at: datetime
    created_at: datetime
    revision: int = 1
    state: AdvisoryState = AdvisoryState.DRAFT
    tlp: Tlp = Tlp.AMBER_STRICT
    severity: Severity | None = None
    released_at: datetime | None = None
    patch_ready_at: datetime | None = None

    def distributing(self) -> "Advisory":
        """The same advisory once a first copy is planned."""
        if self.state is AdvisoryState.DRAFT:
            return replace(self, state=AdvisoryState.DISTRIBUTING)
        return self

    def advanced(self, release_at: datetime, now: datetime) -> "Advisory":
        """The same advisory with an earlier release.

        Raises:
            Conflict: released already.
            InvalidInput: the new time is in the past or not earlier than the present one.
        """
        self._not_released()
        if release_at >= self.release_at:
            raise InvalidInput(
                f"{instant_text(release_at)} is not earlier than the planned release "
                f"{instant_text(self.release_at)}; advance only moves a release forward"
            )
        if release_at < now:
            raise InvalidInput(
                f"{instant_text(release_at)} is in the past (it is {instant_text(now)}); "
                f"give a later time, or publish at once with 'mapp advisory publish {self.id}'"
            )
        return replace(self, release_at=release_at)

    def patch_ready(self, now: datetime) -> "Advisory":
        """The same advisory whose fix can go out since then; the first time counts."""
        return self if self.patch_ready_at is not None else replace(self, patch_ready_at=now)

    def released(self, now: datetime) -> "Advisory":
        """The same advisory, public from now on.

        Raises:
            Conflict: released already, or before the planned release.
        """
        self._not_released()
        if now < self.release_at:
            raise Conflict(
                f"{self.id} is under embargo until {instant_text(self.release_at)} and it is "
                f"{instant_text(now)}; bring the release forward with 'mapp advisory advance' first"
            )
        return replace(self, state=AdvisoryState.RELEASED, released_at=now)

    def _not_released(self) -> None:
        if self.state is AdvisoryState.RELEASED:
            raise Conflict(f"{self.id} was released already; nothing is left to move")


def new_advisory(
    advisory_id: AdvisoryId,
    title: str,
    release_at: datetime,
    now: datetime,
    tlp: Tlp = Tlp.AMBER_STRICT,
    severity: Severity | None = None,
) -> Advisory:
    """A draft advisory.

    Raises:
        InvalidInput: no title, or the release lies in the past.
    """
    if not title.strip():
        raise InvalidInput("the advisory has no title; give one with --title")
    if release_at <= now:
        raise InvalidInput(
            f"the release {instant_text(release_at)} is not in the future "
            f"(it is {instant_text(now)}); give a later --release-at"
        )
    return Advisory(advisory_id, title.strip(), release_at, now, tlp=tlp, severity=severity)


def tlp(text: str) -> Tlp:
    """The label, with or without ``TLP:`` in front."""
    name = text.upper().removeprefix("TLP:").strip()
    for label in Tlp:
        if label.value == f"TLP:{name}":
            return label
    names = ", ".join(label.value for label in Tlp)
    raise InvalidInput(f"{shown(text)!r} is not a TLP label; use one of {names}")


def severity(text: str) -> Severity:
    """The severity of that name."""
    try:
        return Severity(text.lower())
    except ValueError as err:
        names = ", ".join(item.value for item in Severity)
        raise InvalidInput(f"{shown(text)!r} is not a severity; use one of {names}") from err
