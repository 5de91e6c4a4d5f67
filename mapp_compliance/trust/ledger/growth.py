"""That a ledger only grew: an older size, a consistency proof and the newer checkpoint.

The text is the one that a C2SP witness is handed before it cosigns. Whoever kept an older signed
tree head can check by it that nothing before was altered, without seeing any leaf.

>>> from mapp_compliance.trust.ledger.checkpoint import Checkpoint, sign_checkpoint
>>> from mapp_compliance.trust.ledger.tree import MerkleTree, leaf_hash
>>> from mapp_compliance.trust.signing import Ed25519Signer
>>> signer = Ed25519Signer.from_seed(bytes(32))
>>> tree = MerkleTree(map(leaf_hash, [b"first", b"second", b"third"]))
>>> note = sign_checkpoint(Checkpoint("vendor.example/log", 3, tree.root()), signer)
>>> text = format_growth(LedgerGrowth(2, tree.consistency(2), note))
>>> verify_growth(text, tree.root(2), NoteKey("vendor.example/log", signer.public_key)).size
3

Source: C2SP tlog-witness, the body of add-checkpoint.
"""

from dataclasses import dataclass

from mapp_compliance.trust.canonical import base64_text, parse_base64
from mapp_compliance.trust.errors import Malformed
from mapp_compliance.trust.ledger.checkpoint import Checkpoint, parse_number, verify_checkpoint
from mapp_compliance.trust.ledger.note import NoteKey
from mapp_compliance.trust.ledger.tree import HASH_BYTES, verify_consistency

_FIRST_WORD = "old "
MAX_PATH = 63  # hashes, as the format allows


@dataclass(frozen=True, slots=True)
class LedgerGrowth:
    """An older size, the hashes that lead on from it, and the newer checkpoint as signed."""

    old_size: int
    path: tuple[bytes, ...]
    checkpoint: bytes


def format_growth(growth: LedgerGrowth) -> bytes:
    """The text of the proof."""
    lines = [f"{_FIRST_WORD}{growth.old_size}", *map(base64_text, growth.path), ""]
    return "".join(f"{line}\n" for line in lines).encode() + growth.checkpoint


def parse_growth(data: bytes) -> LedgerGrowth:
    """The parts of a proof; says nothing about whether it holds.

    Raises:
        Malformed: not such a text.
    """
    fault = "this is no proof that a ledger grew; hand in the file of 'mapp log prove --since'"
    head, blank, checkpoint = data.partition(b"\n\n")
    try:
        first, *path = head.decode("ascii").split("\n")
    except ValueError as err:
        raise Malformed(fault) from err
    if not blank or not first.startswith(_FIRST_WORD):
        raise Malformed(fault)
    hashes = tuple(parse_base64(line) for line in path)
    if len(hashes) > MAX_PATH or any(len(item) != HASH_BYTES for item in hashes):
        raise Malformed(f"such a proof has up to {MAX_PATH} hashes of {HASH_BYTES} bytes; {fault}")
    return LedgerGrowth(parse_number(first.removeprefix(_FIRST_WORD)), hashes, checkpoint)


def verify_growth(data: bytes, old_root: bytes, log: NoteKey) -> Checkpoint:
    """The newer checkpoint, when the ledger signed it and the older tree is its beginning.

    Raises:
        Malformed: not such a text.
        BadSignature: the checkpoint is not signed by the ledger.
        ProofError: the older tree is not its beginning.
    """
    growth = parse_growth(data)
    head = verify_checkpoint(growth.checkpoint, log).checkpoint
    verify_consistency(growth.old_size, head.size, growth.path, old_root, head.root)
    return head
