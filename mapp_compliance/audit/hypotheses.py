"""The other ways a sample may have come about, and what the data at hand say of each.

Rules: nothing is claimed that is not in the verdict document, the list of holdings or the ledger
lines; what nobody looked into is said to be not examined; order in time excludes, it never
accuses.

>>> Hypothesis("Interception", (), (), ("theft after opening",)).document()["not_examined"]
['theft after opening']
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from mapp_compliance.attribution.limits import INTAKE
from mapp_compliance.audit.finding import Finding, NamedCopy
from mapp_compliance.audit.report import Holding, Proofs
from mapp_compliance.trust import Json
from mapp_compliance.values import Window, instant_text

SHARED_LEVEL = 1e-3  # at which marks of a group count as shown
OWN_WAVE = "wave internal"  # of the vendor's own readers
NOT_EXAMINED = "Not examined: there are no data on it in this case."
_NO_COPY = "Not examined: the data list no copy of a recipient of this kind."
_INTAKE = "Not examined: who had access to what finder or broker had sent in."
_BY_WHAT_WAY = (
    "Not examined: by what way. Theft, a supplier, a backup and a person look alike in the marks."
)
_OTHERS_HAD_IT = "Not examined: who else had that version; its sender need not be the only one."
_ORIGINALS = "Not examined: who had access to the unmarked originals or to the mark key."
_UNLIKE = "The sample resembles no material of this program that is on record."
_NO_ADVISORY = "Not examined: no advisory was identified, so no holders were listed."
_ANEW = (
    "Something written anew by a reader of the material would look the same; that was not examined."
)


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """One explanation of the sample, with what speaks for and against it."""

    name: str
    speaks_for: tuple[str, ...]
    speaks_against: tuple[str, ...]
    not_examined: tuple[str, ...] = ()

    def document(self) -> dict[str, Json]:
        """The row as plain values; with nothing on either side it says so."""
        silent = not (self.speaks_for or self.speaks_against or self.not_examined)
        return {
            "name": self.name,
            "for": list(self.speaks_for),
            "against": list(self.speaks_against),
            "not_examined": [NOT_EXAMINED] if silent else list(self.not_examined),
        }


@dataclass(frozen=True, slots=True)
class AtHand:
    """The data that hypotheses may rest on."""

    finding: Finding
    holdings: tuple[Holding, ...]
    seen: Window
    proofs: Proofs
    released_at: datetime | None = None

    @property
    def unlike(self) -> bool:
        """Whether nothing on record resembles the sample."""
        return self.finding.verdict == "NO_LINK"

    def held(self, *kinds: str) -> list[Holding]:
        """The holdings of these kinds of recipient."""
        return [row for row in self.holdings if row.kind in kinds]

    def named(self, *kinds: str) -> list[NamedCopy]:
        """The named copies of these kinds; the vendor's original is an internal one."""
        copies = {row.copy for row in self.held(*kinds)}
        reserved = {"vendor-original"} if "internal" in kinds else set()
        return [
            one
            for one in self.finding.copies
            if one.reserved in reserved or (not one.reserved and one.copy in copies)
        ]


def hypotheses(data: AtHand) -> tuple[Hypothesis, ...]:
    """All hypotheses of the list, in its order."""
    return (
        _holders("A partner's copy, by whatever way", data, "partner"),
        _holders("The vendor's own staff or systems", data, "internal"),
        _upstream("The finder", data, "finder"),
        _upstream("A broker", data, "broker"),
        _holders("A regulator or coordinator", data, "regulator", "coordinator"),
        _interception(data),
        _framing(data),
        _public(data),
        _luck(data),
        _independent(data),
    )


def _holders(name: str, data: AtHand, *kinds: str) -> Hypothesis:
    if data.unlike:
        return Hypothesis(name, (), (_UNLIKE,), (_NO_ADVISORY, *_beside(data, kinds)))
    held, named = data.held(*kinds), data.named(*kinds)
    speaks_for = _fits(named)
    speaks_against: list[str] = []
    if not held:
        return Hypothesis(name, tuple(speaks_for), (), (_NO_COPY, *_beside(data, kinds)))
    if not named and data.finding.copies:
        speaks_against.append(
            f"None of these copies (number: {len(held)}) is within the bound; another copy is."
        )
    early = [row for row in held if row.delivered_at <= data.seen.end]
    if not early:
        speaks_against.append("No such copy had left the house when the sample was seen.")
    if named:
        speaks_against += [f"{veto[:1].upper()}{veto[1:]}." for veto in data.finding.vetoes]
    if not data.finding.copies:
        groups_for, groups_against = _groups(data.finding, kinds)
        speaks_for += groups_for
        speaks_against += groups_against
    if data.finding.verdict == "UPSTREAM_ORIGIN":
        speaks_against.append("These copies do not hold the text that the sample shows.")
    open_points = [] if data.finding.copies else [_undecided(len(early), len(held))]
    open_points += [_BY_WHAT_WAY] if named else []
    open_points += _beside(data, kinds)
    return Hypothesis(name, tuple(speaks_for), tuple(speaks_against), tuple(open_points))


def _groups(finding: Finding, kinds: tuple[str, ...]) -> tuple[list[str], list[str]]:
    """What the marks that groups of copies share say for and against holders of these kinds."""
    shown = [row for row in finding.groups if float(row.p_value) <= SHARED_LEVEL and row.holders]
    waves = [row for row in shown if row.group.startswith("wave ")]
    own = [row for row in waves if _is_wave_of(row.group, kinds)]
    speaks_for = [
        f"Marks of {row.group}, which all its copies share, are in the sample ({row.agree} of "
        f"{row.read} agree); they point at none of them apart."
        for row in (own if waves else shown)
    ]
    if not waves or own:
        return speaks_for, []
    others = " and ".join(row.group for row in waves)
    return [], [f"The marks that are left are those of {others}, which no such copy has."]


def _is_wave_of(group: str, kinds: tuple[str, ...]) -> bool:
    """A wave is a tier of partners, ``internal`` for the vendor's readers, else ``other``."""
    if "internal" in kinds:
        return group == OWN_WAVE
    if "partner" in kinds:
        return group not in {OWN_WAVE, "wave other"}
    return group == "wave other"


def _beside(data: AtHand, kinds: tuple[str, ...]) -> tuple[str, ...]:
    """What no copy of the kind covers."""
    if "internal" not in kinds:
        return ()
    intake = data.finding.verdict == "UPSTREAM_ORIGIN"
    return (_ORIGINALS, _INTAKE) if intake else (_ORIGINALS,)


def _undecided(early: int, held: int) -> str:
    return (
        f"{early} of {held} such copies had left the house by the time the sample was seen; "
        "holding a copy speaks neither for nor against anybody."
    )


def _fits(named: Sequence[NamedCopy]) -> list[str]:
    return [
        f"The marks are those of copy {one.copy}; a copy that is not involved fits as well by luck "
        f"with a chance of at most {one.p_value}."
        for one in named
    ]


def _upstream(name: str, data: AtHand, kind: str) -> Hypothesis:
    finding = data.finding
    if data.unlike:
        return Hypothesis(name, (), (_UNLIKE,))
    speaks_for = _fits(data.named(kind))
    if finding.artifact and finding.artifact.stage == kind and _alone_closest(finding):
        speaks_for.append(
            f"The sample is closest to the {kind}'s version of {finding.artifact.path} "
            f"(similarity {finding.artifact.similarity})."
        )
    own = next((row for row in finding.stages if row.stage == kind), None)
    if own and own.dropped_shown:
        speaks_for.append(
            f"Of {own.dropped} features that were gone after the {kind}'s version the sample shows "
            f"{own.dropped_shown}."
        )
    speaks_against = []
    if finding.copies and not data.named(kind):
        speaks_against.append(
            "Marks of a copy were read, which no version from before the vendor's marking carries."
        )
    sent = next((row for row in finding.stages if row.stage == "sent"), None)
    if sent and sent.appeared_shown:
        speaks_against.append(
            f"The sample shows {sent.appeared_shown} of {sent.appeared} features that first appear "
            "in the vendor's version."
        )
    if own is None:
        unknown = f"Not examined: no version of the {kind}'s is on record."
        return Hypothesis(
            name, tuple(speaks_for), tuple(speaks_against), () if speaks_for else (unknown,)
        )
    open_points = (_intake(finding, kind), *((_OTHERS_HAD_IT,) if speaks_for else ()))
    return Hypothesis(name, tuple(speaks_for), tuple(speaks_against), open_points)


def _intake(finding: Finding, kind: str) -> str:
    """Where the vendor stands to a version of somebody else's."""
    if finding.verdict == "UPSTREAM_ORIGIN" and INTAKE not in finding.limits:
        return "By the records the vendor had no such version when the sample was seen."
    return f"The vendor received a version of the {kind}'s too; its own intake may be the way."


def _alone_closest(finding: Finding) -> bool:
    """Whether no version of another step resembles the sample as much as the strongest one."""
    best = finding.artifact
    return best is not None and all(
        float(other.similarity) < float(best.similarity)
        for other in finding.other_artifacts
        if other.stage != best.stage
    )


def _interception(data: AtHand) -> Hypothesis:
    seal = data.proofs.first("seal")
    against = (
        (
            f"What left the house was sealed to its recipient's key (leaf {seal.index} of the "
            "ledger).",
        )
        if seal
        else ()
    )
    return Hypothesis(
        "Interception on the way, or theft from a holder",
        (),
        against,
        ("Not examined: whether a copy was taken from its holder; the marks cannot tell.",),
    )


def _framing(data: AtHand) -> Hypothesis:
    finding = data.finding
    speaks_for, speaks_against = [], []
    if finding.verdict in {"CONFLICTING_MARKS", "UNREGISTERED_COPY"}:
        speaks_for.append("The marks do not add up to one copy on record.")
    commitment, reading = data.proofs.first("commitment"), data.proofs.first("reading")
    if commitment and reading and commitment.index < reading.index:
        speaks_against.append(
            f"The copies were committed to (leaf {commitment.index}) before the sample was read "
            f"(leaf {reading.index}), so no copy was fitted to it afterwards."
        )
    return Hypothesis(
        "Framing, or a mark key in other hands",
        tuple(speaks_for),
        tuple(speaks_against),
        ("Not examined: whether somebody who can use the mark key made the sample.",),
    )


def _public(data: AtHand) -> Hypothesis:
    name = "The public release"
    if data.unlike:
        return Hypothesis(name, (), (_UNLIKE,))
    fits = [one for one in data.finding.copies if one.reserved == "public-release"]
    against = []
    if data.finding.copies and not fits:
        against.append("The marks read are not those of the released version.")
    if data.released_at is None and not fits:
        against.append("No release of this material is on record.")
    elif data.released_at is not None and data.seen.surely_before(data.released_at):
        at = instant_text(data.released_at)
        against.append(f"The material was released at {at}, after the sample was seen.")
    return Hypothesis(name, tuple(_fits(fits)), tuple(against))


def _luck(data: AtHand) -> Hypothesis:
    name, finding = "Luck, or a fault of the scoring", data.finding
    if finding.phantoms is None:
        return Hypothesis(name, (), (), ("Not examined: no marks were scored.",))
    if finding.information is not None and not finding.information.code_sites_read:
        return Hypothesis(name, (), (), ("Not examined: no mark of any copy could be read.",))
    speaks_for, speaks_against = [], []
    if finding.copies:
        weakest = max(finding.copies, key=lambda one: float(one.log10_p))
        speaks_against.append(
            "A copy that is not involved fits as well by luck with a chance of at most "
            f"{weakest.p_value}."
        )
    told = (
        f"{finding.phantoms.count:,} phantom copies, which nobody was given, were scored alike; "
        f"the best of them reached {finding.phantoms.best_p}"
    )
    if finding.phantoms.ok:
        speaks_against.append(f"{told}, as luck gives it among so many.")
    else:
        speaks_for.append(f"The phantom control failed: {told}, which luck does not give.")
    return Hypothesis(name, tuple(speaks_for), tuple(speaks_against))


def _independent(data: AtHand) -> Hypothesis:
    finding = data.finding
    if data.unlike:
        return Hypothesis("Independent discovery", (_UNLIKE,), (), (_ANEW,))
    against = []
    speaks_for: tuple[str, ...] = ()
    if finding.verdict == "LINEAGE_ONLY_EARLIER_EXPLOITATION":
        speaks_for = (
            "Trusted reports say that the flaw was used before any copy left; that use has a "
            "source of its own.",
        )
    if finding.artifact and float(finding.artifact.similarity) > 0:
        against.append(
            f"The sample shares content with {finding.artifact.path} of this program (similarity "
            f"{finding.artifact.similarity})."
        )
    if finding.artifact and finding.artifact.located:
        against.append(
            f"{finding.artifact.located} places of the payload of {finding.artifact.path} were "
            "found in the sample."
        )
    if finding.copies:
        weakest = max(finding.copies, key=lambda one: float(one.log10_p))
        against.append(
            "Work done apart would carry these marks by luck with a chance of at most "
            f"{weakest.p_value}."
        )
    return Hypothesis("Independent discovery", speaks_for, tuple(against))
