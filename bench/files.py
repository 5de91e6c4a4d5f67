"""Archives, captures, documents, data files and patches: who leaked, after what was done to them.

Writes ``bench/results/files.json``: ``make bench-files``. Of each kind FILES files by a seed (see
``bench.material.files``), one leaker each of 100 recipients, five and more alterations
(``bench.attacks.files``); every sample is scored as the first of its advisory. The original of each
file is scored too and must name nobody. ``ARGS`` names kinds. Bounds are Clopper-Pearson at 95 %.
"""

import json
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

from bench.attacks.files import LEAKS, leaked
from bench.material.bounds import upper
from bench.material.files import CAPTURE_MARKS, material
from bench.tracing import books
from mapp_compliance.attribution import Part
from mapp_compliance.attribution.unwrap import unwrap
from mapp_compliance.attribution.views import with_views
from mapp_compliance.values import EntityId
from mapp_compliance.watermark import (
    Codeword,
    PackageFile,
    SiteMap,
    capacity,
    captured_streams,
    check_static,
    lay_out,
    mark,
    parse_package,
    read,
    survey_legible,
)
from mapp_compliance.watermark.codes import Codebook, Method, Scores, score, share_of

RECIPIENTS = 100
ALPHA = Fraction("1e-4")
RESULT = Path(__file__).parent / "results" / "files.json"
MANIFEST = PackageFile("mapp-package.toml", b"[package]\nmin_code_sites = 1\n")


@dataclass(frozen=True)
class Trial:
    """One leak: how it ended, and how each site was read."""

    kind: str
    file: int
    alteration: str
    call: str
    marks: dict[str, int]
    seconds: float


@dataclass(frozen=True)
class Done:
    """All leaks of one file, with what it carries."""

    kind: str
    file: int
    size: int
    copy_size: int
    code_sites: int
    tag_bits: int
    trials: tuple[Trial, ...]
    innocent_named: bool


def main(kinds: Sequence[str]) -> None:
    """Runs the trials of these kinds, else of all; rows of other kinds stay as they are.

    The result file is written after each kind that is complete.
    """
    held: dict[str, Any] = json.loads(RESULT.read_text())["kinds"] if kinds else {}
    with ProcessPoolExecutor() as pool:
        jobs = {
            kind: [
                pool.submit(_tried, kind, number, files)
                for number, files in enumerate(material(kind))
            ]
            for kind in kinds or LEAKS
        }
        for kind, waiting in jobs.items():
            held[kind] = _kind([job.result() for job in waiting])
            RESULT.write_text(json.dumps(_document(held), indent=1) + "\n")
            print(f"{kind}: {held[kind]['calls']}", file=sys.stderr)


def _tried(kind: str, number: int, files: Sequence[PackageFile]) -> Done:
    rng = random.Random(f"leaker {kind} {number}")
    package = parse_package([*map(_named, [files[0]] * len(files), files), MANIFEST])
    site_map = survey_legible(package, lay_out(package, {}), bytes(range(32))).site_map
    book, leaker = _book(site_map), rng.randrange(RECIPIENTS)
    word = Codeword(book.symbols(leaker))
    copy = mark(package, site_map, word)
    check_static(copy, package)
    data = copy.files[0].data
    trials = []
    for name, how in LEAKS[kind].items():
        started = time.perf_counter()
        symbols = _read(leaked(how, data, rng), site_map)
        seconds = time.perf_counter() - started
        named = _named_by(book, symbols)
        call = "refused" if not named else "right" if named == {f"h{leaker}"} else "wrong"
        marks = Counter(
            "erased" if seen is None else "right" if seen == own else "wrong"
            for own, seen in zip(word.symbols, symbols, strict=True)
        )
        trials.append(Trial(kind, number, name, call, dict(marks), seconds))
    held = capacity(site_map.sites)
    innocent = bool(_named_by(book, _read([files[0].data], site_map)))
    sizes = len(files[0].data), len(data)
    return Done(kind, number, *sizes, held.code_sites, held.tag_bits, tuple(trials), innocent)


def _named(owner: PackageFile, file: PackageFile) -> PackageFile:
    """The side-car of a capture with the name of the stream that it marks."""
    if file.data.startswith(CAPTURE_MARKS[:9].encode()):
        streams = dict(captured_streams(owner.data))
        name = next(name for name, content in streams.items() if b"X-Session" in content)
        return replace(file, data=file.data.replace(b"@stream@", name.encode()))
    return file


def _read(pieces: Sequence[bytes], site_map: SiteMap) -> tuple[int | None, ...]:
    """The sample as intake hands it on, read."""
    parts = [Part(data, f"sample{number}") for number, data in enumerate(pieces)]
    return read(with_views(unwrap(parts)).parts, site_map).symbols


def _book(site_map: SiteMap) -> Codebook:
    return books.book_of(site_map.map_id, site_map.sites, RECIPIENTS)


def _named_by(book: Codebook, symbols: Sequence[int | None]) -> set[str]:
    entities = [EntityId(f"h{number}") for number in range(RECIPIENTS)]
    share = share_of(ALPHA, 1)
    found: Scores = score(
        *(book, entities, symbols, Method.SCORE_1, share), phantom_key=bytes(32), phantoms=1
    )
    return {str(entity.entity) for entity in found.entities if entity.named}


def _document(held: Mapping[str, Mapping[str, Any]]) -> dict[str, object]:
    rows = list(held.values())
    calls = sum((Counter(row["calls"]) for row in rows), Counter())
    return {
        "bench": "files",
        "date": datetime.now(UTC).date().isoformat(),
        "machine": {"cores": os.cpu_count()},
        "python": sys.version.split()[0],
        "recipients": RECIPIENTS,
        "files": sum(row["files"] for row in rows),
        "leaks": calls.total(),
        "calls": dict(calls),
        "wrong_at_most": upper(calls["wrong"], calls.total()),
        "originals_that_named_somebody": sum(row["originals_that_named"] for row in rows),
        "kinds": {kind: held[kind] for kind in LEAKS if kind in held},
    }


def _kind(done: Sequence[Done]) -> dict[str, Any]:
    trials = [trial for item in done for trial in item.trials]
    return {
        "files": len(done),
        "code_sites": [item.code_sites for item in done],
        "tag_bits": [item.tag_bits for item in done],
        "copy_to_original_bytes": round(
            sum(item.copy_size for item in done) / sum(item.size for item in done), 2
        ),
        "calls": dict(Counter(trial.call for trial in trials)),
        "originals_that_named": sum(item.innocent_named for item in done),
        "seconds_a_reading": round(sum(trial.seconds for trial in trials) / len(trials), 2),
        "alterations": {
            name: {
                "calls": dict(Counter(t.call for t in trials if t.alteration == name)),
                "sites": dict(
                    sum((Counter(t.marks) for t in trials if t.alteration == name), Counter())
                ),
            }
            for name in dict.fromkeys(trial.alteration for trial in trials)
        },
    }


if __name__ == "__main__":
    main(sys.argv[1:])
