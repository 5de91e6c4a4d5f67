"""Comments: the full stop at the end, and the capital at the beginning.

- stop: the last line of a comment ends in a full stop (second form);
- capital: its first word begins with a capital (second form).

Neither shows in the code or its tree, and formatters leave words alone. What a tool obeys, a
licence, a link and code that is commented out stay as they are, for their whole block of lines; a
first word is touched only if it is a common English one, or stands in the file in small letters
and is no name in its code, so that no name is written differently.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice

from tree_sitter import Node

from mapp_compliance.watermark.carriers.python.syntax import Code
from mapp_compliance.watermark.natural.forms import Alt, Form, Mark, Span

LEAST_WORDS = 2
FIRST_LINES = 2  # of a file, where an encoding and an interpreter are named
MOST_LINES = 60  # of a block; a longer one is left alone
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
_SHORTENED = re.compile(
    r"(?:^|\W)(?:etc|e\.?g|i\.?e|vs|cf|al|no|inc|ltd|jr|sr|dr|mr|ms|st|op|v)$", re.I
)
_HEAD = re.compile(r"#+[ \t]+")
_WORD = re.compile(r"[A-Za-z][a-z]*(?=[\s,]|$)")
_SMALL = re.compile(rb"(?<![\w.])[a-z]{2,}(?![\w.(])")
_WORDS = """
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
"""  # common first words, none of which is a name
_COMMON = frozenset(_WORDS.split())


def comment_forms(code: Code, node: Node) -> Iterator[Form]:
    """Full stop and capital of a comment that stands alone, behind code, or in a block of lines."""
    if node.type != "comment" or node.start_point[0] < FIRST_LINES:
        return
    is_first, is_last = (next(lines(code, node), None) is None for lines in (_above, _below))
    if not (is_first or is_last):
        return
    block = [code.text(node)]
    for lines in (_above, _below):
        block += islice(lines(code, node), MOST_LINES)
    if len(block) > MOST_LINES or not all(_is_prose(line) for line in block):
        return
    if is_first:
        yield from _capital(code, node)
    if is_last:
        yield from _stop(code, node)


def _is_prose(line: bytes) -> bool:
    """True for a line of a comment that is only for people and may be written otherwise."""
    text = line.decode("utf-8", "replace").rstrip()
    other = _OBEYED.search(text) or _LEGAL.search(text) or _CODE.match(text.lstrip("# \t"))
    return not other and text[1:2] not in {":", "!", "%"}


def _above(code: Code, node: Node) -> Iterator[bytes]:
    """The comments in the lines above that belong to it, from below; none behind code."""
    data = code.data
    end = data.rfind(b"\n", 0, node.start_byte)
    indent = data[end + 1 : node.start_byte]
    while end > 0 and not indent.strip():
        start = data.rfind(b"\n", 0, end) + 1
        if not data.startswith(indent + b"#", start):
            return
        yield data[start + len(indent) : end]
        end = start - 1


def _below(code: Code, node: Node) -> Iterator[bytes]:
    """The comments in the lines below that belong to it; none behind code."""
    data = code.data
    indent = data[data.rfind(b"\n", 0, node.start_byte) + 1 : node.start_byte]
    start = data.find(b"\n", node.end_byte) + 1
    while start and not indent.strip() and data.startswith(indent + b"#", start):
        end = data.find(b"\n", start)
        yield data[start + len(indent) : len(data) if end < 0 else end]
        start = end + 1


def _capital(code: Code, node: Node) -> Iterator[Form]:
    text = code.text(node).decode()
    head = _HEAD.match(text)
    word = _WORD.match(text, head.end()) if head else None
    if word is None or len(text.split()) <= LEAST_WORDS or not _is_ordinary(code, word.group()):
        return
    letter = text[word.start()]
    mark = Mark("capital", _label(text), int(letter.isupper()), code.scope(node), node.start_byte)
    start = node.start_byte + len(text[: word.start()].encode())
    small, large = letter.lower().encode(), letter.upper().encode()
    yield Form(start, start + 1, (Alt(mark, (small,), (large,)),))


def _is_ordinary(code: Code, word: str) -> bool:
    """True for a word that begins with a capital or not without being another one."""
    small = word.lower()
    if small in _COMMON:
        return True
    names, words = _vocabulary(code)
    return len(small) > 1 and small in words and names.isdisjoint({small, small.capitalize()})


@lru_cache(maxsize=4)
def _vocabulary(code: Code) -> tuple[frozenset[str], frozenset[str]]:
    """The names in the code of a file, and all words in it that are written small."""
    names = {code.text(node).decode() for node in code.nodes() if node.type == "identifier"}
    return frozenset(names), frozenset(word.decode() for word in _SMALL.findall(code.data))


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
