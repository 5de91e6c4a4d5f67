"""Shows that the toy card reader meets its own assertion.

The reader compares the announced number of fields with the body only
while the body is short. This script builds one long card that announces
fewer fields than it brings, and hands it to the reader over a pipe. The
reader stops with the line "ASSERTION ..." and exit status 70; nothing
else happens. toy_target.py in this folder is that reader, a toy.

    python3 poc.py --dump     print the card
    python3 poc.py --check    hand it over and expect the assertion

Only the number of fields and the length of the body matter. The values
below are free, as long as each keeps its length.
"""

import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
TARGET = os.path.join(HERE, "toy_target.py")
CAPTURE = os.path.join(HERE, "request.txt")

# What stands on the card.
NOTE = b"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
MEMO = b"BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB"
SESSION = b"card_aaaaaaaa"
NONCE = b"00000000"
DESK = 20000
BATCH = b"CCCCCCCCCCCCCCCC"
SERIES = b"DDDDDDDDDDDDDDDD"
PAPER = b"ivory"
EDGE = b"round"
TONE = b"civil"

ANNOUNCED = 5  # fewer than the fields of the body
EXPECTED_STATUS = 70
EXPECTED_ANSWER = b"ASSERTION field 6 has no place on a shelf of 5"


def build_card() -> bytes:
    """The card as bytes: a header line and one line for each field."""
    fields = [
        b"session=" + SESSION,
        b"desk=%d" % DESK,
        b"paper=" + PAPER,
        b"door=quillwort",
        b"note=" + NOTE,
        b"memo=" + MEMO,
        b"nonce=" + NONCE,
        b"case=vendor ticket 4711, desk of the toy lab",
        b"batch=" + BATCH,
        b"series=" + SERIES,
        b"edge=" + EDGE,
        b"tone=" + TONE,
    ]
    body = b"\n".join(fields) + b"\n"
    header = b"CARD/1 length=%d fields=%d\n" % (len(body), ANNOUNCED)
    return header + body


def check(card: bytes) -> str | None:
    """None if the reader met its assertion, else what went otherwise."""
    if os.path.exists(CAPTURE):
        with open(CAPTURE, "rb") as capture:
            if capture.read() != card:
                return "request.txt is not the card that is handed over"
    command = [sys.executable, "-I", "-S", TARGET]
    done = subprocess.run(command, input=card, capture_output=True, timeout=20)
    answer = done.stdout.strip()
    if done.returncode != EXPECTED_STATUS or answer != EXPECTED_ANSWER:
        return f"the reader ended with {done.returncode}: {answer!r}"
    return None


def main(arguments: list[str]) -> int:
    card = build_card()
    if arguments == ["--dump"]:
        sys.stdout.buffer.write(card)
        return 0
    if arguments == ["--check"]:
        trouble = check(card)
        sys.stdout.write((trouble or "reproduced: the reader met its assertion") + "\n")
        return 1 if trouble else 0
    sys.stdout.write(__doc__)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
