"""Slack: bytes of an opaque file that never change the outcome of its author's own test.

Rules: a stretch is overwritten with other bytes and the file is tried; one that still works is a
candidate, another is halved, down to MIN_SLACK_BYTES. What is left must work several times, each
stretch alone and all of them together. A trial that works shows no more than that: proposals are
for the author, and every copy is tried again before it is sent.

>>> data = b"HEAD" + bytes(124) + b"TAIL" + bytes(60)
>>> def works(tried): return [each[:4] + each[128:132] == b"HEADTAIL" for each in tried]
>>> find_slack(data, works, lambda size: b"\\xaa" * size).stretches
((24, 96), (144, 48))
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

MIN_SLACK_BYTES = 16
MAX_TRIES = 600  # of one file; a self-test takes a second or so
CONFIRMED = 3  # times that a stretch must work before it is proposed
MAX_STRETCHES = 64
SEED_BYTES = 32

Stretch = tuple[int, int]  # offset and length
Works = Callable[[Sequence[bytes]], Sequence[bool]]


@dataclass(frozen=True, slots=True)
class Slack:
    """Stretches that may vary, apart and rising; ``whole`` is false when the tries ran out."""

    stretches: tuple[Stretch, ...]
    tries: int
    whole: bool


def find_slack(data: bytes, works: Works, chance: Callable[[int], bytes]) -> Slack:
    """The slack of a file.

    Args:
        works: for each variant of the file, in order, whether it still does what it should.
        chance: so many fresh random bytes.
    """
    found: list[Stretch] = []
    waiting: list[Stretch] = [(0, len(data))] if len(data) >= MIN_SLACK_BYTES else []
    tries = 0
    while waiting and tries + len(waiting) <= MAX_TRIES:
        results = works([_varied(data, (stretch,), chance) for stretch in waiting])
        tries += len(waiting)
        failed = [stretch for stretch, ok in zip(waiting, results, strict=True) if not ok]
        found += [stretch for stretch, ok in zip(waiting, results, strict=True) if ok]
        waiting = [half for stretch in failed for half in _halves(stretch)]
    joined = sorted(_joined(found), key=lambda stretch: -stretch[1])[:MAX_STRETCHES]
    kept, more = _confirmed(data, sorted(joined), works, chance)
    return Slack(tuple(kept), tries + more, not waiting)


def _confirmed(
    data: bytes, stretches: Sequence[Stretch], works: Works, chance: Callable[[int], bytes]
) -> tuple[list[Stretch], int]:
    """The stretches that work each time, alone and all together, and how many tries it took."""
    variants = [
        _varied(data, (stretch,), chance) for stretch in stretches for _ in range(CONFIRMED)
    ]
    results = works(variants)
    tries = len(variants)
    alone = [
        stretch
        for number, stretch in enumerate(stretches)
        if all(results[number * CONFIRMED : (number + 1) * CONFIRMED])
    ]
    kept: list[Stretch] = []
    while alone:
        together = [_varied(data, (*kept, *alone), chance) for _ in range(CONFIRMED)]
        tries += CONFIRMED
        if all(works(together)):
            return sorted((*kept, *alone)), tries
        alone = alone[: len(alone) // 2]  # two of them do not go together: fewer are proposed
    return kept, tries


def _varied(data: bytes, stretches: Sequence[Stretch], chance: Callable[[int], bytes]) -> bytes:
    """The file with other bytes at every place of the stretches."""
    out = np.frombuffer(data, dtype=np.uint8).copy()
    for offset, length in stretches:
        change = np.frombuffer(hashlib.shake_256(chance(SEED_BYTES)).digest(length), dtype=np.uint8)
        out[offset : offset + length] ^= np.maximum(change, 1)
    return out.tobytes()


def _halves(stretch: Stretch) -> tuple[Stretch, ...]:
    offset, length = stretch
    half = length // 2
    if half < MIN_SLACK_BYTES:
        return ()
    return (offset, half), (offset + half, length - half)


def _joined(found: Sequence[Stretch]) -> list[Stretch]:
    """Neighbours as one."""
    out: list[Stretch] = []
    for offset, length in sorted(found):
        if out and sum(out[-1]) == offset:
            out[-1] = (out[-1][0], out[-1][1] + length)
        else:
            out.append((offset, length))
    return out
