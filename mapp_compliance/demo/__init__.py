"""Scenarios as bytes and events, the toy target, alterations.

Everything here is a toy: fictional people, a script that meets a deliberate assertion of our own
card reader, and alterations that anyone could make with an editor.
"""

from mapp_compliance.demo.alterations import ALTERATIONS, Alteration, alteration
from mapp_compliance.demo.payload import payload_of
from mapp_compliance.demo.scenario import (
    Basis,
    CopyLeak,
    Event,
    Expectation,
    FileLeak,
    Scenario,
    StoryAdvisory,
    Variant,
    load_scenario,
    package_files,
    sample_file,
    scenario_names,
)
from mapp_compliance.demo.world import (
    Cast,
    KeyTexts,
    Terms,
    fresh_keys,
    partners_csv,
    recipients,
    save_secrets,
)

__all__ = [
    "ALTERATIONS",
    "Alteration",
    "Basis",
    "Cast",
    "CopyLeak",
    "Event",
    "Expectation",
    "FileLeak",
    "KeyTexts",
    "Scenario",
    "StoryAdvisory",
    "Terms",
    "Variant",
    "alteration",
    "fresh_keys",
    "load_scenario",
    "package_files",
    "partners_csv",
    "payload_of",
    "recipients",
    "sample_file",
    "save_secrets",
    "scenario_names",
]
