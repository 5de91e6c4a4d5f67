r"""The forms in which a copy may turn up, as a rehearsal tries them.

Each takes what one leaker holds, or two who mix, and gives the files of a leak. All are
deterministic and know nothing of sites or words; a form that does not fit a package gives nothing.
They are for looking ahead: what a reader is measured by was frozen elsewhere, before it was tuned.

>>> one = Taken({"poc.py": b"A = 1  # one\n"}, ("poc.py",), ())
>>> form = next(each for each in leak_forms(one.fullest) if each.name == "comments stripped")
>>> form.apply([one])
{'poc.py': b'A = 1\n'}
"""

import base64
import io
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import zip_longest

from mapp_compliance.attribution import rewriting as change

Files = Mapping[str, bytes]
SINGLE_FILES = 6  # of a package that are tried one by one: those with most sites
BLOCK_LINES = 8  # two copies are mixed by blocks of so many lines
BLOCK_BYTES = 64  # and where there are no lines, of so many bytes
ROW = 16


@dataclass(frozen=True, slots=True)
class Taken:
    """What one leaker holds.

    Attributes:
        files: of one copy, by path.
        fullest: the paths of files with code sites, most sites first.
        values: what stands in this copy where its author let values vary, in order.
    """

    files: Files
    fullest: tuple[str, ...]
    values: tuple[bytes, ...]


Apply = Callable[[Sequence[Taken]], dict[str, bytes]]


@dataclass(frozen=True, slots=True)
class LeakForm:
    """One form of a leak.

    Attributes:
        name: short and shown.
        description: what was done, in words.
        apply: what as many leakers as ``sources`` hold to the leaked files, empty where the form
            does not fit the package.
    """

    name: str
    description: str
    apply: Apply
    sources: int = 1


def leak_forms(
    fullest: Sequence[str], tools: Sequence[tuple[str, Callable[[Files], dict[str, bytes]]]] = ()
) -> tuple[LeakForm, ...]:
    """All forms, some of which may not fit the package.

    Args:
        fullest: paths of the files with code sites, most sites first.
        tools: name of each formatter, and what makes the files it knows over.
    """
    return (
        *_WHOLE,
        *(_single(path) for path in fullest[:SINGLE_FILES]),
        *_PIECES,
        *_TEXTS,
        *(_formatted(name, make_over) for name, make_over in tools),
        *_PAYLOADS,
        *_MIXED,
    )


def _single(path: str) -> LeakForm:
    return LeakForm(
        f"file {path}",
        f"the file {path} alone, as it is",
        lambda taken: {path: taken[0].files[path]} if len(taken[0].files) > 1 else {},
    )


def _formatted(name: str, make_over: Callable[[Files], dict[str, bytes]]) -> LeakForm:
    return LeakForm(
        f"formatter {name}",
        f"every file that {name} knows, formatted",
        lambda taken: make_over(taken[0].files),
    )


def _zipped(taken: Sequence[Taken]) -> dict[str, bytes]:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for path, data in sorted(taken[0].files.items()):
            member = zipfile.ZipInfo(f"found/{path}", date_time=(2012, 3, 15, 9, 0, 0))
            member.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(member, data)
    return {"found.zip": target.getvalue()}


def _text(data: bytes) -> str | None:
    """The text of a file; None where it is none."""
    try:
        return None if b"\0" in data else data.decode()
    except UnicodeDecodeError:
        return None


def _texts(files: Files) -> Iterator[tuple[str, str]]:
    for path, data in sorted(files.items()):
        text = _text(data)
        if text is not None:
            yield path, text


def _each(
    make_over: Callable[[str, str], str | None],
) -> Callable[[Sequence[Taken]], dict[str, bytes]]:
    """All files that the change fits, changed; nothing when it changes none of them."""

    def apply(taken: Sequence[Taken]) -> dict[str, bytes]:
        made = {path: make_over(path, text) for path, text in _texts(taken[0].files)}
        changed = {path: text.encode() for path, text in made.items() if text is not None}
        return changed if any(changed[path] != taken[0].files[path] for path in changed) else {}

    return apply


def _pieces(parts: int, name: str) -> Iterator[LeakForm]:
    """Each part of the file with most sites: of its lines, or of its bytes."""
    for number in range(parts):
        yield LeakForm(
            f"{name} {number + 1} of {parts}",
            f"{name} {number + 1} of the file with most sites",
            partial(_piece, parts, number),
        )


def _piece(parts: int, number: int, taken: Sequence[Taken]) -> dict[str, bytes]:
    if not taken[0].fullest:
        return {}
    path = taken[0].fullest[0]
    data = taken[0].files[path]
    lines = [] if _text(data) is None else data.splitlines(keepends=True)
    pieces = lines if len(lines) >= 2 * parts else _rows(data, 1)
    start, end = (len(pieces) * at // parts for at in (number, number + 1))
    piece = b"".join(pieces[start:end])
    return {path: piece} if piece else {}


def _packet(taken: Sequence[Taken]) -> bytes:
    """The declared values as one packet, each ended by a line feed."""
    return b"".join(value + b"\n" for value in taken[0].values)


def _payload(
    name: str, write: Callable[[bytes], str]
) -> Callable[[Sequence[Taken]], dict[str, bytes]]:
    def apply(taken: Sequence[Taken]) -> dict[str, bytes]:
        return {name: write(_packet(taken)).encode()} if taken[0].values else {}

    return apply


def _hex_lines(data: bytes) -> str:
    return "".join(f"{row.hex()}\n" for row in _rows(data, ROW))


def _base64_script(data: bytes) -> str:
    return f'import base64\n\nDATA = base64.b64decode("{base64.b64encode(data).decode()}")\n'


def _c_array(data: bytes) -> str:
    rows = ",\n".join(", ".join(f"0x{byte:02x}" for byte in row) for row in _rows(data, ROW))
    return f"static const unsigned char packet[] = {{\n{rows}\n}};\n"


def _rows(data: bytes, width: int) -> list[bytes]:
    return [data[at : at + width] for at in range(0, len(data), width)]


def _blocks(data: bytes) -> list[bytes]:
    lines = data.splitlines(keepends=True)
    if _text(data) is None or len(lines) < 2 * BLOCK_LINES:
        return _rows(data, BLOCK_BYTES)
    starts = range(0, len(lines), BLOCK_LINES)
    return [b"".join(lines[at : at + BLOCK_LINES]) for at in starts]


def _mixed(taken: Sequence[Taken]) -> dict[str, bytes]:
    """Of every file block by block from one copy and the other in turn."""
    one, two = taken[0].files, taken[1].files
    return {
        path: b"".join(
            pair[number % 2]
            for number, pair in enumerate(
                zip_longest(_blocks(one[path]), _blocks(two[path]), fillvalue=b"")
            )
        )
        for path in sorted(one)
    }


_WHOLE = (
    LeakForm("whole", "every file, as it is", lambda taken: dict(taken[0].files)),
    LeakForm("zip", "every file, in one archive", _zipped),
)
_PIECES = (*_pieces(2, "half"), *_pieces(4, "quarter"))
_TEXTS = (
    LeakForm("CRLF", "the line ends of Windows", _each(change.with_crlf)),
    LeakForm("tabs", "indents of four spaces as tabs", _each(change.with_tabs)),
    LeakForm("comments stripped", "without comments", _each(change.without_comments)),
    LeakForm("renamed", "Python variables with other names", _each(change.with_new_names)),
    LeakForm(
        "ASCII only",
        "NFKC, then plain signs only",
        _each(lambda _, text: change.plain_signs(text)),
    ),
    LeakForm("web page", "pasted into a page", _each(change.as_page)),
    LeakForm("mail", "quoted in an answer, prose wrapped anew", _each(change.as_mail)),
    LeakForm("diff", "as a patch that adds the files", _each(change.as_diff)),
)
_PAYLOADS = (
    LeakForm("values in hex", "the declared values alone, in hex", _payload("x.txt", _hex_lines)),
    LeakForm(
        "values in base64",
        "the declared values alone, as base64 in a new script",
        _payload("x.py", _base64_script),
    ),
    LeakForm("values as C", "the declared values alone, as a C array", _payload("x.c", _c_array)),
)
_MIXED = (LeakForm("two copies mixed", "two copies, block by block in turn", _mixed, sources=2),)
