"""The forms of a PowerShell script.

Of words, by their names: *keyword* (``if`` or ``If``), *operator* (``-and`` or ``-And``),
*command* (``get-item`` or ``Get-Item``), *parameter* (``-path`` or ``-Path``), *constant*
(``$true`` or ``$True``), *typecase* (``[string]`` or ``[String]``); *compare* (``-eq`` or
``-ieq``), *not* (``-not`` or ``!``), *alias* (``| Where-Object`` or ``| ?``), *types* (``[string]``
or ``[System.String]``), *item* (``$_`` or ``$PSItem``), *mandatory* (``Mandatory`` or
``Mandatory = $true``). Of texts: *quotes* (``'a b'`` or ``"a b"``), *quoted* (a word that an own
command gets, without or with quotes), *braces* (``"$x"`` or ``"${x}"``). The first form of each
stands first. No form moves a line.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from mapp_compliance.watermark.carriers.powershell.names import (
    ALIASED,
    ALIASES,
    ATTRIBUTES,
    COMMANDS,
    COMPARISONS,
    CONSTANTS,
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
from mapp_compliance.watermark.carriers.powershell.quoting import Quoted
from mapp_compliance.watermark.natural.cstyle import alt
from mapp_compliance.watermark.natural.forms import Alt, Form, Mark, Pieces, Span
from mapp_compliance.watermark.natural.syntax import Code, Node

PLAIN = re.compile(rb"(?:[\w.:/%+=*?~^<>|&\\-][^'\"`$\x80-\xff\r\n]*)?", re.ASCII)
BARE = re.compile(rb"[A-Za-z]\w*(?:\.\w+)*", re.ASCII)
TYPE = re.compile(rb"([A-Za-z][\w.]*)(?:\[,*\])?", re.ASCII)
SWITCH = re.compile(rb"([A-Za-z]+)(\s*=\s*\$(?i:true))?")
NAMED = re.compile(rb"\$(?:\{([A-Za-z_][\w:]*)\}|((?:[A-Za-z]\w*:)?[A-Za-z_]\w*))", re.ASCII)
TEXTS = frozenset({"verbatim_string_characters", "expandable_string_literal"})
_BEFORE = frozenset(b" \t\n({[,;=|!")
_AFTER = frozenset(b" \t\r\n)}|;")
_MORE_OF_NAME = re.compile(rb"[\w:?\x80-\xff]", re.ASCII)
_NO_TEXT = frozenset({"member_name", "switch_clause_condition"})
_TAKES_TEXT = re.compile(
    rb"(?i)(?:set|add)-content|out-(?:file|string|host)|new-item|write-\w+|tee-object|powershell"
    rb"|pwsh|powershell\.exe|pwsh\.exe|convertto-\w+|.*-ad\w+|.*-mailbox\w*|invoke-expression"
)
_GETS_TEXT = re.compile(rb"(?i)-(?:\w*filter|\w*query|\w*text|\w*string|value|content|body|c|command)")


@dataclass(slots=True)
class PowerShellRules:
    """The rules over one file.

    Attributes:
        keeps_names: it or what it loads may give the alias or the type another meaning.
        is_old: it says that it runs on PowerShell 2.
    """

    code: Code
    quoted: Quoted
    has_aliases: bool = False
    has_namespaces: bool = False
    is_old: bool = False
    own_types: frozenset[bytes] = frozenset()
    _hidden: dict[Node, bool] = field(default_factory=dict)
    _scopes: dict[Node, str] = field(default_factory=dict)

    def forms(self, node: Node) -> Iterator[Form]:
        """Every form that begins at a node."""
        if node.children and node.type not in _WITH_CHILDREN:
            return
        make = _RULES.get(node.type)
        if make is None:
            if not node.named and self._is_open(node):
                yield from self._word_forms(node)
            return
        for form in make(self, node):
            if self._is_open(node):
                yield form

    def mark(self, family: str, label: bytes, original: int, node: Node, start: int = -1) -> Mark:
        """The site of a node, or of what begins within it."""
        return Mark(family, label, original, self._scope(node), start if start >= 0 else node.start)

    def _scope(self, node: Node) -> str:
        around = node.above(frozenset({"function_statement"}))
        if around is None:
            return ""
        if around not in self._scopes:
            names = [each for each in around.children if each.type == "function_name"]
            own = self.code.text(names[0]) if names else b""
            self._scopes[around] = own.decode("utf-8", "replace")
        return self._scopes[around]

    def _is_open(self, node: Node) -> bool:
        """True for code that nobody reads as a text."""
        chain: list[Node] = []
        own: Node | None = node
        while own is not None and own not in self._hidden:
            chain.append(own)
            own = own.parent
        hidden = self._hidden[own] if own is not None else False
        for each in reversed(chain):
            hidden = hidden or self._hides(each)
            self._hidden[each] = hidden
        return not hidden

    def _hides(self, node: Node) -> bool:
        if node.type in {"ERROR", "sub_expression"}:
            # What stands in a text within a text is left alone.
            return node.type == "ERROR" or node.above(frozenset(TEXTS)) is not None
        if node.type != "script_block_expression":
            return False
        above = node.parent
        while above is not None and (above.start, above.end) == (node.start, node.end):
            if above.type == "pipeline_chain":
                break
            above = above.parent
        if above is None or above.type in {"member_access", "invokation_expression"}:
            return True
        if above.type in {"cast_expression", "attribute_argument", "format_expression"}:
            return True
        if above.type == "command_elements":
            return self._reads_blocks(above, node)
        if above.type == "pipeline_chain" or above.type == "pipeline":
            return _TAKES_TEXT.search(self.code.data[node.end : above.end]) is not None
        return above.type in {"attribute_arguments", "additive_expression", "comparison_expression"}

    def _reads_blocks(self, elements: Node, block: Node) -> bool:
        """True when a command may take a script block for a text."""
        command = elements.parent
        name = command.child("command_name") if command is not None else None
        if name is None or _TAKES_TEXT.fullmatch(self.code.text(name)):
            return True
        before = [each for each in elements.children if each.end <= block.start]
        options = [each for each in before if each.type == "command_parameter"]
        return bool(options) and bool(_GETS_TEXT.fullmatch(self.code.text(options[-1])))

    def _word_forms(self, node: Node) -> Iterator[Form]:
        """Case of keywords and operators, and the long names of comparisons."""
        text = self.code.text(node)
        lower = text.lower()
        if not self._stands_free(node) or not self.quoted.is_code(node.start):
            return
        above = node.parent.type if node.parent is not None else ""
        if lower in KEYWORDS and above.endswith(("_statement", "_clause", "_block")):
            yield from self._cased(node, "keyword", lower, KEYWORDS[lower])
        elif lower in OPERATORS and above in {"logical_expression", "bitwise_expression"}:
            yield from self._cased(node, "operator", lower, OPERATORS[lower])
        elif above == "comparison_operator" and lower in OPERATORS:
            yield from self._cased(node, "operator", lower, OPERATORS[lower])
        elif above == "comparison_operator":
            yield from self._compared(node, text)
        elif lower in {b"!", b"-not"} and above == "expression_with_unary_operator":
            yield from self._negated(node, text)

    def _stands_free(self, node: Node) -> bool:
        data = self.code.data
        before, after = data[node.start - 1 : node.start], data[node.end : node.end + 1]
        is_sign = self.code.text(node) == b"!"
        ends = is_sign or not after or not re.match(rb"[\w$.:'\"\x80-\xff-]", after, re.ASCII)
        return ends and (not node.start or before[0] in _BEFORE or before in {b")", b"}", b"]"})

    def _cased(self, node: Node, family: str, lower: bytes, proper: bytes) -> Iterator[Form]:
        original = case_of(self.code.text(node), lower, proper)
        if original is None or lower == proper:
            return
        mark = self.mark(family, lower, original, node)
        yield Form(node.start, node.end, (Alt(mark, (lower,), (proper,)),))

    def _compared(self, node: Node, text: bytes) -> Iterator[Form]:
        lower = text.lower()
        is_long = lower not in COMPARISONS
        if is_long and (lower[1:2] != b"i" or b"-" + lower[2:] not in COMPARISONS):
            return
        other = b"-" + text[2:] if is_long else b"-i" + text[1:]
        above = node.parent.parent if node.parent is not None else None
        label = self.code.text(above)[:200] if above is not None else b""
        mark = self.mark("compare", label, int(is_long), node)
        yield Form(node.start, node.end, (alt(mark, (text,), (other,)),))

    def _negated(self, node: Node, text: bytes) -> Iterator[Form]:
        data, above = self.code.data, node.parent
        found = re.compile(rb"[ \t]*(?=[$(\[A-Za-z])").match(data, node.end)
        if found is None or above is None or len(above.children) != 2:
            return
        if above.children[1].start != found.end():
            return
        is_sign = text == b"!"
        head = data[node.start : found.end()]
        other = b"-not " if is_sign else b"!"
        label = self.code.text(above.children[1])[:200]
        mark = self.mark("not", label, int(is_sign), node)
        yield Form(node.start, found.end(), (alt(mark, (head,), (other,)),))

    def command_forms(self, node: Node) -> Iterator[Form]:
        """Names of commands."""
        text = self.code.text(node)
        lower = text.lower()
        if not self._stands_free(node) or not self.quoted.is_code(node.start):
            return
        name = ALIASED.get(text.lower(), lower)
        if name in ALIASES:
            yield from self._aliased(node, name, text)
        elif lower in COMMANDS:
            yield from self._cased(node, "command", lower, COMMANDS[lower])

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

    def _command_of(self, node: Node) -> bytes:
        """The own command whose element a node is, empty for another one."""
        elements = node.parent
        command = elements.parent if elements is not None else None
        name = command.child("command_name") if command is not None else None
        if elements is None or elements.type != "command_elements" or name is None:
            return b""
        lower = self.code.text(name).lower()
        return lower if lower in COMMANDS or lower in ALIASES else b""

    def parameter_forms(self, node: Node) -> Iterator[Form]:
        """Parameters of own commands."""
        lower = self.code.text(node).lower()
        command = self._command_of(node)
        if not command or command in FREE_FORM or lower not in PARAMETERS:
            return
        if self.code.data[node.start - 1 : node.start].isspace() and self.quoted.is_code(node.start):
            yield from self._cased(node, "parameter", lower, PARAMETERS[lower])

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
        if not re.search(rb"(?:^|[\s(|{;=])[A-Za-z]*-[A-Za-z]+[ \t]+$", data[max(node.start - 80, 0) : node.start]):
            return False
        return (
            bool(self._command_of(outer))
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
            if node.above(frozenset({"redirection"})) is None:
                yield from self._cased(node, "constant", lower, CONSTANTS[lower])
        elif text in {b"$_", b"$PSItem"} and not self.is_old and not self._is_set(node):
            after = self.code.data[node.end : node.end + 1]
            if not after or not _MORE_OF_NAME.match(after):
                mark = self.mark("item", b"", int(text != b"$_"), node)
                yield Form(*place, (Alt(mark, (b"$_",), (b"$PSItem",)),))

    def _is_set(self, node: Node) -> bool:
        return node.above(frozenset({"left_assignment_expression", "script_parameter"})) is not None

    def _braced(self, node: Node, text: bytes) -> Iterator[Form]:
        found = NAMED.fullmatch(text)
        place = node.start, node.end
        if found is None or place not in self.quoted.variables:
            return
        if _MORE_OF_NAME.match(self.code.data, node.end):
            return
        name = found[1] or found[2]
        if name.endswith(b":"):
            return
        mark = self.mark("braces", name, int(found[1] is not None), node)
        yield Form(*place, (Alt(mark, (b"$" + name,), (b"${" + name + b"}",)),))

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
            yield from self._cased(node, "typecase", lower, ATTRIBUTES[lower])
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
