"""Whom a reading names, how that is called, and which files are drawn."""

import os
import random
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from fractions import Fraction
from pathlib import Path

from bench.tracing import books
from mapp_compliance.attribution import Part
from mapp_compliance.attribution.unwrap import unwrap
from mapp_compliance.attribution.views import with_views
from mapp_compliance.values import EntityId
from mapp_compliance.watermark import Codeword, SiteMap, read
from mapp_compliance.watermark.codes import Codebook, Method, score, share_of

ALPHA = Fraction("1e-4")  # each sample is scored as the first of its advisory
KEY = bytes(range(32))  # of pads; the words have another one


def book_of(site_map: SiteMap, recipients: int) -> Codebook:
    """The words of that many copies, over the sites that tell copies apart."""
    return books.book_of(site_map.map_id, site_map.code_sites, recipients)


def word_of(site_map: SiteMap, own: Sequence[int]) -> Codeword:
    """The symbols of all sites; those that waves and the program share are 0."""
    symbols = iter(own)
    code = set(site_map.code_sites)
    return Codeword(tuple(next(symbols) if site in code else 0 for site in site_map.sites))


def symbols_of(site_map: SiteMap, data: bytes) -> list[int | None]:
    """What a leak shows of the sites that tell copies apart, read as intake hands it on."""
    seen = read(with_views(unwrap((Part(data, "sample"),))).parts, site_map).symbols
    code = set(site_map.code_sites)
    return [each for site, each in zip(site_map.sites, seen, strict=True) if site in code]


def named_by(book: Codebook, symbols: Sequence[int | None]) -> frozenset[int]:
    """The numbers of the copies that are named."""
    entities = [EntityId(str(number)) for number in range(len(book.instances))]
    share = share_of(ALPHA, 1)
    found = score(
        *(book, entities, symbols, Method.SCORE_1, share), phantom_key=bytes(32), phantoms=1
    )
    return frozenset(int(each.entity) for each in found.entities if each.named)


def called(named: Collection[int], leakers: Collection[int]) -> str:
    """``right`` when only leakers are named, ``wrong`` when anybody else is, else ``refused``."""
    if not named:
        return "refused"
    return "right" if set(named) <= set(leakers) else "wrong"


def tallied(calls: Iterable[str]) -> dict[str, int]:
    """How often each call was made, in one order."""
    counted = Counter(calls)
    order = ("right", "wrong", "refused")
    return {call: counted[call] for call in (*order, *sorted(set(counted) - {*order}))}


def drawn(
    folder: Path, suffixes: tuple[str, ...], sizes: range, seed: str, most_of_one: int
) -> Iterable[Path]:
    """Sources of a folder in a seeded order, only so many from one folder at its top."""
    paths = sorted(
        path
        for path in folder.rglob("*")
        if path.name.lower().endswith(suffixes) and not path.name.endswith((".d.ts", ".min.js"))
        if path.is_file() and path.stat().st_size in sizes
        if not LEFT_OUT & set(path.relative_to(folder).parts)
    )
    random.Random(seed).shuffle(paths)
    taken: Counter[str] = Counter()
    for path in paths:
        top = path.relative_to(folder).parts[0]
        if taken[top] < most_of_one:
            taken[top] += 1
            yield path


LEFT_OUT = {
    *(
        "test",
        "tests",
        "testing",
        "dist",
        "min",
        "fuzzing",
        "examples",
        "__pycache__",
        "esm",
        "cjs",
    ),
    *("umd", "bundle", "bundles", "vendor", "_vendor", "node_modules", "site-packages"),
}


def machine() -> Mapping[str, int]:
    """The machine on which a bench ran; others may have worked on it too."""
    return {"cores": os.cpu_count() or 0}
