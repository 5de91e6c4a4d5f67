"""Soft readings: what a word-blind reader knows beside the symbols.

- For each site how reliable its symbol is, from 1 (certain) to 1/2 (a guess).
- For each site its channel, where whole channels may have been turned round or made uniform.

Both must come from the sample and the map alone, never from a word. Then they only choose weights,
and every p stays exact. Chances of a misread are put on a few steps, rounded up, so that sites
fall into few kinds.

>>> misread_chances(Soft(reliability=(1.0, 0.97, 0.71, 0.52, None)), 5)
(0.0, 0.05, 0.3, None, 0.0)
"""

from collections.abc import Sequence
from dataclasses import dataclass

from mapp_compliance.watermark.codes.units import CodeError

MISREADS = (0.0, 0.05, 0.1, 0.2, 0.3, 0.4)  # a site beyond the last counts as not read


@dataclass(frozen=True, slots=True)
class Soft:
    """What the reader knows beside the symbols, for each site of the map.

    Attributes:
        reliability: chance in 1/2 to 1 that the symbol is what stands there, None if it does not
            say, as at an erasure; empty if the reader never says.
        channels: name of each site's channel, None where a channel cannot have been changed as a
            whole; empty when none can.
    """

    reliability: Sequence[float | None] = ()
    channels: Sequence[str | None] = ()


def misread_chances(soft: Soft | None, sites: int) -> tuple[float | None, ...]:
    """For each site the chance of a misread, one of ``MISREADS``; None for a mere guess.

    Raises:
        CodeError: a list has the wrong length, or a reliability is not between 1/2 and 1.
    """
    if soft is None:
        return (0.0,) * sites
    if any(given and len(given) != sites for given in (soft.reliability, soft.channels)):
        raise CodeError("reliabilities or channels and sites differ in number; give one each")
    if not soft.reliability:
        return (0.0,) * sites
    if any(sure is not None and not 0.5 <= sure <= 1 for sure in soft.reliability):
        raise CodeError("a reliability is not between 1/2 and 1; invert the symbol or erase it")
    return tuple(0.0 if sure is None else _step(1 - sure) for sure in soft.reliability)


def _step(wrong: float) -> float | None:
    return next((step for step in MISREADS if wrong <= step + 1e-9), None)


def channel_numbers(names: Sequence[str | None]) -> tuple[int, ...]:
    """For each name its place among all names that occur, -1 for None."""
    known = sorted({name for name in names if name is not None})
    return tuple(-1 if name is None else known.index(name) for name in names)
