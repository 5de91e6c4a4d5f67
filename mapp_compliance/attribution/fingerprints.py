"""Fingerprints: keyed hashes of a few runs of a text, chosen in the same way everywhere.

Three channels: ``exact`` runs of 8 tokens survive layout, comments and quoting; ``abstract``
runs of 20 survive renaming; ``literal`` runs of 12 payload bytes survive translation into another
language, because views undo how the bytes are written.

Winnowing keeps the least hash of each window, so two texts that share a run of k + w - 1 tokens
or bytes share a fingerprint (Schleimer, Wilkerson and Aiken 2003).

>>> part = Part(b"for name in names: total = total + weights[name] * prices[name] - 1", "a.py")
>>> one, two = (fingerprint([part], b"secret") for _ in range(2))
>>> one.exact == two.exact, len(one.exact) > 0, len(one.literal)
(True, True, 0)
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from mapp_compliance.attribution.lexer import Hashes, cut, hashed, lex
from mapp_compliance.attribution.parts import Part
from mapp_compliance.values import MIB

CHANNELS = ("exact", "abstract", "literal")
MIN_DISTINCT_BYTES = 5  # of a literal run: paddings and rulers are everywhere
MAX_PART_BYTES = 8 * MIB  # a longer part is known by its first bytes
PART_GAP = 1 << 16  # between the positions of two parts, so that no band reaches over the seam
BLOB_VIEWS = re.compile(
    r" > (?:(?:wide-)?array|hex|dump|base(?:32|64|64-cut|85)|uu|gzip|zlib|deflate)$"
)
_CONTROL = bytes(set(range(32)) - set(b"\t\n\f\r\x1b"))


@dataclass(frozen=True, slots=True)
class Gram:
    """How one channel is cut: k tokens or bytes a run, the least of w kept."""

    k: int
    w: int


GRAMS = {"exact": Gram(8, 4), "abstract": Gram(20, 4), "literal": Gram(12, 8)}


@dataclass(frozen=True, slots=True, eq=False)
class Prints:
    """The fingerprints of one channel: distinct hashes, ascending, with their first position."""

    hashes: Hashes
    positions: NDArray[np.int64]  # in tokens or bytes; parts lie PART_GAP apart

    def __len__(self) -> int:
        return len(self.hashes)

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Prints)
            and np.array_equal(self.hashes, other.hashes)
            and np.array_equal(self.positions, other.positions)
        )


@dataclass(frozen=True, slots=True)
class Fingerprints:
    """What an artifact or a sample is known by."""

    exact: Prints
    abstract: Prints
    literal: Prints

    def channel(self, name: str) -> Prints:
        """The channel of that name, one of CHANNELS."""
        return {"exact": self.exact, "abstract": self.abstract, "literal": self.literal}[name]


def fingerprint(parts: Iterable[Part], key: bytes) -> Fingerprints:
    """The fingerprints of all parts together.

    Args:
        parts: of one artifact or one sample, with views; of each the first MAX_PART_BYTES.
        key: secret of the deployment, 1 to 64 bytes; prints under two keys share nothing.
    """
    rows = _rows(parts, key, GRAMS)
    return Fingerprints(*(rows[name].prints() for name in CHANNELS))


def alternatives(texts: Iterable[Fingerprints]) -> Fingerprints:
    """The fingerprints of texts that stand in each other's place, such as wordings of one file.

    Their positions all begin at 0, so that a sample with something of each is still in one band.
    """
    held = list(texts)
    return Fingerprints(*(_either([each.channel(name) for each in held]) for name in CHANNELS))


def _either(rows: Sequence[Prints]) -> Prints:
    hashes = np.concatenate([np.empty(0, np.uint64), *(row.hashes for row in rows)])
    positions = np.concatenate([np.empty(0, np.int64), *(row.positions for row in rows)])
    distinct, first = np.unique(hashes, return_index=True)
    return Prints(distinct, positions[first])


def every_gram(parts: Iterable[Part], key: bytes) -> Mapping[str, Hashes]:
    """All hashes of each channel, chosen or not, ascending: what can be asked for presence.

    Which prints are chosen depends on what stands around them, so a print that is missing among
    those chosen may well stand in the text.
    """
    rows = _rows(parts, key, {name: Gram(gram.k, 1) for name, gram in GRAMS.items()})
    return {name: rows[name].prints().hashes for name in CHANNELS}


def _rows(parts: Iterable[Part], key: bytes, grams: Mapping[str, Gram]) -> dict[str, "_Row"]:
    rows = {name: _Row(name, key, grams[name]) for name in CHANNELS}
    exact, abstract, literal = (rows[name] for name in CHANNELS)
    for part in parts:
        data = part.data[:MAX_PART_BYTES]
        if _is_uniform(data):
            continue  # zeros are cheap to pack and dear to print
        if is_binary(data) or BLOB_VIEWS.search(part.derivation):
            literal.add(np.frombuffer(data, np.uint8).astype(np.uint64))
        if is_binary(data):
            continue
        tokens = lex(data, key) if part.words is None else hashed(part.words, key)
        exact.add(tokens.exact)
        abstract.add(tokens.abstract)
        for text in tokens.literals:
            literal.add(np.frombuffer(text, np.uint8).astype(np.uint64))
    return rows


def with_words(part: Part) -> Part:
    """The part with its words beside it, as `fingerprint` would cut it."""
    data = part.data[:MAX_PART_BYTES]
    if _is_uniform(data) or is_binary(data):
        return part
    return replace(part, words=cut(data))


def _is_uniform(data: bytes) -> bool:
    return data.count(data[:1]) == len(data)


def is_binary(data: bytes) -> bool:
    """Whether the first bytes hold more control signs than a text does."""
    head = data[:4096]
    return len(head) - len(head.translate(None, _CONTROL)) > len(head) // 20


class _Row:
    """Collects one channel over the parts."""

    def __init__(self, channel: str, key: bytes, gram: Gram) -> None:
        self._gram = gram
        self._literal = channel == "literal"
        seed = blake2b(channel.encode(), digest_size=16, key=key).digest()
        self._base = np.uint64(int.from_bytes(seed[:8], "little") | 1)
        self._salt = np.uint64(int.from_bytes(seed[8:], "little"))
        self._next = 0
        self._found: list[tuple[Hashes, NDArray[np.int64]]] = []

    def add(self, symbols: Hashes) -> None:
        """Take the prints of one more run of symbols."""
        hashes = _mixed(rolled(symbols, self._gram.k, self._base) ^ self._salt)
        at = _winnowed(hashes, self._gram.w)
        if self._literal and len(at):
            at = at[_is_varied(symbols, at, self._gram.k)]
        self._found.append((hashes[at], at + self._next))
        self._next += len(symbols) + PART_GAP

    def prints(self) -> Prints:
        """All prints so far, each hash once, at its first position."""
        return _either([Prints(*found) for found in self._found])


def rolled(symbols: Hashes, k: int, base: np.uint64) -> Hashes:
    """The polynomial hash of each run of k symbols, modulo 2^64."""
    count = max(0, len(symbols) - k + 1)
    total = np.zeros(count, np.uint64)
    for offset in range(k):
        total = total * base + symbols[offset : offset + count] + np.uint64(1)
    return total


def _mixed(values: Hashes) -> Hashes:
    """Bits spread evenly. Source: finaliser of splitmix64, Steele, Lea and Flood 2014."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def _winnowed(hashes: Hashes, w: int) -> NDArray[np.int64]:
    """Positions of the least hash of each window of w, the last of equals; ascending."""
    if not len(hashes):
        return np.empty(0, np.int64)
    if len(hashes) < w:
        return np.array([len(hashes) - 1 - np.argmin(hashes[::-1])], np.int64)
    windows = np.lib.stride_tricks.sliding_window_view(hashes, w)[:, ::-1]
    return np.unique(np.arange(len(windows)) + w - 1 - np.argmin(windows, axis=1))


def _is_varied(symbols: Hashes, at: NDArray[np.int64], k: int) -> NDArray[np.bool_]:
    runs = np.sort(np.lib.stride_tricks.sliding_window_view(symbols, k)[at], axis=1)
    distinct: NDArray[np.int64] = np.count_nonzero(np.diff(runs, axis=1), axis=1) + 1
    return distinct >= MIN_DISTINCT_BYTES
