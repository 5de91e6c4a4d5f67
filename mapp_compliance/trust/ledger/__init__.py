"""Append-only log: Merkle tree, checkpoints, inclusion and consistency proofs."""

from mapp_compliance.trust.ledger.checkpoint import (
    Checkpoint,
    Cosignature,
    VerifiedCheckpoint,
    parse_checkpoint,
    sign_checkpoint,
    verify_checkpoint,
)
from mapp_compliance.trust.ledger.growth import (
    LedgerGrowth,
    format_growth,
    parse_growth,
    verify_growth,
)
from mapp_compliance.trust.ledger.note import (
    Note,
    NoteKey,
    NoteKeyKind,
    VerifiedLine,
    open_note,
    sign_note,
)
from mapp_compliance.trust.ledger.proof import (
    LedgerProof,
    ProvenEntry,
    format_proof,
    parse_proof,
    verify_proof,
)
from mapp_compliance.trust.ledger.tree import (
    EMPTY_ROOT,
    MerkleTree,
    leaf_hash,
    verify_consistency,
    verify_inclusion,
)

__all__ = [
    "EMPTY_ROOT",
    "Checkpoint",
    "Cosignature",
    "LedgerGrowth",
    "LedgerProof",
    "MerkleTree",
    "Note",
    "NoteKey",
    "NoteKeyKind",
    "ProvenEntry",
    "VerifiedCheckpoint",
    "VerifiedLine",
    "format_growth",
    "format_proof",
    "leaf_hash",
    "open_note",
    "parse_checkpoint",
    "parse_growth",
    "parse_proof",
    "sign_checkpoint",
    "sign_note",
    "verify_checkpoint",
    "verify_consistency",
    "verify_growth",
    "verify_inclusion",
    "verify_proof",
]
