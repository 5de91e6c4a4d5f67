"""The fields of data files, whatever the notation: JSON, YAML, TOML, INI, XML, Python, tables.

A *record* is what stands together under one name or in one line: the members of an object, the
lines of one indentation, the children of an element, the cells of a row. Its fields have a key and
a text without quotes and escapes. Nothing is checked: a text of any kind gives some records, and
whoever reads them must ask for more than one field that is as expected.

>>> [record.fields for record in bracketed(b'[{"port": 80, "path": "a"}]')][0]
[Field(key=b'port', text=b'80', at=10), Field(key=b'path', text=b'a', at=22)]
>>> [(field.key, field.text) for record in lined(b"port: 80\\npath: a") for field in record.fields]
[(b'port', b'80'), (b'path', b'a')]
"""

import csv
import html
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

LONGEST_KEY = 80  # bytes
LONGEST_TEXT = 4096  # bytes of a quoted text, of a tag, and of a row of a table
DEEPEST = 64  # records within each other; what lies deeper is left out

_TOKEN = re.compile(
    rb'"(?:[^"\\\n]|\\.){0,%d}"|' % LONGEST_TEXT
    + rb"'(?:[^'\\\n]|\\.){0,%d}'|" % LONGEST_TEXT
    + rb"\\[\"']|[\[\]{}:=,;]|[^\s\[\]{}:=,;\"'()]+|[\"']"  # one that was escaped opens no text
)
_QUOTED_MAIL = re.compile(rb"(?:[ \t]*>)+ ?")
_LINE = re.compile(
    rb"(?P<indent>[ \t]*)(?P<dashes>(?:-[ \t]+)*)(?:export[ \t]+)?"
    rb"(?P<key>\"[^\"\n]{1,%d}\"|'[^'\n]{1,%d}'|[A-Za-z_\x80-\xff][\w.\x80-\xff-]{0,%d})"
    rb"[ \t]*(?:=>|:=|=|:(?=[ \t\"']|\Z))[ \t]*(?P<text>.*)\Z"
    % (LONGEST_KEY, LONGEST_KEY, LONGEST_KEY)
)
_ITEM = re.compile(rb"(?P<indent>[ \t]*)(?P<dashes>(?:-[ \t]+)+)(?P<text>\S.*)\Z")
_SECTION = re.compile(rb"[ \t]*\[+[ \t]*([^\[\]\n]{1,%d}?)[ \t]*\]+[ \t]*\Z" % LONGEST_KEY)
_CLOSING = re.compile(rb"[ \t]*[\[\]{}(),;]+[ \t]*\Z")
_ELEMENT = re.compile(rb"<(/?)([A-Za-z_][\w.:-]{0,%d})([^<>]{0,%d})>" % (LONGEST_KEY, LONGEST_TEXT))
_ATTRIBUTE = re.compile(rb"([A-Za-z_][\w.:-]{0,80})[ \t]*=[ \t]*(?:\"([^\"]*)\"|'([^']*)')")
_UNKEYED = frozenset((b"td", b"th", b"li", b"p", b"span", b"div", b"dd", b"dt"))
_REMARK = re.compile(rb"[ \t]+#[^\"']*\Z")
_REMARKS = (b"", b"#", b";", b"/")
_DELIMITERS = (",", "\t", ";", "|")


@dataclass(frozen=True, slots=True)
class Field:
    """One key with its text; the key is empty in a list or a table without a first line.

    ``at`` is the offset of the text, or of what stands before it.
    """

    key: bytes
    text: bytes
    at: int


@dataclass(slots=True)
class Record:
    """Fields that stand together, and the key under which they do."""

    parent: bytes
    fields: list[Field] = field(default_factory=list)

    def add(self, key: bytes, text: bytes, at: int) -> None:
        """One more field, unless it says nothing."""
        if text:
            self.fields.append(Field(key, text, at))


def bracketed(data: bytes) -> Iterator[Record]:
    """What stands in braces and square brackets, each pair a record; the innermost first."""
    stack: list[_Open] = []
    for token in _TOKEN.finditer(data):
        sign = token[0]
        if sign in (b"{", b"["):
            parent = (stack[-1].key or stack[-1].record.parent) if stack else b""
            stack = [*stack[-DEEPEST:], _Open(Record(parent))]
        elif not stack:
            continue
        elif sign in (b"}", b"]"):
            stack[-1].end()
            yield stack.pop().record
        elif sign in (b",", b";"):
            stack[-1].end()
        elif sign in (b":", b"=") and not stack[-1].key and stack[-1].text:
            stack[-1].key, stack[-1].text = stack[-1].text, b""
        else:
            stack[-1].take(_unquoted(sign), token.start())
    for opened in stack[::-1]:  # of a piece of a file
        opened.end()
        yield opened.record


def lined(data: bytes) -> Iterator[Record]:
    """Lines of a key and a text, those of one indentation a record; also behind signs of a mail."""
    stack: list[_Level] = []
    at = 0
    for whole in data.splitlines(keepends=True):
        quoted = _QUOTED_MAIL.match(whole)
        line = whole[quoted.end() if quoted else 0 :].rstrip(b"\r\n")
        found = _LINE.match(line) or _ITEM.match(line)
        if found:
            column = len(found["indent"]) + len(found["dashes"])
            while stack and (
                stack[-1].column > column
                or (stack[-1].column == column and b"-" in found["dashes"])
            ):
                yield stack.pop().record
            if not stack or stack[-1].column < column:
                stack.append(_Level(column, Record(stack[-1].last if stack else b"")))
            key = _unquoted(found["key"]) if "key" in found.groupdict() else b""
            stack[-1].take(key, found["text"], at + found.start("text"))
        elif section := _SECTION.match(line):
            yield from (level.record for level in stack[::-1])
            stack = [_Level(0, Record(_unquoted(section[1])))]
        elif _CLOSING.match(line):
            column = len(line) - len(line.lstrip())
            while stack and stack[-1].column > column:
                yield stack.pop().record
        elif line.lstrip()[:1] in _REMARKS:
            pass
        elif stack and line[:1].isspace():
            stack[-1].go_on(line.strip())
        elif stack:
            yield from (level.record for level in stack[::-1])
            stack = []
        stack = stack[-DEEPEST:]
        at += len(whole)
    yield from (level.record for level in stack[::-1])


def tagged(data: bytes) -> Iterator[Record]:
    """Elements with the texts of their children and their own attributes."""
    stack: list[_Element] = []
    for tag in _ELEMENT.finditer(data):
        name = tag[2].rpartition(b":")[2]
        if not tag[1]:
            opened = _Element(name, Record(name), tag.end())
            for found in _ATTRIBUTE.finditer(tag[3]):
                opened.record.add(
                    found[1].rpartition(b":")[2],
                    _plain(found[2] or found[3] or b""),
                    tag.start(3) + found.start(),
                )
            stack = [*stack[-DEEPEST:], opened]
            if not tag[3].endswith(b"/"):
                continue
        if not any(each.name == name for each in stack):
            continue
        while stack[-1].name != name:
            yield stack.pop().record
        ended = stack.pop()
        if stack and not ended.parts:
            key = b"" if name.lower() in _UNKEYED else name
            stack[-1].record.add(key, _plain(data[ended.start : tag.start()]), ended.start)
        if stack:
            stack[-1].parts = True
        yield ended.record
    yield from (each.record for each in stack[::-1])


def tabled(data: bytes, is_key: Callable[[bytes], bool]) -> Iterator[Record]:
    """Rows of cells, by every sign that may part them; a line of nothing but keys names them."""
    heads: dict[str, list[bytes]] = {}
    at = 0
    for whole in data.splitlines(keepends=True):
        quoted = _QUOTED_MAIL.match(whole)
        line = whole[quoted.end() if quoted else 0 :].strip()
        for sign in _DELIMITERS if len(line) <= LONGEST_TEXT else ():
            cells = _cells(line, sign)
            if len(cells) < 2:
                continue
            if all(map(is_key, cells)):
                heads[sign] = cells
                continue
            head = heads.get(sign, [])
            names = head if len(head) == len(cells) else [b""] * len(cells)
            record = Record(b"")
            for name, cell in zip(names, cells, strict=True):
                record.add(name, cell, at)
            yield record
        at += len(whole)


NOTATIONS: tuple[Callable[[bytes], Iterator[Record]], ...] = (tagged, bracketed, lined)


@dataclass(slots=True)
class _Open:
    """A bracket that is open, with the member that is being read."""

    record: Record
    key: bytes = b""
    text: bytes = b""
    at: int = 0

    def take(self, text: bytes, at: int) -> None:
        if not self.text:
            self.text, self.at = text, at
        elif len(self.text) <= LONGEST_TEXT:
            self.text += b" " + text

    def end(self) -> None:
        self.record.add(self.key, self.text, self.at)
        self.key = self.text = b""


@dataclass(slots=True)
class _Level:
    """The lines of one indentation; a text may go on in the next line."""

    column: int
    record: Record
    last: bytes = b""  # key

    def take(self, key: bytes, text: bytes, at: int) -> None:
        self.last = key
        self.record.add(key, _unquoted(_REMARK.sub(b"", text).strip().rstrip(b",;")), at)

    def go_on(self, text: bytes) -> None:
        if self.record.fields and self.record.fields[-1].key == self.last:
            before = self.record.fields[-1]
            if len(before.text) <= LONGEST_TEXT:
                text = _unquoted(before.text + b" " + text.rstrip(b",;"))
                self.record.fields[-1] = Field(before.key, text, before.at)


@dataclass(slots=True)
class _Element:
    name: bytes
    record: Record
    start: int  # of its content
    parts: bool = False


def _unquoted(text: bytes) -> bytes:
    """The text without its quotes and the usual escapes."""
    text = text.strip()
    if text[:1] in b"bru" and text[1:2] in (b'"', b"'"):
        text = text[1:]
    if len(text) < 2 or text[:1] != text[-1:] or text[:1] not in (b'"', b"'"):
        return text
    inner = text[1:-1]
    if text[:1] == b"'":
        return inner.replace(b"''", b"'")
    if b"\\" in inner:
        try:
            return str(json.loads(text)).encode("utf-8", "replace")
        except ValueError:
            return inner
    return inner


def _plain(text: bytes) -> bytes:
    """The text of an element without entities and outer spaces."""
    if b"&" in text:
        text = html.unescape(text.decode("utf-8", "replace")).encode("utf-8", "replace")
    return text.strip()


def _cells(line: bytes, sign: str) -> list[bytes]:
    if sign.encode() not in line:
        return []
    try:
        rows = list(csv.reader([line.decode("utf-8", "replace").strip(sign)], delimiter=sign))
    except csv.Error:
        return []
    return [cell.strip().encode("utf-8", "replace") for cell in rows[0]] if rows else []
