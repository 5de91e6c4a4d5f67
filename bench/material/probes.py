"""Programs with a place for marks in their midst: the same for each of the tools compared.

A *host* is a program with a comment and three declared values in its midst, between two pieces of
its top level, as a proof of concept holds its payload. Tools that hide text in text may use the
comment or the whole file; our points are the three values.
"""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from bench.attacks.calls import KEY, book_of, word_of
from bench.attacks.hosts import parser_of
from mapp_compliance.watermark import (
    PackageFile,
    SiteMap,
    lay_out,
    mark,
    parse_package,
    survey_legible,
)

FILLER, NONCE, SESSION = "A" * 64, "5f3a9c1e", "probe_abcdefgh"
REMARK = "Sent under embargo, see the terms of the program before you pass it on."
MARKS = b"""[[mark]]
name = "filler"
kind = "filler"
match = '"(A{64})"'
[[mark]]
name = "nonce"
kind = "nonce"
match = '"(5f3a9c1e)"'
charset = "hex"
[[mark]]
name = "session"
kind = "name"
prefix = "probe_"
match = '"(probe_[a-z]{8})"'
"""
_PARSED = """
import sys
from bench.attacks.hosts import parser_of
sys.exit(parser_of("typescript").parse(open(sys.argv[1], "rb").read()).root_node.has_error)
"""


@dataclass(frozen=True)
class Kind:
    """How a language writes a comment and a value that others may use, and who checks it."""

    suffix: str
    remark: str
    value: str
    check: tuple[str, ...]  # words of a command that fails on a broken file


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "python": Kind(
            ".py",
            "# {}",
            'PROBE_{} = "{}"',
            (sys.executable, "-c", "import sys; compile(open(sys.argv[1]).read(), 'x', 'exec')"),
        ),
        "c": Kind(
            ".c",
            "/* {} */",
            'const char probe_{}[] = "{}";',
            ("gcc", "-w", "-fsyntax-only"),
        ),
        "javascript": Kind(
            ".js",
            "// {}",
            'globalThis.probe_{} = "{}";',
            ("node", "--check"),
        ),
        "typescript": Kind(
            ".ts",
            "// {}",
            'export const probe_{} = "{}";',
            (sys.executable, "-c", _PARSED),
        ),
        "bash": Kind(".sh", "# {}", 'PROBE_{}="{}"', ("bash", "-n")),
    }
)


@dataclass(frozen=True)
class Host:
    """A program with its place for marks."""

    language: str
    path: Path  # of the program it was made of
    text: str

    @property
    def name(self) -> str:
        """The name of the file."""
        return self.path.name

    def is_whole(self, data: bytes) -> bool:
        """True when the file, at its place among its neighbours, passes its check."""
        kind = KINDS[self.language]
        with tempfile.TemporaryDirectory() as place:
            file = Path(place) / self.name
            file.write_bytes(data)
            return _runs([*kind.check, *self._headers(), str(file)])

    def compiled(self, data: bytes) -> bytes | None:
        """Compiled for the machine or the interpreter, without names of debugging."""
        with tempfile.TemporaryDirectory() as place:
            file, out = Path(place) / self.name, Path(place) / "out"
            file.write_bytes(data)
            words = ["gcc", "-w", "-O2", "-s", "-shared", "-fPIC", *self._headers()]
            if self.language == "python":
                words = [sys.executable, "-OO", "-c", _COMPILE]
            elif self.language != "c":
                return None
            done = _runs([*words, str(file), "-o", str(out)])
            return out.read_bytes() if done else None

    def _headers(self) -> list[str]:
        folders = (self.path.parent, self.path.parent.parent)
        near = [*folders, *(folder / "include" for folder in folders)]
        return [f"-I{folder}" for folder in near] if self.language == "c" else []


_COMPILE = "import py_compile, sys; py_compile.compile(sys.argv[1], sys.argv[3], doraise=True)"


def host_of(language: str, path: Path) -> Host | None:
    """The program with its place for marks; None when it does not pass its check."""
    kind = KINDS[language]
    data = path.read_bytes()
    if b"\r" in data or not data.isascii():
        return None
    at = _midst(language, data)
    values = {"FILLER": FILLER, "NONCE": NONCE, "SESSION": SESSION}
    lines = [kind.value.format(name, value) for name, value in values.items()]
    inserted = "\n".join(["", kind.remark.format(REMARK), *lines, "", ""])
    text = data[:at].decode() + inserted + data[at:].decode()
    host = Host(language, path, text)
    return host if host.is_whole(text.encode()) else None


def issued(
    host: Host, leakers: Sequence[int], recipients: int, *, is_natural: bool
) -> tuple[SiteMap, list[bytes]]:
    """The map of a host with its points, and natural marks too if asked, and a copy of each."""
    marks = 'marks = ["default"]\n' if is_natural else ""
    manifest = f'[package]\nmin_code_sites = 1\n[[file]]\npath = "{host.name}"\n{marks}'
    package = parse_package(
        [
            PackageFile("mapp-package.toml", manifest.encode()),
            PackageFile(host.name, host.text.encode()),
            PackageFile(f"{host.name}.marks.toml", MARKS),
        ]
    )
    site_map = survey_legible(package, lay_out(package, {}), KEY).site_map
    book = book_of(site_map, recipients)
    copies = []
    for leaker in leakers:
        files = mark(package, site_map, word_of(site_map, book.symbols(leaker))).files
        copies.append(next(file.data for file in files if file.path == host.name))
    return site_map, copies


def _midst(language: str, data: bytes) -> int:
    """The start of the line of that piece of the top level which begins nearest to the middle."""
    starts = [
        node.start_byte
        for node in parser_of(language).parse(data).root_node.children
        if node.start_point.column == 0 and "clause" not in node.type
    ]
    return min(starts or [0], key=lambda at: abs(at - len(data) // 2))


def _runs(words: list[str]) -> bool:
    if shutil.which(words[0]) is None:
        return False
    return subprocess.run(words, capture_output=True, timeout=60).returncode == 0
