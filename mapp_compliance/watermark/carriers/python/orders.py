"""Orders that a program rarely looks at, but can: only where the manifest asks for them.

- definitions: two functions that stand next to each other, none of which the other's head names;
- keywords: two keyword arguments with literals or plain names as values;
- entries: two entries of a dictionary whose keys are different literals.

``__dict__``, ``**kwargs`` and iteration show these orders. In the second form the name, or key,
that sorts last stands first. Pairs never overlap: the first with the second, the third with the
fourth.
"""

import re
from collections.abc import Iterator, Sequence

from tree_sitter import Node

from mapp_compliance.watermark.carriers.python.syntax import Code
from mapp_compliance.watermark.natural.forms import Alt, Form, Mark, Span

_PLAIN = {"identifier", "integer", "float", "string", "none", "true", "false"}
_KEYS = {"string", "integer"}


def definition_forms(code: Code, node: Node) -> Iterator[Form]:
    """Neighbouring functions of a module or class."""
    if node.type not in {"module", "block"}:
        return
    for one, two in _pairs(node.named_children, "function_definition"):
        heads = (_head(code, one), _head(code, two))
        names = (_named(code, one, "name"), _named(code, two, "name"))
        apart = names[0] != names[1] and not any(
            re.search(rb"\b" + re.escape(name) + rb"\b", head)
            for name, head in zip(names, reversed(heads), strict=True)
        )
        line_end = code.data.find(b"\n", two.end_byte)
        rest = code.data[two.end_byte : len(code.data) if line_end < 0 else line_end]
        between = code.data[one.end_byte : two.start_byte]
        if apart and not rest.strip() and not between.strip() and b"\n" in between:
            yield _swap(code, "definitions", one, two, names)


def keyword_forms(code: Code, node: Node) -> Iterator[Form]:
    """Neighbouring keyword arguments of a call."""
    if node.type != "argument_list":
        return
    for one, two in _pairs(node.named_children, "keyword_argument"):
        values = [each.child_by_field_name("value") for each in (one, two)]
        names = (_named(code, one, "name"), _named(code, two, "name"))
        if all(value is not None and _is_plain(value) for value in values) and _is_comma(
            code, one, two
        ):
            yield _swap(code, "keywords", one, two, names)


def entry_forms(code: Code, node: Node) -> Iterator[Form]:
    """Neighbouring entries of a dictionary, but of none that names slots."""
    if node.type != "dictionary" or not node.named_children:
        return
    pairs = [child for child in node.named_children if child.type == "pair"]
    keys = [_value(_named(code, pair, "key")) for pair in pairs]
    nodes = [pair.child_by_field_name(side) for pair in pairs for side in ("key", "value")]
    plain = all(each is not None and _is_plain(each) for each in nodes)
    literal = all(each is not None and each.type in _KEYS for each in nodes[::2])
    above = code.text(node.parent) if node.parent is not None else b""
    whole = len(pairs) == len(node.named_children) and len(set(keys)) == len(keys)
    if not (plain and literal and whole and all(keys)) or above.startswith(b"__slots__"):
        return
    for one, two in _pairs(node.named_children, "pair"):
        if _is_comma(code, one, two):
            names = (_named(code, one, "key"), _named(code, two, "key"))
            yield _swap(code, "entries", one, two, names)


def _pairs(nodes: Sequence[Node], kind: str) -> Iterator[tuple[Node, Node]]:
    """Neighbours of that kind, each node in one pair at most."""
    at = 0
    while at + 1 < len(nodes):
        both = nodes[at], nodes[at + 1]
        if both[0].type == both[1].type == kind:
            yield both
            at += 2
        else:
            at += 1


def _swap(code: Code, family: str, one: Node, two: Node, names: tuple[bytes, bytes]) -> Form:
    label = b" ".join(sorted(names))
    mark = Mark(family, label, int(names[0] > names[1]), code.scope(one), one.start_byte)
    gap = Span(one.end_byte, two.start_byte)
    written = (_span(one), gap, _span(two))
    turned = (_span(two), gap, _span(one))
    first, second = (turned, written) if mark.original else (written, turned)
    return Form(one.start_byte, two.end_byte, (Alt(mark, first, second),))


def _head(code: Code, function: Node) -> bytes:
    """What is evaluated when the function is defined: its parameters and annotations."""
    body = function.child_by_field_name("body")
    name = function.child_by_field_name("name")
    if body is None or name is None:
        return b""
    return code.data[name.end_byte : body.start_byte]


def _named(code: Code, node: Node, field: str) -> bytes:
    found = node.child_by_field_name(field)
    return b"" if found is None else code.text(found)


def _value(key: bytes) -> bytes:
    """What equal keys have in common, empty for one that cannot be told from others."""
    if key[:1].isdigit():
        return b"%d" % int(key, 0)
    return b"" if b"\\" in key else b"'" + key.strip(b"bBrRuU").strip(b"'\"")


def _is_plain(node: Node) -> bool:
    parts = node.children if node.type == "string" else ()
    return node.type in _PLAIN and all(part.type != "interpolation" for part in parts)


def _is_comma(code: Code, one: Node, two: Node) -> bool:
    """True when nothing but a comma and white space stands between them."""
    return code.data[one.end_byte : two.start_byte].strip() == b","


def _span(node: Node) -> Span:
    return Span(node.start_byte, node.end_byte)
