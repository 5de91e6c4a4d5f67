"""What is wrong with a policy file, with its place, and the errors of this room.

A reader of policy files collects all it can find before it gives up, so that one run shows
the whole list.

>>> str(Problem("mapp.yaml", 3, 5, "unknown kind 'entitlment'", "did you mean 'entitlement'?"))
"mapp.yaml:3:5: unknown kind 'entitlment'; did you mean 'entitlement'?"
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches

from mapp_compliance.errors import InvalidInput

MAX_PROBLEMS = 200  # more than a person reads in one go


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A place in a file; lines and columns count from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing to mend in a file."""

    file: str
    line: int
    column: int
    message: str
    hint: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.message}; {self.hint}"


class FactError(InvalidInput):
    """A fact is not in the vocabulary, or its value is not of its type."""


class PackError(InvalidInput):
    """A policy file cannot be used; ``problems`` holds all that was found.

    Raised with the first problem as message and place.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        first = self.problems[0]
        more = len(self.problems) - 1
        super().__init__(
            f"{first}" + (f" (and {more} more; 'mapp policy check' lists them)" if more else ""),
            where=f"{first.file}:{first.line}:{first.column}",
            hint=first.hint,
            problems=len(self.problems),
        )


@dataclass(slots=True)
class Findings:
    """Collects the problems of one file while it is read."""

    file: str
    found: list[Problem] = field(default_factory=list)

    def add(self, place: Place, message: str, hint: str) -> None:
        """Notes one problem; beyond MAX_PROBLEMS nothing is added."""
        if len(self.found) < MAX_PROBLEMS:
            self.found.append(Problem(self.file, place.line, place.column, message, hint))


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A hint with the nearest known word, or with all of them when none is near.

    >>> did_you_mean("ans ", ["entry", "ans"])
    "did you mean 'ans'?"
    """
    words = sorted(known)
    near = get_close_matches(word, words, n=1, cutoff=0.6)
    return f"did you mean '{near[0]}'?" if near else f"use one of: {', '.join(words)}"
