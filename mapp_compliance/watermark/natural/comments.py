"""Forms of comments, whatever the language: the full stop at the end, the capital at the beginning.

- stop: a paragraph of a comment ends in a full stop (second form);
- capital: its first word begins with a capital (second form).

Neither shows in the code or its tree, and formatters leave words alone. A comment is taken only
where every line of it is prose, see ``prose``; comments between which there is nothing but space
stay as they are when one of them speaks of rights, as a licence may come in several. Of
documentation what stands before its first tag is taken. A first word is touched only if it is a
common English one, or stands in the file in small letters and is no name in its code, so that no
name is written differently.

>>> data = b"f();\\ng();\\n// it is done by then\\nh();\\n"
>>> forms = comment_forms(data, [Comment(10, 31, "")], SLASHES, set())
>>> [(data[form.start : form.end], form.pieces[-1].mark.family) for form in forms]
[(b'i', 'capital'), (b'n', 'stop')]
"""

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from mapp_compliance.watermark.natural.forms import Alt, Form, Mark, Span
from mapp_compliance.watermark.natural.prose import (
    first_word,
    is_item,
    is_legal,
    is_obeyed,
    is_ordinary,
    is_prose,
    is_table,
    may_stop,
    plain_words,
)
from mapp_compliance.watermark.natural.syntax import Code, Node

FIRST_LINES = 2  # of a file, where an encoding and an interpreter are named
MOST_LINES = 60  # of a block; a longer one is left alone
DEEP = 3  # columns further in than the lines around it a line is a sample or a drawing
_LETTER = re.compile(rb"[A-Za-z\x80-\xff]")
_SMALL = re.compile(rb"(?<![\w.])[a-z]{2,}(?![\w.(])")
_STAR = re.compile(rb"[ \t]*(?:\*(?=\s|\Z))?")
_CONTINUED = re.compile(rb"\\\r?\n|\?\?")  # lines that go on, and trigraphs
_TAG = re.compile(rb"[@\\]([A-Za-z]+)(:?)")
_TAGS = frozenset(  # of documentation; text before them may vary, and any other tag is obeyed
    b"param arg argument returns return throws exception example see since template yields note "
    b"remarks brief details".split()
)
_END = re.compile(rb"\.(?=\s|\*/|\Z)")


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
class _Line:
    """A line of a comment without its signs; ``indent`` is None right behind the opening ones."""

    start: int
    data: bytes
    indent: int | None
    scope: str

    @property
    def text(self) -> str:
        return self.data.decode("utf-8", "replace")

    @property
    def is_empty(self) -> bool:
        return not _LETTER.search(self.data)


def comment_forms(
    data: bytes, comments: Sequence[Comment], signs: Signs, names: Collection[str]
) -> Iterator[Form]:
    """Full stop and capital of every paragraph of the comments.

    Args:
        comments: in their order in the file.
        names: all names in its code.
    """
    small = {word.decode() for word in _SMALL.findall(data)}
    head = _after_lines(data, FIRST_LINES)
    for run in _runs(data, comments):
        if any(is_legal(data[each.start : each.end].decode("utf-8", "replace")) for each in run):
            continue
        for block in _blocks(data, run):
            if block[0].start < head:
                continue
            for lines in _paragraphs(_lines_of(data, block, signs)):
                if sum(plain_words(line.text) for line in lines) < signs.least_words:
                    continue
                word = first_word(lines[0].text)
                if word and is_ordinary(word, small, names):
                    yield _capital(lines[0], signs)
                if may_stop(lines[-1].text.removesuffix(".")):
                    yield _stop(lines[-1], signs)


def forms_in(
    code: Code, signs: Signs, scope: Callable[[Node], str], is_free: Callable[[Node], bool]
) -> Iterator[Form]:
    """As ``comment_forms``, of a file that has a tree.

    Args:
        scope: the definition around a node.
        is_free: True where a comment stands at a place that nothing looks at.
    """
    names, comments = set(), []
    for node in code.root.walk():
        if node.type == "comment" and is_free(node):
            comments.append(Comment(node.start, node.end, scope(node)))
        elif "identifier" in node.type:
            names.add(code.text(node).decode("utf-8", "replace"))
    return comment_forms(code.data, comments, signs, names)


def plain(comment: bytes) -> bytes:
    """A comment without what the forms may change; one that is not for people as it is.

    >>> plain(b"// So be it.") == plain(b"// so be it"), plain(b"/* NOLINT */") == b"/* NOLINT */"
    (True, True)
    """
    text = comment.decode("utf-8", "replace").lstrip("/*#").removesuffix("*/")
    if is_obeyed(text) or is_legal(text):
        return comment
    return _END.sub(b"", comment.lower())


def _after_lines(data: bytes, count: int) -> int:
    at = 0
    for _ in range(count):
        at = data.find(b"\n", at) + 1 or len(data)
    return at


def _runs(data: bytes, comments: Sequence[Comment]) -> Iterator[list[Comment]]:
    """Comments between which there is nothing but space."""
    return _grouped(comments, lambda one, two: not data[one.end : two.start].strip())


def _blocks(data: bytes, run: Sequence[Comment]) -> Iterator[list[Comment]]:
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


def _lines_of(data: bytes, block: Sequence[Comment], signs: Signs) -> list[_Line]:
    """The lines of a block that may vary; none where one of them says that it may not."""
    lines: list[_Line] = []
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
            return [] if any(is_obeyed(each.text) for each in lines[at:]) else lines[:at]
        if tag or not is_prose(line.text):
            return []
    return lines


def _lines(data: bytes, comment: Comment, signs: Signs) -> list[_Line] | None:
    """The lines of one comment, None where its signs are not those of a comment for people."""
    raw = data[comment.start : comment.end].rstrip()
    is_block = raw.startswith(b"/*")
    opening = signs.block if is_block else signs.line
    found = opening.match(raw) if opening else None
    if _CONTINUED.search(raw):
        return None
    if found is None:
        return None if _LETTER.search(raw) else [_Line(comment.start, b"", None, comment.scope)]
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
        lines.append(_Line(comment.start + at + lead + gap, text, indent, comment.scope))
        at += len(part) + 1
    return lines


def _paragraphs(lines: Sequence[_Line]) -> Iterator[list[_Line]]:
    """Lines up to an empty one or a list, without lists, drawings and samples."""
    indents = [each.indent for each in lines if each.indent is not None and not each.is_empty]
    deep = min(indents, default=0) + DEEP
    found: list[_Line] = []
    in_list = False
    for line in (*lines, _Line(0, b"", None, "")):
        begins = is_item(line.text)
        if (line.is_empty or begins) and found:
            if not any(is_table(each.text) or (each.indent or 0) >= deep for each in found):
                yield found
            found = []
        in_list = not line.is_empty and (in_list or begins)
        if not (line.is_empty or in_list):
            found.append(line)


def _capital(line: _Line, signs: Signs) -> Form:
    letter = line.data[:1]
    mark = Mark("capital", _label(line, signs), int(letter.isupper()), line.scope, line.start)
    return Form(line.start, line.start + 1, (Alt(mark, (letter.lower(),), (letter.upper(),)),))


def _stop(line: _Line, signs: Signs) -> Form:
    """The last letter is part of the form, so that it stands in one stretch of the file only."""
    has_stop = line.data.endswith(b".")
    end = line.start + len(line.data) - has_stop
    mark = Mark("stop", _label(line, signs), int(has_stop), line.scope, line.start)
    return Form(end - 1, end + has_stop, (Span(end - 1, end), Alt(mark, (), (b".",))))


def _label(line: _Line, signs: Signs) -> bytes:
    """What both forms have in common."""
    return signs.name + b" " + line.data.lower().rstrip(b".")
