"""Whose copy leaked: parts, fingerprints, verdict with its bound."""

from mapp_compliance.attribution.commonality import (
    Background,
    Commonality,
    Declared,
    Shared,
    Sort,
    compare,
)
from mapp_compliance.attribution.features import FeatureKind
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
    "Background",
    "Candidacy",
    "Candidate",
    "Circumstances",
    "Commonality",
    "Declared",
    "FeatureKind",
    "Feed",
    "FeedFile",
    "Holding",
    "IntakeNote",
    "Outcome",
    "Part",
    "Run",
    "Sample",
    "SampleFile",
    "Shared",
    "Sort",
    "Unwrapped",
    "Verdict",
    "VerdictKind",
    "Visibility",
    "compare",
    "conclude",
    "fingerprint",
    "identify",
    "p_of_record",
    "p_with_tags_of_record",
    "parts_from_json",
    "parts_to_json",
]
