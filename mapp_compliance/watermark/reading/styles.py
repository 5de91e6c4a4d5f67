"""Sites that show in how a token is written, and the tokens of a text that tell them.

Quotes, pieces and base show in the token itself, capital and full stop in a word of a comment; a
pair of parentheses shows at the token it begins with, by how many tokens stand between both ends.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum

from mapp_compliance.watermark.reading.source import Remarks, Scanner, Token


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

    def form(self, token: Token, number: int) -> int | None:
        """The raw form of a token of the sample.

        Args:
            number: of quotes and raw texts, twice the piece, and one more where the text has
                several; of parentheses, the tokens between them.
        """
        match self:
            case Style.QUOTES | Style.RAW:
                at, several = divmod(number, 2)
                if at >= len(token.pieces) or (several and len(token.pieces) == 1):
                    return None
                piece = token.pieces[at]
                return piece.quote if self is Style.QUOTES else piece.raw
            case Style.SPLIT:
                return len(token.pieces) - 1 if len(token.pieces) in {1, 2} else None
            case Style.BASE:
                return token.base
            case Style.PARENS | Style.TUPLE:
                return int(number in token.pairs)
            case Style.CAPITAL:
                return token.capital
            case Style.STOP:
                return token.stop


STYLES = {style.value: style for style in Style}
PAIRS = frozenset({Style.PARENS, Style.TUPLE})
IN_REMARKS = frozenset({Style.CAPITAL, Style.STOP})


class Kind(Enum):
    """What one item of a file is."""

    WORD = "word"
    FORK = "fork"
    OPEN = "open"
    CLOSE = "close"


@dataclass(slots=True)
class Item:
    """A token, a fork with the items of both forms, or one end of a pair of parentheses."""

    kind: Kind
    token: Token | None = None
    site: int = -1  # of a fork or pair
    first: Sequence["Item"] = ()
    second: Sequence["Item"] = ()
    styles: list[tuple[int, int]] = field(default_factory=list)  # (site, number) told by the token


@dataclass(slots=True)
class Texts:
    """Pieces of text that are cut as one, and the sites that stand in them."""

    pieces: list[bytes] = field(default_factory=list)
    size: int = 0
    starts: list[tuple[int, int, Style]] = field(default_factory=list)  # (offset, site, style)
    pairs: list[tuple[int, Item]] = field(default_factory=list)

    def add(self, text: bytes, sites: Sequence[tuple[int, Style]] = ()) -> None:
        """Text with the sites whose style it shows."""
        self.starts += [(self.size, site, style) for site, style in sites]
        self.pieces.append(text)
        self.size += len(text)

    def pair(self, text: bytes, site: int, kind: Kind) -> None:
        """One end of a pair of parentheses, whether it is written or not."""
        self.pairs.append((self.size, Item(kind, site=site)))
        self.add(text)

    def items(self, scanner: Scanner | Remarks) -> list[Item]:
        """The tokens with the sites that they tell, and the ends of pairs between them."""
        tokens = [Item(Kind.WORD, token) for token in scanner.scan(b"".join(self.pieces))]
        self._tell([(item, item.token) for item in tokens if item.token is not None])
        placed = [(item.token.offset, 1, item) for item in tokens if item.token is not None]
        placed += [(offset, 0, item) for offset, item in self.pairs]
        return [item for *_, item in sorted(placed, key=lambda each: each[:2])]

    def _tell(self, items: Sequence[tuple[Item, Token]]) -> None:
        """Notes at each token the sites that it tells; a glued text tells those of its pieces."""
        offsets = [token.offset for _, token in items]
        begun = {
            offset: (item, 2 * piece + (len(token.pieces) > 1))
            for item, token in items
            for piece, offset in enumerate([each.offset for each in token.pieces] or [token.offset])
        }
        for start, site, style in self.starts:
            if style is Style.STOP:
                before = bisect_left(offsets, start) - 1
                if before >= 0:
                    items[before][0].styles.append((site, 0))
            elif start in begun:
                item, number = begun[start]
                item.styles.append((site, number))
