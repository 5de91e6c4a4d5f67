"""Which places of a PowerShell script may vary at all, and what stands around them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from mapp_compliance.watermark.carriers.powershell.names import ALIASES, COMMANDS, case_of
from mapp_compliance.watermark.carriers.powershell.quoting import Quoted
from mapp_compliance.watermark.natural.forms import Alt, Form, Mark
from mapp_compliance.watermark.natural.syntax import Code, Node

TEXTS = frozenset({"verbatim_string_characters", "expandable_string_literal"})
_BEFORE = frozenset(b" \t\n({[,;=|!)}]")
_TAKES_TEXT = re.compile(
    rb"(?i)(?:set|add)-content|out-(?:file|string|host)|new-item|write-\w+|tee-object|powershell"
    rb"|pwsh|powershell\.exe|pwsh\.exe|convertto-\w+|.*-ad\w+|.*-mailbox\w*|invoke-expression"
)
_GETS_TEXT = re.compile(
    rb"(?i)-(?:\w*filter|\w*query|\w*text|\w*string|value|content|body|c|command)"
)
_SHOWN = frozenset(
    {"cast_expression", "attribute_argument", "attribute_arguments", "format_expression"}
    | {"additive_expression", "comparison_expression", "member_access", "invokation_expression"}
)
_HOLDERS = _SHOWN | {"command_elements", "pipeline_chain"}


@dataclass(slots=True)
class Places:
    """One file, as both readers see it."""

    code: Code
    quoted: Quoted
    _hidden: dict[Node, bool] = field(default_factory=dict)
    _scopes: dict[Node, str] = field(default_factory=dict)

    def mark(self, family: str, label: bytes, original: int, node: Node) -> Mark:
        """The site of a node."""
        return Mark(family, label, original, self._scope(node), node.start)

    def _scope(self, node: Node) -> str:
        around = node.above(frozenset({"function_statement"}))
        if around is None:
            return ""
        if around not in self._scopes:
            names = [each for each in around.children if each.type == "function_name"]
            own = self.code.text(names[0]) if names else b""
            self._scopes[around] = own.decode("utf-8", "replace")
        return self._scopes[around]

    def is_open(self, node: Node) -> bool:
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
        while above is not None and above.type not in _HOLDERS:
            if (above.start, above.end) != (node.start, node.end):
                break
            above = above.parent
        if above is None or above.type in _SHOWN:
            return True
        if above.type == "command_elements":
            return self._reads_blocks(above, node)
        return above.type == "pipeline_chain" and bool(
            _TAKES_TEXT.search(self.code.data[node.end : above.end])
        )

    def _reads_blocks(self, elements: Node, block: Node) -> bool:
        """True when a command may take a script block for a text."""
        command = elements.parent
        name = command.child("command_name") if command is not None else None
        if name is None or _TAKES_TEXT.fullmatch(self.code.text(name)):
            return True
        before = [each for each in elements.children if each.end <= block.start]
        options = [each for each in before if each.type == "command_parameter"]
        return bool(options) and bool(_GETS_TEXT.fullmatch(self.code.text(options[-1])))

    def stands_free(self, node: Node) -> bool:
        """True when a word or sign of the language touches no other one."""
        data = self.code.data
        before, after = data[node.start - 1 : node.start], data[node.end : node.end + 1]
        is_sign = self.code.text(node) == b"!"
        ends = is_sign or not after or not re.match(rb"[\w$.:'\"\x80-\xff-]", after, re.ASCII)
        return ends and (not node.start or before[0] in _BEFORE)

    def cased(self, node: Node, family: str, lower: bytes, proper: bytes) -> Iterator[Form]:
        """A name in small letters or in its proper case, nothing when it has another."""
        original = case_of(self.code.text(node), lower, proper)
        if original is None or lower == proper:
            return
        mark = self.mark(family, lower, original, node)
        yield Form(node.start, node.end, (Alt(mark, (lower,), (proper,)),))

    def command_of(self, node: Node) -> bytes:
        """The own command whose element a node is, empty for another one."""
        elements = node.parent
        command = elements.parent if elements is not None else None
        name = command.child("command_name") if command is not None else None
        if elements is None or elements.type != "command_elements" or name is None:
            return b""
        lower = self.code.text(name).lower()
        return lower if lower in COMMANDS or lower in ALIASES else b""
