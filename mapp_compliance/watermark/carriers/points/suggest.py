"""Marks proposed for an untouched file, for its author to confirm; nothing is marked by itself.

Rules: only what stands in quotes is looked at: long runs of one byte become fillers, long rows of
hex or mixed letters and digits nonces, words with a random-looking tail names. A proposal is a
side-car that parses as it stands; where no pattern is unique the place is given by offset.

>>> print(suggest_marks(PackageFile("poc.py", b'FILL = b"AAAAAAAAAAAAAAAAAAAAAAAA"\\n')))
# Proposed marks for poc.py; keep what may vary, delete the rest.
<BLANKLINE>
[[mark]]
name = "filler1"
kind = "filler"
match = 'FILL = b"(A{24})"'
charset = "alnum"
<BLANKLINE>
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from mapp_compliance.errors import InvalidInput
from mapp_compliance.values import shown
from mapp_compliance.watermark.carriers.points.charsets import CHARSETS
from mapp_compliance.watermark.carriers.points.sidecar import lay_out_marks
from mapp_compliance.watermark.package import MARKS_SUFFIX, PackageFile

MIN_FILLER_BYTES = 16
MAX_CONTEXT_BYTES = 60  # of the line before the value, as part of the pattern

_QUOTED = re.compile(rb"([\"'])([A-Za-z0-9+/=_.:-]{8,})\1")
_RUN = re.compile(rb"(.)\1+", re.DOTALL)
_NAME = re.compile(rb"([A-Za-z]{3,}[_.-])([a-z0-9]{4,43})")
_MIXED = re.compile(rb"(?=.*[0-9])(?=.*[A-Za-z])[A-Za-z0-9+/]{12,42}")
_HEX = re.compile(rb"(?=.*[0-9])[0-9a-f]{16,64}")


@dataclass(frozen=True, slots=True)
class _Proposal:
    """One mark as TOML lines without name and place."""

    kind: str
    start: int
    text: bytes
    extra: tuple[str, ...]


def suggest_marks(file: PackageFile) -> str:
    """The text of a side-car with proposals for the file, ``NAME.marks.toml``.

    It parses as it stands; without proposals it is the heading alone.
    """
    counts: dict[str, int] = {}
    blocks = [f"# Proposed marks for {shown(file.path)}; keep what may vary, delete the rest.\n"]
    for proposal in _proposals(file.data):
        counts[proposal.kind] = counts.get(proposal.kind, 0) + 1
        name = f"{proposal.kind}{counts[proposal.kind]}"
        block = _block(file.data, proposal, name)
        if _parses(file, block):
            blocks.append(block)
    return "\n".join(blocks)


def _proposals(data: bytes) -> list[_Proposal]:
    found = []
    for quoted in _QUOTED.finditer(data):
        text, start = quoted[2], quoted.start(2)
        for recognise in _RECOGNISERS:
            proposal = recognise(text, start)
            if proposal is not None:
                found.append(proposal)
                break
    return found


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


_RECOGNISERS: tuple[Callable[[bytes, int], _Proposal | None], ...] = (_filler, _nonce, _name)


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


def _parses(file: PackageFile, block: str) -> bool:
    try:
        lay_out_marks(file, PackageFile(file.path + MARKS_SUFFIX, block.encode()))
    except InvalidInput:
        return False
    return True
