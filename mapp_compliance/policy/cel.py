"""Conditions in CEL, compiled and type-checked against the vocabulary. The only door to CEL.

The language is a subset that the environment itself enforces: facts, literals, lists, ``&&``,
``||``, ``!``, ``==``, ``!=``, ``<``, ``<=``, ``>``, ``>=``, ``in``, and sums of times with
``duration("48h")`` and ``timestamp("2026-01-01T00:00:00Z")``. There are no macros, loops,
regular expressions, conversions or indexes, so evaluation is bounded and cannot fail on
checked facts.

What was found in cel-expr-python 0.1.3, and what we do about it:

- With the standard macros, ``has(partner.agreement_in_force)`` compiles to a plain reading of
  the fact: type bool, no trace in the checked tree. The macros are therefore switched off in
  the environment, and ``has`` is an undeclared name.
- A compile error is a RuntimeError whose text lists ``ERROR: <input>:line:column: message``,
  both from 1, columns in characters; for ``a.b`` the column is that of the last point, for a
  call that of the parenthesis. Deep nesting (over 32) has no position.
- Evaluation never raises: a failure is a Value whose ``value()`` is a text. A missing fact is
  ``UNKNOWN: No value with name "x" found in Activation``; an index out of range also begins
  with ``UNKNOWN:``, so the whole text is matched. ``false && missing`` is false and
  ``true || missing`` is true, in either order: Kleene's logic.
- ``duration("5d")`` compiles and fails when evaluated, so literals are evaluated at load.
- CEL reserves words that are fit for facts, ``package`` and ``namespace`` among them; the
  package's class is therefore ``advisory.package_class``.
- Activations take a naive time as UTC and ``True`` as 1; facts are checked before.

>>> late = compile_condition('partner.tier == "entry" && now < advisory.release_at')
>>> from mapp_compliance.policy.facts import facts_of
>>> is_true(late, situation(facts_of({"partner.tier": "ans"}))).value
'false'
>>> is_true(late, situation(facts_of({"partner.tier": "entry"}))).value
'unknown'
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from functools import cache
from typing import Any

from cel_expr_python import cel

from mapp_compliance.errors import Broken
from mapp_compliance.policy.celtree import UNKNOWN_NODE, Tree, parse_tree
from mapp_compliance.policy.facts import EARLIEST, LATEST, Facts
from mapp_compliance.policy.problems import did_you_mean
from mapp_compliance.policy.vocabulary import VOCABULARY, FactType
from mapp_compliance.values import shown

MAX_SOURCE = 2000  # characters; sums of durations in one condition stay within CEL's range
MAX_DURATION = timedelta(days=3660)  # ten years

_LANGUAGE = """
name: conditions
stdlib:
  disable_macros: true
  include_functions:
    - {name: "_&&_"}
    - {name: "_||_"}
    - {name: "!_"}
    - {name: "_==_"}
    - {name: "_!=_"}
    - {name: "@in", overloads: [{id: in_list}]}
    - {name: "_<_", overloads: [{id: less_int64}, {id: less_timestamp}, {id: less_duration}]}
    - {name: "_<=_", overloads: [{id: less_equals_int64}, {id: less_equals_timestamp}, {id: less_equals_duration}]}
    - {name: "_>_", overloads: [{id: greater_int64}, {id: greater_timestamp}, {id: greater_duration}]}
    - {name: "_>=_", overloads: [{id: greater_equals_int64}, {id: greater_equals_timestamp}, {id: greater_equals_duration}]}
    - {name: "_+_", overloads: [{id: add_timestamp_duration}, {id: add_duration_timestamp}]}
    - {name: "_-_", overloads: [{id: subtract_timestamp_duration}, {id: subtract_timestamp_timestamp}]}
    - {name: duration, overloads: [{id: string_to_duration}]}
    - {name: timestamp, overloads: [{id: string_to_timestamp}]}
"""  # noqa: E501  (one function a line)
_TYPES = {
    FactType.BOOL: cel.Type.BOOL,
    FactType.INT: cel.Type.INT,
    FactType.TEXT: cel.Type.STRING,
    FactType.TIME: cel.Type.TIMESTAMP,
    FactType.TEXTS: cel.Type.List(cel.Type.STRING),
}
_ERROR = re.compile(r"ERROR: <input>:(\d+):(\d+): (.*)")
_UNDECLARED = re.compile(r"undeclared reference to '([^']*)'")
_OVERLOAD = re.compile(r"found no matching overload for '(?:@|_)?(.*?)_?' applied to '(.*)'")
_MISSING = re.compile(r'UNKNOWN: No value with name "([a-z0-9_.]+)" found in Activation')
_COMPARISONS = {"_==_", "_!=_", "@in"}
_LITERAL_ONLY = {"duration", "timestamp"}
_LANGUAGE_HINT = (
    'conditions know facts, &&, ||, !, comparisons, in, duration("48h") and '
    'timestamp("2026-01-01T00:00:00Z")'
)


class Truth(Enum):
    """Kleene's three values."""

    TRUE = "true"
    FALSE = "false"
    UNKNOWN = "unknown"


class Result(Enum):
    """What an expression must give."""

    BOOL = "true or false"
    TIME = "a time"


@dataclass(frozen=True, slots=True)
class Fault:
    """Why an expression does not compile; ``offset`` counts characters from 0."""

    offset: int
    message: str
    hint: str


class ConditionError(Exception):
    """Inside this room only: the loader turns the faults into problems with file and line."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(faults[0].message)
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Condition:
    """A compiled expression; ``reads`` are the facts it speaks about."""

    source: str
    reads: frozenset[str]
    program: Any = field(compare=False, repr=False)  # cel.Expression, untyped in its stubs


@dataclass(frozen=True, slots=True)
class Situation:
    """Facts in the form the evaluator wants; prepare once, ask many conditions."""

    activation: Any = field(repr=False)


def situation(facts: Facts) -> Situation:
    """The checked facts, ready for evaluation."""
    values = {
        name: list(value) if isinstance(value, tuple) else value for name, value in facts.entries
    }
    return Situation(_environment().Activation(values))


def compile_condition(
    source: str, result: Result = Result.BOOL, longest: int = MAX_SOURCE
) -> Condition:
    """A checked expression of at most ``longest`` characters that gives the wanted type.

    Raises:
        ConditionError: not in the language, wrong types, unknown words; all faults found.
    """
    if len(source) > longest:
        hint = "split it into named parts under 'all:' or 'any:'"
        raise ConditionError([Fault(0, f"longer than {longest} characters", hint)])
    program = _compiled(source)
    tree = parse_tree(program.serialize())
    faults = list(_tree_faults(tree))
    wanted = cel.Type.BOOL if result is Result.BOOL else cel.Type.TIMESTAMP
    if program.return_type() != wanted:
        message = f"this gives {str(program.return_type()).lower()}, not {result.value}"
        faults.append(
            Fault(
                0,
                message,
                "write a comparison"
                if result is Result.BOOL
                else 'write a time, such as copy.delivered_at + duration("48h")',
            )
        )
    if faults:
        raise ConditionError(faults)
    return Condition(source, frozenset(node.fact for node in tree.walk() if node.fact), program)


def is_true(condition: Condition, known: Situation) -> Truth:
    """The value of a condition; UNKNOWN only when a missing fact decides.

    Raises:
        Broken: any other failure, which checked facts and conditions cannot cause.
    """
    value = condition.program.eval(known.activation).value()
    if value is True:
        return Truth.TRUE
    if value is False:
        return Truth.FALSE
    _only_missing(condition, value)
    return Truth.UNKNOWN


def moment(expression: Condition, known: Situation) -> datetime | None:
    """The time that an expression gives, aware UTC; None when a missing fact hides it.

    Raises:
        Broken: any other failure.
    """
    value = expression.program.eval(known.activation).value()
    if isinstance(value, datetime):
        return value
    _only_missing(expression, value)
    return None


def _only_missing(condition: Condition, value: object) -> None:
    match = _MISSING.fullmatch(value) if isinstance(value, str) else None
    if match is None or match[1] not in VOCABULARY:
        raise Broken(
            "a condition failed on checked facts; stop, keep the facts, and report "
            f"the condition {shown(condition.source)!r}"
        )


@cache
def _environment() -> Any:
    return cel.NewEnv(
        config=cel.NewEnvConfigFromYaml(_LANGUAGE),
        variables={fact.name: _TYPES[fact.type] for fact in VOCABULARY.values()},
    )


def _compiled(source: str) -> Any:
    try:
        return _environment().compile(source)
    except (RuntimeError, TypeError) as err:  # TypeError: a lone surrogate
        faults = [_fault(source, *match) for match in _ERROR.findall(str(err))]
        deep = Fault(0, "this is nested too deeply to check", "split it into named parts")
        raise ConditionError(faults or [deep]) from err


def _fault(source: str, line: str, column: str, message: str) -> Fault:
    before = source.split("\n")[: int(line) - 1]
    offset = min(sum(len(text) + 1 for text in before) + int(column) - 1, len(source))
    message = message.removesuffix(" [INVALID_ARGUMENT]")
    if match := _UNDECLARED.match(message):
        name = match[1]
        if source[offset : offset + 1] == "(":
            return Fault(offset - len(name), f"'{name}' is not a function here", _LANGUAGE_HINT)
        if name.startswith("_"):
            return Fault(offset, f"'{name}' is not part of the language", _LANGUAGE_HINT)
        start = offset - max(name.rfind("."), 0)
        return Fault(start, f"unknown fact '{name}'", did_you_mean(name, VOCABULARY))
    if match := _OVERLOAD.match(message):
        types = match[2].replace("google.protobuf.", "").lower()
        text = f"'{match[1]}' does not take {types}"
        return Fault(offset, text, "compare values of one type; sums are for times only")
    return Fault(offset, shown(message.partition(" expecting ")[0][:200]), _LANGUAGE_HINT)


def _tree_faults(tree: Tree) -> Iterator[Fault]:
    for node in tree.walk():
        if node.function == UNKNOWN_NODE:
            yield Fault(node.offset, "this form is not part of the language", _LANGUAGE_HINT)
        if node.function in _LITERAL_ONLY:
            yield from _literal_faults(node)
        if node.function in _COMPARISONS:
            left, right = node.args
            yield from _enum_faults(left, right)
            yield from _enum_faults(right, left)


def _literal_faults(node: Tree) -> Iterator[Fault]:
    """A duration or timestamp must be a readable literal, or it would fail when asked."""
    text = node.args[0].text
    if text is None:
        yield Fault(node.args[0].offset, f"{node.function}() takes a literal only", _LANGUAGE_HINT)
        return
    quoted = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    value = _compiled(f'{node.function}("{quoted}")').eval(data={}).value()
    fits = (isinstance(value, timedelta) and abs(value) <= MAX_DURATION) or (
        isinstance(value, datetime) and EARLIEST <= value < LATEST
    )
    if not fits:
        wanted = '"48h" or "30m", at most ten years'
        if node.function == "timestamp":
            wanted = '"2026-01-01T00:00:00Z", from 1970 to 2999'
        yield Fault(
            node.args[0].offset, f"{node.function}() cannot read this", f"write it like {wanted}"
        )


def _enum_faults(side: Tree, other: Tree) -> Iterator[Fault]:
    """A fact with a closed list may only meet literals, and only those of its list."""
    values = VOCABULARY[side.fact].values if side.fact else ()
    if not values:
        return
    for literal in other.args if other.function == "[]" else (other,):
        if literal.text is None:
            hint = f"write one of: {', '.join(values)}"
            yield Fault(literal.offset, f"{side.fact} is compared with no literal", hint)
        elif literal.text not in values:
            message = f"{side.fact} never has the value '{shown(literal.text)}'"
            yield Fault(literal.offset, message, did_you_mean(literal.text, values))
