"""Files that hold files: which are taken apart, how they are put together, listed in plain sight.

Rules: the type is told by the first bytes. The members of such a file are looked at as if they lay
in the package by themselves: the side-car of the whole declares their points, each mark with the
``file`` it stands in, and they carry natural marks where a loose file would. What cannot be taken
apart safely is one literal, equal in all copies, and the author is told why; a file whose marks are
declared and that cannot be taken apart is refused, for to write over it would break it.

>>> import io, zipfile
>>> from mapp_compliance.watermark.package import parse_package
>>> box = io.BytesIO()
>>> with zipfile.ZipFile(box, "w") as archive: archive.writestr("poc.py", "f('x')")
>>> package = parse_package([PackageFile("a.zip", box.getvalue())])
>>> [file.path for file in inside(package, package.files[0]).package.files]
['a.zip!/poc.py']
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from mapp_compliance.errors import InvalidInput
from mapp_compliance.trust import digest
from mapp_compliance.values import MIB, shown
from mapp_compliance.watermark.carrier import join_layouts
from mapp_compliance.watermark.carriers import captures, containers
from mapp_compliance.watermark.opening import (
    Frame,
    Member,
    Opened,
    Packer,
    Room,
)
from mapp_compliance.watermark.package import (
    MANIFEST_NAME,
    MARKS_SUFFIX,
    Package,
    PackageFile,
)
from mapp_compliance.watermark.sites import INSIDE, LaidOutFile, Layout, Pack, PointKind
from mapp_compliance.watermark.toml_tables import parse_toml
from mapp_compliance.watermark.trees import Tree, is_packed, member_path, taken_apart, tree_of

PACKERS: Mapping[str, Packer] = {
    "zip": containers.pack_zip,
    "tar": containers.pack_tar,
    "tar.gz": containers.pack_tar_gzip,
    "gz": containers.pack_gzip,
    "pcap": captures.pack_capture,
    "pcapng": captures.pack_capture,
}
MAX_KEPT_BYTES = 1 * MIB  # of text that is laid out only for the reader: it looks at all of it


@dataclass(frozen=True, slots=True)
class Inside:
    """A file taken apart, its members as a package of their own.

    ``side_car`` is that of the outermost file; the package's own only tell which members it marks.
    ``tree`` holds by path what is in that file at any depth, for the room is counted once.
    """

    path: str
    source: bytes
    opened: Opened
    package: Package
    side_car: PackageFile | None
    tree: Tree


def inside(package: Package, file: PackageFile, outer: Inside | None = None) -> Inside | None:
    """What is in a file of the package; None for one that is carried as it stands.

    Args:
        outer: the file that this one lies in, if it does.
    Raises:
        InvalidInput: marks are declared for what cannot be taken apart, for a member that is not
            there, or lie inside the file themselves and would be sent.
    """
    declared = package.marks_of(file.path)
    if file.is_template or not is_packed(file.data) or package.rule(file.path).unmarked:
        return None
    tree = tree_of(file.path, file.data) if outer is None else outer.tree
    opened = tree[file.path]
    if isinstance(opened, str):
        if declared is not None:
            raise InvalidInput(
                f"{shown(file.path)} cannot be taken apart: {opened}; take its marks out",
                where=shown(declared.path),
            )
        return None
    own = declared if outer is None else outer.side_car
    return Inside(file.path, file.data, opened, _members(package, file, opened, own), own, tree)


def why_not(file: PackageFile) -> tuple[str, ...]:
    """Why a packed file, or something in it, is carried as it stands; one sentence each."""
    if file.is_template or not is_packed(file.data):
        return ()
    return tuple(
        told
        for path, opened in tree_of(file.path, file.data).items()
        for told in _told(path, opened)
    )


def _told(path: str, opened: Opened | str) -> tuple[str, ...]:
    if isinstance(opened, str):
        return (f"{shown(path)} is sent as it stands, without marks: {opened}",)
    return tuple(shown(f"{path}: {note}") for note in opened.notes)


def reopened(whole: Inside, data: bytes) -> Package:
    """A copy of the file taken apart in the same way, its members as a package.

    Raises:
        ValueError: it does not hold the members that the original holds.
    """
    opened = taken_apart(whole.path, data, Room())
    if [member.name for member in opened.members] != [
        member.name for member in whole.opened.members
    ]:
        raise ValueError("it no longer holds the same members")
    return Package(_files(whole.path, opened.members), whole.package.manifest)


def packed(whole: Inside, members: Sequence[Layout]) -> Layout:
    """The layout of the file from those of its members, in the order of its package.

    Members without points stay in the frame as they were, and large ones are not even laid out; a
    file none of whose members has any is one literal.
    """
    if not any(layout.points for layout in members):
        return Layout((LaidOutFile(whole.path, (whole.source,)),), ())
    if whole.opened.fixed_lengths:
        _check_lengths(whole, members)
    marked = {
        file.path
        for file, layout in zip(whole.package.files, members, strict=True)
        if layout.points
    }
    paths = [member_path(whole.path, member) for member in whole.opened.members]
    filled = [number for number, path in enumerate(paths) if path in marked]
    told = {path for path, each in zip(paths, whole.opened.members, strict=True) if each.told}
    large = {file.path for file in whole.package.files if len(file.data) > MAX_KEPT_BYTES}
    pack = Pack(
        whole.path,
        whole.opened.kind,
        digest(whole.source),
        whole.opened.frame(filled),
        filled=tuple(paths[number] for number in filled),
        kept=tuple(path for path in paths if path not in marked | told | large),
        told=tuple(path for path in paths if path in marked & told),
    )
    joined = join_layouts(
        layout
        for file, layout in zip(whole.package.files, members, strict=True)
        if file.path not in (told | large) - marked
    )
    return replace(joined, packs=(*joined.packs, pack))


def put_together(kind: str, frame: Frame, contents: Sequence[bytes]) -> bytes:
    """A packed file from its stored frame and the contents of its filled members, in order."""
    return PACKERS[kind](frame, contents)


def _check_lengths(whole: Inside, members: Sequence[Layout]) -> None:
    for point in (point for layout in members for point in layout.points):
        lengths = {len(value) for value in point.values}
        if point.kind is PointKind.INTEGER:
            lengths = {len(b"%d" % point.low), len(b"%d" % point.high)}
        if point.kind is not PointKind.SHUFFLE and len(lengths) > 1:
            raise InvalidInput(
                f"the values of {shown(point.name)!r} differ in length, and the packets of "
                f"{shown(whole.path)} must keep theirs; write values of one length"
            )


def _members(
    package: Package, file: PackageFile, opened: Opened, side_car: PackageFile | None
) -> Package:
    """The members as if they lay in the package by themselves."""
    files = _files(file.path, opened.members)
    stray = next((each.path for each in files if each.path.endswith(MARKS_SUFFIX)), None)
    if stray is not None:
        raise InvalidInput(
            f"{shown(stray)} would be sent with the marks in it; take it out of the archive and "
            f"declare its marks beside it, with file = the member's name"
        )
    rule = package.rule(file.path)
    if rule.marks:
        raise InvalidInput(
            f"what lies in {shown(file.path)} carries the families that are on by themselves; "
            "write marks = [] for none, or take the key out",
            where=MANIFEST_NAME,
        )
    manifest = replace(
        package.manifest,
        rules=tuple(replace(rule, path=each.path) for each in files) if rule.marks == () else (),
    )
    if side_car is None:
        return Package(files, manifest)
    marked = _marked(side_car, {each.path for each in files}, file)
    return Package(files, manifest, marked)


def _marked(side_car: PackageFile, paths: set[str], file: PackageFile) -> tuple[PackageFile, ...]:
    """For each member that a mark names its own side-car, which only tells that there is one."""
    owner = side_car.path.removesuffix(MARKS_SUFFIX)
    named: dict[str, None] = {}
    for table in parse_toml(side_car.path, side_car.data).tables("mark"):
        path = f"{owner}{INSIDE}{table.text('file')}"
        outer = file.path + INSIDE
        if not path.startswith(outer):
            continue
        held = next(
            (each for each in sorted(paths) if (path + INSIDE).startswith(each + INSIDE)), None
        )
        if held is None:
            raise InvalidInput(
                f"no member is called {shown(path.removeprefix(outer))!r}; write one of its names",
                where=table.place("file"),
            )
        named[held] = None
    return tuple(PackageFile(path + MARKS_SUFFIX, side_car.data) for path in named)


def _files(path: str, members: Sequence[Member]) -> tuple[PackageFile, ...]:
    return tuple(PackageFile(member_path(path, member), member.data) for member in members)
