"""That two PowerShell scripts mean the same: one canonical tree of the grammar, as a digest.

It undoes exactly what the forms may do: quotes of a text in which nothing is expanded, quotes of
a word that an own command gets, braces of a variable in a text, the case and the second names of
what PowerShell itself names.

>>> keeps(b"If ($a -ieq 'b') { get-item c }", b'if ($a -eq "b") { Get-Item \\'c\\' }', ())
True
>>> keeps(b"if ($a -eq 'b') { c d }", b"if ($a -eq 'b') { c 'd' }", ())
False
"""

from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache

from mapp_compliance.watermark.carriers.powershell.faults import understood, without_lines
from mapp_compliance.watermark.carriers.powershell.names import (
    ALIASED,
    ALIASES,
    ATTRIBUTES,
    COMMANDS,
    COMPARISONS,
    CONSTANTS,
    PARAMETERS,
    SWITCHES,
    type_key,
)
from mapp_compliance.watermark.carriers.powershell.places import TEXTS
from mapp_compliance.watermark.carriers.powershell.quoting import BOM
from mapp_compliance.watermark.carriers.powershell.rules import SWITCH, TYPE
from mapp_compliance.watermark.carriers.powershell.texts import BARE, NAMED, PLAIN
from mapp_compliance.watermark.natural.canon import Told, hashed
from mapp_compliance.watermark.natural.syntax import Code, Node

_EXACT = frozenset({"expandable_string_literal"})
_WHOLE = frozenset(
    {"verbatim_here_string_characters", "expandable_here_string_literal", "ERROR", "generic_token"}
)


@dataclass(slots=True)
class PowerShellCanon:
    """One file."""

    code: Code

    def tell(self, node: Node) -> Told:
        """The digest of a node."""
        # Each level of operators has a node of its own; those that hold one thing say nothing.
        while len(node.children) == 1 and node.type not in _EXACT:
            only = node.children[0]
            if (only.start, only.end) != (node.start, node.end) or node.type in _TOLD:
                break
            node = only
        special = _TOLD.get(node.type)
        return self._plain(node) if special is None else special(self, node)

    def _text(self, node: Node) -> Told:
        content = self.code.text(node)[1:-1]
        if PLAIN.fullmatch(content):
            return hashed("text", content)
        return self._plain(node)

    def _whole(self, node: Node) -> Told:
        text = self.code.text(node)
        if BARE.fullmatch(text) and self._command_of(node):
            return hashed("text", text)
        return hashed(node.type, text)

    def _variable(self, node: Node) -> Told:
        text = self.code.text(node)
        found = NAMED.fullmatch(text)
        if found and node.parent is not None and node.parent.type == "expandable_string_literal":
            return hashed("variable", b"$" + (found[1] or found[2]))
        lower = text.lower()
        if lower in CONSTANTS:
            return hashed("variable", lower)
        return hashed("variable", b"$_" if text == b"$PSItem" else text)

    def _name(self, node: Node) -> Told:
        lower = self.code.text(node).lower()
        lower = ALIASED.get(lower, lower)
        is_own = lower in COMMANDS or lower in ALIASES
        return hashed("command_name", lower if is_own else self.code.text(node))

    def _command_of(self, node: Node) -> bool:
        command = node.parent.parent if node.parent is not None else None
        name = command.child("command_name") if command is not None else None
        lower = self.code.text(name).lower() if name is not None else b""
        return lower in COMMANDS or lower in ALIASES

    def _parameter(self, node: Node) -> Told:
        text = self.code.text(node)
        is_own = text.lower() in PARAMETERS and self._command_of(node)
        return hashed("command_parameter", text.lower() if is_own else text)

    def _type(self, node: Node) -> Told:
        text = self.code.text(node)
        found = TYPE.fullmatch(text)
        if found is None:
            return self._plain(node)
        return hashed("type", type_key(found[1]), text[len(found[1]) :])

    def _attribute(self, node: Node) -> Told:
        text = self.code.text(node)
        return hashed("attribute", text.lower() if text.lower() in ATTRIBUTES else text)

    def _argument(self, node: Node) -> Told:
        found = SWITCH.fullmatch(self.code.text(node))
        if found is not None and found[1] in SWITCHES:
            return hashed("switch", found[1])
        return self._plain(node)

    def _operator(self, node: Node) -> Told:
        lower = self.code.text(node).lower()
        short = b"-" + lower[2:]
        is_long = lower not in COMPARISONS and lower[1:2] == b"i" and short in COMPARISONS
        return hashed("comparison", short if is_long else lower)

    def _unary(self, node: Node) -> Told:
        first = self.code.text(node.children[0]).lower()
        if first in {b"!", b"-not"} and len(node.children) == 2:
            return hashed("not", self.tell(node.children[1]))
        return self._plain(node)

    def _plain(self, node: Node) -> Told:
        if not node.children:
            text = self.code.text(node)
            return hashed(node.type, text if node.named else text.strip().lower())
        data, done = self.code.data, node.start
        parts: list[bytes] = []
        for child in node.children:
            gap = data[done : child.start]
            parts.append(gap if node.type in _EXACT else gap.strip())
            if child.type != "comment":
                parts.append(self.tell(child))
            done = child.end
        gap = data[done : node.end]
        parts.append(gap if node.type in _EXACT else gap.strip())
        return hashed(node.type, *(part for part in parts if part))


_TOLD = {
    **dict.fromkeys(TEXTS, PowerShellCanon._text),
    **dict.fromkeys(_WHOLE, PowerShellCanon._whole),
    "variable": PowerShellCanon._variable,
    "command_name": PowerShellCanon._name,
    "command_parameter": PowerShellCanon._parameter,
    "type_spec": PowerShellCanon._type,
    "attribute_name": PowerShellCanon._attribute,
    "attribute_argument": PowerShellCanon._argument,
    "comparison_operator": PowerShellCanon._operator,
    "expression_with_unary_operator": PowerShellCanon._unary,
}


@lru_cache(maxsize=4)  # the original is asked for again with every copy
def canonical(data: bytes, blank: frozenset[int] = frozenset()) -> Told:
    """The digest of the canonical tree, and of the lines that it does not hold. Raises Unparsed."""
    code, taken = without_lines(data, blank)
    mark = BOM if data.startswith(BOM) else b""
    return hashed("script", mark, PowerShellCanon(code).tell(code.root), taken)


def keeps(original: bytes, copy: bytes, _: Collection[str]) -> bool:
    """True when both have one canonical tree, whichever families vary. Raises Unparsed."""
    blank = understood(original).blank
    return canonical(original, blank) == canonical(copy, blank)


@dataclass(slots=True)
class PowerShellProof:
    """One file."""

    data: bytes

    def keeps(self, marked: bytes, _: Collection[str]) -> bool:
        """True when a copy has the same canonical tree. Raises Unparsed."""
        return keeps(self.data, marked, ())
