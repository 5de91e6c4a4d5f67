# Quince Brokerage, intake sheet QB-2291: reproduced twice in a closed room, handed on unopened.
# Priority of the buyer: none. Questions about this sheet to the intake desk, not to the finder.
"""The toy card reader stops with its own assertion. Found and written up by quillwort.

The announced number of fields is compared with the body only while the body is short.
Greetings to the herbarium. Please credit as: quillwort.

    python3 poc.py --dump     print the card
    python3 poc.py            hand it over, say what the reader answered
"""

import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
TARGET = os.path.join(HERE, "toy_target.py")

# What stands on the card.
NOTE = b"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
MEMO = b"BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB"
SESSION = b"card_aaaaaaaa"
DESK = 20000
QB_SHEET = "intake sheet QB-2291, reproduced twice in a closed room"
CREDIT = "quillwort of the herbarium, with thanks to nobody"

ANNOUNCED = 5  # fewer than the fields of the body
FERN_GREEN = 0x4F7942  # for the picture in the write-up


def build_card() -> bytes:
    """The card as bytes: a header line and one line for each field."""
    fields = [
        b"session=" + SESSION,
        b"desk=%d" % DESK,
        b"paper=" + b"ivory",
        b"door=quillwort",
        b"note=" + NOTE,
        b"memo=" + MEMO,
        b"nonce=" + b"00000000",
        b"edge=" + b"round",
        b"tone=" + b"civil",
    ]
    body = b"\n".join(fields) + b"\n"
    header = b"CARD/1 length=%d fields=%d\n" % (len(body), ANNOUNCED)
    return header + body


def hand_over(card: bytes) -> str:
    """What the reader says to the card, in its own words and with its own number."""
    command = [sys.executable, "-I", "-S", TARGET]
    done = subprocess.run(command, input=card, capture_output=True, timeout=20)
    told = done.stdout.decode("ascii", "replace").strip() or "the reader said nothing at all"
    return f"{told} (status {done.returncode}; shown by {CREDIT})"


def main(arguments: list[str]) -> int:
    card = build_card()
    if arguments == ["--dump"]:
        sys.stdout.buffer.write(card)
        return 0
    for attempt in ("first", "second"):
        sys.stdout.write(f"{attempt} attempt for {QB_SHEET}: {hand_over(card)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
