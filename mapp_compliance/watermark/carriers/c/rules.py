"""What may vary in C, which names and operands are safe, and the two spellings of a zero test.

- zero: ``!x`` or ``x == 0`` (second form); in a condition also ``x`` or ``x != 0``. The standard
  says that both are the same for every scalar.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import ClassVar

from mapp_compliance.watermark.carriers.c.facts import Facts
from mapp_compliance.watermark.carriers.c.words import CWords
from mapp_compliance.watermark.natural.cstyle import Condition, CStyle
from mapp_compliance.watermark.natural.forms import Alt, Form, Pieces, Span
from mapp_compliance.watermark.natural.syntax import Code, Node

ZEROS = frozenset({b"0", b"NULL"})
MIRROR = {"==": "==", "!=": "!=", "<": ">", ">": "<", "<=": ">=", ">=": "<="}
OPPOSITE = {"==": "!=", "!=": "=="}
TIGHT = frozenset(
    {"identifier", "call_expression", "field_expression", "subscript_expression"}
    | {"parenthesized_expression"}
)
_OPERANDS = TIGHT | {"pointer_expression", "unary_expression", "number_literal", "char_literal"}
_OPERANDS |= {"cast_expression", "sizeof_expression", "null", "true", "false", "string_literal"}
_PURE = frozenset(
    {"identifier", "field_expression", "subscript_expression", "parenthesized_expression"}
    | {"binary_expression", "number_literal", "char_literal", "field_identifier", "cast_expression"}
    | {"type_descriptor", "primitive_type", "type_identifier", "sized_type_specifier"}
    | {"sizeof_expression", "abstract_pointer_declarator", "struct_specifier"}
)
_ARITHMETIC = frozenset({"+", "-", "*", "/", "%", "<<", ">>"})
_HANDS_OFF = frozenset(
    {"attribute_specifier", "attribute_declaration", "gnu_asm_expression", "ms_declspec_modifier"}
    | {"preproc_def", "preproc_function_def", "preproc_call", "preproc_include"}
    | {"static_assert_declaration", "linkage_specification", "ERROR"}
)
_PREPROCESSOR = frozenset({"preproc_if", "preproc_elif", "preproc_ifdef", "preproc_elifdef"})
_TRUTHS = frozenset({"if_statement", "while_statement", "do_statement", "for_statement"})


@dataclass(slots=True)
class CRules(CWords):
    """The rules over one C file."""

    facts: Facts = field(default_factory=lambda: Facts(frozenset(), frozenset(), frozenset()))
    tight: ClassVar[frozenset[str]] = TIGHT
    mirror: ClassVar[Mapping[str, str]] = MappingProxyType(MIRROR)
    opposite: ClassVar[Mapping[str, str]] = MappingProxyType(OPPOSITE)

    def forms(self, node: Node) -> Iterator[Form]:
        """Every form that begins at a node."""
        yield from self.branch_forms(node)
        yield from self.ternary_forms(node)
        yield from self.truth_forms(node)
        yield from self.comparison_forms(node)
        yield from self.step_forms(node)
        yield from self.loop_forms(node)
        yield from self.text_forms(node)
        yield from self.number_forms(node)
        yield from self.size_forms(node)
        yield from self.const_forms(node)

    def scope(self, node: Node) -> str:
        """The name of the function around a node, empty outside of one."""
        around = node.above(frozenset({"function_definition"}))
        if around is None:
            return ""
        if around not in self._scopes:
            self._scopes[around] = function_name(self.code, around).decode("utf-8", "replace")
        return self._scopes[around]

    def may_vary(self, node: Node) -> bool:
        """False in what a macro may paste or print, in directives and where the tree has faults."""
        own: Node | None = node
        while own is not None and own.parent is not None:
            above = own.parent
            if above.type in _HANDS_OFF or (above.type in _PREPROCESSOR and own.field):
                return False
            if above.type == "call_expression" and own.field == "arguments":
                callee = above.child("function")
                if callee is None or not self._is_function(callee):
                    return False
            own = above
        call = node.inner()[0] if node.type == "expression_statement" and node.inner() else None
        if call is not None and call.type in {"call_expression", "identifier"}:
            name = call.child("function") or call
            return not (name.type == "identifier" and self.facts.is_macro(self.code.text(name)))
        return True

    def _is_function(self, callee: Node) -> bool:
        if callee.type == "identifier":
            return self.facts.is_function(self.code.text(callee))
        return callee.type in {"field_expression", "parenthesized_expression"}

    def is_literal(self, node: Node) -> bool:
        """Numbers, signs and texts; also constants, which have names in capital letters."""
        if node.type == "identifier":
            return self.facts.is_constant(self.code.text(node))
        if node.type == "unary_expression":
            return node.children[0].type == "-" and node.children[1].type == "number_literal"
        return node.type in {"number_literal", "char_literal", "null", "true", "false"}

    def is_tight(self, node: Node) -> bool:
        """Operands that keep together on either side of a comparison, whatever a macro means."""
        if node.type == "binary_expression":
            kids = node.children
            return (
                len(kids) == 3
                and kids[1].type in _ARITHMETIC
                and all(self.is_tight(each) for each in (kids[0], kids[2]))
            )
        if node.type not in _OPERANDS:
            return False
        name = node.child("function") if node.type == "call_expression" else node
        if name is not None and name.type == "identifier":
            is_constant = name is node and self.is_literal(node)
            return is_constant or not self.facts.is_macro(self.code.text(name))
        return b"\n" not in self.code.text(node)

    def step_forms(self, node: Node) -> Iterator[Form]:
        """Of no macro, whose first sign an operator would meet."""
        names = (self.code.text(each) for each in node.walk() if each.type == "identifier")
        if not any(self.facts.is_macro(name) for name in names):
            yield from CStyle.step_forms(self, node)

    def may_flip(self, left: Node, operator: str, right: Node) -> bool:
        """True when neither operand has an effect."""
        return operator in self.mirror and all(self._is_pure(each) for each in (left, right))

    def _is_pure(self, node: Node) -> bool:
        named = (each for each in node.walk() if each.named)
        return all(each.type in _PURE for each in named) and not any(
            self.facts.is_macro(self.code.text(each))
            for each in node.walk()
            if each.type == "identifier"
        )

    def condition(self, node: Node) -> Condition:
        """As a truth; ``x == 0`` is the negation of ``x``, in its two spellings."""
        told = self._zero(node)
        if told is not None:
            return told
        if node.type in TIGHT and not self.is_tight(node):
            return Condition((node.span,), (b"!(", node.span, b")"), 0)
        return CStyle.condition(self, node)

    def _zero(self, node: Node) -> Condition | None:
        """A condition that compares with zero, written out or not."""
        found = self._compared(node)
        if found is None:
            return None
        what, equal, explicit, zero = found
        gap = b" " if zero is None else self.code.between(node.children[0], node.children[1])
        none = b"0" if zero is None else self.code.text(zero)
        spelled: list[Pieces] = [(what.span, gap, sign, gap, none) for sign in (b"!=", b"==")]
        if explicit:
            spelled[equal] = self.ordered(node)
            other = self.opposite[node.children[1].type]
            spelled[1 - equal] = self.ordered(node, other)
        is_not = node.type == "unary_expression"
        sign: Pieces = (Span(node.start, what.start),) if is_not else (b"!",)
        short: list[Pieces] = [(what.span,), (*sign, what.span)]
        mark = self.mark("zero", self.code.text(what), int(explicit), node)
        forms = [(Alt(mark, short[each], spelled[each]),) for each in (0, 1)]
        return Condition(forms[equal], forms[1 - equal], int(equal))

    def _compared(self, node: Node) -> tuple[Node, bool, bool, Node | None] | None:
        """(operand, whether zero makes it true, whether that is written out, the zero written)."""
        if node.type == "binary_expression" and self.is_plain_comparison(node):
            left, sign, right = node.children
            if sign.type not in OPPOSITE:
                return None
            for one, other in ((left, right), (right, left)):
                if self.code.text(one) in ZEROS and self._is_short(other):
                    return other, sign.type == "==", True, one
            return None
        inner = node.child("argument") if node.type == "unary_expression" else None
        if inner is not None and node.children[0].type == "!" and len(node.children) == 2:
            return (inner, True, False, None) if self._is_short(inner) else None
        return (node, False, False, None) if self._is_short(node) else None

    def _is_short(self, node: Node) -> bool:
        """True for what a ``!`` and a comparison may both stand beside."""
        return (
            node.type in TIGHT
            and node.type != "parenthesized_expression"
            and self.is_tight(node)
            and not self.is_literal(node)
            and b"\n" not in self.code.text(node)
        )

    def truth_forms(self, node: Node) -> Iterator[Form]:
        """``!x`` as a value, and ``x`` or ``!x`` as a condition."""
        is_not = node.type == "unary_expression" and node.children[0].type == "!"
        if not (is_not or node.type in TIGHT or node.type == "binary_expression"):
            return
        if not (self._is_condition(node) and self.may_vary(node)) or not self._is_open(node):
            return
        told = self._zero(node)
        if told is not None:
            yield Form(node.start, node.end, told.plain)

    def _is_condition(self, node: Node) -> bool:
        """True where only the truth of a node counts, and a comparison needs no brackets."""
        above = node.parent
        if above is None:
            return False
        if above.type == "binary_expression":
            return above.children[1].type in {"&&", "||"}
        if above.type == "parenthesized_expression":
            outer = above.parent
            return outer is not None and outer.type in _TRUTHS and above.field == "condition"
        return above.type in {"for_statement", "conditional_expression"} and (
            node.field == "condition"
        )


def function_name(code: Code, function: Node) -> bytes:
    """The name that a definition or declaration declares."""
    found = function.child("declarator")
    while found is not None and found.type != "identifier":
        found = found.child("declarator") or next(
            (each for each in found.children if each.type.endswith("declarator")), None
        )
    return b"" if found is None else code.text(found)
