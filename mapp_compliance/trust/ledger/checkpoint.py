"""Checkpoints: signed statements of how long the ledger is and what its root is (C2SP).

The origin names the ledger and is also the name of the key that signs its checkpoints. Witnesses
add lines with the time at which they saw it; who needs them asks for a quorum.

>>> from mapp_compliance.trust.ledger.tree import EMPTY_ROOT
>>> from mapp_compliance.trust.signing import Ed25519Signer
>>> signer = Ed25519Signer.from_seed(bytes(32))
>>> note = sign_checkpoint(Checkpoint("vendor.example/log", 0, EMPTY_ROOT), signer)
>>> verify_checkpoint(note, NoteKey("vendor.example/log", signer.public_key)).checkpoint.size
0

Source: C2SP tlog-checkpoint, tlog-cosignature.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from mapp_compliance.trust.canonical import base64_text, parse_base64
from mapp_compliance.trust.errors import BadSignature, Malformed
from mapp_compliance.trust.ledger.note import NoteKey, open_note, sign_note
from mapp_compliance.trust.ledger.tree import HASH_BYTES
from mapp_compliance.trust.signing import Signer

MAX_SIZE = 2**63 - 1  # leaves; what every C2SP client can hold
_NUMBER = re.compile(r"0|[1-9][0-9]{0,18}")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Name, number of leaves and root (32 bytes) of a ledger, and further lines, seldom any."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not all(line and line.isprintable() for line in (self.origin, *self.extensions)):
            raise Malformed("a checkpoint's lines are not empty and printable; mend the name")
        if not 0 <= self.size <= MAX_SIZE or len(self.root) != HASH_BYTES:
            raise Malformed(
                f"a checkpoint has a size up to 2^63 - 1 and a root of {HASH_BYTES} bytes"
            )

    def text(self) -> str:
        """The signed lines."""
        lines = (self.origin, str(self.size), base64_text(self.root), *self.extensions)
        return "".join(f"{line}\n" for line in lines)


@dataclass(frozen=True, slots=True)
class Cosignature:
    """A witness's name and the time, in POSIX seconds, at which it saw the checkpoint."""

    witness: str
    time_s: int


@dataclass(frozen=True, slots=True)
class VerifiedCheckpoint:
    """A checkpoint that its ledger signed, and the witnesses who saw it."""

    checkpoint: Checkpoint
    cosignatures: tuple[Cosignature, ...]


def sign_checkpoint(checkpoint: Checkpoint, *signers: Signer) -> bytes:
    """The checkpoint as a signed note, one line for each key of the ledger.

    Raises Malformed for an origin with white space or '+'.
    """
    return sign_note(checkpoint.text(), checkpoint.origin, *signers)


def verify_checkpoint(
    note: bytes, log: NoteKey, witnesses: Sequence[NoteKey] = (), quorum: int = 0
) -> VerifiedCheckpoint:
    """The checkpoint, when the ledger signed it and at least ``quorum`` witnesses saw it.

    Args:
        log: the ledger's key; its name is the origin that is expected.
    Raises:
        Malformed: not a checkpoint.
        BadSignature: not signed by the ledger, of another ledger, or seen by too few witnesses.
    """
    opened = open_note(note, [log, *witnesses])
    checkpoint = parse_checkpoint(opened.text)
    if checkpoint.origin != log.name or log not in {line.key for line in opened.verified}:
        raise BadSignature(f"this checkpoint is not signed by {log.name}; fetch its own checkpoint")
    seen = {
        line.key.name: Cosignature(line.key.name, line.time_s)
        for line in opened.verified
        if line.time_s is not None
    }
    if len(seen) < quorum:
        raise BadSignature(
            f"{len(seen)} of {quorum} witnesses saw this checkpoint; ask for one seen by more"
        )
    return VerifiedCheckpoint(checkpoint, tuple(seen.values()))


def parse_checkpoint(text: str) -> Checkpoint:
    """The checkpoint of a note's text; says nothing about who signed it.

    Raises:
        Malformed: fewer than three lines, or a number or root in another spelling.
    """
    lines = text.split("\n")
    if len(lines) < 4 or lines.pop():
        raise Malformed("a checkpoint has three lines or more; hand it in as it was written")
    return Checkpoint(lines[0], parse_number(lines[1]), parse_base64(lines[2]), tuple(lines[3:]))


def parse_number(text: str) -> int:
    """A size or index written without sign and leading zeros. Raises Malformed otherwise."""
    if not _NUMBER.fullmatch(text):
        raise Malformed("a ledger size or index is not a plain number; hand in the original")
    return int(text)
