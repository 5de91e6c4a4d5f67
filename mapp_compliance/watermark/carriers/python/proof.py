"""That two Python files mean the same: same compiled code, or one canonical tree.

The canonical tree undoes exactly what the forms of ``logic`` may do: it puts a lone literal to the
right, lets ``<`` point one way, pushes a ``not`` into ``is`` and ``in``, and turns a branch so
that its condition is not negated. Texts, numbers and bare returns have one form in it by nature.
Orders that an author lets vary on top (definitions, keywords, entries) are not undone in it: such
files are compared by ``same_but_for_order``.

>>> same_meaning(b"x = 0 == y\\n", b"x = y == 0x0\\n"), same_meaning(b"x = 1\\n", b"x = 2\\n")
(True, False)
>>> same_code(b"print('a b')\\n", b"print('a' \\" b\\")\\n")
True
"""

import ast
import warnings
from collections.abc import Collection
from dataclasses import dataclass, field
from types import CodeType
from typing import TypeVar

from mapp_compliance.watermark.carriers.python.families import ORDERS, SAME_CODE
from mapp_compliance.watermark.natural.carrier import Unparsed

NAME = "<file>"  # of the file in compiled code, the same for both

_ORDERS = frozenset(family.value for family in ORDERS)
_SAME_CODE = frozenset(family.value for family in SAME_CODE)

N = TypeVar("N", bound=ast.AST)

_MIRROR: dict[type[ast.cmpop], type[ast.cmpop]] = {
    **{op: op for op in (ast.Eq, ast.NotEq, ast.Is, ast.IsNot)},
    ast.Lt: ast.Gt,
    ast.Gt: ast.Lt,
    ast.LtE: ast.GtE,
    ast.GtE: ast.LtE,
}
_OPPOSITE: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}


def tree_of(data: bytes) -> ast.Module:
    """The syntax tree of a file. Raises Unparsed."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # they quote lines of the file
            return ast.parse(data)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as err:
        raise Unparsed(getattr(err, "lineno", None)) from err


@dataclass(slots=True)
class PythonProof:
    """One file; what its copies are compared with is made once."""

    data: bytes
    _trees: dict[bool, str] = field(default_factory=dict)

    def keeps(self, marked: bytes, families: Collection[str]) -> bool:
        """True when the copy has the same tree, and the same code where all families promise it.

        Raises:
            Unparsed: one of the two does not parse.
        """
        ordered = _ORDERS.isdisjoint(families)
        tree = canonical_tree if ordered else unordered_tree
        if ordered not in self._trees:
            self._trees[ordered] = tree(self.data)
        if tree(marked) != self._trees[ordered]:
            return False
        return not _SAME_CODE.issuperset(families) or same_code(self.data, marked)


def same_meaning(one: bytes, two: bytes) -> bool:
    """True when both have one canonical tree. Raises Unparsed."""
    return canonical_tree(one) == canonical_tree(two)


def same_but_for_order(one: bytes, two: bytes) -> bool:
    """True when both have one tree once the orders are undone as well. Raises Unparsed."""
    return unordered_tree(one) == unordered_tree(two)


def canonical_tree(data: bytes) -> str:
    """The canonical tree of a file as text. Raises Unparsed."""
    return _dumped(_Canonical(), data)


def unordered_tree(data: bytes) -> str:
    """The canonical tree with functions, keywords and entries sorted. Raises Unparsed."""
    return _dumped(_Unordered(), data)


def same_code(one: bytes, two: bytes) -> bool:
    """True when both compile to the same code, line tables apart. Raises Unparsed."""
    return _code(_compiled(one)) == _code(_compiled(two))


def _dumped(transform: ast.NodeTransformer, data: bytes) -> str:
    try:
        return ast.dump(transform.visit(tree_of(data)))
    except RecursionError as err:
        raise Unparsed(None) from err


def _compiled(data: bytes) -> CodeType:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            code: CodeType = compile(data, NAME, "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as err:
        raise Unparsed(getattr(err, "lineno", None)) from err
    return code


def _code(code: CodeType) -> tuple[object, ...]:
    """Everything that a code object does, without where it stood in the file."""
    constants = tuple(
        _code(value) if isinstance(value, CodeType) else (type(value), repr(value))
        for value in code.co_consts
    )
    return (
        code.co_code,
        constants,
        (code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars),
        (code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount),
        (code.co_name, code.co_qualname, code.co_flags, code.co_stacksize),
    )


class _Canonical(ast.NodeTransformer):
    """Undoes the forms; children first, so that a turned branch sees its final condition."""

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        self.generic_visit(node)
        if len(node.ops) > 1 or type(node.ops[0]) not in _MIRROR:
            return node
        left, right, own = node.left, node.comparators[0], type(node.ops[0])
        constants = _is_constant(left), _is_constant(right)
        turned = constants == (True, False)
        if constants[0] == constants[1]:
            same = own is _MIRROR[own]
            turned = ast.dump(left) > ast.dump(right) if same else own in {ast.Gt, ast.GtE}
        if turned:
            return ast.Compare(right, [_MIRROR[own]()], [left])
        return node

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.AST:
        self.generic_visit(node)
        inner = node.operand
        is_not = isinstance(node.op, ast.Not) and isinstance(inner, ast.Compare)
        if is_not and isinstance(inner, ast.Compare) and len(inner.ops) == 1:
            opposite = _OPPOSITE.get(type(inner.ops[0]))
            if opposite is not None:
                return ast.Compare(inner.left, [opposite()], inner.comparators)
        return node

    def visit_If(self, node: ast.If) -> ast.AST:
        self.generic_visit(node)
        test, turned = _positive(node.test)
        if not node.orelse:
            return node
        return ast.If(test, *((node.orelse, node.body) if turned else (node.body, node.orelse)))

    def visit_IfExp(self, node: ast.IfExp) -> ast.AST:
        self.generic_visit(node)
        test, turned = _positive(node.test)
        bodies = (node.orelse, node.body) if turned else (node.body, node.orelse)
        return ast.IfExp(test, *bodies)

    def visit_Return(self, node: ast.Return) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.value, ast.Constant) and node.value.value is None:
            return ast.Return(None)
        return node


class _Unordered(_Canonical):
    """Sorts neighbouring functions by name, keywords by name, entries by key."""

    def visit_Module(self, node: ast.Module) -> ast.AST:
        return self._block(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        return self._block(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        return self._block(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        return self._block(node)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        node.keywords.sort(key=lambda each: each.arg or "")
        return node

    def visit_Dict(self, node: ast.Dict) -> ast.AST:
        self.generic_visit(node)
        if all(isinstance(key, ast.Constant) for key in node.keys):
            entries = zip(node.keys, node.values, strict=True)
            ordered = sorted(entries, key=lambda entry: ast.dump(entry[0]) if entry[0] else "")
            node.keys = [key for key, _ in ordered]
            node.values = [value for _, value in ordered]
        return node

    def _block(self, node: N) -> N:
        self.generic_visit(node)
        body: list[ast.stmt] = getattr(node, "body")  # noqa: B009 - of four kinds of node
        run: list[tuple[str, ast.stmt]] = []
        ordered: list[ast.stmt] = []
        for each in (*body, None):
            if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef) and not each.decorator_list:
                run.append((each.name, each))
                continue
            ordered += [function for _, function in sorted(run, key=lambda named: named[0])]
            run = []
            ordered += [each] if each is not None else []
        body[:] = ordered
        return node


def _positive(test: ast.expr) -> tuple[ast.expr, bool]:
    """The condition without a negation, and whether it had one; two of them cancel."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        inner, turned = _positive(test.operand)
        return inner, not turned
    if isinstance(test, ast.Compare) and len(test.ops) == 1:
        own = type(test.ops[0])
        if own in {ast.IsNot, ast.NotIn}:
            return ast.Compare(test.left, [_OPPOSITE[own]()], test.comparators), True
    return test, False


def _is_constant(node: ast.expr) -> bool:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return isinstance(node.operand, ast.Constant)
    return isinstance(node, ast.Constant)
