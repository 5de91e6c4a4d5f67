"""The codebook of an advisory: whose words a sample is scored against, and what is left out.

Everything is taken as it was known at an instant, so that a replay scores against the same words.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from mapp_compliance.advisories import SetUp
from mapp_compliance.distribution import Copy, CopyState, Reserved
from mapp_compliance.values import AdvisoryId, EntityId, InstanceId
from mapp_compliance.watermark import Observation, SiteMap
from mapp_compliance.watermark.codes import Codebook, codebook
from mapp_compliance.workflows.keys import groups_of, mark_key
from mapp_compliance.workflows.ports import Desk, UnitOfWork


def first_setup(work: UnitOfWork, advisory: AdvisoryId) -> SetUp:
    """The set-up of an advisory's first revision, which keys all its marks."""
    return min(work.setups.all(advisory=advisory), key=lambda item: item.revision)


def in_book(copy: Copy, known_at: datetime) -> bool:
    """Whether a copy has a word that its marks could show.

    A cancelled copy was committed to and never left: its marks in the wild come from the house.
    """
    has_word = copy.state is not CopyState.CANCELLED or copy.commitment_leaf is not None
    return has_word and not copy.unmarked and copy.planned_at <= known_at


def without(seen: Observation, site_map: SiteMap, excluded: Iterable[str]) -> Observation:
    """The observation with the excluded sites erased."""
    left_out = frozenset(excluded)
    return replace(
        seen,
        symbols=tuple(
            None if site.id in left_out else symbol
            for site, symbol in zip(site_map.sites, seen.symbols, strict=True)
        ),
    )


def book_of(desk: Desk, site_map: SiteMap, first: SetUp, copies: Sequence[Copy]) -> Codebook:
    """The words of all copies, then of the reserved instances."""
    return book_by(mark_key(desk, first), site_map, copies)


def book_by(key: bytes, site_map: SiteMap, copies: Sequence[Copy]) -> Codebook:
    """As ``book_of``, by any key: that of marks, or one that no copy was ever made with."""
    instances = [*(copy.instance for copy in copies), *(InstanceId(r.value) for r in Reserved)]
    waves = [*(copy.wave for copy in copies), *(r.wave for r in Reserved)]
    groups = {wave: groups_of(site_map, wave) for wave in dict.fromkeys(waves)}
    return codebook(
        key,
        instances,
        site_map.map_id,
        [site.id for site in site_map.sites],
        [site.bias for site in site_map.sites],
        [site.space for site in site_map.sites],
        [site.channel for site in site_map.sites],
        [groups[wave] for wave in waves],
    )


def entities_of(copies: Sequence[Copy]) -> list[EntityId]:
    """The entity of each row of the book of these copies."""
    return [*(copy.entity for copy in copies), *(EntityId(r.entity) for r in Reserved)]
