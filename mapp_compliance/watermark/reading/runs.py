"""Letter runs: where a filler stands, found by the letters that may stand at each place.

Every letter site allows two letters of the charset. A filler lies along a *diagonal*: letter i
at offset d + i. Each diagonal is walked with a score: a possible letter adds log2(q/p) bits,
another byte takes log2((1-p)/(1-q)) away, never below 0. p is the chance that a byte fits by
luck, 2/|charset| since the pairs are keyed, and never less than the share of such bytes in the
view; q = 3/4 is what we expect of a damaged filler. By Ville's inequality a diagonal reaches t
bits by luck, from a given start, with chance <= 2^-t. So a threshold of log2(all starts searched
x keys / 1e-6) bits bounds the chance of one false location in all bytes by 1e-6.

XOR with a repeating key of k bytes leaves the difference of bytes k apart as it was, so all keys of
one length are searched at once by differences. What is found fixes the key, letter by letter, and
must then pass by itself: 2^8k keys could have been chosen, which takes 8k bits more, and three for
the choice among eight lengths.

A possible letter in a located run counts only where most of the nine bytes around it fit too:
inside overwritten stretches it would be luck, and an erasure is better than a wrong symbol. For
the same reason a pair such as ``a``/``A`` is not read where all letters have one case.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from math import log2

import numpy as np
from numpy.typing import NDArray

from mapp_compliance.values import MIB
from mapp_compliance.watermark.reading.chart import Seen, Target
from mapp_compliance.watermark.reading.sieve import Sieve, diagonals, sieve
from mapp_compliance.watermark.reading.views import View, key_name

Bytes = NDArray[np.uint8]
Flags = NDArray[np.bool_]

INTACT = 0.75  # share of letters that still fit in a damaged filler
UNIT = 8  # scores are whole eighths of a bit, rounded against a location
FALSE_LOCATION_BITS = 20  # chance of one false location in a whole reading < 2^-20 < 1e-6
GIVE_UP = 16 * UNIT  # bits lost to bytes that do not fit, eight of them at 62 letters
MAX_SOUGHT = 2048  # first letters of a filler that tell its place; the rest is read along it
MAX_SOUGHT_KEYED = 256  # the same under a key
REACH = 4  # bytes on either side that must support a letter
KEY_LENGTHS = range(1, 9)
LENGTH_BITS = 3  # for the choice among them
LONG_KEY_BYTES = 2 * MIB  # of a view, in which keys longer than one byte are looked for
CLEAR = 2  # letters by which a byte of a longer key must lead the next best


@dataclass(frozen=True, slots=True)
class Filler:
    """The letters of one filler point: ``pairs`` is letters x 2 raw bytes.

    ``sieves`` are by length of a key, 0 for none.
    """

    target: Target
    pairs: Bytes
    chance: float  # that a byte fits one place by luck
    sieves: tuple[Sieve, ...]

    @property
    def length(self) -> int:
        """Number of letters."""
        return len(self.pairs)


@dataclass(frozen=True, slots=True)
class Run:
    """A located filler: letter i stands at ``start + i`` of the view, under byte i of the key.

    The key repeats; it is empty where the letters stand as they are.
    """

    filler: Filler
    start: int
    key: bytes
    score: int
    letters: tuple[tuple[int, int], ...]  # (letter, raw symbol)

    def seen(self, view: View) -> Iterator[Seen]:
        """The letter sites that were read."""
        name = view.derivation + key_name(self.key)
        for letter, raw in self.letters:
            at, site = self.filler.target.sites[letter]
            offset = view.origin(self.start + letter)
            yield Seen(at, raw ^ site.pad, len(self.letters), name, offset)


@dataclass(frozen=True, slots=True)
class _Key:
    """A key as far as it is known: an unclear byte must not be read under."""

    data: bytes
    clear: tuple[bool, ...]

    def over(self, low: int, high: int) -> tuple[Bytes, Flags]:
        """The key's bytes and what is clear of them, for the letters from low to high."""
        turn = np.arange(low, high) % len(self.data)
        return np.frombuffer(self.data, np.uint8)[turn], np.array(self.clear, np.bool_)[turn]


_NO_KEY = _Key(b"\0", (True,))


def fillers(targets: list[Target]) -> list[Filler]:
    """The filler points in the form that the search needs."""
    out = []
    for target in targets:
        pairs = np.array([list(b"".join(site.symbols)) for _, site in target.sites], dtype=np.uint8)
        size = max(len(set(target.point.charset)), 2)
        pairs = pairs.reshape(-1, 2)
        out.append(Filler(target, pairs, min(2 / size, 1.0), _sieves(pairs)))
    return out


def _sieves(pairs: Bytes) -> tuple[Sieve, ...]:
    """For no key the letters themselves, for one of k bytes their differences over k places."""
    plain = sieve([set(pair) for pair in pairs[:MAX_SOUGHT].tolist()])
    near = pairs[:MAX_SOUGHT_KEYED].tolist()
    keyed = (
        sieve(
            [
                {x ^ y for x in here for y in after}
                for here, after in zip(near, near[length:], strict=False)
            ]
        )
        for length in KEY_LENGTHS
    )
    return plain, *keyed


def find_runs(data: bytes, filler: Filler, searched_bits: float) -> list[Run]:
    """The places of a filler in the bytes, at most one for each diagonal.

    Args:
        data: the view's bytes.
        filler: what to look for.
        searched_bits: log2 of the starts searched in the whole reading, all keys apart.
    """
    view = np.frombuffer(data, dtype=np.uint8)
    plain = int((searched_bits + FALSE_LOCATION_BITS + 1) * UNIT) + 1
    share = np.bincount(view, minlength=256)
    found: dict[int, Run] = {}
    if _most(filler, len(view)) >= plain:
        for start in diagonals(view, filler.sieves[0]):
            if run := _judge(view, share, filler, start, _NO_KEY, plain):
                found[start] = run
    for length in KEY_LENGTHS:
        floor = plain + (8 * length + LENGTH_BITS) * UNIT
        for start in _keyed_candidates(view, filler, length, floor):
            if start in found:
                continue
            runs = [
                run
                for key in _likely_keys(view, filler, start, length)
                if (run := _judge(view, share, filler, start, key, floor))
            ]
            runs.sort(key=lambda run: run.score, reverse=True)
            if len(runs) == 1 or (runs and runs[0].score > runs[1].score):
                found[start] = runs[0]
    return [found[start] for start in sorted(found)]


def supported(hits: Flags) -> Flags:
    """The hits that most bytes around them agree with."""
    window = np.ones(2 * REACH + 1, dtype=np.int64)
    near = np.convolve(hits.astype(np.int64), window)[REACH : REACH + len(hits)]
    room = np.convolve(np.ones(len(hits), dtype=np.int64), window)[REACH : REACH + len(hits)]
    return np.logical_and(hits, 2 * near > room)


def _keyed_candidates(view: Bytes, filler: Filler, length: int, floor: int) -> list[int]:
    """Diagonals whose differences fit; a sieve, the key is judged afterwards."""
    chance = 2 * filler.chance  # four differences instead of two letters
    if chance > INTACT / 1.5 or _most(filler, len(view)) < floor:
        return []
    if length > 1:
        view = view[:LONG_KEY_BYTES]
    return diagonals(view[length:] ^ view[:-length], filler.sieves[length])


def _likely_keys(view: Bytes, filler: Filler, start: int, length: int) -> list[_Key]:
    """The few keys under which most letters of a diagonal fit; none where it would be no key.

    A key of one byte is tried with its rivals. Of a longer one each byte is told by its own
    letters, and one that does not lead clearly is left open.
    """
    low, high = max(0, -start), min(filler.length, len(view) - start)
    letters = view[start + low : start + high, None] ^ filler.pairs[low:high]
    if length == 1:
        votes = np.bincount(letters.ravel(), minlength=256)
        votes[0] = 0
        best = np.argsort(-votes, kind="stable")[:4]
        return [_Key(bytes((int(key),)), (True,)) for key in best]
    key, clear = bytearray(length), [False] * length
    for turn in range(length):
        own = letters[(turn - low) % length :: length]
        first, second = np.argsort(
            -(votes := np.bincount(own.ravel(), minlength=256)), kind="stable"
        )[:2]
        key[turn] = int(first)
        clear[turn] = bool(votes[first] >= votes[second] + CLEAR)
    told = {byte for byte, is_clear in zip(key, clear, strict=True) if is_clear}
    return [_Key(bytes(key), tuple(clear))] if len(told) > 1 else []


def _judge(
    view: Bytes, share: NDArray[np.int64], filler: Filler, start: int, key: _Key, floor: int
) -> Run | None:
    """The run on one diagonal under one key, when its score reaches the floor."""
    low, high = max(0, -start), min(filler.length, len(view) - start)
    pairs = filler.pairs[low:high]
    mask, clear = key.over(low, high)
    letters = view[start + low : start + high] ^ mask
    hits = (letters[:, None] == pairs).any(axis=1) & clear
    # One letter less than counted: a filler must not weaken itself in a short view.
    common = (share[pairs ^ mask[:, None]].sum(axis=1) - 1) / len(view)
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
    return Run(filler, start, key.data if any(key.data) else b"", best, read)


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


def _most(filler: Filler, size_bytes: int) -> int:
    """The score of an undamaged filler, as much of it as so many bytes can hold."""
    return min(filler.length, size_bytes) * _gain(filler.chance)
