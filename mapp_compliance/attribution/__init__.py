"""Whose copy leaked: parts, fingerprints, verdict with its bound."""

from mapp_compliance.attribution.circumstances import (
    Beside,
    Candidacy,
    Circumstances,
    Holding,
    Natural,
)
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
from mapp_compliance.attribution.fingerprints import alternatives, fingerprint
from mapp_compliance.attribution.identify import Candidate, Outcome, identify
from mapp_compliance.attribution.index import ArtifactIndex
from mapp_compliance.attribution.leakforms import LeakForm, Taken, leak_forms
from mapp_compliance.attribution.naming import (
    named_by,
    p_of_record,
    p_with_tags_of_record,
)
from mapp_compliance.attribution.parts import Part, Unwrapped, parts_from_json, parts_to_json
from mapp_compliance.attribution.rules import conclude
from mapp_compliance.attribution.sample import IntakeNote, Run, Sample, SampleFile, Visibility
from mapp_compliance.attribution.stages import (
    StageCount,
    StageEvidence,
    Step,
    Version,
    stage_evidence,
)
from mapp_compliance.attribution.verdict import NEXT_STEPS, Verdict, VerdictKind

__all__ = [
    "NEXT_STEPS",
    "ArtifactIndex",
    "Background",
    "Beside",
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
    "LeakForm",
    "Natural",
    "Outcome",
    "Part",
    "Run",
    "Sample",
    "SampleFile",
    "Shared",
    "Sort",
    "StageCount",
    "StageEvidence",
    "Step",
    "Taken",
    "Unwrapped",
    "Verdict",
    "VerdictKind",
    "Version",
    "Visibility",
    "alternatives",
    "compare",
    "conclude",
    "fingerprint",
    "identify",
    "leak_forms",
    "named_by",
    "p_of_record",
    "p_with_tags_of_record",
    "parts_from_json",
    "parts_to_json",
    "stage_evidence",
]
