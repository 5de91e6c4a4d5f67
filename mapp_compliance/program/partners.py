"""Partners and other recipients: who may receive copies, in which state, with which keys.

Rules:
- A state changes only along ``MOVES``; removal is not withdrawal (D12).
- A provisional suspension is a time in the value: it lapses by itself when that time has passed,
  whether or not any job runs. The state before it comes back then: a restriction is not lifted
  by a lapse. A suspension can be prolonged, never shortened; ending one is a move of its own.
- Keys and agreement are facts for the terms; nothing here decides who receives what.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum

from mapp_compliance.errors import Conflict
from mapp_compliance.program.partnerkeys import PartnerKey
from mapp_compliance.values import PartnerId, instant_text

PROVISIONAL_SUSPENSION = timedelta(days=14)  # D12: lapses by itself unless two people confirm


class PartnerKind(Enum):
    """What sort of recipient it is."""

    PARTNER = "partner"
    INTERNAL = "internal"
    FINDER = "finder"
    BROKER = "broker"
    COORDINATOR = "coordinator"
    REGULATOR = "regulator"


class Tier(Enum):
    """Class of access in the MAPP pack; empty in the file means none."""

    VALIDATE = "validate"
    ANS = "ans"
    ENTRY = "entry"


class PartnerState(Enum):
    """Standing of a recipient."""

    ACTIVE = "active"
    RESTRICTED = "restricted"
    SUSPENDED = "suspended"
    REMOVED = "removed"
    WITHDRAWN = "withdrawn"


MOVES: dict[PartnerState, frozenset[PartnerState]] = {
    PartnerState.ACTIVE: frozenset(
        {
            PartnerState.RESTRICTED,
            PartnerState.SUSPENDED,
            PartnerState.REMOVED,
            PartnerState.WITHDRAWN,
        }
    ),
    PartnerState.RESTRICTED: frozenset(
        {
            PartnerState.ACTIVE,
            PartnerState.SUSPENDED,
            PartnerState.REMOVED,
            PartnerState.WITHDRAWN,
        }
    ),
    PartnerState.SUSPENDED: frozenset(
        {
            PartnerState.ACTIVE,
            PartnerState.SUSPENDED,
            PartnerState.REMOVED,
            PartnerState.WITHDRAWN,
        }
    ),
    PartnerState.REMOVED: frozenset(),
    PartnerState.WITHDRAWN: frozenset({PartnerState.ACTIVE}),
}


@dataclass(frozen=True, slots=True)
class Partner:
    """One organisation or internal reader that may receive copies.

    Attributes:
        seal_key: age recipient or SSH public key; empty when none is enrolled.
        sign_key: SSH public key for receipts; empty when none is enrolled.
        agreement: version of the signed terms; empty when none is in force.
        agreement_until: instant the agreement ends; None without agreement or without end.
        marking_notice: version of the notice that copies are marked; empty when none.
        suspended_until: end of a suspension; None when not suspended or without end.
        lapses_to: the state that comes back when a suspension lapses.
        keys_proved: how control of the keys was shown, in words; empty when it was not.
        keys: every key it ever had, once one was added or revoked; see ``enrolment``.
    """

    id: PartnerId
    name: str
    kind: PartnerKind
    country: str = ""
    tier: Tier | None = None
    contact: str = ""
    seal_key: str = ""
    sign_key: str = ""
    agreement: str = ""
    agreement_until: datetime | None = None
    marking_notice: str = ""
    state: PartnerState = PartnerState.ACTIVE
    suspended_until: datetime | None = None
    lapses_to: PartnerState = PartnerState.ACTIVE
    keys_proved: str = ""
    keys: tuple[PartnerKey, ...] = ()

    def state_at(self, now: datetime) -> PartnerState:
        """The state at an instant: a suspension that has lapsed gives way to the state before."""
        if (
            self.state is PartnerState.SUSPENDED
            and self.suspended_until is not None
            and now >= self.suspended_until
        ):
            return self.lapses_to
        return self.state

    def moved(self, state: PartnerState, now: datetime, until: datetime | None = None) -> "Partner":
        """The same partner in another state.

        Raises:
            Conflict: the move is not in ``MOVES``, or would shorten a suspension.
        """
        present = self.state_at(now)
        if state not in MOVES[present]:
            raise Conflict(
                f"{self.id} is {present.value} at {instant_text(now)} and cannot become "
                f"{state.value}; 'mapp partner show {self.id}' tells its history",
                partner=self.id,
            )
        if state is not PartnerState.SUSPENDED:
            return replace(self, state=state, suspended_until=until)
        if present is not PartnerState.SUSPENDED:
            return replace(self, state=state, suspended_until=until, lapses_to=present)
        if self.suspended_until is None or (until is not None and until <= self.suspended_until):
            end = self.suspended_until
            raise Conflict(
                f"{self.id} is suspended {f'until {instant_text(end)}' if end else 'without end'} "
                "already; give a later end, or restore it first",
                partner=self.id,
            )
        return replace(self, suspended_until=until)

    def agreement_in_force(self, now: datetime) -> bool:
        """Whether a signed agreement covers that instant."""
        return bool(self.agreement) and (self.agreement_until is None or now < self.agreement_until)
