"""What issuing costs beyond the work that no program can spare: CPU time against a floor.

Writes ``bench/results/issue_floor.json``: ``python -m bench.issue_floor``. The floor, in the same
run on the same bytes: copy, SHA-256, Ed25519 over a statement, age to one key, SHA-256 of what is
sealed, durable write (temporary file, fsync, rename, fsync of the folder). CPU time is that of the
process, to the nanosecond, and of its children; waiting for the disk or a neighbour is not in it.
`floor_streamed_cpu_s` is the same work as the product does it: sealed, hashed and written piece by
piece, which spares the large buffers.

What is counted apart: *planning* (terms), *marking* (words, marked files, static checks) and
self-tests (the packages have none). The rest of an issue run is the *trust layer*: digests of the
files, commitment, statements, archives, sealing, ledger, store, outbox.

Nothing is deleted before the end, only emptied: without a journal, ext4 looks at every place of a
file deleted in the last minutes before it makes a new one, and that is charged to who makes it.
Ten times as much was measured, in floor and run alike, but not by equal parts.

*first* is the first issue ever of a workspace, which makes a folder for each recipient besides;
*later* is the second one, to the same recipients.
"""

import cProfile
import hashlib
import io
import json
import os
import platform
import pstats
import resource
import secrets
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pyrage

from mapp_compliance.adapters.blobs import FolderBlobs
from mapp_compliance.adapters.files import write_durably
from mapp_compliance.advisories import Severity, Tlp
from mapp_compliance.trust import Ed25519Signer, Sink, sealing
from mapp_compliance.values import KIB, MIB, AdvisoryId
from mapp_compliance.workflows import issue as issue_run
from mapp_compliance.workflows import prepare
from mapp_compliance.workflows.attach import AttachPackage, attach
from mapp_compliance.workflows.embargo import NewAdvisory, create
from mapp_compliance.workflows.matter import IssueAdvisory
from tests.walks.program import ADVISORY, DRAFTED, ISSUED, RELEASE, WAIVED, World, program

SEED = 20261122
SECOND = AdvisoryId("ADV-2012-021")
ROUNDS = 5
FILLER = b'FILLER = b"' + b"A" * 96 + b'"\n'
MARKS = (
    b'[[mark]]\nname = "filler"\nkind = "filler"\ncharset = "alnum"\n'
    b"match = 'FILLER = b\"(A{96})\"'\n"
)
RESULT = Path(__file__).parent / "results" / "issue_floor.json"
SLOWEST = 12  # functions written down


def one_file() -> dict[str, bytes]:
    """A package of one file of 1 MiB that does not compress, with one marked value in it."""
    return _files({"data.bin": MIB})


def ten_files() -> dict[str, bytes]:
    """A package of ten files, 200 KB in all."""
    return _files({f"part-{number}.bin": 20 * KIB for number in range(10)})


def _files(sizes: dict[str, int]) -> dict[str, bytes]:
    files = {}
    for number, (name, size) in enumerate(sizes.items()):
        body = hashlib.shake_256(b"%d %d" % (SEED, number)).digest(size - len(FILLER))
        files[name] = FILLER + body if number == 0 else FILLER[:0] + body + b"\n" * len(FILLER)
    first = next(iter(sizes))
    return {**files, f"{first}.marks.toml": MARKS}


def cpu_s() -> float:
    """CPU seconds of this process and of its children that have ended."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


@dataclass
class Apart:
    """CPU seconds of what is not the trust layer."""

    spent: dict[str, float] = field(default_factory=dict)
    within: bool = False

    @contextmanager
    def counted(self, name: str) -> Iterator[None]:
        """Adds what the block takes, unless it is part of one that is counted."""
        if self.within:
            yield
            return
        self.within = True
        began = cpu_s()
        yield
        self.spent[name] = self.spent.get(name, 0.0) + cpu_s() - began
        self.within = False

    def wrap(self, module: Any, function: str, name: str) -> Callable[[], None]:
        """From now on that function's time is counted apart; returns how to undo it."""
        plain = getattr(module, function)

        def timed(*arguments: Any, **named: Any) -> Any:
            with self.counted(name):
                return plain(*arguments, **named)

        setattr(module, function, timed)
        return lambda: setattr(module, function, plain)


def emptied(folder: Path) -> None:
    """Give back the room that the files take, and delete none of them."""
    for path in folder.rglob("*"):
        if path.is_file() and path.stat().st_size:
            path.chmod(0o600)
            os.truncate(path, 0)


def floor_s(files: dict[str, bytes], many: int, folder: Path) -> dict[str, float]:
    """CPU seconds of the work that cannot be spared, by its parts."""
    folder.mkdir()
    data = b"".join(files[name] for name in files if not name.endswith(".toml"))
    signer = Ed25519Signer.generate()
    keys = [pyrage.x25519.Identity.generate().to_public() for _ in range(many)]
    apart = Apart()
    for key in keys:
        with apart.counted("copy"):
            copy = bytes(bytearray(data))
        with apart.counted("hash"):
            named = hashlib.sha256(copy).digest()
        with apart.counted("sign"):
            signature = signer.sign(named + secrets.token_bytes(200))
        with apart.counted("seal"):
            sealed = pyrage.encrypt(signature + copy, [key])
        with apart.counted("hash"):
            name = hashlib.sha256(sealed).hexdigest()
        with apart.counted("write"):
            write_durably(folder / name, sealed)
    emptied(folder)
    return apart.spent


def floor_streamed_s(files: dict[str, bytes], many: int, folder: Path) -> float:
    """CPU seconds of the same work where nothing is put together: sealed piece by piece."""
    data = b"".join(files[name] for name in files if not name.endswith(".toml"))
    signer = Ed25519Signer.generate()
    keys = [pyrage.x25519.Identity.generate().to_public() for _ in range(many)]
    blobs = FolderBlobs(folder)
    began = cpu_s()
    with blobs.keeping() as kept:
        for key in keys:
            copy = bytes(bytearray(data))
            signer.sign(hashlib.sha256(copy).digest() + secrets.token_bytes(200))
            kept.write(partial(_sealed_into, copy, key))
    spent = cpu_s() - began
    emptied(folder)
    return spent


def _sealed_into(copy: bytes, key: Any, sink: Sink) -> None:
    pyrage.encrypt_io(io.BytesIO(copy), sink, [key])


def issued(
    folder: Path, files: dict[str, bytes], many: int, later: bool = False
) -> tuple[World, Callable[[], Any]]:
    """A program with the package attached, and the call that issues it."""
    world = program(folder, many)
    attach(world.desk, AttachPackage(ADVISORY, tuple(sorted(files.items())), WAIVED))
    run = partial(issue_run.issue, world.desk)
    world.clock.now = ISSUED
    if not later:
        return world, lambda: run(IssueAdvisory(ADVISORY))
    run(IssueAdvisory(ADVISORY))
    world.clock.now = DRAFTED
    create(world.desk, NewAdvisory(SECOND, "Long cards", RELEASE, Tlp.AMBER_STRICT, Severity.LOW))
    attach(world.desk, AttachPackage(SECOND, tuple(sorted(files.items())), WAIVED))
    world.clock.now = ISSUED
    return world, lambda: run(IssueAdvisory(SECOND))


def measured(
    files: dict[str, bytes], many: int, place: Path, later: bool = False
) -> dict[str, float]:
    """CPU seconds of one issue run, by what it is for."""
    world, run = issued(place, files, many, later)
    sealing._recipient.cache_clear()  # a run of its own process has met no key yet
    apart = Apart()
    undo = [
        apart.wrap(issue_run, "plan_issue", "planning"),
        apart.wrap(issue_run, "vetted", "marking"),
        apart.wrap(issue_run, "_matter", "loading"),
        apart.wrap(prepare, "marked_files", "marking"),
        apart.wrap(prepare, "word_of", "marking"),
    ]
    began = cpu_s()
    run()
    whole = cpu_s() - began
    for back in undo:
        back()
    world.desk.store.close()
    emptied(place)
    trust = whole - apart.spent.get("planning", 0.0) - apart.spent.get("marking", 0.0)
    return {"whole": whole, "trust": trust, **apart.spent}


def compared(
    folder: Path, files: dict[str, bytes], many: int, rounds: int = ROUNDS
) -> dict[str, Any]:
    """Floor and runs, in turn; medians of the rounds."""
    floors, streamed, firsts, laters = [], [], [], []
    for _ in range(rounds):
        place = Path(tempfile.mkdtemp(dir=folder))
        floors.append(floor_s(files, many, place / "floor"))
        streamed.append(floor_streamed_s(files, many, place / "streamed"))
        firsts.append(measured(files, many, place / "first"))
        laters.append(measured(files, many, place / "later", later=True))
    floor = statistics.median(sum(one.values()) for one in floors)
    return {
        "recipients": many,
        "floor_cpu_s": round(floor, 3),
        "floor_parts": {
            name: round(statistics.median(one[name] for one in floors), 3) for name in floors[0]
        },
        "floor_streamed_cpu_s": round(statistics.median(streamed), 3),
        "first": _told(firsts, floors, streamed, many),
        "later": _told(laters, floors, streamed, many),
    }


def _told(
    runs: list[dict[str, float]], floors: list[dict[str, float]], streamed: list[float], many: int
) -> dict[str, Any]:
    """Medians of the runs, and their trust layer over the floors of the same rounds."""
    middle = {name: statistics.median(one[name] for one in runs) for name in runs[0]}
    ratios = [run["trust"] / sum(one.values()) for run, one in zip(runs, floors, strict=True)]
    against = [run["trust"] / one for run, one in zip(runs, streamed, strict=True)]
    return {
        "run_cpu_s": {name: round(value, 3) for name, value in middle.items()},
        "trust_to_floor": round(statistics.median(ratios), 2),
        "trust_to_floor_rounds": [round(value, 2) for value in ratios],
        "trust_to_streamed_floor": round(statistics.median(against), 2),
        "trust_cpu_ms_a_copy": round(middle["trust"] / many * 1000, 2),
    }


def slowest(folder: Path, files: dict[str, bytes], many: int) -> list[dict[str, object]]:
    """The functions that an issue run spends most of its own time in."""
    place = Path(tempfile.mkdtemp(dir=folder)) / "home"
    world, run = issued(place, files, many)
    profile = cProfile.Profile(time.process_time)
    profile.runcall(run)
    world.desk.store.close()
    emptied(place)
    stats = pstats.Stats(profile)
    rows: list[tuple[Any, Any]] = sorted(
        stats.stats.items(),
        key=lambda item: item[1][2],
        reverse=True,  # type: ignore[attr-defined]
    )
    return [
        {
            "function": f"{Path(place[0]).name}:{place[2]}" if place[0] != "~" else place[2],
            "calls": told[0],
            "own_s": round(told[2], 3),
        }
        for place, told in rows[:SLOWEST]
    ]


def document(folder: Path) -> dict[str, Any]:
    """All that is measured, in folders below this one."""
    load = [round(value, 1) for value in os.getloadavg()]
    shapes = {"one_file_1_MiB": one_file(), "ten_files_200_KB": ten_files()}
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "seed": SEED,
        "rounds": ROUNDS,
        "python": platform.python_version(),
        "machine": platform.machine(),
        "processors": os.cpu_count(),
        "load": load,
        **{shape: compared(folder, files, 100) for shape, files in shapes.items()},
        "growth": {
            shape: [compared(folder, files, 10), compared(folder, files, 1000, 1)]
            for shape, files in shapes.items()
        },
        "slowest": {shape: slowest(folder, files, 100) for shape, files in shapes.items()},
    }


def main() -> None:
    """Measures, prints and writes the result."""
    with tempfile.TemporaryDirectory(prefix="mapp-issue-") as folder:
        found = document(Path(folder))
    RESULT.write_text(json.dumps(found, indent=2) + "\n")
    sys.stdout.write(RESULT.read_text())


if __name__ == "__main__":
    main()
