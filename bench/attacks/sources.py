"""What a leaker may do to a file of each language, with the tools that are on this machine.

Written down before the reader was measured with it. Each takes the bytes of a copy and gives those
of a leak; a tool that is absent or refuses the file gives None, and that is counted.
"""

import io
import re
import shutil
import subprocess
import tokenize
from collections.abc import Mapping
from functools import partial
from types import MappingProxyType

from bench.attacks import powershell
from bench.attacks.hosts import HOSTS, longest_function
from bench.attacks.texts import TEXTS, Alter, after, within
from tests.watermark.python import alterations as python

_C_WORDS = frozenset(
    b"auto break case char const continue default do double else enum extern float for goto if "
    b"inline int long register restrict return short signed sizeof static struct switch typedef "
    b"union unsigned void volatile while include define ifdef ifndef endif elif undef".split()
)
_JS_WORDS = frozenset(
    b"async await break case catch class const continue debugger default delete do else export "
    b"extends false finally for function get if import in instanceof let new null of return set "
    b"static super switch this throw true try typeof undefined var void while with yield from as "
    b"require module exports use strict".split()
)
_TEXT = rb"\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'|`[^`]*`"
_COMMENT = re.compile(rb"(" + _TEXT + rb")|/\*.*?\*/|//[^\n]*", re.DOTALL)
_NAME = re.compile(_TEXT + rb"|(?<![.>\w$])[a-z_][\w$]*\b")


def altered(alter: Alter, data: bytes) -> bytes | None:
    """The leak, or None where the tool is absent or refuses the file."""
    try:
        return python.altered(alter, data)
    except FileNotFoundError:
        return None


def _tool(*words: str) -> Alter:
    def run(data: bytes) -> bytes:
        found = shutil.which(words[0])
        if found is None:
            raise FileNotFoundError(words[0])
        done = subprocess.run([found, *words[1:]], input=data, capture_output=True, check=True)
        return done.stdout

    return run


def _then(*steps: Alter) -> Alter:
    def run(data: bytes) -> bytes:
        for step in steps:
            data = step(data)
        return data

    return run


def _stripped(data: bytes) -> bytes:
    return _COMMENT.sub(lambda found: found[1] or b" ", data)


def _renamed(words: frozenset[bytes]) -> Alter:
    """Every plain name in small letters, calls and all; the leak need not run."""

    def run(data: bytes) -> bytes:
        found = {name for name in _NAME.findall(data) if name[:1] not in b"\"'`"} - words
        new = {name: b"v%d" % number for number, name in enumerate(sorted(found))}
        return _NAME.sub(lambda each: new.get(each[0], each[0]), data)

    return run


def _plain(language: str) -> dict[str, Alter]:
    """What needs no tool of the language; comments are stripped by its own rules."""
    return {
        **TEXTS,
        "one function": partial(longest_function, language),
        "within another file": within(HOSTS[language]),
        "behind another file": after(HOSTS[language]),
    }


def _uncommented(data: bytes) -> bytes:
    """Python without comments."""
    tokens = tokenize.tokenize(io.BytesIO(data).readline)
    bare: bytes = tokenize.untokenize(each for each in tokens if each.type != tokenize.COMMENT)
    return bare


_PYTHON: dict[str, Alter] = {
    **_plain("python"),
    "comments stripped": _uncommented,
    **{name: python.ALTERATIONS[name] for name in ("black", "ruff format", "autopep8 -a")},
    "ruff --fix": python.ALTERATIONS["ruff --fix"],
    "minified": python.ALTERATIONS["python-minifier"],
    "parsed and printed": python.ALTERATIONS["ast round trip"],
    "renamed": python.ALTERATIONS["rename all"],
}


def _clang(style: str) -> Alter:
    return _tool("clang-format", f"--style={style}")


_C: dict[str, Alter] = {
    **_plain("c"),
    "comments stripped": _stripped,
    "clang-format LLVM": _clang("LLVM"),
    "clang-format Google": _clang("Google"),
    "clang-format GNU": _clang("GNU"),
    "indent": _tool("indent", "-st"),
    "renamed": _renamed(_C_WORDS),
    "renamed, stripped, clang-format LLVM": _then(_renamed(_C_WORDS), _stripped, _clang("LLVM")),
}


def _script(language: str, suffix: str) -> dict[str, Alter]:
    pretty = _tool("prettier", "--stdin-filepath", f"x{suffix}")
    return {
        **_plain(language),
        "comments stripped": _stripped,
        "prettier": pretty,
        "prettier, single quotes": _tool(
            *("prettier", "--single-quote", "--no-semi", "--stdin-filepath", f"x{suffix}")
        ),
        "renamed": _renamed(_JS_WORDS),
    }


_JAVASCRIPT: dict[str, Alter] = {
    **_script("javascript", ".js"),
    "terser": _tool("terser"),
    "terser -m": _tool("terser", "-m"),
    "terser -m, prettier": _then(
        _tool("terser", "-m"), _tool("prettier", "--stdin-filepath", "x.js")
    ),
    "terser -c -m": _tool("terser", "-c", "-m"),
}

_SHELL_COMMENT = re.compile(rb"(?m)(?:^|(?<=[ \t;]))#(?!!)[^\n'\"]*$")
_SHELL_SET = re.compile(rb"(?m)(?<![\w$-])([a-z_]\w*)=")


def _shell_renamed(data: bytes) -> bytes:
    """Every variable in small letters that the script sets."""
    for number, name in enumerate(sorted(set(_SHELL_SET.findall(data)))):
        own = re.compile(rb"(\$\{[#!]?|\$|(?<![\w$-])(?=\w+=))" + name + rb"(?!\w)")
        data = own.sub(lambda found, new=b"v%d" % number: found[1] + new, data)
    return data


_BASH: dict[str, Alter] = {
    **_plain("bash"),
    "comments stripped": lambda data: _SHELL_COMMENT.sub(b"", data),
    "shfmt": _tool("shfmt"),
    "shfmt -s -i 2": _tool("shfmt", "-s", "-i", "2", "-ci", "-bn"),
    "shfmt -mn": _tool("shfmt", "-mn"),
    "renamed": _shell_renamed,
    "renamed, stripped, shfmt": _then(
        _shell_renamed, lambda data: _SHELL_COMMENT.sub(b"", data), _tool("shfmt")
    ),
}

_POWERSHELL: dict[str, Alter] = {
    **_plain("powershell"),
    "comments stripped": powershell.uncommented,
    "Invoke-Formatter, emulated": powershell.formatted,
    "Invoke-Formatter OTBS, emulated": powershell.formatted_otbs,
    "ScriptAnalyzer -Fix, emulated": powershell.fixed,
    "both, emulated": _then(powershell.fixed, powershell.formatted),
    "case by chance, emulated": powershell.by_chance,
    "renamed": powershell.renamed,
    "renamed, stripped, Invoke-Formatter": _then(
        powershell.renamed, powershell.uncommented, powershell.formatted
    ),
}

ALTERATIONS: Mapping[str, Mapping[str, Alter]] = MappingProxyType(
    {
        "python": _PYTHON,
        "c": _C,
        "javascript": _JAVASCRIPT,
        "typescript": _script("typescript", ".ts"),
        "bash": _BASH,
        "powershell": _POWERSHELL,
    }
)
FORMATTERS = (
    *python.FORMATTERS,
    *("clang-format LLVM", "clang-format Google", "clang-format GNU", "indent"),
    *("prettier", "shfmt", "Invoke-Formatter, emulated"),
)
