"""What bears on a verdict besides the scores of single copies: times, holders, stages, groups.

Everything is taken as it was known at one instant, so that a replay gives the same answer though
sightings, holders or further copies were recorded since. Reports count as *trusted* when source
and content are both graded and good (A to C, 1 to 3); a trusted report bears on the order of
events and never on who is named.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from mapp_compliance.advisories import Advisory, Sighting, SightingKind, Stage
from mapp_compliance.attribution import (
    Beside,
    Candidacy,
    Circumstances,
    Holding,
    Natural,
    Part,
    Sample,
    StageEvidence,
    named_by,
)
from mapp_compliance.distribution import Copy, Reserved
from mapp_compliance.program import HolderKind
from mapp_compliance.trust import digest
from mapp_compliance.values import AdvisoryId, InstanceId, Window
from mapp_compliance.watermark import Group, Observation, inner_originals, original, read
from mapp_compliance.watermark.codes import (
    SCALE,
    Codebook,
    Scores,
    agreement_p,
    score_groups,
    shared_symbols,
    spread,
)
from mapp_compliance.workflows.compromise import key_stolen_since, stolen_since
from mapp_compliance.workflows.exposure import PUBLIC, Held, holdings
from mapp_compliance.workflows.keys import group_of
from mapp_compliance.workflows.matching import Known, Match, Material
from mapp_compliance.workflows.ports import UnitOfWork

UPSTREAM = frozenset({HolderKind.FINDER.value, HolderKind.BROKER.value})


@dataclass(frozen=True, slots=True)
class Bearings:
    """The facts of one advisory as they were known at an instant."""

    issued: tuple[Copy, ...]  # copies that had left by then, marked or not
    sightings: tuple[Sighting, ...]
    held: tuple[Held, ...]
    published_at: datetime | None
    key_stolen_at: datetime | None

    @property
    def first_issue(self) -> datetime | None:
        """When the first copy left the house."""
        return min((copy.delivered_at for copy in self.issued if copy.delivered_at), default=None)

    def earliest(self, *kinds: SightingKind) -> Window | None:
        """The earliest trusted report of these kinds."""
        trusted = [item for item in self.sightings if item.kind in kinds and item.confirmed]
        windows = sorted((item.seen for item in trusted), key=lambda seen: (seen.end, seen.start))
        return windows[0] if windows else None


def bearings(work: UnitOfWork, advisory: Advisory, known_at: datetime) -> Bearings:
    """What was known of an advisory at an instant."""
    released = advisory.released_at
    return Bearings(
        tuple(
            copy
            for copy in work.copies.all(advisory=advisory.id)
            if copy.delivered_at is not None and copy.delivered_at <= known_at
        ),
        tuple(
            item
            for item in work.sightings.all(advisory=advisory.id)
            if item.recorded_at <= known_at
        ),
        _held(work, advisory, known_at),
        released if released is not None and released <= known_at else None,
        key_stolen_since(work, advisory.id, known_at),
    )


def _held(work: UnitOfWork, advisory: Advisory, known_at: datetime) -> tuple[Held, ...]:
    """The holdings that were on record then: one may be recorded long after it began."""
    recorded: dict[str, datetime] = {}
    for version in work.earlier.all(advisory=advisory.id):
        holder = version.source or version.stage.value
        recorded[holder] = min(version.attached_at, recorded.get(holder, version.attached_at))
    for item in work.holders.all():
        told = [event.at for event in work.events(item.id) if event.what == "holder kept"]
        recorded[item.id] = min(told, default=item.since)
    return tuple(
        item
        for item in holdings(work, advisory)
        if item.since <= known_at and recorded.get(item.holder, item.since) <= known_at
    )


def circumstances(
    facts: Bearings,
    sample: Sample,
    held: Material,
    matches: Sequence[Match],
    *,
    replayed: bool = True,
    excluded: int = 0,
) -> Circumstances:
    """What bears on the verdict on a sample."""
    seen = sample.seen
    by_then = [item for item in facts.held if item.since <= seen.end and item.kind != PUBLIC]
    holders = {item.holder for item in by_then}
    best = matches[0]
    others = {match.advisory for match in matches} - {best.advisory}
    return Circumstances(
        seen=seen,
        holds_original=best.known is not None and _holds_original(sample, best.known, held),
        replayed=replayed,
        key_stolen_at=facts.key_stolen_at,
        first_issue=facts.first_issue,
        published_at=facts.published_at,
        exploited=facts.earliest(SightingKind.EXPLOITED, SightingKind.RANSOMWARE),
        public=facts.earliest(SightingKind.PUBLIC),
        unmarked=any(not item.marked and item.kind != "vendor" for item in by_then),
        holders=len(holders),
        upstream_holders=len({item.holder for item in by_then if item.kind in UPSTREAM}),
        upstream_received=_received(best.advisory, held, matches, seen),
        other_material=bool(others),
        excluded_sites=excluded,
    )


def _received(advisory: AdvisoryId, held: Material, matches: Sequence[Match], seen: Window) -> bool:
    """Whether the vendor had the upstream version that fits best when the sample was seen.

    Where none of them matches by itself, whether it had any.
    """
    times = [
        match.received_at
        for match in matches
        if match.advisory == advisory and match.received_at is not None
    ][:1]
    times = times or [
        version.received_at
        for version, _ in held.earlier
        if version.advisory == advisory and version.stage is not Stage.VENDOR
    ]
    return any(at <= seen.end for at in times)


@dataclass(frozen=True, slots=True)
class Thefts:
    """Since when copies may be in other hands, by id: reported before the sample, and ever."""

    before: Mapping[str, datetime | None]
    ever: Mapping[str, datetime | None]


def thefts(work: UnitOfWork, copies: Sequence[Copy], sample: Sample, known_at: datetime) -> Thefts:
    """Reports of theft; one that comes once its holder is asked is no veto but for the hearing."""
    in_time = min(sample.submitted_at, known_at)
    return Thefts(
        {copy.id: stolen_since(work, copy, in_time) for copy in copies},
        {copy.id: stolen_since(work, copy, known_at) for copy in copies},
    )


def candidates(
    copies: Sequence[Copy],
    facts: Bearings,
    public: Mapping[str, datetime],
    stolen: Thefts,
    known_at: datetime,
) -> list[Candidacy]:
    """Every instance of the book as the rules know it.

    Args:
        public: since when a copy, by its id, has been in public places by earlier verdicts.
        known_at: what was done later has no say.
    """
    left = {copy.id for copy in facts.issued}
    named = [
        Candidacy(
            instance=copy.instance,
            holding=Holding.INTERNAL if copy.internal else Holding.RECIPIENT,
            issued_at=copy.delivered_at if copy.id in left else None,
            stolen_at=stolen.before.get(copy.id),
            stolen_later=stolen.before.get(copy.id) != stolen.ever.get(copy.id),
            public_since=public.get(copy.id),
            derived_at=_known(copy.extracted_at, known_at),
        )
        for copy in copies
    ]
    return [*named, *(_reserved(item, facts.published_at) for item in Reserved)]


def _known(moment: datetime | None, known_at: datetime) -> datetime | None:
    return moment if moment is not None and moment <= known_at else None


def _reserved(item: Reserved, published_at: datetime | None) -> Candidacy:
    if item.is_decoy:
        return Candidacy(item.value, Holding.DECOY, None)
    if item is Reserved.VENDOR_ORIGINAL:
        return Candidacy(item.value, Holding.VENDOR_ORIGINAL, None)
    return Candidacy(item.value, Holding.PUBLIC_RELEASE, published_at)


def beside(
    known: Known,
    key: bytes,
    facts: Bearings,
    sample: Sample,
    seen: Observation,
    scores: Scores,
    book: Codebook,
    stages: StageEvidence | None,
) -> Beside:
    """The evidence that names nobody.

    Args:
        key: the mark key.
    """
    named = {item.instance: item.by_joint for item in named_by(scores)}
    groups = _group_words(known, key, facts)
    own = () if named else (_natural(known, seen),)
    values = [site.point for site in known.site_map.sites]
    alone = named if len(named) > 1 else {}
    release = Reserved.PUBLIC_RELEASE.wave
    return Beside(
        stages=stages,
        groups=score_groups(groups, seen.symbols),
        holders={group: _holders(group, facts, sample) for group in groups},
        program=group_of(Group.PROGRAM, ""),
        released=frozenset({group_of(group, release) for group in Group}),
        natural=own[0] if own else None,
        spread={
            name: spread(book, book.instances.index(name), seen.symbols, values, joint)
            for name, joint in alone.items()
        },
    )


def _group_words(known: Known, key: bytes, facts: Bearings) -> dict[InstanceId, dict[int, int]]:
    """The symbols of every group that has ever had a copy, by place in the map."""
    ids = [site.id for site in known.site_map.sites]
    waves = sorted({copy.wave for copy in facts.issued if not copy.unmarked})
    released = [Reserved.PUBLIC_RELEASE.wave] if facts.published_at else []
    found: dict[InstanceId, dict[int, int]] = {}
    for group in Group:
        for wave in (*waves, *released):
            name = group_of(group, wave)
            row = [name if site.group is group else None for site in known.site_map.sites]
            if any(row):
                found[name] = shared_symbols(key, ids, row)
    return found


def _holders(group: str, facts: Bearings, sample: Sample) -> int:
    """How many recipients held a copy of the group when the sample was out."""
    return len(
        {
            copy.recipient
            for copy in facts.issued
            if not copy.unmarked
            and copy.delivered_at is not None
            and copy.delivered_at <= sample.seen.end
            and group in {group_of(item, copy.wave) for item in Group}
        }
    )


def _natural(known: Known, seen: Observation) -> Natural | None:
    """How often the sample shows the author's own value where copies differ."""
    own = read(
        [Part(file.data, file.path) for file in original(known.package, known.site_map).files],
        known.site_map,
    )
    agree, chances = [], []
    for site, mine, theirs in zip(known.site_map.sites, own.symbols, seen.symbols, strict=True):
        if site.space == 2 and mine in (0, 1) and theirs in (0, 1):
            agree.append(mine == theirs)
            chances.append(site.bias if mine else SCALE - site.bias)
    if not agree:
        return None
    return Natural(len(agree), sum(agree), agreement_p(agree, chances))


def _holds_original(sample: Sample, known: Known, held: Material) -> bool:
    """Whether one file is as only the vendor has it.

    A file without marks is in every copy, and what the finder or a broker sent is theirs as well.
    """
    varied = {file.path for file in known.site_map.layout.files if any(file.points())}
    originals = {
        digest(file.data)
        for file in (
            *original(known.package, known.site_map).files,
            *inner_originals(known.site_map),
        )
        if file.path in varied
    }
    originals |= {item.digest for item in known.attachment.artifacts if not item.unmarked}
    theirs = {
        item.digest
        for version, _ in held.earlier
        if version.advisory == known.attachment.advisory and version.stage is not Stage.VENDOR
        for item in version.artifacts
    }
    return any(item.digest in originals - theirs for item in sample.files)
