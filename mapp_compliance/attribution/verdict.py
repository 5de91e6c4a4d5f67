"""The verdict: what the scores and the circumstances allow to be said, as one pure rule table.

Candidates are opaque instance ids with a role; no name, country or tier is known here.

Rules, in this order:

1. No artifact matches: NO_LINK.
2. An artifact matches but no site could be read: PROGRAM_ORIGIN_UNRESOLVED when the sample holds
   an unmarked original byte for byte, else LINEAGE_ONLY.
3. *Named*: every copy whose entity lies within the bound by its code p at 15/16 of the level.
   The last 16th is for tags: where the code alone names nobody, one copy with code p <= 1e-3 and
   tags of two channels, together within the bound. Asking both at the full level would double
   the chance of naming an innocent.
4. A tag that can hardly be chance, of a copy whose own code p is above 1e-3: CONFLICTING_MARKS
   where the code was read well enough to speak, else LEAD_ONLY.
5. Vetoes over the named: issued surely after the sighting -> CONFLICTING_MARKS; order unknown,
   reported stolen before, a gap of custody, a failed replay or a failed phantom control ->
   LEAD_ONLY. A veto never lets another copy move up. That a copy was public before is a limit:
   it is still that copy, but whoever had it from there looks the same.
6. Named: one -> COPY_IDENTIFIED, of the vendor's own staff -> COPY_IDENTIFIED_INTERNAL, the
   released file -> PUBLIC_RELEASE, the vendor's original -> PROGRAM_ORIGIN_UNRESOLVED, several
   -> MULTIPLE_COPIES.
7. Nobody named: the sample holds an unmarked original byte for byte, so what was read are the
   author's own values -> PROGRAM_ORIGIN_UNRESOLVED; a copy with few chances by luck ->
   LEAD_ONLY; too few bits read -> INSUFFICIENT with how many are missing; enough bits and no
   word fits -> UNREGISTERED_COPY.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from fractions import Fraction

from mapp_compliance.values import Window, instant_text
from mapp_compliance.watermark.codes import InstanceScore, Scores

CODE_SUPPORT = 1e-3  # D7: code p that tags may add to
LEAD_CHANCE = 0.05  # over all copies together: rarer than that is worth another look
CONFLICT_CHANCE = 1e-3  # over all copies together: a tag hit rarer than that is no accident
CODE_PRICE, TAG_PRICE = Fraction(16, 15), 16  # 1 / share of the level; they sum to 1
PHANTOM_LUCK = 1000  # a best phantom below 1/(1000 N) is no luck: the null itself is wrong
TAG_CHANNELS = 2  # D7: tags count only from two channels


class VerdictKind(Enum):
    """The closed list of D7 that the rules above can reach."""

    NO_LINK = "NO_LINK"
    INSUFFICIENT = "INSUFFICIENT"
    LINEAGE_ONLY = "LINEAGE_ONLY"
    PROGRAM_ORIGIN_UNRESOLVED = "PROGRAM_ORIGIN_UNRESOLVED"
    PUBLIC_RELEASE = "PUBLIC_RELEASE"
    LEAD_ONLY = "LEAD_ONLY"
    COPY_IDENTIFIED = "COPY_IDENTIFIED"
    COPY_IDENTIFIED_INTERNAL = "COPY_IDENTIFIED_INTERNAL"
    MULTIPLE_COPIES = "MULTIPLE_COPIES"
    UNREGISTERED_COPY = "UNREGISTERED_COPY"
    CONFLICTING_MARKS = "CONFLICTING_MARKS"

    @property
    def names_a_copy(self) -> bool:
        """Whether the verdict names copies, reserved and internal ones too."""
        return self in _NAMING


_NAMING = frozenset(
    {
        VerdictKind.COPY_IDENTIFIED,
        VerdictKind.COPY_IDENTIFIED_INTERNAL,
        VerdictKind.MULTIPLE_COPIES,
        VerdictKind.PUBLIC_RELEASE,
    }
)


class Holding(Enum):
    """What sort of instance a candidate is."""

    RECIPIENT = "recipient"
    INTERNAL = "internal"
    PUBLIC_RELEASE = "public-release"
    VENDOR_ORIGINAL = "vendor-original"


@dataclass(frozen=True, slots=True)
class Candidacy:
    """What is known of one instance besides its word.

    ``issued_at`` is when the copy left the house, None when it never did.
    """

    instance: str
    holding: Holding
    issued_at: datetime | None
    stolen_at: datetime | None = None
    public_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What else bears on the verdict.

    ``holds_original``: the sample holds an unmarked original byte for byte.
    ``custody_gap`` and ``replayed`` speak of our own handling of the sample.
    """

    seen: Window
    holds_original: bool = False
    custody_gap: bool = False
    replayed: bool = True


@dataclass(frozen=True, slots=True)
class Verdict:
    """What we conclude: the kind, the instances it names, and why not more."""

    kind: VerdictKind
    named: tuple[str, ...] = ()
    vetoes: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()
    next_steps: tuple[str, ...] = ()


NOT_MORE = (
    "a copy is attributed, not a person",
    "the marks do not tell how the material left its holder, with what intent, or when",
)
_STEPS: Mapping[VerdictKind, tuple[str, ...]] = {
    VerdictKind.NO_LINK: (
        "decide on an earlier release apart from attribution",
        "submit further samples of the same leak as one sample set",
    ),
    VerdictKind.INSUFFICIENT: ("look for a longer fragment or a second file of the same leak",),
    VerdictKind.LINEAGE_ONLY: (
        "compare with earlier versions of the artifact (finder, broker, vendor)",
        "look for a file that holds the payload",
    ),
    VerdictKind.PROGRAM_ORIGIN_UNRESOLVED: (
        "check who had access to the unmarked original",
        "ask all holders the same neutral questions",
    ),
    VerdictKind.PUBLIC_RELEASE: ("nothing points at a recipient; close the matter",),
    VerdictKind.LEAD_ONLY: ("collect more of the leak; give no notice that names anybody",),
    VerdictKind.COPY_IDENTIFIED: (
        "decide on a provisional suspension",
        "give notice with the evidence and hear the recipient",
    ),
    VerdictKind.COPY_IDENTIFIED_INTERNAL: (
        "open the internal process; the owner of the copy takes no part in the case",
        "tell the partners that they are cleared",
    ),
    VerdictKind.MULTIPLE_COPIES: ("give notice to each holder; several copies were combined",),
    VerdictKind.UNREGISTERED_COPY: (
        "check the codebook for missing instances and other key epochs",
        "a coalition larger than the package supports looks the same",
    ),
    VerdictKind.CONFLICTING_MARKS: (
        "check the keys and the custody of the sample",
        "accuse nobody on this evidence",
    ),
}


def conclude(
    identified: bool,  # whether an artifact of the program matches at all
    scores: Scores | None,
    candidates: Sequence[Candidacy],
    spaces: Mapping[int, int],
    circumstances: Circumstances,
) -> Verdict:
    """The verdict on one sample.

    Args:
        scores: of one observation against all instances; None when nothing was scored.
        candidates: in the order of ``scores.instances``.
        spaces: number of values of each tag site by its place in the map.
    """
    if not identified:
        return _verdict(VerdictKind.NO_LINK, limits=("no artifact of the program matches",))
    nothing_read = scores is None or (
        scores.read_sites == 0 and not any(item.tag_hits for item in scores.instances)
    )
    if scores is None or nothing_read:
        if circumstances.holds_original:
            return _of_original()
        return _verdict(VerdictKind.LINEAGE_ONLY, limits=("no mark could be read",))
    by_id = {item.instance: item for item in candidates}
    named = _named(scores)
    conflict = _conflict(scores, named, spaces)
    if conflict:
        return conflict
    if not named:
        return _of_original() if circumstances.holds_original else _unnamed(scores)
    vetoes = _vetoes([by_id[item.instance] for item in named], scores, circumstances)
    if vetoes:
        return vetoes
    limits = _limits_of([by_id[item.instance] for item in named], scores, circumstances)
    kind = _kind_of([by_id[item.instance].holding for item in named])
    return _verdict(kind, tuple(item.instance for item in named), limits=limits)


def _named(scores: Scores) -> list[InstanceScore]:
    """Copies within the bound, by code alone or by code with two tag channels."""
    entities = {entity.entity: entity for entity in scores.entities}
    by_code = [
        item
        for item in scores.instances
        if p_of_record(item) * entities[item.entity].instances <= scores.bound
    ]
    if by_code:
        return by_code
    with_tags = [
        item
        for item in scores.instances
        if item.p_code <= CODE_SUPPORT
        and sum(e > 1 for _, e in item.tag_e) >= TAG_CHANNELS
        and TAG_PRICE * Fraction(item.p_with_tags) * entities[item.entity].instances <= scores.bound
    ]
    return with_tags if len(with_tags) == 1 else []


def p_of_record(item: InstanceScore) -> Fraction:
    """The p-value of one copy by its code alone, at its part of the level."""
    return min(Fraction(1), CODE_PRICE * Fraction(item.p_code))


def p_with_tags_of_record(item: InstanceScore) -> Fraction:
    """The p-value of one copy by its code and tags, at their part of the level."""
    return min(Fraction(1), TAG_PRICE * Fraction(item.p_with_tags))


def _conflict(
    scores: Scores, named: Sequence[InstanceScore], spaces: Mapping[int, int]
) -> Verdict | None:
    chance_below = Fraction(CONFLICT_CHANCE) / len(scores.instances)
    foreign = []
    for item in scores.instances:
        chance = Fraction(1)
        for place in item.tag_hits:
            chance /= spaces[place]
        if item.p_code > CODE_SUPPORT and chance <= chance_below:
            foreign.append(item)
    if not foreign:
        return None
    if named or scores.missing_bits == 0:
        return _verdict(
            VerdictKind.CONFLICTING_MARKS,
            limits=("tags and code of the sample point at different copies",),
        )
    return _verdict(
        VerdictKind.LEAD_ONLY,
        limits=("only tags could be read; anybody who saw a copy could place them",),
    )


def _of_original() -> Verdict:
    return _verdict(
        VerdictKind.PROGRAM_ORIGIN_UNRESOLVED,
        limits=("the sample holds an unmarked original, which carries no copy's marks",),
    )


def _unnamed(scores: Scores) -> Verdict:
    best = min(item.p_code for item in scores.instances)
    tags = min(item.p_with_tags for item in scores.instances)
    if min(best, tags) * len(scores.instances) <= LEAD_CHANCE:
        limit = "the best match is not within the bound"
        return _verdict(VerdictKind.LEAD_ONLY, limits=(limit, *_missing(scores)))
    if scores.missing_bits > 0:
        return _verdict(VerdictKind.INSUFFICIENT, limits=_missing(scores))
    return _verdict(
        VerdictKind.UNREGISTERED_COPY,
        limits=("the marks were read, but no registered copy fits them",),
    )


def _missing(scores: Scores) -> tuple[str, ...]:
    if scores.missing_bits <= 0:
        return ()
    return (
        f"{scores.bits:.1f} bits were read from {scores.read_sites} of {scores.code_sites} code "
        f"sites; {scores.missing_bits:.1f} bits more are needed to name anybody",
    )


def _vetoes(
    named: Sequence[Candidacy], scores: Scores, circumstances: Circumstances
) -> Verdict | None:
    seen = circumstances.seen
    late = [item for item in named if item.issued_at and seen.surely_before(item.issued_at)]
    if late:
        text = (
            f"a copy that fits left the house at {instant_text(max(_times(late)))}, after the "
            f"sample was seen ({seen.text()}); it cannot be the source"
        )
        return _verdict(VerdictKind.CONFLICTING_MARKS, vetoes=(text,))
    vetoes = []
    if any(item.issued_at and not seen.surely_after(item.issued_at) for item in named):
        vetoes.append("the issue is not provably before the sighting; the order is unknown")
    if any(
        item.issued_at is None and item.holding in {Holding.RECIPIENT, Holding.INTERNAL}
        for item in named
    ):
        vetoes.append("the copy that fits never left the house")
    if any(item.stolen_at and not seen.surely_before(item.stolen_at) for item in named):
        vetoes.append("the copy was reported stolen before the sighting")
    if circumstances.custody_gap:
        vetoes.append("the custody of the sample has a gap")
    if not circumstances.replayed:
        vetoes.append("the scoring could not be replayed with the same result")
    if scores.phantoms.best_p * PHANTOM_LUCK * scores.phantoms.count < 1:
        vetoes.append("the phantom control failed: copies nobody holds score too well")
    return _verdict(VerdictKind.LEAD_ONLY, vetoes=tuple(vetoes)) if vetoes else None


def _limits_of(
    named: Sequence[Candidacy], scores: Scores, circumstances: Circumstances
) -> tuple[str, ...]:
    more = ["at least one more source"] if scores.residual.more_sources else []
    for item in named:
        if item.public_since and circumstances.seen.surely_after(item.public_since):
            more.append(
                f"this copy was in a public place by {instant_text(item.public_since)}; whoever "
                "had it from there looks the same"
            )
    return tuple(more)


def _times(candidates: Sequence[Candidacy]) -> list[datetime]:
    return [item.issued_at for item in candidates if item.issued_at]


def _kind_of(holdings: Sequence[Holding]) -> VerdictKind:
    if len(holdings) > 1:
        return VerdictKind.MULTIPLE_COPIES
    return {
        Holding.RECIPIENT: VerdictKind.COPY_IDENTIFIED,
        Holding.INTERNAL: VerdictKind.COPY_IDENTIFIED_INTERNAL,
        Holding.PUBLIC_RELEASE: VerdictKind.PUBLIC_RELEASE,
        Holding.VENDOR_ORIGINAL: VerdictKind.PROGRAM_ORIGIN_UNRESOLVED,
    }[holdings[0]]


def _verdict(
    kind: VerdictKind,
    named: tuple[str, ...] = (),
    vetoes: tuple[str, ...] = (),
    limits: tuple[str, ...] = (),
) -> Verdict:
    said = (*limits, *NOT_MORE) if named else limits
    return Verdict(kind, named, vetoes, said, _STEPS[kind])
