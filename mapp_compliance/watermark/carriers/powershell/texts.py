"""Forms of texts and variables of a PowerShell script.

- quotes: ``'a b'`` or ``"a b"`` (second form) of texts in which nothing is expanded or escaped.
- quoted: a plain word that an own command gets, without or with its quotes (second form).
- braces: ``"$x"`` or ``"${x}"`` (second form) where the next sign cannot be part of the name.
- item: ``$_`` or ``$PSItem`` (second form), which are one variable since PowerShell 3.
- constant: ``$true`` or ``$True`` (second form), and the same of ``$false`` and ``$null``.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mapp_compliance.watermark.carriers.powershell.names import CONSTANTS
from mapp_compliance.watermark.carriers.powershell.places import Places
from mapp_compliance.watermark.natural.forms import Alt, Form, Span
from mapp_compliance.watermark.natural.syntax import Node

PLAIN = re.compile(rb"(?:[\w.:/%+=*?~^<>|&\\-][^'\"`$\x80-\xff\r\n]*)?", re.ASCII)
BARE = re.compile(rb"[A-Za-z]\w*(?:\.\w+)*", re.ASCII)
NAMED = re.compile(rb"\$(?:\{([A-Za-z_][\w:]*)\}|((?:[A-Za-z]\w*:)?[A-Za-z_]\w*))", re.ASCII)
_AFTER = frozenset(b" \t\r\n)}|;")
_MORE_OF_NAME = re.compile(rb"[\w:?\x80-\xff]", re.ASCII)
_NO_TEXT = frozenset({"member_name", "switch_clause_condition"})
_ARGUED = re.compile(rb"(?:^|[\s(|{;=])[A-Za-z]*-[A-Za-z]+[ \t]+$")
_SET = frozenset({"left_assignment_expression", "script_parameter"})
_REDIRECTION = frozenset({"redirection"})


@dataclass(slots=True)
class PowerShellTexts(Places):
    """The rules over texts and variables; ``is_old``: it says that it runs on PowerShell 2."""

    is_old: bool = False

    def bare_forms(self, node: Node) -> Iterator[Form]:
        """A plain word that an own command gets, without quotes as yet."""
        text = self.code.text(node)
        if not self._is_argument(node, node) or not BARE.fullmatch(text):
            return
        if self.quoted.is_code(node.start):
            mark = self.mark("quoted", text, 0, node)
            yield Form(node.start, node.end, (Alt(mark, (node.span,), (b"'", node.span, b"'")),))

    def _is_argument(self, node: Node, outer: Node) -> bool:
        """True for a whole argument of an own command, behind its name or a parameter."""
        data = self.code.data
        if not _ARGUED.search(data[max(node.start - 80, 0) : node.start]):
            return False
        return (
            bool(self.command_of(outer))
            and data[node.start - 1 : node.start] in {b" ", b"\t"}
            and (node.end == len(data) or data[node.end] in _AFTER)
        )

    def text_forms(self, node: Node) -> Iterator[Form]:
        """Texts in either quotes, or in none."""
        place = node.start, node.end
        known = self.quoted.single if node.type[0] == "v" else self.quoted.double
        content = self.code.text(node)[1:-1]
        if place not in known or self._is_name(node) or not PLAIN.fullmatch(content):
            return
        outer = node
        while outer.parent is not None and (outer.parent.start, outer.parent.end) == place:
            outer = outer.parent
        if BARE.fullmatch(content) and self._is_argument(node, outer):
            inner = Span(node.start + 1, node.end - 1)
            sign = self.code.text(node)[:1]
            mark = self.mark("quoted", content, 1, node)
            yield Form(*place, (Alt(mark, (inner,), (sign, inner, sign)),))
            return
        mark = self.mark("quotes", content, int(node.type[0] == "e"), node)
        yield Form(*place, (Alt(mark, (b"'" + content + b"'",), (b'"' + content + b'"',)),))

    def _is_name(self, node: Node) -> bool:
        """True for a text that names a member, or that the grammar may take for a word."""
        own: Node | None = node
        while own is not None and (own.start, own.end) == (node.start, node.end):
            if own.type in _NO_TEXT:
                return True
            own = own.parent
        return False

    def variable_forms(self, node: Node) -> Iterator[Form]:
        """Constants, the current item, and braces in texts."""
        text = self.code.text(node)
        lower, place = text.lower(), (node.start, node.end)
        above = node.parent.type if node.parent is not None else ""
        if above == "expandable_string_literal":
            yield from self._braced(node, text)
        elif not self.quoted.is_code(node.start) or above == "expandable_here_string_literal":
            return
        elif lower in CONSTANTS:
            if node.above(_REDIRECTION) is None:
                yield from self.cased(node, "constant", lower, CONSTANTS[lower])
        elif text in {b"$_", b"$PSItem"} and not self.is_old and node.above(_SET) is None:
            after = self.code.data[node.end : node.end + 1]
            if not after or not _MORE_OF_NAME.match(after):
                mark = self.mark("item", b"", int(text != b"$_"), node)
                yield Form(*place, (Alt(mark, (b"$_",), (b"$PSItem",)),))

    def _braced(self, node: Node, text: bytes) -> Iterator[Form]:
        found = NAMED.fullmatch(text)
        place = node.start, node.end
        if found is None or place not in self.quoted.variables:
            return
        if _MORE_OF_NAME.match(self.code.data, node.end):
            return
        name = found[1] or found[2]
        if name == b"_":
            return  # nobody writes that
        mark = self.mark("braces", name, int(found[1] is not None), node)
        yield Form(*place, (Alt(mark, (b"$" + name,), (b"${" + name + b"}",)),))
