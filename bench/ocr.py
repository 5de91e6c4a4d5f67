"""Copies that were printed and scanned: whose copy it is after tesseract has read the pages.

Writes ``bench/results/ocr.json``: ``python -m bench.ocr c=FOLDER python=FOLDER ...``, with folders
as for ``bench.peers``, whose programs with a payload in their midst these are; the documents are
those of ``bench.files``. One leaker each of 1000 recipients; every page is read sharp and as a
scanner gives it (``bench.attacks.pages``). Every sample is scored as the first of its advisory, and
the original, scanned as well, must name nobody. Bounds are Clopper-Pearson at 95 %.
"""

import argparse
import json
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from bench.attacks.calls import (
    KEY,
    book_of,
    called,
    drawn,
    machine,
    named_by,
    symbols_of,
    tallied,
    word_of,
)
from bench.attacks.pages import SCANNED, SHARP, Quality, is_present, printed
from bench.material.bounds import upper
from bench.material.files import material
from bench.material.probes import KINDS, Host, host_of, issued
from mapp_compliance.watermark import (
    PackageFile,
    SiteMap,
    lay_out,
    mark,
    parse_package,
    survey_legible,
)

SEED = 2033
RECIPIENTS = 1000
MOST_OF_ONE = 3
SIZES = range(4_000, 16_001)  # three to eight pages
DOCUMENTS = ("md", "txt")
RESULT = Path(__file__).parent / "results" / "ocr.json"
QUALITIES = {"sharp": SHARP, "scanned": SCANNED}
MANIFEST = PackageFile("mapp-package.toml", b"[package]\nmin_code_sites = 1\n")


@dataclass(frozen=True)
class Trial:
    """One printed copy: how it ended, and how its sites were read."""

    kind: str
    file: str
    quality: str
    call: str
    marks: dict[str, int]
    innocent: int


def main() -> None:
    """Prints and reads; the result file is written after each file."""
    parser = argparse.ArgumentParser(description="Reads printed copies.")
    parser.add_argument("--files", type=int, default=4, help="Of each kind.")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("folders", nargs="*", metavar="LANGUAGE=FOLDER")
    asked = parser.parse_args()
    if not is_present():
        sys.exit("tesseract is not here; install it (Debian: tesseract-ocr) and run this again")
    trials: list[Trial] = []
    with ProcessPoolExecutor(asked.workers) as pool:
        waiting = [
            pool.submit(_program, host)
            for language, folder in (each.split("=", 1) for each in asked.folders)
            for host in islice(_hosts(language, Path(folder)), asked.files)
        ]
        waiting += [
            pool.submit(_document, kind, files)
            for kind in DOCUMENTS
            for files in islice(_short(kind), asked.files)
        ]
        for done in as_completed(waiting):
            trials += done.result()
            RESULT.write_text(json.dumps(_told(trials), indent=1) + "\n")
            print(trials[-1].kind, trials[-1].file, trials[-1].call, file=sys.stderr, flush=True)


def _hosts(language: str, folder: Path) -> Iterator[Host]:
    for path in drawn(folder, (KINDS[language].suffix,), SIZES, f"{SEED} {language}", MOST_OF_ONE):
        host = host_of(language, path)
        if host is not None:
            yield host


def _short(kind: str) -> Iterator[list[PackageFile]]:
    return (files for files in material(kind) if len(files[0].data) in SIZES)


def _program(host: Host) -> list[Trial]:
    leaker = random.Random(f"{SEED} {host.name}").randrange(RECIPIENTS)
    plain = _scan(host.text.encode(), SCANNED, f"{host.name} original")
    trials: list[Trial] = []
    for marks, is_natural in (("points alone", False), ("points and natural marks", True)):
        site_map, [copy] = issued(host, [leaker], RECIPIENTS, is_natural=is_natural)
        kind = f"{host.language}, {marks}"
        trials += _trials(kind, host.name, site_map, leaker, copy, plain)
    return trials


def _document(kind: str, files: Sequence[PackageFile]) -> list[Trial]:
    package = parse_package([*files, MANIFEST])
    site_map = survey_legible(package, lay_out(package, {}), KEY).site_map
    leaker = random.Random(f"{SEED} {files[0].path}").randrange(RECIPIENTS)
    word = word_of(site_map, book_of(site_map, RECIPIENTS).symbols(leaker))
    copy = mark(package, site_map, word).files[0].data
    plain = _scan(files[0].data, SCANNED, f"{files[0].path} original")
    return list(_trials(kind, files[0].path, site_map, leaker, copy, plain))


def _trials(
    kind: str, file: str, site_map: SiteMap, leaker: int, copy: bytes, plain: bytes | None
) -> Iterator[Trial]:
    book = book_of(site_map, RECIPIENTS)
    own = book.symbols(leaker)
    innocent = 0 if plain is None else len(named_by(book, symbols_of(site_map, plain)))
    for name, quality in QUALITIES.items():
        leak = _scan(copy, quality, f"{file} {name}")
        if leak is None:
            yield Trial(kind, file, name, "tool refused", {}, innocent)
            continue
        read = symbols_of(site_map, leak)
        marks = Counter(
            "erased" if seen is None else "right" if seen == symbol else "wrong"
            for symbol, seen in zip(own, read, strict=True)
        )
        yield Trial(kind, file, name, called(named_by(book, read), [leaker]), dict(marks), innocent)


def _scan(data: bytes, quality: Quality, name: str) -> bytes | None:
    """None where tesseract refuses a page."""
    try:
        return printed(data, quality, random.Random(f"{SEED} {name}"))
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        return None


def _told(trials: Sequence[Trial]) -> dict[str, Any]:
    calls = tallied(trial.call for trial in trials)
    tried = sum(calls[call] for call in ("right", "wrong", "refused"))
    version = subprocess.run(["tesseract", "--version"], capture_output=True, text=True).stdout
    return {
        "bench": "ocr",
        "date": datetime.now(UTC).date().isoformat(),
        "machine": machine(),
        "seed": SEED,
        "engine": version.splitlines()[0],
        "recipients": RECIPIENTS,
        "leaks": tried,
        "calls": calls,
        "wrong_at_most": upper(calls["wrong"], tried),
        "originals_that_named_somebody": sum(trial.innocent > 0 for trial in trials),
        "kinds": {
            kind: {
                quality: _row([t for t in trials if (t.kind, t.quality) == (kind, quality)])
                for quality in QUALITIES
            }
            for kind in sorted({trial.kind for trial in trials})
        },
    }


def _row(trials: Sequence[Trial]) -> dict[str, Any]:
    marks: Counter[str] = sum((Counter(trial.marks) for trial in trials), Counter())
    return {
        "files": sorted(trial.file for trial in trials),
        "calls": tallied(trial.call for trial in trials),
        "sites": {how: marks[how] for how in ("right", "wrong", "erased")},
    }


if __name__ == "__main__":
    main()
