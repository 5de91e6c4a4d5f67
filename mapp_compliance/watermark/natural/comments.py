"""Forms of comments, whatever the language: the full stop at the end, the capital at the beginning.

- stop: a paragraph of a comment ends in a full stop (second form);
- capital: its first word begins with a capital (second form).

Neither shows in the code or its tree, and formatters leave words alone. A comment is taken only
where no line of it speaks to a tool, and a paragraph where none is code, see ``prose``. Comments
between which there is nothing but space stay as they are when one of them speaks of rights, as a
licence may come in several. Of documentation what stands before its first tag is taken, and the
full stop of what is said of a parameter or result. A first word is touched only if it is a common
English one, or stands in the file in small letters and is no name in its code, so that no name is
written differently.

>>> from mapp_compliance.watermark.natural.paragraphs import SLASHES, Comment
>>> data = b"f();\\ng();\\n// it is done by then\\nh();\\n"
>>> forms = comment_forms(data, [Comment(10, 31, "")], SLASHES, set())
>>> [(data[form.start : form.end], form.pieces[-1].mark.family) for form in forms]
[(b'i', 'capital'), (b'n', 'stop')]
"""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence

from mapp_compliance.watermark.natural.forms import Alt, Form, Mark, Span
from mapp_compliance.watermark.natural.paragraphs import (
    Comment,
    Line,
    Signs,
    blocks,
    paragraphs,
    runs,
)
from mapp_compliance.watermark.natural.prose import (
    first_word,
    is_legal,
    is_obeyed,
    is_ordinary,
    may_stop,
    plain_words,
)
from mapp_compliance.watermark.natural.syntax import Code, Node

FIRST_LINES = 2  # of a file, where an encoding and an interpreter are named
TELLING = 5  # words at an end of a paragraph, as many as the shortest row of the reader has
_WORD = re.compile(rb"[\w\x80-\xff]+")
_SMALL = re.compile(rb"(?<![\w.])[a-z]{2,}(?![\w.(])")
_END = re.compile(rb"\.(?=\s|\*/|\Z)")


def comment_forms(
    data: bytes, comments: Sequence[Comment], signs: Signs, names: Collection[str]
) -> Iterator[Form]:
    """Full stop and capital of every paragraph of the comments.

    Args:
        comments: in their order in the file.
        names: all names in its code.
    """
    small = {word.decode() for word in _SMALL.findall(data)}
    found = [
        lines
        for block in _taken(data, comments)
        for lines in paragraphs(data, block, signs)
        if sum(plain_words(line.text) for line in lines) >= signs.least_words + lines[0].has_tag
    ]
    ends = Counter(end for lines in found for end in _ends(lines))
    for lines in found:
        first, last, (start, end) = lines[0], lines[-1], _ends(lines)
        word = first_word(first.text)
        if not first.has_tag and is_ordinary(word, small, names) and ends[start] == 1:
            yield _capital(first, signs)
        if may_stop(last.text.removesuffix(".")) and ends[end] == 1:
            yield _stop(last, signs)


def _taken(data: bytes, comments: Sequence[Comment]) -> Iterator[list[Comment]]:
    """The blocks behind the first lines that have nothing to do with rights."""
    head = _after_lines(data, FIRST_LINES)
    for run in runs(data, comments):
        texts = (data[each.start : each.end].decode("utf-8", "replace") for each in run)
        if not any(is_legal(text) for text in texts):
            yield from (block for block in blocks(data, run) if block[0].start >= head)


def _ends(lines: Sequence[Line]) -> tuple[tuple[bytes, ...], tuple[bytes, ...]]:
    """The first and the last words of a paragraph, by which it is found again."""
    words = [word.lower() for line in lines for word in _WORD.findall(line.data)]
    return (b"first", *words[:TELLING]), (b"last", *words[-TELLING:])


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


def _capital(line: Line, signs: Signs) -> Form:
    letter = line.data[:1]
    mark = Mark("capital", _label(line, signs), int(letter.isupper()), line.scope, line.start)
    return Form(line.start, line.start + 1, (Alt(mark, (letter.lower(),), (letter.upper(),)),))


def _stop(line: Line, signs: Signs) -> Form:
    """The last letter is part of the form, so that it stands in one stretch of the file only."""
    has_stop = line.data.endswith(b".")
    end = line.start + len(line.data) - has_stop
    mark = Mark("stop", _label(line, signs), int(has_stop), line.scope, line.start)
    return Form(end - 1, end + has_stop, (Span(end - 1, end), Alt(mark, (), (b".",))))


def _label(line: Line, signs: Signs) -> bytes:
    """What both forms have in common."""
    return signs.name + b" " + line.data.lower().rstrip(b".")
