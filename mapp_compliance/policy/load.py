"""A policy file as a Pack; every fault of a file is found in one reading where possible.

>>> pack = load_pack('''
... policy: tiny
... version: "1"
... vocabulary: "1"
... rules:
...   - {id: seat, kind: entitlement, clause: "1", text: Everybody gets prose., grants: prose,
...      when: 'partner.country != "NO"'}
... ''', "tiny.yaml")
>>> pack.rules[0].level.word, pack.rules[0].whole.reads
('prose', frozenset({'partner.country'}))
"""

from mapp_compliance.policy.fields import Fields
from mapp_compliance.policy.nodes import Mapping, Sequence, parse_nodes
from mapp_compliance.policy.problems import Findings, PackError, Problem, did_you_mean
from mapp_compliance.policy.ruleform import build_rule
from mapp_compliance.policy.rules import Pack, Rule, RuleKind
from mapp_compliance.policy.vocabulary import VOCABULARY_VERSION

_PACK_FIELDS = {"policy", "version", "vocabulary", "rules", "tests"}
# An entitlement or a requirement that lapses because another rule holds would make a gap in the
# facts grant more; exceptions to them are written as 'unless'.
_OVERRIDABLE = {
    RuleKind.PROHIBITION: {RuleKind.ENTITLEMENT, RuleKind.PROHIBITION},
    RuleKind.OBLIGATION: {RuleKind.OBLIGATION},
    RuleKind.CONSEQUENCE: {RuleKind.CONSEQUENCE},
}


def load_pack(text: str, name: str) -> Pack:
    """The pack in a file's text; ``name`` is the file's name in messages.

    Raises:
        PackError: the file has problems; all that were found are attached.
    """
    pack, problems = read_pack(text, name)
    if pack is None:
        raise PackError(problems)
    return pack


def read_pack(text: str, name: str) -> tuple[Pack | None, list[Problem]]:
    """The pack and no problems, or None and what is wrong, in the order of the file."""
    findings = Findings(name)
    root = parse_nodes(text, findings)
    if root is not None and not isinstance(root, Mapping):
        findings.add(root.place, "a policy file is a mapping", "begin with 'policy:'")
    pack = _pack(Fields(root, findings, "the pack")) if isinstance(root, Mapping) else None
    return (None, sorted(set(findings.found))) if findings.found else (pack, [])


def _pack(fields: Fields) -> Pack:
    fields.only(_PACK_FIELDS)
    for key in ("policy", "version", "vocabulary", "rules"):
        fields.needs(key)
    version = fields.scalar("vocabulary")
    if version is not None and version.text != VOCABULARY_VERSION:
        message = f"vocabulary is not {VOCABULARY_VERSION}"
        fields.findings.add(version.place, message, f"adapt the pack to {VOCABULARY_VERSION}")
    rules = tuple(rule for rule, _ in _placed_rules(fields))
    return Pack(fields.id("policy"), fields.text("version"), rules)


def _placed_rules(fields: Fields) -> list[tuple[Rule, Fields]]:
    node = fields.get("rules")
    items = node.items if isinstance(node, Sequence) else ()
    if node is not None and not items:
        fields.findings.add(node.place, "'rules' holds no rule", "write a list of rules")
    found: list[tuple[Rule, Fields]] = []
    seen: set[str] = set()
    for item in items:
        if not isinstance(item, Mapping):
            fields.findings.add(item.place, "a rule is a mapping", "begin it with 'id:'")
            continue
        unnamed = Fields(item, fields.findings, "this rule")
        rule_id = unnamed.id("id") if unnamed.needs("id") else ""
        if rule_id and rule_id in seen:
            place = unnamed.place("id")
            fields.findings.add(place, f"rule '{rule_id}' stands twice", "rename one of the two")
        seen.add(rule_id)
        one = Fields(item, fields.findings, f"rule {rule_id}".strip())
        rule = build_rule(one, rule_id)
        if rule is not None:
            found.append((rule, one))
    _check_overrides(found, seen)
    return found


def _check_overrides(found: list[tuple[Rule, Fields]], known: set[str]) -> None:
    rules = {rule.id: rule for rule, _ in found}
    for rule, fields in found:
        place = fields.place("overrides")
        for target in rule.overrides:
            if target not in known:
                message = f"rule {rule.id} overrides unknown rule '{target}'"
                fields.findings.add(place, message, did_you_mean(target, known))
            elif target in rules and not _may_override(rule, rules[target]):
                kinds = f"{rule.kind.value} cannot override {rules[target].kind.value}"
                fields.findings.add(place, kinds, f"write an 'unless' in rule {target}")
        if rule.id in _overridden_by(rule, rules):
            path = f"rule {rule.id} overrides itself in a circle"
            fields.findings.add(place, path, "remove one of the 'overrides'")


def _may_override(rule: Rule, target: Rule) -> bool:
    return rule.kind in _OVERRIDABLE.get(target.kind, set())


def _overridden_by(rule: Rule, rules: dict[str, Rule]) -> set[str]:
    """Ids of all rules below one, over any number of steps."""
    reached: set[str] = set()
    waiting = list(rule.overrides)
    while waiting:
        target = waiting.pop()
        if target not in reached and target in rules:
            reached.add(target)
            waiting.extend(rules[target].overrides)
    return reached
