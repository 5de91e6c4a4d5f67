"""The words of comments as a row of tokens, in which signs and wrapping do not show.

>>> from mapp_compliance.watermark.natural.tokens import row_of
>>> found = row_of(Remarks(SLASHES), b"f('// no'); // Not so.\\n/* it's\\n * so */")
>>> [(word.key, word.capital, word.stop) for word in found]
[(b'# not', 1, None), (b'# so', 0, 1), (b"# it's", 0, 0), (b'# so', 0, 0)]
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mapp_compliance.watermark.natural.tokens import Role, Token

_WORD = re.compile(rb"[A-Za-z0-9_\x80-\xff]+(?:['-][A-Za-z0-9_\x80-\xff]+)*")
_LINE = re.compile(rb"[^\n]+")
_STOPS = {b"": 0, b".": 1}  # by what stands behind the last word of a line
_TEXTS = rb"\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'"
SLASHES = re.compile(  # of C and its kin; a text is taken first, so that no comment begins in it
    rb"(?P<comment>/\*.*?(?:\*/|\Z)|//(?:\\\r?\n|[^\n])*)|\\[\"']|" + _TEXTS, re.DOTALL
)


@dataclass(slots=True)
class Remarks:
    """Cuts a text into the words of its comments; lines and blocks of them make one row.

    Attributes:
        pattern: finds comments, as its group of that name, and whatever may look like one.
    """

    pattern: re.Pattern[bytes]

    def copy(self) -> "Remarks":
        """Nothing is left open, as no form of code stands in a comment."""
        return self

    def cut(self) -> None:
        """As ``Scanner.cut``."""

    def end(self) -> None:
        """As ``Scanner.end``."""

    def scan(self, data: bytes) -> Iterator[Token]:
        """The words of the comments of the next piece, in small letters and after a ``#``."""
        for comment in self.pattern.finditer(data):
            if comment.lastgroup == "comment":
                for line in _LINE.finditer(comment.group().removesuffix(b"*/")):
                    yield from _words(line.group().rstrip(), comment.start() + line.start())


def _words(line: bytes, at: int) -> Iterator[Token]:
    for found in _WORD.finditer(line):
        word, rest = found.group(), line[found.end() :]
        small = word.lower()
        yield Token(
            b"# " + small,
            Role.FIXED,
            at + found.start(),
            capital=_capital(word, small),
            stop=_STOPS.get(rest),
        )


def _capital(word: bytes, small: bytes) -> int | None:
    if word == small:
        return 0
    return 1 if word[1:] == small[1:] else None
