"""How far a number of sites reaches: the table behind the planner.

Writes ``mapp_compliance/watermark/codes/reach_table.py``: ``make bench-reach``. The evidence of a
leak is -log10 of the best colluder's p, its decoder's price paid. Its root is about normal, and
mean and spread of the root are about straight lines over the root of the number of sites. So four
numbers describe each kind of leak (colluders, attack, rate of misread sites), found by least
squares from the twentieths of the evidences at some lengths, and each leak helps all lengths. What
is below ``LEAST_FITTED`` or cut off at the top bears on no bound and is left out. Each attack has
lines of its own, as the worst attack changes with the length. Erased sites are simply not there.

Of every kind some leaks are measured, and more of those whose evidence lies about where bounds do.
A run that was stopped goes on where it was. Its leaks are not those of ``bench.codes``, which
holds the table against its own; how well lines fit was judged by leaks of the table alone (0034).
"""

import argparse
import json
import math
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from statistics import NormalDist
from typing import TypedDict

import numpy as np

from bench.tracing import rounds
from bench.tracing.counts import ENOUGH, evidence
from bench.tracing.leaks import TABLE_SEED, Cell, trial

TABLE = Path(__file__).parents[1] / "mapp_compliance/watermark/codes/reach_table.py"
DONE = Path(__file__).parent / "results" / "reach.json"
FLIPS = {5: (0.0, 0.05)}
ALL_FLIPS = (0.0, 0.05, 0.1, 0.2)
LENGTHS = {
    1: (24, 32, 44, 60, 72, 96, 128, 160, 224, 320),
    2: (48, 64, 80, 96, 128, 192, 256, 384),
    3: (96, 128, 160, 192, 256, 384, 576),
    4: (160, 224, 288, 384, 512, 704, 960),
    5: (224, 272, 320, 384, 448, 540, 640, 900),
}
ATTACKS = {1: ("interleave",), 2: ("interleave",), 3: ("interleave",)}
WORST_OF_MANY = ("interleave", "coin")
COPIES, TRIALS = 100, 60
TRIALS_ALONE = 600  # of a lone leaker, whose leaks cost next to nothing
ROUNDS = 5
STRADDLED = (5.5, 9.5)  # evidence that bounds ask for
LEAST_FITTED = 3.0
TWENTIETHS = np.arange(0.025, 1.0, 0.05)
DEVIATIONS = [NormalDist().inv_cdf(float(part)) for part in TWENTIETHS]

Kind = tuple[int, str, float]  # colluders, attack, rate of misread sites


class Row(TypedDict):
    """Of the leaks of one kind and length: how many, and the middles of their twentieths."""

    leaks: int
    twentieths: list[float]


def measured(task: tuple[Cell, int]) -> tuple[Cell, int, list[float]]:
    """The evidences of one round of a cell."""
    cell, at = task
    numbers = rounds.numbers(cell, at)
    return cell, at, [round(evidence(trial(cell, n), cell.colluders), 2) for n in numbers]


def cells() -> list[Cell]:
    """All cells, of few colluders first."""
    return [
        Cell(
            "reach",
            COPIES,
            sites,
            colluders,
            attack,
            flips=flips,
            trials=TRIALS_ALONE if colluders == 1 else TRIALS,
        )
        for colluders, lengths in LENGTHS.items()
        for sites in lengths
        for flips in FLIPS.get(colluders, ALL_FLIPS)
        for attack in ATTACKS.get(colluders, WORST_OF_MANY)
    ]


def straddling(own: Sequence[float]) -> bool:
    """Whether the evidence of some leaks, extremes apart, lies where bounds do."""
    low, high = np.quantile(own, (0.025, 0.975))
    return bool(low < STRADDLED[1] and high > STRADDLED[0])


def row_of(measured_rounds: dict[str, list[float]]) -> Row:
    """All rounds of one cell together."""
    every = [own for one in measured_rounds.values() for own in one]
    return {"leaks": len(every), "twentieths": np.quantile(every, TWENTIETHS).round(2).tolist()}


def lines(done: dict[str, Row]) -> dict[Kind, tuple[float, ...]]:
    """The four numbers of each kind, and the longest map that was measured."""
    found: dict[Kind, tuple[float, ...]] = {}
    for kind in dict.fromkeys((c.colluders, c.attack, c.flips) for c in cells()):
        mine = {
            cell.sites: done[cell.name]
            for cell in cells()
            if (cell.colluders, cell.attack, cell.flips) == kind and cell.name in done
        }
        if mine:
            found[kind] = (*line(mine), max(mine))
    return found


def line(rows: dict[int, Row]) -> tuple[float, ...]:
    """Mean of the root of the evidence at 0 sites and by each root of a site, and its spread so.

    The middle of the leaks counts most, and a row by the root of its number of leaks.
    """
    shape, known, weights = [], [], []
    for sites, row in rows.items():
        for deviations, own in zip(DEVIATIONS, row["twentieths"], strict=True):
            if LEAST_FITTED < own < ENOUGH - 0.01:
                root = math.sqrt(sites)
                shape.append([1.0, root, deviations, deviations * root])
                known.append(math.sqrt(own))
                weights.append(math.sqrt(row["leaks"]) * math.exp(-(deviations**2) / 4))
    scale = np.array(weights)
    fitted = np.linalg.lstsq(np.array(shape) * scale[:, None], np.array(known) * scale, rcond=None)
    return tuple(float(value) for value in fitted[0].round(4))


HEAD = """\"""Evidence against the best colluder, measured; made by `python -m bench.reach`.

Seed {seed}, {leaks} leaks, {copies} copies.

>>> len(REACH) > 0
True
\"""

# (colluders, attack, rate of misread sites): of the root of -log10 p the mean at 0 sites and by
# each root of the number of read sites, its spread at 0 sites and so on, the longest map measured
REACH: dict[tuple[int, str, float], tuple[float, float, float, float, int]] = {{
"""


def text(done: dict[str, Row]) -> str:
    """The module."""
    head = HEAD.format(
        seed=TABLE_SEED, leaks=sum(row["leaks"] for row in done.values()), copies=COPIES
    )
    rows = "".join(f"    {key}: {own},\n" for key, own in sorted(lines(done).items()))
    return head + rows.replace("'", '"') + "}\n"


def main() -> None:
    """Measures what is not yet there, and writes."""
    parser = argparse.ArgumentParser(description="Measures the planner's table.")
    parser.add_argument("--minutes", type=float, default=90, help="stop after so many")
    parser.add_argument("--workers", type=int, default=os.cpu_count())
    parser.add_argument("--state", type=Path, default=Path(".bench/reach.json"))
    parser.add_argument("--out", type=Path, default=TABLE)
    given = parser.parse_args()
    state = rounds.run(cells(), measured, given.state, given.workers, given.minutes)
    wanted = [
        replace(cell, rounds=ROUNDS)
        for cell in cells()
        if cell.name in state and straddling(state[cell.name]["0"])
    ]
    state = rounds.run(wanted, measured, given.state, given.workers, given.minutes)
    done = {cell.name: row_of(state[cell.name]) for cell in cells() if cell.name in state}
    DONE.write_text(json.dumps(done).replace("}, ", "},\n") + "\n")
    given.out.write_text(text(done))


if __name__ == "__main__":
    main()
