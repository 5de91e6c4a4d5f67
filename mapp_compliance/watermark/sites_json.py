"""Layouts and site maps as canonical JSON bytes and back, exactly.

Rules: keys sorted, no space, UTF-8, bytes as base64, numbers that may pass 2^53 as decimal text;
a map carries the digest of everything else in it. What does not come back byte for byte is
refused, so that a stored map has one form only.

>>> layout = Layout((LaidOutFile("a.txt", (b"x", Slot("fill"))),), ())
>>> layout_from_json(layout_to_json(layout)) == layout
True
"""

import binascii
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

from mapp_compliance.errors import Broken, InvalidInput, MappError
from mapp_compliance.trust import (
    base64_text,
    canonical,
    tagged_digest,
)
from mapp_compliance.values import Digest
from mapp_compliance.watermark.sites import (
    Fork,
    Group,
    LaidOutFile,
    Layout,
    Pack,
    Point,
    PointKind,
    Segment,
    Site,
    SiteKind,
    SiteMap,
    Slot,
)

T = TypeVar("T")
Record = dict[str, Any]  # one JSON object; it does not leave this module


def layout_to_json(layout: Layout) -> bytes:
    """The layout as canonical JSON."""
    return canonical(_layout_record(layout))


def layout_from_json(data: bytes) -> Layout:
    """The layout from its canonical JSON; InvalidInput for anything else."""
    return _exactly(data, _layout_value, layout_to_json)


def sitemap_to_json(site_map: SiteMap) -> bytes:
    """The site map as canonical JSON."""
    return _stored(_map_record(site_map), site_map)


def sitemap_from_json(data: bytes) -> SiteMap:
    """The site map from its canonical JSON.

    Raises:
        InvalidInput: the bytes are no site map.
        Broken: the map is not the one that its own digest names.
    """
    digests: list[Digest] = []

    def form(site_map: SiteMap) -> bytes:
        record = _map_record(site_map)
        digests.append(_digest(record))
        return _stored(record, site_map)

    site_map = _exactly(data, _map_value, form)
    if digests != [site_map.map_id]:
        raise Broken("the site map does not match its digest; restore it from a backup")
    return site_map


def sitemap_digest(site_map: SiteMap) -> Digest:
    """The tagged digest of the canonical JSON of everything but ``map_id``."""
    return _digest(_map_record(site_map))


def with_digest(site_map: SiteMap) -> SiteMap:
    """The map with the ``map_id`` that belongs to it."""
    return replace(site_map, map_id=sitemap_digest(site_map))


def _stored(record: Record, site_map: SiteMap) -> bytes:
    return canonical(record | {"map_id": site_map.map_id.hex})


def _digest(record: Record) -> Digest:
    return tagged_digest("site-map", canonical(record))


def _exactly(data: bytes, build: Callable[[Record], T], form: Callable[[T], bytes]) -> T:
    try:
        record: Any = json.loads(data.decode())  # canonical, as what is made of it is the same
        value = build(record)
        again = form(value)
    except (ValueError, KeyError, TypeError, RecursionError, MappError) as err:
        raise InvalidInput("this is not a stored layout or site map; survey again") from err
    if again != data:
        raise InvalidInput("this layout or site map holds more than it should; survey again")
    return value


def _text(given: object) -> str:
    if not isinstance(given, str):
        raise TypeError("a text was expected")
    return given


def _whole(given: object) -> int:
    if type(given) is not int:
        raise TypeError("a whole number was expected")
    return given


def _bytes(given: object) -> bytes:
    return binascii.a2b_base64(_text(given), strict_mode=True)  # one spelling: see `_exactly`


def _group_record(group: Group | None) -> Record:
    """Nothing for most: maps from before there were groups keep their bytes."""
    return {} if group is None else {"group": group.value}


def _group_value(record: Record) -> Group | None:
    return Group(_text(record["group"])) if "group" in record else None


def _segment_record(segment: Segment) -> Record:
    if isinstance(segment, bytes):
        return {"literal": base64_text(segment)}
    if isinstance(segment, Fork):
        return {
            "fork": segment.point,
            "first": [_segment_record(each) for each in segment.first],
            "second": [_segment_record(each) for each in segment.second],
        }
    return {"slot": segment.point, "encoder": segment.encoder, "item": segment.item}


def _segment_value(record: Record) -> Segment:
    if "literal" in record:
        return _bytes(record["literal"])
    if "fork" in record:
        return Fork(
            _text(record["fork"]),
            tuple(_segment_value(each) for each in record["first"]),
            tuple(_segment_value(each) for each in record["second"]),
        )
    item = None if record["item"] is None else _whole(record["item"])
    return Slot(_text(record["slot"]), _text(record["encoder"]), item)


def _point_record(point: Point) -> Record:
    return (
        {
            "name": point.name,
            "kind": point.kind.value,
            "length": point.length,
            "charset": base64_text(point.charset),
            "low": str(point.low),
            "high": str(point.high),
            "prefix": base64_text(point.prefix),
            "values": [base64_text(value) for value in point.values],
            "original": base64_text(point.original),
            "form": point.form,
        }
        | _group_record(point.group)
        | _over_record(point.over)
    )


def _point_value(record: Record) -> Point:
    return Point(
        name=_text(record["name"]),
        kind=PointKind(record["kind"]),
        length=_whole(record["length"]),
        charset=_bytes(record["charset"]),
        low=int(_text(record["low"])),
        high=int(_text(record["high"])),
        prefix=_bytes(record["prefix"]),
        values=tuple(_bytes(value) for value in record["values"]),
        original=_bytes(record["original"]),
        form=_text(record["form"]),
        group=_group_value(record),
        over=tuple(_covered_value(each) for each in record.get("over", ())),
    )


def _over_record(over: tuple[bytes | Slot, ...]) -> Record:
    """Nothing for most, as with groups."""
    return {"over": [_segment_record(each) for each in over]} if over else {}


def _covered_value(record: Record) -> bytes | Slot:
    segment = _segment_value(record)
    if isinstance(segment, Fork):
        raise TypeError("bytes or a slot were expected")
    return segment


def _layout_record(layout: Layout) -> Record:
    return {
        "files": [
            {"path": file.path, "segments": [_segment_record(each) for each in file.segments]}
            for file in layout.files
        ],
        "points": [_point_record(point) for point in layout.points],
    } | _packs_record(layout.packs)


def _packs_record(packs: tuple[Pack, ...]) -> Record:
    """Nothing for most: maps from before there were packs keep their bytes."""
    rows = [
        {
            "path": pack.path,
            "kind": pack.kind,
            "source": pack.source.hex,
            "frame": [base64_text(piece) for piece in pack.frame],
            "filled": list(pack.filled),
            "kept": list(pack.kept),
            "told": list(pack.told),
        }
        for pack in packs
    ]
    return {"packs": rows} if rows else {}


def _packs_value(record: Record) -> tuple[Pack, ...]:
    return tuple(
        Pack(
            path=_text(row["path"]),
            kind=_text(row["kind"]),
            source=Digest(_text(row["source"])),
            frame=tuple(_bytes(piece) for piece in row["frame"]),
            filled=tuple(_text(path) for path in row["filled"]),
            kept=tuple(_text(path) for path in row["kept"]),
            told=tuple(_text(path) for path in row["told"]),
        )
        for row in record.get("packs", ())
    )


def _layout_value(record: Record) -> Layout:
    files = tuple(
        LaidOutFile(_text(file["path"]), tuple(_segment_value(each) for each in file["segments"]))
        for file in record["files"]
    )
    points = tuple(_point_value(point) for point in record["points"])
    return Layout(files, points, _packs_value(record))


def _site_record(site: Site) -> Record:
    return {
        "id": site.id,
        "kind": site.kind.value,
        "channel": site.channel,
        "region": site.region,
        "point": site.point,
        "symbols": [base64_text(symbol) for symbol in site.symbols],
        "pad": site.pad,
        "bias": site.bias,
        "space": str(site.space),
    } | _group_record(site.group)


def _site_value(record: Record) -> Site:
    return Site(
        id=_text(record["id"]),
        kind=SiteKind(record["kind"]),
        channel=_text(record["channel"]),
        region=_text(record["region"]),
        point=_text(record["point"]),
        symbols=tuple(_bytes(symbol) for symbol in record["symbols"]),
        pad=_whole(record["pad"]),
        bias=_whole(record["bias"]),
        space=int(_text(record["space"])),
        group=_group_value(record),
    )


def _map_record(site_map: SiteMap) -> Record:
    return {
        "schedule": site_map.schedule,
        "sites": [_site_record(site) for site in site_map.sites],
        "layout": _layout_record(site_map.layout),
        "anchors": [base64_text(anchor) for anchor in site_map.anchors],
        "engines": [list(engine) for engine in site_map.engines],
    }


def _map_value(record: Record) -> SiteMap:
    return SiteMap(
        map_id=Digest(_text(record["map_id"])),
        schedule=_whole(record["schedule"]),
        sites=tuple(_site_value(site) for site in record["sites"]),
        layout=_layout_value(record["layout"]),
        anchors=tuple(_bytes(anchor) for anchor in record["anchors"]),
        engines=tuple((_text(name), _text(version)) for name, version in record["engines"]),
    )
