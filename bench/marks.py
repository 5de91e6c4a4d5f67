"""Natural marks by language: what is read and who is named after each alteration.

Writes ``bench/results/marks.json``: ``python -m bench.marks c=FOLDER python=FOLDER ...``, with
folders of sources that neither rules nor reader were tuned on. Files of 4 to 40 KB are drawn from
them by a seed, at most MOST_OF_ONE from one top folder. Of each file one leaker alters its copy in
all ways of ``bench.attacks.sources``, and up to three mix theirs in all ways of
``bench.attacks.mixes``; each leak is read once and scored against 100 and against 1000 recipients.
Of a mix whoever took part is right. Sites are those that the product keeps (``survey_legible``);
``left_out`` tells how many forms it found and could not tell. ``read`` tells apart what stands in
the syntax and what in how a word is written (LEXICAL). Rows of languages that are not named stay in
the result file, so that each may be measured where its tools are; it is written after each file.
Seconds are of one core. Bounds are Clopper-Pearson at 95 %.
"""

import argparse
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
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
from bench.attacks.mixes import MIXES, mixed
from bench.attacks.sources import ALTERATIONS, FORMATTERS, altered
from bench.material.bounds import upper
from bench.python_marks import TUNED
from mapp_compliance.errors import InvalidInput
from mapp_compliance.watermark import (
    PackageFile,
    SiteMap,
    lay_out,
    mark,
    natural_warnings,
    parse_package,
    survey_legible,
)
from mapp_compliance.watermark.registry import NATURAL

SEED = 2031
RECIPIENTS = (100, 1000)
MOST_OF_ONE = 4
ENOUGH_SITES = 40  # of a file on which a copy should be told; the others are counted too
SIZES = range(4_000, 40_001)
RESULT = Path(__file__).parent / "results" / "marks.json"
MANIFEST = PackageFile("mapp-package.toml", b"[package]\nmin_code_sites = 1\n")
HOW = ("right", "wrong", "erased")
LEXICAL = frozenset(  # families that show in how one word, text or number is written
    {"quotes", "raw", "split", "base", "capital", "stop", "quoted", "braces", "subst"}
)
MINIFIERS = (
    *("minified", "parsed and printed", "terser", "terser -m", "terser -m, prettier"),
    *("terser -c -m", "shfmt -mn"),
)
ABSENT = "tool absent or refused"


@dataclass(frozen=True)
class Row:
    """All leaks of one file: calls by (alteration, recipients), marks by (alteration, channel)."""

    file: str
    size_bytes: int
    sites: dict[str, int]
    left_out: dict[str, int]  # forms that are no sites, since no copy tells them
    refused: str  # why the file cannot be attached; empty when it can
    calls: dict[tuple[str, int], str]
    marks: dict[tuple[str, str, str], int]
    innocent: int
    first_seconds: float
    seconds: tuple[float, ...]


def main() -> None:
    """Measures the languages that are named, and keeps the rows of the others."""
    parser = argparse.ArgumentParser(description="Measures natural marks.")
    parser.add_argument("--files", type=int, default=30, help="Files of each language.")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("folders", nargs="*", metavar="LANGUAGE=FOLDER")
    asked = parser.parse_args()
    document: dict[str, Any] = json.loads(RESULT.read_text()) if RESULT.exists() else {}
    document["bench"] = "marks"
    for each in asked.folders:
        language, folder = each.split("=", 1)
        with ProcessPoolExecutor(asked.workers) as pool:
            found = paths(language, Path(folder), asked.files)
            waiting = [pool.submit(_measured, language, path, Path(folder)) for path in found]
            rows: list[Row] = []
            for done in as_completed(waiting):
                rows.append(done.result())
                document.setdefault("languages", {})[language] = told = _told(language, rows)
                RESULT.write_text(json.dumps(document, indent=1) + "\n")
                print(f"{language} {rows[-1].file}: {told['calls']}", file=sys.stderr, flush=True)


def paths(language: str, folder: Path, files: int) -> Iterator[Path]:
    """The files that are measured, in their seeded order."""
    suffixes = next(each.suffixes for each in NATURAL if each.name == language)
    found = drawn(folder, suffixes, SIZES, f"{SEED} {language}", MOST_OF_ONE)
    return islice((path for path in found if path.name not in TUNED), files)


def _measured(language: str, path: Path, folder: Path) -> Row:
    name, data = path.relative_to(folder).as_posix(), path.read_bytes()
    package = parse_package([MANIFEST, PackageFile(path.name, data)])
    try:
        layout = lay_out(package, {})
        legible = survey_legible(package, layout, KEY)
    except InvalidInput as err:
        why = "; ".join((err.message, *natural_warnings(package, {})))
        return Row(name, len(data), {}, {}, why, {}, {}, 0, 0.0, ())
    site_map = legible.site_map
    books = {count: book_of(site_map, count) for count in RECIPIENTS}
    rng = random.Random(f"{SEED} {name}")
    leakers = rng.sample(range(RECIPIENTS[0]), max(count for count, _ in MIXES.values()))
    words = [books[RECIPIENTS[0]].symbols(number) for number in leakers]
    copies = []
    for word in words:
        files = mark(package, site_map, word_of(site_map, word)).files
        copies.append(next(file.data for file in files if file.path == path.name))
    started = time.process_time()
    symbols_of(site_map, copies[0])  # the rows of the map are made at its first reading
    first = time.process_time() - started
    calls: dict[tuple[str, int], str] = {}
    marks, seconds = Counter[tuple[str, str, str]](), []
    for how, leak, many in _leaks(language, copies, rng):
        if leak is None:
            calls |= {(how, count): ABSENT for count in RECIPIENTS}
            continue
        started = time.process_time()
        symbols = symbols_of(site_map, leak)
        seconds.append(time.process_time() - started)
        for count, book in books.items():
            calls[how, count] = called(named_by(book, symbols), leakers[:many])
        marks.update(_seen(how, site_map, words[:many], symbols))
    innocent = named_by(books[RECIPIENTS[-1]], symbols_of(site_map, data))
    sites = Counter(site.channel for site in site_map.code_sites)
    return Row(
        file=name,
        size_bytes=len(data),
        sites=dict(sites),
        left_out=dict(Counter(layout.point(name).form for name in legible.left_out)),
        refused="",
        calls=calls,
        marks=dict(marks),
        innocent=len(innocent),
        first_seconds=first,
        seconds=tuple(seconds),
    )


def _leaks(
    language: str, copies: Sequence[bytes], rng: random.Random
) -> Iterator[tuple[str, bytes | None, int]]:
    """Each leak with how many copies are in it."""
    for how, alter in ALTERATIONS[language].items():
        yield how, altered(alter, copies[0]), 1
    for how, (many, choice) in MIXES.items():
        yield how, mixed(copies[:many], choice, rng), many


def _seen(
    how: str, site_map: SiteMap, words: Sequence[Sequence[int]], symbols: Sequence[int | None]
) -> Iterator[tuple[str, str, str]]:
    """Of each site whether it was read right; in a mix that is what any of the copies has."""
    for site, own, seen in zip(site_map.code_sites, zip(*words, strict=True), symbols, strict=True):
        yield how, site.channel, "erased" if seen is None else "right" if seen in own else "wrong"


def _told(language: str, rows: Sequence[Row]) -> dict[str, Any]:
    rows = sorted(rows, key=lambda row: row.file)
    held = [row for row in rows if not row.refused]
    size_kb = sum(row.size_bytes for row in held) / 1024
    sites: Counter[str] = sum((Counter(row.sites) for row in held), Counter())
    marks: Counter[tuple[str, str, str]] = sum((Counter(row.marks) for row in held), Counter())
    hows = (*ALTERATIONS[language], *MIXES)
    undone = next(each.undone for each in NATURAL if each.name == language)
    calls = {
        count: tallied(call for row in held for (_, n), call in row.calls.items() if n == count)
        for count in RECIPIENTS
    }
    tried = {n: sum(calls[n][call] for call in ("right", "wrong", "refused")) for n in RECIPIENTS}
    seconds = sorted(each for row in held for each in row.seconds)
    firsts = sorted(row.first_seconds / row.size_bytes * 15_000 for row in held)
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "machine": machine(),
        "seed": SEED,
        "files": len(held),
        "drawn": [
            {"file": row.file, "bytes": row.size_bytes, "sites": sum(row.sites.values())}
            for row in held
        ],
        "not_attached": [{"file": row.file, "why": row.refused} for row in rows if row.refused],
        "size_kb": round(size_kb, 1),
        "sites_a_kb": {name: round(n / max(size_kb, 1), 2) for name, n in sites.most_common()},
        "left_out": {
            "sites": sites.total(),
            "forms": sum(sum(row.left_out.values()) for row in held),
            "by_family": dict(sum((Counter(row.left_out) for row in held), Counter[str]())),
        },
        "sites_a_kb_in_all": round(sites.total() / max(size_kb, 1), 2),
        "leaks": tried[RECIPIENTS[0]],
        "calls": {str(count): calls[count] for count in RECIPIENTS},
        "wrong_at_most": {
            str(count): upper(calls[count]["wrong"], tried[count]) for count in RECIPIENTS
        },
        "originals_that_named_somebody": sum(row.innocent > 0 for row in held),
        "table": _table(held, hows)["table"],
        f"with_{ENOUGH_SITES}_sites": _table(
            [row for row in held if sum(row.sites.values()) >= ENOUGH_SITES], hows
        ),
        "read": _read(marks, hows, undone),
        "formatters_read": _formatted(marks, undone),
        "marks": {
            how: {
                name: "/".join(str(marks[how, name, told]) for told in HOW)
                for name in sorted(sites)
            }
            for how in hows
        },
        "cpu_seconds": {
            "first reading, 15 KB, median": _at(firsts, 0.5),
            "first reading, 15 KB, 90 %": _at(firsts, 0.9),
            "each other reading, median": _at(seconds, 0.5),
            "each other reading, 90 %": _at(seconds, 0.9),
        },
    }


def _table(held: Sequence[Row], hows: Sequence[str]) -> dict[str, Any]:
    return {
        "files": len(held),
        "table": {
            how: {str(n): tallied(row.calls[how, n] for row in held) for n in RECIPIENTS}
            for how in hows
        },
    }


def _at(values: Sequence[float], share: float) -> float | None:
    """The value below which that share lies."""
    return round(values[min(int(len(values) * share), len(values) - 1)], 3) if values else None


def _read(
    marks: Mapping[tuple[str, str, str], int], hows: Sequence[str], undone: frozenset[str]
) -> dict[str, dict[str, dict[str, float]]]:
    """The share read right and wrong, of syntax and of what is lexical, and of what is left of it.

    ``kept`` are the families that formatters leave.
    """
    told: dict[str, dict[str, dict[str, float]]] = {}
    families = {name for _, name, _ in marks}
    kinds = {
        "syntax": families - LEXICAL,
        "lexical": families & LEXICAL,
        "kept": families - undone,
        "all": families,
    }
    for how in ("as it is", *FORMATTERS, "renamed", *MINIFIERS):
        for kind, names in kinds.items() if how in hows else ():
            counts = [sum(marks[how, name, each] for name in names) for each in HOW]
            if total := sum(counts):
                shares = {word: round(n / total, 4) for word, n in zip(HOW, counts, strict=True)}
                told.setdefault(how, {})[kind] = {"sites": total, **shares}
    return told


def _formatted(
    marks: Mapping[tuple[str, str, str], int], undone: frozenset[str]
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
            whole = sum(
                n
                for (tool, name, seen), n in marks.items()
                if (tool, seen) == ("as it is", "right") and name not in undone
            )
            told[how] = {
                "sites": sum(counts),
                "right": right,
                "wrong": wrong,
                "right_of_those_read_without_it": round(counts[0] / max(whole, 1), 4),
            }
    return told


if __name__ == "__main__":
    main()
