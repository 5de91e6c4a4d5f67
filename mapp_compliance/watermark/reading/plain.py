"""A text without what a page, a mail or a patch puts into it, line by line the same.

A row of tokens goes over several lines, so a sign before each of them breaks every row. What a
patch removed is no part of its text; what it keeps and what it adds is. Where originals have such
signs of their own, a text must have more than twice as many before they count as added.

>>> plain(b"&gt; @@ -1 +1,2 @@\\n&gt; -a\\n&gt; +b\\n&gt;  c\\n", Usual())
b'\\x00\\n\\nb\\nc\\n'
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

_ENTITY = re.compile(
    rb"&(?:(lt|gt|amp|quot|apos|nbsp)|#0*(34|38|39|60|62)|#[xX]0*(2[267]|3[cCeE]));"
)
_NAMED = {b"lt": b"<", b"gt": b">", b"amp": b"&", b"quot": b'"', b"apos": b"'", b"nbsp": b" "}
_QUOTE_SIGNS = re.compile(rb"(?m)^(?:[ \t]?>)+[ \t]?")
_HUNK = re.compile(rb"(?m)^(?:<[^<>\n]*>)*@@ -\d+(?:,\d+)? \+\d+(?:,\d+)? @@.*$")
_DIFF_SIGNS = frozenset({b"+", b"-", b" ", b"\\"})
_SEAM = b"\0"  # stands in no code, so that no row goes from one hunk to the next
NEARLY = 0.9  # share of the lines of a patch without a head that begin with its signs
LEAST_ADDED = 2  # lines of such a patch that are new


@dataclass(frozen=True, slots=True)
class Usual:
    """How many entities and heads of hunks the originals hold themselves."""

    entities: int = 0
    hunks: int = 0


def usual(texts: Iterable[bytes]) -> Usual:
    """What these originals hold together."""
    whole = b"\n".join(texts)
    return Usual(len(_ENTITY.findall(whole)), len(_HUNK.findall(whole)))


def plain(data: bytes, known: Usual) -> bytes:
    """The text with entities resolved, and without signs of quoting and of patches.

    Lines stay where they are. Of a patch only what it keeps and adds is left, or what it removes
    where it adds nothing.
    """
    if b"&" in data and len(_ENTITY.findall(data)) > 2 * known.entities:
        data = _ENTITY.sub(_resolved, data)
    if 2 * len(_QUOTE_SIGNS.findall(data)) > data.count(b"\n") + 1:
        data = _QUOTE_SIGNS.sub(b"", data)
    return _without_signs(data, known)


def placed_in(data: bytes, text: bytes) -> Callable[[int], int]:
    """Where in the data a place of its plain text stands, at worst elsewhere on its line."""
    if data is text:
        return lambda offset: offset
    own, there = (
        [0, *(found.end() for found in re.finditer(rb"\n", each))] for each in (text, data)
    )

    def place(offset: int) -> int:
        line = min(bisect_right(own, offset), len(there)) - 1
        return min(there[line] + offset - own[line], len(data))

    return place


def _resolved(found: re.Match[bytes]) -> bytes:
    if found[1]:
        return _NAMED[found[1]]
    return bytes([int(found[2]) if found[2] else int(found[3], 16)])


def _without_signs(data: bytes, known: Usual) -> bytes:
    heads = len(_HUNK.findall(data)) if b"@@ -" in data else 0
    is_headed = heads > 2 * known.hunks
    lines = data.split(b"\n")
    if not is_headed and not _is_patch(lines):
        return data
    added = any(line[:1] == b"+" and line[:3] != b"+++" for line in lines)
    kept = frozenset({b" ", b"+" if added else b"-"})
    headless = _is_patch(lines[: _first_head(lines)] if is_headed else lines)
    return b"\n".join(_sides(lines, kept, headless=headless))


def _is_patch(lines: Sequence[bytes]) -> bool:
    """True of lines that nearly all begin with the signs of a patch, some of them added."""
    if sum(line[:1] == b"+" for line in lines) < LEAST_ADDED:
        return False
    held = [line for line in lines if line.strip()]
    return sum(line[:1] in _DIFF_SIGNS for line in held) >= NEARLY * len(held)


def _first_head(lines: Sequence[bytes]) -> int:
    return next((at for at, line in enumerate(lines) if _HUNK.match(line)), len(lines))


def _sides(lines: Sequence[bytes], kept: frozenset[bytes], *, headless: bool) -> Iterable[bytes]:
    """Each line as it stands on the side that is kept.

    Args:
        headless: the lines before the first head are a patch too, of which some are no part.
    """
    inside = headless
    for at, line in enumerate(lines):
        sign = line[:1]
        if _HUNK.match(line):
            inside, headless = True, False
            yield _SEAM
            continue
        is_part = not sign or sign in _DIFF_SIGNS or line == b"\r"
        is_name = line[:4] == b"--- " and lines[at + 1 : at + 2] and lines[at + 1][:4] == b"+++ "
        if not inside or not is_part or is_name:
            inside = headless
            yield line
        else:
            yield line[1:] if sign in kept else b""
