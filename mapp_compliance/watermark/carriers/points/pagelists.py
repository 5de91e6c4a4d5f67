"""The bullet lists of a page: where the items of each begin and end.

Rules: lists as people write them, `<ul>` with nothing but `<li>` and `</li>` in it; a list with a
list, a table, preformatted text or a form inside is left alone, and so is one whose items have
attributes, since what refers to an item may mean its place. Scripts, comments and preformatted
text are stepped over.

>>> page = b"<ul class='x'><li>a reader with a card</li> <li>a <b>desk</b> of wood</li></ul>"
>>> [[page[start:end] for start, end in items] for items in page_lists(page)]
[[b'a reader with a card', b'a <b>desk</b> of wood']]
>>> shown_words(b"a&nbsp;<b>desk</b> of\\n wood")
b'a desk of wood'
"""

import html
import re
from collections.abc import Iterator

_BROKEN = rb"ul|ol|dl|li|table|pre|form|p|div|h[1-6]|blockquote|section"
_SIGN = re.compile(
    rb"<!--.*?-->|<(script|style|pre|textarea|template|svg|title)\b.*?</\1\s*>"
    rb"|<(/?)(" + _BROKEN + rb")(?=[\s>/])([^<>]*)>",
    re.DOTALL | re.IGNORECASE,
)
_TAG = re.compile(rb"<[^<>]*>")


def page_lists(data: bytes) -> Iterator[list[tuple[int, int]]]:
    """The items of each list that is whole and flat, in bytes."""
    items: list[tuple[int, int]] | None = None  # of the list that is open
    begun, between = -1, 0  # where the open item begins; where the last tag ended
    for found in _SIGN.finditer(data):
        closes, name, more = found[2] == b"/", (found[3] or b"").lower(), found[4] or b""
        gap = data[between : found.start()]
        if name == b"ul" and not closes:
            items, begun = [], -1
        elif items is None:
            continue
        elif name == b"li" and not closes and begun < 0 and not more.strip() and not gap.strip():
            begun = found.end()
        elif name == b"li" and closes and begun >= 0:
            start, end = _bare(data, begun, found.start())
            items.append((start, end))
            begun = -1
        elif name == b"ul" and closes and begun < 0 and not gap.strip():
            if items:
                yield items
            items = None
        else:
            items = None
        between = found.end()


def _bare(data: bytes, start: int, end: int) -> tuple[int, int]:
    """The stretch without white space at its ends."""
    text = data[start:end]
    return start + len(text) - len(text.lstrip()), start + len(text.rstrip())


def shown_words(item: bytes) -> bytes:
    """What a reader sees of an item."""
    text = html.unescape(_TAG.sub(b"", item).decode("utf-8", "replace"))
    return " ".join(text.split()).encode()
