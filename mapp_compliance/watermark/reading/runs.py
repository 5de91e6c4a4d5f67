"""Letter runs: where a filler stands, found by the letters that may stand at each place.

Every letter site allows two letters of the charset. A filler lies along a *diagonal*: letter i
at offset d + i. Each diagonal is walked with a score: a possible letter adds log2(q/p) bits,
another byte takes log2((1-p)/(1-q)) away, never below 0. p is the chance that a byte fits by
luck, 2/|charset| since the pairs are keyed, and never less than the share of such bytes in the
view; q = 3/4 is what we expect of a damaged filler. By Ville's inequality a diagonal reaches t
bits by luck, from a given start, with chance <= 2^-t. So a threshold of log2(all starts searched
x keys / 1e-6) bits bounds the chance of one false location in all bytes by 1e-6.

XOR with one byte leaves the difference of neighbours as it was, so all 255 keys are searched at
once by differences; a run found fixes the key, which must then pass the threshold by itself.

A possible letter in a located run counts only where most of the nine bytes around it fit too:
inside overwritten stretches it would be luck, and an erasure is better than a wrong symbol. For
the same reason a pair such as ``a``/``A`` is not read where all letters have one case.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from math import log2

import numpy as np
from numpy.typing import NDArray

from mapp_compliance.watermark.reading.chart import Seen, Target
from mapp_compliance.watermark.reading.views import View

Bytes = NDArray[np.uint8]
Flags = NDArray[np.bool_]

INTACT = 0.75  # share of letters that still fit in a damaged filler
UNIT = 8  # scores are whole eighths of a bit, rounded against a location
FALSE_LOCATION_BITS = 20  # chance of one false location in a whole reading < 2^-20 < 1e-6
GIVE_UP = 16 * UNIT  # bits lost to bytes that do not fit, eight of them at 62 letters
MAX_CANDIDATES = 64  # diagonals of one view and point that are looked at closely, best first
MAX_SOUGHT = 2048  # first letters of a filler that tell its place; the rest is read along it
BLOCK = 32768  # diagonals scored together
REACH = 4  # bytes on either side that must support a letter


@dataclass(frozen=True, slots=True)
class Filler:
    """The letters of one filler point: ``pairs`` is letters x 2 raw bytes."""

    target: Target
    pairs: Bytes
    chance: float  # that a byte fits one place by luck

    @property
    def length(self) -> int:
        """Number of letters."""
        return len(self.pairs)


@dataclass(frozen=True, slots=True)
class Run:
    """A located filler: letter i stands at ``start + i`` of the view, under the key."""

    filler: Filler
    start: int
    key: int
    score: int
    letters: tuple[tuple[int, int], ...]  # (letter, raw symbol)

    def seen(self, view: View) -> Iterator[Seen]:
        """The letter sites that were read."""
        name = view.derivation + (f" > xor 0x{self.key:02x}" if self.key else "")
        for letter, raw in self.letters:
            at, site = self.filler.target.sites[letter]
            offset = view.origin(self.start + letter)
            yield Seen(at, raw ^ site.pad, len(self.letters), name, offset)


def fillers(targets: list[Target]) -> list[Filler]:
    """The filler points in the form that the search needs."""
    out = []
    for target in targets:
        pairs = np.array([list(b"".join(site.symbols)) for _, site in target.sites], dtype=np.uint8)
        size = max(len(set(target.point.charset)), 2)
        out.append(Filler(target, pairs.reshape(-1, 2), min(2 / size, 1.0)))
    return out


def find_runs(data: bytes, filler: Filler, searched_bits: float) -> list[Run]:
    """The places of a filler in the bytes, at most one for each diagonal.

    Args:
        data: the view's bytes.
        filler: what to look for.
        searched_bits: log2 of the starts searched in the whole reading, all keys apart.
    """
    view = np.frombuffer(data, dtype=np.uint8)
    plain = int((searched_bits + FALSE_LOCATION_BITS + 1) * UNIT) + 1
    keyed = plain + 8 * UNIT
    share = np.bincount(view, minlength=256)
    found: dict[int, Run] = {}
    for start in _plain_candidates(view, filler, plain):
        if run := _judge(view, share, filler, start, 0, plain):
            found[start] = run
    for start in _keyed_candidates(view, filler, keyed):
        runs = [
            run
            for key in _likely_keys(view, filler, start)
            if (run := _judge(view, share, filler, start, key, keyed))
        ]
        runs.sort(key=lambda run: run.score, reverse=True)
        alone = len(runs) == 1 or (runs and runs[0].score > runs[1].score)
        if alone and (start not in found or runs[0].score > found[start].score):
            found[start] = runs[0]
    return [found[start] for start in sorted(found)]


def supported(hits: Flags) -> Flags:
    """The hits that most bytes around them agree with."""
    window = np.ones(2 * REACH + 1, dtype=np.int64)
    near = np.convolve(hits.astype(np.int64), window)[REACH : REACH + len(hits)]
    room = np.convolve(np.ones(len(hits), dtype=np.int64), window)[REACH : REACH + len(hits)]
    return np.logical_and(hits, 2 * near > room)


def _plain_candidates(view: Bytes, filler: Filler, floor: int) -> list[int]:
    """Diagonals whose plain score reaches the floor."""
    if _most(filler) < floor:
        return []
    wanted = [set(pair) for pair in filler.pairs[:MAX_SOUGHT].tolist()]
    return _candidates(view, wanted, filler.chance, floor)


def _keyed_candidates(view: Bytes, filler: Filler, floor: int) -> list[int]:
    """Diagonals whose differences of neighbours fit; a sieve, the key is judged afterwards."""
    chance = 2 * filler.chance  # four differences instead of two letters
    if len(view) < 2 or chance > INTACT / 1.5 or _most(filler) < floor:
        return []
    wanted = [
        {x ^ y for x in here for y in after}
        for here, after in pairwise(filler.pairs[:MAX_SOUGHT].tolist())
    ]
    sieve = int(log2(len(view) * filler.length) * UNIT)
    return _candidates(view[1:] ^ view[:-1], wanted, chance, sieve)


def _candidates(view: Bytes, wanted: list[set[int]], chance: float, floor: int) -> list[int]:
    """The best diagonals whose running score reaches the floor at some place.

    Args:
        wanted: the bytes that fit at each place of a diagonal.
    """
    best: dict[int, int] = {}
    for first in range(1 - len(wanted), len(view), BLOCK):
        _score_block(view, wanted, (_gain(chance), _loss(chance), floor), first, best)
        if len(best) > 64 * MAX_CANDIDATES:
            break
    return sorted(sorted(best, key=lambda start: (-best[start], start))[:MAX_CANDIDATES])


def _score_block(
    view: Bytes,
    wanted: list[set[int]],
    rule: tuple[int, int, int],
    first: int,
    best: dict[int, int],
) -> None:
    """Scores the diagonals from ``first`` on; so many at once as stay in a processor's cache.

    Args:
        rule: gain, loss and floor of a score.
        best: diagonal -> highest score at or above the floor; is added to.
    """
    gain, loss, floor = rule
    kind = np.int16 if (len(wanted) + 1) * (gain + loss) < 2**15 else np.int32
    scores = np.zeros(BLOCK, dtype=kind)
    nothing = np.zeros(BLOCK, dtype=kind)  # an array, as numpy compares with a scalar 15 x slower
    change = np.empty(BLOCK, dtype=kind)
    fit, one = np.empty(BLOCK, dtype=np.bool_), np.empty(BLOCK, dtype=np.bool_)
    for place, bytes_here in enumerate(wanted):
        low, high = max(first + place, 0), min(first + place + BLOCK, len(view))
        if low >= high:
            continue
        size, piece, row = high - low, view[low:high], scores[low - place - first :][: high - low]
        fit[:size] = False
        for byte in bytes_here:
            np.equal(piece, byte, out=one[:size])
            np.logical_or(fit[:size], one[:size], out=fit[:size])
        np.multiply(fit[:size], kind(gain + loss), out=change[:size])
        np.subtract(change[:size], kind(loss), out=change[:size])
        np.add(row, change[:size], out=row)
        np.maximum(row, nothing[:size], out=row)
        if int(row.max()) >= floor:
            for at in np.flatnonzero(np.greater_equal(row, floor)).tolist():
                start = low - place + at
                best[start] = max(best.get(start, 0), int(row[at]))


def _likely_keys(view: Bytes, filler: Filler, start: int) -> list[int]:
    """The few non-zero keys under which most letters of a diagonal fit."""
    low, high = max(0, -start), min(filler.length, len(view) - start)
    letters = view[start + low : start + high, None] ^ filler.pairs[low:high]
    votes = np.bincount(letters.ravel(), minlength=256)
    votes[0] = 0
    return [int(key) for key in np.argsort(-votes, kind="stable")[:4]]


def _judge(
    view: Bytes, share: NDArray[np.int64], filler: Filler, start: int, key: int, floor: int
) -> Run | None:
    """The run on one diagonal under one key, when its score reaches the floor."""
    low, high = max(0, -start), min(filler.length, len(view) - start)
    pairs = filler.pairs[low:high]
    letters = view[start + low : start + high] ^ np.uint8(key)
    hits = (letters[:, None] == pairs).any(axis=1)
    # One letter less than counted: a filler must not weaken itself in a short view.
    common = (share[pairs ^ np.uint8(key)].sum(axis=1) - 1) / len(view)
    chances = np.clip(common, filler.chance, 1.0).tolist()
    stretches = list(_stretches(hits.tolist(), chances))
    best = max((score for score, _, _ in stretches), default=0)
    if best < floor:
        return None
    # Once a diagonal is located, luck has only its own letters to choose from.
    along = min(floor, int((log2(filler.length) + FALSE_LOCATION_BITS) * UNIT) + UNIT)
    inside = np.zeros(len(hits), dtype=np.bool_)
    for score, first, last in stretches:
        if score >= along:
            inside[first : last + 1] = hits[first : last + 1]
    good = np.logical_and(supported(inside), ~_case_lost(letters, pairs, inside))
    read = tuple((int(at) + low, int(letters[at] != pairs[at, 0])) for at in np.flatnonzero(good))
    return Run(filler, start, key, best, read)


def _stretches(hits: list[bool], chances: list[float]) -> Iterator[tuple[int, int, int]]:
    """(score, first place, last place) of the stretches of a row of hits.

    A stretch ends at its highest score, when that is not reached again before GIVE_UP is lost.
    """
    best, first, last = 0, 0, -1
    score = 0
    for at, (hit, chance) in enumerate(zip(hits, chances, strict=True)):
        score += _gain(chance) if hit else -_loss(chance)
        if score > best:
            best, last = score, at
        if score <= 0 or score < best - GIVE_UP:
            if best:
                yield best, first, last
            best, score, first = 0, 0, at + 1
    if best:
        yield best, first, last


def _case_lost(letters: Bytes, pairs: Bytes, hits: Flags) -> Flags:
    """The places of a case pair in a run whose letters all have one case."""
    text = bytes(letters[hits])
    if text != text.upper() and text != text.lower():
        return np.zeros(len(hits), dtype=np.bool_)
    lower = pairs[:, 0] | 0x20
    is_letter = np.logical_and(lower >= ord("a"), lower <= ord("z"))
    lost: Flags = np.logical_and(is_letter, pairs[:, 0] ^ pairs[:, 1] == 0x20)
    return lost


@lru_cache(maxsize=4096)
def _gain(chance: float) -> int:
    """What a byte that fits adds; nothing where most bytes fit anyway."""
    return int(log2(INTACT / chance) * UNIT) if chance < INTACT else 0


@lru_cache(maxsize=4096)
def _loss(chance: float) -> int:
    """What another byte takes away, rounded up."""
    return int(log2((1 - chance) / (1 - INTACT)) * UNIT) + 1 if chance < INTACT else 0


def _most(filler: Filler) -> int:
    """The score of a whole and undamaged filler."""
    return filler.length * _gain(filler.chance)
