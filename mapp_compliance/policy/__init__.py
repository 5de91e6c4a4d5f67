"""What the terms say: facts, rules, decisions, explanations.

Rules of this room:

- It knows no subject. It owns a flat vocabulary of facts; who asks translates into it.
- A fact that is missing is unknown, and an unknown never releases or punishes anything.
- Conditions are CEL behind ``cel.py``, files are YAML behind ``nodes.py``.
- A decision keeps the digests of its rules and facts and can be made again from them.

>>> pack = load_pack('''
... {policy: tiny, version: "1", vocabulary: "1", rules: [
...   {id: poc-ans, kind: entitlement, clause: "4.2", text: ANS partners get it., grants: poc,
...    when: 'partner.tier == "ans"'}]}
... ''', "tiny.yaml")
>>> facts = facts_of({"advisory.package_class": "poc", "partner.tier": "entry"})
>>> decision = decide(pack, facts, Question.ISSUE)
>>> decision.result.outcome is Outcome.WITHHELD
True
>>> decision.result.reasons[0].sentence()
'4.2: ANS partners get it.'
>>> explain(decision, pack, facts).of("poc-ans").deciding[0].sentence()
"'condition' is false [partner.tier = entry]"
"""

from mapp_compliance.policy.cel import Truth
from mapp_compliance.policy.check import check
from mapp_compliance.policy.decide import Decision, decide, replay
from mapp_compliance.policy.duties import Duty, DutyState
from mapp_compliance.policy.explain import Explanation, explain
from mapp_compliance.policy.facts import Facts, FactValue, facts_of, parse_fact, parse_facts
from mapp_compliance.policy.grants import Grant, Outcome
from mapp_compliance.policy.jurisdictions import Laws, jurisdiction_facts, load_laws, read_laws
from mapp_compliance.policy.load import load_pack
from mapp_compliance.policy.measures import Proposal, Standing
from mapp_compliance.policy.packtests import PackTest, PackTestResult, load_tests, run_tests
from mapp_compliance.policy.problems import FactError, PackError, Problem
from mapp_compliance.policy.reasons import Reason
from mapp_compliance.policy.rules import Pack, Question, Rule, RuleKind
from mapp_compliance.policy.vocabulary import VOCABULARY, VOCABULARY_VERSION, PackageClass

__all__ = [
    "VOCABULARY",
    "VOCABULARY_VERSION",
    "Decision",
    "Duty",
    "DutyState",
    "Explanation",
    "FactError",
    "FactValue",
    "Facts",
    "Grant",
    "Laws",
    "Outcome",
    "Pack",
    "PackError",
    "PackTest",
    "PackTestResult",
    "PackageClass",
    "Problem",
    "Proposal",
    "Question",
    "Reason",
    "Rule",
    "RuleKind",
    "Standing",
    "Truth",
    "check",
    "decide",
    "explain",
    "facts_of",
    "jurisdiction_facts",
    "load_laws",
    "load_pack",
    "load_tests",
    "parse_fact",
    "parse_facts",
    "read_laws",
    "replay",
    "run_tests",
]
