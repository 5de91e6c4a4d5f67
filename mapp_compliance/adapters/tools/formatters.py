"""Formatters that are on this machine: what a leaker may run a file through.

Each runs within the walls of a self-test, in a folder of its own, over the author's own files.

>>> [name for name, tool in TOOLS.items() if tool.knows("poc.ts")]
['prettier']
"""

import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from types import MappingProxyType

from mapp_compliance.adapters.tools.sandbox import Sandbox

_PLACES = ("/usr/local/bin", "/usr/bin", "/bin")
_PYTHON = (".py", ".pyw")
_C = (".c", ".h", ".cc", ".cpp", ".hpp")


@dataclass(frozen=True, slots=True)
class Tool:
    """A formatter: how it is called to change files in place, and which ones it knows."""

    words: tuple[str, ...]
    suffixes: tuple[str, ...]

    def knows(self, path: str) -> bool:
        """Whether it formats files of that name."""
        return PurePosixPath(path).suffix.lower() in self.suffixes

    def program(self) -> str | None:
        """Where it lies: beside this interpreter, or among the system's programs."""
        places = ":".join((str(Path(sys.executable).parent), *_PLACES))
        return shutil.which(self.words[0], path=places)


TOOLS: Mapping[str, Tool] = MappingProxyType(
    {
        "black": Tool(("black", "-q"), _PYTHON),
        "ruff": Tool(("ruff", "format", "--isolated", "--no-cache", "-q"), _PYTHON),
        "autopep8": Tool(("autopep8", "--in-place", "--global-config", "/dev/null"), _PYTHON),
        "clang-format": Tool(("clang-format", "-i", "--style=LLVM"), _C),
        "prettier": Tool(
            ("prettier", "--write", "--log-level", "silent"),
            (".js", ".mjs", ".cjs", ".ts", ".mts", ".cts", ".json", ".md", ".html", ".yaml"),
        ),
        "shfmt": Tool(("shfmt", "-w"), (".sh", ".bash")),
        "gofmt": Tool(("gofmt", "-w"), (".go",)),
    }
)


def formatters_for(paths: Sequence[str]) -> tuple[str, ...]:
    """The formatters of this machine that know some of these files."""
    return tuple(
        name
        for name, tool in TOOLS.items()
        if any(map(tool.knows, paths)) and tool.program() is not None
    )


def formatted(sandbox: Sandbox, name: str, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files that a formatter knows and changes, as it leaves them; empty where it refuses."""
    tool = TOOLS[name]
    program = tool.program()
    known = {path: data for path, data in files.items() if tool.knows(path)}
    if program is None or not known:
        return {}
    made = sandbox.made_over(known, [program, *tool.words[1:], *sorted(known)])
    return made if made != known else {}
