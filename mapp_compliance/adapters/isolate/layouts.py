"""Side-cars in the limited child: a pattern of an author may run for years on a short line.

The wire form is canonical JSON both ways: files with their side-cars in, one layout a line out.

>>> from mapp_compliance.watermark import PackageFile
>>> marks = PackageFile("a.py.marks.toml", b'''[[mark]]
... name = "a"
... kind = "filler"
... match = "(A{4})"
... ''')
>>> answer = TASKS["lay_out_marks"](pairs_to_json([(PackageFile("a.py", b"x AAAA"), marks)]))
>>> [layout.files[0].path for layout in layouts_from_lines(b"".join(answer))]
['a.py']
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType

from mapp_compliance.errors import InvalidInput
from mapp_compliance.trust import base64_text, canonical, parse_base64, parse_canonical
from mapp_compliance.watermark import (
    Layout,
    PackageFile,
    lay_out_marks,
    layout_from_json,
    layout_to_json,
)

Pair = tuple[PackageFile, PackageFile]  # a file and its side-car


def pairs_to_json(pairs: Sequence[Pair]) -> bytes:
    """The question."""
    return canonical([[_record(file) for file in pair] for pair in pairs])


def lay_out_asked(question: bytes) -> list[bytes]:
    """The layouts of files with side-cars, in order.

    Raises:
        InvalidInput: a fault in a side-car, with its place.
    """
    return [layout_to_json(lay_out_marks(*pair)) + b"\n" for pair in _pairs(question)]


def layouts_from_lines(answer: bytes) -> list[Layout]:
    """The layouts of an answer. Raises InvalidInput when it is none."""
    return [layout_from_json(line) for line in answer.splitlines()]


def _record(file: PackageFile) -> list[str]:
    return [file.path, base64_text(file.data)]


def _pairs(question: bytes) -> list[Pair]:
    match parse_canonical(question):
        case [*rows]:
            return [_pair(row) for row in rows]
    raise InvalidInput("this is no list of files with side-cars; attach the package again")


def _pair(row: object) -> Pair:
    match row:
        case [[str(path), str(data)], [str(marks_path), str(marks)]]:
            return (
                PackageFile(path, parse_base64(data)),
                PackageFile(marks_path, parse_base64(marks)),
            )
    raise InvalidInput("this is no file with its side-car; attach the package again")


TASKS: Mapping[str, Callable[[bytes], Iterable[bytes]]] = MappingProxyType(
    {"lay_out_marks": lay_out_asked}
)
