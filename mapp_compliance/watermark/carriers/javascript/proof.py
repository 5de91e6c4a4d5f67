"""That two JavaScript or TypeScript files mean the same: one canonical tree.

>>> keeps("javascript", b"if (!x) { a(); } else b();", b"if (x) b(); else { a(); }")
True
>>> keeps("javascript", b"f('a');", b"f('b');")
False
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache

from mapp_compliance.watermark.carriers.javascript.bindings import KINDS, Bindings
from mapp_compliance.watermark.natural.canon import Canon, Told, bare, hashed
from mapp_compliance.watermark.natural.syntax import Code, Node, parse

GRAMMARS = {  # (module, function) of each language
    "javascript": ("tree_sitter_javascript", "language"),
    "typescript": ("tree_sitter_typescript", "language_typescript"),
    "tsx": ("tree_sitter_typescript", "language_tsx"),
}
_LITERALS = frozenset({"number", "string", "null", "true", "false", "undefined"})
_NAMES = re.compile(rb"[A-Za-z_$][\w$.]*\Z")
_NUMBER = re.compile(rb"0[xX][0-9a-fA-F]+\Z|[1-9][0-9]*\Z|0\Z")


@dataclass(slots=True)
class JavaScriptCanon(Canon):
    """The canonical tree of a file."""

    bindings: Bindings

    def may_swap(self, left: Node, right: Node) -> bool:
        """Where one operand is a literal or both are names."""
        sides = left, right
        if any(self._is_literal(bare(each)) for each in sides):
            return True
        return all(_NAMES.match(self.code.text(bare(each))) for each in sides)

    def _is_literal(self, node: Node) -> bool:
        if node.type == "unary_expression":
            return node.children[0].type == "-" and self._is_literal(node.children[1])
        return node.type in _LITERALS

    def sign(self, node: Node) -> str:
        """A type and a text are compared alike by ``==`` and ``===``."""
        left, sign, right = node.children
        sides = bare(left), bare(right)
        kinds = {side.type for side in sides}
        typed = any(self.code.text(side).startswith(b"typeof") for side in sides)
        if kinds == {"unary_expression", "string"} and typed:
            return sign.type[:2]
        return sign.type

    def value(self, node: Node) -> Told | None:
        """Numbers, plain texts, an object's short entries, and how a name is declared."""
        text = self.code.text(node)
        if node.type in KINDS and self.bindings.declared(self.code, node):
            return hashed("binding")
        if node.type == "number" and _NUMBER.match(text):
            return hashed("number", b"%d" % int(text, 16 if text[:2].lower() == b"0x" else 10))
        if node.type == "string" and node.named and not set(text[1:-1]) & set(b"'\"\\"):
            return hashed("text", text[1:-1])
        if node.type == "shorthand_property_identifier":
            return hashed("entry", text)
        if node.type == "pair" and [each.type for each in node.children] == [
            *("property_identifier", ":", "identifier"),
        ]:
            key, value = (self.code.text(node.children[at]) for at in (0, 2))
            return hashed("entry", key) if key == value else None
        return None


def read_tree(language: str, data: bytes) -> Code:
    """The tree of a file. Raises Unparsed."""
    module, symbol = GRAMMARS[language]
    return parse(module, data, symbol)


@lru_cache(maxsize=4)  # the original is asked for again with every copy
def canonical(language: str, data: bytes) -> Told:
    """The digest of the canonical tree. Raises Unparsed."""
    code = read_tree(language, data)
    return JavaScriptCanon(code, Bindings.of(code)).tell(code.root)


def keeps(language: str, original: bytes, copy: bytes) -> bool:
    """True when both have one canonical tree. Raises Unparsed."""
    return canonical(language, original) == canonical(language, copy)


@dataclass(slots=True)
class JavaScriptProof:
    """One file."""

    language: str
    data: bytes

    def keeps(self, marked: bytes, _: Collection[str]) -> bool:
        """True when a copy has the same canonical tree. Raises Unparsed."""
        return keeps(self.language, self.data, marked)
