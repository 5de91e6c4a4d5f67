"""Signed notes: a text and signature lines below it (C2SP signed-note v1).

A note counts only through the keys that the reader knows. Lines of unknown keys are passed over
(witnesses add theirs), a wrong signature of a known key refuses the whole note.

>>> from mapp_compliance.trust.signing import Ed25519Signer
>>> signer = Ed25519Signer.from_seed(bytes(32))
>>> note = sign_note("line\\n", "vendor.example/log", signer)
>>> key = NoteKey("vendor.example/log", signer.public_key)
>>> [line.key for line in open_note(note, [key]).verified] == [key]
True
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from mapp_compliance.trust.canonical import base64_text, parse_base64
from mapp_compliance.trust.errors import BadSignature, Malformed
from mapp_compliance.trust.signing import SIGNATURE_BYTES, PublicKey, Signer

MAX_SIGNATURES = 100  # as the Go implementation; the format asks for at least 16
MAX_NOTE_BYTES = 1_000_000  # as the Go implementation
_KEY_NAME = re.compile(r"[^\s+\x00-\x1f\ud800-\udfff]+")
_MAX_TIME_S = 2**63 - 1
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\ud800-\udfff]")
_DASH = "\u2014 "


class NoteKeyKind(IntEnum):
    """What a key signs; the numbers are those of the format."""

    LOG = 0x01  # the text itself
    WITNESS = 0x04  # a time and the text (cosignature/v1)


@dataclass(frozen=True, slots=True)
class NoteKey:
    """A named public key with its use. The name has no white space and no '+'."""

    name: str
    public_key: PublicKey
    kind: NoteKeyKind = NoteKeyKind.LOG

    def __post_init__(self) -> None:
        if not _KEY_NAME.fullmatch(self.name):
            raise Malformed("a ledger or witness name has no white space and no '+'; rename it")

    @property
    def hash(self) -> bytes:
        """The four bytes that lead each signature of this key."""
        return hashlib.sha256(f"{self.name}\n".encode() + self._typed()).digest()[:4]

    def text(self) -> str:
        """``name+hash+base64``, the form in which other tools take this key."""
        return f"{self.name}+{self.hash.hex()}+{base64_text(self._typed())}"

    def _typed(self) -> bytes:
        return bytes([self.kind]) + self.public_key.raw


@dataclass(frozen=True, slots=True)
class VerifiedLine:
    """A signature line that holds; a witness says when it saw the text, POSIX seconds."""

    key: NoteKey
    time_s: int | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """A text (ending in a line end) and the lines of known keys, in the order of the note."""

    text: str
    verified: tuple[VerifiedLine, ...]


def sign_note(text: str, name: str, *signers: Signer) -> bytes:
    """The note with one signature of each key, all under one name.

    Raises:
        Malformed: the text does not end in a line end or holds control characters, or the name
            does not suit.
    """
    if not text.endswith("\n") or _CONTROL.search(text):
        raise Malformed("a note's text ends in a line end and has no control characters; mend it")
    lines = []
    for signer in signers:
        key = NoteKey(name, signer.public_key)
        signature = base64_text(key.hash + signer.sign(text.encode()))
        lines.append(f"{_DASH}{name} {signature}\n")
    return f"{text}\n{''.join(lines)}".encode()


def open_note(note: bytes, keys: Iterable[NoteKey]) -> Note:
    """The note, once at least one known key is found to have signed it.

    Raises:
        Malformed: not a signed note.
        BadSignature: no line of a known key, or a wrong one.
    """
    text, lines = _parse(note)
    known = {(key.name, key.hash): key for key in keys}
    verified = tuple(
        _verified(text, known[name, signature[:4]], signature[4:])
        for name, signature in lines
        if (name, signature[:4]) in known
    )
    if not verified:
        raise BadSignature("no known key signed this checkpoint; check the key and the ledger name")
    return Note(text, verified)


def _verified(text: str, key: NoteKey, signature: bytes) -> VerifiedLine:
    """The line, when the signature holds for the use of its key."""
    if key.kind is NoteKeyKind.LOG:
        key.public_key.verify(text.encode(), signature)
        return VerifiedLine(key)
    time_s = int.from_bytes(signature[:8], "big")
    if len(signature) != 8 + SIGNATURE_BYTES or time_s > _MAX_TIME_S:
        raise BadSignature("a witness line has an unknown form; fetch the checkpoint again")
    key.public_key.verify(f"cosignature/v1\ntime {time_s}\n{text}".encode(), signature[8:])
    return VerifiedLine(key, time_s)


def _parse(note: bytes) -> tuple[str, list[tuple[str, bytes]]]:
    """(text, [(key name, key hash and signature)])."""
    fault = "this is not a signed note; hand in the checkpoint or proof as it was written"
    try:
        whole = note.decode()
    except UnicodeDecodeError as err:
        raise Malformed(fault) from err
    text, blank, tail = whole.rpartition("\n\n")
    rows = tail.split("\n")
    if not blank or rows.pop() or _CONTROL.search(whole):
        raise Malformed(fault)
    if not 1 <= len(rows) <= MAX_SIGNATURES or len(note) > MAX_NOTE_BYTES:
        raise Malformed(f"a note has 1 to {MAX_SIGNATURES} signatures; hand in the original")
    lines = []
    for row in rows:
        name, _, encoded = row.removeprefix(_DASH).partition(" ")
        if not row.startswith(_DASH) or not _KEY_NAME.fullmatch(name):
            raise Malformed(fault)
        signature = parse_base64(encoded)
        if len(signature) < 5:
            raise Malformed(fault)
        lines.append((name, signature))
    return text + "\n", lines
