"""Stages: earlier versions of an artifact, as they came from finder, broker or the vendor itself.

A stage tells through whose hands the material went before the copies were made. What only one
stage has (the finder's own bytes, a vendor's mark) says that a sample comes from that stage or
from a later one; it never says from which copy. Versions of one stage are numbered from 1 in the
order they were attached; ``received_at`` is when the vendor got that version, ``attached_at``
when it was kept here, which may be after a leak.

>>> parse_stage("finder") is Stage.FINDER
True
"""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from mapp_compliance.advisories.attachment import Artifact
from mapp_compliance.errors import InvalidInput
from mapp_compliance.values import AdvisoryId, instant_text, shown


class Stage(Enum):
    """Through whose hands an artifact went, in this order."""

    FINDER = "finder"
    BROKER = "broker"
    VENDOR = "vendor"


@dataclass(frozen=True, slots=True)
class EarlierVersion:
    """One earlier version of an advisory's material, kept sealed as it was received.

    ``source`` is the recipient id of who sent it, empty when nobody is enrolled for it.
    """

    advisory: AdvisoryId
    stage: Stage
    number: int
    source: str
    received_at: datetime
    artifacts: tuple[Artifact, ...]
    attached_at: datetime

    @property
    def label(self) -> str:
        """How the version is called in texts, such as ``finder 2``."""
        return f"{self.stage.value} {self.number}"

    @property
    def content(self) -> tuple[tuple[str, str], ...]:
        """Path and digest of every file: what makes it the same version."""
        return tuple(sorted((item.path, item.digest.hex) for item in self.artifacts))


def parse_stage(text: str) -> Stage:
    """The stage of that name. Raises InvalidInput."""
    try:
        return Stage(text)
    except ValueError as err:
        names = ", ".join(item.value for item in Stage)
        raise InvalidInput(f"{shown(text)!r} is not a stage; use one of {names}") from err


def check_received(received_at: datetime, now: datetime) -> None:
    """Return when something can have been received at that time. Raises InvalidInput."""
    if received_at > now:
        raise InvalidInput(
            f"{instant_text(received_at)} lies in the future (it is {instant_text(now)}); "
            "check --received-at"
        )
