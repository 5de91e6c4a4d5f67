"""Power, error rates and speed of the tracing code: every figure that the code is judged by.

Writes ``bench/results/codes.json``: ``python -m bench.codes``, in five minutes and with fewer
trials ``python -m bench.codes --quick`` (to ``codes-quick.json``). A run that was stopped goes on
where it was: each cell is kept as soon as it is measured. ``--only FAMILY`` measures one family.

- *power*: all attacks and lengths, 100 copies, no noise; *noise*: erasures and flips, one at a
  time; *many*: 1,000 copies; *worst*: the attacks that are worst in theory; *blank*: colluders
  erase every place where they see a difference. In each cell the share of leaks in which any
  colluder is within 1e-6 (with its 95 % Clopper-Pearson bounds) and the mean share of colluders,
  for ours (the portfolio of all three decoders), the joint decoder alone, and three single ones
  with exact p: symmetric Tardos, interleaving log-likelihood for three, and the one for one source.
- *innocents*: words that nobody has, against leaks of all attacks; how often p is at most a level,
  beside the most that a sound p gives with chance .999.
- *speed*: seconds of processor time, and peak memory.

Levels, attacks and seeds were fixed before the run.
"""

import argparse
import json
import math
import multiprocessing
import os
import resource
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mapp_compliance.watermark.codes import SCALE, Expected, assign_biases, chance_of_naming
from mapp_compliance.watermark.codes.decoders import (
    CodeReading,
    agreement,
    c1_decoder,
    code_reading,
    sym_decoder,
)
from mapp_compliance.watermark.codes.joint import JointDecoder
from mapp_compliance.watermark.codes.prices import JOINT_PRICE, SINGLE_PRICE
from mapp_compliance.watermark.codes.pvalue import exact_tail
from mapp_compliance.watermark.codes.reach import MOST_COLLUDERS

SEED = 20_260
ALPHA = 1e-6
LEVELS = (1e-2, 1e-3, 1e-4)
LENGTHS = (24, 48, 96, 192, 384, 768)
ATTACKS = ("interleave", "majority", "minority", "all1", "all0", "coin", "block")
DIFFERENT_FOR_TWO = ("interleave", "all1", "all0", "block")  # the others equal the first
WORST = {  # the min-max game of the research: chance of a 1 by number of ones
    3: (192, (0.0, 0.384, 0.616, 1.0)),
    4: (384, (0.0, 0.271, 0.5, 0.729, 1.0)),
    5: (768, (0.0, 0.231, 0.358, 0.642, 0.769, 1.0)),
}
RESULTS = Path(__file__).parent / "results"

Bits = NDArray[np.uint8]


@dataclass(frozen=True)
class Cell:
    """One measurement: ``trials`` leaks of one kind."""

    family: str
    copies: int
    sites: int
    colluders: int
    attack: str
    trials: int
    erased: float = 0.0
    flips: float = 0.0

    @property
    def name(self) -> str:
        """Its place in the result file."""
        return "/".join(str(value) for value in asdict(self).values())


def chances(attack: str, colluders: int) -> NDArray[np.float64]:
    """The chance of a 1 for each number of colluders who hold one."""
    if attack == "worst":
        return np.array(WORST[colluders][1])
    ones = np.arange(colluders + 1)
    found = {
        "majority": np.where(2 * ones == colluders, 0.5, 2 * ones > colluders),
        "minority": np.where(2 * ones == colluders, 0.5, 2 * ones < colluders),
        "all1": np.ones(colluders + 1),
        "all0": np.zeros(colluders + 1),
        "coin": np.full(colluders + 1, 0.5),
    }.get(attack, ones / colluders)
    found = found.astype(float)
    found[0], found[-1] = 0.0, 1.0
    return found


def leak(words: Bits, attack: str, rng: np.random.Generator) -> list[int | None]:
    """What the colluders make of their words."""
    colluders, sites = words.shape
    if attack == "blank":
        same = (words == words[0]).all(axis=0)
        return [int(bit) if kept else None for bit, kept in zip(words[0], same, strict=True)]
    if attack == "block":
        return words[np.arange(sites) * colluders // sites, np.arange(sites)].tolist()
    drawn = rng.random(sites) < chances(attack, colluders)[words.sum(axis=0)]
    return drawn.astype(int).tolist()


@dataclass(frozen=True)
class Trial:
    """One book and one leak of its first copies."""

    reading: CodeReading
    words: Bits


def trial(cell: Cell, number: int) -> Trial:
    """The leak of that number; the same for ever."""
    # The planner's table has leaks of its own, so that it can be held against these.
    own = [] if cell.family == "reach" else [1]
    rng = np.random.default_rng([SEED, number, cell.sites, cell.colluders, cell.copies, *own])
    sites = [f"s{place}" for place in range(cell.sites)]
    key = number.to_bytes(32, "little")
    biases = assign_biases(key, sites, ["c"] * cell.sites, ["r"] * cell.sites)
    words = (rng.random((cell.copies, cell.sites)) < np.array(biases) / SCALE).astype(np.uint8)
    seen = leak(words[: cell.colluders], cell.attack, rng)
    wrong, gone = rng.random(cell.sites) < cell.flips, rng.random(cell.sites) < cell.erased
    symbols = [
        None if bit is None or lost else bit ^ int(turned)
        for bit, turned, lost in zip(seen, wrong.tolist(), gone.tolist(), strict=True)
    ]
    return Trial(code_reading(range(cell.sites), biases, symbols), words)


def interleaving_p(reading: CodeReading, words: Bits) -> NDArray[np.float64]:
    """Exact p of the log-likelihood score that is built against three who interleave."""
    bias = np.array(reading.biases) / SCALE

    def chance(holds: int) -> NDArray[np.float64]:
        one = 0.01 + 0.98 * (2 * bias + holds) / 3
        return np.where(reading.symbols == 1, one, 1 - one)

    whole = np.rint(32 * np.log(chance(1) / chance(0))).astype(int)
    wanted = (whole > 0).astype(np.uint8)
    likely = [b if w else SCALE - b for b, w in zip(reading.biases, wanted, strict=True)]
    tail = exact_tail(np.abs(whole).tolist(), likely)
    hits = (words[:, reading.columns] == wanted).astype(np.float64) @ np.abs(whole).astype(float)
    return tail.p(hits.astype(np.int64))


def p_values(given: Trial, rows: range) -> dict[str, NDArray[np.float64]]:
    """The p of some copies by each decoder."""
    reading, words = given.reading, given.words[rows.start : rows.stop]
    c1, sym = c1_decoder(reading), sym_decoder(reading)
    p_c1 = c1.tail.p(agreement(reading, words, c1.weights))
    p_sym = sym.tail.p(agreement(reading, words, sym.weights))
    joint = np.array([one.p for one in JointDecoder(reading, given.words).scores(rows)])
    single = np.minimum(p_c1, p_sym) * SINGLE_PRICE
    return {
        "ours": np.minimum(1.0, np.minimum(single, joint * JOINT_PRICE)),
        "joint": joint,
        "tardos": p_sym,
        "interleaving": interleaving_p(reading, words),
        "one_source": p_c1,
    }


def bounds(hits: int, trials: int) -> tuple[float, float]:
    """Clopper-Pearson at 95 %, by bisection."""

    def most(count: int) -> float:
        low, high = count / trials, 1.0
        for _ in range(50):
            rate = (low + high) / 2
            fewer = math.fsum(
                math.comb(trials, k) * rate**k * (1 - rate) ** (trials - k)
                for k in range(count + 1)
            )
            low, high = (rate, high) if fewer > 0.025 else (low, rate)
        return high

    upper = 1.0 if hits == trials else most(hits)
    lower = 0.0 if hits == 0 else 1 - most(trials - hits)
    return round(lower, 4), round(upper, 4)


def power(cell: Cell) -> dict[str, Any]:
    """Any colluder and the mean share of colluders within 1e-6, by each decoder."""
    counted: dict[str, list[float]] = {}
    hits: dict[str, int] = {}
    for number in range(cell.trials):
        for name, p in p_values(trial(cell, number), range(cell.colluders)).items():
            within = p <= ALPHA
            hits[name] = hits.get(name, 0) + bool(within.any())
            counted.setdefault(name, []).append(float(within.mean()))
    return {
        name: {
            "any": hits[name] / cell.trials,
            "bounds": bounds(hits[name], cell.trials),
            "share": round(float(np.mean(shares)), 4),
        }
        for name, shares in counted.items()
    }


def most_by_luck(tests: int, level: float) -> int:
    """The least count that a sound p exceeds with chance below .001."""
    log_term = tests * math.log1p(-level)
    total, count = math.exp(log_term), 0
    while total < 0.999:
        count += 1
        log_term += math.log((tests - count + 1) / count * level / (1 - level))
        total += math.exp(log_term)
    return count


def innocents(cell: Cell) -> dict[str, Any]:
    """Words that nobody has, and real innocent copies: how often each p is at most a level."""
    strangers = 10_000
    below: dict[str, list[int]] = {}

    def count(name: str, p: NDArray[np.float64]) -> None:
        found = below.setdefault(name, [0] * (len(LEVELS) + 1))
        for at, level in enumerate(LEVELS):
            found[at] += int(np.count_nonzero(p <= level))
        found[-1] += len(p)

    for number in range(cell.trials):
        given = trial(cell, number)
        reading = given.reading
        rng = np.random.default_rng([SEED, number, 7])
        bias = np.array(reading.biases) / SCALE
        free = (rng.random((strangers, len(bias))) < bias).astype(np.uint8)
        c1, sym = c1_decoder(reading), sym_decoder(reading)
        p_c1, p_sym = (
            one.tail.p(((free == reading.symbols) @ np.array(one.weights)).astype(np.int64))
            for one in (c1, sym)
        )
        joint = JointDecoder(reading, given.words)
        p_joint = joint.strangers(free)
        single = np.minimum(p_c1, p_sym) * SINGLE_PRICE
        count("one_source", p_c1)
        count("tardos", p_sym)
        count("joint", p_joint)
        count("ours", np.minimum(single, p_joint * JOINT_PRICE))
        held = range(cell.colluders, cell.copies)
        count("joint_of_real_copies", np.array([one.p for one in joint.scores(held)]))
    return dict(sorted(below.items()))


def speed(cell: Cell) -> dict[str, Any]:
    """Seconds of processor time of each step, and the peak memory of the process."""
    given = trial(cell, 0)
    began = time.process_time()
    c1, sym = c1_decoder(given.reading), sym_decoder(given.reading)
    for one in (c1, sym):
        one.tail.p(agreement(given.reading, given.words, one.weights))
    single = time.process_time() - began
    found = JointDecoder(given.reading, given.words).scores()
    both = time.process_time() - began
    weights, agree = sym.weights, given.reading.agree
    began = time.process_time()
    exact_tail(weights, agree)
    table = time.process_time() - began
    return {
        "single_s": round(single, 3),
        "joint_s": round(both - single, 3),
        "one_table_s": round(table, 4),
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "named": sum(one.p * JOINT_PRICE <= ALPHA for one in found),
    }


MEASURES: dict[str, Callable[[Cell], dict[str, Any]]] = {"innocents": innocents, "speed": speed}


def cells(quick: bool) -> Iterator[Cell]:
    """All cells, cheap ones first."""
    few = 8 if quick else 1  # trials are divided by it
    yield Cell("speed", 100, 200, 3, "interleave", 1)
    yield Cell("speed", 1000, 1000, 3, "interleave", 1)
    lengths = (48, 96, 192, 384) if quick else LENGTHS
    for sites in lengths:
        yield Cell("power", 100, sites, 1, "interleave", 100 // few)
        for attack in DIFFERENT_FOR_TWO:
            yield Cell("power", 100, sites, 2, attack, 100 // few)
        for colluders in (3, 4, 5):
            for attack in ATTACKS:
                yield Cell("power", 100, sites, colluders, attack, 100 // few)
    for sites in (96, 192, 384):
        for colluders in (1, 2, 3):
            yield Cell("blank", 100, sites, colluders, "blank", 48 // few)
            for erased in (0.3, 0.6, 0.9):
                yield Cell("noise", 100, sites, colluders, "interleave", 48 // few, erased=erased)
            for flips in (0.05, 0.1, 0.2):
                yield Cell("noise", 100, sites, colluders, "interleave", 48 // few, flips=flips)
    for colluders, (sites, _) in WORST.items():
        yield Cell("worst", 100, sites, colluders, "worst", 48 // few)
    for number, attack in enumerate(ATTACKS):
        for flips in (0.0, 0.1):
            yield Cell(
                "innocents",
                60,
                96 + 32 * (number % 3),
                1 + number % 4,
                attack,
                16 // few,
                0.2,
                flips,
            )
    for sites in (96, 192, 384):
        for colluders in (2, 3, 4, 5):
            for attack in DIFFERENT_FOR_TWO[:2] if colluders == 2 else (*ATTACKS[:4], "coin"):
                yield Cell("many", 1000, sites, colluders, attack, 20 // few)


def measured(cell: Cell) -> tuple[Cell, dict[str, Any]]:
    """One cell and its figures."""
    return cell, MEASURES.get(cell.family, power)(cell)


def summed(done: dict[str, Any]) -> dict[str, Any]:
    """The innocents of all cells together, beside what luck allows."""
    total: dict[str, NDArray[np.int64]] = {}
    for name, figures in done.items():
        if name.startswith("innocents/"):
            for decoder, counts in figures.items():
                total[decoder] = total.get(decoder, 0) + np.array(counts)
    return {
        decoder: {
            "tests": int(counts[-1]),
            "levels": [
                {
                    "level": level,
                    "rejected": int(found),
                    "rate": float(found / counts[-1]),
                    "most_by_luck": most_by_luck(int(counts[-1]), level),
                    "sound": bool(found <= most_by_luck(int(counts[-1]), level)),
                }
                for level, found in zip(LEVELS, counts[:-1], strict=True)
            ],
        }
        for decoder, counts in total.items()
    }


def planned(done: dict[str, Any]) -> list[dict[str, Any]]:
    """What the planner promises, beside the worst attack without noise of the same length."""
    least: dict[tuple[int, int], float] = {}
    for name, figures in done.items():
        family, copies, sites, colluders, *_ = name.split("/")
        if family == "power" and copies == "100" and int(colluders) <= MOST_COLLUDERS:
            key = (int(colluders), int(sites))
            least[key] = min(least.get(key, 1.0), figures["ours"]["any"])
    return [
        {
            "colluders": colluders,
            "sites": sites,
            "planned": chance_of_naming(colluders, [Expected(sites)], ALPHA),
            "measured": measured,
        }
        for (colluders, sites), measured in sorted(least.items())
    ]


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


def document(done: dict[str, Any], seconds: float) -> dict[str, Any]:
    """What is written."""
    return {
        "bench": "codes",
        "date": datetime.now(UTC).date().isoformat(),
        "seed": SEED,
        "alpha_per_copy": ALPHA,
        "machine": {"cores": os.cpu_count(), "numpy": np.__version__},
        "seconds": round(seconds),
        "sites_by_published_formulas": published(),
        "innocents": summed(done),
        "planner": planned(done),
        "cells": done,
    }


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description="Measures the tracing code.")
    parser.add_argument(
        "--quick", action="store_true", help="five minutes, an eighth of the trials"
    )
    parser.add_argument("--only", help="one family: power, noise, blank, worst, many, innocents")
    parser.add_argument("--workers", type=int, default=os.cpu_count())
    parser.add_argument("--out", type=Path)
    return parser.parse_args()


def main() -> None:
    """Measures what is not yet in the result file."""
    given = arguments()
    path = given.out or RESULTS / ("codes-quick.json" if given.quick else "codes.json")
    path.parent.mkdir(exist_ok=True)
    before = json.loads(path.read_text()) if path.exists() else {}
    done, spent = before.get("cells", {}), before.get("seconds", 0)
    wanted = [
        cell
        for cell in cells(given.quick)
        if cell.name not in done and given.only in (None, cell.family)
    ]
    # One thread a worker, as the workers are as many as the cores; children read it at their start.
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    began = time.monotonic()
    with multiprocessing.get_context("spawn").Pool(given.workers) as pool:
        for cell, figures in pool.imap_unordered(measured, wanted):
            done[cell.name] = figures
            whole = document(done, spent + time.monotonic() - began)
            half = path.with_suffix(".part")
            half.write_text(json.dumps(whole, indent=1) + "\n")
            half.replace(path)
            print(cell.name, json.dumps(figures), file=sys.stderr)


if __name__ == "__main__":
    main()
