"""All places where sites were read, as one observation.

The rule is word-blind. Of each symbol read at a site only its longest evidence counts. Two
symbols disagree: the site is erased and counted as contradicted, unless one has at least
OUTWEIGHS times the evidence of the other (a whole filler against a short piece). No vote is
taken, since a leaker decides how often a value stands in a sample. OTHER says that a tag was
overwritten in one place and so gives way to a value of its space found in another.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from mapp_compliance.errors import InvalidInput
from mapp_compliance.trust import Json
from mapp_compliance.values import Digest, shown
from mapp_compliance.watermark.reading.chart import Seen
from mapp_compliance.watermark.sites import OTHER, ChannelHealth, Observation, SiteMap, Span

OUTWEIGHS = 4
MAX_METHOD_CHARS = 2000  # of the id of reader, views and engines
_NONSENSE = "this is no reading by that map; attribute the sample again"


def merge(site_map: SiteMap, seen: Iterable[Seen], method: str) -> Observation:
    """The observation of a map from everything seen of its sites; order does not matter."""
    found: list[dict[int, Seen]] = [{} for _ in site_map.sites]
    for place in seen:
        known = found[place.site].get(place.symbol)
        if known is None or _longer(place, known):
            found[place.site][place.symbol] = place
    settled = [_settle(places) for places in found]
    spans = tuple(
        Span(site.id, place.derivation, place.offset)
        for site, place in zip(site_map.sites, settled, strict=True)
        if place is not None
    )
    symbols = tuple(None if place is None else place.symbol for place in settled)
    return Observation(site_map.map_id, method, symbols, _health(site_map, found, symbols), spans)


def observation_json(observation: Observation) -> dict[str, Json]:
    """What the digest of a reading covers: texts, whole numbers, null and lists of these.

    Symbols are decimal text: the index of a tag may pass 2^53, beyond which JSON is not exact.
    """
    return {
        "map_id": observation.map_id.hex,
        "method": observation.method,
        "symbols": [None if symbol is None else str(symbol) for symbol in observation.symbols],
        "health": [
            {
                "channel": health.channel,
                "sites": health.sites,
                "read": health.read,
                "erased": health.erased,
                "contradicted": health.contradicted,
            }
            for health in observation.health
        ],
        "spans": [[span.site, span.derivation, span.offset] for span in observation.spans],
    }


def observation_from_json(data: object, site_map: SiteMap) -> Observation:
    """The observation of a map that ``observation_json`` wrote, in a process that is not trusted.

    Raises:
        InvalidInput: it is no observation of this map.
    """
    try:
        found = _observation(data)
        sound = observation_json(found) == data and _fits(found, site_map)
    except (KeyError, TypeError, ValueError) as err:
        raise InvalidInput(_NONSENSE) from err
    if not sound:
        raise InvalidInput(_NONSENSE)
    return found


def _fits(found: Observation, site_map: SiteMap) -> bool:
    """Whether every part of it may have been read by the map."""
    sites = site_map.sites
    known = {site.id for site in sites}
    counts = Counter(site.channel for site in sites)
    symbols = zip(found.symbols, sites, strict=True)  # raises where there are more or fewer
    return (
        found.map_id == site_map.map_id
        and len(found.method) <= MAX_METHOD_CHARS
        and shown(found.method) == found.method
        and all(symbol is None or OTHER <= symbol < site.space for symbol, site in symbols)
        and {row.channel: row.sites for row in found.health} == counts
        and all(row.read + row.erased == row.sites for row in found.health)
        and all(0 <= row.contradicted <= row.erased <= row.sites for row in found.health)
        and all(
            span.site in known and shown(span.derivation) == span.derivation and span.offset >= 0
            for span in found.spans
        )
    )


def _observation(data: Any) -> Observation:
    return Observation(
        Digest(data["map_id"]),
        str(data["method"]),
        tuple(None if symbol is None else int(symbol) for symbol in data["symbols"]),
        tuple(ChannelHealth(**row) for row in data["health"]),
        tuple(Span(*row) for row in data["spans"]),
    )


def _longer(one: Seen, two: Seen) -> bool:
    """Longer evidence first, then the place that sorts first."""
    return (-one.weight, one.derivation, one.offset) < (-two.weight, two.derivation, two.offset)


def _settle(places: dict[int, Seen]) -> Seen | None:
    """The place that gives the site's symbol; None when nothing, or no one thing, was read."""
    ranked = sorted(
        places.values(), key=lambda place: (place.symbol != OTHER, place.weight), reverse=True
    )
    if not ranked:
        return None
    best = ranked[0]
    rivals = [place.weight for place in ranked[1:] if place.symbol != OTHER]
    return best if all(best.weight >= OUTWEIGHS * rival for rival in rivals) else None


def _health(
    site_map: SiteMap, found: list[dict[int, Seen]], symbols: tuple[int | None, ...]
) -> tuple[ChannelHealth, ...]:
    rows: dict[str, list[tuple[bool, bool]]] = {}
    for site, places, symbol in zip(site_map.sites, found, symbols, strict=True):
        rows.setdefault(site.channel, []).append((symbol is not None, bool(places)))
    return tuple(
        ChannelHealth(
            channel,
            len(row),
            sum(read for read, _ in row),
            sum(not read for read, _ in row),
            sum(met and not read for read, met in row),
        )
        for channel, row in sorted(rows.items())
    )
