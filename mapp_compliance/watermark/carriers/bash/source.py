"""Shell scripts as a row of tokens that layout, comments, quotes and braces leave alone.

The scanner keeps no state of quotes: a word is a word within them or not, so a fragment reads like
the whole, and a lost quote costs nothing. How the signs before a token were written is
its spelling. Quotes being no tokens, only variables and functions that were defined are told by
their order alone: a row of words of which any may be any other would be found in every prose.

>>> from mapp_compliance.watermark.natural.tokens import row_of
>>> [token.key for token in row_of(Scanner(), b"if [ \\"${x}\\" == 'a b' ]; then # so")]
[b'if', b'[', b'$x', b'=', b'a', b'b', b'then']
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from mapp_compliance.watermark.natural.tokens import Role, Token

_TOKEN = re.compile(
    rb"(?P<comment>(?<![^\s;&|()`])\#[^\n]*)"
    rb"|(?P<variable>\$\{(?:[A-Za-z_]\w*|[0-9@*])\}|\$(?:[A-Za-z_]\w*|[0-9@*\#?$!-])"
    rb"|\$\{[\#!]?[A-Za-z_0-9@*]\w*)"
    rb"|(?P<empty>''|\"\")"
    rb"|(?P<dropped>\$?\(+|\$(?=['\"])|[);`'\"\\]|(?<![^\s])\](?!\]))"
    rb"|(?P<name>[A-Za-z_]\w*(?=\+?=))"
    rb"|(?P<defined>[A-Za-z_][\w-]*(?=[ \t]*\([ \t]*\)))"
    rb"|(?P<option>--?[A-Za-z]\w*(?:-\w+)*)"
    rb"|(?P<path>(?:/[\w.\x80-\xff-]+)+)"
    rb"|(?P<word>[\w\x80-\xff]+(?:[.-]\w[\w\x80-\xff]*)*)"
    rb"|(?P<sign>&&|\|\||\[\[|\]\]|<<<|<<-?|&>>|>>|&>|>&|<&|==|!=|=~|\+=|--|[^\s])",
    re.DOTALL | re.ASCII,
)
_NAMES_FOLLOW = frozenset(b"for local export declare readonly unset read".split())
_GAP = 64  # bytes of signs before a token that are looked at
_AT_WORD = frozenset({b"'", b'"', b"$", b"`", b"("})  # signs a word may begin with
_SPELT_AS = {b"test": b"[", b"source": b".", b"true": b":", b"==": b"="}


@dataclass(slots=True)
class Scanner:
    """Cuts a text that comes in pieces; what stood before a piece is kept."""

    before: bytes = b""  # the last token
    gap: bytes = b""  # what stands behind it
    is_function: bool = False
    functions: frozenset[bytes] = frozenset()  # defined so far; who renames them calls them so
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
        gap = self.gap[-_GAP:]
        whole = gap + data
        done = 0
        for found in _TOKEN.finditer(whole, len(gap)):
            kind, text = found.lastgroup, found.group()
            if kind in {"comment", "dropped"}:
                continue
            if text == b"function":
                self.is_function, done = True, found.end()
                continue
            signs = re.split(rb"\s", whole[max(done, found.start() - _GAP) : found.start()])[-1]
            token = self._token(kind, text, signs)
            token.offset = found.start() - len(gap)
            done, self.before, self.is_function = found.end(), token.key, False
            yield token
        self.gap = whole[done:][-_GAP:]

    def _token(self, kind: str | None, text: bytes, signs: bytes) -> Token:
        spelt = {"function": int(self.is_function)}
        if not signs or signs[:1] in _AT_WORD:  # else what stands there may be a quote of a page
            spelt["quoted"] = int(signs[:1] in {b"'", b'"'})
        if signs[-1:] in {b"'", b'"'}:
            spelt["quotes"] = int(signs[-1:] == b'"')
        if signs.endswith((b"`", b"$(")):
            spelt["subst"] = int(signs[-1:] == b"`")
        if kind == "empty":
            return Token(b"''", Role.FIXED, 0, spelt=spelt | {"quotes": int(text == b'""')})
        if kind == "variable":
            spelt["braces"] = int(text.endswith(b"}"))
            name = text.strip(b"${}#!") or text[1:]
            return Token(b"$" + name, Role.NAME, 0, spelt=spelt)
        key = _SPELT_AS.get(text, text)
        spelt["name"] = int(key != text)
        if kind == "name" or (kind == "word" and self.before in _NAMES_FOLLOW):
            return Token(b"$" + text, Role.NAME, 0, spelt=spelt)
        if kind == "defined" or (kind == "word" and self.is_function):
            self.functions |= {text}
        if text in self.functions:
            return Token(text, Role.NAME, 0, spelt=spelt)
        return Token(key, Role.FIXED, 0, spelt=spelt)
