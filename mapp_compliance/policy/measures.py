"""The question "which measures follow": proposals only, people decide.

A rule that turns on a missing fact proposes nothing by itself; it is shown to a person.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum

from mapp_compliance.policy.cel import Truth
from mapp_compliance.policy.facts import Facts
from mapp_compliance.policy.reasons import Reason, override_of, reason
from mapp_compliance.policy.rules import Pack, RuleKind
from mapp_compliance.trust import Json


class Standing(Enum):
    """Whether the facts carry a measure."""

    PROPOSED = "proposed"
    PERSON = "person"  # a fact is missing: a person looks, nothing is proposed


@dataclass(frozen=True, slots=True)
class Proposal:
    """One measure.

    Attributes:
        approvals: people who must sign before it takes effect.
        at_once: one person may do it before notice; it lapses after ``expires``.
        expires: how long it lasts; None has no end.
    """

    action: str
    standing: Standing
    approvals: int
    at_once: bool
    expires: timedelta | None
    reason: Reason

    def record(self) -> dict[str, Json]:
        """As a JSON value."""
        return {
            "action": self.action,
            "standing": self.standing.value,
            "approvals": self.approvals,
            "at_once": self.at_once,
            "expires_s": None if self.expires is None else int(self.expires.total_seconds()),
            "reason": self.reason.record(),
        }


def proposals(pack: Pack, truths: dict[str, Truth], facts: Facts) -> tuple[Proposal, ...]:
    """Every measure that follows or may follow, in the order of the pack."""
    found = []
    for rule in pack.of_kind(RuleKind.CONSEQUENCE):
        truth = truths[rule.id]
        above = override_of(pack, rule, truths)
        if rule.measure is None or truth is Truth.FALSE or above is Truth.TRUE:
            continue
        certain = truth is Truth.TRUE and above is Truth.FALSE
        found.append(
            Proposal(
                action=rule.measure.action,
                standing=Standing.PROPOSED if certain else Standing.PERSON,
                approvals=rule.measure.approvals,
                at_once=rule.measure.at_once,
                expires=rule.measure.expires,
                reason=reason(rule, truth, facts),
            )
        )
    return tuple(found)
