"""A file as a concrete tree of our own, with what every rule asks of a node.

Rules: a grammar is loaded when the first file of its language is surveyed, never on import; the
tree is copied once, since a node of the binding walks from the root to find its parent; a file in
which the grammar finds a fault has no tree.

>>> node = Node("a", 0, 1, None, "")
>>> Node("b", 0, 1, node, "left").parent is node
True
"""

import dataclasses
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from importlib.metadata import version

from tree_sitter import Language, Parser, TreeCursor

from mapp_compliance.watermark.natural.carrier import Unparsed
from mapp_compliance.watermark.natural.forms import Span

MOST_DEEP = 400  # levels; the rules and the proof go down one call a level
_WORD = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_$\"'`.\\")


@dataclass(slots=True, eq=False)
class Node:
    """A node: its type in the grammar, ``start <= i < end`` of the file, its field above."""

    type: str
    start: int
    end: int
    parent: "Node | None"
    field: str
    named: bool = True
    has_fault: bool = False
    children: list["Node"] = dataclasses.field(default_factory=list)

    @property
    def span(self) -> Span:
        """Its stretch of the file."""
        return Span(self.start, self.end)

    def child(self, name: str) -> "Node | None":
        """The child of that field."""
        return next((each for each in self.children if each.field == name), None)

    def inner(self) -> list["Node"]:
        """The named children without comments."""
        return [each for each in self.children if each.named and each.type != "comment"]

    def above(self, kinds: frozenset[str]) -> "Node | None":
        """The nearest node of these types around it."""
        found = self.parent
        while found is not None and found.type not in kinds:
            found = found.parent
        return found

    def walk(self) -> Iterator["Node"]:
        """This node and all inside it, parents first."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            yield node
            waiting += reversed(node.children)


@dataclass(frozen=True, slots=True)
class Code:
    """A file and its tree."""

    data: bytes
    root: Node

    def text(self, node: Node) -> bytes:
        """The bytes of a node."""
        return self.data[node.start : node.end]

    def between(self, one: Node, two: Node) -> bytes:
        """The bytes from one node to the next."""
        return self.data[one.end : two.start]

    def stands_free(self, node: Node) -> bool:
        """True when no letter, digit, dot or quote touches the node."""
        before = self.data[node.start - 1 : node.start] if node.start else b""
        return not set(before + self.data[node.end : node.end + 1]) & _WORD


def parse(grammar: str, data: bytes, symbol: str = "language", *, tolerant: bool = False) -> Code:
    """The tree of a file.

    Args:
        grammar: module of the grammar, such as ``tree_sitter_c``; ``symbol`` its function.
        tolerant: a tree with faults is given too, see ``Node.has_fault``.
    Raises:
        Unparsed: the grammar finds a fault, or the file nests too deeply.
    """
    tree = _parser(grammar, symbol).parse(data)
    if tree.root_node.has_error and not tolerant:
        raise Unparsed(None)
    return Code(data, _copied(tree.walk()))


def engines(grammar: str) -> tuple[tuple[str, str], ...]:
    """Name and version of what surveys with that grammar."""
    return tuple((name, version(name)) for name in ("tree-sitter", grammar.replace("_", "-")))


@lru_cache(maxsize=8)
def _parser(grammar: str, symbol: str) -> Parser:
    make: Callable[[], object] = getattr(import_module(grammar), symbol)
    return Parser(Language(make()))


def _copied(cursor: TreeCursor) -> Node:
    root = here = _node(cursor, None)
    deep = 0
    while True:
        if cursor.goto_first_child():
            deep += 1
            if deep > MOST_DEEP:
                raise Unparsed(None)
            here = _node(cursor, here)
            continue
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent() or here.parent is None:
                return root
            here, deep = here.parent, deep - 1
        here = _node(cursor, here.parent)


def _node(cursor: TreeCursor, parent: Node | None) -> Node:
    node = cursor.node
    if node is None:
        raise Unparsed(None)
    made = Node(
        *(node.type, node.start_byte, node.end_byte, parent),
        *(cursor.field_name or "", node.is_named, node.has_error),
    )
    if parent is not None:
        parent.children.append(made)
    return made
