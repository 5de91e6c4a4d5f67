"""Python source as a concrete tree, and what every rule asks of a node.

>>> code = parse(b"def f():\\n    return 1\\n")
>>> [(node.type, code.scope(node)) for node in code.nodes() if node.type == "return_statement"]
[('return_statement', 'f')]
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version

import tree_sitter_python
from tree_sitter import Language, Node, Parser, Tree

_WORD = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_\"'.")
_SCOPES = {"function_definition", "class_definition"}


class NotParsed(ValueError):
    """The grammar finds a fault in the file."""


@dataclass(frozen=True, slots=True)
class Code:
    """A file and its tree."""

    data: bytes
    tree: Tree

    def text(self, node: Node) -> bytes:
        """The bytes of a node."""
        return self.data[node.start_byte : node.end_byte]

    def nodes(self) -> Iterator[Node]:
        """All nodes, parents first, without what stands inside strings."""
        waiting = [self.tree.root_node]
        while waiting:
            node = waiting.pop()
            yield node
            if node.type != "string":
                waiting += reversed(node.children)

    def scope(self, node: Node) -> str:
        """The dotted name of the definition around a node, empty at the top of the file."""
        names: list[str] = []
        above = node.parent
        while above is not None:
            name = above.child_by_field_name("name") if above.type in _SCOPES else None
            if name is not None:
                names.append(self.text(name).decode())
            above = above.parent
        return ".".join(reversed(names))

    def stands_free(self, node: Node) -> bool:
        """True when no letter, digit, dot or quote touches the node."""
        before = self.data[node.start_byte - 1 : node.start_byte] if node.start_byte else b""
        return not set(before + self.data[node.end_byte : node.end_byte + 1]) & _WORD

    def follows_space(self, node: Node) -> bool:
        """True when the byte before the node is a space."""
        return self.data[max(node.start_byte - 1, 0) : node.start_byte] == b" "


@lru_cache(maxsize=1)
def _parser() -> Parser:
    return Parser(Language(tree_sitter_python.language()))


def engines() -> tuple[tuple[str, str], ...]:
    """Name and version of what surveys Python files."""
    return tuple((name, version(name)) for name in ("tree-sitter", "tree-sitter-python"))


def parse(data: bytes) -> Code:
    """The tree of a file. Raises NotParsed."""
    tree = _parser().parse(data)
    if tree.root_node.has_error:
        raise NotParsed("the grammar finds a fault")
    return Code(data, tree)


def enclosing(node: Node, kind: str) -> Node | None:
    """The nearest node of that type around a node."""
    above = node.parent
    while above is not None and above.type != kind:
        above = above.parent
    return above


def operands(node: Node) -> tuple[Node, Node, Node] | None:
    """(left, operator, right) of a comparison of two; None for a chain."""
    if node.type != "comparison_operator" or node.child_count != 3:
        return None
    left, operator, right = node.children
    return left, operator, right
