"""Forms that compile to the same code: how texts and numbers are written, bare returns.

Absolute forms: double quotes, two pieces, a raw text, hexadecimal and ``return None`` are the
second. A text is written raw or not where it holds no backslash, and is more than a name.
"""

import re
from collections.abc import Iterator

from tree_sitter import Node

from mapp_compliance.watermark.carriers.python.syntax import Code, enclosing
from mapp_compliance.watermark.natural.forms import Alt, Form, Mark, Pieces

LEAST_SPLIT_BYTES = 12  # shorter texts in two pieces look odd
LEAST_NUMBER = 10  # smaller numbers read alike in both bases
GREATEST_NUMBER = 2**64
_QUOTES = (b"'", b'"')
_PREFIXES = {b"", b"b", b"r", b"u", b"br", b"rb"}
_BARE = {b"": b"", b"r": b"", b"b": b"b", b"br": b"b", b"rb": b"b"}  # without the raw sign
_NAME = re.compile(rb"\w*")
_LETTERS = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ ")


def string_forms(code: Code, node: Node) -> Iterator[Form]:
    """Quotes and splitting of a plain string; documentation and f-strings are left alone."""
    if node.type != "string" or not _is_plain(node):
        return
    opening = code.text(node.children[0])
    prefix, quote = opening[:-1], opening[-1:]
    content = code.data[node.children[0].end_byte : node.children[-1].start_byte]
    if prefix.lower() not in _PREFIXES or quote not in _QUOTES or set(content) & set(b"'\"\\\r\n"):
        return
    if opening + content + quote != code.text(node):
        return  # the grammar leaves out what some raw strings hold
    scope = code.scope(node)
    middle = _middle(node, prefix, content)
    split = Mark("split", content, 0, scope, node.start_byte) if middle else None
    quotes = Mark("quotes", content, _QUOTES.index(quote), scope, node.start_byte)
    raw: Pieces = ()  # never of an annotation, whose texts a type checker reads
    if prefix in _BARE and not _stands_in(node, "type") and not _NAME.fullmatch(content):
        mark = Mark("raw", content, int(b"r" in prefix), scope, node.start_byte)
        raw, prefix = (Alt(mark, (), (b"r",)),), _BARE[prefix]
    single, double = ((*raw, *_written(prefix, each, content, middle, split)) for each in _QUOTES)
    yield Form(node.start_byte, node.end_byte, (Alt(quotes, single, double),))


def number_forms(code: Code, node: Node) -> Iterator[Form]:
    """A whole number in decimal or hexadecimal."""
    if node.type != "integer" or not code.stands_free(node):
        return
    text = code.text(node)
    is_hex = text[:2].lower() == b"0x"
    if b"_" in text or not (is_hex or (text.isdigit() and text[:1] != b"0")):
        return
    value = int(text, 16 if is_hex else 10)
    if not LEAST_NUMBER <= value < GREATEST_NUMBER:
        return
    mark = Mark("base", b"%d" % value, int(is_hex), code.scope(node), node.start_byte)
    forms = (b"%d" % value, text) if is_hex else (text, b"0x%x" % value)
    yield Form(node.start_byte, node.end_byte, (Alt(mark, (forms[0],), (forms[1],)),))


def return_forms(code: Code, node: Node) -> Iterator[Form]:
    """``return`` or ``return None``, which an async generator must not have."""
    if node.type != "return_statement" or _is_async(enclosing(node, "function_definition")):
        return
    value = node.named_children
    if value and (len(value) > 1 or value[0].type != "none" or code.text(node) != b"return None"):
        return
    mark = Mark("return", b"", int(bool(value)), code.scope(node), node.start_byte)
    yield Form(node.start_byte, node.end_byte, (Alt(mark, (b"return",), (b"return None",)),))


def _is_plain(node: Node) -> bool:
    parts = node.children
    if len(parts) not in {2, 3} or parts[0].type != "string_start":
        return False
    above = node.parent
    if above is not None and above.type == "concatenated_string":
        above = above.parent
    if above is None or above.type == "expression_statement":
        return False  # documentation, or text that stands alone
    return len(parts) == 2 or parts[1].type == "string_content"


def _stands_in(node: Node, kind: str) -> bool:
    return node.parent is not None and node.parent.type == kind


def _middle(node: Node, prefix: bytes, content: bytes) -> int:
    """Where a text is split, after its first half; 0 where it is better left whole."""
    in_pieces = _stands_in(node, "concatenated_string")
    half = len(content) // 2
    around = content[half - 1 : half + 1]
    plain = prefix.lower() in {b"", b"b"} and len(content) >= LEAST_SPLIT_BYTES
    return half if plain and not in_pieces and set(around) <= _LETTERS else 0


def _written(
    prefix: bytes, quote: bytes, content: bytes, middle: int, split: Mark | None
) -> Pieces:
    if split is None:
        return (prefix + quote + content + quote,)
    seam = quote + b" " + prefix + quote
    head, tail = prefix + quote + content[:middle], content[middle:] + quote
    return (head, Alt(split, (), (seam,)), tail)


def _is_async(function: Node | None) -> bool:
    return function is not None and function.children[0].type == "async"
