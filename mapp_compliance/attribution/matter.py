"""What the rules of a verdict look at, and how a verdict that names nobody is put together."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from mapp_compliance.attribution import limits as say
from mapp_compliance.attribution.circumstances import Beside, Candidacy, Circumstances
from mapp_compliance.attribution.verdict import Verdict, VerdictKind
from mapp_compliance.watermark.codes import InstanceScore, Scores

BESIDE_LEVEL = 1e-3  # of evidence that names nobody: groups, author's own values
LEAST_OWN_VALUES = 10  # read sites from which on the author's own values are told


@dataclass(frozen=True, slots=True)
class Matter:
    """Everything that the rules look at."""

    identified: bool
    scores: Scores | None
    candidates: Mapping[str, Candidacy]
    spaces: Mapping[int, int]
    around: Circumstances
    beside: Beside
    named: tuple[InstanceScore, ...]

    @property
    def holders(self) -> list[Candidacy]:
        """The candidates that are named."""
        return [self.candidates[item.instance] for item in self.named]

    @property
    def downstream(self) -> int:
        """How many held it who cannot have had it without the vendor's hands."""
        return max(0, self.around.holders - self.around.upstream_holders)

    @property
    def own_values(self) -> bool:
        """Whether the sample shows the author's own values where copies differ."""
        own = self.beside.natural
        return own is not None and own.read >= LEAST_OWN_VALUES and own.p <= BESIDE_LEVEL

    @property
    def enough(self) -> bool:
        """Whether enough of a copy's marks was read to name somebody."""
        return self.scores is not None and self.scores.missing_bits == 0 and not self.own_values

    @property
    def vendor_shown(self) -> bool:
        """Whether text is shown that first appears in the vendor's hands."""
        return self.beside.stages is not None and self.beside.stages.vendor_shown

    @property
    def was_released(self) -> bool:
        """Whether the vendor's text may come from the released files."""
        out = self.around.published_at
        return out is not None and not self.around.seen.surely_before(out)


def unnamed(
    matter: Matter, kind: VerdictKind, rule: str, *said: str, urgent: tuple[str, ...] = ()
) -> Verdict:
    """A verdict without a name, with what else is known of the material."""
    around = matter.around
    more = say.earlier_use(around, around.first_issue, named=False)
    return Verdict(
        kind,
        limits=(*said, *more, *say.general(around, named=False)),
        rule=rule,
        candidates=around.holders,
        urgent=urgent,
    )


def of_program(matter: Matter, rule: str, *said: str) -> Verdict:
    """Something of the vendor's own is shown: finder and broker had none of it."""
    found = unnamed(matter, VerdictKind.PROGRAM_ORIGIN_UNRESOLVED, rule, *said)
    return replace(found, candidates=matter.downstream)


def missing(matter: Matter) -> tuple[str, ...]:
    """How many bits more it takes to name anybody; nothing where there are enough."""
    scores = matter.scores
    if scores is None or scores.missing_bits <= 0:
        return ()
    return (
        say.too_few_bits(scores.bits, scores.missing_bits, scores.read_sites, scores.code_sites),
    )


def released(matter: Matter) -> tuple[str, ...]:
    """Why text of the vendor's does not count: it was public."""
    out = matter.around.published_at
    if out is None or not (matter.vendor_shown and matter.was_released):
        return ()
    return (say.released_before(out),)
