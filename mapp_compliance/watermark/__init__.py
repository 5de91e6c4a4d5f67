"""How one copy differs from the next: sites, carriers, codes, marking, reading."""

from mapp_compliance.watermark.carriers.captures import captured_streams, is_capture
from mapp_compliance.watermark.carriers.points import (
    Slack,
    Suggestion,
    find_slack,
    lay_out_marks,
    suggest_marks,
)
from mapp_compliance.watermark.marking import (
    FailedCheck,
    check_static,
    declared_values,
    inner_originals,
    mark,
    original,
    wordings,
)
from mapp_compliance.watermark.package import (
    Manifest,
    Package,
    PackageClass,
    PackageFile,
    parse_package,
)
from mapp_compliance.watermark.proposals import propose_marks
from mapp_compliance.watermark.reading import (
    READER,
    locate,
    observation_from_json,
    observation_json,
    read,
)
from mapp_compliance.watermark.registry import (
    carrier_name,
    lay_out,
    layout_warnings,
    marked_pairs,
    natural_engines,
    natural_warnings,
)
from mapp_compliance.watermark.sites import (
    Codeword,
    Group,
    Layout,
    Observation,
    Site,
    SiteKind,
    SiteMap,
)
from mapp_compliance.watermark.sites_json import (
    layout_from_json,
    layout_to_json,
    sitemap_from_json,
    sitemap_to_json,
)
from mapp_compliance.watermark.survey import (
    Capacity,
    TooFewSites,
    capacity,
    file_capacity,
    survey,
)
from mapp_compliance.watermark.vetting import (
    VettingFailure,
    VettingWord,
    lone_words,
    random_words,
    vet,
    vetting_codewords,
)

__all__ = [
    "READER",
    "Capacity",
    "Codeword",
    "FailedCheck",
    "Group",
    "Layout",
    "Manifest",
    "Observation",
    "Package",
    "PackageClass",
    "PackageFile",
    "Site",
    "SiteKind",
    "SiteMap",
    "Slack",
    "Suggestion",
    "TooFewSites",
    "VettingFailure",
    "VettingWord",
    "capacity",
    "captured_streams",
    "carrier_name",
    "check_static",
    "declared_values",
    "file_capacity",
    "find_slack",
    "inner_originals",
    "is_capture",
    "lay_out",
    "lay_out_marks",
    "layout_from_json",
    "layout_to_json",
    "layout_warnings",
    "locate",
    "lone_words",
    "mark",
    "marked_pairs",
    "natural_engines",
    "natural_warnings",
    "observation_from_json",
    "observation_json",
    "original",
    "parse_package",
    "propose_marks",
    "random_words",
    "read",
    "sitemap_from_json",
    "sitemap_to_json",
    "suggest_marks",
    "survey",
    "vet",
    "vetting_codewords",
    "wordings",
]
