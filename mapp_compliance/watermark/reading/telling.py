"""Whether a part may hold anything of the originals, told before its rows are made.

Words tell code of which not every name was changed. A table has hardly any, and renaming takes
these, so that many of its numbers close together tell it too.

>>> table = b", ".join(b"%d" % number for number in range(20, 60))
>>> own = telling([b"static", b"#20"], [table])
>>> own.in_(table.replace(b"33", b"0x21")), own.in_(b"static 20"), own.in_(b"x" * 9000 + table)
(True, False, False)
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

LEAST_WORDS = 4  # words of the originals that a part must hold to be looked at
LEAST_NUMBERS = 16  # or different numbers of theirs of two digits and more
DENSE = 32  # bytes of such a part for each of its numbers, at most; of chance bytes it is hundreds
_WORD = re.compile(rb"[A-Za-z_][A-Za-z0-9_]{3,}")
_NUMBER = re.compile(rb"(?<![\w.])(0[xX][0-9a-fA-F]{1,8}|[1-9][0-9]{1,9})[uUlL]{0,3}(?![\w.])")


@dataclass(frozen=True, slots=True)
class Telling:
    """The words and numbers of the originals in one language."""

    words: frozenset[bytes]
    numbers: frozenset[int]

    def in_(self, data: bytes) -> bool:
        """True when a part holds enough of them to be looked at."""
        if len(self.words.intersection(_WORD.findall(data))) >= LEAST_WORDS:
            return True
        if len(self.numbers) < LEAST_NUMBERS:
            return False
        found = _NUMBER.findall(data)
        is_dense = DENSE * len(found) >= len(data)
        return is_dense and len(self.numbers & _values(found)) >= LEAST_NUMBERS


def telling(keys: Iterable[bytes], texts: Iterable[bytes]) -> Telling:
    """What tells originals, from the keys of their tokens and from their texts."""
    words = frozenset(word for key in keys for word in _WORD.findall(key))
    return Telling(words, _values(each for text in texts for each in _NUMBER.findall(text)))


def _values(numbers: Iterable[bytes]) -> frozenset[int]:
    """In whatever base they are written; one digit tells nothing."""
    found = (int(each, 16 if each[1:2] in {b"x", b"X"} else 10) for each in set(numbers))
    return frozenset(each for each in found if each > 9)
