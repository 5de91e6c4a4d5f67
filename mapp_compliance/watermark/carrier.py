"""What all carriers share: a carrier turns one file into a layout, and layouts are joined here.

Rules: a carrier hands over a Layout of one file; a name that stands in several files is one point
with one value, and its declarations must agree.

>>> from mapp_compliance.watermark.sites import LaidOutFile
>>> parts = [Layout((LaidOutFile(path, ()),), ()) for path in ("b.txt", "a.txt")]
>>> [file.path for file in join_layouts(parts).files]
['a.txt', 'b.txt']
"""

from collections.abc import Iterable
from dataclasses import replace

from mapp_compliance.errors import InvalidInput
from mapp_compliance.values import shown
from mapp_compliance.watermark.sites import Layout, Point


def join_layouts(layouts: Iterable[Layout]) -> Layout:
    """One layout of all files, by path and name.

    Raises:
        InvalidInput: two files declare one name in different ways or for different originals.
    """
    parts = tuple(layouts)
    points: dict[str, Point] = {}
    for point in (point for part in parts for point in part.points):
        points[point.name] = join_points(points.get(point.name, point), point)
    files = sorted((file for part in parts for file in part.files), key=lambda file: file.path)
    return Layout(tuple(files), tuple(points[name] for name in sorted(points)))


def join_points(first: Point, second: Point) -> Point:
    """The one point that two declarations of a name mean; an original may stand in one of them."""
    if replace(first, original=b"") != replace(second, original=b""):
        raise InvalidInput(
            f"the point {shown(first.name)!r} is declared in two different ways; "
            "declare it alike everywhere or give it two names",
            point=first.name,
        )
    if first.original and second.original and first.original != second.original:
        raise InvalidInput(
            f"the point {shown(first.name)!r} stands for two different originals; "
            "write the same value in all places or give it two names",
            point=first.name,
        )
    return first if first.original else second
