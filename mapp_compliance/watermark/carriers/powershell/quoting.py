"""Where a PowerShell script has texts, comments and variables in texts, read without a grammar.

The grammar takes good scripts for faulty ones, and where it loses count of the quotes a text would
be changed that is data. So a place is taken only where this reader and the grammar agree.

>>> found = quoted(b"f 'a' \\"$b `$c\\" # it's\\n@'\\n'd'\\n'@\\n")
>>> sorted(found.single), sorted(found.double), sorted(found.variables), found.closed
([(2, 5)], [(6, 14)], [(7, 9)], ((2, 5), (6, 14), (15, 21), (22, 31)))
"""

import re
import sys
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum

from mapp_compliance.watermark.natural.carrier import Unparsed

MOST_DEEP = 100
BOM = b"\xef\xbb\xbf"
# Typographic quotes, U+2018 to U+201B and U+201C to U+201E, are quotes here.
_SINGLE = rb"(?:'|\xe2\x80[\x98-\x9b])"
_DOUBLE = rb"(?:\"|\xe2\x80[\x9c-\x9e])"
_VERBATIM = re.compile(_SINGLE + rb"(?:(?!" + _SINGLE + rb").|" + _SINGLE * 2 + rb")*", re.DOTALL)
_SIGN = re.compile(_SINGLE + rb"|" + _DOUBLE)
_TWICE = re.compile(_DOUBLE * 2)
_DOCUMENT = re.compile(rb"@(?:(" + _SINGLE + rb")|(" + _DOUBLE + rb"))[ \t]*\r?\n")
_ENDS = (re.compile(rb"\n" + _SINGLE + rb"@"), re.compile(rb"\n" + _DOUBLE + rb"@"))
VARIABLE = re.compile(rb"\$(?:\{[A-Za-z_][\w:]*\}|(?:[A-Za-z]\w*:(?=\w))?[A-Za-z_]\w*)", re.ASCII)
_CODE = re.compile(rb"[^'\"`$#<@(){}\[\]\xe2-]+")
_TEXT = re.compile(rb"[^\"`$\xe2]+")
_PART_OF_WORD = re.compile(rb"[\w$.:/\\%!?*~^+=`'\"-]|[\x80-\xff]", re.ASCII)


class _In(Enum):
    """What a sign stands in; the value closes it."""

    CODE = b""
    PARENS = b")"
    BRACES = b"}"
    INDEX = b"]"
    TEXT = b'"'


_OPENS = {b"(": _In.PARENS, b"{": _In.BRACES, b"[": _In.INDEX}


@dataclass(frozen=True, slots=True)
class Quoted:
    """Texts with their quotes, variables that stand in them, and all that is no code, in order."""

    single: frozenset[tuple[int, int]]
    double: frozenset[tuple[int, int]]
    variables: frozenset[tuple[int, int]]
    closed: tuple[tuple[int, int], ...]

    def is_code(self, start: int) -> bool:
        """True outside of texts, here-strings and comments."""
        at = bisect_right(self.closed, (start, sys.maxsize)) - 1
        return at < 0 or self.closed[at][1] <= start

    def within(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """The texts, here-strings and comments that touch a stretch."""
        at = bisect_right(self.closed, (start, start)) - 1
        for place in self.closed[max(at, 0) :]:
            if place[0] >= end:
                return
            if place[1] > start:
                yield place


@dataclass(slots=True)
class _Reader:
    data: bytes
    at: int = 0
    single: set[tuple[int, int]] = field(default_factory=set)
    double: set[tuple[int, int]] = field(default_factory=set)
    variables: set[tuple[int, int]] = field(default_factory=set)
    closed: list[tuple[int, int]] = field(default_factory=list)
    open: list[tuple[_In, int]] = field(default_factory=lambda: [(_In.CODE, 0)])
    texts: int = 0  # of those that are open

    def run(self) -> None:
        while self.at < len(self.data):
            if len(self.open) > MOST_DEEP:
                raise Unparsed(None)
            if self.open[-1][0] is _In.TEXT:
                self._in_text()
            else:
                self._in_code()
        if len(self.open) > 1:
            raise Unparsed(None)

    def _in_text(self) -> None:
        data, at = self.data, self.at
        found = _TEXT.match(data, at)
        if found:
            self.at = found.end()
            return
        sign = data[at : at + 1]
        if sign == b"`" or _TWICE.match(data, at):
            twice = _TWICE.match(data, at)
            self.at = twice.end() if twice else at + 2
        elif sign == b"$":
            self._dollar()
        elif (quote := _SIGN.match(data, at)) and quote[0] not in {b"'"} and self._is_double(at):
            self.at = quote.end()
            _, start = self.open.pop()
            self.texts -= 1
            if not self.texts:
                self.double.add((start, self.at))
                self.closed.append((start, self.at))
        else:
            self.at += 1

    def _is_double(self, at: int) -> bool:
        return re.compile(_DOUBLE).match(self.data, at) is not None

    def _dollar(self) -> None:
        data, at = self.data, self.at
        if data.startswith(b"$(", at):
            self.at += 1
            self._enter(_In.PARENS, 1)
            return
        if data.startswith(b"${", at):
            end = data.find(b"}", at)
            if end < 0:
                raise Unparsed(None)
            self.at = end + 1
        else:
            found = VARIABLE.match(data, at)
            self.at = found.end() if found else at + 1
        found = VARIABLE.match(data, at)
        if self.texts == 1 and self.open[-1][0] is _In.TEXT and found:
            self.variables.add(found.span())

    def _in_code(self) -> None:
        data, at = self.data, self.at
        found = _CODE.match(data, at)
        if found:
            self.at = found.end()
            return
        sign = data[at : at + 1]
        if sign == self.open[-1][0].value:
            self.open.pop()
            self.at += 1
        elif sign in _OPENS:
            self._enter(_OPENS[sign], 1)
        elif sign in {b")", b"}", b"]"}:
            if sign != b"]":
                raise Unparsed(None)
            self.at += 1
        elif sign == b"`":
            self.at += 2
        elif sign == b"$":
            self._dollar()
        else:
            self._rest(sign)

    def _rest(self, sign: bytes) -> None:
        data, at = self.data, self.at
        if sign == b"@" and (found := _DOCUMENT.match(data, at)):
            end = _ENDS[found[1] is None].search(data, found.end() - 1)
            self._close(at, end.end() if end else -1)
        elif data.startswith(b"<#", at):
            end_sign = data.find(b"#>", at + 2)
            self._close(at, end_sign + 2 if end_sign > 0 else -1)
        elif self._goes_on_to_line_end(sign):
            line_end = data.find(b"\n", at)
            self._close(at, len(data) if line_end < 0 else line_end)
        elif (quote := _SIGN.match(data, at)) and not self._is_double(at):
            found = _VERBATIM.match(data, at)
            end = _SIGN.match(data, found.end()) if found else None
            self._close(at, end.end() if end else -1)
            if not self.texts and data[at : at + 1] == b"'":
                self.single.add((at, self.at))
        elif quote:
            self._enter(_In.TEXT, len(quote[0]))
            self.texts += 1
        else:
            self.at += 1

    def _goes_on_to_line_end(self, sign: bytes) -> bool:
        """True for a comment, and for what stops the reading of a line."""
        data, at = self.data, self.at
        if sign == b"#":
            return not at or not _PART_OF_WORD.match(data, at - 1)
        return data.startswith(b"--%", at) and data[at + 3 : at + 4].isspace()

    def _enter(self, what: _In, size: int) -> None:
        self.open.append((what, self.at))
        self.at += size

    def _close(self, start: int, end: int) -> None:
        """Goes past what is no code. Raises Unparsed where it does not end."""
        if end <= start:
            raise Unparsed(None)
        if not self.texts:
            self.closed.append((start, end))
        self.at = end


def quoted(data: bytes) -> Quoted:
    """What a script quotes, and where it is no code. Raises Unparsed where something stays open."""
    reader = _Reader(data)
    reader.run()
    return Quoted(
        *(frozenset(reader.single), frozenset(reader.double), frozenset(reader.variables)),
        closed=tuple(sorted(reader.closed)),
    )
