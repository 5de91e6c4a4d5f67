"""Which material a sample may come from: by its text, or by its payload alone.

Only originals and earlier versions are compared, never copies: a match says which site map to
read and through whose hands the closest version went, nothing more.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from mapp_compliance.advisories import Attachment, EarlierVersion, Stage
from mapp_compliance.attribution import (
    ArtifactIndex,
    Candidate,
    Outcome,
    Part,
    alternatives,
    fingerprint,
    identify,
)
from mapp_compliance.errors import NotFound
from mapp_compliance.trust import Json, canonical, digest
from mapp_compliance.values import AdvisoryId, Digest
from mapp_compliance.watermark import (
    Package,
    PackageFile,
    SiteMap,
    file_capacity,
    inner_originals,
    original,
    wordings,
)
from mapp_compliance.workflows.attach import load_package
from mapp_compliance.workflows.earlier import earlier_files
from mapp_compliance.workflows.keys import index_key
from mapp_compliance.workflows.ports import Desk

LEAST_SHOWN = 4  # sites: a wording or two of any text stand in some file that is none of ours
MOST_SHORT = 4  # short files that a sample resembles, of which marks are looked for


@dataclass(frozen=True, slots=True)
class Known:
    """One attached package that a sample may come from."""

    attachment: Attachment
    package: Package
    site_map: SiteMap
    fixed_at: datetime | None  # since when a set-up exists, so that copies can be read

    @property
    def fixed(self) -> bool:
        """Whether copies of it can be read."""
        return self.fixed_at is not None

    def as_of(self, moment: datetime) -> "Known":
        """The same package as it stood at an instant."""
        later = self.fixed_at is not None and self.fixed_at > moment
        return replace(self, fixed_at=None) if later else self

    def ref(self, path: str) -> str:
        """How one of its files is called in the index."""
        return f"{self.attachment.advisory}/{self.attachment.revision}/{path}"


@dataclass(frozen=True, slots=True)
class Material:
    """All that a sample is compared with: packages, and earlier versions with their files."""

    packages: tuple[Known, ...]
    earlier: tuple[tuple[EarlierVersion, tuple[Part, ...]], ...]

    @property
    def digest(self) -> Digest:
        """Changes whenever something is added that a sample could match."""
        versions: list[Json] = [
            [item.advisory, item.label, [list(row) for row in item.content]]
            for item, _ in self.earlier
        ]
        maps: list[Json] = [item.attachment.map_id.hex for item in self.packages]
        return digest(canonical([maps, versions] if versions else maps))

    def as_of(self, moment: datetime) -> "Material":
        """What there was to compare with at an instant."""
        return Material(
            tuple(
                item.as_of(moment)
                for item in self.packages
                if item.attachment.attached_at <= moment
            ),
            tuple(row for row in self.earlier if row[0].attached_at <= moment),
        )

    @property
    def readable(self) -> tuple[Known, ...]:
        """The packages of which copies can be read."""
        return tuple(item for item in self.packages if item.fixed)

    def package(self, advisory: AdvisoryId) -> Known | None:
        """The package of an advisory, its newest revision."""
        own = [item for item in self.packages if item.attachment.advisory == advisory]
        return max(own, key=lambda item: item.attachment.revision, default=None)


@dataclass(frozen=True, slots=True)
class Match:
    """What the sample was identified as: the strongest first.

    ``known`` is the package whose marks are read; None where nothing is attached but an earlier
    version. ``received_at``: when the vendor got a version of the finder's or a broker's.
    """

    known: Known | None
    advisory: AdvisoryId
    revision: int
    stage: str
    path: str
    similarity: float
    located: int
    received_at: datetime | None = None


def material(desk: Desk, only: AdvisoryId | None) -> Material:
    """All that was attached, or that of one advisory. Raises NotFound."""
    with desk.store.read() as work:
        if only is not None:
            desk.advisory(work, only)
        where = {"advisory": only} if only else {}
        attachments = work.attachments.all(**where)
        earlier = work.earlier.all(**where)
        fixed = {(item.advisory, item.revision): item.at for item in work.setups.all()}
    if only is not None and not attachments and not earlier:
        raise NotFound(f"nothing is attached to {only}, so there is nothing to compare with")
    return Material(
        tuple(
            Known(item, *load_package(desk, item), fixed.get((item.advisory, item.revision)))
            for item in attachments
        ),
        tuple(
            (item, tuple(Part(data, path) for path, data in earlier_files(desk, item)))
            for item in earlier
        ),
    )


def matches_of(
    desk: Desk,
    parts: Sequence[Part],
    counts: Sequence[int],
    held: Material,
    only: AdvisoryId | None,
) -> list[Match]:
    """The files that the parts match, best first.

    Args:
        counts: letter sites that the parts show, for each of ``held.readable``.
        only: an advisory to fall back on when nothing matches by itself but some of its marks can
            be read; that somebody asks for it makes a sample none of ours.
    """
    key = index_key(desk)
    entries = [
        (item.ref(path), alternatives(fingerprint([Part(data, path)], key) for data in texts))
        for item in held.packages
        for path, texts in _texts(item)
    ]
    located: dict[str | int, int] = {}
    owner: dict[str, Match] = {}
    for item in held.packages:
        paths = [file.path for file in item.package.files]
        paths += [file.path for file in item.site_map.layout.files]
        owner |= {item.ref(path): _of_package(item, path) for path in paths}
    for item, count in zip(held.readable, counts, strict=True):
        located[item.ref(_fullest(item.site_map))] = count
    for version, files in held.earlier:
        for file in files:
            ref = f"{version.advisory}/{version.label}/{file.derivation}"
            owner[ref] = _of_version(held, version, file.derivation)
            entries.append((ref, fingerprint([file], key)))
    found = identify(parts, ArtifactIndex.build(entries), key, located=located)
    matches = [
        _match(owner[str(each.artifact)], each, located.get(each.artifact, 0))
        for each in (
            *(each for each in found if each.outcome is Outcome.MATCH),
            *_short(desk, parts, owner, found),
        )
    ]
    known = {(match.advisory, match.revision) for match in matches}
    whole = [m for m in _whole(parts, held) if (m.advisory, m.revision) not in known]
    if not matches and not whole and only is not None and held.packages:
        first = held.packages[0]
        if not first.fixed or not _shows_marks(desk, parts, first.site_map):
            return []
        fallback = _of_package(first, _fullest(first.site_map))
        return [replace(fallback, similarity=_similarity(found))]
    return matches + whole


def _short(
    desk: Desk, parts: Sequence[Part], owner: Mapping[str, Match], found: Sequence[Candidate]
) -> list[Candidate]:
    """Files too short to match by text alone, of which the sample shows marks as well."""
    alike = [each for each in found if each.outcome is Outcome.RESEMBLES][:MOST_SHORT]
    known = [(each, owner[str(each.artifact)].known) for each in alike]
    return [
        each
        for each, item in known
        if item is not None and item.fixed and _shows_marks(desk, parts, item.site_map)
    ]


def _texts(item: Known) -> Iterator[tuple[str, tuple[bytes, ...]]]:
    """Path and texts of each file that a sample may be like: originals, with all their wordings."""
    more = wordings(item.site_map)
    files = (
        *original(item.package, item.site_map).files,
        *inner_originals(item.site_map),
        *_templates(item.package),
    )
    for file in files:
        if not item.package.rule(file.path).unmarked:
            yield file.path, (file.data, *more.get(file.path, ()))


def _whole(parts: Sequence[Part], held: Material) -> list[Match]:
    """Files as the author wrote them, byte for byte: some are too short to have prints."""
    seen = {digest(part.data) for part in parts}
    return [
        replace(_of_package(item, file.path), similarity=1.0)
        for item in held.packages
        for file in _varied(item)
        if digest(file.data) in seen
    ]


def _varied(item: Known) -> list[PackageFile]:
    """The originals of the files in which copies differ."""
    places = {file.path for file in item.site_map.layout.files if any(file.points())}
    return [file for file in original(item.package, item.site_map).files if file.path in places]


def _shows_marks(desk: Desk, parts: Sequence[Part], site_map: SiteMap) -> bool:
    return desk.isolation.read(parts, site_map).read_sites >= LEAST_SHOWN


def _of_package(item: Known, path: str) -> Match:
    attachment = item.attachment
    return Match(item, attachment.advisory, attachment.revision, Stage.VENDOR.value, path, 0.0, 0)


def _of_version(held: Material, version: EarlierVersion, path: str) -> Match:
    known = held.package(version.advisory)
    revision = known.attachment.revision if known else 1
    received = version.received_at if version.stage is not Stage.VENDOR else None
    return Match(known, version.advisory, revision, version.stage.value, path, 0.0, 0, received)


def _templates(package: Package) -> list[PackageFile]:
    """The templates as written: with every wording in them they resemble no rendering."""
    return [file for file in package.files if file.is_template]


def _match(owner: Match, found: Candidate, located: int) -> Match:
    """A payload has no text in common with its file: there the share of its sites counts."""
    sites = len(owner.known.site_map.code_sites) if owner.known else 0
    share = min(1.0, located / max(1, sites))
    return replace(owner, similarity=max(found.similarity, share), located=located)


def _similarity(found: Sequence[Candidate]) -> float:
    return max((each.similarity for each in found), default=0.0)


def _fullest(site_map: SiteMap) -> str:
    """The file with the most code sites: it stands for the package's payload."""
    files = site_map.layout.files
    return max(files, key=lambda file: file_capacity(site_map, file).code_sites).path
