"""Rules and packs as frozen values, and what each kind of rule means.

=============  ==========================================  ======================================
kind           when it is TRUE                             when it is UNKNOWN
=============  ==========================================  ======================================
eligibility    this requirement is met                     not met: the delivery is held
entitlement    grants packages up to a class               grants nothing
prohibition    allows packages only up to a class          applies
obligation     a duty exists                               unassessable, no strike
consequence    a measure is proposed                       a person looks at it
=============  ==========================================  ======================================

Nothing is released and nobody is punished on a gap. Each rule is one Kleene expression:

- *guards*: the kinds of recipient in its scope and the dates it is in force;
- *when*: named parts, all or any of them; *unless*: named exceptions;
- eligibility: ``not guards or unless or when``; the other kinds: ``guards and when and not
  unless``.

>>> max(PackageClass.PROSE, PackageClass.POC).word
'poc'
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from functools import cached_property

from mapp_compliance.policy.cel import Condition
from mapp_compliance.policy.record import digest_of
from mapp_compliance.policy.vocabulary import VOCABULARY_VERSION, PackageClass
from mapp_compliance.trust import Json
from mapp_compliance.values import Digest, instant_text


class RuleKind(Enum):
    """What a rule does; the word is the one in packs."""

    ELIGIBILITY = "eligibility"
    ENTITLEMENT = "entitlement"
    PROHIBITION = "prohibition"
    OBLIGATION = "obligation"
    CONSEQUENCE = "consequence"


class Question(Enum):
    """What can be asked of a pack."""

    ISSUE = "issue"  # may this recipient get this package now, and in which form
    OBLIGATIONS = "obligations"  # which duties follow from a delivered copy
    CONSEQUENCE = "consequence"  # which measures follow from a verdict or an event


QUESTION_KINDS = {
    Question.ISSUE: frozenset({RuleKind.ELIGIBILITY, RuleKind.ENTITLEMENT, RuleKind.PROHIBITION}),
    Question.OBLIGATIONS: frozenset({RuleKind.OBLIGATION}),
    Question.CONSEQUENCE: frozenset({RuleKind.CONSEQUENCE}),
}

# Approvals that no pack can go below. Stopping needs one person; accusing, removing and
# publishing need two. A suspension by one person is provisional: at once and with an end.
ACTIONS = {
    "hold": 1,  # freeze deliveries
    "internal": 1,  # the vendor's own process
    "key_check": 1,  # look for stolen keys or forged marks
    "ask": 2,  # neutral questions to all holders
    "notice": 2,  # the verdict and its evidence to the named recipient
    "warn": 2,
    "restrict": 2,
    "suspend": 2,
    "remove": 2,
    "advance": 2,  # bring the release forward
}
AT_ONCE = frozenset({"hold", "suspend"})
MAX_PROVISIONAL = timedelta(days=14)


class Combine(Enum):
    """How the parts of ``when`` make one condition."""

    ALL = "all"
    ANY = "any"


@dataclass(frozen=True, slots=True)
class Part:
    """One named condition, so that an explanation can name what decided."""

    name: str
    condition: Condition


@dataclass(frozen=True, slots=True)
class DutyTerms:
    """When a duty begins, when it is due and what fulfils it.

    ``due`` holds times of which the earliest counts; empty for a standing duty. ``done`` and
    ``done_at`` are None for a duty that nothing discharges.
    """

    action: str
    since: Condition
    due: tuple[Condition, ...] = ()
    done: Condition | None = None
    done_at: Condition | None = None


@dataclass(frozen=True, slots=True)
class Measure:
    """What is proposed, how many people must agree, and when it lapses by itself."""

    action: str
    approvals: int
    at_once: bool = False
    expires: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """One term of the agreement.

    Attributes:
        level: class that an entitlement grants or a prohibition still allows.
        whole: guards, when and unless as one expression, for the fast path.
        line: of the rule in its file, from 1.
    """

    id: str
    kind: RuleKind
    clause: str
    text: str
    combine: Combine
    when: tuple[Part, ...]
    whole: Condition
    unless: tuple[Part, ...] = ()
    guards: tuple[Part, ...] = ()
    overrides: tuple[str, ...] = ()
    scope: tuple[str, ...] = ()
    effective_from: datetime | None = None
    effective_until: datetime | None = None
    level: PackageClass | None = None
    duty: DutyTerms | None = None
    measure: Measure | None = None
    line: int = field(default=0, compare=False)

    def record(self) -> dict[str, Json]:
        """The rule's meaning as a JSON value: the input of the pack's digest."""
        return {
            "id": self.id,
            "kind": self.kind.value,
            "clause": self.clause,
            "text": self.text,
            "when": {self.combine.value: _sources(self.when)},
            "unless": _sources(self.unless),
            "overrides": list(self.overrides),
            "scope": list(self.scope),
            "effective": [_time(self.effective_from), _time(self.effective_until)],
            "level": self.level.word if self.level is not None else None,
            "duty": _duty(self.duty),
            "measure": _measure(self.measure),
        }


@dataclass(frozen=True)
class Pack:
    """The rules of one programme, in the order of the file. ``name`` and ``version`` are its own.

    The digest covers the meaning alone: comments, layout and tests do not change it.
    """

    name: str
    version: str
    rules: tuple[Rule, ...]

    @cached_property
    def digest(self) -> Digest:
        """SHA-256 of name, version, vocabulary and the meaning of every rule in order."""
        return digest_of(
            "pack",
            {
                "policy": self.name,
                "version": self.version,
                "vocabulary": VOCABULARY_VERSION,
                "rules": [rule.record() for rule in self.rules],
            },
        )

    def rule(self, rule_id: str) -> Rule:
        """The rule of that id; KeyError when there is none."""
        return self._by_id[rule_id]

    def of(self, question: Question) -> tuple[Rule, ...]:
        """The rules that a question considers, in order."""
        return self._by_question[question]

    def of_kind(self, kind: RuleKind) -> tuple[Rule, ...]:
        """The rules of one kind, in order."""
        return self._by_kind[kind]

    @cached_property
    def _by_kind(self) -> dict[RuleKind, tuple[Rule, ...]]:
        return {kind: tuple(rule for rule in self.rules if rule.kind is kind) for kind in RuleKind}

    def overriding(self, rule_id: str) -> tuple[str, ...]:
        """Ids of the rules that name this one in ``overrides``."""
        return self._overriding.get(rule_id, ())

    @cached_property
    def _overriding(self) -> dict[str, tuple[str, ...]]:
        above: dict[str, tuple[str, ...]] = {}
        for rule in self.rules:
            for target in rule.overrides:
                above[target] = (*above.get(target, ()), rule.id)
        return above

    @cached_property
    def _by_id(self) -> dict[str, Rule]:
        return {rule.id: rule for rule in self.rules}

    @cached_property
    def _by_question(self) -> dict[Question, tuple[Rule, ...]]:
        return {
            question: tuple(rule for rule in self.rules if rule.kind in kinds)
            for question, kinds in QUESTION_KINDS.items()
        }


def whole_source(
    kind: RuleKind,
    combine: Combine,
    guards: tuple[str, ...],
    when: tuple[str, ...],
    unless: tuple[str, ...],
) -> str:
    """One expression for the whole rule. Each piece compiles on its own beforehand."""
    condition = _joined(when, "&&" if combine is Combine.ALL else "||")
    exception = _joined(unless, "||")
    guard = _joined(guards, "&&")
    if kind is RuleKind.ELIGIBILITY:
        pieces = [f"!{guard}" if guard else "", exception, condition]
        return "||".join(piece for piece in pieces if piece)
    pieces = [guard, condition, f"!{exception}" if exception else ""]
    return "&&".join(piece for piece in pieces if piece)


def _joined(sources: tuple[str, ...], operator: str) -> str:
    # The line break ends a comment that a piece may close with.
    return "(" + operator.join(f"({source}\n)" for source in sources) + ")" if sources else ""


def _sources(parts: tuple[Part, ...]) -> Json:
    return [[part.name, part.condition.source] for part in parts]


def _time(value: datetime | None) -> str | None:
    return None if value is None else instant_text(value)


def _duty(duty: DutyTerms | None) -> Json:
    if duty is None:
        return None
    return {
        "action": duty.action,
        "since": duty.since.source,
        "due": [due.source for due in duty.due],
        "done": duty.done.source if duty.done else None,
        "done_at": duty.done_at.source if duty.done_at else None,
    }


def _measure(measure: Measure | None) -> Json:
    if measure is None:
        return None
    seconds = None if measure.expires is None else int(measure.expires.total_seconds())
    return {
        "action": measure.action,
        "approvals": measure.approvals,
        "at_once": measure.at_once,
        "expires_s": seconds,
    }
