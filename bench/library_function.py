"""Marked copies of C and JavaScript libraries under their own test-suites.

Writes ``bench/results/library_function.json``: ``python -m bench.library_function NAME=FOLDER...``
with unpacked sources of the libraries in RECIPES (Debian source packages; packages of npm that
bring their tests, with ``tape`` and ``hash_file`` installed beside them). All sources of a library
are marked as one package with random words; the suite must then pass as it does on the unmarked
sources. The file is written after each library, and keeps the rows of others.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from mapp_compliance.watermark import (
    Package,
    PackageFile,
    check_static,
    lay_out,
    mark,
    parse_package,
    random_words,
    survey_legible,
)

SEED = b"2028"
WORDS = 4  # copies of each library
TIMEOUT_S = 600
RESULT = Path(__file__).parent / "results" / "library_function.json"
MANIFEST = PackageFile("mapp-package.toml", b"[package]\nmin_code_sites = 1\n")
_UNITY = (
    "cd tests && for t in *_tests.c parse_*.c print_*.c misc_*.c cjson_add.c; do "
    "cc -w -Iunity/src -I.. $t unity/src/unity.c $(grep -q cJSON_Utils $t && echo ../cJSON_Utils.c)"
    " -lm -o /tmp/t.$$ && /tmp/t.$$ || exit 1; done; rm -f /tmp/t.$$"
)


@dataclass(frozen=True)
class Recipe:
    """Which files are marked, and the commands that build and test the library."""

    files: tuple[str, ...]
    test: str


RECIPES = {
    "zlib": Recipe(("*.c", "test/*.c"), "./configure >/dev/null && make -s test CFLAGS='-w -O2'"),
    "cjson": Recipe(("cJSON.c", "cJSON_Utils.c"), _UNITY),
    "libyaml": Recipe(
        ("src/*.c",), "(./configure || ./bootstrap && ./configure) >/dev/null && make -s check"
    ),
    "lz4": Recipe(("lib/*.c",), "make -s -C tests test-lz4-basic fullbench CFLAGS='-w -O2'"),
    "minimist": Recipe(("index.js",), "tape 'test/**/*.js'"),
    "qs": Recipe(("lib/*.js",), "tape 'test/**/*.js'"),
    "object-inspect": Recipe(("index.js",), "tape 'test/*.js'"),
    "for-each": Recipe(("index.js",), "tape 'test/**/*.js'"),
    "bl": Recipe(("*.js",), "tape 'test/*.js'"),
    "mqtt-packet": Recipe(("[cgnmpw]*.js",), "tape test.js"),
}


def main() -> None:
    """Runs all suites and writes the result file."""
    for each in sys.argv[1:]:
        name, folder = each.split("=", 1)
        row = _row(name, Path(folder))
        print(row, file=sys.stderr)
        before = json.loads(RESULT.read_text())["rows"] if RESULT.exists() else []
        rows = [*(old for old in before if old["library"] != row["library"]), row]
        RESULT.write_text(json.dumps(_document(rows), indent=1) + "\n")


def _document(rows: list[dict[str, int | str]]) -> dict[str, object]:
    return {
        "bench": "library_function",
        "date": datetime.now(UTC).date().isoformat(),
        "seed": SEED.decode(),
        "machine": {"cores": os.cpu_count()},
        "libraries": len(rows),
        "copies": sum(int(row.get("copies", 0)) for row in rows),
        "copies_that_pass": sum(int(row.get("pass", 0)) for row in rows),
        "rows": rows,
    }


def _row(name: str, folder: Path) -> dict[str, int | str]:
    recipe = RECIPES[name]
    paths = sorted({path for shape in recipe.files for path in folder.glob(shape)})
    own = [PackageFile(str(path.relative_to(folder)), path.read_bytes()) for path in paths]
    package = parse_package([MANIFEST, *own])
    told = {"library": folder.name, "files": len(own)}
    if not _passes(folder, package, recipe):
        return told | {"why": "its own suite does not pass here unmarked"}
    site_map = survey_legible(package, lay_out(package, {}), bytes(range(32))).site_map
    passed = 0
    for word in random_words(site_map, SEED, WORDS):
        copy = mark(package, site_map, word.word)
        check_static(copy, package)
        passed += _passes(folder, copy, recipe)
    return told | {"sites": len(site_map.sites), "copies": WORDS, "pass": passed}


def _passes(folder: Path, package: Package, recipe: Recipe) -> bool:
    with tempfile.TemporaryDirectory() as place:
        work = Path(place) / folder.name
        shutil.copytree(folder, work, symlinks=True)
        modules = folder.parent
        if modules.name == "node_modules":
            (Path(place) / "node_modules").symlink_to(modules)
        for file in package.files:
            if file.path != MANIFEST.path:
                (work / file.path).write_bytes(file.data)
        path = f"{modules / '.bin'}:{os.environ['PATH']}"
        done = subprocess.run(
            ["sh", "-c", recipe.test],
            cwd=work,
            env={**os.environ, "PATH": path},
            capture_output=True,
            timeout=TIMEOUT_S,
            check=False,
        )
        return not done.returncode


if __name__ == "__main__":
    main()
