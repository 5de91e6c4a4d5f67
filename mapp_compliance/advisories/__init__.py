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
from mapp_compliance.advisories.release_decision import (
    Option,
    ReleaseDecision,
    Situation,
    Weighed,
    decide_release,
)
from mapp_compliance.advisories.sighting import Grade, Sighting, SightingKind, check_sighting
from mapp_compliance.advisories.stage import EarlierVersion, Stage, check_received, parse_stage

__all__ = [
    "Advisory",
    "AdvisoryState",
    "Artifact",
    "Attachment",
    "EarlierVersion",
    "Grade",
    "Option",
    "ReleaseDecision",
    "SetUp",
    "Severity",
    "Sighting",
    "SightingKind",
    "Situation",
    "Stage",
    "Tlp",
    "Weighed",
    "check_received",
    "check_sighting",
    "days_before",
    "decide_release",
    "is_on_calendar",
    "new_advisory",
    "parse_stage",
    "second_tuesday",
    "severity",
    "tlp",
    "wall_days_left",
]
