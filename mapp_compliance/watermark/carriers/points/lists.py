r"""Lists in a text whose order says nothing, by the author's consent: neighbours change places.

Rules: items of one bullet list that stand line by line, each of a few words; not numbered ones,
none with a list inside, none that speak of their place (first, then, above, also), none that only
fit their place (one ends in a comma, or in another sign than the rest). What the list tells
together stays; nobody but the author can say that its order tells nothing. Of a page they are the
lists of `pagelists`, told by the words that a reader sees.

>>> text = b"Needs:\n\n- a reader with a card\n- a desk of the old sort\n"
>>> [point.values for point in lay_out_lists("a.md", text).points]
[(b'a reader with a card', b'a desk of the old sort')]
>>> lay_out_lists("a.md", b"- open the long card first\n- close the short one again\n").points
()
"""

import hashlib
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from mapp_compliance.watermark.carriers.points.pagelists import page_lists, shown_words
from mapp_compliance.watermark.sites import LaidOutFile, Layout, Point, PointKind, Segment, Slot

TEXTS = (".md", ".markdown", ".txt")
PAGES = (".html", ".htm", ".xhtml")
LEAST_WORDS = 3  # of an item: shorter ones stand in any text
MOST_ITEMS = 64  # of a list: longer ones are data
LIST = "list"  # of the points, so that they can be told from declared ones
_BULLET = re.compile(rb"( {0,3})([-*+])( {1,3})(\S.*)", re.DOTALL)
_FENCE = re.compile(rb" {0,3}(```|~~~)")
_PLACED = re.compile(
    rb"\b(?:first|firstly|second|secondly|third|then|next|finally|last|lastly|above|below|former|"
    rb"latter|following|previous|previously|before|after|earlier|later|again|also|too|other|others|"
    rb"otherwise|else|same|likewise|instead|step|it|its|they|them|their|these|those|this)\b",
    re.IGNORECASE,
)
_ENDS = (b".", b"!", b"?")
_OPEN = (b",", b";", b":", b" and", b" or")


@dataclass(frozen=True, slots=True)
class _Item:
    """One item: its bullet with what stands around it, and where its text begins and ends."""

    bullet: bytes
    start: int
    end: int


def lay_out_lists(path: str, data: bytes, taken: Collection[tuple[int, int]] = ()) -> Layout:
    """The file with the order of its lists as points; any bytes give a layout.

    Args:
        path: as it is sent; part of the points' names.
        taken: stretches that declared points hold; no list touches them.
    """
    pieces: list[Segment] = []
    points: dict[str, Point] = {}
    done = 0
    for items in _stretches(path, data):
        values = tuple(data[start:end] for start, end in items)
        point = Point(_name(path, values), PointKind.SHUFFLE, values=values, form=LIST)
        start, end = items[0][0], items[-1][1]
        if (
            not _is_free(tuple(map(shown_words, values)) if _is_page(path) else values)
            or point.name in points
            or any(low < end and start < high for low, high in taken)
        ):
            continue
        points[point.name] = point
        for number, (begun, ended) in enumerate(items):
            pieces += [data[done:begun], Slot(point.name, item=number)]
            done = ended
    pieces.append(data[done:])
    kept = tuple(piece for piece in pieces if piece)
    return Layout((LaidOutFile(path, kept),), tuple(points[name] for name in sorted(points)))


def _name(path: str, values: tuple[bytes, ...]) -> str:
    """The same list has the same name wherever it stands in the file."""
    told = hashlib.sha256(b"\0".join(sorted(values))).hexdigest()
    return f"{path}:{LIST}:{told[:12]}"


def _is_page(path: str) -> bool:
    return path.lower().endswith(PAGES)


def _stretches(path: str, data: bytes) -> Iterator[list[tuple[int, int]]]:
    """Of each list where its items begin and end."""
    if not _is_text(data):
        return
    if _is_page(path):
        yield from page_lists(data)
    elif path.lower().endswith(TEXTS):
        yield from ([(item.start, item.end) for item in items] for items in _lists(data))


def _is_text(data: bytes) -> bool:
    try:
        return "\0" not in data.decode()
    except UnicodeDecodeError:
        return False


def _lists(data: bytes) -> Iterator[list[_Item]]:
    """Each run of bullets that ends with a blank line, or with the text."""
    run: list[_Item] = []
    is_whole, in_fence, at = True, False, 0
    for line in data.splitlines(keepends=True):
        start, at = at, at + len(line)
        if _FENCE.match(line):
            in_fence, is_whole = not in_fence, False
        bullet = None if in_fence else _BULLET.fullmatch(line.rstrip(b"\r\n"))
        if bullet is not None:
            begin, kind = start + bullet.start(4), bullet[1] + bullet[2] + bullet[3]
            is_whole = is_whole and (not run or run[-1].bullet == kind)
            run.append(_Item(kind, begin, start + len(line.rstrip())))
        elif line.strip() and run:
            if _continues(run[-1], line):
                run[-1] = _Item(run[-1].bullet, run[-1].start, start + len(line.rstrip()))
            else:  # an inner list, or a line of which nobody can say where it belongs
                is_whole = False
        elif line.strip():
            continue
        else:
            if run and is_whole:
                yield run
            run, is_whole = [], True
    if run and is_whole:
        yield run


def _continues(item: _Item, line: bytes) -> bool:
    """Whether a line belongs to the text of an item: indented as that is, and no bullet."""
    indent = len(line) - len(line.lstrip(b" "))
    return indent == len(item.bullet) and not re.match(rb" *(?:[-*+]|[0-9]+[.)]) ", line)


def _is_free(values: tuple[bytes, ...]) -> bool:
    """Whether nothing in the items says that they stand in an order."""
    ends = {value.endswith(_ENDS) for value in values}
    return (
        2 <= len(values) <= MOST_ITEMS
        and len(set(values)) == len(values)
        and len(ends) == 1
        and all(len(value.split()) >= LEAST_WORDS for value in values)
        and not any(value.endswith(_OPEN) or _PLACED.search(value) for value in values)
    )
