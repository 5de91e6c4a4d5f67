"""Names that nothing assigns after they were declared: ``const`` and ``let`` are the same for them.

Rules: names are told by how they are written, wherever they stand in the file, so that no scope has
to be known; where code made of texts or another script could reach a name, it is left alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from mapp_compliance.watermark.natural.syntax import Code, Node

KINDS = ("const", "let")
_TARGETS = {  # what assigns, with the field of what is assigned
    "assignment_expression": "left",
    "augmented_assignment_expression": "left",
    "update_expression": "argument",
}
_NAMES = frozenset({"identifier", "shorthand_property_identifier_pattern"})
_PLACES = frozenset({"member_expression", "subscript_expression"})  # of an object; no name changes
_FUNCTIONS = frozenset(
    {"function_declaration", "function_expression", "arrow_function", "method_definition"}
    | {"generator_function_declaration", "generator_function"}
)
_MODULES = frozenset({b"require", b"module", b"exports"})


@dataclass(frozen=True, slots=True)
class Bindings:
    """What one file says of its names.

    Attributes:
        assigned: names that are assigned anywhere.
        is_open: code made of a text may assign any name.
        is_module: no other script sees the names at its top.
    """

    assigned: frozenset[bytes]
    is_open: bool
    is_module: bool

    @classmethod
    def of(cls, code: Code) -> "Bindings":
        """Of a whole file."""
        assigned: set[bytes] = set()
        is_open = is_module = False
        for node in code.root.walk():
            text = code.text(node) if node.type == "identifier" else b""
            is_open = is_open or node.type == "with_statement" or text == b"eval"
            is_module = is_module or node.type in {"import_statement", "export_statement"}
            is_module = is_module or text in _MODULES
            target = node.child(_TARGETS[node.type]) if node.type in _TARGETS else None
            if node.type == "for_in_statement" and node.child("kind") is None:
                target = node.child("left")
            if target is not None:
                assigned.update(_names(code, target))
        return cls(frozenset(assigned), is_open, is_module)

    def declared(self, code: Code, node: Node) -> tuple[bytes, ...]:
        """The names behind a ``const`` or ``let`` that may as well be the other; else none.

        They have values from their beginning, and are seen by this file alone.
        """
        around = node.parent
        if node.type not in KINDS or around is None or self.is_open:
            return ()
        if around.type == "for_in_statement":
            targets = [around.child("left")]
        elif around.type == "lexical_declaration" and _is_statement(around):
            held = around.inner()
            if any(each.child("value") is None for each in held):
                return ()
            targets = [each.child("name") for each in held]
        else:
            return ()
        if not self.is_module and node.above(_FUNCTIONS) is None:
            return ()
        names = [name for each in targets if each is not None for name in _names(code, each)]
        return () if self.assigned.intersection(names) else tuple(names)


def _is_statement(node: Node) -> bool:
    """False of what is exported, and of the head of a loop, which counts."""
    return node.parent is not None and node.parent.type not in {"export_statement", "for_statement"}


def _names(code: Code, node: Node) -> Iterator[bytes]:
    """The names in what is declared or assigned."""
    if node.type in _NAMES:
        yield code.text(node)
    elif node.type not in _PLACES:
        for child in node.children:
            yield from _names(code, child)
