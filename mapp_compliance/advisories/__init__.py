"""What and when: advisory, revision, embargo, release calendar."""

from mapp_compliance.advisories.advisory import (
    Advisory,
    AdvisoryState,
    Severity,
    Tlp,
    new_advisory,
    severity,
    tlp,
)
from mapp_compliance.advisories.attachment import Artifact, Attachment, SetUp
from mapp_compliance.advisories.calendar import (
    days_before,
    is_on_calendar,
    second_tuesday,
    wall_days_left,
)

__all__ = [
    "Advisory",
    "AdvisoryState",
    "Artifact",
    "Attachment",
    "SetUp",
    "Severity",
    "Tlp",
    "days_before",
    "is_on_calendar",
    "new_advisory",
    "second_tuesday",
    "severity",
    "tlp",
    "wall_days_left",
]
