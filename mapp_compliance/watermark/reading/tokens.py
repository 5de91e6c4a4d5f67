"""Words of a text, so that spacing, line breaks and quote signs do not matter, and rows of them.

Three *spaces* fold a text more and more:

- exact: identifiers, numbers, signs; white space folded; every quote sign is ``"``; case kept;
- shape: as exact, but an identifier that is no value of a point is only "some word", which
  survives renaming;
- prose: words and numbers alone, after NFKC and without tags and signs, which survives re-wrapping,
  Markdown, HTML and typographic quotes.

>>> tokenise(b"MODE='a'").words
[b'MODE', b'=', b'"', b'a', b'"']
>>> prose("the *\\ufb01ne* <b>text</b>".encode()).words
[b'the', b'fine', b'text']
"""

import html
import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

_TOKEN = re.compile(
    rb"[A-Za-z_\x80-\xff][A-Za-z0-9_\x80-\xff]*|[0-9][0-9A-Za-z_.]*|[^\sA-Za-z0-9_]"
)
_PROSE = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
LONGEST_TAG = 404  # characters; a longer one is text
_TAG = re.compile(rf"</?[A-Za-z][^<>]{{0,{LONGEST_TAG - 4}}}>")
_QUOTES = bytes.maketrans(b"'`", b'""')
_APOSTROPHES = str.maketrans("\u2018\u2019\u02bc", "'''")
SOME_WORD = b"w"  # stands for any identifier in the shape space

Meaning = TypeVar("Meaning")


@dataclass(frozen=True)
class Tokens:
    """The words of a text with the offsets where each starts and ends, told when asked for.

    Args:
        words: in order.
        spans: start and end of each word, in the same order.
    """

    words: list[bytes]
    spans: Callable[[], Iterable[tuple[int, int]]]

    @cached_property
    def starts(self) -> list[int]:
        """Offsets of the first byte of each word."""
        return [start for start, _ in self.spans()]

    @cached_property
    def ends(self) -> list[int]:
        """Offsets behind the last byte of each word."""
        return [end for _, end in self.spans()]


NO_TOKENS = Tokens([], list)


def tokenise(data: bytes) -> Tokens:
    """The tokens of the exact space."""
    return Tokens(
        _TOKEN.findall(data.translate(_QUOTES)),
        lambda: (token.span() for token in _TOKEN.finditer(data)),
    )


def shape(tokens: Tokens, kept: Collection[bytes]) -> Tokens:
    """The same tokens in the shape space; words in ``kept`` stay as they are."""
    shapes = {
        word: SOME_WORD if is_word(word) and word not in kept else word
        for word in set(tokens.words)
    }
    return replace(tokens, words=[shapes[word] for word in tokens.words])


def prose(data: bytes) -> Tokens:
    """The tokens of the prose space; offsets are of the folded text and so approximate."""
    text = data.decode("utf-8", "replace")
    if "<" in text:
        text = _TAG.sub(" ", text)
    if "&" in text:
        text = html.unescape(text)
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).translate(_APOSTROPHES)
    words = [word.encode("utf-8", "replace") for word in _PROSE.findall(text)]
    return Tokens(words, lambda: (word.span() for word in _PROSE.finditer(text)))


def is_word(token: bytes) -> bool:
    """True for an identifier or keyword, false for numbers and signs."""
    return token[0:1].isalpha() or token[0] >= 0x80 or token[0:1] == b"_"


def strength(tokens: Collection[bytes]) -> int:
    """How telling a row of tokens is: up to 6 for a word, 4 for a number, 1 for a sign."""
    return sum(min(len(token), 6) if is_word(token) else min(len(token), 4) for token in tokens)


class Rows(Generic[Meaning]):
    """Rows of tokens with one meaning each, found together in one pass over a text.

    Args:
        meanings: row -> meaning.
        telling: words of which every row found must hold at least one; they keep the search
            from looking at every place of a long text.
    """

    def __init__(self, meanings: Mapping[tuple[bytes, ...], Meaning], telling: Collection[bytes]):
        self._meanings = meanings
        self._known = {word for row in meanings for word in row}
        self.telling = frozenset(telling)
        self._sizes = sorted({len(row) for row in meanings})

    def __len__(self) -> int:
        return len(self._meanings)

    @property
    def rows(self) -> Collection[tuple[bytes, ...]]:
        """All rows that are looked for."""
        return self._meanings.keys()

    def find(self, words: list[bytes]) -> Iterator[tuple[int, int, Meaning]]:
        """(index of its first token, number of tokens, meaning) of every row in the text."""
        if not self._sizes or self.telling.isdisjoint(words):
            return
        known = _running_count(words, self._known)
        telling = _running_count(words, self.telling)
        for size in self._sizes:
            if size > len(words):
                return
            whole = known[size:] - known[:-size] == size
            worth = np.logical_and(whole, telling[size:] > telling[:-size])
            for at in np.flatnonzero(worth).tolist():
                row = tuple(words[at : at + size])
                if row in self._meanings:
                    yield at, size, self._meanings[row]


def _running_count(words: list[bytes], wanted: Collection[bytes]) -> NDArray[np.int64]:
    flags = np.fromiter(map(wanted.__contains__, words), dtype=np.int64, count=len(words))
    return np.concatenate(([0], np.cumsum(flags)))
