"""What is counted in one round of a cell, by each decoder, and what luck allows.

*Ours* is what the product does: the p of record of every copy, all prices paid, against 1e-6. A
leak counts as named when a colluder is within and it is told how often an innocent was. All copies
are asked about in the promised, mixed and worst cells, the colluders and ten others in the rest.
The other decoders get their plain exact p, without any price, and the colluders only.
"""

import math
import resource
import time
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.material.bounds import lower, upper
from bench.tracing.leaks import Cell, Trial, trial
from mapp_compliance.watermark.codes import SCALE
from mapp_compliance.watermark.codes.decoders import (
    CodeReading,
    agreement,
    c1_decoder,
    sym_decoder,
)
from mapp_compliance.watermark.codes.joint import JointDecoder
from mapp_compliance.watermark.codes.prices import CODE_PRICE, JOINT_PRICE, SINGLE_PRICE
from mapp_compliance.watermark.codes.pvalue import exact_tail

ALPHA = 1e-6
LEVELS = (1e-2, 1e-3, 1e-4)
STRANGERS = 10_000  # words that nobody has, for each leak of the innocents
RIVALS = ("joint", "tardos", "interleaving", "one_source")

ALL_ASKED = frozenset({"goal", "letters", "worst", "blank"})
ENOUGH = 14.0  # no bound is beyond 1e-14, so evidence beyond it is not looked for
OTHERS = 10  # innocents that are asked about elsewhere

Floats = NDArray[np.float64]
Counts = dict[str, list[float]]


def interleaving_p(reading: CodeReading, words: NDArray[np.uint8]) -> Floats:
    """Exact p of the log-likelihood score that is built against three who interleave."""
    bias = np.array(reading.biases) / SCALE

    def chance(holds: int) -> Floats:
        one = 0.01 + 0.98 * (2 * bias + holds) / 3
        return np.where(reading.symbols == 1, one, 1 - one)

    whole = np.rint(32 * np.log(chance(1) / chance(0))).astype(int)
    wanted = (whole > 0).astype(np.uint8)
    likely = [b if w else SCALE - b for b, w in zip(reading.biases, wanted, strict=True)]
    tail = exact_tail(np.abs(whole).tolist(), likely)
    hits = (words[:, reading.columns] == wanted).astype(np.float64) @ np.abs(whole).astype(float)
    return tail.p(hits.astype(np.int64))


def of_record(single: Floats, joint: Floats, bound: float) -> Floats:
    """The p of record: the single decoders where they suffice, else the smaller one (D4)."""
    alone = np.minimum(1.0, float(CODE_PRICE) * SINGLE_PRICE * single)
    given = np.minimum(1.0, float(CODE_PRICE) * JOINT_PRICE * joint)
    return np.where(alone <= bound, alone, np.minimum(alone, given))


def p_values(given: Trial, colluders: int, asked: int) -> dict[str, Floats]:
    """The p of the first copies asked about by ours, of the colluders by each rival."""
    reading, words = given.reading, given.words[:asked]
    c1, sym = c1_decoder(reading), sym_decoder(reading)
    p_c1 = c1.tail.p(agreement(reading, words, c1.weights))
    p_sym = sym.tail.p(agreement(reading, words, sym.weights))
    joint = np.array([one.p for one in JointDecoder(reading, given.words).scores(range(asked))])
    return {
        "ours": of_record(np.minimum(p_c1, p_sym), joint, ALPHA),
        "joint": joint[:colluders],
        "tardos": p_sym[:colluders],
        "interleaving": interleaving_p(reading, words[:colluders]),
        "one_source": p_c1[:colluders],
    }


def power(cell: Cell, numbers: range) -> Counts:
    """For each decoder: leaks with a named colluder, sum of the shares of named colluders."""
    found: Counts = {"trials": [len(numbers)], "innocents": [0.0] * (len(LEVELS) + 2)}
    for number in numbers:
        asked = cell.copies if cell.family in ALL_ASKED else cell.colluders + OTHERS
        p = p_values(trial(cell, number), cell.colluders, asked)
        held = p["ours"][cell.colluders :]
        row = [float(np.count_nonzero(held <= level)) for level in (ALPHA, *LEVELS)]
        before = found["innocents"]
        found["innocents"] = [a + b for a, b in zip(before, [*row, len(held)], strict=True)]
        for name in ("ours", *RIVALS):
            within = p[name][: cell.colluders] <= ALPHA
            own = found.setdefault(name, [0.0, 0.0])
            own[0] += float(within.any())
            own[1] += float(within.mean())
    return found


def innocents(cell: Cell, numbers: range) -> Counts:
    """Words that nobody has: how many, and how many have a p of at most each level."""
    found: Counts = {"trials": [len(numbers)]}
    for number in numbers:
        given = trial(cell, number)
        reading = given.reading
        rng = np.random.default_rng([number, cell.sites, cell.colluders, 7])
        free = rng.random((STRANGERS, len(reading.agree))) < np.array(reading.biases) / SCALE
        words = free.astype(np.uint8)
        p_c1, p_sym = (
            one.tail.p(((words == reading.symbols) @ np.array(one.weights)).astype(np.int64))
            for one in (c1_decoder(reading), sym_decoder(reading))
        )
        p_joint = JointDecoder(reading, given.words).strangers(words)
        single = np.minimum(p_c1, p_sym)
        every = {"one_source": p_c1, "tardos": p_sym, "joint": p_joint}
        # Whatever the bound is, the p of record is never below this one.
        every["ours"] = of_record(single, p_joint, 0.0)
        for name, p in every.items():
            own = [float(np.count_nonzero(p <= level)) for level in LEVELS] + [float(len(p))]
            before = found.get(name, [0.0] * len(own))
            found[name] = [a + b for a, b in zip(before, own, strict=True)]
    return found


def speed(cell: Cell, numbers: range) -> Counts:
    """Seconds of processor time and of the clock, and the peak memory of the process in MiB."""
    given = trial(cell, numbers[0])
    clock, began = time.perf_counter(), time.process_time()
    c1, sym = c1_decoder(given.reading), sym_decoder(given.reading)
    for one in (c1, sym):
        one.tail.p(agreement(given.reading, given.words, one.weights))
    single = time.process_time() - began
    JointDecoder(given.reading, given.words).scores()
    both, wall = time.process_time() - began, time.perf_counter() - clock
    began = time.process_time()
    exact_tail(sym.weights, given.reading.agree)
    return {
        "single_s": [round(single, 4)],
        "single_and_joint_s": [round(both, 3)],
        "wall_s": [round(wall, 3)],
        "one_table_s": [round(time.process_time() - began, 5)],
        "peak_mib": [float(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)],
    }


def summed(rounds: Mapping[str, Counts]) -> Counts:
    """The counts of all rounds of a cell together."""
    total: Counts = {}
    for one in rounds.values():
        for name, own in one.items():
            before = total.get(name, [0.0] * len(own))
            total[name] = [a + b for a, b in zip(before, own, strict=True)]
    return total


def bounds(hits: int, trials: int) -> tuple[float, float]:
    """Clopper-Pearson at 95 %."""
    return lower(hits, trials), upper(hits, trials)


def most_by_luck(tests: int, level: float) -> int:
    """The least count that a sound p exceeds with chance below .001."""
    log_term = tests * math.log1p(-level)
    total, count = math.exp(log_term), 0
    while total < 0.999:
        count += 1
        log_term += math.log((tests - count + 1) / count * level / (1 - level))
        total += math.exp(log_term)
    return count


def against_luck(counts: Sequence[float]) -> dict[str, Any]:
    """How often a p was at most each level, beside the most that a sound one gives."""
    tests = int(counts[-1])
    return {
        "tests": tests,
        "levels": [
            {
                "level": level,
                "rejected": int(found),
                "rate": found / tests,
                "most_by_luck": most_by_luck(tests, level),
                "sound": found <= most_by_luck(tests, level),
            }
            for level, found in zip(LEVELS, counts[:-1], strict=True)
        ],
    }


def evidence(given: Trial, colluders: int) -> float:
    """-log10 of the least p of a colluder, with the price of its decoder; at most ``ENOUGH``."""
    reading, words = given.reading, given.words[:colluders]
    c1, sym = c1_decoder(reading), sym_decoder(reading)
    best = SINGLE_PRICE * min(
        float(one.tail.p(agreement(reading, words, one.weights)).min()) for one in (c1, sym)
    )
    if colluders > 1 and best > 10**-ENOUGH:
        found = JointDecoder(reading, given.words).scores(range(colluders))
        best = min(best, JOINT_PRICE * min(one.p for one in found))
    return min(ENOUGH, max(0.0, -math.log10(best)))


def reached(cell: Cell, numbers: range) -> Counts:
    """Leaks of which a colluder is within the bound, all prices paid."""
    wanted = math.log10(float(CODE_PRICE) / ALPHA)
    hits = sum(evidence(trial(cell, number), cell.colluders) >= wanted for number in numbers)
    return {"trials": [len(numbers)], "ours": [float(hits)]}
