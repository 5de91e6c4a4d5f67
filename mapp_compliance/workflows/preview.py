"""Preview: variants of an attached package with throw-away marks, to be tried by hand.

The words come from fresh bytes that nobody keeps, as those for vetting; those for a lab follow from
the map, so that its results can be compared with them. So a variant fits no copy,
and nothing is written into the ledger. Nothing is kept in the workspace either.
"""

from dataclasses import dataclass

from mapp_compliance.errors import InvalidInput
from mapp_compliance.values import AdvisoryId
from mapp_compliance.watermark import (
    SiteMap,
    check_static,
    file_capacity,
    mark,
    original,
    random_words,
)
from mapp_compliance.workflows.attach import load_package, newest_attachment
from mapp_compliance.workflows.lab import lab_variants
from mapp_compliance.workflows.ports import Desk

MAX_VARIANTS = 64


@dataclass(frozen=True, slots=True)
class Preview:
    """The files of all variants.

    Attributes:
        files: path below ``variant-NN/``, bytes, and how many sites the file holds.
        differing: bytes of a variant that are not as in the original.
        variants: how many there are.
    """

    files: tuple[tuple[str, bytes, int], ...]
    differing: int
    variants: int


def preview(desk: Desk, advisory: AdvisoryId, variants: int) -> Preview:
    """So many variants of the newest package of an advisory.

    Raises:
        NotFound: no such advisory, or nothing is attached.
        InvalidInput: a number outside 1 to MAX_VARIANTS; a variant that fails its static check.
    """
    if not 1 <= variants <= MAX_VARIANTS:
        raise InvalidInput(f"--variants takes 1 to {MAX_VARIANTS}; choose a number in between")
    with desk.store.read() as work:
        desk.advisory(work, advisory)
        newest = newest_attachment(work, advisory)
    package, site_map = load_package(desk, newest)
    plain = {file.path: file.data for file in original(package, site_map).files}
    files = []
    differing = 0
    words = random_words(site_map, desk.chance(32), variants)
    for number, word in enumerate(words, start=1):
        marked = mark(package, site_map, word.word)
        check_static(marked, package)
        for file in marked.files:
            count = _sites(site_map, file.path)
            files.append((f"variant-{number:02}/{file.path}", file.data, count))
            if number == 1:
                differing += _differing(plain[file.path], file.data)
    return Preview(tuple(files), differing, variants)


def preview_for_lab(desk: Desk, advisory: AdvisoryId) -> Preview:
    """Every variant of the newest package that a lab must try, the same at each call.

    Raises:
        NotFound: no such advisory, or nothing is attached.
        InvalidInput: a variant that fails its static check.
    """
    with desk.store.read() as work:
        desk.advisory(work, advisory)
        newest = newest_attachment(work, advisory)
    package, site_map = load_package(desk, newest)
    plain = {file.path: file.data for file in original(package, site_map).files}
    variants = list(lab_variants(desk, advisory, package, site_map))
    files = [
        (f"{variant.name}/{path}", data, _sites(site_map, path))
        for variant in variants
        for path, data in sorted(variant.files.items())
    ]
    last = variants[-1].files
    differing = sum(_differing(plain[path], last[path]) for path in plain)
    return Preview(tuple(files), differing, len(variants))


def _sites(site_map: SiteMap, path: str) -> int:
    """How many sites a file holds, with what lies in it."""
    held = file_capacity(site_map, *site_map.layout.within(path))
    return sum(sites for _, sites in held.sites_by_channel)


def _differing(one: bytes, two: bytes) -> int:
    """Places at which two texts differ, and the bytes by which one is longer."""
    same = sum(left == right for left, right in zip(one, two, strict=False))
    return max(len(one), len(two)) - same
