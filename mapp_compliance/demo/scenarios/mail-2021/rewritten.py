"""Sends an over-long card to each reader on a list and notes which of them fall silent."""

import sys
from pathlib import Path
from subprocess import PIPE, Popen

ASSERTED = 70


def overlong(width: int) -> bytes:
    rows = dict.fromkeys(("alpha", "beta", "gamma", "delta"), "z" * width)
    text = "".join(f"{key}={value}\n" for key, value in rows.items())
    return f"CARD/1 length={len(text)} fields=2\n{text}".encode()


def silent(reader: Path) -> bool:
    process = Popen([sys.executable, str(reader)], stdin=PIPE, stdout=PIPE)
    process.communicate(overlong(width=90))
    return process.returncode == ASSERTED


if __name__ == "__main__":
    found = [reader for reader in map(Path, sys.argv[1:]) if reader.exists() and silent(reader)]
    print(*found, sep="\n")
