"""Parentheses that change nothing: the syntax tree is the same with them and without.

- parens: around an operand that binds more tightly than what it stands in, as in
  ``a and (b == c)``, ``(x % 2) == 0``, ``(a * b) + c`` and ``(a + 1) if c else b``, around the
  condition of a comprehension, and around one that is handed on by name;
- tuple: around the values of ``return a, b``, ``yield a, b`` and ``x = a, b``.

The second form has the parentheses. Formatters take parentheses away around whole statements,
conditions and targets, which are left alone here, and leave those inside an expression and those
of a tuple. ``a or (b and c)`` is left alone, since a linter puts these in.
"""

from collections.abc import Iterator

from tree_sitter import Node

from mapp_compliance.watermark.carriers.python.syntax import Code
from mapp_compliance.watermark.natural.forms import Alt, Form, Mark, Span

LOGIC, NEGATION, COMPARISON = 1, 2, 3
_BINDING = {  # how tightly operators bind
    "|": 4,
    "^": 5,
    "&": 6,
    **dict.fromkeys(("<<", ">>"), 7),
    **dict.fromkeys(("+", "-"), 8),
    **dict.fromkeys(("*", "/", "//", "%", "@"), 9),
    "**": 10,
}
_LISTS = {"return_statement", "yield", "assignment"}


def paren_forms(code: Code, node: Node) -> Iterator[Form]:
    """Each operand of an expression that may stand in parentheses or not."""
    around = 0
    if node.type == "conditional_expression" and node.child_count == 5:
        sides = [node.children[0], node.children[4]]
    elif node.type == "if_clause":
        sides = node.named_children
    elif node.type == "keyword_argument":
        sides = [side for side in node.named_children[1:] if _is_condition(code, side)]
    elif node.type in {"boolean_operator", "comparison_operator", "binary_operator"}:
        around, sides = _binding(node), node.named_children
    else:
        return
    if around == LOGIC:
        sides = [side for side in sides if _stands_plain(node, side, _inside(code, side))]
    for side in sides:
        inner = _inside(code, side)
        if inner is not None and _binding(inner) > around:
            yield from _form(code, "parens", side, inner)


def tuple_forms(code: Code, node: Node) -> Iterator[Form]:
    """The values of a return, a yield or an assignment."""
    if node.type not in _LISTS:
        return
    side = node.child_by_field_name("right")
    if node.type != "assignment":
        side = node.named_children[0] if node.named_child_count == 1 else None
    if side is None or node.child_by_field_name("type") is not None:
        return
    plain = code.text(side)
    if side.type == "tuple":
        plain = plain[1:-1]
    elif side.type != "expression_list":
        return
    loose = any(each.type in {"list_splat", "comment"} for each in side.children)
    if side.named_child_count > 1 and not loose and not plain.rstrip().endswith(b","):
        yield from _form(code, "tuple", side, None if side.type == "tuple" else side)


def _form(code: Code, family: str, side: Node, inner: Node | None) -> Iterator[Form]:
    """Parentheses around ``inner``, which stands there without or, as ``side``, with them."""
    start, end = side.start_byte, side.end_byte
    original = int(inner is not side)
    within = Span(start + original, end - original)
    text = code.data[within.start : within.end]
    if b"\n" in text or text != text.strip() or b"#" in text or not code.stands_free(side):
        return
    mark = Mark(family, text, original, code.scope(side), start)
    opening, closing = (Alt(mark, (), (sign,)) for sign in (b"(", b")"))
    yield Form(start, end, (opening, within, closing))


def _inside(code: Code, side: Node) -> Node | None:
    """What stands in one pair of parentheses, or the operand itself."""
    if side.type != "parenthesized_expression":
        return side
    held = side.named_children
    return held[0] if len(held) == 1 and code.text(side)[1:2] != b"(" else None


def _binding(node: Node) -> int:
    """How tightly the operator of a node binds; 0 where parentheses are never varied."""
    if node.type == "boolean_operator":
        return LOGIC
    if node.type == "comparison_operator":
        return COMPARISON
    if node.type == "not_operator":
        inner = node.child_by_field_name("argument")
        return 0 if inner is None or inner.type == "comparison_operator" else NEGATION
    if node.type != "binary_operator":
        return 0
    operator = node.child_by_field_name("operator")
    return _BINDING.get(operator.type, 0) if operator is not None else 0


def _is_condition(code: Code, side: Node) -> bool:
    inner = _inside(code, side)
    return inner is not None and 0 < _binding(inner) <= COMPARISON


def _stands_plain(node: Node, side: Node, inner: Node | None) -> bool:
    """True for an operand of ``and`` or ``or`` that no tool puts into parentheses."""
    left = node.named_children[0]
    third = left.type == "boolean_operator" and left.children[1].type == node.children[1].type
    later = third or (inner is not None and inner.type == "not_operator")
    if inner is None or (later and side != left):
        return False
    return not any(child.type in {"is not", "not in"} for child in inner.children)
