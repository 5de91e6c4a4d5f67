"""Through which versions of its material a sample can have come: finder, broker, vendor, copies."""

from collections.abc import Sequence
from datetime import datetime

from mapp_compliance.advisories import Stage
from mapp_compliance.attribution import Part, StageEvidence, Step, Version, stage_evidence
from mapp_compliance.values import AdvisoryId
from mapp_compliance.watermark import mark, original, random_words
from mapp_compliance.workflows.keys import index_key
from mapp_compliance.workflows.matching import Known, Material
from mapp_compliance.workflows.ports import Desk

WAYS = 16  # words by which the vendor's version is written, to learn what every copy has
STEPS = {Stage.FINDER: Step.FINDER, Stage.BROKER: Step.BROKER, Stage.VENDOR: Step.VENDOR}


def stages_of(
    desk: Desk, held: Material, advisory: AdvisoryId, parts: Sequence[Part], known_at: datetime
) -> StageEvidence | None:
    """What the sample shows of each version; None when only one is on record."""
    earlier = [
        (version, files)
        for version, files in held.earlier
        if version.advisory == advisory and version.attached_at <= known_at
    ]
    known = held.package(advisory)
    if not earlier or known is None:
        return None
    versions = [Version(STEPS[version.stage], (files,)) for version, files in earlier]
    elsewhere = [
        Part(file.data, file.path)
        for item in held.packages
        if item.attachment.advisory != advisory
        for file in item.package.files
    ]
    elsewhere += [
        file for version, files in held.earlier if version.advisory != advisory for file in files
    ]
    line = [*versions, _sent(known)]
    return stage_evidence(parts, line, index_key(desk), elsewhere=elsewhere)


def _sent(known: Known) -> Version:
    """What copies are made of: the package written by words that nobody has."""
    package, site_map = known.package, known.site_map
    words = random_words(site_map, b"ways of writing", WAYS)
    copies = [original(package, site_map), *(mark(package, site_map, each.word) for each in words)]
    marked = {file.sent_path for file in package.files if not package.rule(file.path).unmarked}
    ways = [
        tuple(Part(file.data, file.path) for file in copy.files if file.path in marked)
        for copy in copies
    ]
    extra = [file for file in package.files if file.is_template or file.sent_path not in marked]
    return Version(Step.SENT, tuple(ways), tuple(Part(file.data, file.path) for file in extra))
