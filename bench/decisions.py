"""Decisions a second of one core, plain and explained, for the shipped pack and 14 of its rules.

Writes ``bench/results/decisions.json``: ``python -m bench.decisions``. Each figure is the best of
five rounds; facts are checked, digested and prepared within the measured time.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from mapp_compliance.policy import Pack, Question, decide, explain, facts_of, load_pack, load_tests

RESULT = Path(__file__).parent / "results" / "decisions.json"
POLICIES = Path(__file__).parents[1] / "policies"
ROUNDS = 5
EACH = 2000
SMALL = 14  # rules considered by the question


def rate(work: Callable[[], object]) -> int:
    """Calls a second, best round."""
    best = float("inf")
    for _ in range(ROUNDS):
        start = time.perf_counter()
        for _ in range(EACH):
            work()
        best = min(best, time.perf_counter() - start)
    return round(EACH / best)


def main() -> None:
    """Measures and writes the figures down."""
    pack = load_pack((POLICIES / "mapp.yaml").read_text("utf-8"), "mapp.yaml")
    tests = load_tests((POLICIES / "mapp.tests.yaml").read_text("utf-8"), "mapp.tests.yaml", pack)
    values = dict(tests[0].facts.entries)
    small = replace(pack, rules=pack.of(Question.ISSUE)[:SMALL])

    def plain(one: Pack) -> object:
        return decide(one, facts_of(values), Question.ISSUE)

    def explained(one: Pack) -> object:
        facts = facts_of(values)
        return explain(decide(one, facts, Question.ISSUE), one, facts)

    figures = {
        f"{len(one.of(Question.ISSUE))}_rules": {
            "plain_per_s": rate(lambda one=one: plain(one)),  # type: ignore[misc]
            "explained_per_s": rate(lambda one=one: explained(one)),  # type: ignore[misc]
        }
        for one in (small, pack)
    }
    document = {
        "bench": "decisions",
        "date": datetime.now(UTC).date().isoformat(),
        "machine": {"cores": os.cpu_count()},
        "python": sys.version.split()[0],
        "decisions_a_round": EACH,
        "facts": len(values),
        **figures,
    }
    RESULT.write_text(json.dumps(document, indent=1) + "\n")
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
