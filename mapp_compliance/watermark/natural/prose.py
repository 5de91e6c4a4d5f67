"""Which lines of a comment are only for people, and which words begin a sentence.

What a tool obeys, a licence and code that is commented out stay as they are, whatever the language:
a file may hold a template of another one, and a word too many costs a site and nothing else.

>>> is_obeyed("eslint-disable-next-line"), is_legal("All rights reserved"), is_code("x = y;")
(True, True, True)
"""

import re
from collections.abc import Collection

_OBEYED = re.compile(  # a comment that holds one of these is not only for people
    # of Python
    r"noqa|pragma|pylint|pyright|pyre-|pytype|mypy|flake8|ruff|isort|black:|fmt:|yapf|nosec"
    r"|nopep8|autopep8|\btype:|coding[:=]|-\*-|vim?:|sourcery|codespell|spell|cython|distutils|doctest"
    r"|>>>|nosonar|language\s*=|bandit|coverage|///|editor-fold|^\W*(?:end)?region\b|skipcq|lint|todo|fixme|xxx"
    r"|\$\w+[:$]"
    # of any language
    r"|do not (?:edit|modify)|(?:auto[- ]?|@|code |file |is )generated|generated (?:by|from)"
    r"|@formatter"
    r"|(?:begin|end|start|stop) ignore|ignore[- ](?:next|start|end|file|line)|-(?:ignore|expect)"
    r"|local variables:|\bex:|<!--|-->|cspell|sonar|coverity|fortify|veracode|semgrep|snyk"
    # of JavaScript and TypeScript
    r"|@ts-|[@#]__|sourcemap|sourceurl|webpack|turbopack|rollup|vite\b|vite-|parcel|istanbul|\bc8 "
    r"|\bv8 |prettier|dprint|biome|rome-|jshint|jslint|jscs|@jsx|@flow|@no|@jest|@vitest|@ng|@cc_on"
    r"|@preserve|@suppress|@typedef|@internal|flowfix|^\s*(?:globals?|exported|nginject)\b"
    r"|\bno default\b|use strict"
    # of C
    r"|falls?[\s_-]*thr(?:ough|u)|fallthru|not\s?reached|no ?break"
    r"|(?-i:ARGSUSED|VARARGS|CONSTCOND|PRINTFLIKE|SCANFLIKE)|[lg]cov|clang-|cppcheck"
    r"|iwyu|flawfinder|uncrustify|astyle|indent[- ]o|\*indent|doxygen|sparse:"
    r"|smatch|splint|misra|gcc diag|/\*|\*/",
    re.IGNORECASE,
)
_LEGAL = re.compile(
    r"copyright|licen[cs]e|spdx|\(c\)|all rights|permission (?:is|to|notice|from|of)|trademark"
    r"|written permission|warrant(?:y|ies)|\bauthors?\b|written by|redistribut|merchantab"
    r"|\bliab(?:le|ility)|public domain|provided .as is|\bpatents?\b|\u00a9",
    re.IGNORECASE,
)
_CODE = re.compile(
    r"^\s*(?:[\w.\[\]]+\s*[-+*/|&^%]?=[^=]|@\w|import\s|from\s+\S+\s+import\b|def\s|class\s+\w+[:(]"
    r"|return\b|raise\b|print\b|assert\b|elif\b|else:|try:|except\b|finally:|pass$|break$|continue$"
    r"|(?:if|for|while|with)\b.*:$|\w+(?:\.\w+)*\(.*\)$"
    r"|(?:if|for|while|switch|catch|function)\s*\(|#\s*(?:include|define|undef|if|ifdef|ifndef|endif)"
    r"|(?:const|let|var|export|require|typedef|struct|enum|static|extern|unsigned|int|char|void)\s+"
    r"[\w*]+(?:\s*[=;({\[:]|\s*$)|(?:goto|throw|new|delete|case|default)\b.*[;:(]|</?\w+[^>]*>"
    r"|[$>|%]\s*\w|[\w.>-]+(?:\(.*\)|\[.*\])[;{,]?$)"
    r"|[;{}]\s*$|=>|&&|\|\|"
)
_LAST = re.compile(r"(?:^|[\s(])[A-Za-z][A-Za-z'-]*$")
_SHORTENED = re.compile(
    r"(?:^|\W)(?:etc|e\.?g|i\.?e|vs|cf|al|no|inc|ltd|jr|sr|dr|mr|ms|st|op|v)$", re.I
)
_TABLE = re.compile(r"\S(?: {3,}|\t)\S|\|.*\||[-=_.*~]{4,}")
_ITEM = re.compile(r"(?:[-*+o\u2022]|\(?\w{1,2}[.)])\s")
_PLAIN = re.compile(r"(?:^|(?<=[\s(]))[A-Za-z][A-Za-z'-]*(?=[\s,.:;)!?]|$)")
_FIRST = re.compile(r"[A-Za-z][a-z]*(?=[\s,]|$)")
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


def is_legal(text: str) -> bool:
    """True for a part of a licence or of a claim to authorship."""
    return bool(_LEGAL.search(text))


def is_obeyed(text: str) -> bool:
    """True for what may tell a tool something."""
    return bool(_OBEYED.search(text))


def is_code(line: str) -> bool:
    """True for a line that looks like code which is commented out, or a sample of it."""
    return bool(_CODE.search(line))


def is_table(line: str) -> bool:
    """True for a line that is drawn, or set in columns."""
    return bool(_TABLE.search(line))


def is_item(line: str) -> bool:
    """True for a line that begins an entry of a list."""
    return bool(_ITEM.match(line))


def is_fence(line: str) -> bool:
    """True for a line that begins or ends a sample of code in Markdown."""
    return line.startswith(("```", "~~~"))


def plain_words(line: str) -> int:
    """How many words a line has that are words alone, and neither names nor signs."""
    return len(_PLAIN.findall(line))


def first_word(line: str) -> str:
    """The word that a line begins with, empty where it is no plain one."""
    found = _FIRST.match(line)
    return found.group() if found else ""


def is_ordinary(word: str, small: Collection[str], names: Collection[str]) -> bool:
    """True for a word that begins with a capital or not without being another one.

    Args:
        small: the words of the file that are written in small letters.
        names: the names in its code.
    """
    own = word.lower()
    if own in _COMMON:
        return True
    return len(own) > 1 and own in small and own not in names and own.capitalize() not in names


def may_stop(line: str) -> bool:
    """True for a line, without its full stop, that may end in one."""
    return bool(_LAST.search(line)) and not _SHORTENED.search(line)
