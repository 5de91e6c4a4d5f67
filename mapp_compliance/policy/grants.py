"""The question "may this recipient get this package now, and in which form".

1. Every eligibility rule must be TRUE, or nothing is given.
2. The entitlements that are TRUE give their highest class.
3. Every prohibition that is not FALSE, and that no TRUE rule overrides, lowers it.

The answer never exceeds the class asked for. An unknown class is held to be the highest.
"""

from dataclasses import dataclass
from enum import Enum

from mapp_compliance.policy.cel import Situation, Truth, is_true
from mapp_compliance.policy.facts import Facts
from mapp_compliance.policy.reasons import Reason, override_of, reason
from mapp_compliance.policy.rules import Pack, Rule, RuleKind
from mapp_compliance.policy.vocabulary import CLASSES, PackageClass
from mapp_compliance.trust import Json


class Outcome(Enum):
    """The form of an answer."""

    GRANTED = "granted"  # the package as it is
    REDUCED = "reduced"  # a lower class than the package has
    WITHHELD = "withheld"


@dataclass(frozen=True, slots=True)
class Grant:
    """What a recipient may have of a package.

    ``reasons`` are the rules that decided: those that gave it when granted, those that stand
    in the way otherwise. There is always at least one unless the pack entitles nobody.
    """

    asked: PackageClass
    granted: PackageClass
    reasons: tuple[Reason, ...]

    @property
    def outcome(self) -> Outcome:
        """Granted, reduced or withheld."""
        if self.granted is PackageClass.NOTHING:
            return Outcome.WITHHELD
        return Outcome.GRANTED if self.granted is self.asked else Outcome.REDUCED

    @property
    def description_only(self) -> bool:
        """Prose instead of something more telling."""
        return self.outcome is Outcome.REDUCED and self.granted is PackageClass.PROSE

    def record(self) -> dict[str, Json]:
        """As a JSON value."""
        return {
            "asked": self.asked.word,
            "granted": self.granted.word,
            "outcome": self.outcome.value,
            "reasons": [item.record() for item in self.reasons],
        }


def grant(pack: Pack, facts: Facts, truths: dict[str, Truth], known: Situation) -> Grant:
    """The answer, from the value of each rule of the question."""
    asked = CLASSES.get(str(facts.get("advisory.package_class")), PackageClass.POC)

    def answer(granted: PackageClass, deciding: list[Rule]) -> Grant:
        return Grant(
            asked, granted, tuple(reason(rule, truths[rule.id], facts) for rule in deciding)
        )

    failing = [r for r in pack.of_kind(RuleKind.ELIGIBILITY) if truths[r.id] is not Truth.TRUE]
    if failing:
        return answer(PackageClass.NOTHING, failing)
    entitled = [r for r in pack.of_kind(RuleKind.ENTITLEMENT) if truths[r.id] is Truth.TRUE]
    if not entitled:
        return answer(PackageClass.NOTHING, _nearest(pack.of_kind(RuleKind.ENTITLEMENT), known))
    best = max(_level(rule) for rule in entitled)
    bars = [
        rule
        for rule in pack.of_kind(RuleKind.PROHIBITION)
        if truths[rule.id] is not Truth.FALSE and override_of(pack, rule, truths) is not Truth.TRUE
    ]
    granted = min([asked, best, *(_level(rule) for rule in bars)])
    if granted is asked:
        return answer(granted, [rule for rule in entitled if _level(rule) >= asked])
    deciding = [rule for rule in bars if _level(rule) is granted]
    return answer(granted, deciding or [rule for rule in entitled if _level(rule) is best])


def _nearest(entitlements: tuple[Rule, ...], known: Situation) -> list[Rule]:
    """The entitlement that fails latest in the order of its parts: what a reader expects.

    Parts go from who to when, so an entry partner who is early reads about the entry window.
    """

    def held(rule: Rule) -> int:
        truths = [is_true(part.condition, known) for part in (*rule.guards, *rule.when)]
        failing = (at for at, truth in enumerate(truths) if truth is not Truth.TRUE)
        return next(failing, len(truths))

    return [max(entitlements, key=held)] if entitlements else []


def _level(rule: Rule) -> PackageClass:
    return rule.level if rule.level is not None else PackageClass.NOTHING
