"""Why a decision came out as it did: rule by rule, with the named part that decided.

The decision itself is made on the fast path, one expression a rule. An explanation evaluates
the named parts, so it costs more and is made when somebody asks or a record is written.
"""

from dataclasses import dataclass
from datetime import datetime

from mapp_compliance.policy.cel import Situation, Truth, is_true, situation
from mapp_compliance.policy.decide import Decision, Result
from mapp_compliance.policy.facts import Facts, FactValue
from mapp_compliance.policy.rules import Pack, Part, Rule, RuleKind
from mapp_compliance.values import instant_text, shown

_MEANING = {
    (RuleKind.ELIGIBILITY, Truth.TRUE): "met",
    (RuleKind.ELIGIBILITY, Truth.FALSE): "not met",
    (RuleKind.ELIGIBILITY, Truth.UNKNOWN): "not known, so held",
    (RuleKind.ENTITLEMENT, Truth.TRUE): "grants",
    (RuleKind.ENTITLEMENT, Truth.FALSE): "does not grant",
    (RuleKind.ENTITLEMENT, Truth.UNKNOWN): "not known, so withheld",
    (RuleKind.PROHIBITION, Truth.TRUE): "applies",
    (RuleKind.PROHIBITION, Truth.FALSE): "does not apply",
    (RuleKind.PROHIBITION, Truth.UNKNOWN): "not known, so it applies",
    (RuleKind.OBLIGATION, Truth.TRUE): "is a duty",
    (RuleKind.OBLIGATION, Truth.FALSE): "is no duty",
    (RuleKind.OBLIGATION, Truth.UNKNOWN): "not known, so not assessed",
    (RuleKind.CONSEQUENCE, Truth.TRUE): "is proposed",
    (RuleKind.CONSEQUENCE, Truth.FALSE): "does not follow",
    (RuleKind.CONSEQUENCE, Truth.UNKNOWN): "not known, so a person looks",
}


@dataclass(frozen=True, slots=True)
class DecidingPart:
    """One named part and the facts it read; a value of None is unknown."""

    name: str
    truth: Truth
    read: tuple[tuple[str, FactValue | None], ...]

    def sentence(self) -> str:
        """Name, value and facts in one line."""
        facts = ", ".join(f"{name} = {_shown(value)}" for name, value in self.read)
        return f"'{self.name}' is {self.truth.value}" + (f" [{facts}]" if facts else "")


@dataclass(frozen=True, slots=True)
class RuleExplanation:
    """One rule that was considered, what it came to, and through which parts."""

    rule: str
    kind: RuleKind
    clause: str
    text: str
    truth: Truth
    deciding: tuple[DecidingPart, ...]

    def sentence(self) -> str:
        """Rule, clause, sentence, meaning and deciding parts in one line."""
        parts = "; ".join(part.sentence() for part in self.deciding)
        meaning = _MEANING[self.kind, self.truth]
        return f"{self.rule} [{self.clause}] {meaning}: {self.text} Because {parts}."


@dataclass(frozen=True, slots=True)
class Explanation:
    """Every rule of the question in the order of the pack."""

    rules: tuple[RuleExplanation, ...]

    def of(self, rule_id: str) -> RuleExplanation:
        """The explanation of one rule; KeyError when it was not considered."""
        found = {item.rule: item for item in self.rules}
        return found[rule_id]


def explain(decision: Decision[Result], pack: Pack, facts: Facts) -> Explanation:
    """The named parts behind each rule of a decision.

    Raises:
        KeyError: the decision was made by another pack.
        Broken: a condition failed on checked facts.
    """
    known = situation(facts)
    given = dict(facts.entries)
    found = []
    for rule_id, truth in decision.considered:
        rule = pack.rule(rule_id)
        deciding = tuple(
            DecidingPart(part.name, value, tuple((name, given.get(name)) for name in reads))
            for part, value in _deciding(rule, truth, known)
            for reads in [sorted(part.condition.reads)]
        )
        found.append(RuleExplanation(rule.id, rule.kind, rule.clause, rule.text, truth, deciding))
    return Explanation(tuple(found))


def _deciding(rule: Rule, truth: Truth, known: Situation) -> list[tuple[Part, Truth]]:
    """The parts that made the rule's value: the scope before exceptions before conditions."""
    guards, unless, when = (
        _values(parts, known) for parts in (rule.guards, rule.unless, rule.when)
    )
    if truth is Truth.UNKNOWN:
        return [pair for pair in (*guards, *when, *unless) if pair[1] is Truth.UNKNOWN]
    outside = [pair for pair in guards if pair[1] is Truth.FALSE]
    excepted = [pair for pair in unless if pair[1] is Truth.TRUE]
    return outside or excepted or [pair for pair in when if pair[1] is truth]


def _values(parts: tuple[Part, ...], known: Situation) -> list[tuple[Part, Truth]]:
    return [(part, is_true(part.condition, known)) for part in parts]


def _shown(value: FactValue | None) -> str:
    if value is None:
        return "unknown"
    if isinstance(value, tuple):
        return shown(", ".join(value)) or "none"
    if isinstance(value, datetime):
        return instant_text(value)
    return shown(str(value).lower() if isinstance(value, bool) else str(value))
