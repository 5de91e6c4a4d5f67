"""The distribution report of one advisory: who got what, when, and with which proof.

Rules:
- Every recipient considered is in exactly one place: among the copies, or among the withheld.
- A restriction by rule stands apart from a requirement that is not met: it is no fault (D11).
- A receipt is late or overdue by the clock of the report alone, so the same values always give
  the same report.
"""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import ClassVar, TypeVar

from mapp_compliance.advisories import Advisory, Attachment, SetUp
from mapp_compliance.audit.pictures import access_picture
from mapp_compliance.audit.report import Heading, Holding, Proofs, independence, optional_time
from mapp_compliance.distribution import LEFT_THE_HOUSE, Copy, CopyState, Withheld
from mapp_compliance.trust import Json
from mapp_compliance.values import instant_text

E = TypeVar("E", bound=Enum)
R = TypeVar("R")


class Ground(Enum):
    """Why somebody got nothing."""

    RESTRICTION = "restriction"  # a rule over facts such as the country: no fault
    ENTITLEMENT = "entitlement"  # the class of access or the wave is not (yet) theirs
    REQUIREMENT = "requirement"  # something is missing: terms, key, standing


class ReceiptState(Enum):
    """Where the receipt of a copy stands."""

    IN_TIME = "in time"
    LATE = "late"
    OVERDUE = "overdue"
    WAITING = "waiting"
    NONE_DUE = "none due"  # the copy has not left the house


@dataclass(frozen=True, slots=True)
class CopyLine:
    """One copy with what the store and the terms know besides it.

    ``due`` is when the terms ask for a receipt, None when they ask for none. ``opened_at`` and
    ``terms`` are the recipient's own words in the signed receipt.
    """

    copy: Copy
    name: str
    kind: str  # a PartnerKind value
    due: datetime | None = None
    opened_at: datetime | None = None
    terms: str = ""

    def receipt_state(self, now: datetime) -> ReceiptState:
        """Where the receipt stands at an instant; on the due instant it is in time."""
        if self.copy.delivered_at is None or self.due is None:
            return ReceiptState.NONE_DUE
        if self.copy.receipted_at is not None:
            return ReceiptState.IN_TIME if self.copy.receipted_at <= self.due else ReceiptState.LATE
        return ReceiptState.WAITING if now <= self.due else ReceiptState.OVERDUE


@dataclass(frozen=True, slots=True)
class WithheldLine:
    """A recipient that got nothing, by name, with the kind of reason."""

    withheld: Withheld
    name: str
    ground: Ground

    def document(self) -> dict[str, Json]:
        """The row as plain values."""
        return {
            "recipient": self.withheld.recipient,
            "name": self.name,
            "rule": self.withheld.rule,
            "clause": self.withheld.clause,
            "reason": self.withheld.reason,
            "ground": self.ground.value,
        }


@dataclass(frozen=True, slots=True)
class DistributionReport:
    """Everything a distribution report is made of.

    Attributes:
        policy: name, version and digest of the terms in force, as one text.
        set_up: None when nothing was ever issued.
    """

    heading: Heading
    advisory: Advisory
    attachment: Attachment
    set_up: SetUp | None
    policy: str
    copies: tuple[CopyLine, ...]
    withheld: tuple[WithheldLine, ...]
    proofs: Proofs

    template: ClassVar[str] = "reports/distribution.html.j2"

    def document(self) -> dict[str, Json]:
        """The report as plain values."""
        rows = sorted(
            self.copies,
            key=lambda row: (row.copy.planned_at, natural(row.copy.recipient), row.copy.id),
        )
        return {
            "type": "urn:mapp-compliance:distribution-report/v1",
            "heading": self.heading.document(),
            "advisory": self._advisory(),
            "policy": self.policy,
            "totals": self._totals(),
            "waves": [self._wave(wave) for wave in dict.fromkeys(row.copy.wave for row in rows)],
            "copies": [self._copy(row) for row in rows],
            "picture_data": self._picture(rows),
            "withheld": {ground.value: self._withheld(ground) for ground in Ground},
            "independence": independence(self.heading.local_keys),
            "proofs": self.proofs.document(),
        }

    def _advisory(self) -> dict[str, Json]:
        advisory, attachment = self.advisory, self.attachment
        return {
            "id": advisory.id,
            "title": advisory.title,
            "revision": attachment.revision,
            "state": advisory.state.value,
            "release_at": instant_text(advisory.release_at),
            "released_at": optional_time(advisory.released_at),
            "release_overdue": advisory.released_at is None
            and advisory.release_at <= self.heading.written_at,
            "package_class": attachment.package_class,
            "files": [
                {"path": one.path, "sha256": one.digest.hex, "marked": not one.unmarked}
                for one in attachment.artifacts
            ],
            "check": attachment.check,
            "consent": attachment.consent,
            "set_up_leaf": self.set_up.leaf if self.set_up else None,
            "set_up_record": self.set_up.record.hex if self.set_up else None,
        }

    def _state(self, row: CopyLine) -> ReceiptState:
        return row.receipt_state(self.heading.written_at)

    def _totals(self) -> dict[str, Json]:
        return {
            "recipients": len({row.copy.recipient for row in self.copies}),
            "copies": len(self.copies),
            "left_the_house": sum(row.copy.state in LEFT_THE_HOUSE for row in self.copies),
            "by_state": _counted(CopyState, self.copies, lambda row: row.copy.state),
            "receipts": _counted(ReceiptState, self.copies, self._state),
            "withheld": _counted(Ground, self.withheld, lambda row: row.ground),
        }

    def _wave(self, wave: str) -> dict[str, Json]:
        rows = [row for row in self.copies if row.copy.wave == wave]
        times = [row.copy.delivered_at for row in rows if row.copy.delivered_at]
        return {
            "wave": wave,
            "copies": len(rows),
            "left_the_house": sum(row.copy.state in LEFT_THE_HOUSE for row in rows),
            "receipts": sum(row.copy.state is CopyState.RECEIPTED for row in rows),
            "first_delivered_at": optional_time(min(times, default=None)),
            "last_delivered_at": optional_time(max(times, default=None)),
        }

    def _copy(self, row: CopyLine) -> dict[str, Json]:
        copy = row.copy
        return {
            "copy": copy.id,
            "recipient": copy.recipient,
            "name": row.name,
            "kind": row.kind,
            "wave": copy.wave,
            "package_class": copy.package_class,
            "unmarked": copy.unmarked or None,
            "state": copy.state.value,
            "check": copy.checked,
            "marked": copy.marked.hex if copy.marked else None,
            "delivered_at": optional_time(copy.delivered_at),
            "opened_at": optional_time(row.opened_at),
            "receipt_due": optional_time(row.due),
            "receipted_at": optional_time(copy.receipted_at),
            "receipt": self._state(row).value,
            "terms": row.terms,
            "leaves": {
                "commitment": copy.commitment_leaf,
                "seal": copy.seal_leaf,
                "receipt": copy.receipt_leaf,
            },
        }

    def _picture(self, rows: Sequence[CopyLine]) -> dict[str, Json] | None:
        held = [
            Holding(row.copy.id, row.name, row.kind, row.copy.delivered_at, row.copy.receipted_at)
            for row in rows
            if row.copy.delivered_at
        ]
        return access_picture(sorted(held, key=_by_time), None, self.advisory)

    def _withheld(self, ground: Ground) -> list[Json]:
        rows = [row for row in self.withheld if row.ground is ground]
        return [
            row.document()
            for row in sorted(
                rows, key=lambda row: (natural(row.withheld.recipient), row.withheld.rule)
            )
        ]


def natural(text: str) -> tuple[tuple[str, int], ...]:
    """A key by which numbers in a text count as numbers.

    >>> sorted(["P100", "P20", "P3"], key=natural)
    ['P3', 'P20', 'P100']
    """
    pieces = re.findall(r"([^0-9]*)([0-9]*)", text)
    return tuple((word, int(number or -1)) for word, number in pieces)


def _by_time(row: Holding) -> tuple[datetime, str]:
    return row.delivered_at, row.copy


def _counted(kinds: type[E], rows: Sequence[R], kind: Callable[[R], E]) -> Json:
    """How many rows there are of each kind; kinds without a row are there with 0."""
    found = Counter(kind(row) for row in rows)
    return {str(one.value): found[one] for one in kinds}
