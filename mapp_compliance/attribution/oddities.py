"""What makes a free choice odd: three signs, each measured, none of them a matter of taste.

- *own name*: it holds a name that the package's author declared as a maker's.
- *misspelling*: a word of seven letters or more that stands in no corpus file and is one slip
  (a letter left out, added, changed, or two swapped) from a word in many of them.
- *dead code*: a name that is defined and never used, in the sample as well as in the artifact.

Capitals are no sign: words are compared without them, so such a word is customary.

>>> known = Vocabulary({"receive": 9}, 10)
>>> known.near("recieve"), known.near("received")
('receive', '')
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from mapp_compliance.attribution.features import Cut, Feature, FeatureKind

MIN_LETTERS = 7  # shorter words have too many neighbours that are words as well
MIN_FILES, MIN_SHARE = 3, 0.02  # of the corpus, for a word to be a usual one
_LETTERS = re.compile(r"[a-z]+")
_ENDINGS = ("s", "d", "r", "n", "y", "e")  # an added ending makes another word, no slip
_DEFINED = re.compile(
    rb"\b(?:def|class|function|func|fn|const|let|var|static|sub)\s+(?:[\w:*&<>]+\s+)*?([A-Za-z_]\w*)"
    rb"|(?:^|[\n;{])[ \t]*([A-Za-z_]\w*)[ \t]*(?:\[\w*\])?[ \t]*=(?!=)"
)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of the corpus, each with its number of files."""

    words: Mapping[str, int]
    files: int
    _usual: dict[str, int] = field(default_factory=dict)
    _slips: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        folded: dict[str, int] = {}
        for word, count in self.words.items():
            folded[word.casefold()] = max(folded.get(word.casefold(), 0), count)
        least = max(MIN_FILES, MIN_SHARE * self.files)
        self._usual.update({word: count for word, count in folded.items() if count >= least})
        for word in self._usual:
            if len(word) >= MIN_LETTERS - 1 and _LETTERS.fullmatch(word):
                for shorter in _without_one(word):
                    self._slips.setdefault(shorter, word)

    def near(self, word: str) -> str:
        """A usual word that this one is a slip away from, or an empty text."""
        small = word.casefold()
        if len(small) < MIN_LETTERS or not _LETTERS.fullmatch(small) or small in self._usual:
            return ""
        candidates = {self._slips.get(small, "")}
        for shorter in _without_one(small):
            candidates |= {self._slips.get(shorter, ""), shorter if shorter in self._usual else ""}
        slips = sorted(each for each in candidates if each and _is_slip(small, each))
        return slips[0] if slips else ""


def oddities_of(
    feature: Feature, ours: Cut, theirs: Cut, vocabulary: Vocabulary, names: Sequence[str]
) -> str:
    """What is odd about a shared feature that no corpus file holds; empty when nothing is."""
    if feature.kind is FeatureKind.TEXT:
        return _own_name(feature.text, names)
    if feature.kind is not FeatureKind.WORD:
        return ""
    if named := _own_name(feature.text, names):
        return named
    if near := vocabulary.near(feature.text):
        return f"one slip from '{near}', which is usual"
    if _is_dead(feature.text, ours) and _is_dead(feature.text, theirs):
        return "defined and never used, in both"
    return ""


def _own_name(text: str, names: Sequence[str]) -> str:
    folded = text.casefold()
    hit = next((name for name in names if name and name.casefold() in folded), "")
    return f"holds '{hit}', declared as a maker's own name" if hit else ""


def _is_dead(word: str, where: Cut) -> bool:
    """Whether a file defines the word and says it nowhere else."""
    raw = word.encode()
    for part in where.parts:
        said = len(re.findall(rb"(?<!\w)" + re.escape(raw) + rb"(?!\w)", part.data))
        defined = any(raw in match.groups() for match in _DEFINED.finditer(part.data))
        if said:
            return said == 1 and defined
    return False


def _without_one(word: str) -> set[str]:
    return {word[:place] + word[place + 1 :] for place in range(len(word))}


def _is_slip(word: str, usual: str) -> bool:
    """One letter left out, added or changed, or two neighbours swapped; no mere ending."""
    if abs(len(word) - len(usual)) == 1:
        shorter, longer = sorted((word, usual), key=len)
        if shorter == longer[:-1] and longer[-1] in _ENDINGS:
            return False
        return shorter in _without_one(longer)
    if len(word) != len(usual):
        return False
    places = [place for place in range(len(word)) if word[place] != usual[place]]
    if len(places) == 1:
        return places[0] != len(word) - 1  # another ending is another word
    swapped = len(places) == 2 and places[1] == places[0] + 1
    return swapped and word[places[0]] == usual[places[1]] and word[places[1]] == usual[places[0]]
