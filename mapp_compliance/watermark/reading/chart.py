"""What the reader looks for: the sites of a map by point, and what was seen of them.

The numbering that writing and reading agree on:

- a point's sites are numbered ``point/0``, ``point/1``, ... in the order of the map;
- a choice or variant with k sites uses its first 2^k values; site j holds bit j of the number of
  the value that stands there, the least significant first;
- shuffle: site j says whether items 2j and 2j+1, as listed by the author, changed places;
- symbol = raw bit XOR pad.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from mapp_compliance.watermark.carriers.points import usable_values
from mapp_compliance.watermark.reading.views import View
from mapp_compliance.watermark.reading.written import unwrapped
from mapp_compliance.watermark.sites import Layout, Point, PointKind, Site, SiteMap


@dataclass(frozen=True, slots=True)
class Seen:
    """One place where one site was read.

    Attributes:
        site: position in the map.
        symbol: as in an Observation; OTHER for a tag's place with a foreign value.
        weight: length of the evidence, in letters, tokens or bytes.
        derivation: of the view it was read in.
        offset: bytes into the part.
    """

    site: int
    symbol: int
    weight: int
    derivation: str
    offset: int


@dataclass(frozen=True, slots=True)
class Target:
    """One point with its sites; ``sites`` holds (position in the map, site)."""

    point: Point
    sites: tuple[tuple[int, Site], ...]

    @property
    def values(self) -> tuple[bytes, ...]:
        """The values of a choice or variant that its sites can tell apart."""
        return usable_values(self.point)

    def value_seen(self, number: int, weight: int, view: View, offset: int) -> Iterator[Seen]:
        """Every site of a choice or variant whose value of that number stands at the offset."""
        for bit, (at, site) in enumerate(self.sites):
            symbol = (number >> bit & 1) ^ site.pad
            yield Seen(at, symbol, weight, view.derivation, view.origin(offset))

    def order_seen(
        self, rank: dict[int, int], weight: int, view: View, offset: int
    ) -> Iterator[Seen]:
        """Every site of a shuffle whose items stand in that order (item number -> rank)."""
        for pair, (at, site) in enumerate(self.sites):
            swapped = rank[2 * pair] > rank[2 * pair + 1]
            yield Seen(at, swapped ^ site.pad, weight, view.derivation, view.origin(offset))

    def tag_seen(self, index: int, weight: int, view: View, offset: int) -> Iterator[Seen]:
        """The tag site whose value has that index, or OTHER."""
        for at, _ in self.sites[:1]:
            yield Seen(at, index, weight, view.derivation, view.origin(offset))


@dataclass(frozen=True, slots=True)
class Chart:
    """All points of a map with their sites, by name, and the layout, its slots unwrapped."""

    targets: dict[str, Target]
    layout: Layout

    def of_kind(self, *kinds: PointKind) -> list[Target]:
        """The points of these kinds, in the order of the layout."""
        return [target for target in self.targets.values() if target.point.kind in kinds]


def chart(site_map: SiteMap) -> Chart:
    """The chart of a map; points without sites are left out."""
    rows: dict[str, list[tuple[int, Site]]] = {point.name: [] for point in site_map.layout.points}
    for at, site in enumerate(site_map.sites):
        rows.setdefault(site.point, []).append((at, site))
    targets = {
        point.name: Target(point, tuple(rows[point.name]))
        for point in site_map.layout.points
        if rows[point.name]
    }
    return Chart(targets, unwrapped(site_map.layout))
