"""Tools that hide text in text beside our marks: the same files, the same leaks, one run.

Writes ``bench/results/peers.json``: ``python -m bench.peers --scratch DIR c=FOLDER ...``, with
folders as for ``bench.marks``. The tools are no part of the project. A person who measures puts
them into the scratch folder with ``npm install --prefix DIR stegcloak``, ``python3 -m venv DIR/py``
and ``DIR/py/bin/pip install text_blind_watermark zwsp-steg-py``; ``stegsnow`` is a Debian package.
One that is missing is named in the result.

Each file gets a comment and three declared values in its midst (``bench.material.probes``), and is
issued to three of 1000 recipients: by each tool as its documents say, in the whole file and in the
comment; by ours with the values alone, and with natural marks too. Every copy is leaked in all ways
of ``bench.attacks``. ``right``: the copy (of a mix: one that took part) is told, and nobody else;
``wrong``: somebody else; ``nothing``: neither. ``broken``: copies that no longer compile.
"""

import argparse
import json
import random
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from bench.attacks.calls import (
    book_of,
    called,
    drawn,
    machine,
    named_by,
    symbols_of,
    tallied,
)
from bench.attacks.mixes import MIXES, PICKED, mixed, mixed_finely
from bench.attacks.sources import ALTERATIONS, altered
from bench.material.bounds import upper
from bench.material.peers import peers
from bench.material.probes import KINDS, Host, host_of, issued

SEED = 2032
RECIPIENTS = 1000
MOST_OF_ONE = 3
SIZES = range(4_000, 30_001)
RESULT = Path(__file__).parent / "results" / "peers.json"
POINTS, BOTH = "ours, points alone", "ours, points and natural marks"
FINE = "two copies, sign by sign"
COMPILED = "compiled and stripped"
ABSENT = "tool absent or refused"


@dataclass(frozen=True)
class Row:
    """One file by one tool."""

    tool: str
    language: str
    file: str
    calls: dict[str, str]
    broken: int  # of the copies
    failed: bool  # the tool made no copies


def main() -> None:
    """Measures the languages that are named; the result file is written after each program."""
    parser = argparse.ArgumentParser(description="Compares ours with other tools.")
    parser.add_argument("--scratch", type=Path, default=Path("peers"), help="Where the tools are.")
    parser.add_argument("--files", type=int, default=10, help="Programs of each language.")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("folders", nargs="*", metavar="LANGUAGE=FOLDER")
    asked = parser.parse_args()
    missing = peers(asked.scratch)[1]
    rows: list[Row] = []
    with ProcessPoolExecutor(asked.workers) as pool:
        waiting = [
            pool.submit(_measured, host, asked.scratch)
            for language, folder in (each.split("=", 1) for each in asked.folders)
            for host in islice(_hosts(language, Path(folder)), asked.files)
        ]
        for done in as_completed(waiting):
            rows += done.result()
            RESULT.write_text(json.dumps(_document(rows, missing), indent=1) + "\n")
            print(f"{rows[-1].language} {rows[-1].file}", file=sys.stderr, flush=True)


def _hosts(language: str, folder: Path) -> Iterator[Host]:
    suffixes = (KINDS[language].suffix,)
    for path in drawn(folder, suffixes, SIZES, f"{SEED} {language}", MOST_OF_ONE):
        host = host_of(language, path)
        if host is not None:
            yield host


def _measured(host: Host, scratch: Path) -> list[Row]:
    leakers = random.Random(f"{SEED} {host.name}").sample(range(RECIPIENTS), 3)
    return [*_ours(host, leakers), *_theirs(host, leakers, scratch)]


def _ours(host: Host, leakers: Sequence[int]) -> Iterator[Row]:
    for tool, is_natural in ((POINTS, False), (BOTH, True)):
        site_map, copies = issued(host, leakers, RECIPIENTS, is_natural=is_natural)
        book = book_of(site_map, RECIPIENTS)
        calls = {}
        for how, leak, many in _leaks(host, copies):
            if leak is None:
                calls[how] = ABSENT
                continue
            call = called(named_by(book, symbols_of(site_map, leak)), leakers[:many])
            calls[how] = "nothing" if call == "refused" else call
        yield _row(tool, host, copies, calls)


def _theirs(host: Host, leakers: Sequence[int], scratch: Path) -> Iterator[Row]:
    secrets = [f"copy-{leaker:05}" for leaker in leakers]
    all_secrets = {f"copy-{number:05}" for number in range(RECIPIENTS)}
    for peer in peers(scratch)[0]:
        made = peer.copies(host.text, secrets)
        if made is None:
            yield Row(peer.name, host.language, host.name, {}, 0, True)
            continue
        copies = [each.encode("utf-8", "surrogateescape") for each in made]
        leaks = list(_leaks(host, copies))
        told = peer.read([leak for _, leak, _ in leaks if leak is not None])
        calls, said = {}, iter(told)
        for how, leak, many in leaks:
            if leak is None:
                calls[how] = ABSENT
                continue
            text = (next(said) or "").strip("\0 \n")
            ours = text in secrets[:many]
            calls[how] = "right" if ours else "wrong" if text in all_secrets else "nothing"
        yield _row(peer.name, host, copies, calls)


def _row(tool: str, host: Host, copies: Sequence[bytes], calls: dict[str, str]) -> Row:
    broken = sum(not host.is_whole(copy) for copy in copies)
    return Row(tool, host.language, host.name, calls, broken, False)


def _leaks(host: Host, copies: Sequence[bytes]) -> Iterator[tuple[str, bytes | None, int]]:
    """Each leak with how many copies are in it; of two copies also compared sign by sign."""
    rng = random.Random(f"{SEED} mix {host.name}")
    for how, alter in ALTERATIONS[host.language].items():
        yield how, altered(alter, copies[0]), 1
    if host.language in {"python", "c"}:
        yield COMPILED, host.compiled(copies[0]), 1
    for how, (many, choice) in MIXES.items():
        yield how, mixed(copies[:many], choice, rng), many
    yield FINE, mixed_finely(copies[:2], PICKED, rng), 2


def _document(rows: Sequence[Row], missing: Sequence[str]) -> dict[str, Any]:
    return {
        "bench": "peers",
        "date": datetime.now(UTC).date().isoformat(),
        "machine": machine(),
        "seed": SEED,
        "recipients": RECIPIENTS,
        "missing": list(missing),
        "files": {
            language: sorted({row.file for row in rows if row.language == language})
            for language in sorted({row.language for row in rows})
        },
        "tools": {tool: _told([row for row in rows if row.tool == tool]) for tool in _tools(rows)},
    }


def _tools(rows: Sequence[Row]) -> list[str]:
    return list(dict.fromkeys(row.tool for row in rows))


def _told(rows: Sequence[Row]) -> dict[str, Any]:
    held = [row for row in rows if not row.failed]
    calls = Counter(call for row in held for call in row.calls.values())
    tried = sum(calls[call] for call in ("right", "wrong", "nothing"))
    hows = dict.fromkeys(how for row in held for how in row.calls)
    return {
        "files": len(rows),
        "files_without_copies": len(rows) - len(held),
        "copies": 3 * len(held),
        "broken_copies": sum(row.broken for row in held),
        "files_with_broken_copies": sum(row.broken > 0 for row in held),
        "broken_at_most": upper(sum(row.broken > 0 for row in held), len(held)),
        "leaks": tried,
        "calls": dict(calls),
        "wrong_at_most": upper(calls["wrong"], tried),
        "table": {how: _by_language(held, how) for how in hows},
    }


def _by_language(rows: Sequence[Row], how: str) -> Mapping[str, dict[str, int]]:
    return {
        language: {
            call: n
            for call, n in tallied(
                row.calls[how] for row in rows if row.language == language and how in row.calls
            ).items()
            if n
        }
        for language in dict.fromkeys(row.language for row in rows)
        if any(how in row.calls for row in rows if row.language == language)
    }


if __name__ == "__main__":
    main()
