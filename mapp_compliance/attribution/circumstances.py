"""What a verdict rests on besides the scores: who the candidates are, and what happened when.

Candidates are opaque instance ids with a role; no name, country or tier is known here. Times of
events are intervals where the truth is one, so that an order is either sure or unknown.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from types import MappingProxyType

from mapp_compliance.attribution.stages import StageEvidence
from mapp_compliance.values import Window
from mapp_compliance.watermark.codes import GroupScore, Spread


class Holding(Enum):
    """What sort of instance a candidate is."""

    RECIPIENT = "recipient"
    INTERNAL = "internal"
    PUBLIC_RELEASE = "public-release"
    VENDOR_ORIGINAL = "vendor-original"
    DECOY = "decoy"  # issued to nobody, ever


@dataclass(frozen=True, slots=True)
class Candidacy:
    """What is known of one instance besides its word.

    ``issued_at`` is when the copy left the house (the release: when it was published), None when
    it never did. ``stolen_at`` is since when it may be in other hands, by a report from before the
    sample came in; ``stolen_later``: such a report came only after that. ``public_since`` is since
    when an earlier verdict found it in a public place, ``derived_at`` when the house itself made
    its files again in the clear.
    """

    instance: str
    holding: Holding
    issued_at: datetime | None
    stolen_at: datetime | None = None
    stolen_later: bool = False
    public_since: datetime | None = None
    derived_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What else bears on the verdict.

    Attributes:
        seen: when the sample came out.
        holds_original: the sample holds an unmarked original byte for byte.
        custody_gap, replayed: our own handling of the sample.
        key_stolen_at: since when the mark key is reported to be in other hands.
        first_issue: when the first copy left the house, marked or not; None before that.
        published_at: when the vendor released the files; None while they are not out.
        exploited, public: the earliest trusted report of use, of publication elsewhere.
        unmarked: material without marks was in other hands when the sample was seen.
        holders: how many held anything of it then, the vendor included; upstream_holders: of
            these, whoever had it before the vendor. upstream_received: the vendor had got one of
            their versions by then.
        other_material: the sample also holds what belongs to another advisory.
        excluded_sites: sites left out because a shipped detection shows their bytes.
    """

    seen: Window
    holds_original: bool = False
    custody_gap: bool = False
    replayed: bool = True
    key_stolen_at: datetime | None = None
    first_issue: datetime | None = None
    published_at: datetime | None = None
    exploited: Window | None = None
    public: Window | None = None
    unmarked: bool = False
    holders: int = 0
    upstream_holders: int = 0
    upstream_received: bool = False
    other_material: bool = False
    excluded_sites: int = 0


@dataclass(frozen=True, slots=True)
class Natural:
    """How often the sample shows the author's own value where copies differ.

    ``p`` is the chance that a copy would show as many: a copy's symbols are keyed and know
    nothing of the author's.
    """

    read: int
    agree: int
    p: float


@dataclass(frozen=True, slots=True)
class Beside:
    """Evidence beside the scores of single copies; it names nobody.

    Attributes:
        stages: None when no earlier version is on record.
        groups: of every wave that was ever sent, of the program, of the released files.
        holders: for each group, how many held a copy of it when the sample was seen.
        program: the group of all copies that were ever issued.
        released: the groups of the released files.
        natural: None when no place shows an author's own value.
        spread: where several copies are within the bound, how far the evidence against each
            reaches beyond its best single value.
    """

    stages: StageEvidence | None = None
    groups: tuple[GroupScore, ...] = ()
    holders: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    program: str = ""
    released: frozenset[str] = frozenset()
    natural: Natural | None = None
    spread: Mapping[str, Spread] = field(default_factory=lambda: MappingProxyType({}))
