"""A C file as a tree of its natural forms; else a sentence why not.

Rules: macros make many good files look faulty to a grammar, so what the grammar does not know is
left alone, function by function, and the rest is taken; where most of a file is not known, nothing
is. A file that asks for its lines keeps them.

>>> laid = lay_out("a.c", b"int f(int x) { return x == 0 ? 12 : 2; }", {"branch", "base"})
>>> sorted(point.form for point in laid.layout.points), laid.warnings
(['base', 'branch'], ())
"""

import re
from collections.abc import Collection
from functools import partial

from mapp_compliance.values import shown
from mapp_compliance.watermark.carriers.c.facts import Facts
from mapp_compliance.watermark.carriers.c.proof import CProof, read_tree
from mapp_compliance.watermark.carriers.c.rules import CRules, function_name
from mapp_compliance.watermark.natural.carrier import Surveyed, Unparsed, plain_layout
from mapp_compliance.watermark.natural.comments import forms_in
from mapp_compliance.watermark.natural.fit import minified, unfit
from mapp_compliance.watermark.natural.forms import Span, free_of, marks_of
from mapp_compliance.watermark.natural.paragraphs import DOCUMENTED
from mapp_compliance.watermark.natural.sound import surveyed
from mapp_compliance.watermark.natural.syntax import Code, Node

MOST_FAULTY = 2  # of a file the grammar must know more than one in so many bytes
LINES = frozenset({"branch"})
_OWN_LINES = re.compile(rb"__LINE__")
_OPENED = frozenset(
    {"translation_unit", "function_definition", "compound_statement", "declaration_list"}
    | {"linkage_specification", "if_statement", "else_clause", "for_statement"}
    | {"while_statement", "do_statement", "switch_statement", "case_statement"}
)
_FUNCTION = frozenset({"function_definition", "declaration"})


def lay_out(
    path: str, data: bytes, families: Collection[str], taken: Collection[Span] = ()
) -> Surveyed:
    """The file with its natural forms; any bytes give a layout of themselves."""
    why = unfit(data) or minified(data)
    if why is None and data.strip():
        try:
            return _surveyed(path, data, families, taken)
        except Unparsed:
            why = "the grammar does not know most of it, or it nests too deeply"
    told = (f"{shown(path)} carries no natural marks: {why}",) if why else ()
    return Surveyed(plain_layout(path, data), told)


def _surveyed(
    path: str, data: bytes, families: Collection[str], taken: Collection[Span]
) -> Surveyed:
    code = read_tree(data)
    faults = _faulty(code.root)
    if sum(span.end - span.start for span in faults) * MOST_FAULTY > len(data):
        raise Unparsed(None)
    rules = CRules(code, facts=Facts.of(data, _functions(code)))
    allowed = set(families) - (LINES if _OWN_LINES.search(data) else frozenset())
    found = [form for node in code.root.walk() for form in rules.forms(node)]
    found += forms_in(code, DOCUMENTED, rules.scope, partial(_is_free, code))
    forms = [
        form for form in found if any(mark.family in allowed for mark in marks_of(form.pieces))
    ]
    free = free_of(forms, [*taken, *faults])
    return surveyed(path, data, free, allowed, CProof(data))


def _is_free(code: Code, node: Node) -> bool:
    """False for a comment in a directive, or in a line that belongs to the one before it."""
    start = code.data.rfind(b"\n", 0, node.start) + 1
    before, line = code.data[:start].rstrip(b"\r\n"), code.data[start : node.start]
    return not (before.endswith(b"\\") or line.lstrip().startswith(b"#"))


def _functions(code: Code) -> set[bytes]:
    """The names of all functions that the file defines or declares."""
    found = (node for node in code.root.walk() if node.type in _FUNCTION)
    return {function_name(code, node) for node in found if _declares(node)} - {b""}


def _declares(node: Node) -> bool:
    return any(each.type == "function_declarator" for each in node.walk() if each is not node)


def _faulty(root: Node) -> list[Span]:
    """The smallest declarations, statements and scraps with a fault in them."""
    spans = []
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if not node.has_fault and node.type != "ERROR":
            continue
        if node.type in _OPENED or node.type.startswith("preproc_"):
            waiting += node.children
        else:
            spans.append(node.span)
    return spans
