"""Forms of what PowerShell itself names: the first form of each stands first.

- keyword: ``if`` or ``If``; operator: ``-and`` or ``-And``; command: ``get-item`` or ``Get-Item``;
  parameter: ``-path`` or ``-Path``; typecase: ``[string]`` or ``[String]``. Case never counts.
- compare: ``-eq`` or ``-ieq``, one token to PowerShell; not: ``-not`` or ``!``.
- alias: ``| Where-Object {`` or ``| ? {``, and the same of ForEach-Object.
- types: ``[string]`` or ``[System.String]``.
- mandatory: ``Mandatory`` or ``Mandatory = $true``, and the same of other switches of attributes.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mapp_compliance.watermark.carriers.powershell.names import (
    ALIASED,
    ALIASES,
    ATTRIBUTES,
    COMMANDS,
    COMPARISONS,
    FREE_FORM,
    IN_SYSTEM,
    KEYWORDS,
    OPERATORS,
    PARAMETERS,
    SWITCHES,
    TYPES,
    case_of,
    type_key,
)
from mapp_compliance.watermark.carriers.powershell.texts import PowerShellTexts
from mapp_compliance.watermark.natural.cstyle import alt
from mapp_compliance.watermark.natural.forms import Alt, Form, Pieces
from mapp_compliance.watermark.natural.syntax import Node

TYPE = re.compile(rb"([A-Za-z][\w.]*)(?:\[,*\])?", re.ASCII)
SWITCH = re.compile(rb"([A-Za-z]+)(\s*=\s*\$(?i:true))?")
_OPERAND = re.compile(rb"[ \t]*(?=[$(\[])")
_HOLDERS = ("_statement", "_clause", "_block")
_LOGICAL = frozenset({"logical_expression", "bitwise_expression", "comparison_operator"})
_LABEL = 200  # bytes of a condition that tell its site from others


@dataclass(slots=True)
class PowerShellRules(PowerShellTexts):
    """All rules over one file.

    Attributes:
        has_aliases: it may give an alias another meaning.
        has_namespaces: types are looked for in other namespaces too.
        own_types: the names of types that it may define, in small letters.
    """

    has_aliases: bool = False
    has_namespaces: bool = False
    own_types: frozenset[bytes] = frozenset()

    def forms(self, node: Node) -> Iterator[Form]:
        """Every form that begins at a node."""
        if node.children and node.type not in _WITH_CHILDREN:
            return
        make = _RULES.get(node.type)
        if make is None:
            if not node.named and self.is_open(node):
                yield from self._word_forms(node)
            return
        for form in make(self, node):
            if self.is_open(node):
                yield form

    def _word_forms(self, node: Node) -> Iterator[Form]:
        """Case of keywords and operators, and the long names of comparisons."""
        text = self.code.text(node)
        lower = text.lower()
        if not self.stands_free(node) or not self.quoted.is_code(node.start):
            return
        above = node.parent.type if node.parent is not None else ""
        if lower in KEYWORDS and above.endswith(_HOLDERS):
            yield from self.cased(node, "keyword", lower, KEYWORDS[lower])
        elif lower in OPERATORS and above in _LOGICAL:
            yield from self.cased(node, "operator", lower, OPERATORS[lower])
        elif above == "comparison_operator":
            yield from self._compared(node, text)
        elif lower in {b"!", b"-not"} and above == "expression_with_unary_operator":
            yield from self._negated(node, text)

    def _compared(self, node: Node, text: bytes) -> Iterator[Form]:
        lower = text.lower()
        is_long = lower not in COMPARISONS
        if is_long and (lower[1:2] != b"i" or b"-" + lower[2:] not in COMPARISONS):
            return
        other = b"-" + text[2:] if is_long else b"-i" + text[1:]
        above = node.parent.parent if node.parent is not None else None
        label = self.code.text(above)[:_LABEL] if above is not None else b""
        mark = self.mark("compare", label, int(is_long), node)
        yield Form(node.start, node.end, (alt(mark, (text,), (other,)),))

    def _negated(self, node: Node, text: bytes) -> Iterator[Form]:
        data, above = self.code.data, node.parent
        found = _OPERAND.match(data, node.end)
        if found is None or above is None or len(above.children) != 2:
            return
        if above.children[1].start != found.end():
            return
        is_sign = text == b"!"
        head = data[node.start : found.end()]
        other = b"-not " if is_sign else b"!"
        label = self.code.text(above.children[1])[:_LABEL]
        mark = self.mark("not", label, int(is_sign), node)
        yield Form(node.start, found.end(), (alt(mark, (head,), (other,)),))

    def command_forms(self, node: Node) -> Iterator[Form]:
        """Names of commands."""
        text = self.code.text(node)
        lower = text.lower()
        if not self.stands_free(node) or not self.quoted.is_code(node.start):
            return
        name = ALIASED.get(text.lower(), lower)
        if name in ALIASES:
            yield from self._aliased(node, name, text)
        elif lower in COMMANDS:
            yield from self.cased(node, "command", lower, COMMANDS[lower])

    def _aliased(self, node: Node, name: bytes, text: bytes) -> Iterator[Form]:
        proper, sign = ALIASES[name]
        chain = node.parent.parent if node.parent is not None else None
        is_alias = text.lower() in ALIASED
        piped = re.search(rb"\|\s*$", self.code.data[max(node.start - 80, 0) : node.start])
        if self.has_aliases or chain is None or chain.type != "pipeline_chain" or not piped:
            return
        if not is_alias and text != proper:
            return
        if not re.compile(rb"[ \t]*\{").match(self.code.data, node.end):
            return  # the grammar does not know the other way to call it by its sign
        other = proper if is_alias else sign
        mark = self.mark("alias", name, int(is_alias), node)
        yield Form(node.start, node.end, (alt(mark, (text,), (other,)),))

    def parameter_forms(self, node: Node) -> Iterator[Form]:
        """Parameters of own commands."""
        lower = self.code.text(node).lower()
        command = self.command_of(node)
        if not command or command in FREE_FORM or lower not in PARAMETERS:
            return
        if self.code.data[node.start - 1 : node.start].isspace() and self.quoted.is_code(
            node.start
        ):
            yield from self.cased(node, "parameter", lower, PARAMETERS[lower])

    def type_forms(self, node: Node) -> Iterator[Form]:
        """Names of types and attributes."""
        found = TYPE.fullmatch(self.code.text(node))
        if found is None or self.code.data[node.start - 1 : node.start] != b"[":
            return
        if not self.quoted.is_code(node.start):
            return
        name, key = found[1], type_key(found[1])
        end = node.start + len(name)
        lower = name.lower()
        is_attribute = node.parent is not None and node.parent.type == "attribute_name"
        if is_attribute and lower in ATTRIBUTES and found[0] == name:
            yield from self.cased(node, "typecase", lower, ATTRIBUTES[lower])
        elif not is_attribute and key.rsplit(b".", 1)[-1] not in self.own_types:
            pieces = self._typed(node, name, key)
            if pieces:
                yield Form(node.start, end, pieces)

    def _typed(self, node: Node, name: bytes, key: bytes) -> Pieces:
        is_full = name.lower().startswith(b"system.")
        in_system = key in IN_SYSTEM or key == b"object"
        if in_system and self.has_namespaces:
            return ()
        mark = self.mark("types", key, int(is_full), node)
        if key in IN_SYSTEM:
            other = name[len(b"system.") :] if is_full else b"System." + name
            return (alt(mark, (name,), (other,)),)
        if key not in TYPES:
            return ()
        names = TYPES[key]
        full = names.full
        original = case_of(name, name.lower(), full if is_full else names.proper)
        if original is None:
            return ()
        case = self.mark("typecase", key, original, node)
        short: Pieces = (Alt(case, (names.lower,), (names.proper,)),)
        if not full:
            return short
        return (Alt(mark, short, (Alt(case, (full.lower(),), (full,)),)),)

    def argument_forms(self, node: Node) -> Iterator[Form]:
        """Switches of an attribute."""
        found = SWITCH.fullmatch(self.code.text(node))
        if found is None or found[1] not in SWITCHES or self.is_old:
            return
        if not self.quoted.is_code(node.start):
            return
        is_said = found[2] is not None
        texts = (found[1], found[0] if is_said else found[1] + b" = $true")
        mark = self.mark("mandatory", found[1], int(is_said), node)
        yield Form(node.start, node.end, (Alt(mark, (texts[0],), (texts[1],)),))


_RULES = {
    "command_name": PowerShellRules.command_forms,
    "command_parameter": PowerShellRules.parameter_forms,
    "generic_token": PowerShellRules.bare_forms,
    "verbatim_string_characters": PowerShellRules.text_forms,
    "expandable_string_literal": PowerShellRules.text_forms,
    "variable": PowerShellRules.variable_forms,
    "type_spec": PowerShellRules.type_forms,
    "attribute_argument": PowerShellRules.argument_forms,
}
_WITH_CHILDREN = frozenset(_RULES)
