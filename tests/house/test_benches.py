"""What ``make bench`` calls by name is a bench, and each has left its result file."""

import ast
import json
from pathlib import Path

import pytest

from tests.house.tree import ROOT

BENCHES = sorted((ROOT / "bench").glob("*.py"))
RESULTS = ROOT / "bench" / "results"


def is_bench(text: str) -> bool:
    """True of a module that does something when it is called by its name."""
    return any(
        isinstance(node, ast.If) and "__name__ == '__main__'" in ast.unparse(node.test)
        for node in ast.parse(text).body
    )


@pytest.mark.parametrize("path", BENCHES, ids=lambda path: path.stem)
def test_what_make_bench_runs_is_a_bench_that_writes_its_results(path: Path) -> None:
    text = path.read_text("utf-8")
    assert is_bench(text), "move what is no bench into a package of bench/"
    assert f"{path.stem}.json" in text, "write its figures to bench/results"
    assert json.loads((RESULTS / f"{path.stem}.json").read_text("utf-8")), "run it"


def test_every_result_file_has_the_bench_that_wrote_it() -> None:
    assert {path.stem for path in RESULTS.glob("*.json")} <= {path.stem for path in BENCHES}


def test_a_module_without_a_main_is_no_bench() -> None:
    assert not is_bench("def main() -> None:\n    print(1)\n")
    assert is_bench("if __name__ == '__main__':\n    main()\n")
