"""A Python file without authored points as a tree of its natural forms; else a sentence why not.

Rules: a site is taken only where its rule says that the meaning stays; where a file may look at
its own text or lines, nothing that shows there is touched; what fails its proof is dropped here,
before any word exists, for reasons that depend on the file alone. Names of sites are made of the
definition around them, their family and their own text, so that edits elsewhere leave them alone.

>>> from mapp_compliance.watermark.carriers.python.families import DEFAULT
>>> laid = lay_out_python("a.py", b"def f(x):\\n    return 1 if x == 0 else 2\\n", DEFAULT)
>>> sorted(point.form for point in laid.layout.points), laid.warnings
(['branch', 'yoda'], ())
"""

import re
from collections.abc import Callable, Collection, Iterator, Sequence

from tree_sitter import Node

from mapp_compliance.values import shown
from mapp_compliance.watermark.carriers.python.families import (
    LINES,
    SAME_CODE,
    Family,
)
from mapp_compliance.watermark.carriers.python.grouping import paren_forms, tuple_forms
from mapp_compliance.watermark.carriers.python.lexical import (
    number_forms,
    return_forms,
    string_forms,
)
from mapp_compliance.watermark.carriers.python.logic import (
    branch_forms,
    comparison_forms,
    not_forms,
    ternary_forms,
)
from mapp_compliance.watermark.carriers.python.orders import (
    definition_forms,
    entry_forms,
    keyword_forms,
)
from mapp_compliance.watermark.carriers.python.proof import PythonProof, tree_of
from mapp_compliance.watermark.carriers.python.syntax import Code, NotParsed, parse
from mapp_compliance.watermark.natural.carrier import Surveyed, Unparsed, plain_layout
from mapp_compliance.watermark.natural.comments import comment_forms
from mapp_compliance.watermark.natural.fit import unfit
from mapp_compliance.watermark.natural.forms import Form, Span, free_of, marks_of
from mapp_compliance.watermark.natural.paragraphs import HASH, Comment
from mapp_compliance.watermark.natural.sound import surveyed

SAME = frozenset(family.value for family in SAME_CODE)

_RULES: tuple[Callable[[Code, Node], Iterator[Form]], ...] = (
    *(paren_forms, tuple_forms),  # of equal stretches the first is the outer one
    *(branch_forms, ternary_forms, not_forms, comparison_forms),
    *(string_forms, number_forms, return_forms),
    *(definition_forms, keyword_forms, entry_forms),
)
_OWN_TEXT = re.compile(rb"getsource|open\(\s*__file__|linecache|__file__[^\n]*read")
_OWN_LINES = re.compile(rb"f_lineno|tb_lineno|co_firstlineno|co_lines|currentframe|_getframe")
_OWN_LEN = re.compile(rb"\bdef len\b|\blen\s*=[^=]|\bimport len\b|\bas len\b")


def lay_out_python(
    path: str, data: bytes, families: Collection[Family], taken: Collection[Span] = ()
) -> Surveyed:
    """The file with its natural forms; any bytes give a layout.

    Args:
        path: as it is sent; part of the names of the sites.
        taken: stretches that authored points hold; no form touches them.
    """
    why = _unfit(data)
    if why is None and data.strip():
        try:
            return _surveyed(path, data, families, taken)
        except NotParsed:
            why = "the grammar does not know all of it"
        except Unparsed as err:
            why = f"{err}"
        except RecursionError:
            why = "it nests too deeply"
    told = (f"{shown(path)} carries no natural marks: {why}",) if why else ()
    return Surveyed(plain_layout(path, data), told)


def _unfit(data: bytes) -> str | None:
    """Why a file is left alone before anything looks at it."""
    why = unfit(data)
    if why is not None:
        return why
    text = data.decode("utf-8")
    if re.match(r"(?:[^\n]*\n)?[ \t\f]*#[^\n]*coding[:=][ \t]*(?!utf-?8)[-\w.]", text, re.I):
        return "it names an encoding other than UTF-8"
    if _OWN_TEXT.search(data):
        return "it may read its own text"
    return None


def _surveyed(
    path: str, data: bytes, families: Collection[Family], taken: Collection[Span]
) -> Surveyed:
    tree_of(data)
    code = parse(data)
    allowed = {family.value for family in families}
    if _OWN_LINES.search(data):
        allowed -= {family.value for family in LINES}
    if _OWN_LEN.search(data):
        allowed.discard(Family.COMPARE.value)
    found = free_of(_forms(code, allowed), taken)
    return surveyed(path, data, found, allowed, PythonProof(data), apart=[SAME])


def _forms(code: Code, allowed: Collection[str]) -> list[Form]:
    """The forms that hold a mark of an allowed family."""
    nodes = list(code.nodes())
    found = [form for node in nodes for rule in _RULES for form in rule(code, node)]
    found += _comment_forms(code, nodes)
    return [form for form in found if any(mark.family in allowed for mark in marks_of(form.pieces))]


def _comment_forms(code: Code, nodes: Sequence[Node]) -> Iterator[Form]:
    names = {code.text(node).decode() for node in nodes if node.type == "identifier"}
    comments = [
        Comment(node.start_byte, node.end_byte, code.scope(node))
        for node in nodes
        if node.type == "comment"
    ]
    return comment_forms(code.data, comments, HASH, names)
