"""Commonality: what a sample and an artifact have in common, and how rare that is elsewhere.

For the question "this tool resembles ours". It never says who made what from what. Every shared
feature falls into exactly one class, tried in this order:

1. *forced by the format*: nothing but declared format text is in it, or it stands in every file
   of a format corpus of at least three files;
2. *customary*: it stands in the operator's benign corpus, with the number of files;
3. *quirk*: in no file of the corpus, and odd in a measured way (``oddities``);
4. *arbitrary*: in no file of the corpus; a free choice of whoever wrote it first.

The corpus is cut by the same function as the sample, so a sample made of corpus files shares no
arbitrary feature and no quirk.

>>> ours = Part(b"limit = 48213\\nfor item in items: total = total + item.price * rate", "a.py")
>>> other = Part(b"x = 48213  # for the items", "b.py")
>>> found = compare([other], [ours], Background([Part(b"for item in items: pass", "c.py")]))
>>> [(each.kind.value, each.text, each.sort.value) for each in found.shared][:2]
[('number', '48213', 'arbitrary'), ('word', 'items', 'customary')]
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from mapp_compliance.attribution.features import Cut, Feature, FeatureKind, Key, Wanted, cut
from mapp_compliance.attribution.oddities import Vocabulary, oddities_of
from mapp_compliance.attribution.parts import Part

MIN_FORMAT_FILES = 3  # below that "in every file" is no rule
CONFIDENCE = 0.95  # of what absence from the corpus says


class Sort(Enum):
    """Why a feature may be in both, from what must be to what need not be."""

    FORCED = "forced by the format"
    CUSTOMARY = "customary"
    ARBITRARY = "arbitrary"
    QUIRK = "quirk"


@dataclass(frozen=True, slots=True)
class Declared:
    """What the package's author says beforehand: text that the format forces, and own names."""

    forced: tuple[str, ...] = ()
    names: tuple[str, ...] = ()  # nicknames and signatures of those who made the artifact


@dataclass(frozen=True, slots=True)
class Shared:
    """One feature that stands in both, or one unbroken stretch of like features.

    Attributes:
        text: as in the sample, on one line.
        part: derivation of the sample's part.
        start, end: byte offsets in that part.
        artifact_path: where it stands in the artifact, the first of its files.
        files: how many corpus files hold it; of a stretch, its rarest piece.
        why: for a quirk, what is odd.
    """

    kind: FeatureKind
    text: str
    part: str
    start: int
    end: int
    artifact_path: str
    sort: Sort
    files: int
    why: str = ""


@dataclass(frozen=True, slots=True)
class Own:
    """A feature of the sample that the artifact has not."""

    kind: FeatureKind
    text: str
    files: int


@dataclass(frozen=True, slots=True)
class Commonality:
    """What two things share, and what they do not.

    Attributes:
        shared: quirks first, then arbitrary, customary, forced; rarest first.
        own: what the sample alone has, rarest first; words, numbers and texts only.
        artifact_free: how many words, numbers and texts of the artifact are in no corpus file.
        shared_free: how many of those the sample shares.
        corpus_files, format_files: sizes of the two corpora.
    """

    shared: tuple[Shared, ...]
    own: tuple[Own, ...]
    artifact_free: int
    shared_free: int
    corpus_files: int
    format_files: int

    def of(self, sort: Sort) -> tuple[Shared, ...]:
        """The shared features of one class."""
        return tuple(each for each in self.shared if each.sort is sort)

    @property
    def absence_bound(self) -> float:
        """At this rate or more, absence from all corpus files would be rarer than 1 in 20.

        It holds as far as the corpus is a fair choice of files of this sort. 1 without a corpus.
        """
        if not self.corpus_files:
            return 1.0
        return float(1 - (1 - CONFIDENCE) ** (1 / self.corpus_files))


@dataclass(frozen=True, slots=True)
class Background:
    """The operator's benign files; ``corpus`` and ``of_format`` may be read once each.

    A file that brings several parts (views) is a tuple of parts.
    """

    corpus: Iterable[Part | Sequence[Part]] = ()
    of_format: Iterable[Part | Sequence[Part]] = ()


@dataclass(frozen=True, slots=True)
class _Counts:
    """In how many files each wanted feature stands; of all words, however wanted."""

    files: int
    found: Mapping[Key, int]
    words: Mapping[str, int]

    @classmethod
    def over(cls, rows: Iterable[Part | Sequence[Part]], wanted: Wanted) -> "_Counts":
        files, found, words = 0, Counter[Key](), Counter[str]()
        for row in rows:
            keys, said = wanted.within([row] if isinstance(row, Part) else row)
            files += 1
            found.update(keys)
            words.update(said)
        return cls(files, found, words)

    def of(self, key: Key) -> int:
        return self.found.get(key, 0)


def compare(
    sample: Sequence[Part],
    artifact: Sequence[Part],
    background: Background,
    declared: Declared | None = None,
) -> Commonality:
    """What the sample and the artifact have in common.

    Args:
        sample, artifact: parts with views. The artifact is an original, never a marked copy.
        background: benign files that have nothing to do with the matter; cut with the same views
            as the sample.
        declared: what the format forces, and the names of the artifact's own makers.
    """
    said = declared or Declared()
    ours, theirs = cut(artifact), cut(sample)
    known = ours.keys()
    wanted = Wanted.of(known | theirs.keys())
    corpus = _Counts.over(background.corpus, wanted)
    of_format = _Counts.over(background.of_format, wanted)
    judge = _Judge(ours, theirs, corpus, of_format, said)
    shared = [judge.shared(stretch) for stretch in _stretches(ours, theirs, judge)]
    alone = {each.key: each for each in reversed(theirs.atoms) if each.key not in known}
    own = [Own(each.kind, each.text, corpus.of(key)) for key, each in alone.items()]
    free = {each.key for each in ours.atoms if not corpus.of(each.key)}
    return Commonality(
        tuple(sorted(_outermost(shared), key=_rank)),
        tuple(sorted(own, key=lambda each: (each.files, each.kind.value, each.text))),
        len(free),
        len(free & theirs.keys()),
        corpus.files,
        of_format.files,
    )


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Like features without a gap, in the sample."""

    first: Feature
    last: Feature
    sort: Sort
    files: int
    why: str


class _Judge:
    """Puts one shared feature into its class."""

    def __init__(
        self, ours: Cut, theirs: Cut, corpus: _Counts, of_format: _Counts, said: Declared
    ) -> None:
        self._ours, self._theirs = ours, theirs
        self._corpus, self._format, self._said = corpus, of_format, said
        self._vocabulary = Vocabulary(corpus.words, corpus.files)
        self._forced = sorted((text.encode() for text in said.forced if text), key=len)[::-1]

    def sort(self, feature: Feature) -> tuple[Sort, int, str]:
        """Class, number of corpus files, and what is odd."""
        files = self._corpus.of(feature.key)
        if self._is_forced(feature):
            return Sort.FORCED, files, ""
        if files:
            return Sort.CUSTOMARY, files, ""
        why = oddities_of(feature, self._ours, self._theirs, self._vocabulary, self._said.names)
        return (Sort.QUIRK if why else Sort.ARBITRARY), 0, why

    def shared(self, stretch: _Stretch) -> Shared:
        """The stretch as it is told."""
        first, last = stretch.first, stretch.last
        part = self._theirs.parts[first.part]
        return Shared(
            first.kind,
            shown_text(part.data[first.start : last.end]),
            part.derivation,
            first.start,
            last.end,
            self._ours.path_of(first.key),
            stretch.sort,
            stretch.files,
            stretch.why,
        )

    def _is_forced(self, feature: Feature) -> bool:
        many = self._format.files
        if many >= MIN_FORMAT_FILES and self._format.of(feature.key) == many:
            return True
        left = self._theirs.parts[feature.part].data[feature.start : feature.end]
        for text in self._forced:
            left = left.replace(text, b" ")
        return bool(self._forced) and not any(_is_letter_or_digit(byte) for byte in left)


def _is_letter_or_digit(byte: int) -> bool:
    return chr(byte).isalnum() or byte >= 0x80


def _stretches(ours: Cut, theirs: Cut, judge: _Judge) -> list[_Stretch]:
    """The shared features, runs joined where they follow each other with one class."""
    known, found, said = ours.keys(), [], set[Key]()
    for each in theirs.atoms:
        if each.key in known and each.key not in said:
            said.add(each.key)
            found.append(_Stretch(each, each, *judge.sort(each)))
    open_one: _Stretch | None = None
    for each in theirs.runs:
        if each.key not in known:
            continue
        sort, files, why = judge.sort(each)
        if open_one and open_one.sort is sort and _follows(open_one.last, each):
            least = min(open_one.files, files)
            open_one = _Stretch(open_one.first, each, sort, least, open_one.why or why)
            continue
        found += [open_one] if open_one else []
        open_one = _Stretch(each, each, sort, files, why)
    return [*found, open_one] if open_one else found


def _follows(last: Feature, each: Feature) -> bool:
    return (last.part, last.kind, last.place + 1) == (each.part, each.kind, each.place)


def _outermost(shared: Iterable[Shared]) -> list[Shared]:
    """Each text once, at its first place, without what lies inside a longer stretch of its class.

    A view repeats what its part says, so the same stretch would be told twice.
    """
    kept: list[Shared] = []
    said: set[tuple[FeatureKind, str]] = set()
    reach: dict[tuple[str, Sort], int] = {}  # how far the stretches kept so far go
    for each in sorted(shared, key=lambda each: (each.part, each.start, -each.end)):
        inside = each.end <= reach.get((each.part, each.sort), -1)
        if (not inside or each.sort is Sort.QUIRK) and (each.kind, each.text) not in said:
            said.add((each.kind, each.text))
            reach[each.part, each.sort] = max(each.end, reach.get((each.part, each.sort), -1))
            kept.append(each)
    return kept


_ORDER: Mapping[Sort, int] = {
    Sort.QUIRK: 0,
    Sort.ARBITRARY: 1,
    Sort.CUSTOMARY: 2,
    Sort.FORCED: 3,
}


def _rank(each: Shared) -> tuple[int, int, int, str, int]:
    return _ORDER[each.sort], each.files, each.start - each.end, each.part, each.start


def shown_text(data: bytes) -> str:
    """Bytes as one short line: white space as one blank, other signs escaped."""
    text = " ".join(data.decode("utf-8", "backslashreplace").split())
    text = "".join(sign if sign.isprintable() else f"\\x{ord(sign):02x}" for sign in text)
    return text if len(text) <= MAX_SHOWN else f"{text[: MAX_SHOWN - 1]}…"


MAX_SHOWN = 160  # characters of a stretch that a report shows
