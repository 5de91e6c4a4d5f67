"""How the families that only a manifest turns on outlive the ten alterations of ``python_marks``.

Writes ``bench/results/python_orders.json``: ``python -m bench.python_orders``. FILES files, drawn
by a seed as there, carry all families; one copy of each is altered in ten ways. Told is how each
site of an opt-in family was read: right, wrong or erased. Nothing is scored, and no more is
promised of these families than that order is all that differs.
"""

import json
import random
import sys
import sysconfig
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from bench.python_marks import (
    ALTERATIONS,
    LEAST_BYTES,
    LEFT_OUT,
    MOST_BYTES,
    RECIPIENTS,
    TABLES,
    TUNED,
    Subject,
    book_of,
    read_symbols,
    word_of,
)
from mapp_compliance.errors import InvalidInput
from mapp_compliance.watermark import PackageFile, lay_out, mark, parse_package, survey_legible
from mapp_compliance.watermark.carriers.python import DEFAULT, Family
from tests.watermark.python.alterations import altered

SEED, FILES = 1913, 15
OPT_IN = sorted(family.value for family in set(Family) - DEFAULT)
RESULT = Path(__file__).parent / "results" / "python_orders.json"
HOW = ("right", "wrong", "erased")


def main() -> None:
    """Runs all trials and writes the result file."""
    counted: Counter[tuple[str, str, str]] = Counter()
    names = []
    for subject in _subjects():
        names.append(subject.name)
        leaker = random.Random(f"{SEED} {subject.name}").randrange(RECIPIENTS)
        copy = mark(subject.package, subject.site_map, word_of(subject, leaker)).files[0].data
        for name, alter in ALTERATIONS.items():
            leak = altered(alter, copy)
            if leak is not None:
                for channel, how in _read(subject, leaker, leak):
                    counted[name, channel, how] += 1
        print(subject.name, file=sys.stderr)
    document = {
        "bench": "python_orders",
        "date": datetime.now(UTC).date().isoformat(),
        "seed": SEED,
        "python": sys.version.split()[0],
        "files": names,
        "right_wrong_erased": {
            name: {
                channel: "/".join(str(counted[name, channel, how]) for how in HOW)
                for channel in OPT_IN
            }
            for name in ALTERATIONS
        },
    }
    RESULT.write_text(json.dumps(document, indent=1) + "\n")
    print(json.dumps(document["right_wrong_erased"], indent=1))


def _read(subject: Subject, leaker: int, leak: bytes) -> Iterator[tuple[str, str]]:
    """The channel of each site of an opt-in family, and how it was read."""
    rows = zip(
        subject.site_map.code_sites,
        subject.book.symbols(leaker),
        read_symbols(subject, leak),
        strict=True,
    )
    for site, own, seen in rows:
        if site.channel in OPT_IN:
            yield site.channel, "erased" if seen is None else "right" if seen == own else "wrong"


def _subjects() -> Iterator[Subject]:
    library = Path(sysconfig.get_paths()["stdlib"])
    names = sorted(
        str(path.relative_to(library))
        for path in library.rglob("*.py")
        if not LEFT_OUT & set(path.relative_to(library).parts)
        and LEAST_BYTES <= path.stat().st_size <= MOST_BYTES
        and path.name not in TUNED
    )
    names = [name for name in names if not name.startswith(TABLES)]
    random.Random(SEED).shuffle(names)
    found = 0
    for name in names:
        rule = f"[[file]]\npath = '{name}'\nmarks = {['default', *OPT_IN]}\n".encode()
        files = [
            PackageFile("mapp-package.toml", rule),
            PackageFile(name, (library / name).read_bytes()),
        ]
        package = parse_package(files)
        try:
            site_map = survey_legible(package, lay_out(package, {}), bytes(range(32))).site_map
        except InvalidInput:
            continue
        yield Subject(name, package, site_map, book_of(site_map))
        found += 1
        if found == FILES:
            return


if __name__ == "__main__":
    main()
