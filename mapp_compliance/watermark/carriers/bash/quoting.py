"""Where a shell script quotes and expands, read a second time and without a grammar.

A grammar that takes a here-document for code, or loses count of the quotes, would have a text
changed that is printed. So a place is taken only where this reader and the grammar agree.

>>> found = quoted(b"echo 'a' \\"$b\\" # it's\\ncat <<E\\n$c isn't\\nE\\n")
>>> sorted(found.single), sorted(found.double), sorted(found.variables)
([(5, 8)], [(9, 13)], [10, 29])
"""

import re
from dataclasses import dataclass, field
from enum import Enum

from mapp_compliance.watermark.natural.carrier import Unparsed

MOST_DEEP = 100
_HEREDOC = re.compile(rb"<<(-?)[ \t]*(?:'([^'\n]+)'|\"([^\"\n]+)\"|(\\?)([\w.!+%-]+))")
_VARIABLE = re.compile(rb"\$(?:\w|[@*]|\{(?:[A-Za-z_]\w*|[0-9]|[@*])\})")
_BEFORE_COMMENT = frozenset(b" \t\n;&|()")


class _In(Enum):
    """What a sign stands in; the value closes it."""

    CODE = b""
    PARENS = b")"
    TICKS = b"`"
    DOUBLE = b'"'
    BRACES = b"}"
    SUM = b"))"


@dataclass(frozen=True, slots=True)
class Quoted:
    """Stretches in quotes with their quotes, and where plain variables are expanded."""

    single: frozenset[tuple[int, int]]
    double: frozenset[tuple[int, int]]
    variables: frozenset[int]
    documents: tuple[tuple[int, int], ...]  # the bodies of here-documents


@dataclass(slots=True)
class _Reader:
    data: bytes
    at: int = 0
    single: set[tuple[int, int]] = field(default_factory=set)
    double: set[tuple[int, int]] = field(default_factory=set)
    variables: set[int] = field(default_factory=set)
    documents: list[tuple[int, int]] = field(default_factory=list)
    open: list[tuple[_In, int]] = field(default_factory=lambda: [(_In.CODE, 0)])
    waiting: list[tuple[bytes, bool, bool]] = field(default_factory=list)

    def run(self) -> None:
        while self.at < len(self.data):
            if len(self.open) > MOST_DEEP:
                raise Unparsed(None)
            self._step(self.open[-1][0])
        if len(self.open) > 1 or self.waiting:
            raise Unparsed(None)

    def _step(self, where: _In) -> None:
        data, at = self.data, self.at
        if where.value and data.startswith(where.value, at):
            _, start = self.open.pop()
            self.at += len(where.value)
            if where is _In.DOUBLE:
                self.double.add((start, self.at))
            return
        sign = data[at : at + 1]
        if sign == b"\\":
            self.at += 2
        elif sign == b"$":
            self._dollar(where)
        elif sign == b"`":
            self._enter(_In.TICKS, 1)
        elif where is _In.DOUBLE:
            self.at += 1
        elif sign == b'"':
            self._enter(_In.DOUBLE, 1)
        elif sign == b"'":
            self._single(where)
        elif where in {_In.BRACES, _In.SUM}:
            # Brackets within a sum are counted, so that its own two are told from theirs.
            self._enter(_In.PARENS, 1) if (where, sign) == (_In.SUM, b"(") else self._skip()
        else:
            self._code(sign)

    def _code(self, sign: bytes) -> None:
        data, at = self.data, self.at
        if sign == b"#" and (not at or data[at - 1] in _BEFORE_COMMENT):
            end = data.find(b"\n", at)
            self.at = len(data) if end < 0 else end
        elif sign == b"(":
            is_sum = data.startswith(b"((", at) and (not at or data[at - 1] in b" \t\n;&|!")
            self._enter(_In.SUM if is_sum else _In.PARENS, 2 if is_sum else 1)
        elif sign == b"<" and data.startswith(b"<<", at):
            self._document()
        elif sign == b"\n":
            self.at += 1
            self._bodies()
        else:
            self.at += 1

    def _skip(self) -> None:
        self.at += 1

    def _enter(self, what: _In, size: int) -> None:
        self.open.append((what, self.at))
        self.at += size

    def _dollar(self, where: _In) -> None:
        data, at = self.data, self.at
        if _VARIABLE.match(data, at):
            self.variables.add(at)
        if data.startswith(b"$((", at):
            self._enter(_In.SUM, 3)
        elif data.startswith(b"$(", at):
            self._enter(_In.PARENS, 2)
        elif data.startswith(b"${", at):
            self._enter(_In.BRACES, 2)
        elif data.startswith(b"$'", at) and where is not _In.DOUBLE:
            found = re.compile(rb"\$'(?:\\.|[^'\\])*'", re.DOTALL).match(data, at)
            if found is None:
                raise Unparsed(None)
            self.at = found.end()
        else:
            self.at += 2 if data[at + 1 : at + 2] in {b"$", b"#", b"!"} else 1

    def _single(self, where: _In) -> None:
        is_text = where is _In.BRACES and any(each is _In.DOUBLE for each, _ in self.open)
        end = self.data.find(b"'", self.at + 1)
        if is_text or end < 0:
            if end < 0 and not is_text:
                raise Unparsed(None)
            self.at += 1
            return
        self.single.add((self.at, end + 1))
        self.at = end + 1

    def _document(self) -> None:
        found = (
            None if self.data.startswith(b"<<<", self.at) else _HEREDOC.match(self.data, self.at)
        )
        if found is None:
            self.at += 3 if self.data.startswith(b"<<<", self.at) else 2
            return
        name = found[2] or found[3] or found[5]
        is_plain = found[5] is not None and not found[4]
        self.waiting.append((name, bool(found[1]), is_plain))
        self.at = found.end()

    def _bodies(self) -> None:
        """The bodies of the here-documents that the line before announced."""
        for name, is_indented, is_plain in self.waiting:
            start = self.at
            while True:
                if self.at >= len(self.data):
                    raise Unparsed(None)
                end = self.data.find(b"\n", self.at)
                end = len(self.data) if end < 0 else end
                line = self.data[self.at : end].removesuffix(b"\r")
                if (line.lstrip(b"\t") if is_indented else line) == name:
                    break
                self.at = end + 1
            self.documents.append((start, self.at))
            if is_plain:
                self._expanded(start, self.at)
            self.at = min(end + 1, len(self.data))
        self.waiting = []

    def _expanded(self, start: int, end: int) -> None:
        while start < end:
            if self.data[start : start + 1] == b"\\":
                start += 1
            elif _VARIABLE.match(self.data, start, end):
                self.variables.add(start)
            start += 1


def quoted(data: bytes) -> Quoted:
    """What a script quotes and expands. Raises Unparsed where something stays open."""
    reader = _Reader(data)
    reader.run()
    return Quoted(
        *(frozenset(reader.single), frozenset(reader.double), frozenset(reader.variables)),
        documents=tuple(reader.documents),
    )
