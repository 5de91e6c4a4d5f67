"""Power, error rates and speed of the tracing code: every figure that the code is judged by.

Writes ``bench/results/codes.json``: ``make bench-codes``, at most 90 minutes on two cores; in five
minutes and with fewer trials ``make bench-codes ARGS=--quick`` (to ``codes-quick.json``). A run
that was stopped goes on where it was. ``--minutes`` ends it earlier: every cell states its trials.

- *goal*: the coalitions and lone leakers that the design promises; *power*: all attacks and
  lengths, 100 copies, no noise; *noise*: erasures and flips, one at a time; *many*: 1,000 copies;
  *worst*: the attacks that are worst in theory; *blank*: colluders erase every place where they
  see a difference; *letters*: copies of a real file, mixed byte by byte and read by the reader.
  In each cell the share of leaks in which any colluder is within 1e-6 (with its 95 %
  Clopper-Pearson bounds) and the mean share of colluders, for the p of record (ours) and for four
  decoders with exact p and no prices: the joint one alone, symmetric Tardos, interleaving
  log-likelihood for three, and the one for one source; and how many innocents were named.
- *planner*: what the planner promises beside what leaks show that its table was not made from.
- *innocents*: words that nobody has, against leaks of all attacks; how often p is at most a level,
  beside the most that a sound p gives with chance .999.
- *speed*: seconds of processor time and of the clock, and peak memory.

Levels, attacks and seeds were fixed before the run.
"""

import argparse
import json
import math
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from bench.tracing import rounds
from bench.tracing.counts import (
    ALPHA,
    LEVELS,
    RIVALS,
    Counts,
    against_luck,
    bounds,
    innocents,
    power,
    reached,
    speed,
    summed,
)
from bench.tracing.leaks import ATTACKS, DIFFERENT_FOR_TWO, SEED, WORST, Cell
from mapp_compliance.watermark.codes import Expected, chance_of_naming

LENGTHS = (24, 48, 96, 192, 384, 768)
GOALS = {2: (96, 0.97), 3: (192, 0.98), 4: (384, 0.95), 5: (768, 0.95)}
LONE = {(24, 0.0): 0.99, (48, 0.05): 0.98}  # (sites, share of flipped ones): wanted
RESULTS = Path(__file__).parent / "results"

MEASURES: dict[str, Callable[[Cell, range], Counts]] = {
    "innocents": innocents,
    "speed": speed,
    "planner": reached,
}


def attacks(colluders: int) -> tuple[str, ...]:
    """The attacks that differ for so many."""
    return {1: ("interleave",), 2: DIFFERENT_FOR_TWO}.get(colluders, ATTACKS)


def cells(quick: bool) -> Iterator[Cell]:
    """All cells, the promised ones first."""
    yield Cell("speed", 100, 200, 3, "interleave", trials=1)
    yield Cell("speed", 1000, 1000, 3, "interleave", trials=1)
    many = {"trials": 10 if quick else 25, "rounds": 1 if quick else 12, "pace": 2}
    for sites, flips in LONE:
        yield Cell("goal", 100, sites, 1, "interleave", flips=flips, **many)
    for colluders, (sites, _) in GOALS.items():
        for attack in attacks(colluders):
            yield Cell("goal", 100, sites, colluders, attack, **many)
    yield from _innocents(quick)
    yield from _grid(quick)
    yield from _special(quick)
    yield from _noise(quick)
    yield from _many(quick)


def _grid(quick: bool) -> Iterator[Cell]:
    for sites in (48, 192) if quick else LENGTHS:
        for colluders in (1, 2, 3, 4, 5):
            if GOALS.get(colluders, (0, 0))[0] == sites:
                continue
            few = {"trials": 4 if quick else 5, "rounds": 1 if quick else 20}
            for attack in attacks(colluders):
                yield Cell("power", 100, sites, colluders, attack, **few)


def _many(quick: bool) -> Iterator[Cell]:
    for sites in (96,) if quick else (96, 192, 384):
        for colluders in (2, 3) if quick else (2, 3, 4, 5):
            for attack in DIFFERENT_FOR_TWO[:2] if colluders == 2 else (*ATTACKS[:4], "coin"):
                yield Cell(
                    "many", 1000, sites, colluders, attack, trials=4, rounds=1 if quick else 5
                )


def _noise(quick: bool) -> Iterator[Cell]:
    few = {"trials": 4 if quick else 10, "rounds": 1 if quick else 5}
    for sites in (96, 192, 384):
        for colluders in (1, 2, 3):
            for erased in (0.3, 0.6, 0.9):
                yield Cell("noise", 100, sites, colluders, "interleave", erased=erased, **few)
            for flips in (0.05, 0.1, 0.2):
                yield Cell("noise", 100, sites, colluders, "interleave", flips=flips, **few)


def _special(quick: bool) -> Iterator[Cell]:
    few = {"trials": 4 if quick else 10, "rounds": 1 if quick else 10}
    for colluders, (sites, _) in WORST.items():
        yield Cell("worst", 100, sites, colluders, "worst", **few)
    for sites in (96, 192, 384):
        for colluders in (2, 3):
            yield Cell("blank", 100, sites, colluders, "blank", **few)
            for attack in ("interleave", "majority", "minority", "block", "third"):
                if colluders > 2 or attack not in ("majority", "minority"):
                    yield Cell("letters", 100, sites, colluders, attack, **few)
    for colluders, sites, erased, flips in PLANNED:
        for attack in ("interleave", *(("coin",) if colluders > 3 else ())):
            many = _many_of(quick, colluders)
            yield Cell("planner", 100, sites, colluders, attack, erased, flips, **many)


PLANNED = (  # colluders, sites, expected losses; lengths that the planner has no row for
    (1, 28, 0.0, 0.05),
    (1, 44, 0.0, 0.1),
    (1, 80, 0.3, 0.1),
    (1, 112, 0.0, 0.2),
    (2, 72, 0.0, 0.0),
    (2, 110, 0.25, 0.0),
    (2, 144, 0.0, 0.05),
    (2, 224, 0.0, 0.1),
    (3, 144, 0.0, 0.0),
    (3, 224, 0.2, 0.0),
    (3, 224, 0.0, 0.05),
    (3, 320, 0.0, 0.1),
    (4, 256, 0.0, 0.0),
    (4, 336, 0.0, 0.05),
    (5, 400, 0.0, 0.0),
    (5, 560, 0.0, 0.05),
)


def _many_of(quick: bool, colluders: int) -> dict[str, int]:
    """Trials of the planner's cells, whose error is asked to .05; a lone leaker costs next to
    nothing."""
    more = 10 if colluders == 1 else 1
    return {"trials": more * (20 if quick else 50), "rounds": 1 if quick else 8, "pace": 3}


def _innocents(quick: bool) -> Iterator[Cell]:
    for number, attack in enumerate((*ATTACKS, "blank")):
        for flips in (0.0, 0.1):
            sites, colluders = 96 + 32 * (number % 3), 1 + number % 4
            some = {"trials": 1, "rounds": 1 if quick else 15, "pace": 13}
            yield Cell("innocents", 60, sites, colluders, attack, 0.2, flips, **some)


def measured(task: tuple[Cell, int]) -> tuple[Cell, int, Counts]:
    """One round of a cell."""
    cell, at = task
    return cell, at, MEASURES.get(cell.family, power)(cell, rounds.numbers(cell, at))


def figures(counts: Counts) -> dict[str, Any]:
    """The counts of a power cell as rates."""
    trials = int(counts["trials"][0])
    found: dict[str, Any] = {"trials": trials, "innocents_named": int(counts["innocents"][0])}
    for name in ("ours", *RIVALS):
        hits, share = counts[name]
        found[name] = {
            "any": round(hits / trials, 4),
            "bounds": bounds(int(hits), trials),
            "share": round(share / trials, 4),
        }
    return found


def goals(done: dict[str, Any]) -> list[dict[str, Any]]:
    """What was promised, beside what was measured, the worst attack of each length."""
    found = []
    for (sites, flips), wanted in LONE.items():
        cell = done[Cell("goal", 100, sites, 1, "interleave", flips=flips).name]
        found.append(_goal(1, sites, flips, "interleave", wanted, cell))
    for colluders, (sites, wanted) in GOALS.items():
        every = {a: done[Cell("goal", 100, sites, colluders, a).name] for a in attacks(colluders)}
        worst = min(every, key=lambda attack: every[attack]["ours"]["any"])
        own = _goal(colluders, sites, 0.0, worst, wanted, every[worst])
        trials = sum(cell["trials"] for cell in every.values())
        hits = round(sum(cell["trials"] * cell["ours"]["any"] for cell in every.values()))
        together = {"trials": trials, "named": hits, "bounds": bounds(hits, trials)}
        found.append(own | {"all_attacks_together": together})
    return found


def _goal(
    colluders: int, sites: int, flips: float, worst: str, wanted: float, cell: dict[str, Any]
) -> dict[str, Any]:
    return {
        "colluders": colluders,
        "sites": sites,
        "flips": flips,
        "worst_attack": worst,
        "wanted": wanted,
        "any": cell["ours"]["any"],
        "bounds": cell["ours"]["bounds"],
        "trials": cell["trials"],
        "met": cell["ours"]["any"] >= wanted,
    }


def planned(done: dict[str, Counts]) -> list[dict[str, Any]]:
    """What the planner promises, beside the worst of the attacks that were tried there."""
    found: list[dict[str, Any]] = []
    for colluders, sites, erased, flips in PLANNED:
        own = [
            done[name]
            for attack in ("interleave", "coin")
            if (name := Cell("planner", 100, sites, colluders, attack, erased, flips).name) in done
        ]
        if not own:
            continue  # the time was up before
        trials = min(int(counts["trials"][0]) for counts in own)
        hits = min(counts["ours"][0] / counts["trials"][0] for counts in own) * trials
        promise = chance_of_naming(colluders, [Expected(sites, erased, flips)], ALPHA)
        found.append(
            {
                "colluders": colluders,
                "sites": sites,
                "erased": erased,
                "flips": flips,
                "planned": promise,
                "measured": round(hits / trials, 4),
                "bounds": bounds(round(hits), trials),
                "trials": trials,
                "error": round(promise - hits / trials, 4),
            }
        )
    return found


def published() -> dict[str, dict[str, float]]:
    """Sites that published formulas ask for at 1e-6, by number of colluders."""
    bits = math.log(1 / ALPHA)
    return {
        str(c): {
            "tardos_2003": round(100 * c * c * bits),
            "symmetric_limit": round(math.pi**2 / 2 * c * c * bits),
            "interleaving_limit": round(2 * c * c * bits),
        }
        for c in range(1, 6)
    }


def document(state: rounds.State) -> dict[str, Any]:
    """What is written."""
    total = {name: summed(own) for name, own in state.items()}
    quiet = [own for name, own in total.items() if name.startswith("innocents/")]
    speeds = {name: own for name, own in total.items() if name.startswith("speed/")}
    done = {
        name: figures(own)
        for name, own in total.items()
        if not name.startswith(("innocents/", "speed/", "planner/"))
    }
    held = np.sum([own["innocents"] for own in total.values() if "innocents" in own], axis=0)
    return {
        "bench": "codes",
        "date": datetime.now(UTC).date().isoformat(),
        "seed": SEED,
        "alpha_per_copy": ALPHA,
        "machine": {"cores": os.cpu_count(), "numpy": np.__version__},
        "trials": int(sum(own["trials"] for own in done.values())),
        "goals": goals(done),
        "sites_by_published_formulas": published(),
        "strangers": {
            name: against_luck(np.sum([own[name] for own in quiet], axis=0).tolist())
            for name in ("ours", "joint", "tardos", "one_source")
        },
        "innocent_copies": {
            "tests": int(held[-1]),
            "named_at_1e-6": int(held[0]),
            **{f"at_{level:g}": int(n) for level, n in zip(LEVELS, held[1:-1], strict=True)},
        },
        "planner": planned(total),
        "speed": {name: {key: own[0] for key, own in x.items()} for name, x in speeds.items()},
        "cells": dict(sorted(done.items())),
    }


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description="Measures the tracing code.")
    parser.add_argument("--quick", action="store_true", help="five minutes, few trials a cell")
    parser.add_argument("--minutes", type=float, default=90, help="stop after so many")
    parser.add_argument("--workers", type=int, default=os.cpu_count())
    parser.add_argument("--state", type=Path, help="where the rounds are kept between runs")
    parser.add_argument("--out", type=Path)
    return parser.parse_args()


def main() -> None:
    """Measures what is not yet in the kept rounds, and writes the results."""
    given = arguments()
    name = "codes-quick" if given.quick else "codes"
    out = given.out or RESULTS / f"{name}.json"
    kept = given.state or Path(".bench") / f"{name}.json"
    state = rounds.run(list(cells(given.quick)), measured, kept, given.workers, given.minutes)
    out.parent.mkdir(exist_ok=True)
    out.write_text(json.dumps(document(state), indent=1) + "\n")


if __name__ == "__main__":
    main()
