r"""What is done to the text of one file before it turns up: comments, indents, signs, lines.

Nothing here knows of marks. ``None`` says that a change does not apply to a file of that kind.

>>> without_comments("a.c", 'puts("/* kept */"); /* gone */\n')
'puts("/* kept */");  \n'
>>> plain_signs("“déjà vu” – ①")
'"deja vu" - 1'
"""

import difflib
import html
import re
import textwrap
import tokenize
import unicodedata
from collections.abc import Callable, Mapping
from pathlib import PurePosixPath

from mapp_compliance.attribution import restyle

PYTHON = (".py", ".pyw")
C_LIKE = (
    *(".c", ".h", ".cc", ".cpp", ".hpp", ".java", ".go", ".rs", ".cs", ".php"),
    *(".js", ".mjs", ".cjs", ".ts", ".mts", ".cts"),
)
HASHED = (".sh", ".bash", ".ps1", ".psm1", ".rb", ".pl", ".yaml", ".yml", ".toml")
TAGGED = (".html", ".htm", ".xml", ".md")
PROSE = (".md", ".txt", ".rst")
MAIL_WIDTH = 66  # characters of a line, the quoting sign not counted
_TEXT = r"\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'|`[^`]*`"
_C_COMMENT = re.compile(rf"({_TEXT})|/\*.*?\*/|//[^\n]*", re.DOTALL)
_HASH_LINE = re.compile(r"^[ \t]*#(?!!)[^\n]*\n?", re.MULTILINE)
_TAGGED = re.compile(r"<!--.*?-->", re.DOTALL)
_INDENT = re.compile(r"^(?: {4})+", re.MULTILINE)
_TYPED: Mapping[int, str] = str.maketrans(
    {"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "...", "\u00a0": " "}
)


def without_comments(path: str, text: str) -> str | None:
    """The file without its comments; None for a language that is not known or does not parse."""
    suffix = _suffix(path)
    if suffix in PYTHON:
        return _of_python(restyle.without_comments, text)
    if suffix in C_LIKE:
        return _C_COMMENT.sub(lambda found: found[1] or " ", text)
    if suffix in HASHED:
        return _HASH_LINE.sub("", text)
    return _TAGGED.sub("", text) if suffix in TAGGED else None


def with_new_names(path: str, text: str) -> str | None:
    """A Python script whose variables have other names; None for anything else."""
    return _of_python(restyle.with_new_names, text) if _suffix(path) in PYTHON else None


def with_tabs(path: str, text: str) -> str | None:
    """Tabs where four spaces indented; None where nothing was indented, or tabs are not allowed."""
    if _suffix(path) in (".yaml", ".yml"):
        return None
    if _suffix(path) in PYTHON:
        return _of_python(restyle.with_tabs, text)
    return _INDENT.sub(lambda found: "\t" * (len(found[0]) // 4), text)


def with_crlf(_path: str, text: str) -> str | None:
    """The line ends of Windows."""
    return text.replace("\r\n", "\n").replace("\n", "\r\n")


def plain_signs(text: str) -> str:
    """NFKC, then what an American keyboard has; accents go, signs without a likeness too."""
    typed = unicodedata.normalize("NFKC", text).translate(_TYPED)
    return unicodedata.normalize("NFKD", typed).encode("ascii", "ignore").decode()


def as_page(_path: str, text: str) -> str | None:
    """Pasted into a web page."""
    return (
        f"<!doctype html>\n<title>found</title>\n<body>\n<pre>{html.escape(text)}</pre>\n</body>\n"
    )


def as_mail(path: str, text: str) -> str | None:
    """Quoted in an answer; prose is wrapped anew."""
    if _suffix(path) not in PROSE:
        return "".join(f"> {line}\n" for line in text.splitlines())
    lines: list[str] = []
    for paragraph in re.split(r"\n{2,}|\n(?=[-*] )", text.strip()):
        lines += [f"> {line}" for line in textwrap.wrap(paragraph, MAIL_WIDTH)]
        lines.append(">")
    return "\n".join(lines) + "\n"


def as_diff(path: str, text: str) -> str | None:
    """As a patch that adds the file."""
    lines = [f"{line}\n" for line in text.splitlines()]
    return "".join(difflib.unified_diff([], lines, "/dev/null", f"b/{path}"))


def _of_python(change: Callable[[str], str], text: str) -> str | None:
    try:
        return change(text.replace("\r\n", "\n"))
    except (SyntaxError, ValueError, RecursionError, tokenize.TokenError):
        return None


def _suffix(path: str) -> str:
    return PurePosixPath(path).suffix.lower()
