"""Forms with names become a tree that is proved before any word exists.

Rules: what fails its proof is dropped here, for reasons that depend on the file alone. Names of
sites are made of the definition around them, their family and their own text, so that edits
elsewhere leave them alone. Trial words are drawn from digests of names, so a survey is repeatable.
"""

import hashlib
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Protocol

from mapp_compliance.values import KIB, shown
from mapp_compliance.watermark.natural.carrier import Surveyed, Unparsed
from mapp_compliance.watermark.natural.forms import Form, Mark, marks_of, segments
from mapp_compliance.watermark.sites import (
    FORMS,
    Fork,
    LaidOutFile,
    Layout,
    Point,
    PointKind,
    Segments,
)

MOST_GROWTH = 12  # times the file that its tree may take, as nested branches are kept twice
TRIAL_WORDS = 16  # a fault of a pair of forms escapes all of them with chance 0.01
BRANCH = "branch"  # the family whose forms are large


class Proof(Protocol):
    """How a language proves of one file that a copy means the same."""

    def keeps(self, marked: bytes, families: Collection[str]) -> bool:
        """True when a copy in which these families vary keeps what they promise.

        Raises:
            Unparsed: one of the two does not parse.
        """


def surveyed(
    path: str,
    data: bytes,
    forms: Sequence[Form],
    allowed: Collection[str],
    proof: Proof,
    apart: Collection[Collection[str]] = (),
) -> Surveyed:
    """The tree of all forms of the allowed families that pass the proof.

    Args:
        apart: groups of families that are also proved on their own, for a stronger promise.
    """
    names = named(path, forms, allowed)
    tree, originals, dropped = _sound(data, forms, names, proof, apart)
    told: tuple[str, ...] = ()
    if dropped:
        told = (f"{shown(path)}: {dropped} natural forms were left out, they do not keep its code",)
    held = sorted(dict.fromkeys(fork.point for fork in LaidOutFile(path, tree).forks()))
    marks = {names[mark]: mark for mark in names}
    points = tuple(
        Point(
            name,
            PointKind.FORM,
            values=FORMS,
            original=FORMS[originals[name]],
            form=marks[name].family,
        )
        for name in held
    )
    return Surveyed(Layout((LaidOutFile(path, tree),), points), told)


def named(path: str, forms: Sequence[Form], allowed: Collection[str]) -> dict[Mark, str]:
    """The point of each mark of the allowed families."""
    every = dict.fromkeys(mark for form in forms for mark in marks_of(form.pieces))
    counts: Counter[str] = Counter()
    names = {}
    for mark in sorted(every, key=lambda mark: (mark.start, mark.family)):
        own = hashlib.blake2b(b" ".join(mark.label.split()), digest_size=4).hexdigest()
        name = f"{path}:{mark.scope}:{mark.family}:{own}"
        counts[name] += 1
        if mark.family in allowed:
            names[mark] = f"{name}.{counts[name]}"
    return names


def _sound(
    data: bytes,
    forms: Sequence[Form],
    names: Mapping[Mark, str],
    proof: Proof,
    apart: Collection[Collection[str]],
) -> tuple[Segments, dict[str, int], int]:
    """The tree of all forms that pass the proof, the original form of each, how many failed."""
    originals = {name: mark.original for mark, name in names.items()}
    families = {name: mark.family for mark, name in names.items()}
    tree = _bounded(data, forms, names)
    if _is_sound(data, tree, originals, families, proof, apart):
        return tree, originals, 0
    points = dict.fromkeys(fork.point for fork in LaidOutFile("", tree).forks())
    good = {
        point
        for point in points
        if _keeps(tree, originals | {point: 1 - originals[point]}, families[point], proof)
    }
    kept = {mark: name for mark, name in names.items() if name in good}
    tree = _bounded(data, forms, kept)
    if not _is_sound(data, tree, originals, families, proof, apart):
        kept, tree = {}, (data,)
    return tree, originals, len(points) - len(kept)


def _bounded(data: bytes, forms: Sequence[Form], names: Mapping[Mark, str]) -> Segments:
    """The tree; without branches when nesting makes it too large."""
    tree = segments(data, forms, names)
    if size_bytes(tree) <= MOST_GROWTH * len(data) + 4 * KIB:
        return tree
    few = {mark: name for mark, name in names.items() if mark.family != BRANCH}
    return segments(data, forms, few)


def size_bytes(tree: Segments) -> int:
    """All literal bytes of a tree, those of both forms of each fork."""
    return sum(
        len(each) if isinstance(each, bytes) else size_bytes(each.first) + size_bytes(each.second)
        for each in tree
        if isinstance(each, bytes | Fork)
    )


def _is_sound(
    data: bytes,
    tree: Segments,
    originals: Mapping[str, int],
    families: Mapping[str, str],
    proof: Proof,
    apart: Collection[Collection[str]],
) -> bool:
    """True when the original comes back and trial words keep the meaning, and the code."""
    if rendered(tree, originals) != data:
        return False
    every = frozenset(families.values())
    try:
        for number in range(TRIAL_WORDS):
            word = {point: _trial(point, number) for point in originals}
            if not proof.keeps(rendered(tree, word), every):
                return False
        for group in apart:
            for number in range(2):
                part = {
                    point: _trial(point, number) if families[point] in group else own
                    for point, own in originals.items()
                }
                if not proof.keeps(rendered(tree, part), every.intersection(group)):
                    return False
    except Unparsed:
        return False
    return True


def _trial(point: str, number: int) -> int:
    """All second forms, all first forms, then forms as a digest of name and number says."""
    if number < 2:
        return 1 - number
    return hashlib.blake2b(f"{number}:{point}".encode(), digest_size=1).digest()[0] & 1


def _keeps(tree: Segments, word: Mapping[str, int], family: str, proof: Proof) -> bool:
    """True when this one word keeps what the family promises."""
    try:
        return proof.keeps(rendered(tree, word), {family})
    except Unparsed:
        return False


def rendered(tree: Segments, word: Mapping[str, int]) -> bytes:
    """The file with these forms."""
    return b"".join(_rendered(tree, word))


def _rendered(tree: Segments, word: Mapping[str, int]) -> Iterator[bytes]:
    for each in tree:
        if isinstance(each, bytes):
            yield each
        elif isinstance(each, Fork):
            yield from _rendered(each.second if word[each.point] else each.first, word)
