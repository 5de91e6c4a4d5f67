"""The forms of JavaScript and TypeScript beside those of ``natural.cstyle``.

- yoda, compare: a literal has no effects and ``==``, ``===`` and the orders treat both sides alike,
  so a literal may stand on either side of any operand; of two names, or a name and a length,
  both are asked for plain values, whose order shows only where ``valueOf`` has effects.
- typeof: ``typeof x == "a"`` or ``===`` (second form): both sides are texts.
- quotes: double quotes (second form), never of directives and attributes; base: hexadecimal.
- binding: ``const`` or ``let`` (second form) of names that nothing assigns, see ``bindings``.
- shorthand: ``{a}`` or ``{a: a}`` (second form), in files that have arrow functions already.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

from mapp_compliance.watermark.carriers.javascript.bindings import KINDS, Bindings
from mapp_compliance.watermark.natural.cstyle import CStyle
from mapp_compliance.watermark.natural.forms import Alt, Form, Pieces
from mapp_compliance.watermark.natural.literals import in_bases
from mapp_compliance.watermark.natural.syntax import Node

END_OF_NUMBERS = 2**53  # beyond, not every whole number has a value of its own
MIRROR = {
    **{sign: sign for sign in ("==", "!=", "===", "!==")},
    "<": ">",
    ">": "<",
    "<=": ">=",
    ">=": "<=",
}
OPPOSITE = {"==": "!=", "!=": "==", "===": "!==", "!==": "==="}
_LOOSE = {"==": "==", "===": "==", "!=": "!=", "!==": "!="}
TIGHT = frozenset(
    {"identifier", "member_expression", "subscript_expression", "call_expression", "this"}
    | {"parenthesized_expression", "true", "false"}
)
LITERALS = frozenset({"number", "string", "null", "true", "false", "undefined"})
_ARITHMETIC = frozenset({"+", "-", "*", "/", "%"})
_HANDS_OFF = frozenset({"template_substitution", "decorator", "ERROR"})
_NAMED = frozenset(
    {"function_declaration", "generator_function_declaration", "class_declaration"}
    | {"method_definition", "function_expression", "abstract_class_declaration"}
)
_SIZE = re.compile(rb"(?:this\.)?[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)*\.length\Z")


@dataclass(slots=True)
class JavaScriptRules(CStyle):
    """The rules over one file."""

    has_arrows: bool = False
    bindings: Bindings | None = None  # None: they do not vary
    ternary: ClassVar[str] = "ternary_expression"
    block: ClassVar[str] = "statement_block"
    sequence: ClassVar[str] = "sequence_expression"
    step_field: ClassVar[str] = "increment"
    forever: ClassVar[bytes] = b"true"
    tight: ClassVar[frozenset[str]] = TIGHT
    mirror: ClassVar[Mapping[str, str]] = MappingProxyType(MIRROR)
    opposite: ClassVar[Mapping[str, str]] = MappingProxyType(OPPOSITE)

    def forms(self, node: Node) -> Iterator[Form]:
        """Every form that begins at a node."""
        yield from self.branch_forms(node)
        yield from self.ternary_forms(node)
        yield from self.comparison_forms(node)
        yield from self.step_forms(node)
        yield from self.loop_forms(node)
        yield from self.text_forms(node)
        yield from self.number_forms(node)
        yield from self.shorthand_forms(node)
        yield from self.binding_forms(node)

    def scope(self, node: Node) -> str:
        """The dotted names of the definitions around a node, empty at the top of the file."""
        around = node.above(_NAMED)
        if around is None:
            return ""
        if around not in self._scopes:
            name = around.child("name")
            own = self.code.text(name).decode("utf-8", "replace") if name else ""
            self._scopes[around] = ".".join(filter(None, (self.scope(around), own)))
        return self._scopes[around]

    def may_vary(self, node: Node) -> bool:
        """False inside templates, and for what a line that lacks its semicolon could join."""
        above = node.parent.type if node.parent is not None else ""
        if (node.type, above) == ("binary_expression", "expression_statement"):
            return False
        return node.above(_HANDS_OFF) is None

    def is_literal(self, node: Node) -> bool:
        """Numbers, texts and constants."""
        if node.type == "unary_expression":
            return node.children[0].type == "-" and node.children[1].type == "number"
        return node.type in LITERALS

    def is_tight(self, node: Node) -> bool:
        """Operands that bind tighter than a comparison."""
        if node.type == "binary_expression":
            kids = node.children
            return (
                len(kids) == 3
                and kids[1].type in _ARITHMETIC
                and all(self.is_tight(each) for each in (kids[0], kids[2]))
            )
        if node.type == "unary_expression":
            return self.is_literal(node) or node.children[0].type == "typeof"
        return (node.type in TIGHT or self.is_literal(node)) and (b"\n" not in self.code.text(node))

    def may_flip(self, left: Node, operator: str, right: Node) -> bool:
        """True for names and lengths, which have no effects when they are asked."""
        return operator in self.mirror and all(
            side.type == "identifier" or _SIZE.match(self.code.text(side)) for side in (left, right)
        )

    def spelled(self, node: Node, operator: str) -> Pieces:
        """``==`` and ``===`` are the same where a type is compared with a text."""
        kinds = {node.children[0].type, node.children[2].type}
        texts = [self.code.text(each)[:6] for each in node.children]
        if b"typeof" not in texts or kinds != {"unary_expression", "string"}:
            return (operator.encode(),)
        loose = _LOOSE[operator].encode()
        own = node.children[1].type
        mark = self.mark("typeof", self.code.text(node.children[0]), int(len(own) == 3), node)
        return (Alt(mark, (loose,), (loose + b"=",)),)

    def text_forms(self, node: Node) -> Iterator[Form]:
        """Quotes of a plain text."""
        above = node.parent
        if node.type != "string" or not node.named or above is None or not self.may_vary(node):
            return
        if above.type in {"expression_statement", "jsx_attribute"}:
            return
        text = self.code.text(node)
        content = text[1:-1]
        if set(content) & set(b"'\"\\\r\n") or not _apart(self.code.data, node):
            return
        mark = self.mark("quotes", content, int(text[:1] == b'"'), node)
        forms = ((b"'" + content + b"'",), (b'"' + content + b'"',))
        yield Form(node.start, node.end, (Alt(mark, *forms),))

    def number_forms(self, node: Node) -> Iterator[Form]:
        """A whole number in decimal or hexadecimal."""
        above = node.parent
        if node.type != "number" or above is None or not self.may_vary(node):
            return
        if above.type == "member_expression" or (above.type == "pair" and node.field == "key"):
            return
        found = in_bases(self.code.text(node), END_OF_NUMBERS)
        if found is None or not self.code.stands_free(node):
            return
        value, original, forms = found
        mark = self.mark("base", b"%d" % value, original, node)
        yield Form(node.start, node.end, (Alt(mark, (forms[0],), (forms[1],)),))

    def binding_forms(self, node: Node) -> Iterator[Form]:
        """``const`` or ``let``."""
        if self.bindings is None or node.type not in KINDS or not self.may_vary(node):
            return
        names = self.bindings.declared(self.code, node)
        if names:
            mark = self.mark("binding", b" ".join(names), KINDS.index(node.type), node)
            yield Form(node.start, node.end, (Alt(mark, (b"const",), (b"let",)),))

    def shorthand_forms(self, node: Node) -> Iterator[Form]:
        """``{a}`` or ``{a: a}`` of an object."""
        if not self.has_arrows or node.parent is None or node.parent.type != "object":
            return
        if node.type == "shorthand_property_identifier":
            name, original = self.code.text(node), 0
        elif node.type == "pair" and len(node.children) == 3:
            key, value = node.children[0], node.children[2]
            name, original = self.code.text(key), 1
            same = (key.type, value.type) == ("property_identifier", "identifier")
            if not same or self.code.text(node) != name + b": " + name:
                return
        else:
            return
        if not self.may_vary(node) or name in {b"__proto__", b"async", b"get", b"set"}:
            return
        mark = self.mark("shorthand", name, original, node)
        forms = ((name,), (name + b": " + name,))
        yield Form(node.start, node.end, (Alt(mark, *forms),))


def _apart(data: bytes, node: Node) -> bool:
    """True when a text touches no other text or word."""
    around = data[max(node.start - 1, 0) : node.start] + data[node.end : node.end + 1]
    return not re.search(rb"[\w$'\"`]", around)
