"""Counts the words of the files that are named on the command line, most frequent first."""

import re
import sys
from collections import Counter

WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
SHOWN = 20


def count_words(text: str) -> Counter[str]:
    """How often each word stands in the text, without regard to case."""
    return Counter(match.group().casefold() for match in WORD.finditer(text))


def main(paths: list[str]) -> int:
    """Print the most frequent words of all files together."""
    total: Counter[str] = Counter()
    for path in paths:
        with open(path, encoding="utf-8", errors="replace") as file:
            total += count_words(file.read())
    for word, times in total.most_common(SHOWN):
        sys.stdout.write(f"{times:7} {word}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
