"""Feed every parser of outside bytes with mutated records: ``python -m bench.fuzz --seconds 60``.

Writes ``bench/results/fuzz.json``, unless one parser alone was asked for.
With atheris installed the mutations follow the branches that the parsers take (libFuzzer);
without it, and with ``--plain``, they are blind, which still finds much. Each parser runs in a
process of its own, so that a crash of a library or an endless loop is one line in the result and
not the end. What fails is written to ``--out``, ready for a test. The table of parsers is
``tests/hostile/parsers.py``.
"""

import argparse
import contextlib
import hashlib
import importlib
import importlib.util
import json
import random
import subprocess
import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

HANG_S = 20  # for one input; the slowest honest one takes a tenth of a second
BEGIN_AND_END_S = 600  # of one process beside its fuzzing, on a machine with much other work
MOST_BYTES = 200_000
MEMORY_MB = 2048
RESULT = Path(__file__).parent / "results" / "fuzz.json"


def main() -> int:
    """Run over all parsers, or be the process of one."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=float, default=60, help="Over all parsers.")
    options.add_argument("--out", type=Path, default=Path("fuzz-out"))
    options.add_argument("--only", default="", help="One parser by name.")
    options.add_argument("--plain", action="store_true", help="Without atheris.")
    options.add_argument("--inside", default="", help=argparse.SUPPRESS)
    asked = options.parse_args()
    if asked.inside:
        return _inside(asked.inside, asked.seconds, asked.out, asked.plain)
    names = [asked.only] if asked.only else sorted(_table())
    asked.out.mkdir(parents=True, exist_ok=True)
    results = [_parser(name, asked.seconds / len(names), asked.out, asked.plain) for name in names]
    bad = [result for result in results if result["failed"]]
    if not asked.only:
        document = {
            "bench": "fuzz",
            "date": datetime.now(UTC).date().isoformat(),
            "seconds": asked.seconds,
            "parsers": {str(result["name"]): result["told"] for result in results},
            "failed": bad,
        }
        RESULT.write_text(json.dumps(document, indent=1) + "\n")
    print(json.dumps({"parsers": len(results), "failed": bad}, indent=1))
    return 1 if bad else 0


def _parser(name: str, seconds: float, out: Path, plain: bool) -> dict[str, object]:
    command = [sys.executable, "-m", "bench.fuzz", "--inside", name, "--seconds", str(seconds)]
    command += ["--out", str(out), *(["--plain"] if plain else [])]
    told = ""
    try:
        done = subprocess.run(command, capture_output=True, timeout=seconds + BEGIN_AND_END_S)
        failed, said = done.returncode != 0, done.stderr.decode(errors="replace")
        told = _runs(done.stdout.decode(), said)
    except subprocess.TimeoutExpired:
        failed, said = True, "it hangs"
    print(f"{'FAILED' if failed else 'ok    '} {name:<24} {told}", flush=True)
    return {"name": name, "told": told, "failed": failed, "said": said[-800:] if failed else ""}


def _runs(out: str, said: str) -> str:
    """How many inputs were tried, as either way tells it."""
    counted = [line for line in said.splitlines() if "number_of_executed_units" in line]
    return f"{counted[0].split()[-1]} guided inputs" if counted else out.strip()


def _table() -> Mapping[str, Any]:
    """The parsers; imported here, so that atheris can follow what the import brings along."""
    found: Mapping[str, Any] = importlib.import_module("tests.hostile.parsers").PARSERS
    return found


def _inside(name: str, seconds: float, out: Path, plain: bool) -> int:
    if plain or importlib.util.find_spec("atheris") is None:
        return _blind(name, _table()[name], seconds, out)
    return _guided(name, seconds, out)


def _tried(parser: Any, data: bytes) -> None:
    error: type[Exception] = importlib.import_module("mapp_compliance.errors").MappError
    with contextlib.suppress(error):
        parser.call(data)


def _blind(name: str, parser: Any, seconds: float, out: Path) -> int:
    chance, ends, runs = random.Random(name), time.monotonic() + seconds, 0
    while time.monotonic() < ends:
        data = _mutated(chance, chance.choice(parser.seeds))
        runs += 1
        try:
            _tried(parser, data)
        except BaseException:
            (out / f"{_slug(name)}-{hashlib.sha256(data).hexdigest()[:12]}").write_bytes(data)
            raise
    print(f"{runs} blind inputs")
    return 0


def _mutated(chance: random.Random, record: bytes) -> bytes:
    data = bytearray(record)
    for _ in range(chance.randint(1, 6)):
        at, length = chance.randint(0, len(data)), chance.randint(0, 12)
        way = chance.randrange(4)
        if way == 0:
            data[at : at + length] = chance.randbytes(chance.randint(0, 12))
        elif way == 1 and data:
            data[at % len(data)] ^= 1 << chance.randrange(8)
        elif way == 2:
            data[at:at] = data[at : at + length] * chance.choice([1, 2, 200])
        else:
            del data[at : at + length]
    return bytes(data[:MOST_BYTES])


def _guided(name: str, seconds: float, out: Path) -> int:
    import atheris

    with atheris.instrument_imports(include=["mapp_compliance"]):
        parser = _table()[name]

    corpus = out / "corpus" / _slug(name)
    corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(parser.seeds):
        (corpus / f"seed-{number}").write_bytes(seed)
    arguments = [
        f"-max_total_time={max(1, int(seconds))}",
        f"-max_len={MOST_BYTES}",
        f"-timeout={HANG_S}",
        f"-rss_limit_mb={MEMORY_MB}",
        f"-artifact_prefix={out}/{_slug(name)}-",
        "-verbosity=0",
        "-print_final_stats=1",
    ]
    print("guided by atheris", flush=True)
    atheris.Setup([sys.argv[0], *arguments, str(corpus)], lambda data: _tried(parser, data))
    atheris.Fuzz()
    return 0


def _slug(name: str) -> str:
    return "".join(ch if ch.isalnum() else "-" for ch in name)


if __name__ == "__main__":
    sys.exit(main())
