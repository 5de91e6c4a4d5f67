"""The life of a copy, from plan to receipt.

planned -> marked -> committed -> sealed -> delivered -> receipted; a copy that has not left may
be cancelled, and a failed check leaves it planned. Every step is keyed by the copy id and does
nothing the second time.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum

from mapp_compliance.errors import Conflict
from mapp_compliance.values import AdvisoryId, CopyId, Digest, EntityId, InstanceId, PartnerId


class CopyState(Enum):
    """How far a copy is."""

    PLANNED = "planned"
    MARKED = "marked"
    COMMITTED = "committed"
    SEALED = "sealed"
    DELIVERED = "delivered"
    RECEIPTED = "receipted"
    CANCELLED = "cancelled"


AFTER: dict[CopyState, frozenset[CopyState]] = {
    CopyState.PLANNED: frozenset({CopyState.MARKED, CopyState.CANCELLED}),
    CopyState.MARKED: frozenset({CopyState.COMMITTED, CopyState.CANCELLED}),
    CopyState.COMMITTED: frozenset({CopyState.SEALED, CopyState.CANCELLED}),
    CopyState.SEALED: frozenset({CopyState.DELIVERED, CopyState.CANCELLED}),
    CopyState.DELIVERED: frozenset({CopyState.RECEIPTED}),
    CopyState.RECEIPTED: frozenset(),
    CopyState.CANCELLED: frozenset({CopyState.PLANNED, CopyState.COMMITTED}),
}
LEFT_THE_HOUSE = frozenset({CopyState.DELIVERED, CopyState.RECEIPTED})


@dataclass(frozen=True, slots=True)
class Reseal:
    """The same copy sealed once more, to another key of the same recipient."""

    sealed: Digest
    seal_leaf: int
    key: str  # fingerprint
    at: datetime


class Reserved(Enum):
    """Instances of every distribution that no recipient holds.

    A decoy is issued to nobody, ever: its marks in a sample come from the key, not from a copy.
    """

    PUBLIC_RELEASE = "public-release"
    VENDOR_ORIGINAL = "vendor-original"
    DECOY_1 = "decoy-1"
    DECOY_2 = "decoy-2"
    DECOY_3 = "decoy-3"
    DECOY_4 = "decoy-4"

    @property
    def is_decoy(self) -> bool:
        """Whether it is one of those that were issued to nobody."""
        return self.value.startswith("decoy-")

    @property
    def entity(self) -> str:
        """The entity in the codebook: all decoys are one, so that they cost the bound little."""
        return "decoys" if self.is_decoy else self.value

    @property
    def wave(self) -> str:
        """In place of a wave: it shares its marks with no copy."""
        return f"={self.value}"


@dataclass(frozen=True, slots=True)
class Copy:
    """One recipient instance's marked package.

    Attributes:
        instance: name inside the codebook, random-looking, never reused.
        entity: the legal person the instance belongs to (the recipient's id).
        internal: the recipient is one of the vendor's own readers.
        package_class: what of the advisory it holds: prose, detection, sample, repro or poc.
        marked: digest over all marked files; set from MARKED on.
        commitment_leaf, seal_leaf: ledger indices; set from COMMITTED and SEALED on.
        sealed: digest of the parcel's bytes; set from SEALED on.
        reseals: further parcels of the same files, oldest first.
        extracted_at: when its files were first derived again in the clear; None when never.
        unmarked: why it carries no marks (``issue --unmarked``); empty for every marked copy.
    """

    id: CopyId
    advisory: AdvisoryId
    revision: int
    recipient: PartnerId
    instance: InstanceId
    entity: EntityId
    wave: str
    planned_at: datetime
    internal: bool = False
    package_class: str = "poc"
    state: CopyState = CopyState.PLANNED
    marked: Digest | None = None
    checked: str = ""
    commitment_leaf: int | None = None
    sealed: Digest | None = None
    seal_leaf: int | None = None
    delivered_at: datetime | None = None
    receipt: Digest | None = None
    receipt_leaf: int | None = None
    receipted_at: datetime | None = None
    reseals: tuple[Reseal, ...] = ()
    extracted_at: datetime | None = None
    unmarked: str = ""

    def moved(self, state: CopyState, **changes: object) -> "Copy":
        """The same copy one step on, with what that step adds.

        Raises:
            Conflict: the step does not follow from the present state.
        """
        if state not in AFTER[self.state]:
            raise Conflict(
                f"copy {self.id} is {self.state.value} and cannot become {state.value}; "
                f"'mapp copy list {self.advisory}' shows where it stands",
                copy=self.id,
            )
        return replace(self, state=state, **changes)  # type: ignore[arg-type]  # fields of Copy

    def is_parcel(self, sealed: Digest) -> bool:
        """Whether a sealed file of that digest was given out for this copy."""
        return sealed == self.sealed or any(item.sealed == sealed for item in self.reseals)

    @property
    def has_left(self) -> bool:
        """Whether the recipient may have it."""
        return self.state in LEFT_THE_HOUSE

    def granted_again(self, package_class: str) -> "Copy":
        """The same copy, to go out now: a cancelled one goes back to where its bytes are fixed.

        What is committed stays so; it is signed and sealed anew, for its terms may have changed.
        """
        if self.commitment_leaf is None:
            return replace(self, state=CopyState.PLANNED, package_class=package_class)
        if self.state is CopyState.CANCELLED:
            return self.moved(CopyState.COMMITTED, sealed=None, seal_leaf=None)
        return self


@dataclass(frozen=True, slots=True)
class Withheld:
    """A recipient that gets nothing now, and why."""

    recipient: PartnerId
    rule: str
    clause: str
    reason: str


@dataclass(frozen=True, slots=True)
class Grant:
    """A recipient that gets a copy, and what of the advisory it may hold."""

    recipient: PartnerId
    package_class: str
    rule: str
    clause: str


@dataclass(frozen=True, slots=True)
class Plan:
    """Who gets a copy in one run, and who does not and why; each sorted by recipient.

    ``unmarked`` is why these copies carry no marks; empty when they do.
    """

    granted: tuple[Grant, ...]
    withheld: tuple[Withheld, ...]
    unmarked: str = ""
