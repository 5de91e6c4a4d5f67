"""Proof that sites are sound and can be read before any codeword exists, on throw-away words.

Rules: each variant is tried alone against a plain word, so that a fault names its site; then
random words show what variants do together. The words come from keys made for this and are issued
to nobody. A map that fails is mended by its author and surveyed again: sites are never dropped
for a reason that depends on a partner's word.

A form of code that the reader does not tell in plain copies, such as a number in a table of like
rows, is no site: ``survey_legible`` leaves it as its author wrote it before anything is stored. Its
words follow from the names of the sites alone, so the same package always keeps the same sites.

>>> from mapp_compliance.watermark.package import PackageFile, parse_package
>>> from mapp_compliance.watermark.registry import lay_out
>>> from mapp_compliance.watermark.survey import TooFewSites, survey
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
from mapp_compliance.watermark.carrier import without_forks
from mapp_compliance.watermark.codes import codeword
from mapp_compliance.watermark.marking import mark, mark_inner
from mapp_compliance.watermark.package import Package
from mapp_compliance.watermark.reading import forms_told
from mapp_compliance.watermark.sites import Codeword, Layout, PointKind, Site, SiteKind, SiteMap
from mapp_compliance.watermark.survey import TooFewSites, survey

RANDOM_WORDS = 64  # a fault of one pair of variants escapes all of them with chance 1e-8

PLAIN_WORDS = 8  # a form that every other word shows passes all of them with chance 0.004
_PLAIN = b"mapp/plain/1"

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


@dataclass(frozen=True, slots=True)
class Legible:
    """A map of sites that the reader can tell in plain copies.

    Attributes:
        left_out: names of the forms of code that it cannot tell; they stay as they were written.
    """

    site_map: SiteMap
    left_out: tuple[str, ...]


def survey_legible(
    package: Package, layout: Layout, site_key: bytes, *, engines: Sequence[tuple[str, str]] = ()
) -> Legible:
    """The site map of a laid-out package, without forms of code that nobody could read.

    Args: as for ``survey``.
    Raises:
        TooFewSites: fewer code sites than the manifest asks for, once these are left out; their
            names are in its field ``left_out``.
    """
    site_map = survey(package, layout, site_key, engines=engines)
    left_out = _untold(site_map)
    if left_out:
        told = without_forks(layout, frozenset(left_out))
        try:
            site_map = survey(package, told, site_key, engines=engines)
        except TooFewSites as err:
            found, needed = err.fields["found"], err.fields["needed"]
            raise TooFewSites(err.message, found=found, needed=needed, left_out=left_out) from err
    return Legible(site_map, left_out)


def _untold(site_map: SiteMap) -> tuple[str, ...]:
    """The forms of code that plain copies do not show each time, whatever else they hold.

    Whether a tool has set a whole channel is a question to a sample and not asked here.
    """
    forms = {point.name for point in site_map.layout.points if point.kind is PointKind.FORM}
    untold: set[str] = set()
    for number in range(PLAIN_WORDS if forms else 0):
        word = plain_word(site_map, number)
        seen = forms_told(mark_inner(site_map, word), site_map)
        untold |= {
            site.point
            for site, symbol, form in zip(site_map.sites, word.symbols, seen, strict=True)
            if site.point in forms and form != symbol ^ site.pad
        }
    return tuple(sorted(untold))


def plain_word(site_map: SiteMap, number: int = 0) -> Codeword:
    """A throw-away word whose forms follow from the names of the sites; tags at their first value.

    Forms and not symbols are drawn, so that a key that is changed keeps the same sites.
    """

    def form(site: Site) -> int:
        name = b"%d:%s" % (number, site.id.encode())
        return hashlib.blake2b(name, person=_PLAIN, digest_size=1).digest()[0] & 1

    return Codeword(
        tuple(0 if site.kind is SiteKind.TAG else form(site) ^ site.pad for site in site_map.sites)
    )


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
