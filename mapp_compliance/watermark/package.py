"""Packages: all files of one advisory revision, and what their author says about them.

Rules: a folder may hold ``mapp-package.toml``; without it every file is sent and a bare file is a
package of one. With ``[[file]]`` entries only the listed files are sent, for what nobody listed
should not leave by accident. ``NAME.marks.toml`` declares the points of ``NAME`` and is never
sent itself. ``NAME.j2`` is a template and is sent as ``NAME``.

>>> package = parse_package([PackageFile("poc.py", b"print(1)\\n")])
>>> package.manifest.kind, [file.path for file in package.files]
(<PackageClass.POC: 'poc'>, ['poc.py'])
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from mapp_compliance.errors import InvalidInput
from mapp_compliance.values import shown
from mapp_compliance.watermark.toml_tables import Table, nearest, parse_toml

MANIFEST_NAME = "mapp-package.toml"
MARKS_SUFFIX = ".marks.toml"
TEMPLATE_SUFFIX = ".j2"
MIN_CODE_SITES = 24  # clean sites from which a lone leaker is named in 99 of 100 cases
DELIMITERS = ("{{", "}}", "{%", "%}", "{#", "#}")  # expression, block, comment; start and end


class PackageClass(Enum):
    """What the package is; the terms may treat the classes differently."""

    PROSE = "prose"
    DETECTION = "detection"
    SAMPLE = "sample"
    REPRO = "repro"
    POC = "poc"


@dataclass(frozen=True, slots=True)
class PackageFile:
    """One file: a relative path with ``/`` and its bytes."""

    path: str
    data: bytes

    @property
    def sent_path(self) -> str:
        """The path in a partner's copy: a template loses its ``.j2``."""
        return self.path.removesuffix(TEMPLATE_SUFFIX)

    @property
    def is_template(self) -> bool:
        """True for ``NAME.j2``."""
        return self.path.endswith(TEMPLATE_SUFFIX)


@dataclass(frozen=True, slots=True)
class FileRule:
    """What the manifest says about one file.

    ``delimiters`` are those of a template, six as in DELIMITERS; ``unmarked`` files are equal in
    all copies. ``marks`` names families of natural marks, None leaves them to the carrier.
    """

    path: str
    delimiters: tuple[str, ...] = DELIMITERS
    unmarked: bool = False
    marks: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the author says about the package.

    Attributes:
        self_test: a command line to be run in a copy's folder, empty for none.
        forced: text that the file format or protocol forces on every implementation.
        makers: nicknames and signatures of those who made the files.
        orders: orders may vary that a program, or a reader, can look at: by the author's consent,
            which is on record beside the package and is no key of the file.
    """

    kind: PackageClass = PackageClass.POC
    self_test: tuple[str, ...] = ()
    min_code_sites: int = MIN_CODE_SITES
    rules: tuple[FileRule, ...] = ()
    forced: tuple[str, ...] = ()
    makers: tuple[str, ...] = ()
    orders: bool = False


@dataclass(frozen=True, slots=True)
class Package:
    """The files that are sent, by path; beside them the side-cars that declare their points."""

    files: tuple[PackageFile, ...]
    manifest: Manifest = Manifest()
    marks: tuple[PackageFile, ...] = ()
    warnings: tuple[str, ...] = ()

    def rule(self, path: str) -> FileRule:
        """The manifest's rule for that path, or the plain one."""
        return next((rule for rule in self.manifest.rules if rule.path == path), FileRule(path))

    def marks_of(self, path: str) -> PackageFile | None:
        """The side-car of that file, if there is one."""
        return next((marks for marks in self.marks if marks.path == path + MARKS_SUFFIX), None)


def parse_package(files: Sequence[PackageFile]) -> Package:
    """The package of a folder's files, in any order.

    Raises:
        InvalidInput: an unsafe or doubled path, a fault in the manifest, a listed file that is
            not there, a side-car without its file, or nothing to send.
    """
    check_paths(file.path for file in files)
    manifest_file = next((file for file in files if file.path == MANIFEST_NAME), None)
    marks = {file.path: file for file in files if file.path.endswith(MARKS_SUFFIX)}
    present = {
        file.path: file for file in files if file is not manifest_file and file.path not in marks
    }
    manifest = parse_manifest(manifest_file.data) if manifest_file else Manifest()
    _check_listed(manifest, present)
    _check_side_cars(manifest, marks, present)
    listed = {rule.path for rule in manifest.rules} or set(present)
    sent = tuple(present[path] for path in sorted(listed))
    if not sent:
        raise InvalidInput("the package holds no file to send; add one")
    check_paths(file.sent_path for file in sent)
    warnings = tuple(
        f"{shown(path)} is not listed in {MANIFEST_NAME} and is left out; list it to send it"
        for path in sorted(set(present) - listed)
    )
    side_cars = tuple(marks[path] for path in sorted(marks))
    return Package(sent, manifest, side_cars, warnings)


def with_orders(package: Package) -> Package:
    """The package of an author who consents that orders vary."""
    return replace(package, manifest=replace(package.manifest, orders=True))


def parse_manifest(data: bytes) -> Manifest:
    """The manifest from the bytes of ``mapp-package.toml``; InvalidInput says the line."""
    toml = parse_toml(MANIFEST_NAME, data)
    toml.root.only(("package", "file"))
    if len(toml.tables("package")) > 1:
        raise InvalidInput(
            "[package] is given twice; keep one", where=toml.tables("package")[1].place()
        )
    table = toml.table("package")
    table.only(("class", "self_test", "min_code_sites", "forced", "makers"))
    self_test = table.texts("self_test") if "self_test" in table.values else ()
    if "self_test" in table.values and not self_test:
        raise InvalidInput(
            "the self-test is empty; name a command or take the key out",
            where=table.place("self_test"),
        )
    min_code_sites = table.whole("min_code_sites", MIN_CODE_SITES)
    if min_code_sites < 1:
        raise InvalidInput(
            "min_code_sites must be 1 or more; name the sites a copy must have",
            where=table.place("min_code_sites"),
        )
    rules = tuple(_rule(entry) for entry in toml.tables("file"))
    return Manifest(
        _package_class(table),
        self_test,
        min_code_sites,
        rules,
        forced=table.texts("forced") if "forced" in table.values else (),
        makers=table.texts("makers") if "makers" in table.values else (),
    )


def check_paths(paths: Iterable[str]) -> None:
    """Raises InvalidInput unless every path is safe to unpack and no two meet on any system."""
    seen: dict[str, str] = {}
    for path in sorted(paths):
        check_path(path)
        folded = unicodedata.normalize("NFC", path).casefold()
        if folded in seen:
            raise InvalidInput(
                f"{shown(path)} and {shown(seen[folded])} meet at one name; rename one of them"
            )
        seen[folded] = path
    for folded, path in seen.items():
        parent, _, _ = folded.rpartition("/")
        while parent:
            if parent in seen:
                raise InvalidInput(
                    f"{shown(seen[parent])} is a file and {shown(path)} needs a folder of that "
                    "name; rename one of them"
                )
            parent, _, _ = parent.rpartition("/")


def check_path(path: str) -> None:
    """Raises InvalidInput unless the path is relative, plain and stays inside its folder."""
    parts = path.split("/")
    unsafe = "\\" in path or "\0" in path or re.match(r"[A-Za-z]:", path)
    if unsafe or any(part in {"", ".", ".."} for part in parts):
        raise InvalidInput(
            f"the path {shown(path)!r} is not safe; use a relative path with '/', without '..', "
            "'\\' or a drive"
        )
    try:
        path.encode("utf-8")
    except UnicodeEncodeError as err:
        raise InvalidInput(
            f"the path {shown(path)!r} is not Unicode text; rename the file"
        ) from err


def _package_class(table: Table) -> PackageClass:
    given = table.text("class", PackageClass.POC.value)
    allowed = [member.value for member in PackageClass]
    if given not in allowed:
        raise InvalidInput(
            f"unknown class {shown(given)!r}; {nearest(given, allowed)}",
            where=table.place("class"),
        )
    return PackageClass(given)


def _rule(table: Table) -> FileRule:
    table.only(("path", "delimiters", "unmarked", "marks"))
    path = table.text("path")
    try:
        check_path(path)
    except InvalidInput as err:
        raise InvalidInput(err.message, where=table.place("path")) from err
    if path == MANIFEST_NAME or path.endswith(MARKS_SUFFIX):
        raise InvalidInput(
            f"{shown(path)} is never sent; take the entry out", where=table.place("path")
        )
    unmarked = table.flag("unmarked", False)
    marks = table.texts("marks") if "marks" in table.values else None
    if unmarked and marks:
        raise InvalidInput(
            "an unmarked file carries no marks; take one of the two keys out",
            where=table.place("marks"),
        )
    return FileRule(path, _delimiters(table, path), unmarked, marks)


def _delimiters(table: Table, path: str) -> tuple[str, ...]:
    """The six delimiters; the author may change the first two, four or all six."""
    if "delimiters" not in table.values:
        return DELIMITERS
    given = table.texts("delimiters")
    where = table.place("delimiters")
    if not path.endswith(TEMPLATE_SUFFIX):
        raise InvalidInput("only a .j2 template has delimiters; take the key out", where=where)
    full = given + DELIMITERS[len(given) :]
    if len(given) not in {2, 4, 6} or not all(full) or len(set(full[::2])) < 3:
        raise InvalidInput(
            "delimiters are pairs of start and end for expressions, then blocks, then comments, "
            'with three different starts; write them like ["[[", "]]"]',
            where=where,
        )
    return full


def _check_listed(manifest: Manifest, present: dict[str, PackageFile]) -> None:
    seen: set[str] = set()
    for rule in manifest.rules:
        if rule.path in seen:
            raise InvalidInput(
                f"{shown(rule.path)} is listed twice; keep one entry", where=MANIFEST_NAME
            )
        seen.add(rule.path)
        if rule.path not in present:
            raise InvalidInput(
                f"{shown(rule.path)} is listed but not there; add the file or take the entry out",
                where=MANIFEST_NAME,
            )


def _check_side_cars(
    manifest: Manifest, marks: dict[str, PackageFile], present: dict[str, PackageFile]
) -> None:
    unmarked = {rule.path for rule in manifest.rules if rule.unmarked}
    for path in marks:
        owner = path.removesuffix(MARKS_SUFFIX)
        if owner not in present:
            raise InvalidInput(
                f"{shown(path)} declares marks, but {shown(owner)} is not there; add that file"
            )
        if owner in unmarked or present[owner].is_template:
            raise InvalidInput(
                f"{shown(owner)} is unmarked or a template and takes no side-car; "
                f"delete {shown(path)}"
            )
