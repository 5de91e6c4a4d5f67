"""Forms that languages with the syntax of C share: comparisons, branches, steps, endless loops.

- yoda: a literal stands on the left (second form); it has no effects, so both orders do the same.
- compare: ``a < b`` or ``b > a`` (second form), where the language says that both operands may be
  asked in either order; of ``==`` the text that sorts last stands first in the second form.
- branch: ``if (c) A else B`` or ``if (!c) B else A``, and the same of ``c ? a : b``.
- step: ``i++`` or ``++i`` (second form) where nobody uses the value.
- loop: ``for (;;)`` or ``while (1)`` (second form).

A language says which nodes may vary at all, which are literals, and what a condition is.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import ClassVar

from mapp_compliance.watermark.natural.forms import Alt, Form, Mark, Pieces
from mapp_compliance.watermark.natural.syntax import Code, Node

_BEFORE = frozenset(b" \t\r\n(,[?:;{}!&|=")  # what a comparison may follow
_STEPS = (b"++", b"--")
_IF, _FOR, _WHILE = "if_statement", "for_statement", "while_statement"
_SIMPLE = frozenset(
    {
        *("expression_statement", "return_statement", "break_statement", "continue_statement"),
        *("goto_statement", "throw_statement"),
    }
)
_LOOSE = frozenset(
    {
        *("comma_expression", "sequence_expression", "assignment_expression"),
        *("augmented_assignment_expression", "conditional_expression", "ternary_expression"),
        *("arrow_function", "yield_expression", "compound_literal_expression"),
    }
)
_DIRECTIVE = re.compile(rb"(?m)^[ \t]*#|\\\r?$")
_TOOLS = re.compile(
    rb"@ts-|eslint|istanbul|c8 ignore|prettier-ignore|NOLINT|LCOV_EXCL|clang-format|fall"
    rb"[- ]?th|lint ",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition as pieces: as a truth, as its negation, and which of the two is written."""

    plain: Pieces
    toggled: Pieces
    original: int


@dataclass(slots=True)
class CStyle(ABC):
    """The rules over one file; a language overrides what it knows better."""

    code: Code
    ternary: ClassVar[str] = "conditional_expression"
    block: ClassVar[str] = "compound_statement"
    sequence: ClassVar[str] = "comma_expression"
    step_field: ClassVar[str] = "update"
    forever: ClassVar[bytes] = b"1"
    tight: ClassVar[frozenset[str]] = (
        frozenset()
    )  # what a ``!`` may stand before without parentheses
    mirror: ClassVar[Mapping[str, str]] = MappingProxyType({})
    opposite: ClassVar[Mapping[str, str]] = MappingProxyType({})
    _scopes: dict[Node, str] = field(default_factory=dict)

    def may_vary(self, node: Node) -> bool:
        """True when the place can be written in another way at all."""
        return node is not None

    @abstractmethod
    def is_literal(self, node: Node) -> bool:
        """True for a literal, which has neither effects nor a say in the order."""

    @abstractmethod
    def may_flip(self, left: Node, operator: str, right: Node) -> bool:
        """True when two operands that are no literals may be asked in either order."""

    @abstractmethod
    def is_tight(self, node: Node) -> bool:
        """True when an operand binds tighter than a comparison."""

    def spelled(self, node: Node, operator: str) -> Pieces:
        """An operator of that comparison, in all the ways it can be written."""
        return (operator.encode(),) if node.children else ()

    @abstractmethod
    def scope(self, node: Node) -> str:
        """The name of the definition around a node."""

    def mark(self, family: str, label: bytes, original: int, node: Node) -> Mark:
        """The site of a node."""
        return Mark(family, label, original, self.scope(node), node.start)

    def comparison_forms(self, node: Node) -> Iterator[Form]:
        """Order of operands of one comparison."""
        if node.type != "binary_expression" or not self.may_vary(node):
            return
        pieces = self.ordered(node)
        if any(isinstance(piece, Alt) for piece in pieces):
            yield Form(node.start, node.end, pieces)

    def branch_forms(self, node: Node) -> Iterator[Form]:
        """An if statement with an ``else`` that holds no further ``if`` of its own."""
        if node.type != _IF or not self.may_vary(node):
            return
        test, yes, other = (
            node.child(name) for name in ("condition", "consequence", "alternative")
        )
        if test is None or yes is None or other is None or other.type != "else_clause":
            return
        bodies = other.inner()
        inside = test.inner()
        if len(bodies) != 1 or len(inside) != 1 or test.type != "parenthesized_expression":
            return
        no = bodies[0]
        data = self.code.data
        around = data[node.start : yes.start] + data[yes.end : no.start]
        if not (self._is_body(yes) and self._is_body(no)) or no.end != node.end:
            return
        if _DIRECTIVE.search(self.code.text(node)) or _TOOLS.search(around):
            return
        if yes.type != self.block and not data[no.start - 1 : no.start].isspace():
            return  # "else{" takes no plain statement
        told = self.condition(inside[0])
        head = data[node.start : inside[0].start]
        mid = data[inside[0].end : yes.start]
        seam = data[yes.end : no.start]
        mark = self.mark("branch", self.code.text(inside[0]), told.original, node)
        one = (head, *told.plain, mid, yes.span, seam, no.span)
        two = (head, *self._bare(inside[0], told.toggled), mid, no.span, seam, yes.span)
        yield Form(node.start, node.end, (alt(mark, one, two),))

    def ternary_forms(self, node: Node) -> Iterator[Form]:
        """``c ? a : b`` or ``!c ? b : a``."""
        if node.type != self.ternary or not self.may_vary(node):
            return
        parts = [node.child(name) for name in ("condition", "consequence", "alternative")]
        test, yes, no = parts
        if test is None or yes is None or no is None or len(node.inner()) != 3:
            return
        if {test.type, yes.type, no.type} & _LOOSE or not self._is_open(node):
            return
        data = self.code.data
        gaps = data[test.end : yes.start], data[yes.end : no.start]
        if _DIRECTIVE.search(self.code.text(node)) or {gap.strip() for gap in gaps} != {b"?", b":"}:
            return
        told = self.condition(test)
        mark = self.mark("branch", self.code.text(test), told.original, node)
        one = (*told.plain, gaps[0], yes.span, gaps[1], no.span)
        two = (*told.toggled, gaps[0], no.span, gaps[1], yes.span)
        yield Form(node.start, node.end, (alt(mark, one, two),))

    def step_forms(self, node: Node) -> Iterator[Form]:
        """``i++`` or ``++i`` where the value is not used."""
        if node.type != "update_expression" or not self.may_vary(node) or not self._is_idle(node):
            return
        argument = node.child("argument")
        text = self.code.text(node)
        if argument is None or len(node.children) != 2:
            return
        own = self.code.text(argument)
        sign = text[:2] if text[:2] in _STEPS else text[-2:]
        if sign not in _STEPS or text not in {sign + own, own + sign}:
            return
        if not re.fullmatch(rb"[A-Za-z_$][\w$]*(?:(?:->|\.)[A-Za-z_$][\w$]*)*", own):
            return
        mark = self.mark("step", own, int(text.startswith(sign)), node)
        yield Form(node.start, node.end, (Alt(mark, (own + sign,), (sign + own,)),))

    def loop_forms(self, node: Node) -> Iterator[Form]:
        """``for (;;)`` or ``while (1)``."""
        if node.type not in {_FOR, _WHILE} or not self.may_vary(node):
            return
        body = node.child("body")
        if body is None:
            return
        head = self.code.data[node.start : body.start]
        bare = b"".join(head.split())
        gap = head[len(head.rstrip()) :]
        forms = (b"for (;;)", b"while (" + self.forever + b")")
        whiles = {b"while(" + self.forever + b")", b"while(1)"}
        if bare != b"for(;;)" and bare not in whiles:
            return
        original = int(bare != b"for(;;)")
        written = [form + gap for form in forms]
        written[original] = head
        mark = self.mark("loop", b"", original, node)
        yield Form(node.start, body.start, (Alt(mark, (written[0],), (written[1],)),))

    def condition(self, node: Node) -> Condition:
        """A condition and its negation."""
        if node.type == "binary_expression" and self.is_plain_comparison(node):
            own = node.children[1].type
            if own in self.opposite:
                plain, toggled = self.ordered(node), self.ordered(node, self.opposite[own])
                return Condition(plain, toggled, int(own.startswith("!")))
        inner = node.child("argument") if node.type == "unary_expression" else None
        if inner is not None and node.children[0].type == "!" and len(node.children) == 2:
            return Condition((node.span,), (inner.span,), 1)
        if node.type in self.tight:
            return Condition((node.span,), (b"!", node.span), 0)
        return Condition((node.span,), (b"!(", node.span, b")"), 0)

    def _bare(self, test: Node, toggled: Pieces) -> Pieces:
        """The negation of ``!(c)`` within brackets is ``c``."""
        inner = test.child("argument") if test.type == "unary_expression" else None
        if inner is None or toggled != (inner.span,) or inner.type != "parenthesized_expression":
            return toggled
        parts = inner.inner()
        return (parts[0].span,) if len(parts) == 1 else toggled

    def is_plain_comparison(self, node: Node) -> bool:
        """True for a comparison on one line, of operands that bind tighter, without comments."""
        if len(node.children) != 3:
            return False
        left, sign, right = node.children
        gaps = self.code.between(left, sign), self.code.between(sign, right)
        return (
            sign.type in self.mirror
            and not any(gap.strip(b" ") for gap in gaps)
            and self.is_tight(left)
            and self.is_tight(right)
        )

    def ordered(self, node: Node, operator: str = "") -> Pieces:
        """A comparison with that operator, in both orders where these mean the same."""
        if not self.is_plain_comparison(node):
            return (node.span,)
        left, sign, right = node.children
        own = operator or sign.type
        gaps = self.code.between(left, sign), self.code.between(sign, right)
        plain = (left.span, gaps[0], *self.spelled(node, own), gaps[1], right.span)
        mark = self._order_mark(node) if self._is_open(node) else None
        if mark is None:
            return plain
        other = self.spelled(node, self.mirror[own])
        turned = (right.span, gaps[0], *other, gaps[1], left.span)
        return (alt(mark, plain, turned),)

    def _order_mark(self, node: Node) -> Mark | None:
        left, sign, right = node.children
        texts = self.code.text(left), self.code.text(right)
        label = b" ".join(sorted(texts))
        sides = self.is_literal(left), self.is_literal(right)
        if any(sides):
            return None if all(sides) else self.mark("yoda", label, int(sides[0]), node)
        if texts[0] == texts[1] or not self.may_flip(left, sign.type, right):
            return None
        later = sign.type in {">", ">="}
        if self.mirror[sign.type] == sign.type:
            later = texts[0] > texts[1]
        return self.mark("compare", label, int(later), node)

    def _is_open(self, node: Node) -> bool:
        """True when what stands around a node leaves its first and last sign alone."""
        data = self.code.data
        return (
            self.code.stands_free(node)
            and (not node.start or data[node.start - 1] in _BEFORE)
            and b"\\" not in self.code.text(node)
        )

    def _is_body(self, node: Node) -> bool:
        """True for a block, or a plain statement that ends in a semicolon."""
        if node.type == self.block:
            return True
        return node.type in _SIMPLE and self.code.text(node).endswith(b";") and self.may_vary(node)

    def _is_idle(self, node: Node) -> bool:
        """True when nobody uses the value of an expression."""
        above, own = node.parent, node
        while above is not None and above.type == self.sequence:
            own, above = above, above.parent
        if above is None:
            return False
        if above.type == "expression_statement":
            return self.code.text(above).endswith(b";")
        return above.type == _FOR and own.field == self.step_field


def alt(mark: Mark, one: Pieces, two: Pieces) -> Alt:
    """``one`` is how the author wrote it."""
    return Alt(mark, two, one) if mark.original else Alt(mark, one, two)
