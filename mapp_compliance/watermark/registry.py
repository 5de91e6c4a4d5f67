"""Which carrier for which file, and which check for which file type, listed in plain sight.

Rules: a file with a side-car and a template carry authored points; a file of a language listed
here carries natural marks without them, and one with a side-car where its manifest names their
families; every other file is one literal, equal in all copies. Where both meet, points win.
Templates are compiled outside, in a limited process, and arrive here as layouts. The patterns of
side-cars may be matched there too. Archives and captures are taken apart, and their members are
looked at like files.

>>> from mapp_compliance.watermark.package import PackageFile, parse_package
>>> package = parse_package([PackageFile("notes.txt", b"plain"), PackageFile("a.py", b"f('x')\\n")])
>>> [len(file.segments) for file in lay_out(package, {}).files]
[3, 1]
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from functools import lru_cache
from pathlib import PurePosixPath

from mapp_compliance.errors import InvalidInput
from mapp_compliance.values import shown
from mapp_compliance.watermark.carrier import join_layouts, merge_file, places
from mapp_compliance.watermark.carriers import patches
from mapp_compliance.watermark.carriers.bash import CARRIER as BASH
from mapp_compliance.watermark.carriers.c import CARRIER as C
from mapp_compliance.watermark.carriers.javascript import JAVASCRIPT, TSX, TYPESCRIPT
from mapp_compliance.watermark.carriers.points import (
    LIST,
    check_computed,
    code_site_count,
    declare,
    encode,
    lay_out_lists,
    lay_out_marks,
)
from mapp_compliance.watermark.carriers.powershell import CARRIER as POWERSHELL
from mapp_compliance.watermark.carriers.python import CARRIER as PYTHON
from mapp_compliance.watermark.natural.carrier import (
    NaturalCarrier,
    Surveyed,
    Unparsed,
    plain_layout,
)
from mapp_compliance.watermark.natural.forms import Span
from mapp_compliance.watermark.package import MANIFEST_NAME, Package, PackageFile
from mapp_compliance.watermark.packing import Inside, inside, packed, why_not
from mapp_compliance.watermark.sites import LaidOutFile, Layout, Point, PointKind
from mapp_compliance.watermark.toml_tables import nearest
from mapp_compliance.watermark.wellformed import CHECKS

NATURAL: tuple[NaturalCarrier, ...] = (PYTHON, C, JAVASCRIPT, TYPESCRIPT, TSX, BASH, POWERSHELL)
FORMATTED_SITES = 30  # of 100 recipients one is named at the first sample with 23 bits and more
MANY_OF = 5  # from one of so many left out on, the author is told
BY_CONSENT = frozenset[str]().union(*(carrier.by_consent for carrier in NATURAL))
DEFAULT_MARKS = "default"  # in a manifest: the families that are on by themselves


def natural_carrier(path: str) -> NaturalCarrier | None:
    """The carrier of natural marks for files of that name, None when there is none."""
    lower = path.lower()
    return next((each for each in NATURAL if lower.endswith(each.suffixes)), None)


def carrier_name(package: Package, file: PackageFile, outer: Inside | None = None) -> str:
    """How a file carries marks: ``template``, ``side-car``, a language, both of these, ``none``.

    For an archive or a capture its type, with those of its members.
    """
    if file.is_template:
        return "template"
    whole = inside(package, file, outer)
    if whole is not None:
        held = {carrier_name(whole.package, each, whole) for each in whole.package.files}
        names = ", ".join(sorted(held - {"none"}))
        return f"{whole.opened.kind} ({names})" if names else "none"
    found = ["side-car"] if package.marks_of(file.path) else []
    carrier = natural_carrier(file.path)
    found += [carrier.name] if carrier and families_of(package, file) else []
    found += ["lists"] if lists_of(package, file).points else []
    return " and ".join(found) or "none"


def families_of(package: Package, file: PackageFile) -> frozenset[str]:
    """The names of the families of natural marks that a file may carry.

    Raises:
        InvalidInput: the manifest names families that are none, or for a file of another kind.
    """
    rule = package.rule(file.path)
    carrier = natural_carrier(file.path)
    if carrier is None:
        if rule.marks:
            raise InvalidInput(
                f"{shown(file.path)} is of no language that has natural marks; take its marks out",
                where=MANIFEST_NAME,
            )
        return frozenset()
    if rule.marks is None:
        plain = not rule.unmarked and package.marks_of(file.path) is None
        agreed = carrier.by_consent if _may_reorder(package, file) else frozenset[str]()
        return (carrier.default | agreed) if plain else agreed
    families: set[str] = set()
    known = sorted(carrier.names)
    for name in rule.marks:
        if name not in {DEFAULT_MARKS, *known}:
            raise InvalidInput(
                f"{shown(name)!r} is no family of natural marks of {carrier.name}; "
                f"{nearest(name, [DEFAULT_MARKS, *known])}",
                where=MANIFEST_NAME,
            )
        families |= carrier.default if name == DEFAULT_MARKS else {name}
    return frozenset(families)


def lists_of(package: Package, file: PackageFile, taken: Collection[Span] = ()) -> Layout:
    """A file with the order of its lists as points, where its author consents; else one literal."""
    if not _may_reorder(package, file):
        return plain_layout(file.path, file.data)
    return lay_out_lists(file.path, file.data, [(span.start, span.end) for span in taken])


def _may_reorder(package: Package, file: PackageFile) -> bool:
    """A manifest that names the marks of a file has said what its author wants."""
    rule = package.rule(file.path)
    return package.manifest.orders and not rule.unmarked and rule.marks is None


def lay_out(package: Package, outside: Mapping[str, Layout]) -> Layout:
    """The layout of all files that are sent.

    Args:
        outside: by path, layouts of one file that were made in a limited process: of every
            ``.j2`` file, and of ``marked_pairs`` whose patterns nobody vouches for.
    Raises:
        InvalidInput: a fault in a side-car, points in a file that is declared unmarked, a
            template that was not compiled, names declared in two ways, or a computed value that
            is not what follows from the others.
    """
    joined = join_layouts(_lay_out_file(package, file, outside) for file in package.files)
    points = tuple(declare.with_stand_in(point) for point in joined.points)
    layout = Layout(joined.files, points, joined.packs)
    check_computed(layout)
    return layout


def marked_pairs(package: Package) -> tuple[tuple[PackageFile, PackageFile], ...]:
    """Each file, or member of an archive or capture, with the side-car that declares its points.

    Raises:
        InvalidInput: marks for a member that is not there, or in what cannot be taken apart.
    """
    return tuple(pair for file in package.files for pair in _pairs(package, file, None))


def is_by_consent(point: Point) -> bool:
    """Whether it varies only because the author consents: an order that can be looked at."""
    return point.form == LIST or (point.kind is PointKind.FORM and point.form in BY_CONSENT)


def layout_warnings(layout: Layout) -> tuple[str, ...]:
    """What the author should know about points that are allowed but not at their best."""
    return tuple(told for point in layout.points for told in declare.cautions(point))


def natural_engines(layout: Layout) -> tuple[tuple[str, str], ...]:
    """Name and version of the grammars that found natural marks; none for a layout without."""
    used = (natural_carrier(file.path) for file in layout.files if any(file.forks()))
    found = (engine for carrier in used if carrier is not None for engine in carrier.engines())
    return tuple(dict.fromkeys(found))


def natural_warnings(
    package: Package, outside: Mapping[str, Layout], left_out: Collection[str] = ()
) -> tuple[str, ...]:
    """Why files of the package carry fewer natural marks than they could.

    Args:
        outside: as for ``lay_out``.
        left_out: names of those that were found and are no sites, see ``vetting``.
    """
    sent = (file for file in package.files if not package.rule(file.path).unmarked)
    packs = (told for file in sent for told in why_not(file))
    return (*packs, *_natural_warnings(package, outside, None, frozenset(left_out)))


def _natural_warnings(
    package: Package,
    outside: Mapping[str, Layout],
    outer: Inside | None,
    left_out: frozenset[str],
) -> Iterator[str]:
    for file in package.files:
        whole = inside(package, file, outer)
        if whole is not None:
            yield from _natural_warnings(whole.package, outside, whole, left_out)
            continue
        if file.is_template:
            continue
        if families := families_of(package, file):
            authored = _authored(package, file, outside, outer)
            yield from _told(file, _natural(file, families, authored), left_out)
        elif file.path.lower().endswith(patches.SUFFIXES) and package.marks_of(file.path):
            points = _authored(package, file, outside, outer).points
            yield patches.cautions(file.path, sum(map(code_site_count, points)))


def static_check(path: str) -> Callable[[bytes], None] | None:
    """The check of that file type, which raises ValueError; None when there is none."""
    carrier = natural_carrier(path)
    return carrier.check if carrier else STATIC_CHECKS.get(PurePosixPath(path).suffix.lower())


def meaning_check(package: Package, path: str) -> Callable[[bytes], None] | None:
    """The check that a copy of a file means what its original means; None where points vary it.

    It raises ValueError.
    """
    file = next((file for file in package.files if file.path == path), None)
    carrier = natural_carrier(path)
    if file is None or carrier is None or file.is_template or package.marks_of(path) is not None:
        return None
    families = families_of(package, file)
    original, keeps = file.data, carrier.keeps

    def check(data: bytes) -> None:
        try:
            kept = data == original or keeps(original, data, families)
        except Unparsed:
            return  # told by the check of its type, where the original passes that
        if not kept:
            raise ValueError("its code no longer means the same")

    return check if families else None


def _pairs(
    package: Package, file: PackageFile, outer: Inside | None
) -> Iterator[tuple[PackageFile, PackageFile]]:
    whole = inside(package, file, outer)
    if whole is not None:
        for member in whole.package.files:
            yield from _pairs(whole.package, member, whole)
        return
    marks = package.marks_of(file.path)
    if marks is not None:
        yield file, marks if outer is None or outer.side_car is None else outer.side_car


def _lay_out_file(
    package: Package,
    file: PackageFile,
    outside: Mapping[str, Layout],
    outer: Inside | None = None,
) -> Layout:
    whole = inside(package, file, outer)
    if whole is not None:
        members = [
            _lay_out_file(whole.package, each, outside, whole) for each in whole.package.files
        ]
        return packed(whole, members)
    if outer is not None or not file.is_template:
        authored = _authored(package, file, outside, outer)
        listed = lists_of(package, file, _taken(authored))
        authored = merge_file(authored, listed, encode) if listed.points else authored
        families = families_of(package, file)
        return (
            merge_file(authored, _natural(file, families, authored).layout, encode)
            if families
            else authored
        )
    if file.path not in outside:
        raise InvalidInput(f"{shown(file.path)} is a template; compile it before laying it out")
    layout = outside[file.path]
    if package.rule(file.path).unmarked and layout.points:
        raise InvalidInput(
            f"{shown(file.path)} is listed as unmarked but holds points; take one of the two out"
        )
    return _allowed(layout)


def _allowed(layout: Layout) -> Layout:
    """The layout, unless points stand where its file type allows none. Raises InvalidInput."""
    for file in layout.files:
        if file.path.lower().endswith(patches.SUFFIXES):
            patches.check_patch(file)
    return layout


def _authored(
    package: Package, file: PackageFile, outside: Mapping[str, Layout], outer: Inside | None
) -> Layout:
    """The file with the points of its side-car, else one literal."""
    for _, marks in _pairs(package, file, outer):
        return _allowed(outside.get(file.path) or lay_out_marks(file, marks))
    return Layout((LaidOutFile(file.path, (file.data,) if file.data else ()),), ())


def _natural(file: PackageFile, families: frozenset[str], authored: Layout) -> Surveyed:
    return _surveyed(file.path, file.data, families, _taken(authored))


def _taken(authored: Layout) -> tuple[Span, ...]:
    return tuple(Span(start, end) for start, end in places(authored, encode))


def _told(file: PackageFile, natural: Surveyed, left_out: frozenset[str]) -> Iterator[str]:
    """The warnings of a survey, and whether a formatted copy of the file alone could be named."""
    yield from natural.warnings
    carrier = natural_carrier(file.path)
    undone = carrier.undone if carrier else frozenset()
    points = natural.layout.points
    forms = [point.form for point in points if point.name not in left_out]
    if MANY_OF * (len(points) - len(forms)) > len(points):
        yield (
            f"{shown(file.path)}: {len(points) - len(forms)} of {len(points)} natural marks are "
            "left out, since copies would not show them apart from others near them, as in tables"
        )
    left = sum(form not in undone for form in forms)
    if forms and left < FORMATTED_SITES:
        yield (
            f"{shown(file.path)}: a formatter leaves {left} of {len(forms)} natural marks; about "
            f"{FORMATTED_SITES} name a copy; declare points, or expect too little of such a leak"
        )


@lru_cache(maxsize=64)  # laid out and asked for warnings in one attachment
def _surveyed(
    path: str, data: bytes, families: frozenset[str], taken: tuple[Span, ...]
) -> Surveyed:
    carrier = natural_carrier(path)
    if carrier is None:
        return Surveyed(plain_layout(path, data))
    return carrier.lay_out(path, data, families, taken)


STATIC_CHECKS: dict[str, Callable[[bytes], None]] = {
    **CHECKS,
}
