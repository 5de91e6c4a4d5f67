"""Features: the pieces in which two texts may be alike, each with its place.

Atoms: *words* of three letters and more wherever they stand, *numbers* of four digits and more
whatever their base, *texts* in quotes of six signs and more. Runs: *statements*, eight tokens of
the line-local lexer in a row, and *payload*, twelve bytes in a row of a literal or a blob. A
token run tells order and shape; it says nothing about layout, comments or quoting.

>>> found = cut([Part(b"port = 0x4E20  # twenty thousand", "a.py")])
>>> [(each.kind.value, each.text) for each in found.atoms]
[('word', 'port'), ('number', '0x4E20'), ('word', 'twenty'), ('word', 'thousand')]
>>> cut([Part(b"20000", "b.py")]).atoms[0].key == found.atoms[1].key
True
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum

import numpy as np

from mapp_compliance.attribution.fingerprints import (
    BLOB_VIEWS,
    GRAMS,
    MIN_DISTINCT_BYTES,
    is_binary,
    rolled,
)
from mapp_compliance.attribution.lexer import MIN_LITERAL_BYTES, Hashes, lex, token_spans
from mapp_compliance.attribution.parts import Part

MIN_WORD, MIN_NUMBER, MIN_TEXT = 3, 1000, 6  # letters, value, signs: below that all share them
RUN_TOKENS, RUN_BYTES = GRAMS["exact"].k, GRAMS["literal"].k

_BASE = np.uint64(0x9E3779B97F4A7C15)  # odd; the golden ratio, so no choice of ours
# Views that repeat a text with its escapes undone or its quotes joined: only their words are new.
_REPEATS = re.compile(r" > (?:escapes|literals)$")
_KEY = b"commonality"  # nothing is kept under it, so it need not be secret
_ATOM = re.compile(
    rb"(?P<number>(?<![\w.])(?:0[xX][0-9A-Fa-f_]+|[0-9][0-9_]*)(?![\w.]))"
    rb"|(?P<word>[A-Za-z_\x80-\xff][\w\x80-\xff]*)"
)
_TEXT = re.compile(rb'"((?:[^"\\\r\n]|\\[^\r\n])*)"|\'((?:[^\'\\\r\n]|\\[^\r\n])*)\'')


class FeatureKind(Enum):
    """What sort of piece it is."""

    WORD = "word"
    NUMBER = "number"
    TEXT = "text"
    STATEMENTS = "statements"
    PAYLOAD = "payload"


Key = tuple[str, object]


@dataclass(frozen=True, slots=True)
class Feature:
    """One piece at its place.

    Attributes:
        key: equal for equal pieces; words are compared without regard to case.
        part: place of its part in the row of parts.
        start, end: byte offsets in the part's data.
        place: which run of the part it is; runs that follow each other differ by one.
    """

    kind: FeatureKind
    key: Key
    text: str
    part: int
    start: int
    end: int
    place: int = 0


@dataclass(frozen=True, slots=True)
class Cut:
    """All features of some parts, in the order of the parts."""

    parts: tuple[Part, ...]
    atoms: tuple[Feature, ...]
    runs: tuple[Feature, ...]
    _first: dict[Key, int] = field(default_factory=dict)

    def keys(self) -> set[Key]:
        """The distinct features."""
        return set(self._first)

    def path_of(self, key: Key) -> str:
        """The derivation of the first part that holds the feature."""
        return self.parts[self._first[key]].derivation


def cut(parts: Sequence[Part]) -> Cut:
    """The features of the parts; nothing reaches from one part into the next."""
    atoms: list[Feature] = []
    runs: list[Feature] = []
    for number, part in enumerate(parts):
        if not is_binary(part.data):
            atoms += _atoms(number, part)
            runs += () if _REPEATS.search(part.derivation) else _statements(number, part.data)
        runs += _payload(number, part)
    first: dict[Key, int] = {}
    for each in (*atoms, *runs):
        first.setdefault(each.key, each.part)
    return Cut(tuple(parts), tuple(atoms), tuple(runs), first)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Features that somebody asks for, ready to be looked up in many files."""

    atoms: frozenset[Key]
    statements: Hashes
    payload: Hashes

    @classmethod
    def of(cls, keys: Iterable[Key]) -> "Wanted":
        """These keys."""
        known = set(keys)
        runs: dict[str, list[object]] = {"statements": [], "payload": []}
        for kind, value in known:
            if kind in runs:
                runs[kind].append(value)
        return cls(
            frozenset(key for key in known if key[0] not in runs),
            np.array(sorted(runs["statements"]), np.uint64),  # type: ignore[type-var]  # whole numbers
            np.array(sorted(runs["payload"]), np.uint64),  # type: ignore[type-var]  # whole numbers
        )

    def within(self, parts: Iterable[Part]) -> tuple[set[Key], set[str]]:
        """Which of them stand in the parts, and all words of the parts as they are written."""
        found: set[Key] = set()
        words: set[str] = set()
        for part in parts:
            if not is_binary(part.data):
                pieces = {(key, word) for key, word, _ in _spelled(part.data)}
                words |= {word for key, word in pieces if key[0] == FeatureKind.WORD.value}
                found |= {key for key, _ in pieces} & self.atoms
                hashes = rolled(lex(part.data, _KEY).exact, RUN_TOKENS, _BASE)
                found |= _met(FeatureKind.STATEMENTS, self.statements, hashes)
            if len(self.payload):
                for start, end in _payload_spans(part):
                    hashes = _byte_runs(part.data[start:end])
                    found |= _met(FeatureKind.PAYLOAD, self.payload, hashes)
        return found, words


def _met(kind: FeatureKind, wanted: Hashes, hashes: Hashes) -> set[Key]:
    met = np.intersect1d(wanted, hashes)
    return {(kind.value, value) for value in met.tolist()}


def _atoms(number: int, part: Part) -> Iterator[Feature]:
    unquoted = _REPEATS.search(part.derivation) is not None
    for key, text, (start, end) in _spelled(part.data):
        if unquoted and key[0] == FeatureKind.TEXT.value:
            continue  # the quotes that are left no longer begin and end a text
        yield Feature(FeatureKind(key[0]), key, text, number, start, end)


def _spelled(data: bytes) -> Iterator[tuple[Key, str, tuple[int, int]]]:
    """Words, numbers and texts: key, spelling, place in bytes."""
    for match in _ATOM.finditer(data):
        raw = match.group()
        if match.lastgroup == "number":
            value = _value(raw)
            if value >= MIN_NUMBER:
                yield (FeatureKind.NUMBER.value, value), raw.decode(), match.span()
        elif len(raw) >= MIN_WORD and (word := raw.decode("utf-8", "ignore")).encode() == raw:
            yield (FeatureKind.WORD.value, word.casefold()), word, match.span()
    for match in _TEXT.finditer(data):
        inside = match[1] if match[1] is not None else match[2]
        if len(inside) >= MIN_TEXT:
            start = match.start() + 1
            span = start, start + len(inside)
            yield (FeatureKind.TEXT.value, inside), inside.decode("utf-8", "replace"), span


def _value(raw: bytes) -> int:
    digits = raw.replace(b"_", b"")
    return int(digits, 16) if digits[:2] in {b"0x", b"0X"} else int(digits[:40])


def _statements(number: int, data: bytes) -> Iterator[Feature]:
    spans = token_spans(data)
    kind = FeatureKind.STATEMENTS
    hashes = rolled(lex(data, _KEY).exact, RUN_TOKENS, _BASE)
    for place, value in enumerate(hashes.tolist()):
        start, end = spans[place][0], spans[place + RUN_TOKENS - 1][1]
        yield Feature(kind, (kind.value, value), "", number, start, end, place)


def _payload(number: int, part: Part) -> Iterator[Feature]:
    kind = FeatureKind.PAYLOAD
    for start, end in _payload_spans(part):
        for place, value in enumerate(_byte_runs(part.data[start:end]).tolist(), start):
            if len(set(part.data[place : place + RUN_BYTES])) >= MIN_DISTINCT_BYTES:
                span = place, place + RUN_BYTES
                yield Feature(kind, (kind.value, value), "", number, *span, place)


def _payload_spans(part: Part) -> list[tuple[int, int]]:
    """Where bytes that are sent may stand: a whole blob, or the literals of a text."""
    if is_binary(part.data) or BLOB_VIEWS.search(part.derivation):
        return [(0, len(part.data))]
    spans = [(match.start() + 1, match.end() - 1) for match in _TEXT.finditer(part.data)]
    return [(start, end) for start, end in spans if end - start >= MIN_LITERAL_BYTES]


def _byte_runs(data: bytes) -> Hashes:
    return rolled(np.frombuffer(data, np.uint8).astype(np.uint64), RUN_BYTES, _BASE)
