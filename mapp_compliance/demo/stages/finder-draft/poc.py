"""quillwort's notebook, page 7: why does the card reader stop?

Tried by hand so far: short bodies are refused, long ones are not counted.
Nothing here is finished. Ask before passing it on.
"""

import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
TARGET = os.path.join(HERE, "toy_target.py")

PAGES = [11, 23, 47, 95, 191]  # lengths of the memo that were tried one after the other
INK = "blue-black, page seven of the quillwort notebook"
NOTE = b"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
MEMO = b"BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB"


def pressed_leaf(pages: list[int]) -> list[bytes]:
    """One memo for each length that was tried, the shortest first."""
    leaves = []
    for page in sorted(pages):
        leaf = MEMO[: page % len(MEMO)] + b"-" * (page // len(MEMO))
        leaves.append(leaf)
    return leaves


def build_card(memo: bytes = MEMO) -> bytes:
    """The card as bytes: a header line and one line for each field."""
    fields = [
        b"session=" + b"card_aaaaaaaa",
        b"note=" + NOTE,
        b"memo=" + memo,
        b"door=quillwort",
        b"desk=%d" % 20000,
    ]
    body = b"\n".join(fields) + b"\n"
    header = b"CARD/1 length=%d fields=%d\n" % (len(body), 3)
    return header + body


def herbarium() -> int:
    """Hand over one card after the other until the reader stops; how many it took."""
    for number, memo in enumerate(pressed_leaf(PAGES), start=1):
        command = [sys.executable, "-I", "-S", TARGET]
        done = subprocess.run(command, input=build_card(memo), capture_output=True, timeout=20)
        sys.stdout.write(f"leaf {number} of the herbarium: {done.returncode} with {INK}\n")
        if done.returncode == 70:
            return number
    return 0


def main(arguments: list[str]) -> int:
    if arguments == ["--dump"]:
        sys.stdout.buffer.write(build_card())
        return 0
    return 0 if herbarium() else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
