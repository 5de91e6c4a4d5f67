"""Time and memory of marking a package for all its recipients, with and without the check.

Writes ``bench/results/marking.json``: ``python -m bench.marking``. The package is of FILES files of
about 20 KB each, with natural marks, from installed packages by a seed. COPIES copies of it are
derived and marked, and each is checked to mean what the original means; then the same for fewer
and more files, and for fewer and more recipients. Each row runs in a process of its own, which
tells its greatest memory; that of a process which has only loaded the program is told too. Seconds
are of one core. Sealing, writing and self-tests are the matter of other benches.
"""

import argparse
import json
import platform
import resource
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from bench.attacks.calls import KEY, book_of, drawn, machine, word_of
from mapp_compliance.errors import InvalidInput
from mapp_compliance.values import KIB
from mapp_compliance.watermark import (
    Package,
    PackageFile,
    SiteMap,
    check_static,
    lay_out,
    mark,
    parse_package,
    random_words,
    survey_legible,
    vet,
)

SEED = 2034
FILES, COPIES = 10, 100
OTHER_FILES, OTHER_COPIES = (1, 5), (10, 300)
SIZES = range(17_000, 23_001)
MOST_OF_ONE = 3
LIBRARY = Path(sysconfig.get_paths()["purelib"])
RESULT = Path(__file__).parent / "results" / "marking.json"
Given = TypeVar("Given")
MANIFEST = PackageFile("mapp-package.toml", b"[package]\nmin_code_sites = 1\n")


def main() -> None:
    """Runs every row in a process of its own, or is the process of one."""
    parser = argparse.ArgumentParser(description="Times the marking of a package.")
    parser.add_argument("--row", nargs=2, type=int, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.row:
        print(json.dumps(_measured(json.load(sys.stdin), *asked.row)))
        return
    names = list(islice(_drawn(), max(FILES, *OTHER_FILES)))
    wanted = [
        (FILES, COPIES),
        *((count, COPIES) for count in OTHER_FILES),
        *((FILES, count) for count in OTHER_COPIES),
    ]
    rows = [_apart(names, *each) for each in wanted]
    document = {
        "bench": "marking",
        "date": datetime.now(UTC).date().isoformat(),
        "machine": machine(),
        "python": platform.python_version(),
        "seed": SEED,
        "drawn": names,
        "rows": rows,
    }
    RESULT.write_text(json.dumps(document, indent=1) + "\n")
    print(json.dumps(rows, indent=1))


def _apart(names: list[str], files: int, copies: int) -> dict[str, Any]:
    words = [sys.executable, "-m", "bench.marking", "--row", str(files), str(copies)]
    asked = json.dumps(names[:files]).encode()
    done = subprocess.run(words, input=asked, capture_output=True, check=True)
    row: dict[str, Any] = json.loads(done.stdout)
    print(f"{files} files, {copies} copies: {row}", file=sys.stderr, flush=True)
    return row


def _measured(names: list[str], files: int, copies: int) -> dict[str, Any]:
    loaded = _memory_mib()
    held = [PackageFile(f"part/{name}", (LIBRARY / name).read_bytes()) for name in names]
    package = parse_package([MANIFEST, *held])
    surveyed, site_map = _timed(lambda: survey_legible(package, lay_out(package, {}), KEY).site_map)
    words = list(random_words(site_map, bytes([SEED % 256])))
    vetted, _ = _timed(lambda: vet(package, site_map, words, [_fault_of(package)]))
    book_s, book = _timed(lambda: book_of(site_map, copies))
    derived, _ = _timed(lambda: [word_of(site_map, book.symbols(n)) for n in range(copies)])
    size = sum(len(file.data) for file in package.files)
    marked = _all(package, site_map, copies, False)
    before_checks = _memory_mib()
    checked = _all(package, site_map, copies, True)
    return {
        "files": files,
        "copies": copies,
        "package_kb": round(size / KIB, 1),
        "code_sites": len(site_map.code_sites),
        "survey_s": round(surveyed, 2),
        "vetting_s": round(vetted, 2),
        "vetting_words": len(words),
        "words_s": round(book_s + derived, 3),
        "marking_s": round(marked, 2),
        "marking_and_check_s": round(checked, 2),
        "ms_a_copy": round(1000 * marked / copies, 1),
        "ms_a_copy_with_check": round(1000 * checked / copies, 1),
        "ms_a_copy_and_file_with_check": round(1000 * checked / copies / files, 2),
        "memory_mib": {
            "loaded": loaded,
            "greatest_before_checks": before_checks,
            "greatest": _memory_mib(),
        },
    }


def _all(package: Package, site_map: SiteMap, copies: int, is_checked: bool) -> float:
    """Marks the copies one by one, as an issue does, and keeps none."""
    book = book_of(site_map, copies)
    started = time.process_time()
    for number in range(copies):
        copy = mark(package, site_map, word_of(site_map, book.symbols(number)))
        if is_checked:
            check_static(copy, package)
    return time.process_time() - started


def _fault_of(package: Package) -> Callable[[Package], str | None]:
    def check(copy: Package) -> str | None:
        check_static(copy, package)
        return None

    return check


def _drawn() -> Iterator[str]:
    """Files of installed packages that hold natural marks, in the seeded order."""
    for path in drawn(LIBRARY, (".py",), SIZES, str(SEED), MOST_OF_ONE):
        if _holds_marks(PackageFile(path.name, path.read_bytes())):
            yield path.relative_to(LIBRARY).as_posix()


def _holds_marks(file: PackageFile) -> bool:
    package = parse_package([MANIFEST, file])
    try:
        return bool(survey_legible(package, lay_out(package, {}), KEY).site_map.sites)
    except InvalidInput:
        return False


def _timed(work: Callable[[], Given]) -> tuple[float, Given]:
    started = time.process_time()
    given = work()
    return time.process_time() - started, given


def _memory_mib() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    main()
