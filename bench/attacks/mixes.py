"""Several copies of one file compared by diff and mixed into one.

What all copies have in common stays. Of each stretch in which they differ one version is taken.

>>> mixed([b"a\\nx\\nb\\n", b"a\\ny\\nb\\n"], ALTERNATE, random.Random(1))
b'a\\nx\\nb\\n'
"""

import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from types import MappingProxyType

Choice = Callable[[Sequence[bytes], int, random.Random], bytes]  # of the versions, the how-manieth
FINEST_SIGNS = 4000  # a stretch above it is not compared sign by sign


def _picked(versions: Sequence[bytes], _: int, rng: random.Random) -> bytes:
    return rng.choice(versions)


def _most(versions: Sequence[bytes], _: int, rng: random.Random) -> bytes:
    """What most have; one of them by chance where none is in the lead."""
    (first, count), *rest = Counter(versions).most_common()
    return rng.choice(versions) if rest and rest[0][1] == count else first


def _next(versions: Sequence[bytes], number: int, _: random.Random) -> bytes:
    return versions[number % len(versions)]


PICKED, MAJORITY, ALTERNATE = _picked, _most, _next


def mixed(copies: Sequence[bytes], choice: Choice, rng: random.Random) -> bytes:
    """The copies compared line by line."""
    lines = [copy.splitlines(keepends=True) for copy in copies]
    return b"".join(_joined(lines, choice, rng))


def mixed_finely(copies: Sequence[bytes], choice: Choice, rng: random.Random) -> bytes:
    """Compared line by line, and where lines differ sign by sign."""

    def closer(versions: Sequence[bytes], _: int, chance: random.Random) -> bytes:
        if max(map(len, versions)) > FINEST_SIGNS:
            return choice(versions, 0, chance)
        signs = [
            [sign.encode("utf-8", "surrogateescape") for sign in _text(each)] for each in versions
        ]
        return b"".join(_joined(signs, choice, chance))

    return mixed(copies, closer, rng)


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


def _joined(rows: Sequence[Sequence[bytes]], choice: Choice, rng: random.Random) -> Iterator[bytes]:
    starts, number = [0] * len(rows), 0
    for places in [*_common(rows), tuple(map(len, rows))]:
        versions = [
            b"".join(row[start:end]) for row, start, end in zip(rows, starts, places, strict=True)
        ]
        if len(set(versions)) > 1:
            yield choice(versions, number, rng)
            number += 1
        else:
            yield versions[0]
        if places[0] < len(rows[0]):
            yield rows[0][places[0]]
        starts = [place + 1 for place in places]


def _common(rows: Sequence[Sequence[bytes]]) -> Iterator[tuple[int, ...]]:
    """The places, one in each row, of every item that all have in common, in order."""
    first, *others = rows
    matched: list[dict[int, int]] = []
    for row in others:
        blocks = SequenceMatcher(None, first, row, autojunk=False).get_matching_blocks()
        matched.append({a + k: b + k for a, b, size in blocks for k in range(size)})
    for place in range(len(first)):
        if all(place in each for each in matched):
            yield (place, *(each[place] for each in matched))


MIXES: Mapping[str, tuple[int, Choice]] = MappingProxyType(
    {
        "two copies, one picked": (2, PICKED),
        "two copies, by turns": (2, ALTERNATE),
        "three copies, one picked": (3, PICKED),
        "three copies, by turns": (3, ALTERNATE),
        "three copies, the most": (3, MAJORITY),
    }
)
