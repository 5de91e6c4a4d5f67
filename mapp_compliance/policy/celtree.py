"""The checked syntax tree of a condition, read from the bytes that the CEL library serializes.

The library gives its tree only as a protocol buffer (``cel.expr.CheckedExpr`` inside ``Any``).
Five message types are needed, so the wire form is read here; a protobuf runtime is not.
The bytes are our own library's, never a stranger's.

Source: cel-spec, ``proto/cel/expr/checked.proto`` and ``syntax.proto``; field numbers below.
"""

from collections.abc import Iterator
from dataclasses import dataclass

_LENGTH = 2  # wire type; 0 is a varint
_FIXED = {1: 8, 5: 4}  # wire type -> bytes; numbers with a point, whose value nobody needs
_ANY_VALUE, _CHECKED_EXPR, _CHECKED_SOURCE, _SOURCE_POSITIONS = 2, 4, 5, 4
_EXPR_ID, _CONST, _IDENT, _CALL, _LIST = 2, 3, 4, 6, 7
_CONST_TEXT, _CALL_FUNCTION, _CALL_ARGUMENT = 6, 2, 3
UNKNOWN_NODE = "?"  # maps, messages, anything else that conditions do not use


@dataclass(frozen=True, slots=True)
class Tree:
    """One node: a fact's name, a text literal, or a call (a list literal is a call of ``[]``).

    Attributes:
        offset: place in the expression, in characters from 0.
        fact: name that is read; empty when it is no name.
        text: value of a text literal; None when it is none.
        function: operator or function, such as ``_==_``; empty when it is no call.
    """

    offset: int
    fact: str = ""
    text: str | None = None
    function: str = ""
    args: tuple["Tree", ...] = ()

    def walk(self) -> Iterator["Tree"]:
        """This node and all below it, from the top."""
        yield self
        for arg in self.args:
            yield from arg.walk()


def parse_tree(serialized: bytes) -> Tree:
    """The tree of one compiled expression."""
    checked = dict(_fields(_bytes(dict(_fields(serialized))[_ANY_VALUE])))
    positions: dict[int, int] = {}
    for number, value in _fields(_bytes(checked[_CHECKED_SOURCE])):
        if number == _SOURCE_POSITIONS:
            entry = dict(_fields(_bytes(value)))
            positions[_int(entry.get(1, 0))] = _int(entry.get(2, 0))
    return _node(_bytes(checked[_CHECKED_EXPR]), positions)


def _node(data: bytes, positions: dict[int, int]) -> Tree:
    parts = dict(_fields(data))
    offset = positions.get(_int(parts.get(_EXPR_ID, 0)), 0)
    if _IDENT in parts:
        fact = _bytes(dict(_fields(_bytes(parts[_IDENT])))[1]).decode()
        return Tree(offset - max(fact.rfind("."), 0), fact=fact)  # it points at the last point
    if _CONST in parts:
        text = dict(_fields(_bytes(parts[_CONST]))).get(_CONST_TEXT)
        return Tree(offset, text=None if text is None else _bytes(text).decode())
    if _LIST in parts:
        items = [value for number, value in _fields(_bytes(parts[_LIST])) if number == 1]
        return Tree(offset, function="[]", args=_nodes(items, positions))
    call = list(_fields(_bytes(parts.get(_CALL, b""))))
    function = next(
        (_bytes(value).decode() for n, value in call if n == _CALL_FUNCTION), UNKNOWN_NODE
    )
    args = [value for number, value in call if number == _CALL_ARGUMENT]
    return Tree(offset, function=function, args=_nodes(args, positions))


def _nodes(items: list[int | bytes], positions: dict[int, int]) -> tuple[Tree, ...]:
    return tuple(_node(_bytes(item), positions) for item in items)


def _fields(data: bytes) -> Iterator[tuple[int, int | bytes]]:
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        if key & 7 in _FIXED:
            at += _FIXED[key & 7]
            continue
        value, at = _varint(data, at)
        if key & 7 == _LENGTH:
            yield key >> 3, data[at : at + value]
            at += value
        else:
            yield key >> 3, value


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7


def _int(value: int | bytes) -> int:
    return value if isinstance(value, int) else 0


def _bytes(value: int | bytes) -> bytes:
    return value if isinstance(value, bytes) else b""
