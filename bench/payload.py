"""Payloads in twenty frozen forms, 1,000 recipients; and 10,000 innocent files.

Writes ``bench/results/payload.json``: ``python -m bench.payload``. Leaks go through the true
workflow in one workspace (limited child, ledger, one more reading of the same advisory each, so
the share of the bound shrinks from the first to the last). The innocent files are unwrapped,
identified and read in this process by the same functions that the workflow calls; whatever shows
a single code site is scored against all recipients at the full bound of a first sample, which is
the easiest case for a false name. The counts are written after each EACH files, and a run that was
stopped goes on behind the last of them, with a fresh map. None of the files was used for tuning.
"""

import json
import os
import random
import sys
import sysconfig
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

from bench.attacks.payload import EXTRA, FROZEN, Form, Leak
from bench.material.bounds import upper
from bench.tracing import books
from mapp_compliance.app import open_workspace
from mapp_compliance.attribution import Part
from mapp_compliance.attribution.unwrap import unwrap
from mapp_compliance.attribution.views import with_views
from mapp_compliance.distribution import Copy
from mapp_compliance.values import KIB, EntityId
from mapp_compliance.watermark import Observation, SiteMap, locate, read
from mapp_compliance.watermark.codes import Codebook, Method, score, share_of
from mapp_compliance.watermark.reading import METHOD
from mapp_compliance.workflows.attach import AttachPackage, attach
from mapp_compliance.workflows.matching import Material, matches_of, material
from mapp_compliance.workflows.ports import Desk
from tests.walks.program import ADVISORY, SEEN, WAIVED, Clock, World, issued, named, program, silent

SEED = 2027
RECIPIENTS, LEAKERS = 1000, 5
INNOCENT = 10_000
EACH = 500
WORKERS = 2
LARGEST_BYTES = 16 * KIB  # of an innocent file; longer ones are cut at a random place
ALPHA = Fraction("1e-4")
RESULT = Path(__file__).parent / "results" / "payload.json"

PROBE = b'''"""Asks a toy card reader for its status with a long card."""
import socket
import struct
import sys

SESSION = "probe_kqhzvmwt"
PORT = 20080
FILLER = b"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
NONCE = b"5f3a9c1e"


def build():
    head = [b"Host: demo", b"Accept: */*", b"Agent: probe", b"Via: none"]
    body = struct.pack(">H", len(FILLER)) + FILLER + NONCE + SESSION.encode()
    return b"POST /card HTTP/1.1\\r\\n" + b"\\r\\n".join(head) + b"\\r\\n\\r\\n" + body


def main(host):
    link = socket.create_connection((host, PORT))
    link.sendall(build())
    print(link.recv(64))


if __name__ == "__main__":
    main(sys.argv[1])
'''
MARKS = b"""[[mark]]
name = "filler"
kind = "filler"
match = 'FILLER = b"(A{64})"'
[[mark]]
name = "nonce"
kind = "nonce"
match = 'NONCE = b"([0-9a-f]{8})"'
charset = "hex"
[[mark]]
name = "session"
kind = "name"
prefix = "probe_"
match = 'SESSION = "(probe_[a-z]{8})"'
[[mark]]
name = "port"
kind = "integer"
match = 'PORT = ([0-9]{5})'
low = 20000
high = 39999
[[mark]]
name = "head"
kind = "shuffle"
match = 'head = \\[(.*)\\]'
separator = ", "
items = ['b"Host: demo"', 'b"Accept: */*"', 'b"Agent: probe"', 'b"Via: none"']
"""


@dataclass(frozen=True)
class Tried:
    """One leak and its verdict."""

    form: str
    recipient: str
    call: str
    verdict: str
    read: int
    t: int
    seconds: float


def main() -> None:
    """Runs both halves and writes the result file; an argument names the part alone."""
    part = sys.argv[1] if len(sys.argv) > 1 else "all"
    document: dict[str, object] = json.loads(RESULT.read_text()) if RESULT.exists() else {}
    with tempfile.TemporaryDirectory() as place:
        # Innocent files are scored against words of their own; only a package is needed for them.
        many = {"extra": 100, "innocent": 3}.get(part, RECIPIENTS)
        world = served(Path(place) / "home", many)
        if part == "extra":
            print(json.dumps(leaked(world, EXTRA, 1), indent=1))
            return
        document |= _head()
        if part in {"all", "leaks"}:
            document["leaks"] = leaked(world, FROZEN, LEAKERS)
            RESULT.write_text(json.dumps(document, indent=1) + "\n")
        if part in {"all", "innocent"}:
            for counts in innocent(world, document.get("innocent")):
                document["innocent"] = counts
                RESULT.write_text(json.dumps(document, indent=1) + "\n")
    RESULT.write_text(json.dumps(document, indent=1) + "\n")
    print(json.dumps(document, indent=1))


def served(home: Path, many: int) -> World:
    """A program whose recipients all hold a copy of the probe."""
    world = program(home, many, "payload")
    files = (("probe.py", PROBE), ("probe.py.marks.toml", MARKS))
    attach(world.desk, AttachPackage(ADVISORY, files, WAIVED))
    return issued(world)


def leaked(world: World, forms: Mapping[str, Form], leakers: int) -> dict[str, object]:
    """Every form by several leakers, in one workspace."""
    tried = []
    for number, (name, form) in enumerate(forms.items()):
        rng = random.Random(f"{SEED} {name}")
        copies = world.copies()
        for _ in range(leakers):
            tried.append(_judged(world, name, form, copies[rng.randrange(len(copies))], rng))
        print(f"{number + 1} of {len(forms)} forms, {tried[-1]}", file=sys.stderr)
    return _figures(tried, forms)


def _judged(world: World, name: str, form: Form, copy: Copy, rng: random.Random) -> Tried:
    source = world.files(copy)["probe.py"]
    start = time.perf_counter()
    found = world.judged({"found.bin": form(Leak(source, payload_of(source), rng))})
    seconds = time.perf_counter() - start
    names = named(found)
    call = "wrong" if names else "refused"
    if names == [copy.recipient]:
        call = "right"
    told: dict[str, Any] = dict(found.document)
    sites = sum(int(row["read"]) for row in told["evidence"])
    verdict, t = str(told["verdict"]), int(told["bound"]["t"])
    return Tried(name, str(copy.recipient), call, verdict, sites, t, round(seconds, 2))


def payload_of(source: bytes) -> bytes:
    """The bytes that a copy of the probe sends."""
    names: dict[str, object] = {"__name__": "probe"}
    exec(compile(source, "probe.py", "exec"), names)  # our own toy
    build = names["build"]
    assert callable(build)
    return bytes(build())


def _figures(tried: list[Tried], forms: Mapping[str, Form]) -> dict[str, object]:
    table = {
        name: dict(Counter(item.call for item in tried if item.form == name)) for name in forms
    }
    calls = Counter(item.call for item in tried)
    return {
        "leaks": len(tried),
        "right": calls["right"],
        "refused": calls["refused"],
        "wrong": calls["wrong"],
        "wrong_at_most": upper(calls["wrong"], len(tried)),
        "forms": len(forms),
        "forms_all_right": sum(set(row) == {"right"} for row in table.values()),
        "by_form": table,
        "sites_read_by_form": {
            name: sorted(item.read for item in tried if item.form == name) for name in forms
        },
        "not_right": [vars(item) for item in tried if item.call != "right"],
        "greatest_t": max(item.t for item in tried),
        "median_seconds": sorted(item.seconds for item in tried)[len(tried) // 2],
        "slowest_seconds": max(item.seconds for item in tried),
    }


def innocent(world: World, before: object) -> Iterator[dict[str, object]]:
    """Files that have nothing to do with the program: how far they get, after each EACH.

    Args:
        before: what an earlier run counted; it goes on from there unless that was all, or another
            reader's.
    """
    counted = _counted_before(before)
    done = sum(counted[kind] for kind in KINDS)
    with ProcessPoolExecutor(WORKERS, initializer=_settle, initargs=(world.home,)) as pool:
        met = pool.map(_met, range(done, INNOCENT), chunksize=20)
        for number, (steps, cpu_s) in enumerate(met, start=done + 1):
            counted.update(steps)
            counted["cpu_ms"] += round(1000 * cpu_s)
            if number % EACH == 0:
                print(f"{number} innocent files, {dict(counted)}", file=sys.stderr)
                yield _counts(counted, number)


def _counted_before(before: object) -> Counter[str]:
    match before:
        case {"reader": str(reader), "files": int(files), "counted": dict(rows)}:
            if reader == METHOD and files < INNOCENT:
                return Counter({str(name): int(count) for name, count in rows.items()})
    return Counter()


def _counts(counted: Counter[str], files: int) -> dict[str, object]:
    return {
        "files": files,
        "reader": METHOD,
        "kinds": {name: counted[name] for name in KINDS},
        "identified": counted["identified"],
        "with_a_code_site_read": counted["read"],
        "scored": counted["scored"],
        "named": counted["named"],
        "named_at_most": upper(counted["named"], files),
        "cpu_s_a_file": round(counted["cpu_ms"] / 1000 / files, 3),
        "counted": dict(counted),
    }


KINDS = ("library", "compiled", "slice", "disguised", "noise")


@dataclass(frozen=True)
class Worker:
    """What every worker needs once."""

    desk: Desk
    held: Material
    site_map: SiteMap
    book: Codebook
    files: Mapping[str, list[Path]]


_WORKER: list[Worker] = []


def _settle(home: Path) -> None:
    desk = open_workspace(home, Clock(SEEN), silent)
    held = material(desk, None)
    site_map = held.packages[0].site_map
    _WORKER.append(Worker(desk, held, site_map, _book(site_map), _library()))


def _book(site_map: SiteMap) -> Codebook:
    return books.book_of(site_map.map_id, site_map.sites, RECIPIENTS)


def _library() -> dict[str, list[Path]]:
    """Files of the interpreter, of installed packages and of the system, sorted."""
    roots = [Path(sysconfig.get_paths()[name]) for name in ("stdlib", "purelib")]
    found = sorted(path for root in roots for path in root.rglob("*") if path.is_file())
    system = sorted(path for path in Path("/usr/lib").rglob("*.so*") if path.is_file())
    compiled = {".so", ".pyc", ".gz", ".whl", ".exe", ".bin"}
    return {
        "library": [path for path in found if path.suffix not in compiled],
        "compiled": [path for path in found if path.suffix in compiled] + system[:500],
    }


def _met(number: int) -> tuple[list[str], float]:
    """How far one innocent file gets, in words that are counted, and its processor seconds."""
    began = time.process_time()
    steps = list(_steps(number))
    return steps, time.process_time() - began


def _steps(number: int) -> Iterator[str]:
    rng = random.Random(f"{SEED} innocent {number}")
    kind = KINDS[(0, 0, 0, 0, 1, 1, 2, 2, 3, 4)[number % 10]]
    worker = _WORKER[0]
    data = _innocent_bytes(kind, rng, worker.files)
    parts = with_views(unwrap([Part(data, "file.bin")])).parts
    yield kind
    counts = [locate(parts, item.site_map) for item in worker.held.readable]
    if matches_of(worker.desk, parts, counts, worker.held, None):
        yield "identified"
    site_map = worker.site_map
    seen = read(parts, site_map)
    code = set(site_map.code_sites)
    symbols = [s for site, s in zip(site_map.sites, seen.symbols, strict=True) if site in code]
    if any(symbol is not None for symbol in symbols):
        yield "read"
        yield from _scored(worker.book, seen)


def _scored(book: Codebook, seen: Observation) -> Iterator[str]:
    entities = [EntityId(f"holder-{number}") for number in range(RECIPIENTS)]
    share = share_of(ALPHA, 1)
    found = score(
        *(book, entities, seen.symbols, Method.SCORE_1, share), phantom_key=bytes(32), phantoms=1
    )
    yield "scored"
    if any(entity.named for entity in found.entities):
        yield "named"


def _innocent_bytes(kind: str, rng: random.Random, files: Mapping[str, list[Path]]) -> bytes:
    if kind == "noise":
        return rng.randbytes(rng.randint(500, 64 * KIB))
    pool = files["library" if kind in {"library", "disguised"} else "compiled"]
    if kind == "slice":
        pool = files["library"] + files["compiled"]
    data = rng.choice(pool).read_bytes()
    if kind == "slice":
        size = rng.randint(500, 16 * KIB)
        at = rng.randrange(max(1, len(data) - size))
        return data[at : at + size]
    if kind == "disguised":  # in one of the frozen forms, as if it had been a payload
        at = rng.randrange(max(1, len(data) - 2000))
        text = data[at : at + 2000].decode("latin-1").encode("ascii", "replace")
        form = rng.choice([each for name, each in FROZEN.items() if name != "elf_stripped"])
        return form(Leak(text, text, rng))
    at = rng.randrange(max(1, len(data) - LARGEST_BYTES))
    return data[at : at + LARGEST_BYTES] if len(data) > LARGEST_BYTES else data


def _head() -> dict[str, object]:
    return {
        "bench": "payload",
        "date": datetime.now(UTC).date().isoformat(),
        "seed": SEED,
        "cores": os.cpu_count(),
        "recipients": RECIPIENTS,
        "leakers_a_form": LEAKERS,
        "reader": METHOD,
    }


if __name__ == "__main__":
    main()
