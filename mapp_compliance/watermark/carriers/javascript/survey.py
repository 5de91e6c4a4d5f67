"""A JavaScript or TypeScript file as a tree of its natural forms; else a sentence why not.

>>> laid = lay_out("javascript", "a.js", b"f(x === 'a' ? 12 : 2);", {"branch", "base", "yoda"})
>>> sorted(point.form for point in laid.layout.points), laid.warnings
(['base', 'branch', 'yoda'], ())
"""

import re
from collections.abc import Collection

from mapp_compliance.values import shown
from mapp_compliance.watermark.carriers.javascript.bindings import Bindings
from mapp_compliance.watermark.carriers.javascript.proof import JavaScriptProof, read_tree
from mapp_compliance.watermark.carriers.javascript.rules import JavaScriptRules
from mapp_compliance.watermark.natural.carrier import Surveyed, Unparsed, plain_layout
from mapp_compliance.watermark.natural.fit import minified, unfit
from mapp_compliance.watermark.natural.forms import Span, free_of, marks_of
from mapp_compliance.watermark.natural.sound import surveyed

_OWN_TEXT = re.compile(
    rb"arguments\.callee\.toString|\.toSource\(|__filename[^\n]*read|readFile[^\n]*__filename"
)


def lay_out(
    language: str, path: str, data: bytes, families: Collection[str], taken: Collection[Span] = ()
) -> Surveyed:
    """The file with its natural forms; any bytes give a layout of themselves."""
    why = unfit(data) or minified(data)
    if why is None and _OWN_TEXT.search(data):
        why = "it may read its own text"
    if why is None and data.strip():
        try:
            return _surveyed(language, path, data, families, taken)
        except Unparsed:
            why = "the grammar does not know all of it, or it nests too deeply"
    told = (f"{shown(path)} carries no natural marks: {why}",) if why else ()
    return Surveyed(plain_layout(path, data), told)


def _surveyed(
    language: str, path: str, data: bytes, families: Collection[str], taken: Collection[Span]
) -> Surveyed:
    code = read_tree(language, data)
    has_arrows = any(node.type == "arrow_function" for node in code.root.walk())
    bindings = Bindings.of(code) if "binding" in families else None
    rules = JavaScriptRules(code, has_arrows=has_arrows, bindings=bindings)
    forms = [
        form
        for node in code.root.walk()
        for form in rules.forms(node)
        if any(mark.family in families for mark in marks_of(form.pieces))
    ]
    free = free_of(forms, taken)
    return surveyed(path, data, free, frozenset(families), JavaScriptProof(language, data))
