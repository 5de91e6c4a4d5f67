"""Count the words of a text. Has nothing to do with the tour's advisory."""

import sys
from collections import Counter


def most_common(text: str, many: int) -> list[tuple[str, int]]:
    """The words that stand most often, with their numbers."""
    return Counter(text.lower().split()).most_common(many)


if __name__ == "__main__":
    for word, count in most_common(sys.stdin.read(), 10):
        sys.stdout.write(f"{count:6} {word}\n")
