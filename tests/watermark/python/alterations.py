"""What a leaker may do to a Python file: ten alterations, fixed before the reader was tuned.

Tools run as they come, with the options given here. Each takes the bytes of a copy and gives those
of a leak; one that a tool refuses gives None, and the trial is counted as such.
"""

import ast
import builtins
import io
import keyword
import re
import subprocess
import sys
import tokenize
from collections.abc import Callable, Mapping
from types import MappingProxyType

Alter = Callable[[bytes], bytes]
RUFF_RULES = "I,UP,RET,C4,SIM,E711,E712,E713,E714"


def altered(alter: Alter, data: bytes) -> bytes | None:
    """The leak, or None where the tool refuses the file."""
    try:
        return alter(data)
    except (subprocess.CalledProcessError, SyntaxError, ValueError, tokenize.TokenError):
        return None


def _tool(*words: str) -> Alter:
    def run(data: bytes) -> bytes:
        command = [sys.executable, "-m", *words]
        return subprocess.run(command, input=data, capture_output=True, check=True).stdout

    return run


def _round_trip(data: bytes) -> bytes:
    return ast.unparse(ast.parse(data)).encode() + b"\n"


def _black(data: bytes) -> bytes:
    import black

    return black.format_str(data.decode(), mode=black.Mode()).encode()


def _autopep8(data: bytes) -> bytes:
    import autopep8

    fixed: str = autopep8.fix_code(data.decode(), options={"aggressive": 1})
    return fixed.encode()


def _minified(data: bytes) -> bytes:
    import python_minifier

    return python_minifier.minify(data.decode()).encode()


def _renamed(data: bytes) -> bytes:
    """Every name that the file binds, but not attributes, keywords of calls and imports."""
    tree = ast.parse(data)
    bound: set[str] = set()
    imports = (node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom))
    kept = {alias.asname or alias.name for node in imports for alias in node.names}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            bound.add(node.id)
        elif isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
            bound.add(node.name)
        elif isinstance(node, ast.arg):
            bound.add(node.arg)
    bound = {name for name in bound - kept if not hasattr(builtins, name)}
    new = {name: f"v{number}" for number, name in enumerate(sorted(bound))}
    pieces, before = [], ""
    for token in tokenize.tokenize(io.BytesIO(data).readline):
        text = token.string
        if token.type == tokenize.NAME and before != "." and not keyword.iskeyword(text):
            text = new.get(text, text)
        before = token.string
        pieces.append((token.type, text))
    return tokenize.untokenize(pieces)


def _stripped(data: bytes) -> bytes:
    """Without comments, indented by tabs, lines ending as on Windows."""
    tokens = tokenize.tokenize(io.BytesIO(data).readline)
    bare: bytes = tokenize.untokenize(token for token in tokens if token.type != tokenize.COMMENT)
    tabbed = re.sub(rb"(?m)^(?: {4})+", lambda run: b"\t" * (len(run.group()) // 4), bare)
    return tabbed.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def _half(data: bytes) -> bytes:
    """The middle half of the lines."""
    lines = data.splitlines(keepends=True)
    return b"".join(lines[len(lines) // 4 : 3 * len(lines) // 4])


def _mailed(data: bytes) -> bytes:
    """Quoted in an answer, with what mail programs do to trailing space."""
    quoted = [b"> " + line.rstrip() for line in data.splitlines()]
    return b"On Monday somebody wrote:\n" + b"\n".join(quoted) + b"\n\nSee above.\n"


ALTERATIONS: Mapping[str, Alter] = MappingProxyType(
    {
        "black": _black,
        "ruff format": _tool("ruff", "format", "-q", "--isolated", "-"),
        "ruff --fix": _tool(
            *("ruff", "check", "-q", "--isolated", "--fix", "--unsafe-fixes", "--exit-zero"),
            *("--select", RUFF_RULES, "--stdin-filename", "x.py", "-"),
        ),
        "autopep8 -a": _autopep8,
        "ast round trip": _round_trip,
        "python-minifier": _minified,
        "rename all": _renamed,
        "strip, tabs, CRLF": _stripped,
        "half of the file": _half,
        "mail quoting": _mailed,
    }
)
FORMATTERS = ("black", "ruff format", "autopep8 -a")
