"""What minifiers leave of the natural marks that stand in the syntax, and what of that is read.

Writes ``bench/results/minifiers.json``: ``python -m bench.minifiers javascript=FOLDER ...``, with
the folders of ``bench.marks``, of which the same files are drawn. A tool leaves a site when its
output differs once that site alone is turned in the copy; else both forms give the same bytes and
nobody can tell them apart. Of each file one copy is made and turned at each site that is not
LEXICAL. Told is how the sites that are left and those that are gone were read from the one copy:
right, wrong or erased; and the share of all that reads wrong. Rows of languages that are not named
stay in the result file. Bounds are Clopper-Pearson at 95 %.
"""

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.attacks.calls import KEY, machine, symbols_of, word_of
from bench.attacks.sources import ALTERATIONS, altered
from bench.marks import HOW, LEXICAL, MANIFEST, SEED, paths
from bench.material.bounds import lower, upper
from mapp_compliance.errors import InvalidInput
from mapp_compliance.watermark import (
    PackageFile,
    SiteMap,
    lay_out,
    mark,
    parse_package,
    survey_legible,
)

RESULT = Path(__file__).parent / "results" / "minifiers.json"
TERSER = """
const {minify} = require(process.argv[1]);
const texts = JSON.parse(require("fs").readFileSync(0, "utf8"));
(async () => {
  const told = [];
  for (const text of texts) {
    try { told.push((await minify(text, JSON.parse(process.argv[2]))).code); }
    catch { told.push(null); }
  }
  process.stdout.write(JSON.stringify(told));
})();
"""

Tool = Callable[[Sequence[bytes]], Sequence[bytes | None]]
Seen = Counter[tuple[str, str, str, str]]  # tool, family, "left" or "gone", how it was read


def _each(language: str, name: str) -> Tool:
    """A tool of ``bench.attacks`` that takes one file."""
    return lambda texts: [altered(ALTERATIONS[language][name], text) for text in texts]


def _terser(**options: bool) -> Tool:
    """One process for all texts; none are altered where the tool is absent."""

    def run(texts: Sequence[bytes]) -> Sequence[bytes | None]:
        found = shutil.which("terser")
        if found is None:
            return [None] * len(texts)
        package = Path(os.path.realpath(found)).parents[1]
        done = subprocess.run(
            ["node", "-e", TERSER, str(package), json.dumps(options)],
            input=json.dumps([text.decode() for text in texts]).encode(),
            capture_output=True,
            check=True,
        )
        return [None if text is None else text.encode() for text in json.loads(done.stdout)]

    return run


TOOLS: Mapping[str, Mapping[str, Tool]] = {
    "python": {
        "python-minifier": _each("python", "minified"),
        "parsed and printed": _each("python", "parsed and printed"),
    },
    "javascript": {
        "terser": _terser(compress=False, mangle=False),
        "terser -m": _terser(compress=False, mangle=True),
        "terser -c -m": _terser(compress=True, mangle=True),
    },
    "bash": {"shfmt -mn": _each("bash", "shfmt -mn")},
}


def main() -> None:
    """Measures the languages that are named, and keeps the rows of the others."""
    parser = argparse.ArgumentParser(description="Measures what minifiers leave.")
    parser.add_argument("--files", type=int, default=30, help="Files of each language.")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("folders", nargs="*", metavar="LANGUAGE=FOLDER")
    asked = parser.parse_args()
    document: dict[str, Any] = json.loads(RESULT.read_text()) if RESULT.exists() else {}
    document["bench"] = "minifiers"
    for each in asked.folders:
        language, folder = each.split("=", 1)
        found = list(paths(language, Path(folder), asked.files))
        with ProcessPoolExecutor(asked.workers) as pool:
            seen = list(pool.map(_measured, [language] * len(found), found))
        document.setdefault("languages", {})[language] = _told(language, [*filter(None, seen)])
        RESULT.write_text(json.dumps(document, indent=1) + "\n")
        print(language, document["languages"][language]["read"], file=sys.stderr)


def _measured(language: str, path: Path) -> Seen | None:
    """How one file is read; None when it holds no sites."""
    package = parse_package([MANIFEST, PackageFile(path.name, path.read_bytes())])
    try:
        site_map = survey_legible(package, lay_out(package, {}), KEY).site_map
    except InvalidInput:
        return None
    rng = random.Random(f"{SEED} {path.name}")
    word = [rng.randrange(2) for _ in site_map.code_sites]
    turned = [at for at, site in enumerate(site_map.code_sites) if site.channel not in LEXICAL]
    words = [[own ^ (place == at) for place, own in enumerate(word)] for at in turned]
    copies = [_copy(path.name, package_word, site_map, package) for package_word in (word, *words)]
    seen: Seen = Counter()
    for name, tool in TOOLS[language].items():
        plain, *others = tool(copies)
        if plain is None:
            seen[name, "", "", "refused"] += 1
            continue
        symbols = symbols_of(site_map, plain)
        for at, other in zip(turned, others, strict=True):
            kept = "left" if other not in (None, plain) else "gone"
            how = "right" if symbols[at] == word[at] else "wrong"
            how = "erased" if symbols[at] is None else how
            seen[name, site_map.code_sites[at].channel, kept, how] += 1
    return seen


def _copy(name: str, word: Sequence[int], site_map: SiteMap, package: Any) -> bytes:
    files = mark(package, site_map, word_of(site_map, word)).files
    return next(file.data for file in files if file.path == name)


def _told(language: str, files: Sequence[Seen]) -> dict[str, Any]:
    seen: Seen = sum(files, Counter())
    families = sorted({family for _, family, _, _ in seen if family})
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "machine": machine(),
        "seed": SEED,
        "files": len(files),
        "read": {name: _read(name, seen) for name in TOOLS[language]},
        "families": {
            name: {family: dict(_family(name, family, seen)) for family in families}
            for name in TOOLS[language]
        },
    }


def _read(name: str, seen: Seen) -> dict[str, Any]:
    """The shares of one tool."""
    left = {how: _count(seen, name, "left", how) for how in HOW}
    wrong = left["wrong"] + _count(seen, name, "gone", "wrong")
    total, sites = sum(left.values()), sum(_count(seen, name, kept) for kept in ("left", "gone"))
    return {
        "refused_files": seen[name, "", "", "refused"],
        "sites": sites,
        "left": total,
        "right_of_left": round(left["right"] / max(total, 1), 4),
        "right_of_left_at_least": lower(left["right"], total),
        "wrong_of_all": round(wrong / max(sites, 1), 4),
        "wrong_of_all_at_most": upper(wrong, sites),
    }


def _family(name: str, family: str, seen: Seen) -> Iterator[tuple[str, str]]:
    """Right/wrong/erased."""
    for kept in ("left", "gone"):
        yield kept, "/".join(str(seen[name, family, kept, how]) for how in HOW)


def _count(seen: Seen, name: str, kept: str, how: str = "") -> int:
    return sum(n for (tool, _, k, h), n in seen.items() if (tool, k) == (name, kept) and how in h)


if __name__ == "__main__":
    main()
