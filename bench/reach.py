"""How far a number of sites reaches: the table behind the planner.

Writes ``mapp_compliance/watermark/codes/reach_table.py``: ``python -m bench.reach``. For each
number of colluders, length and rate of misread sites it keeps ten evidences (-log10 of the best
colluder's p, all prices paid): the deciles, in the middle of each tenth, of leaks by the attack
that is worst there. Erased sites are simply not there, so they need no table. A run that was
stopped goes on where it was (`bench/results/reach.json`); `--trials 60` is the committed one.
"""

import argparse
import json
import multiprocessing
import os
import sys
from pathlib import Path

import numpy as np

from bench.codes import SEED, Cell, Trial, trial
from mapp_compliance.watermark.codes.decoders import agreement, c1_decoder, sym_decoder
from mapp_compliance.watermark.codes.joint import JointDecoder
from mapp_compliance.watermark.codes.prices import JOINT_PRICE, SINGLE_PRICE

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
ENOUGH = 14.0  # no bound is beyond 1e-14, so evidence beyond it is not looked for
COPIES = 100


def evidence(given: Trial, colluders: int) -> float:
    """-log10 of the least p of a colluder, with its price."""
    reading, words = given.reading, given.words[:colluders]
    c1, sym = c1_decoder(reading), sym_decoder(reading)
    best = SINGLE_PRICE * min(
        float(one.tail.p(agreement(reading, words, one.weights)).min()) for one in (c1, sym)
    )
    if colluders > 1 and best > 10**-ENOUGH:
        found = JointDecoder(reading, given.words).scores(range(colluders))
        best = min(best, JOINT_PRICE * min(one.p for one in found))
    return min(ENOUGH, max(0.0, -float(np.log10(best))))


def deciles(cell: Cell) -> tuple[Cell, list[float]]:
    """The middle of each tenth of the evidences."""
    found = [evidence(trial(cell, number), cell.colluders) for number in range(cell.trials)]
    return cell, np.quantile(found, np.arange(0.05, 1.0, 0.1)).round(2).tolist()


def cells(trials: int) -> list[Cell]:
    """All cells."""
    return [
        Cell("reach", COPIES, sites, colluders, attack, trials, flips=flips)
        for colluders, lengths in LENGTHS.items()
        for sites in lengths
        for flips in FLIPS
        for attack in ATTACKS.get(colluders, WORST_OF_MANY)
    ]


def text(done: dict[str, list[float]], trials: int) -> str:
    """The module, of those lengths that were measured with all rates and attacks."""
    rows: dict[tuple[int, float, int], list[float]] = {}
    for colluders, lengths in LENGTHS.items():
        for sites in lengths:
            mine = [c for c in cells(trials) if (c.colluders, c.sites) == (colluders, sites)]
            if all(cell.name in done for cell in mine):
                for cell in mine:
                    key, own = (colluders, cell.flips, sites), done[cell.name]
                    rows[key] = min(rows.get(key, own), own, key=sum)
    lines = "".join(f"    {key}: {tuple(own)},\n" for key, own in sorted(rows.items()))
    return (
        '"""Evidence against the best colluder, measured; made by `python -m bench.reach`.\n\n'
        f"Seed {SEED}, {trials} leaks a row, {COPIES} copies.\n\n"
        ">>> len(REACH) > 0\nTrue\n"
        '"""\n\n'
        "# (colluders, rate of misread sites, read sites): -log10 p, middle of each tenth\n"
        f"REACH: dict[tuple[int, float, int], tuple[float, ...]] = {{\n{lines}}}\n"
    )


def main() -> None:
    """Measures what is not yet there, and writes."""
    parser = argparse.ArgumentParser(description="Measures the planner's table.")
    parser.add_argument("--trials", type=int, default=60)
    parser.add_argument("--workers", type=int, default=os.cpu_count())
    parser.add_argument("--out", type=Path, default=TABLE)
    given = parser.parse_args()
    done = json.loads(DONE.read_text()) if DONE.exists() else {}
    wanted = [cell for cell in cells(given.trials) if cell.name not in done]
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    with multiprocessing.get_context("spawn").Pool(given.workers) as pool:
        for cell, own in pool.imap_unordered(deciles, wanted):
            done[cell.name] = own
            half = DONE.with_suffix(".part")
            half.write_text(json.dumps(done, indent=0) + "\n")
            half.replace(DONE)
            print(cell.name, own, file=sys.stderr, flush=True)
    given.out.write_text(text(done, given.trials))


if __name__ == "__main__":
    main()
