"""How far a number of sites reaches: the table behind the planner.

Writes ``mapp_compliance/watermark/codes/reach_table.py``: ``make bench-reach``. For each number of
colluders, length and rate of misread sites it keeps ten evidences (-log10 of the best colluder's p,
its decoder's price paid): the deciles, in the middle of each tenth, of leaks by the attack that is
worst there. Each decile is then made smooth over the lengths (a sum of a length, its root and a
constant), as all of them show one and the same growth. Erased sites are simply not there, so they
need no table. A run that was stopped goes
on where it was. Its leaks are not those of ``bench.codes``, which holds the table against its own.
"""

import argparse
import json
import os
from pathlib import Path

import numpy as np

from bench.tracing import rounds
from bench.tracing.counts import ENOUGH, evidence
from bench.tracing.leaks import TABLE_SEED, Cell, trial

TABLE = Path(__file__).parents[1] / "mapp_compliance/watermark/codes/reach_table.py"
DONE = Path(__file__).parent / "results" / "reach.json"
FLIPS = (0.0, 0.05, 0.1, 0.2)
LENGTHS = {
    1: (16, 24, 32, 40, 48, 59, 60, 72, 96, 128, 160, 224, 320),
    2: (48, 64, 80, 96, 128, 192, 256, 384),
    3: (96, 128, 160, 192, 256, 384, 576),
    4: (160, 224, 288, 384, 576, 800),
    5: (224, 320, 448, 640, 900),
}
ATTACKS = {1: ("interleave",), 2: ("interleave",), 3: ("interleave",)}
WORST_OF_MANY = ("interleave", "coin")
COPIES, TRIALS = 100, 60
LEAST_SMOOTHED = 4  # lengths of one kind

Row = tuple[int, float, int]  # colluders, rate of misread sites, read sites


def measured(task: tuple[Cell, int]) -> tuple[Cell, int, list[float]]:
    """The evidences of one round of a cell."""
    cell, at = task
    numbers = rounds.numbers(cell, at)
    return cell, at, [round(evidence(trial(cell, n), cell.colluders), 2) for n in numbers]


def cells() -> list[Cell]:
    """All cells, of few colluders first."""
    return [
        Cell("reach", COPIES, sites, colluders, attack, flips=flips, trials=TRIALS)
        for colluders, lengths in LENGTHS.items()
        for sites in lengths
        for flips in FLIPS
        for attack in ATTACKS.get(colluders, WORST_OF_MANY)
    ]


def text(done: dict[str, list[float]]) -> str:
    """The module, of those lengths that were measured with all rates and attacks."""
    rows: dict[Row, list[float]] = {}
    for colluders, lengths in LENGTHS.items():
        for sites in lengths:
            mine = [c for c in cells() if (c.colluders, c.sites) == (colluders, sites)]
            if all(cell.name in done for cell in mine):
                for cell in mine:
                    key, own = (colluders, cell.flips, sites), done[cell.name]
                    rows[key] = min(rows.get(key, own), own, key=sum)
    rows |= smooth(rows)
    lines = "".join(f"    {key}: {tuple(own)},\n" for key, own in sorted(rows.items()))
    return (
        '"""Evidence against the best colluder, measured; made by `python -m bench.reach`.\n\n'
        f"Seed {TABLE_SEED}, {TRIALS} leaks a row, {COPIES} copies.\n\n"
        ">>> len(REACH) > 0\nTrue\n"
        '"""\n\n'
        "# (colluders, rate of misread sites, read sites): -log10 p, middle of each tenth\n"
        f"REACH: dict[tuple[int, float, int], tuple[float, ...]] = {{\n{lines}}}\n"
    )


def smooth(rows: dict[Row, list[float]]) -> dict[Row, list[float]]:
    """The rows of two colluders and more that were nowhere cut off, each by all of its kind."""
    found: dict[Row, list[float]] = {}
    for kind in sorted({key[:2] for key in rows if key[0] > 1}):
        mine = {key[2]: own for key, own in rows.items() if key[:2] == kind and max(own) < ENOUGH}
        if len(mine) < LEAST_SMOOTHED:
            continue
        lengths = np.array(sorted(mine), dtype=np.float64)
        shape = np.stack([lengths, np.sqrt(lengths), np.ones(len(lengths))], axis=1)
        known = np.array([mine[sites] for sites in sorted(mine)])
        fitted = shape @ np.linalg.lstsq(shape, known, rcond=None)[0]
        whole = np.sort(np.maximum(fitted, 0.0), axis=1).round(2)
        found |= {
            (*kind, sites): own for sites, own in zip(sorted(mine), whole.tolist(), strict=True)
        }
    return found


def main() -> None:
    """Measures what is not yet there, and writes."""
    parser = argparse.ArgumentParser(description="Measures the planner's table.")
    parser.add_argument("--minutes", type=float, default=90, help="stop after so many")
    parser.add_argument("--workers", type=int, default=os.cpu_count())
    parser.add_argument("--state", type=Path, default=Path(".bench/reach.json"))
    parser.add_argument("--out", type=Path, default=TABLE)
    given = parser.parse_args()
    done = json.loads(DONE.read_text()) if DONE.exists() else {}
    wanted = [cell for cell in cells() if cell.name not in done]
    if wanted:
        state = rounds.run(wanted, measured, given.state, given.workers, given.minutes)
        for name, own in state.items():
            tenths = np.quantile(own["0"], np.arange(0.05, 1.0, 0.1))
            done[name] = tenths.round(2).tolist()
    DONE.write_text(json.dumps(dict(sorted(done.items()))).replace("], ", "],\n") + "\n")
    given.out.write_text(text(done))


if __name__ == "__main__":
    main()
