"""How many natural marks files of each language hold: a survey of many files, vetted.

Writes ``bench/results/capacity.json``: ``python -m bench.capacity [LANGUAGE=FOLDER]...``. Python is
drawn from the interpreter's library and the installed packages, other languages from the folders
that are named. FILES files of 1 to 100 KB each by a seed, at most MOST_OF_ONE from one top folder.
A language that is not named keeps its row. Seconds are of one core, the trial words of the survey
and the plain copies of the vetting included; bounds are Clopper-Pearson at 95 %.
"""

import argparse
import json
import random
import sys
import sysconfig
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from bench.attacks.calls import KEY, drawn, machine
from bench.material.bounds import lower
from mapp_compliance.errors import InvalidInput
from mapp_compliance.values import KIB
from mapp_compliance.watermark import (
    PackageFile,
    lay_out,
    natural_warnings,
    parse_package,
    survey_legible,
)
from mapp_compliance.watermark.registry import NATURAL

SEED = 2033
FILES = 200
MOST_OF_ONE = 100
SIZES = range(1_000, 100_001)
ENOUGH = (40, 96)  # sites: one leaker of 100 is named; the least that a package of code needs
RESULT = Path(__file__).parent / "results" / "capacity.json"
MANIFEST = PackageFile("mapp-package.toml", b"[package]\nmin_code_sites = 1\n")


@dataclass(frozen=True)
class Row:
    """One file."""

    size_bytes: int
    sites: dict[str, int]  # by family
    seconds: float
    refused: str  # why it holds none; empty when it holds some


def main() -> None:
    """Surveys the languages that are named, and Python unless others are."""
    parser = argparse.ArgumentParser(description="Counts natural marks.")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("folders", nargs="*", metavar="LANGUAGE=FOLDER")
    asked = parser.parse_args()
    library = [Path(sysconfig.get_paths()[name]) for name in ("stdlib", "purelib")]
    wanted = [each.split("=", 1) for each in asked.folders]
    document: dict[str, Any] = json.loads(RESULT.read_text()) if RESULT.exists() else {}
    document["bench"] = "capacity"
    folders = {name: [Path(folder)] for name, folder in wanted} or {"python": library}
    for language, places in folders.items():
        with ProcessPoolExecutor(asked.workers) as pool:
            rows = list(pool.map(_surveyed, _paths(language, places), chunksize=4))
        document.setdefault("languages", {})[language] = told = _told(rows)
        RESULT.write_text(json.dumps(document, indent=1) + "\n")
        print(language, json.dumps(told, indent=1), file=sys.stderr, flush=True)


def _paths(language: str, folders: Sequence[Path]) -> list[Path]:
    suffixes = next(each.suffixes for each in NATURAL if each.name == language)
    found = [
        path
        for folder in folders
        for path in islice(
            drawn(folder, suffixes, SIZES, f"{SEED} {language}", MOST_OF_ONE),
            FILES // len(folders),
        )
    ]
    random.Random(SEED).shuffle(found)
    return found


def _surveyed(path: Path) -> Row:
    package = parse_package([MANIFEST, PackageFile(path.name, path.read_bytes())])
    started, refused = time.process_time(), ""
    channels: Counter[str] = Counter()
    try:
        site_map = survey_legible(package, lay_out(package, {}), KEY).site_map
        channels = Counter(site.channel for site in site_map.code_sites)
    except InvalidInput as err:
        refused = "; ".join(natural_warnings(package, {})) or err.message
    seconds = time.process_time() - started
    return Row(path.stat().st_size, dict(channels), seconds, refused.replace(path.name, "FILE"))


def _told(rows: Sequence[Row]) -> dict[str, Any]:
    size_kb = sum(row.size_bytes for row in rows) / KIB
    sites: Counter[str] = sum((Counter(row.sites) for row in rows), Counter())
    totals = [sum(row.sites.values()) for row in rows]
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "machine": machine(),
        "seed": SEED,
        "files": len(rows),
        "size_kb": round(size_kb, 1),
        "size_kb_median": round(_at([row.size_bytes for row in rows], 0.5) / KIB, 1),
        "sites_a_kb": round(sites.total() / size_kb, 2),
        "sites_a_kb_by_family": {
            name: round(count / size_kb, 3) for name, count in sites.most_common()
        },
        "sites_a_file": {f"{share:.0%}": _at(totals, share) for share in (0.1, 0.5, 0.9)},
        "files_with_sites": {str(least): _share(totals, least) for least in ENOUGH},
        "files_of_8_kb_with_sites": {
            str(least): _share(
                [n for n, row in zip(totals, rows, strict=True) if row.size_bytes >= 8 * KIB],
                least,
            )
            for least in ENOUGH
        },
        "without_a_site": sum(bool(row.refused) for row in rows),
        "why": dict(Counter(row.refused for row in rows if row.refused).most_common()),
        "cpu_seconds_a_file": {
            "median": round(_at([row.seconds for row in rows], 0.5), 3),
            "90 %": round(_at([row.seconds for row in rows], 0.9), 3),
            "of 15 KB": round(sum(row.seconds for row in rows) / size_kb * 15, 3),
        },
    }


def _share(totals: Sequence[int], least: int) -> dict[str, Any]:
    enough = sum(total >= least for total in totals)
    share = round(enough / max(len(totals), 1), 3)
    bound = lower(enough, len(totals))
    return {"files": enough, "of": len(totals), "share": share, "share_at_least": bound}


def _at(values: Sequence[float], share: float) -> float:
    """The value below which that share lies."""
    return sorted(values)[min(int(len(values) * share), len(values) - 1)]


if __name__ == "__main__":
    main()
