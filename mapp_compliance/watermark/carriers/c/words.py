"""Forms of single words of C: texts, numbers, specifiers.

- split: a text in two pieces within a word (second form); base: hexadecimal (second form), of
  values whose type is int either way.
- int: ``unsigned`` or ``unsigned int`` (second form), and so for short and long.
- const: ``const char`` or ``char const`` (second form).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mapp_compliance.watermark.natural.cstyle import CStyle, alt
from mapp_compliance.watermark.natural.forms import Alt, Form, Pieces
from mapp_compliance.watermark.natural.literals import in_bases
from mapp_compliance.watermark.natural.syntax import Node

END_OF_NUMBERS = 2**31  # below, a literal is an int in both bases
LEAST_SPLIT_BYTES, MOST_SPLIT_BYTES = 8, 48  # longer ones are broken by formatters as well
_SIZES = frozenset({b"unsigned", b"short", b"long"})
_BASIC = re.compile(rb"(?:char|int|void|float|double|\w+_t|struct \w+)\Z")
_TEXT_HOLDERS = frozenset(
    {"argument_list", "init_declarator", "return_statement", "assignment_expression"}
)
_WORD_SEAM = re.compile(rb"(?<=[A-Za-z])(?=[A-Za-z])")


@dataclass(slots=True)
class CWords(CStyle):
    """The rules of words over one C file."""

    def text_forms(self, node: Node) -> Iterator[Form]:
        """A text whole or in two pieces."""
        if node.type != "string_literal" or node.parent is None:
            return
        if node.parent.type not in _TEXT_HOLDERS or not self.may_vary(node):
            return
        text = self.code.text(node)
        content = text[1:-1]
        if text[:1] != b'"' or not LEAST_SPLIT_BYTES <= len(content) <= MOST_SPLIT_BYTES:
            return
        middle = _seam(content)
        if not middle or not self.code.stands_free(node):
            return
        mark = self.mark("split", content, 0, node)
        two = b'"%b" "%b"' % (content[:middle], content[middle:])
        yield Form(node.start, node.end, (Alt(mark, (text,), (two,)),))

    def number_forms(self, node: Node) -> Iterator[Form]:
        """A whole number in decimal or hexadecimal."""
        if node.type != "number_literal" or not self.may_vary(node):
            return
        found = in_bases(self.code.text(node), END_OF_NUMBERS)
        if found is None or not self.code.stands_free(node):
            return
        value, original, forms = found
        mark = self.mark("base", b"%d" % value, original, node)
        yield Form(node.start, node.end, (Alt(mark, (forms[0],), (forms[1],)),))

    def size_forms(self, node: Node) -> Iterator[Form]:
        """``unsigned`` or ``unsigned int``."""
        if node.type != "sized_type_specifier" or not self.may_vary(node):
            return
        words = self.code.text(node).split(b" ")
        sizes = words[:-1] if words[-1] == b"int" else words
        if not sizes or not set(sizes) <= _SIZES or not self.code.stands_free(node):
            return
        short = b" ".join(sizes)
        mark = self.mark("int", short, int(words[-1] == b"int"), node)
        yield Form(node.start, node.end, (Alt(mark, (short,), (short + b" int",)),))

    def const_forms(self, node: Node) -> Iterator[Form]:
        """``const char`` or ``char const``."""
        if node.type != "type_qualifier" or node.parent is None or not self.may_vary(node):
            return
        around = node.parent.children
        at = around.index(node)
        if self.code.text(node) != b"const":
            return
        for other, original in ((at + 1, 0), (at - 1, 1)):
            if not 0 <= other < len(around) or around[other].field != "type":
                continue
            kind = around[other]
            one, two = (node, kind) if not original else (kind, node)
            if self.code.between(one, two) != b" " or not _BASIC.match(self.code.text(kind)):
                continue
            mark = self.mark("const", self.code.text(kind), original, one)
            written: Pieces = (one.span, b" ", two.span)
            yield Form(one.start, two.end, (alt(mark, written, (two.span, b" ", one.span)),))
            return


def _seam(content: bytes) -> int:
    """Where a text is cut, near its middle and within a word; 0 where it is better left whole."""
    if b"??" in content:
        return 0
    half = len(content) // 2
    places = sorted(
        (found.start() for found in _WORD_SEAM.finditer(content)),
        key=lambda at: (abs(at - half), at),
    )
    for at in places:
        around = content[max(0, at - 6) : at + 2]
        if not set(around) & set(b"\\%") and 2 <= at <= len(content) - 2:
            return at
    return 0
