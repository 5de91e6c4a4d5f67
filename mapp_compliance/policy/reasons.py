"""Why: the rule, its clause and sentence, and what is missing; shared by all answers."""

from dataclasses import dataclass

from mapp_compliance.policy.cel import Truth
from mapp_compliance.policy.facts import Facts
from mapp_compliance.policy.rules import Pack, Rule
from mapp_compliance.trust import Json


@dataclass(frozen=True, slots=True)
class Reason:
    """One rule that decided.

    ``missing`` names the unknown facts that the rule speaks about, sorted; empty when the rule
    did not turn on a gap.
    """

    rule: str
    clause: str
    text: str
    truth: Truth
    missing: tuple[str, ...] = ()

    def record(self) -> dict[str, Json]:
        """As a JSON value."""
        return {
            "rule": self.rule,
            "clause": self.clause,
            "text": self.text,
            "truth": self.truth.value,
            "missing": list(self.missing),
        }

    def sentence(self) -> str:
        """Clause and sentence for a person, with the facts that are missing."""
        gap = f" (not known: {', '.join(self.missing)})" if self.missing else ""
        return f"{self.clause}: {self.text}{gap}"


def reason(rule: Rule, truth: Truth, facts: Facts) -> Reason:
    """The reason that a rule of this value gives."""
    missing: tuple[str, ...] = ()
    if truth is Truth.UNKNOWN:
        missing = tuple(sorted(rule.whole.reads - {name for name, _ in facts.entries}))
    return Reason(rule.id, rule.clause, rule.text, truth, missing)


def override_of(pack: Pack, rule: Rule, truths: dict[str, Truth]) -> Truth:
    """Whether another rule takes this one's place: TRUE, FALSE, or UNKNOWN when only maybe."""
    above = [truths[other] for other in pack.overriding(rule.id) if other in truths]
    if Truth.TRUE in above:
        return Truth.TRUE
    return Truth.UNKNOWN if Truth.UNKNOWN in above else Truth.FALSE
