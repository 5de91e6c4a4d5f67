"""Proofs that stand alone: an entry's place in the ledger and a checkpoint (C2SP tlog-proof@v1).

Our proofs never carry the format's `extra` line: nothing signs it, so a proof with one is refused.

>>> from mapp_compliance.trust.ledger.checkpoint import Checkpoint, sign_checkpoint
>>> from mapp_compliance.trust.ledger.tree import MerkleTree
>>> from mapp_compliance.trust.signing import Ed25519Signer
>>> signer = Ed25519Signer.from_seed(bytes(32))
>>> tree = MerkleTree(map(leaf_hash, [b"first", b"second"]))
>>> note = sign_checkpoint(Checkpoint("vendor.example/log", 2, tree.root()), signer)
>>> proof = format_proof(LedgerProof(1, tree.inclusion(1), note))
>>> log = NoteKey("vendor.example/log", signer.public_key)
>>> verify_proof(proof, b"second", log).index
1
"""

from collections.abc import Sequence
from dataclasses import dataclass

from mapp_compliance.trust.canonical import base64_text, parse_base64
from mapp_compliance.trust.errors import Malformed
from mapp_compliance.trust.ledger.checkpoint import (
    VerifiedCheckpoint,
    parse_number,
    verify_checkpoint,
)
from mapp_compliance.trust.ledger.note import NoteKey
from mapp_compliance.trust.ledger.tree import HASH_BYTES, leaf_hash, verify_inclusion

_FIRST_LINE = "c2sp.org/tlog-proof@v1"
MAX_PATH = 63  # hashes, for a ledger of 2^63 leaves


@dataclass(frozen=True, slots=True)
class LedgerProof:
    """Index of an entry, sibling hashes from the leaf up, and the checkpoint as signed."""

    index: int
    path: tuple[bytes, ...]
    checkpoint: bytes


@dataclass(frozen=True, slots=True)
class ProvenEntry:
    """What a proof proves: the entry stands at this index of the checkpoint's ledger."""

    index: int
    ledger: VerifiedCheckpoint


def format_proof(proof: LedgerProof) -> bytes:
    """The text of the proof, for a file named ``.tlog-proof``."""
    lines = [_FIRST_LINE, f"index {proof.index}", *map(base64_text, proof.path), ""]
    return "".join(f"{line}\n" for line in lines).encode() + proof.checkpoint


def parse_proof(data: bytes) -> LedgerProof:
    """The parts of a proof; says nothing about whether it holds.

    Raises:
        Malformed: not a proof, or one with an ``extra`` line.
    """
    head, blank, checkpoint = data.partition(b"\n\n")
    try:
        first, index, *path = head.decode("ascii").split("\n")
    except ValueError as err:
        raise Malformed("this is not a ledger proof; hand in the .tlog-proof file") from err
    if first != _FIRST_LINE or not blank or not index.startswith("index "):
        raise Malformed("this is not a ledger proof of ours; hand in the .tlog-proof file")
    hashes = tuple(parse_base64(line) for line in path)
    if len(hashes) > MAX_PATH or any(len(item) != HASH_BYTES for item in hashes):
        raise Malformed(f"a ledger proof has up to {MAX_PATH} hashes of {HASH_BYTES} bytes")
    return LedgerProof(parse_number(index.removeprefix("index ")), hashes, checkpoint)


def verify_proof(
    data: bytes, entry: bytes, log: NoteKey, witnesses: Sequence[NoteKey] = (), quorum: int = 0
) -> ProvenEntry:
    """What is proven about the entry.

    Raises:
        Malformed: not a proof.
        BadSignature: the checkpoint is not signed as asked for.
        ProofError: the entry is not proven to be in that ledger.
    """
    proof = parse_proof(data)
    ledger = verify_checkpoint(proof.checkpoint, log, witnesses, quorum)
    head = ledger.checkpoint
    verify_inclusion(leaf_hash(entry), proof.index, head.size, proof.path, head.root)
    return ProvenEntry(proof.index, ledger)
