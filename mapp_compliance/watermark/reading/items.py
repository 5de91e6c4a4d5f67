"""The tokens of pieces of text, and the sites that show in how these are written.

Quotes, pieces and base show in the token itself, capital and full stop in a word of a comment; a
pair of parentheses shows at the token it begins with, by how many tokens stand between both ends.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum

from mapp_compliance.watermark.natural.tokens import Scanner, Spelling, Style, Token


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
    starts: list[tuple[int, int, Style, bytes]] = field(default_factory=list)  # offset, site, text
    spelt: list[tuple[int, int, int]] = field(default_factory=list)  # offset, size, site
    pairs: list[tuple[int, Item]] = field(default_factory=list)

    def add(self, text: bytes, sites: Sequence[tuple[int, Style | Spelling]] = ()) -> None:
        """Text with the sites whose style it shows."""
        for site, style in sites:
            if isinstance(style, Spelling):
                self.begin(site, len(text))
            else:
                self.starts.append((self.size, site, style, text))
        self.pieces.append(text)
        self.size += len(text)

    def begin(self, site: int, size: int) -> None:
        """Says that so many of the next bytes are a form of a site that shows in its spelling."""
        self.spelt.append((self.size, size, site))

    def pair(self, text: bytes, site: int, kind: Kind) -> None:
        """One end of a pair of parentheses, whether it is written or not."""
        self.pairs.append((self.size, Item(kind, site=site)))
        self.add(text)

    def items(self, scanner: Scanner) -> list[Item]:
        """The tokens with the sites that they tell, and the ends of pairs between them."""
        whole = b"".join(self.pieces)
        tokens = [Item(Kind.WORD, token) for token in scanner.scan(whole)]
        self._tell([(item, item.token) for item in tokens if item.token is not None], scanner)
        placed = [(item.token.offset, 1, item) for item in tokens if item.token is not None]
        placed += [(offset, 0, item) for offset, item in self.pairs]
        return [item for *_, item in sorted(placed, key=lambda each: each[:2])]

    def _tell(self, items: Sequence[tuple[Item, Token]], scanner: Scanner) -> None:
        """Notes at each token the sites that it tells.

        A text that is glued together tells the sites of its pieces, where its language tells
        these apart, and else none. A form of which no token is left, as in what is taken for a
        comment, is not told by the token that follows.
        """
        offsets = [token.offset for _, token in items]
        for start, size, site in self.spelt:
            first = bisect_left(offsets, start)
            if first < len(items) and offsets[first] < start + size:
                items[first][0].styles.append((site, 0))
        begun = {
            offset: (item, token, 2 * piece + (len(token.glued) > 1))
            for item, token in items
            for piece, offset in enumerate([each.offset for each in token.glued] or [token.offset])
        }
        for start, site, style, text in self.starts:
            if style is Style.STOP:
                before = bisect_left(offsets, start) - 1
                if before >= 0:
                    items[before][0].styles.append((site, 0))
            elif start in begun:
                item, token, number = begun[start]
                of_piece = bool(token.glued) and style is not Style.SPLIT
                if of_piece or style is Style.CAPITAL or _key(text, scanner) == token.key:
                    item.styles.append((site, number))


def _key(text: bytes, scanner: Scanner) -> bytes | None:
    """The key of a text that stands alone."""
    return next((token.key for token in scanner.copy().scan(text)), None)
