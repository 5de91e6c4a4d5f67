"""Fields of a document of plain values, each of the one shape that it must have.

Numbers become decimal text, digit for digit as given, so that a report prints the figures of the
log and no others. A wrong shape is a TypeError or ValueError, which the parser of the document
turns into a sentence.

>>> number_text(1e-07), number_text(3), number_text("0.5")
('1e-07', '3', '0.5')
"""

import math
from collections.abc import Mapping, Sequence


def number_text(value: object) -> str:
    """Decimal text of a finite number, unchanged when it is text."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise TypeError(f"{type(value).__name__} instead of a number")
    if not math.isfinite(float(value)):
        raise ValueError("a number without an end")
    return value if isinstance(value, str) else repr(value)


def table(value: object) -> Mapping[str, object]:
    """The value, if it is a table. Raises TypeError."""
    if not isinstance(value, Mapping):
        raise TypeError(f"{type(value).__name__} instead of a table")
    return value


def rows(value: object) -> Sequence[object]:
    """The value, if it is a list. Raises TypeError."""
    if not isinstance(value, list | tuple):
        raise TypeError(f"{type(value).__name__} instead of a list")
    return value


def numbers(value: object) -> tuple[str, ...]:
    """Each number of a list as decimal text."""
    return tuple(number_text(item) for item in rows(value))


def texts(value: object) -> tuple[str, ...]:
    """Each text of a list."""
    return tuple(text(item) for item in rows(value))


def text(value: object) -> str:
    """The value, if it is text. Raises TypeError."""
    if not isinstance(value, str):
        raise TypeError(f"{type(value).__name__} instead of text")
    return value


def whole(value: object) -> int:
    """The value, if it is a whole number. Raises TypeError."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"{type(value).__name__} instead of a whole number")
    return value
