"""C source as a row of tokens that layout, comments and sorting of includes leave alone.

The row drops comments and whole lines of the preprocessor; a number is its value with its suffix,
neighbouring texts are one. A text counts as split where its seam stands within a word: formatters
break long texts too, but at a space.

>>> from mapp_compliance.watermark.natural.tokens import row_of
>>> source = b"#define X 1\\nif (x == 0x10) /* so */ f(\\"a\\" \\"b\\");"
>>> [token.key for token in row_of(Scanner(), source)]
[b'if', b'(', b'x', b'==', b'#16', b')', b'f', b'(', b"'ab", b')', b';']
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from mapp_compliance.watermark.natural.tokens import Role, Token

_TOKEN = re.compile(
    rb"(?P<comment>/\*.*?(?:\*/|\Z)|//(?:\\\r?\n|[^\n])*|\\[\"'])"
    rb"|(?P<line>(?m:^)[ \t]*\#(?:\\\r?\n|/\*.{0,2000}?\*/|[^\n])*)"
    rb"|(?P<string>(?:u8|[uUL])?\"(?:\\.|[^\"\\\n])*\")"
    rb"|(?P<char>[uUL]?'(?:\\.|[^'\\\n])+')"
    rb"|(?P<number>\.?[0-9](?:[eEpP][+-]|[\w.])*)"
    rb"|(?P<word>[A-Za-z_\x80-\xff][\w\x80-\xff]*)"
    rb"|(?P<sign>->|\+\+|--|<<=|>>=|\.\.\.|<<|>>|&&|\|\||[-+*/%&|^=!<>]=|[^\s\\])",
    re.DOTALL,
)
_KEYWORDS = frozenset(
    b"auto break case char const continue default do double else enum extern float for goto if "
    b"inline int long register restrict return short signed sizeof static struct switch typedef "
    b"union unsigned void volatile while bool true false NULL nullptr".split()
)
_INT = re.compile(rb"(?:0[xX][0-9a-fA-F]+|[1-9][0-9]*|0)([uUlL]*)\Z")
_LETTER = re.compile(rb"[A-Za-z]")


@dataclass(slots=True)
class Scanner:
    """Cuts a text that comes in pieces; neighbouring texts are one token."""

    text: Token | None = None
    before: bytes = b""

    def copy(self) -> "Scanner":
        """A scanner that goes on from here on its own."""
        return replace(self, text=None)

    def cut(self) -> None:
        """Says that nothing that follows belongs to a token before."""
        self.text = None

    def end(self) -> None:
        """Says that nothing follows."""

    def scan(self, data: bytes) -> Iterator[Token]:
        """The tokens of the next piece."""
        for found in _TOKEN.finditer(data):
            kind, text, at = found.lastgroup, found.group(), found.start()
            if kind in {"comment", "line"}:
                continue
            if kind == "string":
                yield from self._string(text, at)
                continue
            self.text = None
            token = _token(kind, text, at, self.before)
            self.before = token.key
            yield token

    def _string(self, text: bytes, at: int) -> Iterator[Token]:
        start = text.index(b'"')
        content = text[start + 1 : -1]
        last = self.text
        if last is not None:
            within = _LETTER.match(content) and _LETTER.fullmatch(last.key[-1:])
            last.key += content
            if within and last.pieces is not None:
                last.pieces += 1
            return
        self.text = Token(b"'" + text[:start] + content, Role.VALUE, at, pieces=1)
        self.before = b"'"
        yield self.text


def _token(kind: str | None, text: bytes, at: int, before: bytes) -> Token:
    if kind == "number":
        return _number(text, at)
    if kind == "char":
        return Token(text, Role.VALUE, at)
    if kind == "sign":
        return Token(text, Role.FIXED, at)
    if before in {b".", b"->"}:
        return Token(text, Role.ATTRIBUTE, at)
    return Token(text, Role.FIXED if text in _KEYWORDS else Role.NAME, at)


def _number(text: bytes, at: int) -> Token:
    found = _INT.match(text)
    if found is None or len(text) > 24:
        return Token(b"#" + text, Role.VALUE, at)
    plain = text[: found.start(1)]
    is_hex = plain[:2].lower() == b"0x"
    key = b"#%d" % int(plain, 16 if is_hex else 10) + found.group(1).lower()
    return Token(key, Role.VALUE, at, base=int(is_hex))
