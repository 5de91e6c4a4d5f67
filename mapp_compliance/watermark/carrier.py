"""What all carriers share: a carrier turns one file into a layout, and layouts are joined here.

Rules: a carrier hands over a Layout of one file; a name that stands in several files is one point
with one value, and its declarations must agree.

>>> from mapp_compliance.watermark.sites import LaidOutFile
>>> parts = [Layout((LaidOutFile(path, ()),), ()) for path in ("b.txt", "a.txt")]
>>> [file.path for file in join_layouts(parts).files]
['a.txt', 'b.txt']
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import pairwise

from mapp_compliance.errors import InvalidInput
from mapp_compliance.values import shown
from mapp_compliance.watermark.sites import (
    FORMS,
    INSIDE,
    Fork,
    LaidOutFile,
    Layout,
    Point,
    Segment,
    Segments,
)


def join_layouts(layouts: Iterable[Layout]) -> Layout:
    """One layout of all files, by path and name.

    Raises:
        InvalidInput: two files declare one name in different ways or for different originals, or
            a folder has the name that a member of an archive has here.
    """
    parts = tuple(layouts)
    points: dict[str, Point] = {}
    for point in (point for part in parts for point in part.points):
        points[point.name] = join_points(points.get(point.name, point), point)
    files = sorted((file for part in parts for file in part.files), key=lambda file: file.path)
    packs = sorted(
        (pack for part in parts for pack in part.packs),
        key=lambda pack: (-pack.path.count(INSIDE), pack.path),
    )
    for one, two in pairwise(files):
        if one.path == two.path:
            raise InvalidInput(
                f"{shown(one.path)} is both a file and a member of an archive; rename the folder "
                "that ends in '!'"
            )
    return Layout(tuple(files), tuple(points[name] for name in sorted(points)), tuple(packs))


Write = Callable[[str, bytes], bytes]  # (encoder, value) -> the text in the file


def as_it_is(_encoder: str, value: bytes) -> bytes:
    """The value as if no encoder wrote it: for forms of code, which hold no slots."""
    return value


def merge_file(one: Layout, two: Layout, write: Write) -> Layout:
    """One layout of a file that was laid out twice, for its places do not overlap.

    Both layouts hold that file alone, and all their values have originals that make up its bytes.
    """
    placed = [*_places(one, write), *_places(two, write)]
    data = b"".join(text for _, text, _ in _walked(one, write))
    pieces: list[Segment] = []
    done = 0
    for start, end, segment in sorted(placed, key=lambda place: place[0]):
        if start > done:
            pieces.append(data[done:start])
        pieces.append(segment)
        done = end
    if done < len(data):
        pieces.append(data[done:])
    points = {point.name: point for point in (*one.points, *two.points)}
    file = LaidOutFile(one.files[0].path, tuple(pieces))
    return Layout((file,), tuple(points[name] for name in sorted(points)))


def without_forks(layout: Layout, names: Collection[str]) -> Layout:
    """The layout in which those forms of code stay as their author wrote them."""
    points = {point.name: point for point in layout.points}
    files = (
        LaidOutFile(file.path, tuple(_settled(file.segments, points, names)))
        for file in layout.files
    )
    kept = tuple(point for point in layout.points if point.name not in names)
    return replace(layout, files=tuple(files), points=kept)


def _settled(
    segments: Segments, points: Mapping[str, Point], names: Collection[str]
) -> Iterator[Segment]:
    """The segments with neighbouring bytes as one."""
    literal = b""
    for segment in _flattened(segments, points, names):
        if isinstance(segment, bytes):
            literal += segment
            continue
        if literal:
            yield literal
        literal = b""
        if isinstance(segment, Fork):
            first, second = (
                tuple(_settled(form, points, names)) for form in (segment.first, segment.second)
            )
            segment = Fork(segment.point, first, second)
        yield segment
    if literal:
        yield literal


def _flattened(
    segments: Segments, points: Mapping[str, Point], names: Collection[str]
) -> Iterator[Segment]:
    for segment in segments:
        if isinstance(segment, Fork) and segment.point in names:
            yield from _flattened(segment.form(points[segment.point].original), points, names)
        else:
            yield segment


def places(layout: Layout, write: Write) -> tuple[tuple[int, int], ...]:
    """(start, end) of each slot and outermost fork of a layout of one file, in its original."""
    return tuple((start, end) for start, end, _ in _places(layout, write))


def original_text(
    segments: Segments, points: Mapping[str, Point], write: Write = as_it_is
) -> bytes:
    """The bytes of segments with the author's own values, which none of the points may lack."""
    return b"".join(_original(segment, points, write) for segment in segments)


def _places(layout: Layout, write: Write) -> Iterator[tuple[int, int, Segment]]:
    for start, text, segment in _walked(layout, write):
        if not isinstance(segment, bytes):
            yield start, start + len(text), segment


def _walked(layout: Layout, write: Write) -> Iterator[tuple[int, bytes, Segment]]:
    """(start, original bytes, segment) of each segment of a layout of one file."""
    points = {point.name: point for point in layout.points}
    start = 0
    for segment in layout.files[0].segments:
        text = _original(segment, points, write)
        yield start, text, segment
        start += len(text)


def _original(segment: Segment, points: Mapping[str, Point], write: Write) -> bytes:
    if isinstance(segment, bytes):
        return segment
    point = points[segment.point]
    if isinstance(segment, Fork):
        return original_text(segment.form(point.original or FORMS[0]), points, write)
    value = point.original if segment.item is None else point.values[segment.item]
    return write(segment.encoder, value)


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
