"""The canonical tree of a file in a language with the syntax of C, as one digest.

It undoes exactly what the forms may do: a comparison points one way, a condition is a truth and
whether it is negated, a branch has its condition not negated, a step whose value nobody uses is
one step, an endless loop is one loop, brackets are gone, texts and numbers are their values.
Comments move with the code that they stand in, so all that is asked of them is that the file has
the same ones, but for a full stop at an end and the size of letters. What may not be asked in
another order is not turned here either.
"""

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

from mapp_compliance.watermark.natural.comments import plain
from mapp_compliance.watermark.natural.syntax import Code, Node

Told = bytes
_EQUAL = {"==": False, "===": False, "!=": True, "!==": True}
_BRANCHES = frozenset({"if_statement", "conditional_expression", "ternary_expression"})
_LOOPS = frozenset({"while_statement", "do_statement", "for_statement"})
_SEQUENCES = frozenset({"comma_expression", "sequence_expression"})
_RAW = frozenset({"template_string", "jsx_text", "ERROR"})


@dataclass(slots=True)
class Canon(ABC):
    """One file; a language overrides how it writes values and which operands may change places."""

    code: Code
    is_boolean: ClassVar[bool] = False  # "a && b" is a truth and not one of the two
    less: ClassVar[Mapping[str, str]] = MappingProxyType({">": "<", ">=": "<="})

    @abstractmethod
    def may_swap(self, left: Node, right: Node) -> bool:
        """True when two operands of a comparison may be asked in either order."""

    @abstractmethod
    def value(self, node: Node) -> Told | None:
        """The value of a text or number, and what else has several spellings; None: no such."""

    def sign(self, node: Node) -> str:
        """The operator of a comparison, the same for those that compare alike."""
        return node.children[1].type

    def is_zero(self, node: Node) -> bool:
        """True when ``x == node`` and ``!x`` are the same for every x."""
        return node is None

    def digest(self) -> Told:
        """The digest of the file: of its code, and of its comments in whatever order."""
        nodes = (node for node in self.code.root.walk() if node.type == "comment")
        comments = sorted(plain(self.code.text(node)) for node in nodes)
        return hashed("file", self.tell(self.code.root), *comments)

    def tell(self, node: Node) -> Told:
        """The digest of a node as a value."""
        if node.type in _RAW:
            return hashed(node.type, self.code.text(node))
        told = self.value(node)
        if told is not None:
            return told
        special = self._SPECIAL.get(node.type)
        found = special(self, node) if special else None
        return self._plain(node) if found is None else found

    def truth(self, node: Node) -> tuple[Told, bool]:
        """The digest of a condition without its negation, and whether it is negated."""
        inner = bare(node)
        kind = inner.children[0].type if len(inner.children) == 2 else ""
        if inner.type == "unary_expression" and kind == "!":
            told, turned = self.truth(inner.children[1])
            return told, not turned
        if inner.type == "binary_expression" and len(inner.children) == 3:
            return self._binary_truth(inner)
        return self.tell(inner), False

    def _binary_truth(self, node: Node) -> tuple[Told, bool]:
        left, sign, right = node.children
        if sign.type in _EQUAL:
            for one, other in ((left, right), (right, left)):
                if self.is_zero(one):
                    told, turned = self.truth(other)
                    return told, turned != (not _EQUAL[sign.type])
            both = [self.tell(left), self.tell(right)]
            if self.may_swap(left, right):
                both.sort()
            return hashed(self.sign(node).replace("!", "=", 1), *both), _EQUAL[sign.type]
        if sign.type in self.less.values() or sign.type in self.less:
            both = [self.tell(left), self.tell(right)]
            name = sign.type
            if self.may_swap(left, right) and name in self.less:
                name = self.less[name]
                both.reverse()
            return hashed(name, *both), False
        if sign.type in {"&&", "||"}:
            parts = [self._said(each) for each in (left, right)]
            return hashed(f"truth {sign.type}", *parts), False
        return self._plain(node), False

    def _said(self, node: Node) -> Told:
        """A condition whose value nobody uses."""
        told, turned = self.truth(node)
        return hashed("not", told) if turned else told

    def _binary(self, node: Node) -> Told | None:
        if len(node.children) != 3:
            return None
        sign = node.children[1].type
        if self.is_boolean and sign in {"&&", "||"}:
            return hashed("truth", self.truth(node)[0], b"")
        if sign in _EQUAL or sign in self.less or sign in self.less.values():
            told, turned = self.truth(node)
            return hashed("truth", told, b"not" if turned else b"")
        return None

    def _unary(self, node: Node) -> Told | None:
        if node.children[0].type != "!":
            return None
        told, turned = self.truth(node)
        return hashed("truth", told, b"not" if turned else b"")

    def _branch(self, node: Node) -> Told | None:
        test, yes, no = (node.child(name) for name in ("condition", "consequence", "alternative"))
        if test is None or yes is None:
            return None
        if no is None:
            return hashed("if", self._said(test), self.tell(yes))
        told, turned = self.truth(test)
        if no.type == "else_clause":
            no = no.inner()[0] if len(no.inner()) == 1 else no
        bodies = [self.tell(yes), self.tell(no)]
        return hashed("if", told, *(reversed(bodies) if turned else bodies))

    def _loop(self, node: Node) -> Told | None:
        head = self.code.text(node)[: -len(self.code.text(node.children[-1])) or None]
        if b"".join(head.split()) in {b"for(;;)", b"while(1)", b"while(true)"}:
            return hashed("forever", self.tell(node.children[-1]))
        parts = []
        for each in node.children:
            if each.type == "comment":
                continue
            if each.field in {"update", "increment"}:
                parts.append(self._idle(each))
            else:
                parts.append(self._said(each) if each.field == "condition" else self.tell(each))
        return hashed(node.type, *parts)

    def _statement(self, node: Node) -> Told | None:
        inner = node.inner()
        if len(inner) != 1:
            return None
        parts = [
            self._idle(each) if each is inner[0] else self.tell(each)
            for each in node.children
            if each.type != "comment"
        ]
        return hashed(node.type, *parts)

    def _idle(self, node: Node) -> Told:
        """An expression whose value nobody uses."""
        if node.type in _SEQUENCES:
            return hashed("row", *(self._idle(each) for each in node.inner()))
        argument = node.child("argument")
        if node.type == "update_expression" and argument is not None:
            sign = b"+" if b"++" in self.code.text(node) else b"-"
            return hashed("step", sign, self.tell(argument))
        return self.tell(node)

    def _bracket(self, node: Node) -> Told | None:
        inner = bare(node)
        return None if inner is node else self.tell(inner)

    def _plain(self, node: Node) -> Told:
        """The type and all children, or the text where there are none."""
        if not node.children:
            return hashed(node.type, self.code.text(node))
        parts: list[bytes] = []
        done = node.start
        for child in node.children:
            parts.append(self.code.data[done : child.start].strip())
            if child.type != "comment":
                parts.append(self.tell(child))
            done = child.end
        parts.append(self.code.data[done : node.end].strip())
        return hashed(node.type, *(part for part in parts if part))

    _SPECIAL: ClassVar[Mapping[str, "Callable[[Canon, Node], Told | None]"]] = MappingProxyType(
        {
            "binary_expression": _binary,
            "unary_expression": _unary,
            "parenthesized_expression": _bracket,
            "expression_statement": _statement,
            **dict.fromkeys(_BRANCHES, _branch),
            **dict.fromkeys(_LOOPS, _loop),
        }
    )


def bare(node: Node) -> Node:
    """A node without brackets around it."""
    while node.type == "parenthesized_expression" and len(node.inner()) == 1:
        node = node.inner()[0]
    return node


def hashed(name: str, *parts: bytes) -> Told:
    """The digest of a name and parts, each with its length, so that no two rows give one."""
    told = hashlib.blake2b(name.encode(), digest_size=16)
    for part in parts:
        told.update(b"%d:" % len(part) + part)
    return told.digest()
