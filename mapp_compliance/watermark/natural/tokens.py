"""Source as a row of tokens, whatever the language: what writing and reading say of each.

Rules: a row drops what formatters change; how a text or number is written is kept beside it, as
its style. A language cuts its rows with a Scanner of its own, by regular expressions and never by
a parser, so that a fragment, a quoted mail or broken code gives its tokens too.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum, IntEnum
from typing import NamedTuple, Protocol, Self


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

    Attributes:
        quote, pieces, base: 1 for double quotes, the number of pieces of a text, 1 for
            hexadecimal; None where it has none.
        glued: of a text, each of what it is glued together from, where a language tells them.
        pairs: for how many tokens from this one on, up to MOST_PAIRED, a pair of parentheses
            stands around just these.
        capital, stop: of a word of a comment: 1 when it has one, None where that cannot be told.
        spelt: how it is spelt otherwise, by the names that its language gives its spellings.
    """

    key: bytes
    role: Role
    offset: int
    quote: int | None = None
    pieces: int | None = None
    base: int | None = None
    glued: list["Piece"] = field(default_factory=list)
    pairs: tuple[int, ...] = ()
    capital: int | None = None
    stop: int | None = None
    spelt: Mapping[str, int] | None = None
    dropped: bool = False


class Piece(NamedTuple):
    """How one piece of a text is written."""

    offset: int
    quote: int | None  # 1 for double quotes, None for three
    raw: int  # 1 for a raw text


class Style(Enum):
    """Families whose form shows in how a token is written, not in the row."""

    QUOTES = "quotes"
    SPLIT = "split"
    RAW = "raw"
    BASE = "base"
    PARENS = "parens"
    TUPLE = "tuple"
    CAPITAL = "capital"
    STOP = "stop"

    def form(self, token: Token, number: int = 0) -> int | None:
        """The raw form of a token of the sample.

        Args:
            number: of quotes and raw texts, twice the piece, and one more where the text has
                several; of parentheses, the tokens between them.
        """
        match self:
            case Style.QUOTES | Style.RAW:
                return _of_piece(self, token, number)
            case Style.SPLIT:
                return token.pieces - 1 if token.pieces in {1, 2} else None
            case Style.BASE:
                return token.base
            case Style.PARENS | Style.TUPLE:
                return int(number in token.pairs)
            case Style.CAPITAL:
                return token.capital
            case Style.STOP:
                return token.stop


@dataclass(frozen=True, slots=True)
class Spelling:
    """A family whose form is how a token is spelt; both forms give the same row of tokens.

    The first token that begins in a form tells it.
    """

    name: str

    def form(self, token: Token, _: int = 0) -> int | None:
        """The raw form of a token of the sample, None where its scanner cannot tell."""
        return token.spelt.get(self.name) if token.spelt is not None else None


def _of_piece(style: Style, token: Token, number: int) -> int | None:
    at, several = divmod(number, 2)
    if not token.glued:
        return token.quote if style is Style.QUOTES else None
    if at >= len(token.glued) or (several and len(token.glued) == 1):
        return None
    return token.glued[at].quote if style is Style.QUOTES else token.glued[at].raw


STYLES = {style.value: style for style in Style}
PAIRS = frozenset({Style.PARENS, Style.TUPLE})
IN_REMARKS = frozenset({Style.CAPITAL, Style.STOP})
MOST_PAIRED = 32  # tokens between a pair of parentheses; the longest row has fewer


class Scanner(Protocol):
    """Cuts a text that comes in pieces; what one piece leaves open the next goes on with."""

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
