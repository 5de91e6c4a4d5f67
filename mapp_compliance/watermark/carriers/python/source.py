"""Python source as a row of tokens that formatting, quoting and bracketing leave alone.

The row drops comments, layout, parentheses, commas, semicolons and texts that stand alone as a
statement; a text or number is its value, ``elif`` is ``else: if``. So the row of a file is that of
the same file after a formatter, or after a round trip through a syntax tree. It is cut by one
regular expression and never parsed, so that a fragment, a quoted mail or broken code gives its
tokens too. How a text or number is written is kept beside it, as its style.

>>> [token.key for token in tokens_of(b"if (x == 0x10):  # so\\n    f('a' \\"b\\", )")]
[b'if', b'x', b'==', b'#16', b':', b'f', b"'ab"]
"""

import builtins
import keyword
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from mapp_compliance.watermark.natural.remarks import Remarks
from mapp_compliance.watermark.natural.tokens import MOST_PAIRED, Piece, Role, Token, row_of

MAX_TEXT_BYTES = 4096  # of a string whose value is told; a longer one is just some text
MAX_GLUED_BYTES = 65536  # from where on what is glued to a text does not show in its key
MAX_DIGITS = 100

_STRING = (
    rb"[rRbBuUfF]{0,2}"
    rb"(?:'''(?:\\.|[^\\])*?'''|\"\"\"(?:\\.|[^\\])*?\"\"\"|'(?:\\.|[^'\\\n])*'|\"(?:\\.|[^\"\\\n])*\")"
)
_NUMBER = (
    rb"0[xX][0-9a-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+"
    rb"|(?:[0-9][0-9_]*(?:\.[0-9_]*)?|\.[0-9][0-9_]*)(?:[eE][+-]?[0-9_]+)?[jJ]?"
)
_TOKEN = re.compile(
    rb"(?P<comment>#[^\n]*|\\[\"'])|(?P<line>\n)|(?P<string>"
    + _STRING
    + rb")|(?P<number>"
    + _NUMBER
    + rb")"
    rb"|(?P<word>[A-Za-z_\x80-\xff][A-Za-z0-9_\x80-\xff]*)"
    rb"|(?P<sign>\*\*=|//=|>>=|<<=|\.\.\.|\*\*|//|>>|<<|:=|->|[-+*/%@&|^=!<>]=|[^\s\\])",
    re.DOTALL,
)
_ESCAPE = re.compile(
    r"\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-7]{1,3}|\r?\n|.)", re.DOTALL
)
_PLAIN = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}
_KEYWORDS = frozenset(word.encode() for word in keyword.kwlist) - {b"None", b"True", b"False"}
_CONSTANTS = frozenset({b"None", b"True", b"False"})
_BUILTINS = frozenset(name.encode() for name in dir(builtins)) - _CONSTANTS
_OPENING, _CLOSING = frozenset(b"([{"), frozenset(b")]}")
_DROPPED = frozenset({b"(", b")", b",", b";"})
_ELSE_IF = (b"else", b":", b"if")


@dataclass(slots=True)
class _Pair:
    """An opening parenthesis."""

    count: int  # tokens before it
    first: Token | None = None

    def close(self, count: int) -> None:
        """Notes the pair at the token that it begins with, when it holds any."""
        held = count - self.count
        if self.first is not None and held <= MOST_PAIRED and held not in self.first.pairs:
            self.first.pairs += (held,)


@dataclass(slots=True)
class Scanner:
    """Cuts a text that comes in pieces; what one piece leaves open the next goes on with."""

    depth: int = 0
    fresh: bool = True  # a statement begins here
    before: bytes = b""
    text: Token | None = None  # the text that the next one would be glued to
    alone: Token | None = None  # a text that so far is all of its statement
    count: int = 0  # tokens so far
    opened: list["_Pair"] = field(default_factory=list)
    _keys: dict[bytes, bytes] = field(default_factory=dict)

    def copy(self) -> "Scanner":
        """A scanner that goes on from here on its own."""
        opened = [replace(pair) for pair in self.opened]
        return replace(self, text=None, alone=None, opened=opened)

    def cut(self) -> None:
        """Says that nothing that follows belongs to a token before."""
        self.text = self.alone = None

    def scan(self, data: bytes) -> Iterator[Token]:
        """The tokens of the next piece; one may be dropped later, when its statement ends."""
        for found in _TOKEN.finditer(data):
            text, at = found.group(), found.start()
            match found.lastgroup:
                case "comment":
                    continue
                case "line":
                    self._end_line()
                case "string":
                    yield from self._string(text, at)
                case "number":
                    yield self._token(*_number(text), at)
                case "word":
                    yield from self._word(text, at)
                case _:
                    yield from self._sign(text, at)

    def end(self) -> None:
        """Says that nothing follows."""
        self.depth = 0
        self._end_line()

    def _end_line(self) -> None:
        if self.depth == 0:
            if self.alone is not None:
                self.alone.dropped = True
            self.text = self.alone = None
            self.fresh = True

    def _token(self, key: bytes, role: Role, base: int | None, at: int) -> Token:
        self.text = self.alone = None
        self.fresh, self.before = False, key
        self.count += 1
        token = Token(key, role, at, base=base)
        for pair in reversed(self.opened):
            if pair.first is not None:
                break
            pair.first = token
        return token

    def _word(self, text: bytes, at: int) -> Iterator[Token]:
        if text == b"elif":
            for part in _ELSE_IF:
                yield self._token(part, Role.FIXED, None, at)
            return
        role = Role.BUILTIN if text in _BUILTINS else Role.NAME
        if self.before == b".":
            role = Role.ATTRIBUTE
        elif text in _KEYWORDS:
            role = Role.FIXED
        elif text in _CONSTANTS:
            role = Role.VALUE
        yield self._token(text, role, None, at)

    def _sign(self, text: bytes, at: int) -> Iterator[Token]:
        if text == b"(":
            self.opened.append(_Pair(self.count))
        elif text == b")" and self.opened:
            self.opened.pop().close(self.count)
        if text[0] in _OPENING:
            self.depth += 1
        elif text[0] in _CLOSING:
            self.depth = max(self.depth - 1, 0)
        if text == b";":
            self._end_line()
        if text not in _DROPPED:
            yield self._token(text, Role.FIXED, None, at)
        self.text = self.alone = None
        self.fresh = (text in {b":", b";"}) and self.depth == 0

    def _string(self, text: bytes, at: int) -> Iterator[Token]:
        key = self._keys.get(text) or _text_key(text)
        self._keys[text] = key
        mark = text.lstrip(b"rRbBuUfF")[:3]
        quote = None if mark in {b"'''", b'"""'} else int(mark[:1] == b'"')
        piece = Piece(at, quote, int(b"r" in text[:2].lower().split(mark[:1])[0]))
        last = self.text
        if last is not None:
            last.glued.append(piece)
            last.pieces = len(last.glued)
            if len(last.key) < MAX_GLUED_BYTES:
                last.key = last.key + key[1:] if last.key[:1] == key[:1] else b"f"
            return
        alone = self.fresh and self.depth == 0
        token = self._token(key, Role.VALUE, None, at)
        token.glued.append(piece)
        token.pieces = 1
        self.text = token
        self.alone = token if alone else None
        yield token


def remarks() -> Remarks:
    """A fresh scanner of the words of comments."""
    return Remarks(_TOKEN)


def remarks_of(data: bytes) -> list[Token]:
    """The words of all comments of a text.

    >>> [(word.key, word.capital, word.stop) for word in remarks_of(b"f(x)  # Not so.")]
    [(b'# not', 1, None), (b'# so', 0, 1)]
    """
    return row_of(remarks(), data)


def tokens_of(data: bytes) -> list[Token]:
    """The row of a whole text."""
    return row_of(Scanner(), data)


def _number(text: bytes) -> tuple[bytes, Role, int | None]:
    plain = text.replace(b"_", b"").lower()
    if len(plain) > MAX_DIGITS:
        return b"#", Role.VALUE, None
    try:
        if plain.isdigit():
            return b"#%d" % int(plain), Role.VALUE, 0
        if plain[:2] in {b"0x", b"0o", b"0b"}:
            return b"#%d" % int(plain, 0), Role.VALUE, 1 if plain[:2] == b"0x" else None
        return b"#" + repr(float(plain.removesuffix(b"j"))).encode(), Role.VALUE, None
    except ValueError:
        return b"#" + plain, Role.VALUE, None


def _text_key(text: bytes) -> bytes:
    """``'`` and the value of a string, ``b`` for bytes, ``f`` for one that is computed."""
    body = text.lstrip(b"rRbBuUfF")
    prefix = text[: len(text) - len(body)].lower()
    if b"f" in prefix:
        return b"f"
    width = 3 if body[:3] in {b"'''", b'"""'} else 1
    kind = b"b" if b"b" in prefix else b"'"
    content = body[width:-width].replace(b"\r\n", b"\n")
    if len(content) > MAX_TEXT_BYTES:
        return kind + b"%d" % len(content)
    if b"r" in prefix or b"\\" not in content:
        return kind + content
    told = _ESCAPE.sub(_unescaped, content.decode("utf-8", "surrogateescape"))
    return kind + told.encode("utf-8", "surrogatepass")


def _unescaped(found: re.Match[str]) -> str:
    sign = found.group()[1:]
    if sign[0] in "xuU" and len(sign) > 1:
        number = int(sign[1:], 16)
        return chr(number) if number < 0x110000 else found.group()
    if sign[0] in "01234567":
        return chr(int(sign, 8))
    if sign in {"\n", "\r\n"}:
        return ""
    return _PLAIN.get(sign, sign if sign in "\\'\"" else found.group())
