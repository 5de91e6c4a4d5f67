"""Stops the line at every effect and kills it at random moments, on each engine.

Writes ``bench/results/crash.json``: ``python -m bench.crash [sqlite|postgres]...``. The line is
the story of ``tests/crash/story.py``: issue, open, receipt, submit, attribute, and a case to its
end. First every fail-point in turn (a child ends before the n-th effect; before an fsync also with
half of the file lost), then ``kill -9`` at uniform moments: of forked calls, and of processes as a
person starts them. After each stop the state is checked, the same call is made again, and the end
is compared with that of a line that was never stopped. A kill leaves what the kernel was given, so
the folders may lie in memory (``TMPDIR=/dev/shm``); that bytes reach the disk in order is tested
elsewhere.
"""

import json
import os
import platform
import random
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from tests.crash.story import Stage, Zygote
from tests.postgres import server

SEED = 20261122
FORKED_KILLS = 80
PROCESS_KILLS = 40
RESULT = Path(__file__).parent / "results" / "crash.json"


@dataclass
class Tally:
    """What came of the stops of one engine."""

    stops: Counter[str] = field(default_factory=Counter)
    by_step: Counter[str] = field(default_factory=Counter)
    missed: int = 0  # calls that ended before they were to be killed
    faults: list[str] = field(default_factory=list)

    def add(self, way: str, step: str, told: tuple[bool, list[str]]) -> None:
        """One more try."""
        was_stopped, faults = told
        if was_stopped:
            self.stops[way] += 1
            self.by_step[step] += 1
        else:
            self.missed += 1
        self.faults += [f"{step}, {way}: {text}" for text in faults]

    def figures(self, took_s: float) -> dict[str, object]:
        """As they are written down."""
        kinds = ("other sealed", "other delivered", "gap", "leaves were lost", "orphan")
        return {
            "stops": self.stops.total(),
            "by_way": dict(self.stops),
            "by_step": dict(self.by_step),
            "ended_before_the_kill": self.missed,
            "faults": self.faults,
            "of_them": {kind: sum(kind in text for text in self.faults) for kind in kinds},
            "took_s": round(took_s),
        }


def torture(engine: str) -> dict[str, object]:
    """Every stop on one engine."""
    chance = random.Random(SEED)
    tally, began = Tally(), time.monotonic()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="mapp-crash-")))
        running = stack.enter_context(server(())) if engine == "postgres" else None
        zygote = Zygote()
        stack.callback(zygote.close)
        stage = Stage(folder / "stage", zygote, running)
        stage.play()
        names = [step.name for step in stage.steps]
        for step, number, torn in stage.points():
            way = "fail-point, bytes lost" if torn else "fail-point"
            tally.add(way, names[step], stage.stopped(step, at=number, torn=torn))
        for _ in range(FORKED_KILLS):
            step = chance.randrange(len(names))
            moment = chance.uniform(0, stage.took_s[step])
            tally.add("kill -9, forked", names[step], stage.stopped(step, kill_after_s=moment))
        start_s = started_s(stage)
        for _ in range(PROCESS_KILLS):
            step = chance.choice([0, 0, 0, *range(len(names))])
            moment = start_s + chance.uniform(0, stage.took_s[step])
            tally.add("kill -9, process", names[step], stage.killed_process(step, moment))
    return tally.figures(time.monotonic() - began)


def started_s(stage: Stage) -> float:
    """Seconds that a process takes before its call begins, from the quickest of three."""
    return min(stage.idle_process_s() for _ in range(3))


def main() -> None:
    """Torture the engines that were asked for, and write what came of it."""
    engines = sys.argv[1:] or ["sqlite", "postgres"]
    results = {engine: torture(engine) for engine in engines}
    kept = json.loads(RESULT.read_text()) if RESULT.exists() else {}
    document = {
        "date": datetime.now(UTC).date().isoformat(),
        "seed": SEED,
        "python": platform.python_version(),
        "processors": os.cpu_count(),
        "engines": kept.get("engines", {}) | results,
    }
    RESULT.write_text(json.dumps(document, indent=2) + "\n")
    sys.stdout.write(RESULT.read_text())
    sys.exit(any(one["faults"] for one in results.values()))


if __name__ == "__main__":
    main()
