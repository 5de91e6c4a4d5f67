"""Natural marks on 30 Python files through ten alterations: right, wrong, refused.

Writes ``bench/results/python_marks.json``: ``python -m bench.python_marks``. The files come from
the interpreter's standard library, by a seed, from all that are 5 to 40 KB long, but none of those
that rules and reader were tuned on (TUNED). A file that ``attach`` would refuse, for it has too few
sites or may read its own text, is told and another one is drawn. A leaker of each file alters its
copy in ten ways, written down beforehand; 100 recipients are scored for each as the
first sample of an advisory. Bounds are Clopper-Pearson at 95 %.
"""

import json
import os
import random
import sys
import sysconfig
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

from bench.material.bounds import upper
from bench.tracing import books
from mapp_compliance.attribution import Part
from mapp_compliance.attribution.unwrap import unwrap
from mapp_compliance.attribution.views import with_views
from mapp_compliance.errors import InvalidInput
from mapp_compliance.values import EntityId
from mapp_compliance.watermark import (
    Codeword,
    Package,
    PackageFile,
    SiteMap,
    lay_out,
    mark,
    natural_warnings,
    parse_package,
    read,
    survey_legible,
)
from mapp_compliance.watermark.codes import Codebook, Method, Scores, score, share_of
from tests.watermark.python.alterations import ALTERATIONS, FORMATTERS, altered

SEED = 2017
FILES, RECIPIENTS, LEAKERS = 30, 100, 1
LEAST_BYTES, MOST_BYTES = 5_000, 40_000
TUNED = frozenset(
    {
        *("shlex.py", "textwrap.py", "getopt.py", "netrc.py", "fnmatch.py", "quopri.py", "gzip.py"),
        *("configparser.py", "argparse.py", "difflib.py", "statistics.py", "subprocess.py"),
        *("tarfile.py", "smtpd.py", "chunk.py", "rlcompleter.py", "zipapp.py", "sndhdr.py"),
        *("symtable.py", "tasks.py", "encoder.py", "cookies.py"),
        *("cp1256.py", "cp852.py", "mac_greek.py"),
    }
)
LEFT_OUT = {"test", "tests", "idlelib", "site-packages", "turtledemo", "ensurepip", "__pycache__"}
UNDONE = {"quotes", "split"}  # families that some formatter sets to its own form
TABLES = "encodings/"  # of characters: much alike, and three of them were looked at
BEYOND = {  # told apart from the ten: comments carry marks, and some take them out first
    "strip, then black": lambda data: ALTERATIONS["black"](ALTERATIONS["strip, tabs, CRLF"](data)),
}
ALL = {**ALTERATIONS, **BEYOND}
ALPHA = Fraction("1e-4")
RESULT = Path(__file__).parent / "results" / "python_marks.json"
HOW = ("right", "wrong", "erased")


@dataclass(frozen=True)
class Subject:
    """One file with its sites and the words of all recipients."""

    name: str
    package: Package
    site_map: SiteMap
    book: Codebook

    @property
    def proof_sites(self) -> int:
        """Sites that no formatter is known to undo."""
        return sum(site.channel not in UNDONE for site in self.site_map.code_sites)


@dataclass(frozen=True)
class Trial:
    """One leak: how it ended, and how each site was read."""

    file: str
    leaker: int
    alteration: str
    call: str
    missing_bits: float
    marks: dict[tuple[str, str], int]
    seconds: float


def main() -> None:
    """Runs all trials, file by file; the result file is written after each and tells how many."""
    skipped: list[dict[str, str]] = []
    done: list[Subject] = []
    trials: list[Trial] = []
    innocent: list[bool] = []
    with ProcessPoolExecutor(1) as pool:
        waiting = {pool.submit(_all_trials, subject): subject for subject in _subjects(skipped)}
        for finished in as_completed(waiting):
            own, named = finished.result()
            done.append(waiting[finished])
            trials += own
            innocent += named
            document = _document(done, skipped, trials, innocent)
            RESULT.write_text(json.dumps(document, indent=1) + "\n")
            print(f"{done[-1].name}: {len(trials)} leaks tried", file=sys.stderr)
    print(json.dumps({key: document[key] for key in ("table", "formatters", "innocent")}, indent=1))


def _all_trials(subject: Subject) -> tuple[list[Trial], list[bool]]:
    """All leaks of one file, and whether unmarked code named anybody."""
    rng = random.Random(f"{SEED} {subject.name}")
    leakers = rng.sample(range(RECIPIENTS), LEAKERS)
    trials = [_tried(subject, leaker, name) for leaker in leakers for name in ALL]
    return trials, _innocent(subject)


def _subjects(skipped: list[dict[str, str]]) -> Iterator[Subject]:
    """The first FILES files of the seeded order that can be attached."""
    library = Path(sysconfig.get_paths()["stdlib"])
    names = sorted(
        str(path.relative_to(library))
        for path in library.rglob("*.py")
        if not LEFT_OUT & set(path.relative_to(library).parts)
        and LEAST_BYTES <= path.stat().st_size <= MOST_BYTES
        and path.name not in TUNED
    )
    random.Random(SEED).shuffle(names)
    found = 0
    for name in names:
        package = parse_package([PackageFile(name, (library / name).read_bytes())])
        try:
            site_map = survey_legible(package, lay_out(package, {}), bytes(range(32))).site_map
        except InvalidInput as err:
            why = "; ".join((err.message, *natural_warnings(package, {})))
            skipped.append({"file": name, "why": why})
            continue
        yield Subject(name, package, site_map, book_of(site_map))
        found += 1
        if found == FILES:
            return


def book_of(site_map: SiteMap) -> Codebook:
    return books.book_of(site_map.map_id, site_map.code_sites, RECIPIENTS)


def _scored(subject: Subject, symbols: Sequence[int | None]) -> Scores:
    entities = [EntityId(f"holder-{number}") for number in range(RECIPIENTS)]
    share = share_of(ALPHA, 1)
    return score(
        *(subject.book, entities, symbols, Method.SCORE_1, share),
        phantom_key=bytes(32),
        phantoms=1,
    )


def word_of(subject: Subject, leaker: int) -> Codeword:
    """The symbols of all sites; those that waves and the program share are 0."""
    own = iter(subject.book.symbols(leaker))
    return Codeword(tuple(0 if site.group else next(own) for site in subject.site_map.sites))


def read_symbols(subject: Subject, data: bytes) -> Sequence[int | None]:
    """The symbols that tell copies apart."""
    symbols = read(_parts(data), subject.site_map).symbols
    sites = zip(subject.site_map.sites, symbols, strict=True)
    return [seen for site, seen in sites if site.group is None]


def _parts(data: bytes) -> Sequence[Part]:
    """The sample as intake hands it on."""
    return with_views(unwrap((Part(data, "sample"),))).parts


def _tried(subject: Subject, leaker: int, alteration: str) -> Trial:
    word = subject.book.symbols(leaker)
    copy = mark(subject.package, subject.site_map, word_of(subject, leaker)).files[0].data
    leak = altered(ALL[alteration], copy)
    if leak is None:
        return Trial(subject.name, leaker, alteration, "tool refused the file", 0.0, {}, 0.0)
    started = time.process_time()
    symbols = read_symbols(subject, leak)
    seconds = time.process_time() - started
    scores = _scored(subject, symbols)
    named = {entity.entity for entity in scores.entities if entity.named}
    call = "refused" if not named else "right" if named == {f"holder-{leaker}"} else "wrong"
    marks = Counter(
        (site.channel, "erased" if seen is None else "right" if seen == own else "wrong")
        for site, own, seen in zip(subject.site_map.code_sites, word, symbols, strict=True)
    )
    bits = round(scores.missing_bits, 1)
    return Trial(subject.name, leaker, alteration, call, bits, dict(marks), seconds)


def _innocent(subject: Subject) -> list[bool]:
    """Whether the original, and a file that has nothing to do with it, name anybody."""
    samples = subject.package.files[0].data, Path(__file__).read_bytes()
    return [
        any(entity.named for entity in _scored(subject, read_symbols(subject, data)).entities)
        for data in samples
    ]


def _document(
    subjects: Sequence[Subject],
    skipped: Sequence[dict[str, str]],
    trials: Sequence[Trial],
    innocent: Sequence[bool],
) -> dict[str, object]:
    beyond = [trial for trial in trials if trial.alteration in BEYOND]
    trials = [trial for trial in trials if trial.alteration in ALTERATIONS]
    calls = Counter(trial.call for trial in trials)
    return {
        "bench": "python_marks",
        "date": datetime.now(UTC).date().isoformat(),
        "seed": SEED,
        "machine": {
            "cores": os.cpu_count(),
            "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30),
        },
        "python": sys.version.split()[0],
        "recipients": RECIPIENTS,
        "leakers_a_file": LEAKERS,
        "tuned_on": sorted(TUNED),
        "files_asked_for": FILES,
        "files": [
            {
                "file": subject.name,
                "bytes": len(subject.package.files[0].data),
                "sites": len(subject.site_map.code_sites),
                "formatter_proof_sites": subject.proof_sites,
            }
            for subject in subjects
        ],
        "not_attached": list(skipped),
        "leaks": len(trials),
        "calls": dict(calls),
        "wrong_at_most": upper(calls["wrong"], len(trials)),
        "table": {
            name: dict(Counter(trial.call for trial in trials if trial.alteration == name))
            for name in ALTERATIONS
        },
        "formatters": _formatters(subjects, trials),
        "beyond": {
            name: dict(Counter(trial.call for trial in beyond if trial.alteration == name))
            for name in BEYOND
        },
        "marks": _marks([*trials, *beyond]),
        "refusals": [
            {
                "file": trial.file,
                "alteration": trial.alteration,
                "missing_bits": trial.missing_bits,
            }
            for trial in trials
            if trial.call == "refused"
        ],
        "innocent": {
            "samples": len(innocent),
            "named": sum(innocent),
            "named_at_most": upper(sum(innocent), len(innocent)),
        },
        "median_cpu_seconds_a_reading": _median([trial.seconds for trial in trials]),
        "greatest_cpu_seconds_a_reading": round(max(trial.seconds for trial in trials), 2),
    }


def _formatters(subjects: Sequence[Subject], trials: Sequence[Trial]) -> dict[str, object]:
    """How often formatted copies of larger files were named, by which sites are counted."""
    groups = {
        "files with 40 sites": {s.name for s in subjects if len(s.site_map.code_sites) >= 40},
        "files with 40 sites that formatters leave": {
            s.name for s in subjects if s.proof_sites >= 40
        },
    }
    groups["files with 40 sites, no character tables"] = {
        name for name in groups["files with 40 sites"] if not name.startswith(TABLES)
    }
    told: dict[str, object] = {}
    for group, names in groups.items():
        for tool in FORMATTERS:
            own = [t for t in trials if t.file in names and t.alteration == tool]
            right = sum(trial.call == "right" for trial in own)
            told[f"{group}, {tool}"] = {
                "leaks": len(own),
                "right": right,
                "share": round(right / max(len(own), 1), 3),
                "not_right_at_most": upper(len(own) - right, len(own)),
            }
    return told


def _marks(trials: Sequence[Trial]) -> dict[str, dict[str, str]]:
    """``right/wrong/erased`` of all sites, by alteration and channel."""
    counted: Counter[tuple[str, str, str]] = Counter()
    for trial in trials:
        for (channel, how), number in trial.marks.items():
            counted[trial.alteration, channel, how] += number
    channels = sorted({channel for _, channel, _ in counted})
    return {
        name: {
            channel: "/".join(str(counted[name, channel, how]) for how in HOW)
            for channel in channels
        }
        for name in ALL
    }


def _median(values: Sequence[float]) -> float:
    return round(sorted(values)[len(values) // 2], 2)


if __name__ == "__main__":
    main()
