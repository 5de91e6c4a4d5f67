"""Source as a row of tokens, whatever the language: what writing and reading say of each.

Rules: a row drops what formatters change; how a text or number is written is kept beside it, as
its style. A language cuts its rows with a Scanner of its own, by regular expressions and never by
a parser, so that a fragment, a quoted mail or broken code gives its tokens too.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, IntEnum
from typing import Protocol, Self


class Role(IntEnum):
    """What a token is, as far as tools change it."""

    FIXED = 0  # sign or keyword
    NAME = 1  # tools rename it
    ATTRIBUTE = 2
    VALUE = 3  # text, number or constant, which a minifier gives a name
    BUILTIN = 4


@dataclass(slots=True, eq=False)
class Token:
    """One token of the row.

    ``quote`` is 1 for double quotes, ``pieces`` the number of pieces of a text, ``base`` 1 for
    hexadecimal; None where it has none.
    """

    key: bytes
    role: Role
    offset: int
    quote: int | None = None
    pieces: int | None = None
    base: int | None = None
    dropped: bool = False


class Style(Enum):
    """Families whose form shows in how a token is written, not in the row."""

    QUOTES = "quotes"
    SPLIT = "split"
    BASE = "base"

    def form(self, token: Token) -> int | None:
        """The raw form of a token of the sample."""
        if self is Style.QUOTES:
            return token.quote
        if self is Style.BASE:
            return token.base
        return token.pieces - 1 if token.pieces in {1, 2} else None


STYLES = {style.value: style for style in Style}


class Scanner(Protocol):
    """Cuts a text that comes in pieces; what one piece leaves open the next goes on with."""

    @property
    def text(self) -> Token | None:
        """The text that the next one would be glued to."""

    def copy(self) -> Self:
        """A scanner that goes on from here on its own."""

    def cut(self) -> None:
        """Says that nothing that follows belongs to a token before."""

    def scan(self, data: bytes) -> Iterator[Token]:
        """The tokens of the next piece; one may be dropped later, when its statement ends."""

    def end(self) -> None:
        """Says that nothing follows."""


def row_of(scanner: Scanner, data: bytes) -> list[Token]:
    """The row of a whole text, cut by a fresh scanner."""
    found = list(scanner.scan(data))
    scanner.end()
    return [token for token in found if not token.dropped]
