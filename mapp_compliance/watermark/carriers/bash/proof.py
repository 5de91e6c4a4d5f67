"""That two shell scripts mean the same: one canonical tree of the grammar, as a digest.

It undoes exactly what the forms may do: quotes of a text without expansions, quotes of a word that
is not split, braces of a plain variable, the sign of a substitution, and five names that have two.

>>> keeps(b"#!/bin/bash\\nx=$y; f 'a'", b"#!/bin/bash\\nx=\\"${y}\\"; f \\"a\\"", ())
True
>>> keeps(b"f $x", b'f "$x"', ())
False
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache

from mapp_compliance.watermark.carriers.bash.rules import LOOPS
from mapp_compliance.watermark.carriers.bash.words import BARE, PLAIN
from mapp_compliance.watermark.natural.canon import Told, hashed
from mapp_compliance.watermark.natural.syntax import Code, Node, parse

GRAMMAR = "tree_sitter_bash"
_NAMED = re.compile(rb"\$(?:(\w+)|\{(\w+)\})", re.ASCII)
_DROPPED = frozenset({"comment", ";", "\n"})
_WORDS = frozenset({"word", "number", "extglob_pattern", "regex"})
_TESTS = frozenset({"binary_expression", "unary_expression"})


@dataclass(slots=True)
class ShellCanon:
    """One file."""

    code: Code

    def tell(self, node: Node) -> Told:
        """The digest of a node."""
        if self._is_unsplit(node):
            return hashed("value", *self._parts(node))
        return self._alone(node)

    def _alone(self, node: Node) -> Told:
        text = self.code.text(node)
        named = _NAMED.fullmatch(text)
        if named and node.type in {"simple_expansion", "expansion"}:
            return hashed("variable", named[1] or named[2])
        if node.type in {"raw_string", "string"} and PLAIN.fullmatch(text[1:-1]):
            return hashed("word" if BARE.fullmatch(text[1:-1]) else "text", text[1:-1])
        if node.type in _WORDS and BARE.fullmatch(text):
            return hashed("word", text)
        if node.type == "command_substitution":
            kind = "input" if text.startswith(b"$(<") else "substitution"
            return hashed(kind, *map(self.tell, node.inner()))
        if node.type in {"test_command", "command"}:
            return self._command(node)
        if node.type == "function_definition":
            return hashed("function", *map(self.tell, node.inner()))
        return self._plain(node)

    def _command(self, node: Node) -> Told:
        first = self.code.text(node.children[0])
        if node.type == "test_command" and first == b"[":
            words = (word for each in node.inner() for word in self._words(each))
            return hashed("test", *words)
        if first == b"test":
            return hashed("test", *(self._word(each) for each in node.children[1:]))
        if first in {b"source", b"."}:
            return hashed("source", *map(self.tell, node.children[1:]))
        above = node.parent
        is_loop = above is not None and above.type in LOOPS
        if is_loop and self.code.text(node) in {b":", b"true"}:
            return hashed("true")
        return self._plain(node)

    def _words(self, node: Node) -> list[Told]:
        """The arguments of a test, however they are bracketed in the tree."""
        if node.type in _TESTS:
            return [word for each in node.children for word in self._words(each)]
        return [self._word(node)]

    def _word(self, node: Node) -> Told:
        if node.named and node.type not in {"test_operator", "word"}:
            return self.tell(node)
        return hashed("word", self.code.text(node))

    def _is_unsplit(self, node: Node) -> bool:
        above = node.parent
        if above is None or node.field != "value":
            return False
        if above.type == "variable_assignment":
            outer = above.parent
            return outer is None or outer.type != "declaration_command"
        return above.type == "case_statement"

    def _parts(self, node: Node) -> list[bytes]:
        """A word without the quotes around it, cut into texts and expansions."""
        data, text = self.code.data, self.code.text(node)
        if node.type in {"raw_string", "string"} and PLAIN.fullmatch(text[1:-1]):
            return [text[1:-1] if BARE.fullmatch(text[1:-1]) else self._alone(node)]
        is_string = node.type == "string"
        start, end = (node.start + 1, node.end - 1) if is_string else (node.start, node.end)
        kids = node.children if node.type in {"string", "concatenation"} else [node]
        parts: list[bytes] = []
        done = start
        for each in kids:
            if each.type in {"string_content", "word", "number", '"'}:
                continue
            parts += [data[done : each.start], self._alone(each)]
            done = each.end
        return [*parts, data[done:end]]

    def _plain(self, node: Node) -> Told:
        if not node.children:
            is_same = node.type == "==" and self._in_brackets(node)
            return hashed("=", b"=") if is_same else hashed(node.type, self.code.text(node))
        data, done = self.code.data, node.start
        parts: list[bytes] = []
        for child in node.children:
            gap = data[done : child.start]
            parts.append(gap if node.type in {"string", "heredoc_body"} else gap.strip())
            if child.type not in _DROPPED:
                parts.append(self.tell(child))
            done = child.end
        return hashed(node.type, *(part for part in parts if part))

    def _in_brackets(self, node: Node) -> bool:
        test = node.parent.parent if node.parent is not None else None
        return test is not None and test.type == "test_command" and test.children[0].type == "[["


def read_tree(data: bytes) -> Code:
    """The tree of a script, which may have faults. Raises Unparsed."""
    return parse(GRAMMAR, data, tolerant=True)


@lru_cache(maxsize=4)  # the original is asked for again with every copy
def canonical(data: bytes) -> Told:
    """The digest of the canonical tree. Raises Unparsed."""
    code = read_tree(data)
    return ShellCanon(code).tell(code.root)


def keeps(original: bytes, copy: bytes, _: Collection[str]) -> bool:
    """True when both have one canonical tree, whichever families vary. Raises Unparsed."""
    return canonical(original) == canonical(copy)


@dataclass(slots=True)
class ShellProof:
    """One file."""

    data: bytes

    def keeps(self, marked: bytes, _: Collection[str]) -> bool:
        """True when a copy has the same canonical tree. Raises Unparsed."""
        return keeps(self.data, marked, ())
