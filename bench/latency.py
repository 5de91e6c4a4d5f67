"""How long a verdict takes, and a call that does almost nothing.

Writes ``bench/results/latency.json``: ``make bench-latency``. Seconds of processor time (this
process and its ended children) and of the clock, medians of ROUNDS.

- *verdicts*: a sample taken in and attributed, in workspaces of 10, 100 and 1,000 recipients: the
  whole copy, its script alone, the copy inside a zip among 1 MiB of other bytes, two copies mixed
  line by line, and a file that has nothing to do with any of it. Each is seen for the first time,
  so nothing is answered from the log; the limited processes are started as in use.
- *more advisories*: the script, where 1, 10 and 30 advisories have the package attached.
- *starts*: what an import and a verb cost as processes of their own, beside a bare interpreter.
"""

import io
import json
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from mapp_compliance.advisories import Severity, Tlp
from mapp_compliance.demo import package_files
from mapp_compliance.values import MIB, AdvisoryId
from mapp_compliance.workflows.attach import AttachPackage, attach
from mapp_compliance.workflows.embargo import NewAdvisory, create
from tests.walks.program import DRAFTED, ISSUED, RELEASE, WAIVED, World, attached, issued, program

SEED = 20271127
ROUNDS = 3
RECIPIENTS = (10, 100, 1000)
ADVISORIES = (1, 10, 30)
RESULT = Path(__file__).parent / "results" / "latency.json"
SCRIPT = "poc.py"
PYTHON, MAPP = sys.executable, str(Path(sys.executable).parent / "mapp")
STARTS = {
    "bare interpreter": (PYTHON, "-c", "pass"),
    "import mapp_compliance.watermark": (PYTHON, "-c", "import mapp_compliance.watermark"),
    "import mapp_compliance.policy": (PYTHON, "-c", "import mapp_compliance.policy"),
    "mapp --help": (MAPP, "--help"),
    "mapp status": (MAPP, "--home", "HOME", "status"),
    "mapp advisory list": (MAPP, "--home", "HOME", "advisory", "list"),
    "mapp copy list": (MAPP, "--home", "HOME", "copy", "list"),
}

Files = Mapping[str, bytes]


def cpu_s() -> float:
    """CPU seconds of this process and of its children that have ended."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def timed(call: Callable[..., Any], *given: Any) -> tuple[float, float, Any]:
    """Processor seconds, seconds of the clock, and what the call gave."""
    spent, began = cpu_s(), time.perf_counter()
    found = call(*given)
    return cpu_s() - spent, time.perf_counter() - began, found


def told(pairs: list[tuple[float, float]]) -> dict[str, float]:
    """Medians."""
    return {
        "cpu_s": round(statistics.median(one for one, _ in pairs), 3),
        "wall_s": round(statistics.median(two for _, two in pairs), 3),
        "rounds": len(pairs),
    }


def samples(world: World, at: int) -> dict[str, Files]:
    """Leaks of the round, none of which was seen before."""
    rng = random.Random(SEED + at)
    copies = world.copies()
    first, second = (world.files(copy) for copy in rng.sample(copies, 2))
    note = b"# %d\n" % rng.getrandbits(64)
    one, two = first[SCRIPT].splitlines(True), second[SCRIPT].splitlines(True)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for path, data in first.items():
            archive.writestr(path, data)
        archive.writestr("other.bin", rng.randbytes(MIB))
    return {
        "whole copy": {**first, "seen.txt": note},
        "script": {"a.py": first[SCRIPT] + note},
        "zip with 1 MiB beside": {"a.zip": packed.getvalue()},
        "two copies, line by line": {
            "a.py": b"".join(rng.choice(pair) for pair in zip(one, two, strict=True)) + note
        },
        "nothing to do with it": {"b.py": Path(json.__file__).read_bytes() + note},
    }


def verdicts(world: World) -> dict[str, Any]:
    """Each sort of sample, in every round."""
    found: dict[str, list[tuple[float, float]]] = {}
    said: dict[str, set[str]] = {}
    for at in range(ROUNDS):
        for name, leaked in samples(world, at).items():
            cpu, wall, judged = timed(world.judged, leaked)
            found.setdefault(name, []).append((cpu, wall))
            said.setdefault(name, set()).add(str(judged.document["verdict"]))
    return {name: {**told(own), "verdicts": sorted(said[name])} for name, own in found.items()}


def with_more(world: World, many: int) -> World:
    """The world with the package attached to so many advisories in all."""
    world.clock.now = DRAFTED
    for number in range(1, many):
        new = AdvisoryId(f"ADV-2012-{100 + number}")
        create(world.desk, NewAdvisory(new, "Cards", RELEASE, Tlp.AMBER_STRICT, Severity.LOW))
        files = {
            path: data.replace(b"import sys", b"import sys  # %d" % number)
            for path, data in package_files().items()
        }
        attach(world.desk, AttachPackage(new, tuple(sorted(files.items())), WAIVED))
    world.clock.now = ISSUED
    return issued(world)


def growth(folder: Path) -> dict[str, Any]:
    """One script, where more and more advisories have something attached."""
    found = {}
    for many in ADVISORIES:
        world = with_more(attached(program(folder / str(many), 20)), many)
        pairs = []
        for at in range(ROUNDS):
            leaked = samples(world, at)["script"]
            cpu, wall, _ = timed(world.judged, leaked)
            pairs.append((cpu, wall))
        found[str(many)] = told(pairs)
        world.desk.store.close()
    return found


def starts(home: Path) -> dict[str, Any]:
    """Processes of their own, in turn."""
    pairs: dict[str, list[tuple[float, float]]] = {name: [] for name in STARTS}
    for _ in range(2 * ROUNDS + 1):
        for name, arguments in STARTS.items():
            command = [str(home) if word == "HOME" else word for word in arguments]
            cpu, wall, done = timed(
                partial(subprocess.run, capture_output=True, check=False), command
            )
            if done.returncode:
                raise SystemExit(f"{name}: {done.stderr.decode()}")
            pairs[name].append((cpu, wall))
    return {name: told(own[1:]) for name, own in pairs.items()}  # the first one fills the caches


def main() -> None:
    """Measures, prints and writes the result."""
    found: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="mapp-latency-") as place:
        for many in RECIPIENTS:
            world = issued(attached(program(Path(place) / f"of-{many}", many)))
            found[str(many)] = verdicts(world)
            world.desk.store.close()
        begun = starts(Path(place) / f"of-{RECIPIENTS[0]}")
        more = growth(Path(place))
    document = {
        "bench": "latency",
        "date": datetime.now(UTC).date().isoformat(),
        "seed": SEED,
        "machine": {"cores": os.cpu_count(), "load": [round(x, 1) for x in os.getloadavg()]},
        "verdicts_by_recipients": found,
        "script_by_advisories": more,
        "starts": begun,
    }
    RESULT.write_text(json.dumps(document, indent=1) + "\n")
    sys.stdout.write(RESULT.read_text())


if __name__ == "__main__":
    main()
