"""Holders that are sent no copy and have the material all the same.

An unmarked master at a build system, a mail archive, a government office that was told: without
them the set of candidates is wrong, and partners answer for what others held. A group of many
people is one holder with a size. ``advisory`` is None for a holder of everything in the program.

>>> holder_kind("regulator") is HolderKind.REGULATOR
True
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum

from mapp_compliance.errors import Conflict, InvalidInput
from mapp_compliance.values import AdvisoryId, HolderId, instant_text, shown


class HolderKind(Enum):
    """What sort of holder it is."""

    UNMARKED_MASTER = "unmarked-master"
    BUILD_SYSTEM = "build-system"
    MAIL = "mail"
    FINDER = "finder"
    BROKER = "broker"
    REGULATOR = "regulator"
    GOVERNMENT = "government"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody, or some system, that has unmarked material from ``since`` until ``until``."""

    id: HolderId
    name: str
    kind: HolderKind
    advisory: AdvisoryId | None
    since: datetime
    until: datetime | None = None
    note: str = ""
    size: int = 1  # people who can reach it

    def held(self, advisory: AdvisoryId) -> bool:
        """Whether it has material of that advisory at some time."""
        return self.advisory is None or self.advisory == advisory

    def ended(self, until: datetime) -> "Holder":
        """The same holder, done with the material.

        Raises:
            Conflict: another end is kept already. InvalidInput: an end before the start.
        """
        if self.until is not None and self.until != until:
            raise Conflict(
                f"holder {self.id} ended at {instant_text(self.until)} already; a kept end is not "
                "changed, add a further holder with an id of its own"
            )
        checked_span(self.since, until)
        return replace(self, until=until)


def checked_span(since: datetime, until: datetime | None) -> None:
    """Return when the end lies after the start. Raises InvalidInput."""
    if until is not None and until <= since:
        raise InvalidInput(
            f"--until {instant_text(until)} is not after --since {instant_text(since)}; "
            "check both times"
        )


def holder_kind(text: str) -> HolderKind:
    """The kind of that name. Raises InvalidInput."""
    try:
        return HolderKind(text)
    except ValueError as err:
        names = ", ".join(item.value for item in HolderKind)
        raise InvalidInput(f"{shown(text)!r} is no kind of holder; use one of {names}") from err
