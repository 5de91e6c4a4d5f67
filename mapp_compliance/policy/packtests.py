"""The author's test cases of a pack, read from the pack's file or a file beside it.

A case gives facts, a question (``ask``, default issue) and the expected answer lines::

    tests:
      - name: a partner in good standing
        given: {partner.kind: partner, partner.tier: ans, advisory.package_class: poc}
        expect: poc
        by: [ans-poc]
      - {name: country unknown, like: a partner in good standing,
         unknown: [partner.country], expect: prose}

``like`` takes over the facts of an earlier case, ``given`` sets and ``unknown`` removes some.

Answer lines: for issue the class granted; for obligations ``action state`` with `` by TIME``
when there is a due time; for consequence the action, with `` for a person`` when a fact is missing.
``by`` names exactly the rules that decided.
"""

from dataclasses import dataclass

from mapp_compliance.policy.decide import Decision, Result, decide
from mapp_compliance.policy.duties import Duty
from mapp_compliance.policy.facts import Facts, FactValue, facts_of, parse_fact
from mapp_compliance.policy.fields import Fields
from mapp_compliance.policy.grants import Grant
from mapp_compliance.policy.measures import Standing
from mapp_compliance.policy.nodes import Mapping, Node, Scalar, Sequence, parse_nodes
from mapp_compliance.policy.problems import FactError, Findings, PackError, Problem
from mapp_compliance.policy.rules import Pack, Question
from mapp_compliance.values import instant_text

_FIELDS = {"name", "like", "given", "unknown", "ask", "expect", "by"}


@dataclass(frozen=True, slots=True)
class PackTest:
    """One case; ``by`` is empty when the case leaves open which rules decide."""

    name: str
    ask: Question
    facts: Facts
    expect: tuple[str, ...]
    by: tuple[str, ...]
    line: int


@dataclass(frozen=True, slots=True)
class PackTestResult:
    """How one case came out; ``got`` are answer lines, ``got_by`` the rules that decided."""

    test: PackTest
    got: tuple[str, ...]
    got_by: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Answer and, where the case names them, rules are as expected."""
        return self.got == self.test.expect and self.test.by in {(), self.got_by}


def load_tests(text: str, name: str, pack: Pack) -> tuple[PackTest, ...]:
    """The cases under ``tests:`` of a file.

    Raises:
        PackError: the file has problems, or holds no case at all.
    """
    tests, problems = read_tests(text, name, pack)
    if problems:
        raise PackError(problems)
    return tests


def read_tests(text: str, name: str, pack: Pack) -> tuple[tuple[PackTest, ...], list[Problem]]:
    """The cases that could be read, and what is wrong with the others."""
    findings = Findings(name)
    root = parse_nodes(text, findings)
    node = Fields(root, findings, "the file").get("tests") if isinstance(root, Mapping) else None
    tests: dict[str, PackTest] = {}
    for item in node.items if isinstance(node, Sequence) else ():
        if not isinstance(item, Mapping):
            findings.add(item.place, "a test is a mapping", "begin it with 'name:'")
            continue
        test = _test(Fields(item, findings, "this test"), tests, pack)
        if test.name in tests:
            findings.add(item.place, f"test '{test.name}' stands twice", "rename one of the two")
        tests[test.name] = test
    if root is not None and not tests and not findings.found:
        findings.add(root.place, "no tests", "write at least one case under 'tests:'")
    return tuple(tests.values()), sorted(set(findings.found))


def holds_tests(text: str, name: str) -> bool:
    """Whether a file has a ``tests`` field, in whatever state."""
    root = parse_nodes(text, Findings(name))
    return isinstance(root, Mapping) and any(key.text == "tests" for key, _ in root.entries)


def run_tests(pack: Pack, tests: tuple[PackTest, ...]) -> tuple[PackTestResult, ...]:
    """Every case decided, in order.

    Raises:
        PackError: there is no case; a pack without tests does not pass.
    """
    if not tests:
        raise PackError(
            [Problem(pack.name, 1, 1, "no tests", "write at least one case under 'tests:'")]
        )
    results = []
    for test in tests:
        decision = decide(pack, test.facts, test.ask)
        results.append(PackTestResult(test, answer_lines(decision), deciding_rules(decision)))
    return tuple(results)


def answer_lines(decision: Decision[Result]) -> tuple[str, ...]:
    """The answer in the words that cases expect."""
    if isinstance(decision.result, Grant):
        return (decision.result.granted.word,)
    lines = []
    for item in decision.result:
        if isinstance(item, Duty):
            due = f" by {instant_text(item.due)}" if item.due else ""
            lines.append(f"{item.action} {item.state.value}{due}")
        else:
            lines.append(
                item.action + (" for a person" if item.standing is Standing.PERSON else "")
            )
    return tuple(lines)


def deciding_rules(decision: Decision[Result]) -> tuple[str, ...]:
    """Ids of the rules that made the answer."""
    if isinstance(decision.result, Grant):
        return tuple(item.rule for item in decision.result.reasons)
    return tuple(item.reason.rule for item in decision.result)


def _test(fields: Fields, earlier: dict[str, PackTest], pack: Pack) -> PackTest:
    fields.only(_FIELDS)
    for key in ("name", "expect"):
        fields.needs(key)
    base: dict[str, FactValue] = {}
    if fields.get("like") is not None:
        like = fields.choice("like", earlier)
        base = dict(like.facts.entries) if like else {}
    base |= _given(fields)
    for scalar in fields.texts("unknown"):
        if base.pop(scalar.text, None) is None:
            message = f"'{scalar.text}' is not given, so it is unknown already"
            fields.findings.add(scalar.place, message, "remove it here, or mend its name")
    by = fields.texts("by")
    for scalar in by:
        if scalar.text not in {rule.id for rule in pack.rules}:
            message = f"the pack has no rule '{scalar.text}'"
            fields.findings.add(scalar.place, message, "name a rule of the pack")
    return PackTest(
        name=fields.text("name"),
        ask=fields.word("ask", Question) or Question.ISSUE,
        facts=facts_of(base),
        expect=tuple(scalar.text for scalar in fields.texts("expect")),
        by=tuple(scalar.text for scalar in by),
        line=fields.node.place.line,
    )


def _given(fields: Fields) -> dict[str, FactValue]:
    node = fields.get("given")
    if node is not None and not isinstance(node, Mapping):
        fields.findings.add(node.place, "'given' is no mapping", "write 'fact: value' pairs")
    found: dict[str, FactValue] = {}
    for key, value in node.entries if isinstance(node, Mapping) else ():
        try:
            found[key.text] = parse_fact(key.text, _texts(value))
        except FactError as err:
            fields.findings.add(key.place, err.message, "mend this fact")
    return found


def _texts(node: Node) -> str | tuple[str, ...]:
    if isinstance(node, Scalar):
        return node.text
    items = node.items if isinstance(node, Sequence) else ()
    return tuple(item.text for item in items if isinstance(item, Scalar))
