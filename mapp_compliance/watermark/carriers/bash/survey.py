"""A shell script as a tree of its natural forms; else a sentence why not.

Rules: a script for another shell, one that may read its own text, and one with the line ends of
Windows are left alone; what the grammar does not know is left out statement by statement; a script
without ``#!`` line is taken for one of any shell, and so is one for ``sh``.

>>> laid = lay_out("a.sh", b"#!/bin/bash\\nx=$y; . ./a\\n", {"quoted", "source", "braces"})
>>> sorted(point.form for point in laid.layout.points), laid.warnings
(['braces', 'quoted', 'source'], ())
"""

import re
from collections.abc import Collection

from mapp_compliance.values import shown
from mapp_compliance.watermark.carriers.bash.proof import ShellProof, read_tree
from mapp_compliance.watermark.carriers.bash.quoting import Quoted, quoted
from mapp_compliance.watermark.carriers.bash.rules import ShellRules
from mapp_compliance.watermark.natural.carrier import Surveyed, Unparsed, plain_layout
from mapp_compliance.watermark.natural.fit import minified, unfit
from mapp_compliance.watermark.natural.forms import Span, free_of, marks_of
from mapp_compliance.watermark.natural.sound import surveyed
from mapp_compliance.watermark.natural.syntax import Code, Node

MOST_FAULTY = 4  # of a file the grammar must know all but one in so many bytes
_FIRST = re.compile(rb"#![ \t]*(?:/\S*/)?(?:env[ \t]+(?:-S[ \t]+)?)?(\S+)")
_SHELLS = frozenset({b"sh", b"dash", b"ash"})
_OWN_TEXT = re.compile(
    rb"(?m)^[^#\n]*\b(?:sed|awk|grep|egrep|fgrep|head|tail|cat|dd|tar|cut|wc|perl|python3?|\w*sum"
    rb"|cpio|gzip|unzip|read)\b[^\n]*(?:\$\{?0\b|BASH_SOURCE)"
    rb"|<[ \t]*\"?\$\{?0\b|BASH_COMMAND|BASH_EXECUTION_STRING|\b(?:declare|typeset)[ \t]+-\w*f"
    rb"|\bset[ \t]+-\w*v|\btype[ \t]+\w+[ \t]*\|"
)
_KEPT_OWN = re.compile(rb"(?m)^[ \t]*(\w+)=\"?\$\{?(?:0|BASH_SOURCE)\b\}?\"?[ \t]*$")
_RENAMED = re.compile(rb"(?m)^[ \t]*(?:function[ \t]+)?(test|source|true)[ \t]*\(\)")
_ALIAS = re.compile(rb"\balias\b|expand_aliases|\bposix\b|POSIXLY_CORRECT|\benable[ \t]+-")
_BY_NAME = frozenset({b"test", b"source", b".", b"true", b":"})
_OPENED = frozenset(
    {"program", "function_definition", "compound_statement", "if_statement", "else_clause"}
    | {"elif_clause", "while_statement", "for_statement", "do_group", "subshell"}
)


def lay_out(
    path: str, data: bytes, families: Collection[str], taken: Collection[Span] = ()
) -> Surveyed:
    """The file with its natural forms; any bytes give a layout of themselves."""
    why = unfit(data) or minified(data) or _unfit(path, data)
    if why is None and data.strip():
        try:
            return _surveyed(path, data, families, taken)
        except Unparsed:
            why = "a quote or bracket stays open, or the grammar does not know most of it"
    told = (f"{shown(path)} carries no natural marks: {why}",) if why else ()
    return Surveyed(plain_layout(path, data), told)


def shell_of(path: str, data: bytes) -> bytes | None:
    """``bash`` or ``sh``, None for a script of another language."""
    found = _FIRST.match(data)
    name = found[1].rsplit(b"/", 1)[-1] if found else b""
    if name == b"bash" or (not name and path.lower().endswith(".bash")):
        return b"bash"
    return b"sh" if not name or name in _SHELLS else None


def _unfit(path: str, data: bytes) -> str | None:
    if shell_of(path, data) is None:
        return "its first line names another language"
    if b"\r" in data:
        return "its lines end as on Windows, which a shell does not read"
    if b"\0" in data:
        return "it holds a zero byte"
    names = _KEPT_OWN.findall(data)
    kept = any(
        re.search(rb"\b(?:sed|awk|grep|head|tail|cat|dd|tar)\b[^\n]*\$\{?" + name + rb"\b", data)
        for name in names
    )
    return "it may read its own text" if kept or _OWN_TEXT.search(data) else None


def _surveyed(
    path: str, data: bytes, families: Collection[str], taken: Collection[Span]
) -> Surveyed:
    code, seen = read_tree(data), quoted(data)
    faults = _faulty(code.root)
    if sum(span.end - span.start for span in faults) * MOST_FAULTY > len(data):
        raise Unparsed(None)
    renamed = _BY_NAME if _ALIAS.search(data) else frozenset(_RENAMED.findall(data))
    is_bash = shell_of(path, data) == b"bash" and not re.search(rb"\bposix\b", data)
    rules = ShellRules(code, seen, is_bash, renamed=renamed)
    forms = [
        form
        for node in code.root.walk()
        for form in rules.forms(node)
        if any(mark.family in families for mark in marks_of(form.pieces))
    ]
    free = free_of(forms, [*taken, *faults, *_doubtful(code, seen)])
    return surveyed(path, data, free, frozenset(families), ShellProof(data))


def _doubtful(code: Code, seen: Quoted) -> list[Span]:
    """Here-documents that only one of the two readers sees."""
    bodies = {(node.start, node.end) for node in code.root.walk() if node.type == "heredoc_body"}
    theirs = [Span(*place) for place in seen.documents]
    return [
        *(own for own in theirs if not any(own.holds(*place) for place in bodies)),
        *(Span(*place) for place in bodies if not any(own.holds(*place) for own in theirs)),
    ]


def _faulty(root: Node) -> list[Span]:
    """The smallest statements and scraps with a fault in them."""
    spans = []
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if not node.has_fault and node.type != "ERROR":
            continue
        if node.type in _OPENED:
            waiting += node.children
        else:
            spans.append(node.span)
    return spans
