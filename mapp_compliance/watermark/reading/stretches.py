"""The stretches of long bytes in which a row of words can stand at all; the rest is not cut.

Of every row one word is its *anchor*: the longest that can be looked for as bytes. Where no anchor
stands no row does, so only what lies around anchors is cut into words, and the answer is that of
the whole. Anchors are found by four tables of bytes, one for each of their first letters, in which
a bit stands for a share of them.

A word of the prose space may be written otherwise: with entities, or with signs that compatibility
folds into letters. Wherever as many letters and such signs stand in a row as the shortest anchor
has, it may stand as well.

>>> anchors = anchors_in_tokens({(b"anchor", b"=", b"a"), (b"b", b"c", b"else")})
>>> data = b"x = 1; " * 2000 + b"anchor = a; " + b"y = 2; " * 2000
>>> tokens = tokens_near(data, anchors, 12)
>>> len(tokens.words) < 100, tokens.words.count(b"anchor"), tokens.words[0] == CUT
(True, 1, True)
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from string import ascii_letters

import numpy as np
from numpy.typing import NDArray

from mapp_compliance.values import KIB
from mapp_compliance.watermark.reading.tokens import (
    LONGEST_TAG,
    NO_TOKENS,
    SOME_WORD,
    Tokens,
    prose,
    tokenise,
)

CUT = b"\n"  # stands for what was left out: no word is like it, so no row reaches over it
SHORT_BYTES = 8 * KIB  # up to here all is cut
LETTERS = 4  # of an anchor that the tables know
DENSE = 64  # with more than one anchor in so many bytes all is cut
PROSE_REACH = 1024  # bytes on either side of an anchor that its row lies in
_BUCKETS = 8
_MARGIN = 4 * LONGEST_TAG  # bytes more: the rest of a tag that is cut ends there, without anchor

_SPACE, _SIGN, _WORD = 0, 1, 2
_CLASSES = bytes(
    _SPACE
    if bytes((byte,)).isspace()
    else _WORD
    if bytes((byte,)).isalnum() or byte >= 0x80 or byte in b"_."
    else _SIGN
    for byte in range(256)
)
_WHOLE = re.compile(rb"(?<![A-Za-z0-9_\x80-\xff])[A-Za-z0-9_]+")
_WHOLE_PROSE = re.compile(rb"(?<![A-Za-z0-9])[A-Za-z0-9]+")
_LETTERS_BEFORE = re.compile(rb"[A-Za-z0-9]*\Z")
_IN_A_ROW = re.compile(
    rb"(?:[A-Za-z0-9]|&(?:#[0-9]{1,32}|#[xX][0-9a-fA-F]{1,32}|[A-Za-z][A-Za-z0-9]{1,31});?"
    rb"|[\xc2-\xf4][\x80-\xbf]{1,3}){1,16}"
)


_WORD_BEGUN = re.compile(rb"[A-Za-z0-9'\x80-\xff]+")
_WORD_BROKEN = re.compile(rb"(?<![A-Za-z0-9'\x80-\xff])[A-Za-z0-9'\x80-\xff]+\Z")
# The first two bytes of every sign that compatibility folds into letters or digits, and of an
# entity, in buckets. Source: the Unicode data up to 16.0; a test holds it to the interpreter's.
FOLDING = tuple(
    bytes.fromhex(row)
    for row in (
        "c2aa c2b2 c2b3 c2b9 c2ba c2bc c2bd c2be",
        "c4b2 c4b3 c4bf c580 c589 c5bf cab0 cab2 cab3 cab7 cab8 cba1 cba2 cba3",
        "c784 c785 c786 c787 c788 c789 c78a c78b c78c c7b1 c7b2 c7b3",
        "e1b4 e1b5 e1b6 e1ba ea9f efac efbc efbd",
        "e281 e282 e284 e285 e286 e291 e292 e293 e2b1",
        "e389 e38a e38b e38d e38e e38f",
        "f090 f09c f09d f09f",
        (b"&" + b"&".join(re.findall(rb".", b"#" + ascii_letters.encode()))).hex(),
    )
)

Places = NDArray[np.int64]
Row = tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Anchors:
    """The words of which one stands in every row that is looked for; made once.

    ``tables`` are for each of the first letters: byte -> the buckets with an anchor that has it
    there. ``least`` is the length of the shortest, 0 when a row has no word to be looked for.
    """

    words: frozenset[bytes]
    least: int
    tables: tuple[bytes, ...]
    whole: re.Pattern[bytes]

    def standing(self, data: bytes) -> Places:
        """Where an anchor stands as a whole word; or more places, where there are many."""
        found = _at_once(data, self.tables)
        if len(found) * DENSE > len(data):
            return found
        words = (self.whole.match(data, at) for at in found.tolist())
        kept = [word is not None and word[0] in self.words for word in words]
        return found[np.array(kept, dtype=np.bool_)]


def anchors_in_tokens(rows: Iterable[Row]) -> Anchors:
    """The anchors of rows of the exact and the shape space."""
    return _anchors(rows, _WHOLE)


def anchors_in_prose(rows: Iterable[Row]) -> Anchors:
    """The anchors of rows of the prose space."""
    return _anchors(rows, _WHOLE_PROSE)


def tokens_near(data: bytes, anchors: Anchors, reach: int) -> Tokens:
    """The tokens of the exact space around every anchor, with CUT for what was left out.

    Args:
        reach: tokens on either side of an anchor that are kept at least.
    """
    if not anchors.words:
        return NO_TOKENS
    if not anchors.least or len(data) <= SHORT_BYTES:
        return tokenise(data)
    places = anchors.standing(data)
    if len(places) * DENSE > len(data):
        return tokenise(data)
    starts = _token_starts(data) if len(places) else places
    ends = np.append(starts, len(data))
    first = np.searchsorted(starts, places, "right") - 1
    lows = np.where(first < reach, 0, ends[np.maximum(first - reach, 0)])
    highs = ends[np.minimum(first + 1 + reach, len(starts))]
    return _joined(data, _merged(lows, highs), tokenise)


def prose_near(data: bytes, anchors: Anchors) -> Tokens:
    """The tokens of the prose space around every anchor, with CUT for what was left out.

    Offsets are as approximate as those of ``prose``, from the start of each stretch.
    """
    if not anchors.words:
        return NO_TOKENS
    if not anchors.least or len(data) <= SHORT_BYTES:
        return prose(data)
    places = anchors.standing(data)
    if len(places) * DENSE > len(data):
        return prose(data)
    # Not by union1d, which imports more of numpy: behind the walls of a child that is too late.
    places = np.sort(np.concatenate([places, _folded_places(data, anchors.least)]))
    reach = PROSE_REACH + _MARGIN
    lows, highs = np.maximum(places - reach, 0), np.minimum(places + reach, len(data))
    merged = [_between_words(data, low, high) for low, high in _merged(lows, highs)]
    return _joined(data, merged, prose)


def _anchors(rows: Iterable[Row], whole: re.Pattern[bytes]) -> Anchors:
    words = {
        max((word for word in row if _is_plain(word, whole)), key=len, default=b"") for row in rows
    }
    return Anchors(
        frozenset(words), min(map(len, words), default=0), _tables(_in_buckets(words)), whole
    )


def _is_plain(word: bytes, whole: re.Pattern[bytes]) -> bool:
    """Whether a word is of letters that are looked for as bytes; one may stand for any word."""
    return whole.fullmatch(word) is not None and word != SOME_WORD


def _in_buckets(words: Collection[bytes]) -> list[list[bytes]]:
    """Words with like beginnings together."""
    ranked = sorted(words)
    return [
        ranked[len(ranked) * at // _BUCKETS : len(ranked) * (at + 1) // _BUCKETS]
        for at in range(_BUCKETS)
    ]


def _tables(buckets: Iterable[Iterable[bytes]]) -> tuple[bytes, ...]:
    """A table for each of the first LETTERS; a letter that a short word lacks may be any byte."""
    tables = [bytearray(256) for _ in range(LETTERS)]
    for bucket, words in enumerate(buckets):
        for word in words:
            for at, table in enumerate(tables):
                for byte in word[at : at + 1] or range(256):
                    table[byte] |= 1 << bucket
    return tuple(map(bytes, tables))


def _at_once(data: bytes, tables: Sequence[bytes]) -> Places:
    """The places at which the letters of one bucket stand, by all tables."""
    more = data + bytes(len(tables))
    found = np.full(len(data), 255, dtype=np.uint8)
    for at, table in enumerate(tables):
        found &= np.frombuffer(more.translate(table), np.uint8)[at : at + len(data)]
    return np.flatnonzero(found != 0)


_FOLDING_TABLES = _tables([[row[at : at + 2] for at in range(0, len(row), 2)] for row in FOLDING])[
    :2
]


def _folded_places(data: bytes, least: int) -> Places:
    """Where entities and foldable signs may stand for a letter of a word of so many at least."""
    found = []
    for at in _at_once(data, _FOLDING_TABLES).tolist():
        before = _LETTERS_BEFORE.search(data, max(at - least, 0), at)
        after = _IN_A_ROW.match(data, at)
        text = (before[0] if before else b"") + (after[0] if after else b"")
        if re.search(rb"[A-Za-z0-9]{%d}" % least, b" ".join(prose(text).words)):
            found.append(at)
    return np.array(found, dtype=np.int64)


def _token_starts(data: bytes) -> Places:
    """Where tokens of the exact space begin whatever stands before: signs, and behind spaces."""
    kinds = np.frombuffer(data.translate(_CLASSES), dtype=np.uint8)
    starts = kinds == _SIGN
    starts[1:] |= (kinds[1:] == _WORD) & (kinds[:-1] == _SPACE)
    return np.flatnonzero(starts)


def _merged(lows: Places, highs: Places) -> list[tuple[int, int]]:
    """Rising stretches, those that touch as one."""
    merged: list[tuple[int, int]] = []
    for low, high in zip(lows.tolist(), highs.tolist(), strict=True):
        if merged and low <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], high))
        else:
            merged.append((low, high))
    return merged


def _between_words(data: bytes, low: int, high: int) -> tuple[int, int]:
    """The stretch without the pieces of words that a cut left at its ends."""
    if low and (begun := _WORD_BEGUN.match(data, low, high)):
        low = begun.end()
    if high < len(data) and (broken := _WORD_BROKEN.search(data, low, high)):
        high = broken.start()
    return low, high


def _joined(
    data: bytes, stretches: Sequence[tuple[int, int]], fold: Callable[[bytes], Tokens]
) -> Tokens:
    """The tokens of the stretches in one row, a CUT wherever something was left out."""
    if sum(high - low for low, high in stretches) > len(data) // 2:
        return fold(data)
    pieces = [(low, high, fold(data[low:high])) for low, high in stretches]

    def spans() -> Iterator[tuple[int, int]]:
        for low, high, found in pieces:
            yield low, low
            yield from ((low + start, low + end) for start, end in found.spans())
            yield high, high

    words = [word for *_, found in pieces for word in (CUT, *found.words, CUT)]
    return Tokens(words, spans)
