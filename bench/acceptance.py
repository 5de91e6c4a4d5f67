"""Copies of 20 of 100 recipients through ten alterations: right, wrong, refused.

Writes ``bench/results/acceptance.json``: ``python -m bench.acceptance``. The alterations were
written down before the reader was tuned. Two runs over the same 200 leaks: a workspace for each
leaker (t up to 10), and one workspace for all (t up to 200, so the share of the bound shrinks).
Bounds are Clopper-Pearson at 95 %.
"""

import json
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from bench.material.bounds import upper
from mapp_compliance.demo import ALTERATIONS
from tests.walks.acceptance import Call, Tried, marks_read, tried
from tests.walks.program import World, served

RECIPIENTS = 100
LEAKERS = tuple(range(2, RECIPIENTS, 5))
RESULT = Path(__file__).parent / "results" / "acceptance.json"


def figures(results: Sequence[Tried]) -> dict[str, object]:
    """The counts of one run, whole and by alteration, with what was refused and why."""
    calls = Counter(item.call for item in results)
    by_name = {
        each.name: dict(
            Counter(item.call.value for item in results if item.alteration == each.name)
        )
        for each in ALTERATIONS
    }
    wrong, total = calls[Call.WRONG], len(results)
    return {
        "leaks": total,
        "right": calls[Call.RIGHT],
        "wrong": wrong,
        "refused": calls[Call.REFUSED],
        "wrong_at_most": upper(wrong, total),
        "not_right_at_most": upper(total - calls[Call.RIGHT], total),
        "greatest_t": max(item.t for item in results),
        "by_alteration": by_name,
        "refusals": [
            {
                "alteration": item.alteration,
                "t": item.t,
                "verdict": item.verdict,
                "why": item.reason,
            }
            for item in results
            if item.call is Call.REFUSED
        ],
        "median_seconds": round(sorted(item.seconds for item in results)[total // 2], 2),
    }


def apart(world: World, folder: Path) -> list[Tried]:
    """Each leaker's samples in a workspace of their own."""
    results = []
    for leaker in LEAKERS:
        own = world.copied(folder / str(leaker))
        copy = own.copies()[leaker]
        files = own.files(copy)
        results += [tried(own, copy, each.apply(files), each) for each in ALTERATIONS]
        print(f"{len(results)} leaks tried apart", file=sys.stderr)
    return results


def together(world: World) -> list[Tried]:
    """All samples in one workspace."""
    results = []
    for leaker in LEAKERS:
        copy = world.copies()[leaker]
        files = world.files(copy)
        results += [tried(world, copy, each.apply(files), each) for each in ALTERATIONS]
        print(f"{len(results)} leaks tried together", file=sys.stderr)
    return results


def marks(world: World) -> dict[str, dict[str, int]]:
    """How the sites of all leaks were read, by channel."""
    counted: Counter[tuple[str, str]] = Counter()
    for leaker in LEAKERS:
        copy = world.copies()[leaker]
        for each in ALTERATIONS:
            leaked = each.apply(world.files(copy))
            for (channel, _, mark), number in marks_read(world, copy, leaked).items():
                counted[channel, mark.value] += number
    channels = sorted({channel for channel, _ in counted})
    return {
        channel: {mark: counted[channel, mark] for mark in ("right", "erased", "wrong")}
        for channel in channels
    }


def main() -> None:
    """Runs both and writes the result file."""
    with tempfile.TemporaryDirectory() as place:
        world = served(Path(place) / "home", RECIPIENTS)
        document = {
            "bench": "acceptance",
            "date": datetime.now(UTC).date().isoformat(),
            "seed": 2012,
            "machine": {
                "cores": os.cpu_count(),
                "memory_gib": round(
                    os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
                ),
            },
            "recipients": RECIPIENTS,
            "leakers": len(LEAKERS),
            "marks": marks(world),
            "a_workspace_for_each_leaker": figures(apart(world, Path(place) / "apart")),
            "one_workspace_for_all": figures(together(world)),
        }
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(document, indent=1) + "\n")
    print(json.dumps(document, indent=1))


if __name__ == "__main__":
    main()
