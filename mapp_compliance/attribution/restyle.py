"""A Python script made over as a leaker would: other indents, line ends, names, no comments.

The script does the same afterwards. Names of functions, parameters, attributes and whatever
appears inside an f-string stay; every other variable is renamed.

>>> restyled("def f():  # two\\n    total = 2\\n    return total\\n")
'def f():\\r\\n\\tv0 = 2\\r\\n\\treturn v0\\r\\n'
"""

import ast
import io
import re
import tokenize
from collections.abc import Iterator


def restyled(source: str) -> str:
    """The script with tabs for indents, CRLF line ends, no comments and renamed variables.

    Args:
        source: Python source with indents of four spaces and line feeds.

    Raises:
        SyntaxError: it is not Python.
    """
    bare = without_comments(source)
    renamed = with_new_names(bare)
    return with_tabs(renamed).replace("\n", "\r\n")


def without_comments(source: str) -> str:
    """The script without comments; a line that held nothing else goes. As ``restyled``."""
    lines = source.splitlines(keepends=True)
    for token in _tokens(source):
        if token.type == tokenize.COMMENT:
            row, column = token.start
            kept = lines[row - 1][:column].rstrip()
            lines[row - 1] = f"{kept}\n" if kept else ""
    return "".join(lines)


def with_new_names(source: str) -> str:
    """The script with every variable renamed that can be. As ``restyled``."""
    tree = ast.parse(source)
    new_names = {old: f"v{index}" for index, old in enumerate(sorted(_variables(tree)))}
    lines = [line.encode() for line in source.splitlines(keepends=True)]
    places = [node for node in _outside_fstrings(tree) if isinstance(node, ast.Name)]
    # From the end to the start, so that earlier columns of the same line stay right.
    for node in sorted(places, key=lambda node: (node.lineno, node.col_offset), reverse=True):
        if node.id in new_names:
            line, end = lines[node.lineno - 1], node.col_offset + len(node.id.encode())
            lines[node.lineno - 1] = (
                line[: node.col_offset] + new_names[node.id].encode() + line[end:]
            )
    return b"".join(lines).decode()


def _variables(tree: ast.Module) -> set[str]:
    stored: set[str] = set()
    kept: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Store()):
                stored.add(name)
            case ast.arg(arg=name):
                kept.add(name)
            case ast.Global(names=names) | ast.Nonlocal(names=names):
                kept.update(names)
            case ast.JoinedStr():
                kept.update(inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name))
            case _:
                continue
    return stored - kept


def _outside_fstrings(node: ast.AST) -> Iterator[ast.AST]:
    # Before Python 3.12 the positions inside an f-string are not those of the file.
    yield node
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.JoinedStr):
            yield from _outside_fstrings(child)


def with_tabs(source: str) -> str:
    """The script with a tab for every four spaces of an indent. As ``restyled``."""
    inside: set[int] = set()  # rows that begin inside a string
    for token in _tokens(source):
        if token.type == tokenize.STRING:
            inside.update(range(token.start[0] + 1, token.end[0] + 1))
    return "".join(
        line if row in inside else re.sub(r"^(?: {4})+", lambda m: "\t" * (len(m[0]) // 4), line)
        for row, line in enumerate(source.splitlines(keepends=True), start=1)
    )


def _tokens(source: str) -> Iterator[tokenize.TokenInfo]:
    return tokenize.generate_tokens(io.StringIO(source).readline)
