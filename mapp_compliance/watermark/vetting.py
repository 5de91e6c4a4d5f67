"""Proof that sites are sound before any codeword exists, on throw-away words.

Rules: each variant is tried alone against a plain word, so that a fault names its site; then
random words show what variants do together. The words come from keys made for this and are issued
to nobody. A map that fails is mended by its author and surveyed again: sites are never dropped
for a reason that depends on a partner's word.

>>> from mapp_compliance.watermark.package import PackageFile, parse_package
>>> from mapp_compliance.watermark.registry import lay_out
>>> from mapp_compliance.watermark.survey import survey
>>> marks = b"[[mark]]\\nname = 'fill'\\nkind = 'filler'\\noffset = 2\\nlength = 24\\n"
>>> files = [PackageFile("a.txt", b"x=" + b"A" * 24), PackageFile("a.txt.marks.toml", marks)]
>>> package = parse_package(files)
>>> site_map = survey(package, lay_out(package, {}), site_key=bytes(32))
>>> vet(package, site_map, lone_words(site_map), [lambda marked: None])
()
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from mapp_compliance.values import InstanceId
from mapp_compliance.watermark.codes import codeword
from mapp_compliance.watermark.marking import mark
from mapp_compliance.watermark.package import Package
from mapp_compliance.watermark.sites import Codeword, PointKind, SiteKind, SiteMap

RANDOM_WORDS = 64  # a fault of one pair of variants escapes all of them with chance 1e-8

Check = Callable[[Package], str | None]  # None: it works; else the reason, in words


@dataclass(frozen=True, slots=True)
class VettingWord:
    """A throw-away word; ``sites`` are those that differ from the plain word, () for random."""

    word: Codeword
    sites: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class VettingFailure:
    """A word whose copy failed the check."""

    sites: tuple[str, ...]
    reason: str


def vetting_codewords(site_map: SiteMap, seed: bytes) -> Iterator[VettingWord]:
    """The plain word, each variant alone, then RANDOM_WORDS random words.

    Args:
        seed: fresh bytes, of no use afterwards.
    """
    yield from lone_words(site_map)
    yield from random_words(site_map, seed)


def lone_words(site_map: SiteMap) -> Iterator[VettingWord]:
    """The plain word (the first variants), then each other one alone; a tag at its last value.

    Natural forms, which the survey has proved one by one, come in groups: form i stands in those
    groups whose bits make up i + 1, so that the groups that fail tell which form it is.
    """
    plain = tuple(site.pad for site in site_map.sites)
    yield VettingWord(Codeword(plain), ())
    natural = {point.name for point in site_map.layout.points if point.kind is PointKind.FORM}
    forms = [place for place, site in enumerate(site_map.sites) if site.point in natural]
    alone = [[place] for place, site in enumerate(site_map.sites) if site.point not in natural]
    groups = (
        [place for number, place in enumerate(forms, start=1) if number >> bit & 1]
        for bit in range(len(forms).bit_length())
    )
    for places in (*alone, *groups):
        word = list(plain)
        for place in places:
            site = site_map.sites[place]
            word[place] = site.space - 1 if site.kind is SiteKind.TAG else 1 - site.pad
        ids = tuple(site_map.sites[place].id for place in places)
        yield VettingWord(Codeword(tuple(word)), ids)


def random_words(
    site_map: SiteMap, seed: bytes, count: int = RANDOM_WORDS
) -> Iterator[VettingWord]:
    """Words as the code makes them, from a key that only this seed gives."""
    key = hashlib.sha512(b"mapp/vetting/1\0" + seed).digest()
    ids = [site.id for site in site_map.sites]
    biases = [site.bias for site in site_map.sites]
    spaces = [site.space for site in site_map.sites]
    for number in range(count):
        symbols = codeword(key, InstanceId(f"vetting-{number}"), ids, biases, spaces)
        yield VettingWord(Codeword(symbols), ())


def vet(
    package: Package, site_map: SiteMap, words: Iterable[VettingWord], checks: Sequence[Check]
) -> tuple[VettingFailure, ...]:
    """The words whose copies fail one of the checks, in order; empty when the map is sound.

    Every word is marked here and handed to the checks in turn, up to the first that fails.
    """
    failures = []
    for word in words:
        marked = mark(package, site_map, word.word)
        reason = next((told for check in checks if (told := check(marked))), None)
        if reason:
            failures.append(VettingFailure(word.sites, reason))
    return tuple(failures)
