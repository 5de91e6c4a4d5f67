"""Parts that repeat another part: the same text with its escapes undone, or its quotes joined.

A line is known by its words, so that what a view does to signs does not make a line new.

>>> whole = Shown("a.py", lines_of(b"first one\\nsecond one"))
>>> view = Shown("a.py > escapes", lines_of(b"first one!\\nanother"))
>>> view.is_view_of(whole), new_text(b"first one!\\nanother", [whole])
(True, b'first one!\\nanother')
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from mapp_compliance.watermark.reading.chart import Seen

NEAR_LINES = 10  # around a new one; the longest row of tokens is 28
_WORD = re.compile(rb"[A-Za-z_][A-Za-z0-9_]{3,}")


@dataclass(slots=True)
class Shown:
    """What one part shows."""

    derivation: str
    lines: frozenset[bytes]  # the words of each
    told: dict[int, list[Seen]] = field(default_factory=dict)  # by site
    lost: frozenset[str] = frozenset()  # channels that a tool has set

    def is_view_of(self, above: "Shown") -> bool:
        """True when this part came out of that one and is mostly the same text."""
        below = self.derivation.startswith(above.derivation + " > ")
        return below and 2 * len(self.lines & above.lines) >= len(self.lines)


def lines_of(data: bytes) -> frozenset[bytes]:
    """The words of each line."""
    return frozenset(_words(line) for line in data.splitlines())


def new_text(data: bytes, above: Sequence[Shown]) -> bytes:
    """The lines near those that none of the parts above holds; all of them when there is none.

    A sign that stands in no code marks where lines are left out.
    """
    if not above:
        return data
    known = {line for each in above for line in each.lines}
    lines = data.splitlines()
    near: set[int] = set()
    for at, line in enumerate(lines):
        if _words(line) not in known:
            near.update(range(at - NEAR_LINES, at + NEAR_LINES + 1))
    kept = [line if at in near else b"\0" for at, line in enumerate(lines)]
    return b"\n".join(kept) if near else b""


def _words(line: bytes) -> bytes:
    return b" ".join(_WORD.findall(line))
