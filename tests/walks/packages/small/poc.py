"""Writes a greeting card. A stand-in for a script that partners get; it does nothing else.

``python3 poc.py --dump`` prints the card, ``--check`` looks whether it has its form.
"""

import re
import sys

GREETING = b"Hello to you"
STARS = b"SSSSSSSSSSSSSSSSSSSSSSSS"
SHELF = b"shelf-aaaaaaaa"
SEAL = b"000000"
PAGES = 100
WRITTEN = b"2026-01-01T00:00:00"

FORM = rb"[A-Z][a-z ]{11}\n\S{24}\nshelf-[a-z]{8} \w{6} \d{3}\n[-T:\d]{19}\n"


def build_card() -> bytes:
    """The card as bytes."""
    return b"%s\n%s\n%s %s %d\n%s\n" % (GREETING, STARS, SHELF, SEAL, PAGES, WRITTEN)


def main(arguments: list[str]) -> int:
    """Do what the one argument says."""
    card = build_card()
    if arguments == ["--dump"]:
        sys.stdout.buffer.write(card)
        return 0
    return 0 if arguments == ["--check"] and re.fullmatch(FORM, card) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
