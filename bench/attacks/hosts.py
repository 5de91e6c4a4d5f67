"""Text of each language into which a leak is put, and the longest function of a file."""

import importlib
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from tree_sitter import Language, Node, Parser

_GRAMMARS = {
    "python": ("tree_sitter_python", "language"),
    "c": ("tree_sitter_c", "language"),
    "javascript": ("tree_sitter_javascript", "language"),
    "typescript": ("tree_sitter_typescript", "language_typescript"),
    "bash": ("tree_sitter_bash", "language"),
    "powershell": ("tree_sitter_powershell", "language"),
}
_FUNCTIONS = {
    *("function_definition", "function_declaration", "method_definition", "arrow_function"),
    "function_statement",
}
_PYTHON = "def cost_{0}(order):\n    total = order.price * {0}\n    return total + order.tax\n\n\n"
_C = "static int cost_{0}(int price)\n{{\n    int total = price * {0};\n    return total;\n}}\n\n"
_JS = "function cost_{0}(order) {{\n  const total = order.price * {0};\n  return total;\n}}\n\n"
_SHELL = 'cost_{0}() {{\n  local total=$(( $1 * {0} ))\n  echo "$total"\n}}\n\n'
_POWERSHELL = "function Get-Cost{0}($Order) {{\n    $total = $Order.Price * {0}\n    $total\n}}\n\n"
PIECES = 40  # functions of a host
HOSTS: Mapping[str, bytes] = MappingProxyType(
    {
        name: "".join(piece.format(number) for number in range(PIECES)).encode()
        for name, piece in (
            ("python", _PYTHON),
            ("c", _C),
            ("javascript", _JS),
            ("typescript", _JS),
            ("bash", _SHELL),
            ("powershell", _POWERSHELL),
        )
    }
)


def parser_of(language: str) -> Parser:
    """What parses the language, as a check and for its pieces."""
    module, name = _GRAMMARS[language]
    return Parser(Language(getattr(importlib.import_module(module), name)()))


def longest_function(language: str, data: bytes) -> bytes:
    """The text of the longest function, with the space before its first line; else nothing."""
    found = [
        node
        for node in _below(parser_of(language).parse(data).root_node)
        if node.type in _FUNCTIONS
    ]
    if not found:
        return b""
    longest = max(found, key=lambda node: node.end_byte - node.start_byte)
    start = data.rfind(b"\n", 0, longest.start_byte) + 1
    return data[start : longest.end_byte] + b"\n"


def _below(node: Node) -> Iterator[Node]:
    waiting = [node]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += node.children
