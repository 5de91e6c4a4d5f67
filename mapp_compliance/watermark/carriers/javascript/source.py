"""JavaScript and TypeScript source as a row of tokens that formatting and bracketing leave alone.

The row drops comments, brackets of calls and blocks, commas and semicolons, which formatters and
minifiers add and take away; a text or number is its value, a template is one token.

>>> from mapp_compliance.watermark.natural.tokens import row_of
>>> [token.key for token in row_of(Scanner(), b"if (x === 0x10) { f('a', /b/g); } // so")]
[b'if', b'x', b'===', b'#16', b'f', b"'a", b'/b/g']
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from mapp_compliance.watermark.natural.remarks import Remarks
from mapp_compliance.watermark.natural.tokens import Role, Token

_TEMPLATE = (
    rb"`(?:\\.|\$\{(?:[^{}`]|`[^`]*`|\{(?:[^{}`]|`[^`]*`|\{[^{}]*\})*\})*\}|[^`\\$]|\$(?!\{))*`"
)
_PATTERN = rb"(?:\\.|\[(?:\\.|[^\]\\\n]){0,80}\]|[^/\\\n\[]){1,250}/"  # behind its first slash
_TOKEN = re.compile(
    rb"(?P<comment>/\*.*?(?:\*/|\Z)|//[^\n]*|\A\#![^\n]*|\\[\"'`/])"
    rb"|(?P<template>" + _TEMPLATE + rb")"
    rb"|(?P<string>'(?:\\.|[^'\\\n])*'|\"(?:\\.|[^\"\\\n])*\")"
    rb"|(?P<regex>/(?![*/ =])" + _PATTERN + rb"[a-z]*)"
    rb"|(?P<number>0[xXoObB][0-9a-fA-F_]+n?|(?:[0-9][0-9_]*(?:\.[0-9_]*)?|\.[0-9][0-9_]*)"
    rb"(?:[eE][+-]?[0-9_]+)?n?)"
    rb"|(?P<word>[A-Za-z_$@\x80-\xff][\w$\x80-\xff]*)"
    rb"|(?P<sign>>>>=|\.\.\.|===|!==|\*\*=|<<=|>>=|>>>|&&=|\|\|=|\?\?=|=>|\?\.(?![0-9])|\?\?|&&"
    rb"|\|\||\+\+|--|\*\*|<<|>>|[-+*/%&|^=!<>]=|[^\s\\])",
    re.DOTALL,
)
_KEYWORDS = frozenset(
    b"async await break case catch class const continue debugger default delete do else export "
    b"extends finally for function if import in instanceof let new of return static super switch "
    b"this throw try typeof var void while with yield from as get set".split()
)
_CONSTANTS = frozenset({b"null", b"true", b"false", b"undefined"})
_COMPRESSED = frozenset({(b"!", b"#0"), (b"!", b"#1"), (b"void", b"#0")})
_APART = {b"!": 1, b"void": 5}  # bytes from one to the next where nothing stands between them
_ENDS = frozenset({b")", b"]", b"}"})  # after these a slash divides
_DOTS = frozenset({b".", b"?."})
_DROPPED = frozenset({b"(", b")", b"{", b"}", b",", b";"})
_ESCAPE = re.compile(rb"\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|u\{[0-9a-fA-F]+\}|\r?\n|.)", re.DOTALL)
_PLAIN = {b"n": b"\n", b"t": b"\t", b"r": b"\r", b"b": b"\b", b"f": b"\f", b"v": b"\v", b"0": b"\0"}
_REMARK = re.compile(  # what a comment may seem to begin in is taken first; not in ``a / b``
    rb"(?P<comment>/\*.*?(?:\*/|\Z)|//[^\n]*|\A\#![^\n]*)|\\[\"'`/]"
    rb"|" + _TEMPLATE + rb"|'(?:\\.|[^'\\\n])*'|\"(?:\\.|[^\"\\\n])*\""
    rb"|(?:[(,=:\[!&|?{};+]|\breturn|^)[ \t]*/(?![*/])" + _PATTERN,
    re.DOTALL | re.MULTILINE,
)


@dataclass(slots=True)
class Scanner:
    """Cuts a text that comes in pieces; whether a slash divides is told by what stood before."""

    before: bytes = b""
    divides: bool = False
    text: Token | None = None  # texts are never glued here

    def copy(self) -> "Scanner":
        """A scanner that goes on from here on its own."""
        return replace(self)

    def cut(self) -> None:
        """Says that nothing that follows belongs to a token before."""

    def end(self) -> None:
        """Says that nothing follows."""

    def scan(self, data: bytes) -> Iterator[Token]:
        """The tokens of the next piece."""
        at = 0
        while (found := _TOKEN.search(data, at)) is not None:
            kind, text = found.lastgroup, found.group()
            at = found.end()
            if kind == "comment":
                continue
            if kind == "regex" and self.divides:
                kind, text, at = "sign", b"/", found.start() + 1
            token = _token(kind, text, found.start(), self.before)
            self.before = text
            self.divides = text in _ENDS or (
                kind in {"word", "number", "string", "template"} and text not in _KEYWORDS
            )
            if text not in _DROPPED:
                yield token


def remarks() -> Remarks:
    """A fresh scanner of the words of comments."""
    return Remarks(_REMARK)


def signs(tokens: Sequence[Token]) -> frozenset[bytes]:
    """What a compressor writes for ``true``, ``false`` and ``undefined``, without brackets.

    ``!(0 < x)`` is what a copy may hold, and gives the same keys.
    """
    return frozenset(
        b" ".join((one.key, two.key))
        for one, two in pairwise(tokens)
        if (one.key, two.key) in _COMPRESSED and two.offset - one.offset == _APART[one.key]
    )


def _token(kind: str | None, text: bytes, at: int, before: bytes) -> Token:
    if kind == "sign":
        return Token(text, Role.FIXED, at)
    if kind == "word":
        return _word(text, at, before)
    if kind == "string":
        return Token(b"'" + _value(text[1:-1]), Role.VALUE, at, quote=int(text[:1] == b'"'))
    if kind == "number":
        return _number(text, at)
    if kind == "template":
        return Token(b"`", Role.VALUE, at)
    return Token(text, Role.FIXED, at)


def _word(text: bytes, at: int, before: bytes) -> Token:
    if before in _DOTS:
        return Token(text, Role.ATTRIBUTE, at)
    if text in _CONSTANTS:
        return Token(text, Role.VALUE, at)
    return Token(text, Role.FIXED if text in _KEYWORDS else Role.NAME, at)


def _value(content: bytes) -> bytes:
    if b"\\" not in content:
        return content
    return _ESCAPE.sub(_unescaped, content)


def _unescaped(found: re.Match[bytes]) -> bytes:
    sign = found[1]
    if sign[:1] in {b"x", b"u"} and len(sign) > 1:
        number = int(sign[1:].strip(b"{}"), 16)
        return chr(number).encode("utf-8", "surrogatepass") if number < 0x110000 else sign
    if sign.endswith(b"\n"):
        return b""
    return _PLAIN.get(sign, sign)


def _number(text: bytes, at: int) -> Token:
    plain = text.replace(b"_", b"").lower()
    try:
        if len(plain) > 40:
            return Token(b"#" + plain[:40], Role.VALUE, at)
        if plain.isdigit():
            return Token(b"#%d" % int(plain), Role.VALUE, at, base=0)
        if plain[:2] in {b"0x", b"0o", b"0b"} and not plain.endswith(b"n"):
            base = 1 if plain[:2] == b"0x" else None
            return Token(b"#%d" % int(plain, 0), Role.VALUE, at, base=base)
        value = float(plain)
        whole = value.is_integer() and abs(value) < 2**53
        key = b"#%d" % int(value) if whole else b"#" + repr(value).encode()
        return Token(key, Role.VALUE, at)
    except (ValueError, OverflowError):
        return Token(b"#" + plain, Role.VALUE, at)
