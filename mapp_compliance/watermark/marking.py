"""A package, its site map and a codeword make one copy's package; nothing else has a say.

Rules: the stored layout is filled, nothing is surveyed or drawn, so the same three give the same
bytes for ever; files without slots are passed on as they are; a package that is not the one that
was surveyed is refused.

>>> from mapp_compliance.watermark.package import PackageFile, parse_package
>>> from mapp_compliance.watermark.registry import lay_out
>>> from mapp_compliance.watermark.survey import survey
>>> marks = b"[[mark]]\\nname = 'fill'\\nkind = 'filler'\\noffset = 2\\nlength = 24\\n"
>>> files = [PackageFile("a.txt", b"x=" + b"A" * 24), PackageFile("a.txt.marks.toml", marks)]
>>> package = parse_package(files)
>>> site_map = survey(package, lay_out(package, {}), site_key=bytes(32))
>>> mark(package, site_map, Codeword((0, 1) * 12)).files[0].data
b'x=...'
>>> original(package, site_map).files[0].data
b'x=AAAAAAAAAAAAAAAAAAAAAAAA'
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from mapp_compliance.errors import Broken, InvalidInput
from mapp_compliance.trust import digest
from mapp_compliance.values import Digest, shown
from mapp_compliance.watermark.carriers.points import Value, encode, settled, value_of
from mapp_compliance.watermark.package import Package, PackageFile
from mapp_compliance.watermark.packing import Inside, inside, put_together, reopened
from mapp_compliance.watermark.registry import meaning_check, static_check
from mapp_compliance.watermark.sites import (
    Codeword,
    Fork,
    LaidOutFile,
    Layout,
    Point,
    PointKind,
    Segments,
    Site,
    SiteMap,
    Slot,
)

SHORT_BYTES = 4_096  # of a file; a longer one has prints enough between its marks
FORM_TEXTS = 8

Values = Mapping[str, Value]


class FailedCheck(InvalidInput):
    """A marked file is not what its type asks for: the issue stops."""


def mark(package: Package, site_map: SiteMap, codeword: Codeword) -> Package:
    """The package that carries this codeword; templates are rendered, side-cars left out.

    Args:
        codeword: one symbol for each site of the map, in its order.
    Raises:
        InvalidInput: the word does not fit the map.
        Broken: the package is not the one that was surveyed.
    """
    values = _values_of(site_map, codeword)
    _check_surveyed(package, site_map.layout)
    return _filled(package, site_map.layout, settled(site_map.layout.points, values))


def mark_inner(site_map: SiteMap, codeword: Codeword) -> tuple[bytes, ...]:
    """The texts of a copy that hold sites, those in archives and captures unpacked."""
    layout = site_map.layout
    values = settled(layout.points, _values_of(site_map, codeword))
    told = layout.told()
    held = (file for file in layout.files if file.path not in told and any(file.points()))
    return tuple(_fill(file, values) for file in held)


def declared_values(site_map: SiteMap, codeword: Codeword) -> tuple[bytes, ...]:
    """What a copy has where its author lets bytes, names and numbers vary, in the map's order.

    Neither wordings nor orders nor forms of code: they are no values by themselves.
    """
    values = _values_of(site_map, codeword)
    return tuple(
        value
        for point in site_map.layout.points
        if point.kind not in _NO_VALUES and isinstance(value := values.get(point.name), bytes)
    )


_NO_VALUES = frozenset({PointKind.VARIANT, PointKind.SHUFFLE, PointKind.FORM})


def _values_of(site_map: SiteMap, codeword: Codeword) -> Values:
    if len(codeword.symbols) != len(site_map.sites):
        raise InvalidInput(
            f"the word has {len(codeword.symbols)} symbols for {len(site_map.sites)} sites; "
            "use a word of this map"
        )
    held: dict[str, list[tuple[Site, int]]] = {}
    for site, symbol in zip(site_map.sites, codeword.symbols, strict=True):
        held.setdefault(site.point, []).append((site, symbol))
    return {
        point.name: value_of(point, *zip(*held[point.name], strict=True))
        for point in site_map.layout.points
        if point.name in held
    }


def original(package: Package, site_map: SiteMap) -> Package:
    """The package with every author's own value; a template has its fixed stand-ins."""
    packs = {pack.path for pack in site_map.layout.packs}
    inner = site_map.layout.inner()
    own = {file.path: file.data for file in package.files if file.path in packs}
    filled = {
        path: data for path, data in _author_files(site_map.layout).items() if path not in inner
    }
    files = (PackageFile(path, data) for path, data in sorted((own | filled).items()))
    return Package(tuple(files), package.manifest)


def inner_originals(site_map: SiteMap) -> tuple[PackageFile, ...]:
    """What lies in archives and captures that are marked, with every author's own value."""
    inner = site_map.layout.inner() - site_map.layout.told()
    filled = _author_files(site_map.layout)
    return tuple(PackageFile(path, data) for path, data in filled.items() if path in inner)


def wordings(site_map: SiteMap) -> dict[str, tuple[bytes, ...]]:
    """Path -> the file in further wordings, for files with variants; each wording is in one.

    A short file with natural marks also comes in FORM_TEXTS further texts, in which any three
    neighbouring forms stand in each way: every piece of a copy is like a piece of one of them.
    They are no copies: a text is found again by its wordings, and an original has one of each.
    """
    points = {point.name: point for point in site_map.layout.points if len(point.values) > 1}
    layout, authored = replace(site_map.layout, packs=()), _originals(site_map.layout)
    found: dict[str, tuple[bytes, ...]] = {}
    for file in layout.files:
        held = [points[name] for name in dict.fromkeys(file.points()) if name in points]
        is_short = len(_fill(file, authored)) <= SHORT_BYTES
        told = (*_worded(held), *(_formed(held) if is_short else ()))
        if told:
            found[file.path] = tuple(_fill(file, {**authored, **values}) for values in told)
    return found


def _worded(points: Sequence[Point]) -> list[dict[str, bytes]]:
    """Values of the variants among these points, so that each wording is in one."""
    variants = [point for point in points if point.kind is PointKind.VARIANT]
    most = max((len(point.values) for point in variants), default=0)
    return [{p.name: p.values[turn % len(p.values)] for p in variants} for turn in range(most)]


def _formed(points: Sequence[Point]) -> list[dict[str, bytes]]:
    """Forms of natural marks, so that any three neighbours stand in each way."""
    forms = [point for point in points if point.kind is PointKind.FORM]
    rows = range(FORM_TEXTS if forms else 0)
    return [{p.name: p.values[row >> n % 3 & 1] for n, p in enumerate(forms)} for row in rows]


def check_static(marked: Package, package: Package) -> None:
    """Checks that every file of a copy still is what its type asks for.

    A file that the author's own form already fails, such as Python 2, has no such check; a
    template has no form of its own and is always checked. A file that carries natural marks alone
    must also mean what its original means. An archive or a capture is opened again, and so are its
    members checked.

    Args:
        marked: a copy.
        package: the package it was made from.
    Raises:
        FailedCheck: with path and line; it repeats nothing of the file.
    """
    _check_static(marked, package, None)


def _check_static(marked: Package, package: Package, outer: Inside | None) -> None:
    for file in marked.files:
        _check_inside(file, package, outer)
    authored = {file.path: file.data for file in package.files}
    checks = [
        (file, check)
        for file in marked.files
        if file.data != authored.get(file.path)
        for check in (static_check(file.path), meaning_check(package, file.path))
        if check is not None
    ]
    for file, check in checks:
        fault = _fault(check, file.data)
        # What the author wrote is asked last: hundreds of copies pass, and it is the same for all.
        if fault and not (file.path in authored and _fault(check, authored[file.path])):
            raise FailedCheck(
                f"{shown(file.path)}: {fault} once it is marked; change the points in this file "
                "or the way they are written",
                where=shown(file.path),
            )


def _check_inside(file: PackageFile, package: Package, outer: Inside | None) -> None:
    """A packed file of a copy still opens, holds the same members, and they pass their checks."""
    own = next((each for each in package.files if each.path == file.path), None)
    if own is None or own.data == file.data:
        return
    whole = inside(package, own, outer)
    if whole is None:
        return
    try:
        members = reopened(whole, file.data)
    except ValueError as err:
        raise FailedCheck(
            f"{shown(file.path)} does not open once it is marked: {err}; change the points in it",
            where=shown(file.path),
        ) from err
    _check_static(members, whole.package, whole)


def _check_surveyed(package: Package, layout: Layout) -> None:
    """A changed file would give copies that the stored map cannot read."""
    sources = {pack.path: pack.source for pack in layout.packs}
    filled = _author_files(layout)
    sent = {file.sent_path for file in package.files}
    same = (filled.keys() | sources.keys()) - layout.inner() == sent and all(
        file.is_template or _is_surveyed(file, sources, filled) for file in package.files
    )
    if not same:
        raise Broken("the package is not the one that was surveyed; restore it or make a revision")


def _is_surveyed(
    file: PackageFile, sources: Mapping[str, Digest], filled: Mapping[str, bytes]
) -> bool:
    if file.path in sources:
        return digest(file.data) == sources[file.path]
    return filled[file.path] == file.data


def _author_files(layout: Layout) -> dict[str, bytes]:
    """The laid-out files with the author's own values, packs left out."""
    return _contents(replace(layout, packs=()), _originals(layout))


def _originals(layout: Layout) -> Values:
    authored = {
        point.name: _original(point)
        for point in layout.points
        if point.kind is not PointKind.COMPUTED
    }
    return settled(layout.points, authored)


def _original(point: Point) -> Value:
    return point.values if point.kind is PointKind.SHUFFLE else point.original


def _filled(package: Package, layout: Layout, values: Values) -> Package:
    inner = layout.inner()
    filled = _contents(layout, values)
    files = tuple(PackageFile(path, filled[path]) for path in sorted(filled) if path not in inner)
    return Package(files, package.manifest)


def _contents(layout: Layout, values: Values) -> dict[str, bytes]:
    """Path -> bytes of every file and pack of the layout, those inside packs as well."""
    filled = {file.path: _fill(file, values) for file in layout.files}
    for pack in layout.packs:  # those inside others come first
        members = [filled[path] for path in pack.filled]
        filled[pack.path] = put_together(pack.kind, pack.frame, members)
    return filled


def _fill(file: LaidOutFile, values: Values) -> bytes:
    return b"".join(_filled_pieces(file.segments, values))


def _filled_pieces(segments: Segments, values: Values) -> Iterator[bytes]:
    for segment in segments:
        if isinstance(segment, bytes):
            yield segment
        elif isinstance(segment, Slot):
            yield _written(segment, values[segment.point])
        else:
            yield from _filled_pieces(_form(segment, values[segment.point]), values)


def _form(fork: Fork, value: Value) -> Segments:
    if isinstance(value, bytes):
        return fork.form(value)
    raise Broken(f"{fork.point} is a list; restore the site map")


def _written(slot: Slot, value: Value) -> bytes:
    if slot.item is None:
        return encode(slot.encoder, value)
    if isinstance(value, bytes):
        raise Broken(f"{slot.point} is no list; restore the site map")
    return encode(slot.encoder, value[slot.item])


def _fault(check: Callable[[bytes], None], data: bytes) -> str | None:
    try:
        check(data)
    except ValueError as err:
        return str(err)
    return None
