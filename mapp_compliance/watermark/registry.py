"""Which carrier for which file, and which check for which file type, listed in plain sight.

Rules: a file with a side-car and a template carry authored points; every other file is one
literal, equal in all copies. Templates are compiled outside, in a limited process, and arrive
here as layouts. The patterns of side-cars may be matched there too.

>>> from mapp_compliance.watermark.package import PackageFile, parse_package
>>> package = parse_package([PackageFile("notes.txt", b"plain")])
>>> lay_out(package, {}).files
(LaidOutFile(path='notes.txt', segments=(b'plain',)),)
"""

import ast
import json
import warnings
from collections.abc import Callable, Mapping
from pathlib import PurePosixPath

from mapp_compliance.errors import InvalidInput
from mapp_compliance.values import shown
from mapp_compliance.watermark.carrier import join_layouts
from mapp_compliance.watermark.carriers.points import declare, lay_out_marks
from mapp_compliance.watermark.package import Package, PackageFile
from mapp_compliance.watermark.sites import LaidOutFile, Layout


def carrier_name(package: Package, file: PackageFile) -> str:
    """``template``, ``side-car`` or ``none``: how that file of the package carries marks."""
    if file.is_template:
        return "template"
    return "side-car" if package.marks_of(file.path) else "none"


def lay_out(package: Package, outside: Mapping[str, Layout]) -> Layout:
    """The layout of all files that are sent.

    Args:
        outside: by path, layouts of one file that were made in a limited process: of every
            ``.j2`` file, and of files with side-cars whose patterns nobody vouches for.
    Raises:
        InvalidInput: a fault in a side-car, points in a file that is declared unmarked, a
            template that was not compiled, or names declared in two ways.
    """
    joined = join_layouts(_lay_out_file(package, file, outside) for file in package.files)
    return Layout(joined.files, tuple(declare.with_stand_in(point) for point in joined.points))


def layout_warnings(layout: Layout) -> tuple[str, ...]:
    """What the author should know about points that are allowed but not at their best."""
    return tuple(told for point in layout.points for told in declare.cautions(point))


def static_check(path: str) -> Callable[[bytes], None] | None:
    """The check of that file type, which raises ValueError; None when there is none."""
    return STATIC_CHECKS.get(PurePosixPath(path).suffix.lower())


def _lay_out_file(package: Package, file: PackageFile, outside: Mapping[str, Layout]) -> Layout:
    marks = package.marks_of(file.path)
    if marks is not None and file.path not in outside:
        return lay_out_marks(file, marks)
    if marks is not None:
        return outside[file.path]
    if not file.is_template:
        return Layout((LaidOutFile(file.path, (file.data,) if file.data else ()),), ())
    if file.path not in outside:
        raise InvalidInput(f"{shown(file.path)} is a template; compile it before laying it out")
    layout = outside[file.path]
    if package.rule(file.path).unmarked and layout.points:
        raise InvalidInput(
            f"{shown(file.path)} is listed as unmarked but holds points; take one of the two out"
        )
    return layout


def _parse_python(data: bytes) -> None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # they quote lines of the file
            ast.parse(data)
    except (SyntaxError, RecursionError, MemoryError) as err:
        raise ValueError(f"line {getattr(err, 'lineno', None) or '?'} does not parse") from err


def _parse_json(data: bytes) -> None:
    try:
        json.loads(data)
    except json.JSONDecodeError as err:
        raise ValueError(f"line {err.lineno} does not parse") from err
    except (UnicodeDecodeError, RecursionError) as err:
        raise ValueError("it does not decode") from err


STATIC_CHECKS: dict[str, Callable[[bytes], None]] = {
    ".py": _parse_python,
    ".json": _parse_json,
}
