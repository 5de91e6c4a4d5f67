"""How many colluders a package can stand: what its author should know before it is issued.

The answer is for the program as it is: so many registered recipients, the share of the first scored
sample, and what a leak usually does to each kind of site. Values that an author declared outlive
what is done to the text around them; of natural forms some are undone by every formatter.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from mapp_compliance.distribution import Reserved
from mapp_compliance.trust import Json
from mapp_compliance.watermark import SiteMap
from mapp_compliance.watermark.codes import (
    MOST_COLLUDERS,
    Expected,
    chance_of_naming,
    share_of,
    supported,
)
from mapp_compliance.watermark.registry import NATURAL as NATURAL_CARRIERS
from mapp_compliance.watermark.sites import PointKind
from mapp_compliance.workflows.ports import Desk, UnitOfWork

# Share of sites lost, and of the rest misread: bench/results/python_marks.json, formatters apart.
NATURAL_LOSSES = (0.05, 0.01)
UNDONE = frozenset[str]().union(*(carrier.undone for carrier in NATURAL_CARRIERS))


@dataclass(frozen=True, slots=True)
class Reach:
    """What a package supports.

    Attributes:
        colluders: greatest number of whom one is named with chance .95; 0 for none.
        chances: chance that one is named, of 1, 2, ... colluders, as far as was measured.
        entities: how many are compared, reserved ones included.
        bound: greatest p that names a copy.
    """

    colluders: int
    chances: tuple[float, ...]
    entities: int
    bound: float

    @property
    def chance(self) -> float:
        """The chance to name one of the supported number; of a lone leaker if none is."""
        return self.chances[max(0, self.colluders - 1)]

    def document(self) -> dict[str, Json]:
        """As it is kept with the plan: chances as text, so that the bytes are the same anywhere."""
        return {
            "colluders": self.colluders,
            "chances": [f"{chance:.2f}" for chance in self.chances],
            "entities": self.entities,
        }


def reach(desk: Desk, work: UnitOfWork, site_map: SiteMap) -> Reach:
    """What the package of a site map supports in this program, as of now."""
    entities = work.partners.count() + len({item.entity for item in Reserved})
    bound = share_of(Fraction(desk.program.alpha), 1) / entities
    return reach_of(expected(site_map), entities, float(bound))


def reach_of(channels: Sequence[Expected], entities: int, bound: float) -> Reach:
    """What the sites of some channels support.

    Args:
        bound: greatest p that names a copy.
    """
    return Reach(
        supported(channels, bound),
        tuple(chance_of_naming(c, channels, bound) for c in range(1, MOST_COLLUDERS + 1)),
        entities,
        bound,
    )


def expected(site_map: SiteMap) -> tuple[Expected, ...]:
    """The code sites that tell copies apart, by channel, with what a leak usually does to them."""
    natural = {point.name for point in site_map.layout.points if point.kind is PointKind.FORM}
    counted = Counter(
        (site.channel, site.point in natural)
        for site in site_map.sites
        if site.space == 2 and site.group is None
    )
    return tuple(
        _expected(channel, sites, is_natural)
        for (channel, is_natural), sites in sorted(counted.items())
    )


def _expected(channel: str, sites: int, is_natural: bool) -> Expected:
    if not is_natural:
        return Expected(sites)
    return Expected(sites, 1.0) if channel in UNDONE else Expected(sites, *NATURAL_LOSSES)
