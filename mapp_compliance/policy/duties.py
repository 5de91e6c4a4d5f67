"""The question "which duties follow from a delivered copy, and how do they stand".

The earliest of a duty's due times counts; fulfilment at that very instant is in time. A gap
in the facts makes a duty unassessable, and nobody gets a strike for that.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from mapp_compliance.policy.cel import Situation, Truth, is_true, moment
from mapp_compliance.policy.facts import Facts
from mapp_compliance.policy.reasons import Reason, override_of, reason
from mapp_compliance.policy.rules import DutyTerms, Pack, Rule, RuleKind
from mapp_compliance.trust import Json
from mapp_compliance.values import instant_text


class DutyState(Enum):
    """How a duty stands at the time of the question."""

    OPEN = "open"
    OVERDUE = "overdue"
    MET = "met"
    LATE = "late"  # fulfilled after it was due
    STANDING = "standing"  # no end and nothing that discharges it
    UNASSESSABLE = "unassessable"


@dataclass(frozen=True, slots=True)
class Duty:
    """One duty; ``due`` is None for a standing one and when a missing fact hides it."""

    action: str
    state: DutyState
    due: datetime | None
    reason: Reason

    def record(self) -> dict[str, Json]:
        """As a JSON value."""
        return {
            "action": self.action,
            "state": self.state.value,
            "due": None if self.due is None else instant_text(self.due),
            "reason": self.reason.record(),
        }


def duties(
    pack: Pack, truths: dict[str, Truth], known: Situation, facts: Facts
) -> tuple[Duty, ...]:
    """Every duty that exists or may exist, in the order of the pack."""
    found = []
    for rule in pack.of_kind(RuleKind.OBLIGATION):
        truth = truths[rule.id]
        above = override_of(pack, rule, truths)
        if rule.duty is None or truth is Truth.FALSE or above is Truth.TRUE:
            continue
        due = _due(rule.duty, known)
        certain = truth is Truth.TRUE and above is Truth.FALSE
        state = _state(rule.duty, due, known, facts) if certain else DutyState.UNASSESSABLE
        found.append(Duty(rule.duty.action, state, due, _reason(rule, truth, state, facts)))
    return tuple(found)


def _due(duty: DutyTerms, known: Situation) -> datetime | None:
    times = [moment(expression, known) for expression in duty.due]
    given = [time for time in times if time is not None]
    return min(given) if given and len(given) == len(times) else None


def _state(duty: DutyTerms, due: datetime | None, known: Situation, facts: Facts) -> DutyState:
    if duty.done is None or duty.done_at is None:
        return DutyState.STANDING
    done, now, began = is_true(duty.done, known), facts.get("now"), moment(duty.since, known)
    if done is Truth.UNKNOWN or due is None or began is None:
        return DutyState.UNASSESSABLE
    if done is Truth.FALSE:
        if not isinstance(now, datetime):
            return DutyState.UNASSESSABLE
        return DutyState.OPEN if now <= due else DutyState.OVERDUE
    done_at = moment(duty.done_at, known)
    if done_at is None or done_at < began:  # an answer from before the question
        return DutyState.UNASSESSABLE
    return DutyState.MET if done_at <= due else DutyState.LATE


def _reason(rule: Rule, truth: Truth, state: DutyState, facts: Facts) -> Reason:
    if state is DutyState.UNASSESSABLE:
        return reason(rule, Truth.UNKNOWN, facts)
    return reason(rule, truth, facts)
