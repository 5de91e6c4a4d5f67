"""Cells measured in rounds, so that a run may stop at any moment and go on where it was.

Every round of every cell has trials of its own, by number. Each pass over all cells does a round or
a few of every one: whenever the time is up, each cell has a figure, and states its trials.
"""

import json
import multiprocessing
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from bench.tracing.leaks import Cell

State = dict[str, dict[str, Any]]
Measure = Callable[[tuple[Cell, int]], tuple[Cell, int, Any]]


def numbers(cell: Cell, at: int) -> range:
    """The trials of one round."""
    return range(at * cell.trials, (at + 1) * cell.trials)


def load(path: Path) -> State:
    """What was measured before, empty for none."""
    found: State = json.loads(path.read_text()) if path.exists() else {}
    return found


def run(cells: Sequence[Cell], measure: Measure, path: Path, workers: int, minutes: float) -> State:
    """Measures what is missing, until all is there or the time is up; keeps it in ``path``."""
    state = load(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    # One thread a worker, as the workers are as many as the cores; children read it at their start.
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    until = time.monotonic() + 60 * minutes
    with multiprocessing.get_context("spawn").Pool(workers) as pool:
        missing = _missing(cells, state)
        while some := tuple(islice(missing, 4 * workers)):
            for cell, at, found in pool.imap_unordered(measure, some):
                state.setdefault(cell.name, {})[str(at)] = found
            half = path.with_suffix(".part")
            half.write_text(json.dumps(state))
            half.replace(path)
            print(some[-1], file=sys.stderr, flush=True)
            if time.monotonic() > until:
                break
    return state


def _missing(cells: Sequence[Cell], state: State) -> Iterator[tuple[Cell, int]]:
    known = {name: set(rounds) for name, rounds in state.items()}
    for sweep in range(max(cell.rounds for cell in cells)):
        for cell in cells:
            for at in range(sweep * cell.pace, min(cell.rounds, (sweep + 1) * cell.pace)):
                if str(at) not in known.get(cell.name, ()):
                    yield cell, at
