"""Forms of comparisons and branches that keep the meaning for any values.

- yoda, identity: a literal stands on the left (second form). A text, a whole number and None leave
  every type that they do not know to the other side, and a subclass of their own type is asked
  first, so both orders ask the same method; a literal has no effects, so the order of evaluation
  does not matter. A float knows subclasses of int, and True those that are not its own, so these
  literals are left alone.
- compare: ``len(a) < n`` or ``n > len(a)`` (second form); a length is a whole number.
- operands, only where asked for: ``a < b`` or ``b > a`` (second form) of two names. A class that
  overrides one of the two methods of a built-in base tells them apart (found by the tests of
  heapq). ``==`` of two names is always left alone.
- negation: ``x not in y`` or ``not x in y`` (second form); compiles to the same code.
- branch: ``if c: A else: B`` or ``if not c: B else: A``. The second form is the negated one.
"""

import re
from collections.abc import Iterator

from tree_sitter import Node

from mapp_compliance.watermark.carriers.python.syntax import Code, operands
from mapp_compliance.watermark.natural.forms import Alt, Form, Mark, Pieces, Span

_MIRROR = {
    **{op: op for op in ("==", "!=", "is", "is not")},
    "<": ">",
    ">": "<",
    "<=": ">=",
    ">=": "<=",
}
_OPPOSITE = {"is": "is not", "is not": "is", "in": "not in", "not in": "in"}
_ORDER = {"<", ">", "<=", ">="}
_CONSTANTS = {"none", "true", "false"}
_TAKES_NOT = {  # what a ``not`` may stand in without parentheses
    *("if_statement", "elif_clause", "while_statement", "return_statement", "assert_statement"),
    *("boolean_operator", "parenthesized_expression", "if_clause", "argument_list"),
}
_SIMPLE = {"identifier", "attribute", "call", "subscript", "parenthesized_expression", *_CONSTANTS}
_CHECKERS = re.compile(rb"TYPE_CHECKING|version_info|sys\.platform|__debug__")
_PRAGMA = re.compile(rb"#\s*(?:type:|noqa|pragma|pylint|mypy|pyright|fmt:|isort|nosec|yapf)")
_LEN = re.compile(rb"len\([A-Za-z_][A-Za-z0-9_.]*\)")


def comparison_forms(code: Code, node: Node) -> Iterator[Form]:
    """Order of operands and place of the negation of one comparison."""
    told = operands(node)
    if told is None or not _is_on_one_line(code, node) or not code.stands_free(node):
        return
    pieces = _ordered(code, node, told[1].type)
    if told[1].type in {"is not", "not in"} and _takes_not(node):
        mark = Mark("negation", code.text(node), 0, code.scope(node), node.start_byte)
        inner = _ordered(code, node, _OPPOSITE[told[1].type])
        pieces = (Alt(mark, pieces, (b"not ", *inner)),)
    if any(isinstance(piece, Alt) for piece in pieces):
        yield Form(node.start_byte, node.end_byte, pieces)


def not_forms(code: Code, node: Node) -> Iterator[Form]:
    """``not x in y`` as the author wrote it."""
    inner = node.child_by_field_name("argument") if node.type == "not_operator" else None
    told = operands(inner) if inner is not None else None
    if inner is None or told is None or told[1].type not in {"is", "in"}:
        return
    if not (_is_on_one_line(code, node) and code.stands_free(node) and _takes_not(node)):
        return
    mark = Mark("negation", code.text(inner), 1, code.scope(node), node.start_byte)
    first = _ordered(code, inner, _OPPOSITE[told[1].type])
    second = (Span(node.start_byte, inner.start_byte), *_ordered(code, inner, told[1].type))
    yield Form(node.start_byte, node.end_byte, (Alt(mark, first, second),))


def ternary_forms(code: Code, node: Node) -> Iterator[Form]:
    """``A if c else B`` or ``B if not c else A``."""
    if node.type != "conditional_expression" or node.child_count != 5:
        return
    yes, _, condition, _, no = node.children
    between = (
        Span(yes.end_byte, condition.start_byte),
        Span(condition.end_byte, no.start_byte),
    )
    spaced = all(
        text[:1] == b" " == text[-1:] and b"\\" not in text
        for text in (code.data[span.start : span.end] for span in between)
    )
    loose = {"conditional_expression", "lambda", "yield", "named_expression"}
    if b"#" in code.text(node) or not spaced or loose & {yes.type, no.type, condition.type}:
        return
    plain, toggled, original = _polarity(code, condition)
    mark = Mark("branch", code.text(condition), original, code.scope(node), node.start_byte)
    one = (_span(yes), between[0], *plain, between[1], _span(no))
    two = (_span(no), between[0], *toggled, between[1], _span(yes))
    if code.stands_free(node):
        yield Form(node.start_byte, node.end_byte, (_alt(mark, one, two),))


def branch_forms(code: Code, node: Node) -> Iterator[Form]:
    """The last condition of an if statement with the ``else`` that belongs to it."""
    if node.type != "if_statement" or node.children[-1].type != "else_clause":
        return
    other = node.children[-1]
    before = [child for child in node.children[:-1] if child.type != "comment"][-1]
    owner = before if before.type == "elif_clause" else node
    condition = owner.child_by_field_name("condition")
    body = owner.child_by_field_name("consequence")
    no = other.child_by_field_name("body")
    if condition is None or body is None or no is None or not code.follows_space(condition):
        return
    cuts = _cuts(code, condition, body, other, no)
    if cuts is None or _CHECKERS.search(code.text(condition)):
        return
    low, last, high, end = cuts
    plain, toggled, original = _polarity(code, condition)
    mark = Mark("branch", code.text(condition), original, code.scope(node), owner.start_byte)
    head, colon = Span(owner.start_byte, condition.start_byte), Span(condition.end_byte, low)
    yes, seam, no_lines = Span(low, last), Span(last, high), Span(high, end)
    one = (head, *plain, colon, yes, seam, no_lines)
    two = (head, *toggled, colon, no_lines, seam, yes)
    yield Form(owner.start_byte, end, (_alt(mark, one, two),))


def _alt(mark: Mark, one: Pieces, two: Pieces) -> Alt:
    """``one`` is how the author wrote it."""
    return Alt(mark, two, one) if mark.original else Alt(mark, one, two)


def _cuts(
    code: Code, condition: Node, body: Node, other: Node, no: Node
) -> tuple[int, int, int, int] | None:
    """Where the lines of both bodies start and end, without the last line break; None: not so.

    Comments move with the body they stand in; one that a tool obeys stays where it is.
    """
    data = code.data
    low = data.find(b"\n", condition.end_byte) + 1
    start = data.rfind(b"\n", 0, other.start_byte) + 1
    high = data.find(b"\n", other.start_byte) + 1
    stop = data.find(b"\n", no.end_byte)
    end = len(data) if stop < 0 else stop - (data[stop - 1 : stop] == b"\r")
    last = start - 1 - (data[start - 2 : start - 1] == b"\r")
    whole = (
        0 < low <= body.start_byte
        and 0 < high <= no.start_byte
        and not data[start : other.start_byte].strip()
        and re.fullmatch(rb"\s*:\s*(?:#.*)?\s*", data[condition.end_byte : low])
        and re.fullmatch(rb"else\s*:\s*(?:#.*)?\s*", data[other.start_byte : high])
        and re.fullmatch(rb"\s*(?:#[^\n]*)?", data[no.end_byte : end])
        and body.start_point[1] == no.start_point[1]
        and body.end_byte <= last
        and b"#" not in code.text(condition)
        and b"\\" not in code.text(condition)
    )
    around = data[condition.end_byte : low] + data[other.start_byte : high]
    return (low, last, high, end) if whole and not _PRAGMA.search(around) else None


def _polarity(code: Code, condition: Node) -> tuple[Pieces, Pieces, int]:
    """(as written, negated, 1 when written negated) of a condition."""
    told = operands(condition)
    if told is not None and told[1].type in _OPPOSITE and _is_on_one_line(code, condition):
        operator = told[1].type
        plain, toggled = (_ordered(code, condition, op) for op in (operator, _OPPOSITE[operator]))
        return plain, toggled, int(operator in {"is not", "not in"})
    inner = condition.child_by_field_name("argument")
    if condition.type == "not_operator" and inner is not None:
        return (_span(condition),), (_span(inner),), 1
    if condition.type in _SIMPLE:
        return (_span(condition),), (b"not ", _span(condition)), 0
    return (_span(condition),), (b"not (", _span(condition), b")"), 0


def _ordered(code: Code, node: Node, operator: str) -> Pieces:
    """A comparison with that operator, in both orders where these mean the same."""
    left, own, right = node.children
    gaps = Span(left.end_byte, own.start_byte), Span(own.end_byte, right.start_byte)
    mirror = _MIRROR.get(own.type, "")
    written = code.text(own) if operator == own.type else operator.encode()
    flipped = written if mirror == own.type else mirror.encode()
    plain = (_span(left), gaps[0], written, gaps[1], _span(right))
    mark = _order_mark(code, node) if mirror else None
    if mark is None:
        return plain
    turned = (_span(right), gaps[0], flipped, gaps[1], _span(left))
    return (_alt(mark, plain, turned),)


def _order_mark(code: Code, node: Node) -> Mark | None:
    """The site of the order of operands; None where the order may matter."""
    left, own, right = node.children
    sides = [_is_literal(each, own.type) for each in (left, right)]
    at = code.scope(node), node.start_byte
    label = b" ".join(sorted((code.text(left), code.text(right))))
    if any(sides):
        family = "identity" if own.type in {"is", "is not"} else "yoda"
        return None if all(sides) else Mark(family, label, int(sides[0]), *at)
    if own.type in {"is", "is not"}:
        return None
    texts = code.text(left), code.text(right)
    counted = [bool(_LEN.fullmatch(text)) for text in texts]
    named = [side.type == "identifier" for side in (left, right)]
    if not all(one or two for one, two in zip(counted, named, strict=True)):
        return None
    if own.type in _ORDER:
        family = "compare" if any(counted) else "operands"
        return Mark(family, label, int(own.type in {">", ">="}), *at)
    if any(counted) and texts[0] != texts[1]:
        return Mark("compare", label, int(texts[0] > texts[1]), *at)
    return None


def _is_literal(node: Node, operator: str) -> bool:
    if operator in {"is", "is not"}:
        return node.type in _CONSTANTS
    if node.type == "unary_operator":
        return node.children[0].type == "-" and node.children[-1].type == "integer"
    if node.type == "string":
        return all(part.type != "interpolation" for part in node.children)
    return node.type in {"integer", "none"}


def _is_on_one_line(code: Code, node: Node) -> bool:
    """True when nothing but spaces stands around the operator, and words keep apart."""
    told = operands(node)
    if told is None:
        return b"\n" not in code.text(node)
    left, own, right = told
    gaps = code.data[left.end_byte : own.start_byte], code.data[own.end_byte : right.start_byte]
    wordy = own.type[0].isalpha()
    return all(not gap.strip(b" ") and (gap or not wordy) for gap in gaps)


def _takes_not(node: Node) -> bool:
    return node.parent is not None and node.parent.type in _TAKES_NOT


def _span(node: Node) -> Span:
    return Span(node.start_byte, node.end_byte)
