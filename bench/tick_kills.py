"""Kill `mapp tick` at chance instants and run it again: nothing is lost, nothing comes twice.

A small demo workspace has two leaked files in a watched folder that attributes. Each trial takes a
fresh copy of it, starts a tick as a process of its own, kills it (SIGKILL) after a delay drawn
evenly from the time that a whole tick takes, then runs ticks to the end and counts.

Writes ``bench/results/tick_kills.json``: ``python -m bench.tick_kills --trials 100``. That every
single transaction and delivery may be the last one before the kill is a test of the suite; this
asks the same of real processes, files and locks.
"""

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.cli.line import LEAKED, Line
from tests.cli.world import served

COMMAND = (sys.executable, "-m", "mapp_compliance.cli")
RESULT = Path(__file__).parent / "results" / "tick_kills.json"
WHOLE = {"samples": 2, "intakes": 2, "cases": 2, "holds": 2, "notices": 2, "waiting": 0}


def prepared(place: Path) -> Path:
    """A workspace with two copies leaked into a watched folder; its home is below the place."""
    world = served(place)
    feed = place / "feed"
    feed.mkdir()
    for name in ("P1", "P2"):
        data = (world.opened(name) / "poc.py").read_bytes()
        (feed / f"{name}.py").write_bytes(data)
        os.utime(feed / f"{name}.py", (1_000_000_000, 1_000_000_000))
    world.line.json("feed", "add", "forum", "--path", feed, "--attribute", "yes")
    return world.line.home


def tick(home: Path, after_s: float | None = None) -> bool:
    """One tick as a process; killed after that many seconds. Whether it came to its end."""
    words = [*COMMAND, "--home", str(home), "--at", LEAKED, "--json", "tick"]
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            return process.wait(after_s) == 0
        except subprocess.TimeoutExpired:
            process.kill()
            return False


def whole_tick(home: Path, copy: Path) -> float:
    """Seconds that a whole tick takes on a fresh copy of the workspace."""
    shutil.copytree(home, copy)
    begun = time.monotonic()
    if not tick(copy):
        raise SystemExit("a whole tick does not come to its end")
    return time.monotonic() - begun


def counted(home: Path) -> dict[str, int]:
    """What the workspace came to."""
    line = Line(home, LEAKED)
    kinds = [event["what"] for event in line.json("advisory", "show", "ADV-1")["events"]]
    samples = line.json("sample", "list")["samples"]
    leaves = {item["leaf"] for item in samples}
    shown = line.json("advisory", "show", "ADV-1")
    if not line.json("log", "verify")["ok"]:
        raise SystemExit("the ledger does not hold")
    return {
        "samples": len(samples),
        "intakes": len(leaves) + sum(len(item["notes"]) for item in samples),
        "cases": len(line.json("case", "list")["cases"]),
        "holds": min(len(shown["holds"]), kinds.count("deliveries held")),
        "notices": len(list((home / "outbox" / "duty").iterdir())),
        "waiting": line.json("tick")["letters"],
    }


def main() -> None:
    """Run the trials and write the result."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--trials", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    with tempfile.TemporaryDirectory(prefix="mapp-kills-") as folder:
        place = Path(folder)
        home = prepared(place)
        whole_s = min(whole_tick(home, place / f"whole-{number}") for number in range(3))
        killed, wrong = 0, []
        for trial in range(options.trials):
            copy = place / "copy"
            shutil.copytree(home, copy)
            killed += not tick(copy, chance.uniform(0.2, 1.0) * whole_s)
            while not tick(copy):
                pass
            found = counted(copy)
            if found != WHOLE:
                wrong.append({"trial": trial, **found})
            shutil.rmtree(copy)
    result = {
        "trials": options.trials,
        "seed": options.seed,
        "killed": killed,
        "whole_tick_s": round(whole_s, 2),
        "wrong": wrong,
    }
    text = json.dumps(result, indent=1) + "\n"
    RESULT.write_text(text)
    print(text, end="")


if __name__ == "__main__":
    main()
