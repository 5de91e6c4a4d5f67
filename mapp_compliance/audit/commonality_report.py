"""What a sample and an artifact have in common, as a report that names nobody.

Rules:
- It knows no recipient, no copy and no case, so it cannot point at one.
- It never says which of the two came first, nor that one was made from the other; it says how rare
  the shared features are, and which other explanations each class leaves.
- Counts are of features, which overlap and depend on each other: no probability is derived.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from mapp_compliance.attribution import Commonality, Shared, Sort
from mapp_compliance.trust import Json
from mapp_compliance.values import AdvisoryId, Digest, SampleId, instant_text

MOST_SHOWN = 40  # rows of one class; the JSON form says how many there are in all

EXPLAINED: dict[Sort, str] = {
    Sort.QUIRK: (
        "Odd and found in no file of the corpus. What may explain it: the same public source "
        "that is not in the corpus; the same finder's material, seen by other ways; a tool or "
        "template that both used; one author with two works."
    ),
    Sort.ARBITRARY: (
        "A free choice, found in no file of the corpus. What may explain it: the same public "
        "source that is not in the corpus; the same finder's material, seen by other ways; the "
        "same generator; for short pieces, chance."
    ),
    Sort.CUSTOMARY: "Also found in benign files that have nothing to do with the matter: no sign.",
    Sort.FORCED: "Whoever speaks the format has it, also who worked alone: no sign at all.",
}

LIMITS: tuple[str, ...] = (
    "What two things share does not say which came first, nor that one was made from the other; "
    "both may come from a third.",
    "It does not say through whose hands anything went. No copy and no recipient is named by it.",
    "Features overlap (a name is part of a statement), so their number is no measure of chance.",
    "The corpus was chosen by people; what is missing in it may be common elsewhere.",
)


@dataclass(frozen=True, slots=True)
class CommonalityReport:
    """One comparison.

    Attributes:
        compared: which version of the material, such as ``revision 1`` or ``finder 1``.
        corpus: the operator's name for the benign files.
    """

    program: str
    written_at: datetime
    advisory: AdvisoryId
    compared: str
    sample: SampleId
    sha256: Digest
    corpus: str
    found: Commonality

    template: ClassVar[str] = "reports/commonality.html.j2"

    def document(self) -> dict[str, Json]:
        """The report as plain values."""
        found = self.found
        return {
            "type": "urn:mapp-compliance:commonality-report/v1",
            "heading": {
                "program": self.program,
                "written_at": instant_text(self.written_at),
                "tlp": "TLP:AMBER+STRICT",
            },
            "advisory": self.advisory,
            "compared_with": self.compared,
            "sample": {"id": self.sample, "sha256": self.sha256.hex},
            "corpus": {
                "name": self.corpus,
                "files": found.corpus_files,
                "format_files": found.format_files,
                "absence_bound": f"{found.absence_bound:.3g}",
            },
            "summary": summary(found),
            "classes": [self._sort(sort) for sort in EXPLAINED],
            "artifact_free": found.artifact_free,
            "shared_free": found.shared_free,
            "own": {
                "count": len(found.own),
                "free": sum(not one.files for one in found.own),
                "shown": [
                    {"kind": one.kind.value, "text": one.text, "files": one.files}
                    for one in found.own[:MOST_SHOWN]
                ],
            },
            "limits": list(LIMITS),
        }

    def _sort(self, sort: Sort) -> dict[str, Json]:
        rows = self.found.of(sort)
        return {
            "class": sort.value,
            "count": len(rows),
            "meaning": EXPLAINED[sort],
            "shown": [_row(one) for one in rows[:MOST_SHOWN]],
        }


def summary(found: Commonality) -> str:
    """The one sentence that such a comparison allows.

    >>> summary(Commonality((), (), 4, 0, 10, 0))
    'The two share nothing but what benign files or the format explain.'
    """
    odd, free = len(found.of(Sort.QUIRK)), len(found.of(Sort.ARBITRARY))
    if not odd + free:
        return "The two share nothing but what benign files or the format explain."
    files = found.corpus_files
    rare = f"that none of {files} benign files holds" if files else "(no corpus was at hand)"
    return (
        f"The two share {_many(odd + free, 'stretch', 'stretches')} of text {rare}, "
        f"{odd} of them odd. Counted singly, the material has "
        f"{_many(found.artifact_free, 'word, number or text', 'words, numbers and texts')} of that "
        f"sort, and the sample has {found.shared_free} of these. How they came to be in both is "
        "open."
    )


def _many(count: int, one: str, more: str) -> str:
    return f"{count} {one if count == 1 else more}"


def _row(one: Shared) -> dict[str, Json]:
    return {
        "kind": one.kind.value,
        "text": one.text,
        "part": one.part,
        "start": one.start,
        "end": one.end,
        "artifact_path": one.artifact_path,
        "files": one.files,
        "why": one.why,
    }


def report_lines(document: dict[str, Json]) -> list[str]:
    """The document as short lines for a terminal, rarest first."""
    lines = [str(document["summary"])]
    classes = document["classes"]
    for sort in classes if isinstance(classes, Sequence) else ():
        if not isinstance(sort, dict) or not sort["count"]:
            continue
        lines.append(f"{sort['class']}: {sort['count']}. {sort['meaning']}")
        shown = sort["shown"]
        for row in shown[:8] if isinstance(shown, list) else ():
            if isinstance(row, dict):
                why = f" ({row['why']})" if row["why"] else ""
                held = f"in {row['files']} corpus files"
                lines.append(f"  {row['kind']} {row['text']!r}, {held}{why}")
    limits = document["limits"]
    return [*lines, *(f"limit: {text}" for text in (limits if isinstance(limits, list) else ()))]
