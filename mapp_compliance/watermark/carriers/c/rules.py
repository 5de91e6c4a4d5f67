"""The forms of C beside those of ``natural.cstyle``: zero, texts, numbers, specifiers.

- zero: ``!x`` or ``x == 0`` (second form); in a condition also ``x`` or ``x != 0``. The standard
  says that both are the same for every scalar.
- split: a text in two pieces within a word (second form); base: hexadecimal (second form), of
  values whose type is int either way.
- int: ``unsigned`` or ``unsigned int`` (second form), and so for short and long.
- const: ``const char`` or ``char const`` (second form).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import ClassVar

from mapp_compliance.watermark.carriers.c.facts import Facts
from mapp_compliance.watermark.natural.cstyle import Condition, CStyle, alt
from mapp_compliance.watermark.natural.forms import Alt, Form, Pieces, Span
from mapp_compliance.watermark.natural.syntax import Code, Node

LEAST_NUMBER, GREATEST_NUMBER = 10, 2**31  # below, a literal is an int in both bases
LEAST_SPLIT_BYTES, MOST_SPLIT_BYTES = 8, 48  # longer ones are broken by formatters as well
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
_SIZES = frozenset({b"unsigned", b"short", b"long"})
_BASIC = re.compile(rb"(?:char|int|void|float|double|\w+_t|struct \w+)\Z")
_TEXT_HOLDERS = frozenset(
    {"argument_list", "init_declarator", "return_statement", "assignment_expression"}
)
_WORD_SEAM = re.compile(rb"(?<=[A-Za-z])(?=[A-Za-z])")


@dataclass(slots=True)
class CRules(CStyle):
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
            text = self.code.text(name)
            return self.is_literal(name) or not self.facts.is_macro(text)
        return b"\n" not in self.code.text(node)

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

    def text_forms(self, node: Node) -> Iterator[Form]:
        """A text whole or in two pieces."""
        if node.type != "string_literal" or node.parent is None:
            return
        if node.parent.type not in _TEXT_HOLDERS or not self.may_vary(node):
            return
        text = self.code.text(node)
        content = text[1:-1]
        if text[:1] != b'"' or not LEAST_SPLIT_BYTES <= len(content) <= MOST_SPLIT_BYTES:
            return
        middle = _seam(content)
        if not middle or not self.code.stands_free(node):
            return
        mark = self.mark("split", content, 0, node)
        two = b'"%b" "%b"' % (content[:middle], content[middle:])
        yield Form(node.start, node.end, (Alt(mark, (text,), (two,)),))

    def number_forms(self, node: Node) -> Iterator[Form]:
        """A whole number in decimal or hexadecimal."""
        if node.type != "number_literal" or not self.may_vary(node):
            return
        text = self.code.text(node)
        is_hex = text[:2].lower() == b"0x"
        if not (re.fullmatch(rb"0[xX][0-9a-fA-F]+", text) if is_hex else text.isdigit()):
            return
        if (text[:1] == b"0" and not is_hex) or not self.code.stands_free(node):
            return
        value = int(text, 16 if is_hex else 10)
        if not LEAST_NUMBER <= value < GREATEST_NUMBER:
            return
        mark = self.mark("base", b"%d" % value, int(is_hex), node)
        forms = (b"%d" % value, text) if is_hex else (text, b"0x%x" % value)
        yield Form(node.start, node.end, (Alt(mark, (forms[0],), (forms[1],)),))

    def size_forms(self, node: Node) -> Iterator[Form]:
        """``unsigned`` or ``unsigned int``."""
        if node.type != "sized_type_specifier" or not self.may_vary(node):
            return
        words = self.code.text(node).split(b" ")
        sizes = words[:-1] if words[-1] == b"int" else words
        if not sizes or not set(sizes) <= _SIZES or not self.code.stands_free(node):
            return
        short = b" ".join(sizes)
        mark = self.mark("int", short, int(words[-1] == b"int"), node)
        yield Form(node.start, node.end, (Alt(mark, (short,), (short + b" int",)),))

    def const_forms(self, node: Node) -> Iterator[Form]:
        """``const char`` or ``char const``."""
        if node.type != "type_qualifier" or node.parent is None or not self.may_vary(node):
            return
        around = node.parent.children
        at = around.index(node)
        if self.code.text(node) != b"const":
            return
        for other, original in ((at + 1, 0), (at - 1, 1)):
            if not 0 <= other < len(around) or around[other].field != "type":
                continue
            kind = around[other]
            one, two = (node, kind) if not original else (kind, node)
            if self.code.between(one, two) != b" " or not _BASIC.match(self.code.text(kind)):
                continue
            mark = self.mark("const", self.code.text(kind), original, one)
            written: Pieces = (one.span, b" ", two.span)
            yield Form(one.start, two.end, (alt(mark, written, (two.span, b" ", one.span)),))
            return


def function_name(code: Code, function: Node) -> bytes:
    """The name that a definition or declaration declares."""
    found = function.child("declarator")
    while found is not None and found.type != "identifier":
        found = found.child("declarator") or next(
            (each for each in found.children if each.type.endswith("declarator")), None
        )
    return b"" if found is None else code.text(found)


def _seam(content: bytes) -> int:
    """Where a text is cut, near its middle and within a word; 0 where it is better left whole."""
    if b"??" in content:
        return 0
    half = len(content) // 2
    places = sorted(
        (found.start() for found in _WORD_SEAM.finditer(content)),
        key=lambda at: (abs(at - half), at),
    )
    for at in places:
        around = content[max(0, at - 6) : at + 2]
        if not set(around) & set(b"\\%") and 2 <= at <= len(content) - 2:
            return at
    return 0
