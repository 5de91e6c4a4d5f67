"""Comments as paragraphs: lines that belong together, without the signs of comments.

Lines of comments that follow each other at one column are one block. A paragraph ends at an empty
line, a list or a tag of documentation. A block is given up where its signs are not those of a
comment for people, where a line speaks to a tool, where half of it looks like code, and where its
first tag is not a known one; a paragraph where a line is drawn, set in columns, further in than the
others, or code.

>>> data = b"/* it is so\\n *\\n * x = y;\\n * and so on */"
>>> [found] = paragraphs(data, [Comment(0, len(data), "")], SLASHES)
>>> [line.text for line in found]
['it is so']
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from mapp_compliance.watermark.natural.prose import (
    is_code,
    is_fence,
    is_item,
    is_obeyed,
    is_table,
)

MOST_LINES = 60  # of a block; a longer one is left alone
MOST_CODE = 2  # of the lines of a block one in so many may look like code; else all of it is
MOST_INSET = 40  # columns further in, of what is said of a parameter
DEEP = 3  # columns further in than the lines around it a line is a sample or a drawing
_LETTER = re.compile(rb"[A-Za-z\x80-\xff]")
_STAR = re.compile(rb"[ \t]*(?:\*{1,2}(?=\s|\Z))?")
_CONTINUED = re.compile(rb"\\(?:\r?\n|\Z)|\?\?")  # lines that go on, and trigraphs
_TAG = re.compile(rb"[@\\]([A-Za-z]+)(:?)(?:\[[a-z,]+\])?[ \t]*(?:\{[^{}]*\}[ \t]*)?")
_SAID = frozenset({b"param", b"arg", b"argument", b"return", b"returns", b"throws", b"exception"})
_TAGS = _SAID | frozenset(  # of documentation; any other tag that comes first may be obeyed
    {b"example", b"see", b"since", b"template", b"yields", b"note", b"remarks", b"brief"}
)


@dataclass(frozen=True, slots=True)
class Comment:
    """``start <= i < end`` of the file, with its signs, and the definition around it."""

    start: int
    end: int
    scope: str


@dataclass(frozen=True, slots=True)
class Signs:
    """How a language writes comments for people.

    Attributes:
        name: what a comment begins with that ends with its line.
        line: what stands before the text of such a comment.
        block: what stands before the text of a comment that ends in ``*/``.
        least_words: plain words of a paragraph that may vary.
    """

    name: bytes
    line: re.Pattern[bytes]
    block: re.Pattern[bytes] | None = None
    least_words: int = 3


_BLOCK = re.compile(rb"/\*\*?<?(?=\s)")
HASH = Signs(b"#", re.compile(rb"#+(?=[ \t]|\Z)"), least_words=2)
SLASHES = Signs(b"//", re.compile(rb"//(?=[ \t]|\Z)"), _BLOCK)
DOCUMENTED = Signs(b"//", re.compile(rb"//(?:/<?)?(?=[ \t]|\Z)"), _BLOCK)  # where /// is prose


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a comment without its signs; ``indent`` is None right behind the opening ones.

    ``has_tag``: it stands behind the tag of a parameter or result.
    """

    start: int
    data: bytes
    indent: int | None
    scope: str
    has_tag: bool = False

    @property
    def text(self) -> str:
        """What is written."""
        return self.data.decode("utf-8", "replace")

    @property
    def is_empty(self) -> bool:
        """True where nothing but signs is written."""
        return not _LETTER.search(self.data)


def runs(data: bytes, comments: Sequence[Comment]) -> Iterator[list[Comment]]:
    """Comments between which there is nothing but space."""
    return _grouped(comments, lambda one, two: not data[one.end : two.start].strip())


def blocks(data: bytes, run: Sequence[Comment]) -> Iterator[list[Comment]]:
    """Comments of one line each, in lines that follow each other, at the same column."""

    def belong(one: Comment, two: Comment) -> bool:
        texts = [data[each.start : each.end].rstrip() for each in (one, two)]
        return (
            data.count(b"\n", one.start, two.start) == 1
            and not any(b"\n" in text for text in texts)
            and texts[0][:2] == texts[1][:2]
            and _column(data, one) == _column(data, two)
        )

    return _grouped(run, belong)


def _grouped(
    comments: Sequence[Comment], belong: Callable[[Comment, Comment], bool]
) -> Iterator[list[Comment]]:
    """Neighbours that belong together."""
    group = list(comments[:1])
    for one, two in pairwise(comments):
        if not belong(one, two):
            yield group
            group = []
        group.append(two)
    if group:
        yield group


def _column(data: bytes, comment: Comment) -> int:
    before = data[data.rfind(b"\n", 0, comment.start) + 1 : comment.start]
    return len(before.decode("utf-8", "replace").expandtabs())


def _lines_of(data: bytes, block: Sequence[Comment], signs: Signs) -> list[Line]:
    """The lines of a block that may vary; none where one of them says that it may not."""
    lines: list[Line] = []
    for comment in block:
        own = _lines(data, comment, signs)
        if own is None:
            return []
        lines += own
    if len(lines) > MOST_LINES:
        return []
    for at, line in enumerate(lines):
        tag = _TAG.match(line.data)
        if tag and (tag[1] in _TAGS or tag[2]):
            if any(is_obeyed(each.text) for each in lines[at:]):
                return []
            lines[at:] = _tagged(lines[at:])
            break
        if tag or is_obeyed(line.text):
            return []
    own = _without_samples(lines)
    code = sum(is_code(line.text) for line in own)
    return [] if MOST_CODE * code > sum(not line.is_empty for line in own) else own


def _tagged(lines: Sequence[Line]) -> Iterator[Line]:
    """What is said of parameters and results, behind tag and type; an empty line for each other."""
    is_said = False
    for line in lines:
        tag = _TAG.match(line.data)
        is_said = tag[1] in _SAID if tag else is_said and not line.is_empty
        size = tag.end() if tag else 0
        own = line.data[size:] if is_said else b""
        yield replace(line, start=line.start + size, data=own, has_tag=bool(tag and own))


def _without_samples(lines: Sequence[Line]) -> list[Line]:
    """The lines, with an empty one for each that stands between fences."""
    found = []
    in_sample = False
    for line in lines:
        fence = is_fence(line.text)
        found.append(replace(line, data=b"") if fence or in_sample else line)
        in_sample ^= fence
    return found


def _lines(data: bytes, comment: Comment, signs: Signs) -> list[Line] | None:
    """The lines of one comment, None where its signs are not those of a comment for people."""
    raw = data[comment.start : comment.end].rstrip()
    is_block = raw.startswith(b"/*")
    opening = signs.block if is_block else signs.line
    found = opening.match(raw) if opening else None
    if _CONTINUED.search(raw):
        return None
    if found is None:
        return None if _LETTER.search(raw) else [Line(comment.start, b"", None, comment.scope)]
    lines = []
    at = found.end()
    for number, part in enumerate(raw[at : len(raw) - 2 * is_block].split(b"\n")):
        star = _STAR.match(part) if number else None
        lead = star.end() if star and star.group().strip() else 0
        body = part[lead:]
        text = body.strip()
        if text.endswith(b"*") and _LETTER.search(text):
            return None  # the right side of a box
        gap = len(body) - len(body.lstrip())
        indent = None if is_block and not number else len(body[:gap].expandtabs())
        lines.append(Line(comment.start + at + lead + gap, text, indent, comment.scope))
        at += len(part) + 1
    return lines


def paragraphs(data: bytes, block: Sequence[Comment], signs: Signs) -> Iterator[list[Line]]:
    """The paragraphs of a block that may vary, each of one line and more."""
    lines = _lines_of(data, block, signs)
    indents = [each.indent for each in lines if each.indent is not None and not each.is_empty]
    least = min(indents, default=0)
    found: list[Line] = []
    in_list = False
    for line in (*lines, Line(0, b"", None, "")):
        begins = is_item(line.text)
        if (line.is_empty or begins or line.has_tag) and found:
            inset = MOST_INSET if found[0].has_tag else DEEP
            if not any(_is_other(each, least + inset) for each in found):
                yield found
            found = []
        in_list = not (line.is_empty or line.has_tag) and (in_list or begins)
        if not (line.is_empty or in_list):
            found.append(line)


def _is_other(line: Line, deep: int) -> bool:
    """True for a line of a drawing, of a sample or of code."""
    return is_table(line.text) or is_code(line.text) or (line.indent or 0) >= deep
