"""Whose copy leaked: parts, fingerprints, verdict with its bound."""

from mapp_compliance.attribution.feed import Feed, FeedFile
from mapp_compliance.attribution.fingerprints import fingerprint
from mapp_compliance.attribution.identify import Candidate, Outcome, identify
from mapp_compliance.attribution.index import ArtifactIndex
from mapp_compliance.attribution.parts import Part, Unwrapped, parts_from_json, parts_to_json
from mapp_compliance.attribution.sample import IntakeNote, Run, Sample, SampleFile, Visibility
from mapp_compliance.attribution.verdict import (
    Candidacy,
    Circumstances,
    Holding,
    Verdict,
    VerdictKind,
    conclude,
    p_of_record,
    p_with_tags_of_record,
)

__all__ = [
    "ArtifactIndex",
    "Candidacy",
    "Candidate",
    "Circumstances",
    "Feed",
    "FeedFile",
    "Holding",
    "IntakeNote",
    "Outcome",
    "Part",
    "Run",
    "Sample",
    "SampleFile",
    "Unwrapped",
    "Verdict",
    "VerdictKind",
    "Visibility",
    "conclude",
    "fingerprint",
    "identify",
    "p_of_record",
    "p_with_tags_of_record",
    "parts_from_json",
    "parts_to_json",
]
