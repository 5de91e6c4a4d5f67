"""Comments: the full stop at the end, and the capital at the beginning.

- stop: the last line of a comment ends in a full stop (second form);
- capital: its first word begins with a capital (second form).

Neither shows in the code or its tree, and formatters leave words alone. What a tool obeys, a
licence, a link and code that is commented out stay as they are, for their whole block of lines; a
first word is touched only if it is a common English one, so that no name is written differently.
"""

import re
from collections.abc import Iterator, Sequence

from tree_sitter import Node

from mapp_compliance.watermark.carriers.python.forms import Alt, Form, Mark, Span
from mapp_compliance.watermark.carriers.python.syntax import Code

LEAST_WORDS = 2
_OBEYED = re.compile(  # a comment that holds one of these is not only for people
    r"noqa|pragma|pylint|pyright|pyre-|pytype|mypy|flake8|ruff|isort|black:|fmt:|yapf|nosec"
    r"|nopep8|autopep8|type:|coding[:=]|-\*-|vim?:|sourcery|codespell|spell|cython|distutils|doctest"
    r"|>>>|nosonar|language\s*=|bandit|coverage|///|region|editor-fold|skipcq|lint|todo|fixme|xxx"
    r"|\$\w+[:$]",
    re.IGNORECASE,
)
_LEGAL = re.compile(
    r"copyright|licen[cs]e|spdx|\(c\)|all rights|permission|warrant|trademark|author|written by",
    re.IGNORECASE,
)
_CODE = re.compile(
    r"^\s*(?:[\w.\[\]]+\s*[-+*/|&^%]?=[^=]|@\w|import\s|from\s+\S+\s+import\b|def\s|class\s+\w+[:(]"
    r"|return\b|raise\b|print\b|assert\b|elif\b|else:|try:|except\b|finally:|pass$|break$|continue$"
    r"|(?:if|for|while|with)\b.*:$|\w+(?:\.\w+)*\(.*\)$)"
)
_LAST = re.compile(r"(?:^|[\s(])[A-Za-z][A-Za-z'-]*$")
_SHORTENED = re.compile(r"(?:^|\W)(?:etc|e\.?g|i\.?e|vs|cf|al|no|inc|ltd|jr|sr|dr|mr|ms|st|op|v)$", re.I)
_HEAD = re.compile(r"#+[ \t]+")
_WORD = re.compile(r"[A-Za-z][a-z]*(?=[\s,]|$)")
_COMMON = frozenset(
    """
    a about add after again all allow also always an and any are as ask assume at avoid be because
    before below both build but by call can cannot change check clean clear close collect combine
    compare compute convert copy could count create default define delete depending determine do
    does done each either else empty end ensure even every everything exclude extract fall fetch
    fill find first fix follow for force found from generate give given go handle has have here how
    however if ignore in include increment initialize insert instead invalid is it its just keep
    last leave let like load look loop make many match may maybe merge more most move must need
    never new next no none normalize not note nothing now of on once one only open optional or
    other otherwise our output parse perform pick possible prepare prevent private process public
    push put raise re read reduce remove replace report reset restore return returns run same save
    search see select send set should show simple since skip so some sort special split start stop
    store strip support take tell temporary test that the their then there these they this those
    to transform treat true try turn two undo unless until update use used using usually utility
    validate verify wait walk want warn was we were what when where whether which while why will
    with without work would wrap write yes yet you
    """.split()
)


def comment_forms(code: Code, node: Node) -> Iterator[Form]:
    """Full stop and capital of a comment that stands alone, behind code, or in a block of lines."""
    if node.type != "comment" or node.start_point[0] < 2:
        return
    try:
        lines, at = _block(code, node)
    except UnicodeDecodeError:
        return
    whole = "\n".join(lines)
    if _OBEYED.search(whole) or _LEGAL.search(whole):
        return
    if any(line[1:2] in {":", "!", "%"} or _CODE.match(line.lstrip("# \t")) for line in lines):
        return
    if at == 0:
        yield from _capital(code, node)
    if at == len(lines) - 1:
        yield from _stop(code, node)


def _block(code: Code, node: Node) -> tuple[Sequence[str], int]:
    """The comments in the lines around a node that belong to it, and which of them it is."""
    data, column = code.data, node.start_point[1]
    line_start = data.rfind(b"\n", 0, node.start_byte) + 1
    lines = [code.text(node).decode().rstrip()]
    indent = data[line_start : node.start_byte]
    if indent.strip():
        return lines, 0
    at, above = 0, line_start
    while above:
        start = data.rfind(b"\n", 0, above - 1) + 1
        line = data[start : above - 1]
        if line[:column] != indent or line[column : column + 1] != b"#":
            break
        lines.insert(0, line[column:].decode().rstrip())
        at, above = at + 1, start
    below = data.find(b"\n", node.end_byte) + 1
    while below:
        stop = data.find(b"\n", below)
        line = data[below : len(data) if stop < 0 else stop]
        if line[:column] != indent or line[column : column + 1] != b"#":
            break
        lines.append(line[column:].decode().rstrip())
        below = stop + 1
    return lines, at


def _capital(code: Code, node: Node) -> Iterator[Form]:
    text = code.text(node).decode()
    head = _HEAD.match(text)
    word = _WORD.match(text, head.end()) if head else None
    if word is None or word.group().lower() not in _COMMON or len(text.split()) <= LEAST_WORDS:
        return
    letter = text[word.start()]
    mark = Mark("capital", _label(text), int(letter.isupper()), code.scope(node), node.start_byte)
    start = node.start_byte + len(text[: word.start()].encode())
    small, large = letter.lower().encode(), letter.upper().encode()
    yield Form(start, start + 1, (Alt(mark, (small,), (large,)),))


def _stop(code: Code, node: Node) -> Iterator[Form]:
    """The last letter is part of the form, so that it stands in one stretch of the file only."""
    text = code.text(node).decode().rstrip()
    has_stop = text.endswith(".")
    bare = text.removesuffix(".")
    if not _LAST.search(bare) or _SHORTENED.search(bare) or len(text.split()) <= LEAST_WORDS:
        return
    mark = Mark("stop", _label(text), int(has_stop), code.scope(node), node.start_byte)
    end = node.start_byte + len(bare.encode())
    yield Form(end - 1, end + has_stop, (Span(end - 1, end), Alt(mark, (), (b".",))))


def _label(text: str) -> bytes:
    """What both forms have in common."""
    return text.lower().rstrip(".").encode()
