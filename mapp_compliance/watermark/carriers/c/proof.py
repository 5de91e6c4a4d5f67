"""That two C files mean the same: one canonical tree, see ``natural.canon``.

>>> keeps(b"int f(int x) { return !x; }", b"int f(int x) { return 0 == x; }", ())
True
>>> keeps(b"int f(int x) { return !x; }", b"int f(int x) { return x; }", ())
False
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

from mapp_compliance.watermark.natural.canon import Canon, Told, bare, hashed
from mapp_compliance.watermark.natural.syntax import Code, Node, parse

GRAMMAR = "tree_sitter_c"
_EFFECTS = frozenset({"call_expression", "assignment_expression", "update_expression"})
_INT = re.compile(rb"(0[xX][0-9a-fA-F]+|[1-9][0-9]*|0)([uUlL]*)\Z")
_SPECIFIERS = frozenset({"storage_class_specifier", "type_qualifier"})


@dataclass(slots=True)
class CCanon(Canon):
    """The canonical tree of a C file."""

    is_boolean: ClassVar[bool] = True

    def may_swap(self, left: Node, right: Node) -> bool:
        """Unless both have effects, or one has and the other may see them."""
        effects = [any(each.type in _EFFECTS for each in side.walk()) for side in (left, right)]
        return not any(effects) or any(self._is_fixed(each) for each in (left, right))

    def _is_fixed(self, node: Node) -> bool:
        if node.type == "identifier":
            return self.code.text(node).isupper()
        if node.type == "unary_expression":
            return node.children[0].type == "-" and self._is_fixed(node.children[1])
        return node.type in {"number_literal", "char_literal", "null", "true", "false"}

    def is_zero(self, node: Node) -> bool:
        """The number nought and NULL."""
        return self.code.text(bare(node)) in {b"0", b"NULL"}

    def value(self, node: Node) -> Told | None:
        """Numbers, texts in one piece or several, specifiers in any order."""
        text = self.code.text(node)
        if node.type == "number_literal":
            found = _INT.match(text)
            return found and hashed("number", b"%d" % _number(found[1]), found[2].lower())
        if node.type in {"string_literal", "concatenated_string"}:
            return self._text(node)
        if node.type == "sized_type_specifier":
            words = [word for word in text.split() if word != b"int"]
            return hashed("size", *sorted(words))
        kinds = {each.type for each in node.children}
        if kinds & _SPECIFIERS and node.type != "type_qualifier":
            return self._declared(node)
        return None

    def _text(self, node: Node) -> Told | None:
        if node.type == "string_literal":
            return hashed("text", self.code.text(node))
        parts = [each for each in node.children if each.type != "comment"]
        texts = [self.code.text(each) for each in parts]
        if not all(each.type == "string_literal" for each in parts):
            return None
        if any(text[:1] != b'"' for text in texts):
            return None
        return hashed("text", b'"' + b"".join(text[1:-1] for text in texts) + b'"')

    def _declared(self, node: Node) -> Told:
        """A declaration: what stands before its declarators may come in any order."""
        first: list[Told] = []
        rest: list[Told] = []
        for each in node.children:
            if each.type == "comment":
                continue
            is_first = each.type in _SPECIFIERS or each.field == "type"
            if is_first and not rest:
                first.append(self.tell(each))
            else:
                rest.append(self.tell(each))
        return hashed(node.type, *sorted(first), b"|", *rest)


def _number(text: bytes) -> int:
    return int(text, 16 if text[:2].lower() == b"0x" else 10)


def read_tree(data: bytes) -> Code:
    """The tree of a C file, which may have faults. Raises Unparsed."""
    return parse(GRAMMAR, data, tolerant=True)


@lru_cache(maxsize=4)  # the original is asked for again with every copy
def canonical(data: bytes) -> Told:
    """The digest of the canonical tree. Raises Unparsed."""
    return CCanon(read_tree(data)).digest()


def keeps(original: bytes, copy: bytes, _: Collection[str]) -> bool:
    """True when both have one canonical tree, whichever families vary. Raises Unparsed."""
    return canonical(original) == canonical(copy)


@dataclass(slots=True)
class CProof:
    """One file; its own digest is kept."""

    data: bytes

    def keeps(self, marked: bytes, _: Collection[str]) -> bool:
        """True when a copy has the same canonical tree. Raises Unparsed."""
        return keeps(self.data, marked, ())
