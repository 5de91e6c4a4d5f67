"""Questions put to a pack: facts in, a decision out that anyone can replay.

>>> from mapp_compliance.policy.facts import facts_of
>>> from mapp_compliance.policy.load import load_pack
>>> pack = load_pack('''
... {policy: tiny, version: "1", vocabulary: "1", rules: [
...   {id: seat, kind: entitlement, clause: "1", text: Members get prose., grants: prose,
...    when: 'partner.state == "active"'}]}
... ''', "tiny.yaml")
>>> facts = facts_of({"advisory.package_class": "poc", "partner.state": "active"})
>>> decision = decide(pack, facts, Question.ISSUE)
>>> decision.result.outcome.value, decision.result.granted.word, decision.result.reasons[0].rule
('reduced', 'prose', 'seat')
>>> replay(decision, pack, facts) == decision
True
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar, overload

from mapp_compliance.errors import Broken
from mapp_compliance.policy.cel import Situation, Truth, is_true, situation
from mapp_compliance.policy.duties import Duty, duties
from mapp_compliance.policy.facts import Facts
from mapp_compliance.policy.grants import Grant, grant
from mapp_compliance.policy.measures import Proposal, proposals
from mapp_compliance.policy.record import digest_of
from mapp_compliance.policy.rules import Pack, Question
from mapp_compliance.policy.vocabulary import VOCABULARY_VERSION
from mapp_compliance.trust import Json
from mapp_compliance.values import Digest

Result = Grant | tuple[Duty, ...] | tuple[Proposal, ...]
_R = TypeVar("_R", bound=Result, covariant=True)


@dataclass(frozen=True, slots=True)
class Decision(Generic[_R]):
    """The answer to one question, bound to its rules and facts.

    ``considered`` holds every rule of the question with its value, in the order of the pack.
    """

    question: Question
    policy: Digest
    facts: Digest
    vocabulary: str
    considered: tuple[tuple[str, Truth], ...]
    result: _R

    def record(self) -> dict[str, Json]:
        """As a JSON value."""
        result = self.result
        shown = result.record() if isinstance(result, Grant) else [item.record() for item in result]
        return {
            "question": self.question.value,
            "policy": self.policy.hex,
            "facts": self.facts.hex,
            "vocabulary": self.vocabulary,
            "considered": [[rule, truth.value] for rule, truth in self.considered],
            "result": shown,
        }

    @property
    def digest(self) -> Digest:
        """SHA-256 of the canonical record."""
        return digest_of("decision", self.record())


@overload
def decide(pack: Pack, facts: Facts, question: Literal[Question.ISSUE]) -> Decision[Grant]: ...
@overload
def decide(
    pack: Pack, facts: Facts, question: Literal[Question.OBLIGATIONS]
) -> Decision[tuple[Duty, ...]]: ...
@overload
def decide(
    pack: Pack, facts: Facts, question: Literal[Question.CONSEQUENCE]
) -> Decision[tuple[Proposal, ...]]: ...
@overload
def decide(pack: Pack, facts: Facts, question: Question) -> Decision[Result]: ...
def decide(pack: Pack, facts: Facts, question: Question) -> Decision[Result]:
    """What the terms say about these facts.

    Raises:
        Broken: a condition failed on checked facts.
    """
    known = situation(facts)
    truths = {rule.id: is_true(rule.whole, known) for rule in pack.of(question)}
    return Decision(
        question=question,
        policy=pack.digest,
        facts=facts.digest,
        vocabulary=VOCABULARY_VERSION,
        considered=tuple(truths.items()),
        result=_result(pack, facts, question, truths, known),
    )


def replay(
    decision: Decision[_R] | Mapping[str, object], pack: Pack, facts: Facts
) -> Decision[Result]:
    """The same decision made again from its rules and facts; takes a decision or its record.

    Raises:
        Broken: another pack, other facts, or another answer than recorded.
    """
    recorded = decision.record() if isinstance(decision, Decision) else dict(decision)
    word = recorded.get("question")
    asked = next((question for question in Question if question.value == word), None)
    if asked is None:
        raise Broken("the recorded decision names no question; restore the record from backup")
    again = decide(pack, facts, asked)
    fresh = again.record()
    differing = sorted(
        key for key in fresh.keys() | recorded.keys() if fresh.get(key) != recorded.get(key)
    )
    if differing:
        raise Broken(
            f"the decision does not replay: {', '.join(differing)} differ; check that rules and "
            "facts are those of its record, and stop if they are",
            differing=tuple(differing),
        )
    return again


def _result(
    pack: Pack, facts: Facts, question: Question, truths: dict[str, Truth], known: Situation
) -> Result:
    match question:
        case Question.ISSUE:
            return grant(pack, facts, truths, known)
        case Question.OBLIGATIONS:
            return duties(pack, truths, known, facts)
        case Question.CONSEQUENCE:
            return proposals(pack, truths, facts)
