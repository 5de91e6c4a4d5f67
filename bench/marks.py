"""Natural marks by language: sites a KB, and what is read and named after each alteration.

Writes ``bench/results/marks.json``: ``make bench-marks ARGS="c=FOLDER javascript=FOLDER ..."``,
with folders of sources that neither rules nor reader were tuned on. Files of 4 to 40 KB are drawn
from them by a seed, at most MOST_OF_ONE from one top folder; of each one leaker in RECIPIENTS
alters its copy in all ways of ``bench.alterations``. Rows of languages that are not named stay in
the result file, so that each may be measured where its tools are. Bounds are Clopper-Pearson at
95 %.
"""

import json
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bench.alterations import ALTERATIONS, FORMATTERS, altered
from bench.python_marks import RECIPIENTS, Subject, _parts, _scored, _upper, book_of, word_of
from mapp_compliance.errors import InvalidInput
from mapp_compliance.watermark import (
    PackageFile,
    SiteMap,
    lay_out,
    mark,
    natural_warnings,
    parse_package,
    read,
    survey,
)
from mapp_compliance.watermark.registry import NATURAL

SEED = 2028
FILES = int(os.environ.get("MARKS_FILES", "12"))
MOST_OF_ONE = 4
LEAST_BYTES, MOST_BYTES = 4_000, 40_000
LEFT_OUT = {"test", "tests", "dist", "min", "fuzzing", "examples"}
RESULT = Path(__file__).parent / "results" / "marks.json"
MANIFEST = PackageFile("mapp-package.toml", b"[package]\nmin_code_sites = 1\n")
HOW = ("right", "wrong", "erased")


@dataclass(frozen=True)
class Row:
    """All leaks of one file."""

    file: str
    size_bytes: int
    sites: dict[str, int]
    calls: dict[str, str]
    marks: dict[tuple[str, str, str], int]
    innocent: int
    seconds: tuple[float, ...]


def main() -> None:
    """Measures the languages that are named, and keeps the rows of the others."""
    document = json.loads(RESULT.read_text()) if RESULT.exists() else {"bench": "marks"}
    languages = document.setdefault("languages", {})
    for each in sys.argv[1:]:
        name, folder = each.split("=", 1)
        drawn = list(_drawn(name, Path(folder)))
        with ProcessPoolExecutor() as pool:
            rows = [row for row in pool.map(_measured, drawn) if row is not None]
        languages[name] = _told(name, drawn, rows)
        RESULT.write_text(json.dumps(document, indent=1) + "\n")
        print(json.dumps(languages[name], indent=1))


def _drawn(language: str, folder: Path) -> Iterator[tuple[str, Path, str]]:
    """(language, file, name in the result) of the files of a seeded order."""
    suffixes = next(each.suffixes for each in NATURAL if each.name == language)
    paths = sorted(
        path
        for path in folder.rglob("*")
        if path.name.lower().endswith(suffixes) and ".min." not in path.name
        if path.is_file() and LEAST_BYTES <= path.stat().st_size <= MOST_BYTES
        if not LEFT_OUT & set(path.relative_to(folder).parts) and not path.name.endswith(".d.ts")
    )
    random.Random(SEED).shuffle(paths)
    taken: Counter[str] = Counter()
    for path in paths:
        top = path.relative_to(folder).parts[0]
        if taken[top] < MOST_OF_ONE and taken.total() < FILES:
            taken[top] += 1
            yield language, path, str(path.relative_to(folder))


def _measured(drawn: tuple[str, Path, str]) -> Row | None:
    language, path, name = drawn
    package = parse_package([MANIFEST, PackageFile(path.name, path.read_bytes())])
    try:
        site_map = survey(package, lay_out(package, {}), bytes(range(32)))
    except InvalidInput:
        print(name, *natural_warnings(package, {}), file=sys.stderr)
        return None
    subject = Subject(name, package, site_map, book_of(site_map))
    leaker = random.Random(f"{SEED} {name}").randrange(RECIPIENTS)
    word = word_of(subject, leaker)
    files = mark(package, site_map, word).files
    copy = next(file.data for file in files if file.path == path.name)
    calls, marks, seconds = {}, Counter[tuple[str, str, str]](), []
    for how, alter in ALTERATIONS[language].items():
        leak = altered(alter, copy)
        if leak is None:
            calls[how] = "tool absent or refused"
            continue
        started = time.perf_counter()
        symbols = read(_parts(leak), site_map).symbols
        seconds.append(time.perf_counter() - started)
        named = {
            each.entity for each in _scored(subject, _own(site_map, symbols)).entities if each.named
        }
        right = named == {f"holder-{leaker}"}
        calls[how] = "refused" if not named else "right" if right else "wrong"
        for site, own, seen in zip(site_map.sites, word.symbols, symbols, strict=True):
            told = "erased" if seen is None else "right" if seen == own else "wrong"
            marks[how, site.channel, told] += 1
    seen_in_original = read(_parts(path.read_bytes()), site_map).symbols
    innocent = _scored(subject, _own(site_map, seen_in_original))
    sites = Counter(site.channel for site in site_map.sites)
    return Row(
        *(name, path.stat().st_size, dict(sites), calls, dict(marks)),
        innocent=sum(each.named for each in innocent.entities),
        seconds=tuple(seconds),
    )


def _own(site_map: SiteMap, symbols: Sequence[int | None]) -> list[int | None]:
    """The symbols that tell copies apart; those of waves and the program are left out."""
    sites = zip(site_map.sites, symbols, strict=True)
    return [seen for site, seen in sites if site.group is None]


def _told(language: str, drawn: list[tuple[str, Path, str]], rows: list[Row]) -> dict[str, object]:
    size_kb = sum(row.size_bytes for row in rows) / 1024
    sites: Counter[str] = sum((Counter(row.sites) for row in rows), Counter())
    marks: Counter[tuple[str, str, str]] = sum((Counter(row.marks) for row in rows), Counter())
    calls = Counter(call for row in rows for call in row.calls.values())
    tried = sum(calls[call] for call in ("right", "wrong", "refused"))
    seconds = sorted(each for row in rows for each in row.seconds)
    undone = next(each.undone for each in NATURAL if each.name == language)
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "machine": {"cores": os.cpu_count()},
        "seed": SEED,
        "files": [{"file": row.file, "bytes": row.size_bytes, "sites": row.sites} for row in rows],
        "not_attached": len(drawn) - len(rows),
        "size_kb": round(size_kb, 1),
        "sites_a_kb": {name: round(count / size_kb, 2) for name, count in sites.most_common()},
        "sites_a_kb_in_all": round(sites.total() / max(size_kb, 1), 2),
        "leaks": tried,
        "calls": dict(calls),
        "wrong_at_most": _upper(calls["wrong"], tried),
        "innocent_files_that_named": sum(row.innocent > 0 for row in rows),
        "table": {
            how: dict(Counter(row.calls[how] for row in rows)) for how in ALTERATIONS[language]
        },
        "formatters_read": _formatted(marks, undone),
        "marks": {
            how: {
                name: "/".join(str(marks[how, name, told]) for told in HOW)
                for name in sorted(sites)
            }
            for how in ALTERATIONS[language]
        },
        "median_seconds_a_reading": round(seconds[len(seconds) // 2], 2) if seconds else None,
        "greatest_seconds_a_reading": round(seconds[-1], 2) if seconds else None,
    }


def _formatted(
    marks: Counter[tuple[str, str, str]], undone: frozenset[str]
) -> dict[str, dict[str, float]]:
    """Of the sites that formatters leave: the share read right and wrong."""
    told = {}
    for how in FORMATTERS:
        counts = [
            sum(
                n
                for (tool, name, seen), n in marks.items()
                if (tool, seen) == (how, each) and name not in undone
            )
            for each in HOW
        ]
        if sum(counts):
            right, wrong = (round(count / sum(counts), 4) for count in counts[:2])
            told[how] = {"sites": sum(counts), "right": right, "wrong": wrong}
    return told


if __name__ == "__main__":
    main()
