"""Marked copies of standard library modules under CPython's own tests for them.

Writes ``bench/results/python_function.json``: ``python -m bench.python_function``. Each module is
marked with random words and put ahead of the library; its tests must then end as they do without
(modules whose tests fail by themselves on this machine are told and left out). Needs an interpreter
that brings its ``test`` package. Modules that are named, as in ``python -m bench.python_function
tempfile``, are run once more; their first rows are kept as such, since a test may fail by the load
of a machine and should not be forgotten.
"""

import importlib.util
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from mapp_compliance.watermark import (
    PackageFile,
    check_static,
    lay_out,
    mark,
    parse_package,
    random_words,
    survey_legible,
)

SEED = b"2021"
WORDS = 4  # copies of each module
TIMEOUT_S = 180
MODULES = (
    *("shlex", "fractions", "statistics", "getopt", "ipaddress", "netrc", "plistlib", "heapq"),
    *("configparser", "textwrap", "argparse", "difflib", "calendar", "pprint", "csv", "fnmatch"),
    *("optparse", "string", "colorsys", "base64", "bisect", "cmd", "copy", "dataclasses"),
    *("filecmp", "glob", "graphlib", "html", "quopri", "random", "sched", "tempfile", "types"),
)
RESULT = Path(__file__).parent / "results" / "python_function.json"


def main() -> None:
    """Runs all tests, or those of the modules that are named, and writes the result file."""
    named = sys.argv[1:]
    rows, left_out = _rows(named or MODULES)
    first: list[dict[str, int | str]] = []
    if named:
        known = json.loads(RESULT.read_text())
        again = {row["module"]: row for row in rows}
        first = known.get("first_rows", []) + [r for r in known["rows"] if r["module"] in again]
        rows = [again.get(row["module"], row) for row in known["rows"]]
        left_out = known["left_out"]
    document = {
        "bench": "python_function",
        "date": datetime.now(UTC).date().isoformat(),
        "seed": SEED.decode(),
        "python": sys.version.split()[0],
        "machine": {"cores": os.cpu_count()},
        "modules": len(rows),
        "copies": sum(int(row["copies"]) for row in rows),
        "copies_that_pass": sum(int(row["pass"]) for row in rows),
        "tests_a_copy_each_module": sum(int(row["tests"]) for row in rows),
        "rows": rows,
        "left_out": left_out,
        "first_rows": first,
    }
    RESULT.write_text(json.dumps(document, indent=1) + "\n")
    print(json.dumps({key: value for key, value in document.items() if key != "rows"}, indent=1))


def _rows(names: Sequence[str]) -> tuple[list[dict[str, int | str]], list[dict[str, str]]]:
    """The row of each module, and those that are left out."""
    rows, left_out = [], []
    for name in names:
        source = importlib.util.find_spec(name)
        path = Path(source.origin or "") if source else Path()
        if path.name != f"{name}.py":
            left_out.append({"module": name, "why": "it is no single file"})
            continue
        before = _tests(name, path.read_bytes())
        if before is None or before == 0:
            left_out.append({"module": name, "why": "its own tests do not pass or are not there"})
            continue
        row = _row(name, path.read_bytes(), before)
        rows.append(row)
        print(row, file=sys.stderr)
    return rows, left_out


def _row(name: str, data: bytes, before: int) -> dict[str, int | str]:
    manifest = PackageFile("mapp-package.toml", b"[package]\nmin_code_sites = 1\n")
    package = parse_package([manifest, PackageFile(f"{name}.py", data)])
    site_map = survey_legible(package, lay_out(package, {}), bytes(range(32))).site_map
    passed = 0
    for word in random_words(site_map, SEED, WORDS):
        copy = mark(package, site_map, word.word)
        check_static(copy, package)
        passed += _tests(name, copy.files[0].data) == before
    sites = len(site_map.sites)
    return {"module": name, "sites": sites, "tests": before, "copies": WORDS, "pass": passed}


def _tests(name: str, data: bytes) -> int | None:
    """How many tests ran and passed with this text as the module; None when one fails."""
    with tempfile.TemporaryDirectory() as place:
        Path(place, f"{name}.py").write_bytes(data)
        environment = {**os.environ, "PYTHONPATH": place, "PYTHONDONTWRITEBYTECODE": "1"}
        used = f"import {name}; assert {name}.__file__.startswith({place!r})"
        told = subprocess.run(
            [sys.executable, "-c", used], cwd=place, env=environment, capture_output=True
        )
        if told.returncode:
            return None
        try:
            done = subprocess.run(
                [sys.executable, "-m", "unittest", "-q", f"test.test_{name}"],
                cwd=place,
                env=environment,
                capture_output=True,
                timeout=TIMEOUT_S,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return None
    ran = re.search(rb"Ran (\d+) test", done.stderr)
    return int(ran[1]) if ran and not done.returncode else None


if __name__ == "__main__":
    main()
