"""Which attached package a sample may come from: by its text, or by its payload alone.

Only originals are compared, never copies: a match says which site map to read, nothing more.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from mapp_compliance.advisories import Attachment
from mapp_compliance.attribution import (
    ArtifactIndex,
    Candidate,
    Outcome,
    Part,
    fingerprint,
    identify,
)
from mapp_compliance.errors import NotFound
from mapp_compliance.values import AdvisoryId
from mapp_compliance.watermark import (
    Package,
    PackageFile,
    SiteMap,
    file_capacity,
    locate,
    original,
)
from mapp_compliance.workflows.attach import load_package
from mapp_compliance.workflows.keys import index_key
from mapp_compliance.workflows.ports import Desk


@dataclass(frozen=True, slots=True)
class Known:
    """One attached package that a sample may come from."""

    attachment: Attachment
    package: Package
    site_map: SiteMap
    fixed: bool  # a set-up exists, so copies can be read

    def ref(self, path: str) -> str:
        """How one of its files is called in the index."""
        return f"{self.attachment.advisory}/{self.attachment.revision}/{path}"


@dataclass(frozen=True, slots=True)
class Match:
    """What the sample was identified as: the strongest first."""

    known: Known
    path: str
    similarity: float
    located: int


def known_packages(desk: Desk, only: AdvisoryId | None) -> list[Known]:
    """Every attached package, or those of one advisory. Raises NotFound."""
    with desk.store.read() as work:
        if only is not None:
            desk.advisory(work, only)
        attachments = work.attachments.all(**({"advisory": only} if only else {}))
        fixed = {(item.advisory, item.revision) for item in work.setups.all()}
    if only is not None and not attachments:
        raise NotFound(f"nothing is attached to {only}, so there is nothing to compare with")
    return [
        Known(item, *load_package(desk, item), (item.advisory, item.revision) in fixed)
        for item in attachments
    ]


def matches_of(
    desk: Desk, parts: Sequence[Part], known: Sequence[Known], only: AdvisoryId | None
) -> list[Match]:
    """The files that the parts match, best first.

    Args:
        only: an advisory to fall back on when nothing matches by itself.
    """
    key = index_key(desk)
    entries = [
        (item.ref(file.path), fingerprint([Part(file.data, file.path)], key))
        for item in known
        for file in (*original(item.package, item.site_map).files, *_templates(item.package))
        if not item.package.rule(file.path).unmarked
    ]
    located: dict[str | int, int] = {}
    owner: dict[str, tuple[Known, str]] = {}
    for item in known:
        paths = [file.path for file in item.package.files]
        paths += [file.path for file in item.site_map.layout.files]
        owner |= {item.ref(path): (item, path) for path in paths}
        if item.fixed:
            path = _fullest(item.site_map)
            located[item.ref(path)] = locate(parts, item.site_map)
    found = identify(parts, ArtifactIndex.build(entries), key, located=located)
    matches = [
        _match(*owner[str(each.artifact)], each, located.get(each.artifact, 0))
        for each in found
        if each.outcome is Outcome.MATCH
    ]
    if not matches and only is not None and known:
        return [Match(known[0], _fullest(known[0].site_map), _similarity(found), 0)]
    return matches


def _templates(package: Package) -> list[PackageFile]:
    """The templates as written: with every wording in them they resemble no rendering."""
    return [file for file in package.files if file.is_template]


def _match(item: Known, path: str, found: Candidate, located: int) -> Match:
    """A payload has no text in common with its file: there the share of its sites counts."""
    share = located / max(1, len(item.site_map.code_sites))
    return Match(item, path, max(found.similarity, share), located)


def _similarity(found: Sequence[Candidate]) -> float:
    return max((each.similarity for each in found), default=0.0)


def _fullest(site_map: SiteMap) -> str:
    """The file with the most code sites: it stands for the package's payload."""
    files = site_map.layout.files
    return max(files, key=lambda file: file_capacity(site_map, file).code_sites).path
