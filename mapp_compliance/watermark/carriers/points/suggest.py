"""Marks proposed for an untouched file, for its author to confirm; nothing is marked by itself.

Rules: in text only what stands in quotes, as a hex constant or as an address for documentation is
looked at; in other files, long runs of one byte. Long runs become fillers, rows of hex or of mixed
letters and digits nonces, words with a random-looking tail names, times timestamps, the last number
of an address an integer. A proposal is a side-car that parses as it stands, each mark below what it
is worth; where no pattern is unique the place is given by offset.

>>> print(suggest_marks(PackageFile("poc.py", b'FILL = b"AAAAAAAAAAAAAAAAAAAAAAAA"\\n')))
# Proposed marks for poc.py; keep what may vary, delete the rest.
<BLANKLINE>
# 24 code sites
[[mark]]
name = "filler1"
kind = "filler"
match = 'FILL = b"(A{24})"'
charset = "alnum"
<BLANKLINE>
"""

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from mapp_compliance.errors import InvalidInput
from mapp_compliance.values import shown
from mapp_compliance.watermark.carriers.points.charsets import CHARSETS
from mapp_compliance.watermark.carriers.points.sidecar import lay_out_marks
from mapp_compliance.watermark.carriers.points.values import code_site_count, tag_space
from mapp_compliance.watermark.package import MARKS_SUFFIX, PackageFile
from mapp_compliance.watermark.sites import Point

MIN_FILLER_BYTES = 16
MIN_PADDING_BYTES = 64  # of a run in a file that is no text
MAX_PADDING_BYTES = 4096  # of one run that is proposed
MAX_CONTEXT_BYTES = 60  # of the line before the value, as part of the pattern
MAX_PROPOSALS = 200  # of one file: an author reads them one by one

_QUOTED = re.compile(rb"([\"'])([A-Za-z0-9+/=_.:-]{8,})\1")
_RUN = re.compile(rb"(.)\1+", re.DOTALL)
_PADDING = re.compile(rb"(.)\1{%d,}" % (MIN_PADDING_BYTES - 1), re.DOTALL)
_NAME = re.compile(rb"([A-Za-z]{3,}[_.-])([a-z0-9]{4,43})")
_MIXED = re.compile(rb"(?=.*[0-9])(?=.*[A-Za-z])[A-Za-z0-9+/]{12,42}")
_HEX = re.compile(rb"(?=.*[0-9])[0-9a-f]{16,64}")
_TIME = re.compile(rb"([0-9]{4})-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
_CONSTANT = re.compile(rb"\b0x([0-9a-f]{8}|[0-9a-f]{16})\b")
_ADDRESS = re.compile(  # RFC 5737
    rb"\b(?:192\.0\.2|198\.51\.100|203\.0\.113)\.([1-9][0-9]{0,2})\b"
)
_HEX_RUN = re.compile(rb"(?<![0-9a-fA-F])([0-9a-f]{2})\1{%d,}(?![0-9a-fA-F])" % MIN_FILLER_BYTES)


@dataclass(frozen=True, slots=True)
class _Proposal:
    """One mark as TOML lines without name and place."""

    kind: str
    start: int
    text: bytes
    extra: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A side-car of proposals, and what all of them together would be worth.

    ``blocks`` are the proposals alone, each with a remark on what it is worth.
    """

    text: str
    blocks: tuple[str, ...]
    points: tuple[Point, ...]

    @property
    def code_sites(self) -> int:
        """Code sites of all proposals."""
        return sum(map(code_site_count, self.points))

    @property
    def tag_bits(self) -> int:
        """Bits of all tags, rounded down."""
        return int(sum(_tag_bits(point) for point in self.points))


def suggest_marks(file: PackageFile) -> str:
    """The text of a side-car with proposals for the file, ``NAME.marks.toml``.

    It parses as it stands; without proposals it is the heading alone.
    """
    return suggestion(file).text


def suggestion(file: PackageFile) -> Suggestion:
    """The proposals for one file."""
    counts: dict[str, int] = {}
    points: list[Point] = []
    heading = f"# Proposed marks for {shown(file.path)}; keep what may vary, delete the rest.\n"
    blocks: list[str] = []
    for proposal in _apart(_proposals(file.data)):
        counts[proposal.kind] = counts.get(proposal.kind, 0) + 1
        name = f"{proposal.kind}{counts[proposal.kind]}"
        block = _block(file.data, proposal, name)
        point = _parsed(file, block)
        if point is None:
            counts[proposal.kind] -= 1
            continue
        points.append(point)
        blocks.append(f"# {_worth(point)}\n{block}")
    return Suggestion("\n".join((heading, *blocks)), tuple(blocks), tuple(points))


def _worth(point: Point) -> str:
    count = code_site_count(point)
    return f"{count} code sites" if count else f"a tag of {int(_tag_bits(point))} bits"


def _tag_bits(point: Point) -> float:
    return 0.0 if code_site_count(point) else math.log2(tag_space(point))


def _apart(proposals: Iterator[_Proposal]) -> list[_Proposal]:
    """The first MAX_PROPOSALS that do not overlap, the longest first where they do."""
    kept: list[_Proposal] = []
    for proposal in sorted(proposals, key=lambda each: (each.start, -len(each.text))):
        if not kept or proposal.start >= kept[-1].start + len(kept[-1].text):
            kept.append(proposal)
    return kept[:MAX_PROPOSALS]


def _proposals(data: bytes) -> Iterator[_Proposal]:
    if b"\0" in data:
        yield from _paddings(data)
        return
    for run in _HEX_RUN.finditer(data):
        if bytes.fromhex(run[1].decode())[0] in CHARSETS["alnum"]:
            yield _Proposal("filler", run.start(), run[0], ('encoder = "hex"',))
    for quoted in _QUOTED.finditer(data):
        text, start = quoted[2], quoted.start(2)
        found = (recognise(text, start) for recognise in _RECOGNISERS)
        yield from [each for each in found if each is not None][:1]
    for constant in _CONSTANT.finditer(data):
        if len(set(constant[1])) * 2 > len(constant[1]):
            yield _Proposal("nonce", constant.start(1), constant[1], ('charset = "hex"',))
    for address in _ADDRESS.finditer(data):
        low = 10 ** (len(address[1]) - 1)
        if low <= int(address[1]) <= min(10 * low - 1, 254):
            extra = (f"low = {low}", f"high = {min(10 * low - 1, 254)}")
            yield _Proposal("integer", address.start(1), address[1], extra)


def _paddings(data: bytes) -> Iterator[_Proposal]:
    """Long runs of one byte in a file that is no text; whether they may vary is to be tried."""
    for run in _PADDING.finditer(data):
        text = run[0][:MAX_PADDING_BYTES]
        yield _Proposal("filler", run.start(), text, ('charset = "bytes"',))


def _filler(text: bytes, start: int) -> _Proposal | None:
    if len(text) < MIN_FILLER_BYTES or not _RUN.fullmatch(text):
        return None
    charset = "alnum" if text[0] in CHARSETS["alnum"] else "printable"
    return _Proposal("filler", start, text, (f'charset = "{charset}"',))


def _nonce(text: bytes, start: int) -> _Proposal | None:
    if _HEX.fullmatch(text):
        return _Proposal("nonce", start, text, ('charset = "hex"',))
    if _MIXED.fullmatch(text) and len(set(text)) * 2 > len(text):
        charset = "base64" if set(text) & set(b"+/") else "alnum"
        return _Proposal("nonce", start, text, (f'charset = "{charset}"',))
    return None


def _name(text: bytes, start: int) -> _Proposal | None:
    parts = _NAME.fullmatch(text)
    if parts is None or not re.search(rb"[0-9]", parts[2]):
        return None
    charset = (CHARSETS["lower"] + CHARSETS["digits"]).decode()
    extra = (f'prefix = "{parts[1].decode()}"', f'charset = "{charset}"')
    return _Proposal("name", start, text, extra)


def _time(text: bytes, start: int) -> _Proposal | None:
    found = _TIME.fullmatch(text)
    if found is None or found[1] < b"1970":
        return None
    year = found[1].decode()
    extra = (f'low = "{year}-01-01T00:00:00Z"', f'high = "{year}-12-31T23:59:59Z"')
    return _Proposal("timestamp", start, text, extra)


_RECOGNISERS: tuple[Callable[[bytes, int], _Proposal | None], ...] = (
    _filler,
    _time,
    _nonce,
    _name,
)


def _block(data: bytes, proposal: _Proposal, name: str) -> str:
    lines = ["[[mark]]", f'name = "{name}"', f'kind = "{proposal.kind}"']
    lines += [*_place(data, proposal), *proposal.extra]
    return "\n".join(lines) + "\n"


def _place(data: bytes, proposal: _Proposal) -> list[str]:
    """A pattern from the line's text up to the value when it is plain and unique, else offset."""
    line_start = data.rfind(b"\n", 0, proposal.start) + 1
    before = data[line_start : proposal.start][-MAX_CONTEXT_BYTES:].lstrip()
    after = data[proposal.start + len(proposal.text) :][:1]
    pattern = f"{_escaped(before)}({_shortest(proposal.text)}){_escaped(after)}"
    plain = all(0x20 <= byte < 0x7F for byte in before + after) and "'" not in pattern
    if plain and len(re.findall(pattern.encode(), data)) == 1:
        return [f"match = '{pattern}'"]
    return [f"offset = {proposal.start}", f"length = {len(proposal.text)}"]


def _escaped(text: bytes) -> str:
    return re.escape(text.decode("latin-1")).replace("\\ ", " ")


def _shortest(text: bytes) -> str:
    if len(set(text)) > 1:
        return _escaped(text)
    return f"{_escaped(text[:1])}{{{len(text)}}}"


def _parsed(file: PackageFile, block: str) -> Point | None:
    """The point that the block declares; None when it does not fit the file."""
    marks = PackageFile(file.path + MARKS_SUFFIX, block.encode())
    try:
        points = lay_out_marks(file, marks).points
    except InvalidInput:
        return None
    return points[0]
