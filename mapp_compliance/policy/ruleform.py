"""One rule of a policy file as a Rule: its fields, its parts, its checks.

Faults go to the findings of the file; a rule that cannot be built is None.
"""

from datetime import datetime

from mapp_compliance.policy.cel import Condition, ConditionError, Result, compile_condition
from mapp_compliance.policy.fields import Fields, compiled
from mapp_compliance.policy.nodes import Mapping, Scalar
from mapp_compliance.policy.rules import (
    ACTIONS,
    AT_ONCE,
    MAX_PROVISIONAL,
    Combine,
    DutyTerms,
    Measure,
    Part,
    Rule,
    RuleKind,
    whole_source,
)
from mapp_compliance.policy.vocabulary import CLASSES, KINDS, PackageClass
from mapp_compliance.values import instant_text

_ALL_KINDS = {
    *("id", "kind", "clause", "text", "scope", "when", "unless", "overrides"),
    *("effective_from", "effective_until"),
}
_OWN_FIELDS: dict[RuleKind, tuple[str, ...]] = {
    RuleKind.ELIGIBILITY: (),
    RuleKind.ENTITLEMENT: ("grants",),
    RuleKind.PROHIBITION: ("allows",),
    RuleKind.OBLIGATION: ("action", "since", "due", "done", "done_at"),
    RuleKind.CONSEQUENCE: ("action", "approvals", "at_once", "expires"),
}
_REQUIRED: dict[RuleKind, tuple[str, ...]] = {
    RuleKind.ELIGIBILITY: (),
    RuleKind.ENTITLEMENT: ("grants",),
    RuleKind.PROHIBITION: ("allows",),
    RuleKind.OBLIGATION: ("action", "since"),
    RuleKind.CONSEQUENCE: ("action", "approvals"),
}
MAX_COMPOSED = 40_000  # characters of guards and all parts; each part has its own, lower limit
_LEVEL_FIELD = {RuleKind.ENTITLEMENT: "grants", RuleKind.PROHIBITION: "allows"}


def build_rule(fields: Fields, rule_id: str) -> Rule | None:
    """The rule in a mapping, or None when it has no kind or no condition that compiles."""
    kind = fields.word("kind", RuleKind)
    for key in ("kind", "clause", "text", "when"):
        fields.needs(key)
    combine, when = _parts(fields, "when")
    _, unless = _parts(fields, "unless")
    if kind is None:
        return None
    fields.only(_ALL_KINDS | set(_OWN_FIELDS[kind]))
    for key in _REQUIRED[kind]:
        fields.needs(key)
    scope = _scope(fields)
    duty = _duty(fields) if kind is RuleKind.OBLIGATION else None
    effective = fields.time("effective_from"), fields.time("effective_until")
    guards = _guards(fields, scope, effective, duty)
    sources = (_sources(guards), _sources(when), _sources(unless))
    whole = _composed(fields, whole_source(kind, combine, *sources)) if when else None
    level = _level(fields, kind)
    measure = _measure(fields) if kind is RuleKind.CONSEQUENCE else None
    if whole is None:
        return None
    return Rule(
        id=rule_id,
        kind=kind,
        clause=fields.text("clause"),
        text=fields.text("text"),
        combine=combine,
        when=when,
        whole=whole,
        unless=unless,
        guards=guards,
        overrides=tuple(scalar.text for scalar in fields.texts("overrides")),
        scope=scope,
        effective_from=effective[0],
        effective_until=effective[1],
        level=level,
        duty=duty,
        measure=measure,
        line=fields.node.place.line,
    )


def _parts(fields: Fields, key: str) -> tuple[Combine, tuple[Part, ...]]:
    """One expression, or named parts; those of 'when' stand under 'all' or 'any'."""
    node = fields.get(key)
    combine = Combine.ALL
    if isinstance(node, Mapping) and key == "when":
        inner = Fields(node, fields.findings, f"'when' of {fields.what}")
        inner.only({word.value for word in Combine})
        named = [word for word in Combine if isinstance(inner.get(word.value), Mapping)]
        if len(node.entries) != 1 or not named:
            hint = "write one expression, or named parts under one 'all:' or 'any:'"
            fields.findings.add(node.place, f"'when' of {fields.what} is not readable", hint)
            return combine, ()
        combine = named[0]
        node = inner.get(combine.value)
    if isinstance(node, Mapping):
        pairs = [(name.text, value) for name, value in node.entries]
    else:
        scalar = fields.scalar(key)
        pairs = [("condition", scalar)] if scalar else []
    parts = []
    for name, value in pairs:
        if not isinstance(value, Scalar):
            message = f"part '{name}' of {fields.what} is no expression"
            fields.findings.add(value.place, message, "write one expression")
        elif condition := compiled(value, fields.findings):
            parts.append(Part(name, condition))
    return combine, tuple(parts) if len(parts) == len(pairs) else ()


def _scope(fields: Fields) -> tuple[str, ...]:
    found = []
    for scalar in fields.texts("scope"):
        if scalar.text in KINDS:
            found.append(scalar.text)
        else:
            message = f"scope knows no '{scalar.text}'"
            fields.findings.add(scalar.place, message, f"use some of: {', '.join(KINDS)}")
    return tuple(found)


def _guards(
    fields: Fields,
    scope: tuple[str, ...],
    effective: tuple[datetime | None, datetime | None],
    duty: DutyTerms | None,
) -> tuple[Part, ...]:
    """Scope and dates as parts. A duty is judged by the rule in force when it began."""
    sources = []
    if scope:
        kinds = ", ".join(f'"{kind}"' for kind in scope)
        sources.append(("scope", f"partner.kind in [{kinds}]"))
    moment = duty.since.source if duty else "now"
    if effective[0]:
        sources.append(("from", f'({moment}\n) >= timestamp("{instant_text(effective[0])}")'))
    if effective[1]:
        sources.append(("until", f'({moment}\n) < timestamp("{instant_text(effective[1])}")'))
    parts = ((name, _composed(fields, source)) for name, source in sources)
    return tuple(Part(name, condition) for name, condition in parts if condition)


def _sources(parts: tuple[Part, ...]) -> tuple[str, ...]:
    return tuple(part.condition.source for part in parts)


def _composed(fields: Fields, source: str) -> Condition | None:
    """A condition put together from pieces that compile; it may still be too deep or long."""
    try:
        return compile_condition(source, longest=MAX_COMPOSED)
    except ConditionError as err:
        message = f"{fields.what} as a whole: {err}"
        fields.findings.add(fields.place("when"), message, "make its parts shorter and flatter")
        return None


def _duty(fields: Fields) -> DutyTerms | None:
    since = fields.condition("since", Result.TIME)
    due = [compiled(scalar, fields.findings, Result.TIME) for scalar in fields.texts("due")]
    done, done_at = fields.condition("done"), fields.condition("done_at", Result.TIME)
    if bool(fields.get("done")) != bool(fields.get("done_at")):
        hint = "give both, or none for a standing duty"
        fields.findings.add(fields.node.place, "'done' and 'done_at' belong together", hint)
    if bool(due) != bool(fields.get("done")):
        hint = "give 'due', 'done' and 'done_at', or none of them for a standing duty"
        fields.findings.add(fields.node.place, "'due' and 'done' belong together", hint)
    if since is None:
        return None
    times = tuple(condition for condition in due if condition)
    return DutyTerms(fields.id("action"), since, times, done, done_at)


def _measure(fields: Fields) -> Measure | None:
    minimum = fields.choice("action", ACTIONS)
    action = fields.text("action")
    approvals = fields.number("approvals")
    at_once, expires = fields.flag("at_once"), fields.duration("expires")
    if minimum is None or approvals is None:
        return None
    if at_once:
        minimum = 1
        if action not in AT_ONCE:
            hint = f"only {' and '.join(sorted(AT_ONCE))} may happen at once"
            fields.findings.add(fields.place("at_once"), f"{action} cannot be at once", hint)
        if expires is None or expires > MAX_PROVISIONAL:
            hint = f"add 'expires:' of at most {MAX_PROVISIONAL.days}d"
            place = fields.place("expires")
            fields.findings.add(place, "a measure at once must lapse by itself", hint)
    if approvals < minimum:
        message = f"{action} needs at least {minimum} approvals"
        fields.findings.add(fields.place("approvals"), message, f"write 'approvals: {minimum}'")
    return Measure(action, approvals, at_once, expires)


def _level(fields: Fields, kind: RuleKind) -> PackageClass | None:
    if kind not in _LEVEL_FIELD:
        return None
    key = _LEVEL_FIELD[kind]
    level = fields.choice(key, CLASSES)
    if kind is RuleKind.ENTITLEMENT and level is PackageClass.NOTHING:
        hint = "grant a class, or write a prohibition"
        fields.findings.add(fields.place(key), "an entitlement to nothing", hint)
    return level
