"""The attribution report of one case, or of a run that led to none.

It asks one question, answers it in the one sentence that the verdict allows, and then lays open
what the answer rests on, what else could be true, and what would change it. The same values give
the same document, byte for byte.
"""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import ClassVar

from mapp_compliance.advisories import Advisory
from mapp_compliance.attribution import Run, Sample
from mapp_compliance.audit import words
from mapp_compliance.audit.finding import Finding, NamedCopy, further_limits
from mapp_compliance.audit.hypotheses import AtHand, hypotheses
from mapp_compliance.audit.measures import (
    Term,
    decision_document,
    signed_locally,
    steps_left,
)
from mapp_compliance.audit.pictures import LEAST_LOG10, access_picture, rounded_up, score_picture
from mapp_compliance.audit.report import (
    Heading,
    Holding,
    OtherHolders,
    Proofs,
    independence,
    optional_time,
)
from mapp_compliance.enforcement import Case
from mapp_compliance.trust import Json
from mapp_compliance.values import PartnerId, instant_text

RESERVED_NAMES = {
    "public-release": "the released version",
    "vendor-original": "the vendor's original",
}


HALF_STEP = 0.0005  # what a logarithm of three digits may have lost by rounding


@dataclass(frozen=True, slots=True)
class CaseReport:
    """Everything an attribution report is made of.

    Attributes:
        finding: the parsed verdict document (``parse_finding``).
        case: None when the run opened no case.
        advisory: None when no advisory matched.
        holdings: copies that left the house; a holder's name only where the verdict names the
            copy.
        names: names of the recipients whose copies the verdict names.
        terms: what the policy pack said in this case.
        others: who had the material and was sent no copy, by kind.
    """

    heading: Heading
    finding: Finding
    sample: Sample
    run: Run
    case: Case | None
    advisory: Advisory | None
    holdings: tuple[Holding, ...]
    proofs: Proofs
    names: tuple[tuple[PartnerId, str], ...] = ()
    terms: tuple[Term, ...] = ()
    others: tuple[OtherHolders, ...] = ()

    template: ClassVar[str] = "reports/case.html.j2"

    def document(self) -> dict[str, Json]:
        """The report as plain values."""
        return {
            "type": "urn:mapp-compliance:case-report/v1",
            "heading": self.heading.document(),
            "case": self.case.id if self.case else None,
            "advisory": self._advisory(),
            "question": self._question(),
            **self._answered(),
            **self._evidence(),
            "custody": self._custody(),
            "vetoes": [words.sentence(one) for one in self.finding.vetoes],
            "limits": self._limits(),
            "changes": [words.sentence(one) for one in words.CHANGES[self.finding.verdict]],
            "next_steps": list(steps_left(self.case, self.finding.next_steps)),
            "decision": decision_document(self.case, self.terms, self.heading.written_at),
            "independence": independence(self.heading.local_keys or signed_locally(self.case)),
            "proofs": self.proofs.document(),
        }

    def _answered(self) -> dict[str, Json]:
        finding = self.finding
        released = self.advisory.released_at if self.advisory else None
        at_hand = AtHand(finding, self.holdings, self.sample.seen, self.proofs, released)
        return {
            "answer": {
                "verdict": finding.verdict,
                "text": self._answer(),
                "supports": list(words.supports(finding.verdict, finding.limits)),
            },
            "copies": [self._copy(one) for one in finding.copies],
            "candidates": finding.candidates,
            "candidates_text": words.holders_said(finding.verdict, finding.candidates),
            "bound": self._bound(),
            "score_picture": score_picture(finding),
            "scores": [_score(one) for one in finding.scores],
            "joint": finding.joint.document() if finding.joint else None,
            "beyond_level_unnamed": self._beyond_level(),
            "runner_up": _score(finding.runner_up) if finding.runner_up else None,
            "hypotheses": [one.document() for one in hypotheses(at_hand)],
        }

    def _evidence(self) -> dict[str, Json]:
        finding = self.finding
        first = (finding.artifact,) if finding.artifact else ()
        rows = sorted(self.holdings, key=lambda row: (row.delivered_at, row.copy))
        return {
            "artifacts": [asdict(one) for one in (*first, *finding.other_artifacts)],
            "evidence": [asdict(one) for one in finding.evidence],
            "stages": [asdict(one) for one in finding.stages],
            "groups": [asdict(one) for one in finding.groups],
            "information": asdict(finding.information) if finding.information else None,
            "phantom_control": asdict(finding.phantoms) if finding.phantoms else None,
            "access": {
                "rows": [row.document() for row in rows],
                "alike": _alike([row for row in rows if not row.holder]),
                "others": [one.document() for one in self.others],
                "picture": access_picture(rows, self.sample.seen, self.advisory),
            },
        }

    def _question(self) -> str:
        if self.advisory is None:
            return (
                f"Was sample {self.sample.id} made from material that {self.heading.program} "
                "handed out before its release, and if so from which copy?"
            )
        return (
            f"Which copy of the material of advisory {self.advisory.id}, if any, was sample "
            f"{self.sample.id} made from?"
        )

    def _answer(self) -> str:
        copies = [f"copy {one.copy}" for one in self.finding.copies if not one.reserved]
        holders = [self._holder(one) for one in self.finding.copies]
        return words.answer(
            self.finding.verdict,
            copies=words.listed(copies),
            holders=words.listed(holders),
            count=self.finding.candidates,
        )

    def _holder(self, copy: NamedCopy) -> str:
        if copy.reserved:
            return RESERVED_NAMES.get(copy.reserved, copy.reserved)
        return dict(self.names).get(PartnerId(copy.recipient), copy.recipient)

    def _copy(self, copy: NamedCopy) -> dict[str, Json]:
        return {
            "copy": copy.copy,
            "holder": self._holder(copy),
            "recipient": copy.recipient or None,
            "reserved": copy.reserved or None,
            "p_value": copy.p_value,
            "log10_p_value": copy.log10_p,
        }

    def _bound(self) -> dict[str, Json] | None:
        if self.finding.bound is None:
            return None
        return {
            **asdict(self.finding.bound),
            "method": self.finding.method,
            "assumptions": [
                *words.BOUND_ASSUMPTIONS,
                *([words.JOINT_SHARE] if self.finding.joint else []),
            ],
        }

    def _advisory(self) -> dict[str, Json] | None:
        if self.advisory is None:
            return None
        return {
            "id": self.advisory.id,
            "title": self.advisory.title,
            "revision": self.advisory.revision,
            "release_at": instant_text(self.advisory.release_at),
            "released_at": optional_time(self.advisory.released_at),
        }

    def _custody(self) -> dict[str, Json]:
        sample = self.sample
        return {
            "sample": sample.id,
            "sha256": sample.digest.hex,
            "level": self.finding.custody_level,
            "source": sample.source,
            "visibility": sample.visibility.value,
            "posted": sample.posted.text() if sample.posted else None,
            "observed": instant_text(sample.observed),
            "files": [
                {"name": one.name, "sha256": one.digest.hex, "size_bytes": one.size_bytes}
                for one in sample.files
            ],
            "steps": [
                {
                    "at": instant_text(sample.submitted_at),
                    "what": "sample taken in, hashed and logged before any matching",
                    "leaf": sample.intake_leaf,
                },
                {
                    "at": self._leaf_time(self.run.reading_leaf),
                    "what": "reading fixed, before any codeword was derived",
                    "leaf": self.run.reading_leaf,
                },
                {
                    "at": instant_text(self.run.at),
                    "what": "run recorded with its verdict",
                    "leaf": self.run.run_leaf,
                },
            ],
            "notes": list(self.finding.notes),
            "reading": self.run.reading.hex,
            "run": self.run.digest.hex,
        }

    def _leaf_time(self, index: int) -> str | None:
        """When a leaf was written, if the report lists it."""
        return next(
            (instant_text(leaf.at) for leaf in self.proofs.leaves if leaf.index == index), None
        )

    def _limits(self) -> list[Json]:
        fixed = words.fixed_limits(self.finding.verdict, named=bool(self.finding.copies))
        return [*fixed, *further_limits(self.finding)]

    def _beyond_level(self) -> int:
        """How many copies reach the level of one entity though the verdict names none."""
        finding = self.finding
        if finding.copies or finding.bound is None:
            return 0
        level = math.log10(float(finding.bound.per_entity))
        return sum(float(log10_p) <= level for _, log10_p in finding.scores)


def _score(score: tuple[str, str]) -> dict[str, Json]:
    return {"pseudonym": score[0], "log10_p": score[1], "p_value": _at_most(float(score[1]))}


def _at_most(log10_p: float) -> str:
    """The chance behind a logarithm of three digits after the point, rounded up to three digits."""
    if log10_p <= LEAST_LOG10:
        return f"1e{LEAST_LOG10:.0f}"
    return rounded_up(repr(min(1.0, 10 ** (log10_p + HALF_STEP))))


def _alike(rows: Sequence[Holding]) -> list[Json]:
    """Copies that are not named, counted by what they have in common, by delivery."""
    found: dict[tuple[str, str, bool], list[Holding]] = defaultdict(list)
    for row in rows:
        found[instant_text(row.delivered_at), row.kind, row.unmarked].append(row)
    return [
        {
            "delivered_at": delivered_at,
            "kind": kind,
            "unmarked": unmarked,
            "copies": len(own),
            "receipts": sum(row.receipted_at is not None for row in own),
        }
        for (delivered_at, kind, unmarked), own in sorted(found.items())
    ]
