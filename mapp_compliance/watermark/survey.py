"""From a package and its layout to the site map: done once at set-up, then stored and only read.

Rules: points in the order of their names, each with its sites in order; a point that stands in
several files counts once, in the region of its first file. Pads, letters and biases are keyed by
the site's id, so a site that survives a revision keeps them.

>>> from mapp_compliance.watermark.package import PackageFile, parse_package
>>> from mapp_compliance.watermark.registry import lay_out
>>> marks = b"[[mark]]\\nname = 'fill'\\nkind = 'filler'\\noffset = 2\\nlength = 24\\n"
>>> files = [PackageFile("a.txt", b"x=" + b"A" * 24), PackageFile("a.txt.marks.toml", marks)]
>>> package = parse_package(files)
>>> site_map = survey(package, lay_out(package, {}), site_key=bytes(32))
>>> site_map.sites[0].id, capacity(site_map.sites)
('fill/0', Capacity(code_sites=24, tag_bits=0, sites_by_channel=(('payload', 24),)))
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Any

from mapp_compliance.errors import InvalidInput
from mapp_compliance.values import KIB, Digest
from mapp_compliance.watermark.carriers.points import code_site_count, tag_space, usable_values
from mapp_compliance.watermark.codes import assign_biases, checked_key, letters, pad
from mapp_compliance.watermark.package import Package
from mapp_compliance.watermark.sites import (
    Group,
    LaidOutFile,
    Layout,
    Point,
    PointKind,
    Site,
    SiteKind,
    SiteMap,
)
from mapp_compliance.watermark.sites_json import with_digest

MIN_ANCHOR_BYTES = 8  # shorter lines stand in too many other files
MAX_ANCHOR_BYTES = 256
ANCHORS_BYTES = 16 * KIB  # of all, about; some 400 lines of source, and a detection takes a few
SCHEDULE = 1  # version of the key schedule
PLENTY_OF_SITES = 256  # from here on some are given to groups without the author's word
GROUP_SITES = 16  # each for wave and program: p of 2^-16 on clean material
_GROUP_ORDER = b"mapp/group/1"

CHANNELS = {
    PointKind.FILLER: "payload",
    PointKind.NONCE: "nonce",
    PointKind.NAME: "name",
    PointKind.INTEGER: "integer",
    PointKind.TIMESTAMP: "timestamp",
    PointKind.CHOICE: "choice",
    PointKind.VARIANT: "wording",
    PointKind.SHUFFLE: "order",
}


class TooFewSites(InvalidInput):
    """The package has fewer code sites than its manifest asks for."""

    @property
    def left_out(self) -> tuple[str, ...]:
        """Names of the forms of code that were found and are no sites, see ``vetting``."""
        names: Any = self.fields.get("left_out", ())
        return tuple(names)


@dataclass(frozen=True, slots=True)
class Capacity:
    """What a package, or one file of it, can carry.

    ``sites_by_channel`` counts all sites, sorted by channel; ``tag_bits`` is rounded down.
    """

    code_sites: int
    tag_bits: int
    sites_by_channel: tuple[tuple[str, int], ...]


def survey(
    package: Package,
    layout: Layout,
    site_key: bytes,
    *,
    engines: Sequence[tuple[str, str]] = (),
    schedule: int = SCHEDULE,
) -> SiteMap:
    """The site map of a laid-out package.

    Args:
        layout: all files of the package, see ``registry.lay_out``.
        site_key: 32 to 64 bytes, independent of the mark key.
        engines: name and version of what rendered and surveyed.
    Raises:
        TooFewSites: fewer code sites than the manifest's ``min_code_sites``.
    """
    regions = _regions(layout)
    drawn = [
        site
        for point in layout.points
        if point.name in regions
        for site in _sites(point, regions[point.name], site_key)
    ]
    sites = _with_biases(_with_groups(drawn, site_key), site_key)
    _check_enough(package, capacity(sites))
    unsealed = SiteMap(
        map_id=Digest("0" * 64),
        schedule=schedule,
        sites=sites,
        layout=layout,
        anchors=_anchors(package, layout),
        engines=tuple(engines),
    )
    return with_digest(unsealed)


def capacity(sites: Sequence[Site]) -> Capacity:
    """What these sites carry together."""
    channels = [site.channel for site in sites]
    tags = [site for site in sites if site.kind is SiteKind.TAG]
    shared = sum(site.group is not None for site in sites)
    return Capacity(
        code_sites=len(sites) - len(tags) - shared,
        tag_bits=int(sum(math.log2(site.space) for site in tags)),
        sites_by_channel=tuple((name, channels.count(name)) for name in sorted(set(channels))),
    )


def file_capacity(site_map: SiteMap, *files: LaidOutFile) -> Capacity:
    """What one file carries, or a pack of several; a point counts in each file it stands in."""
    held = {point for file in files for point in file.points()}
    return capacity([site for site in site_map.sites if site.point in held])


def _regions(layout: Layout) -> dict[str, str]:
    """Path of the first file that holds each point; a point that stands nowhere is left out."""
    regions: dict[str, str] = {}
    for file in layout.files:
        for point in file.points():
            regions.setdefault(point, file.path)
    return regions


def _sites(point: Point, region: str, site_key: bytes) -> list[Site]:
    if point.kind is PointKind.COMPUTED:
        return []
    count = code_site_count(point)
    if not count:
        return [_site(point, 0, region, SiteKind.TAG, space=tag_space(point))]
    kind = SiteKind.LETTER if point.kind is PointKind.FILLER else SiteKind.CHOICE
    plain = [_site(point, number, region, kind) for number in range(count)]
    return [
        replace(
            site,
            pad=pad(site_key, site.id),
            symbols=_variants(point, site_key, site.id),
        )
        for site in plain
    ]


def _site(point: Point, number: int, region: str, kind: SiteKind, space: int = 2) -> Site:
    name = f"{point.name}/{number}"
    channel = point.form if point.kind is PointKind.FORM else CHANNELS[point.kind]
    return Site(name, kind, channel, region, point.name, space=space, group=point.group)


def _variants(point: Point, site_key: bytes, site_id: str) -> tuple[bytes, bytes]:
    """The two raw variants of a code site.

    A bit of a value's number has no text of its own when there are more than two values; it and
    the order of a pair are shown as the digits 0 and 1.
    """
    if point.kind is PointKind.FILLER:
        first, second = letters(site_key, site_id, point.charset)
        return bytes([first]), bytes([second])
    values = usable_values(point)
    if point.kind is not PointKind.SHUFFLE and len(values) == 2:
        return values[0], values[1]
    return b"0", b"1"


def _with_groups(sites: Sequence[Site], site_key: bytes) -> list[Site]:
    """Where sites are plenty and the author named no group, a keyed few are given to groups.

    The order is keyed by site, so a site that survives a revision keeps its place among the
    others, and whoever compares copies of one wave cannot tell where the wave's marks are.
    """
    code = [site for site in sites if site.kind is not SiteKind.TAG]
    if len(code) < PLENTY_OF_SITES or any(site.group for site in sites):
        return list(sites)

    def order(site: Site) -> bytes:
        return blake2b(
            site.id.encode(), key=checked_key(site_key), person=_GROUP_ORDER, digest_size=16
        ).digest()

    chosen = [site.id for site in sorted(code, key=order)[: 2 * GROUP_SITES]]
    given = dict.fromkeys(chosen[:GROUP_SITES], Group.WAVE)
    given |= dict.fromkeys(chosen[GROUP_SITES:], Group.PROGRAM)
    return [replace(site, group=given.get(site.id)) for site in sites]


def _with_biases(sites: Sequence[Site], site_key: bytes) -> tuple[Site, ...]:
    code = [site for site in sites if site.kind is not SiteKind.TAG and site.group is None]
    numerators = assign_biases(
        site_key,
        [site.id for site in code],
        [site.channel for site in code],
        [site.region for site in code],
    )
    biases = {site.id: bias for site, bias in zip(code, numerators, strict=True)}
    return tuple(replace(site, bias=biases.get(site.id, site.bias)) for site in sites)


def _check_enough(package: Package, found: Capacity) -> None:
    needed = package.manifest.min_code_sites
    if found.code_sites >= needed:
        return
    raise TooFewSites(
        f"the package has {found.code_sites} code sites and needs {needed}; add "
        f"{needed - found.code_sites} more by fillers (one for each byte), choices or wordings",
        found=found.code_sites,
        needed=needed,
    )


def _anchors(package: Package, layout: Layout) -> tuple[bytes, ...]:
    """Lines that no codeword touches, of all files but those listed as unmarked and told texts.

    Detections written on them work for every copy and give none away. Of many, every second, third
    and so on: from all files, and no second payload beside the first.
    """
    left_out = {rule.path for rule in package.manifest.rules if rule.unmarked} | layout.told()
    lines = (
        line.strip()[:MAX_ANCHOR_BYTES]
        for file in layout.files
        if file.path not in left_out
        for segment in file.segments
        if isinstance(segment, bytes)
        for line in segment.splitlines()
    )
    found = tuple(dict.fromkeys(line for line in lines if len(line) >= MIN_ANCHOR_BYTES))
    step = max(1, -(-sum(map(len, found)) // ANCHORS_BYTES))
    return found[::step]
