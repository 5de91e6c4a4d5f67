"""Books and leaks by seed: what colluders make of their words, as symbols or in real files.

The measured families and the planner's table draw from seeds of their own (``SEED``,
``TABLE_SEED``), so that the table can be held against leaks that it was not made from.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mapp_compliance.attribution import Part
from mapp_compliance.values import Digest, InstanceId
from mapp_compliance.watermark import (
    Codeword,
    Package,
    PackageFile,
    SiteMap,
    lay_out,
    mark,
    parse_package,
    read,
    survey,
)
from mapp_compliance.watermark.codes import SCALE, assign_biases, codebook
from mapp_compliance.watermark.codes.biases import LEAST_MIXED_SITES
from mapp_compliance.watermark.codes.decoders import CodeReading, code_reading

SEED, TABLE_SEED = 20_261, 20_260
ATTACKS = ("interleave", "majority", "minority", "all1", "all0", "coin", "block")
DIFFERENT_FOR_TWO = ("interleave", "all1", "all0", "block")  # the others equal the first
WORST = {  # the min-max game of the research: chance of a 1 by number of ones
    3: (192, (0.0, 0.384, 0.616, 1.0)),
    4: (384, (0.0, 0.271, 0.5, 0.729, 1.0)),
    5: (768, (0.0, 0.231, 0.358, 0.642, 0.769, 1.0)),
}
LETTERS = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

Bits = NDArray[np.uint8]


@dataclass(frozen=True)
class Cell:
    """One measurement: ``rounds`` times ``trials`` leaks of one kind at most, ``pace`` of the
    rounds in each pass over all cells."""

    family: str
    copies: int
    sites: int
    colluders: int
    attack: str
    erased: float = 0.0
    flips: float = 0.0
    trials: int = 10
    rounds: int = 1
    pace: int = 1

    @property
    def name(self) -> str:
        """Its place in the result file."""
        kind = (self.family, self.copies, self.sites, self.colluders, self.attack)
        return "/".join(str(value) for value in (*kind, self.erased, self.flips))


@dataclass(frozen=True)
class Trial:
    """One book and one leak of its first copies."""

    reading: CodeReading
    words: Bits


def chances(attack: str, colluders: int) -> NDArray[np.float64]:
    """The chance of a 1 for each number of colluders who hold one."""
    if attack == "worst":
        return np.array(WORST[colluders][1])
    ones = np.arange(colluders + 1)
    found = {
        "majority": np.where(2 * ones == colluders, 0.5, 2 * ones > colluders),
        "minority": np.where(2 * ones == colluders, 0.5, 2 * ones < colluders),
        "all1": np.ones(colluders + 1),
        "all0": np.zeros(colluders + 1),
        "coin": np.full(colluders + 1, 0.5),
    }.get(attack, ones / colluders)
    found = found.astype(float)
    found[0], found[-1] = 0.0, 1.0
    return found


def leak(words: Bits, attack: str, rng: np.random.Generator) -> list[int | None]:
    """What the colluders make of their words."""
    colluders, sites = words.shape
    if attack == "blank":  # erase every place where they see a difference
        same = (words == words[0]).all(axis=0)
        return [int(bit) if kept else None for bit, kept in zip(words[0], same, strict=True)]
    if attack == "block":
        return words[np.arange(sites) * colluders // sites, np.arange(sites)].tolist()
    drawn = rng.random(sites) < chances(attack, colluders)[words.sum(axis=0)]
    return drawn.astype(int).tolist()


def trial(cell: Cell, number: int) -> Trial:
    """The leak of that number; the same for ever."""
    if cell.family == "letters":
        return _letters(cell, number)
    seed = TABLE_SEED if cell.family == "reach" else SEED
    rng = np.random.default_rng([seed, number, cell.sites, cell.colluders, cell.copies])
    # The planner's few sites are what is left of a longer map, which has several biases.
    issued = max(cell.sites, LEAST_MIXED_SITES) if cell.family == "reach" else cell.sites
    sites = [f"s{place}" for place in range(issued)]
    key = number.to_bytes(32, "little")
    biases = assign_biases(key, sites, ["c"] * issued, ["r"] * issued)[: cell.sites]
    words = (rng.random((cell.copies, cell.sites)) < np.array(biases) / SCALE).astype(np.uint8)
    seen = leak(words[: cell.colluders], cell.attack, rng)
    wrong, gone = rng.random(cell.sites) < cell.flips, rng.random(cell.sites) < cell.erased
    symbols = [
        None if bit is None or lost else bit ^ int(turned)
        for bit, turned, lost in zip(seen, wrong.tolist(), gone.tolist(), strict=True)
    ]
    return Trial(code_reading(range(cell.sites), biases, symbols), words)


@lru_cache(maxsize=4)
def _surveyed(letters: int) -> tuple[Package, SiteMap]:
    """A script with one payload of so many free letters, one code site each."""
    poc = b'FILLER = b"' + b"A" * letters + b'"\nprint(len(FILLER))\n'
    marks = (
        b"[[mark]]\nname = 'f'\nkind = 'filler'\ncharset = 'alnum'\n"
        b"match = 'FILLER = b\"(A{%d})\"'\n" % letters
    )
    files = [PackageFile("poc.py", poc), PackageFile("poc.py.marks.toml", marks)]
    package = parse_package(files)
    return package, survey(package, lay_out(package, {}), bytes(range(32)))


def _letters(cell: Cell, number: int) -> Trial:
    """Copies of a real file, mixed letter by letter and read by the real reader."""
    package, site_map = _surveyed(cell.sites)
    rng = np.random.default_rng([SEED, number, cell.sites, cell.colluders, 3])
    columns: tuple[Sequence[Any], ...] = (
        [site.id for site in site_map.sites],
        [site.bias for site in site_map.sites],
        [site.space for site in site_map.sites],
        [site.channel for site in site_map.sites],
    )
    names = [InstanceId(f"copy-{row}") for row in range(cell.copies)]
    book = codebook(rng.bytes(32), names, Digest("0" * 64), *columns)
    copies = [
        next(
            file.data
            for file in mark(package, site_map, Codeword(book.symbols(row))).files
            if file.path == "poc.py"
        )
        for row in range(cell.colluders)
    ]
    mixed = _mixed(np.array([list(copy) for copy in copies], dtype=np.uint8), cell.attack, rng)
    seen = read([Part(mixed, "leak.py")], site_map)
    reading = code_reading(book.code_sites, book.biases, seen.symbols)
    return Trial(reading, book.words)


def _mixed(copies: Bits, attack: str, rng: np.random.Generator) -> bytes:
    """One file out of several, byte by byte.

    ``third``: where the copies differ, half of the places get a letter that none of them has.
    """
    colluders, size = copies.shape
    place = np.arange(size)
    if attack == "block":
        return bytes(copies[place * colluders // size, place])
    chosen = copies[rng.integers(0, colluders, size), place]
    if attack in ("majority", "minority"):
        votes = (copies[:, None, :] == copies[None, :, :]).sum(axis=1) + rng.random(copies.shape)
        best = votes.argmax(axis=0) if attack == "majority" else votes.argmin(axis=0)
        chosen = copies[best, place]
    if attack == "third":
        other = np.frombuffer(LETTERS, dtype=np.uint8)[rng.integers(0, len(LETTERS), size)]
        differ = (copies != copies[0]).any(axis=0) & (rng.random(size) < 0.5)
        chosen = np.where(differ, other, chosen)
    return bytes(chosen.astype(np.uint8))
