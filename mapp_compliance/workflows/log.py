"""The ledger as a whole: signed tree heads, proofs for single leaves, and the full check.

The newest signed tree head is kept beside the database. A ledger that was cut short or rewritten
no longer agrees with it, nor with the heads that recipients hold in their parcels.
"""

from collections.abc import Iterator, Mapping, Set
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from mapp_compliance.errors import Broken
from mapp_compliance.trust import BadSignature, Json, Malformed, parse_canonical
from mapp_compliance.trust.ledger import (
    Checkpoint,
    LedgerGrowth,
    LedgerProof,
    MerkleTree,
    NoteKey,
    format_growth,
    format_proof,
    leaf_hash,
    sign_checkpoint,
    verify_checkpoint,
)
from mapp_compliance.values import shown
from mapp_compliance.workflows.ports import Desk, UnitOfWork
from mapp_compliance.workflows.records import Leaf, leaf_data


def tree_of(leaves: list[Leaf]) -> MerkleTree:
    """The Merkle tree over the leaves.

    Raises:
        Broken: an index is missing or out of order.
    """
    for expected, leaf in enumerate(leaves):
        if leaf.index != expected:
            raise Broken(
                f"the ledger has leaf {leaf.index} where leaf {expected} belongs; it was altered, "
                "restore the workspace from a backup and compare"
            )
    return MerkleTree(leaf_hash(leaf.data) for leaf in leaves)


@contextmanager
def transaction(desk: Desk) -> Iterator[UnitOfWork]:
    """One write; when it adds leaves, a signed tree head over them is kept after it.

    Raises:
        Broken: what was there before is not what the newest kept head covers; nothing is written
            then, as a new leaf in the place of a lost one would hide the loss.
    """
    with desk.store.write() as work:
        before, head = work.ledger.size(), b""
        yield work
        if work.ledger.size() > before:
            tree = tree_of(work.ledger.leaves())
            for kept in desk.heads.kept()[-1:]:
                _check_covers(tree, before, _verified_head(desk, kept))
            head = _signed_head(desk, tree)
    if head:
        desk.heads.keep(head)


def unused_leaf(
    work: UnitOfWork, kind: str, body: Mapping[str, Json], used: Set[int]
) -> int | None:
    """The leaf that a stopped run wrote over exactly these words, and nobody went on from."""
    wanted = leaf_data(kind, body)
    for leaf in work.ledger.leaves():
        if leaf.data == wanted and leaf.index not in used:
            return leaf.index
    return None


def checkpoint(desk: Desk, work: UnitOfWork) -> bytes:
    """A signed tree head over all leaves of this transaction."""
    return _signed_head(desk, tree_of(work.ledger.leaves()))


def _signed_head(desk: Desk, tree: MerkleTree) -> bytes:
    """Signed by the newest key first, and by the older ones for those who know only them."""
    head = Checkpoint(desk.program.origin, tree.size, tree.root())
    return sign_checkpoint(head, *reversed(desk.keyring.log_signers))


def proofs(desk: Desk, work: UnitOfWork, indices: list[int]) -> dict[int, bytes]:
    """A text proof for each of the leaves, all under one new tree head."""
    tree = tree_of(work.ledger.leaves())
    signed = _signed_head(desk, tree)
    return {
        index: format_proof(LedgerProof(index, tree.inclusion(index), signed)) for index in indices
    }


def growth(desk: Desk, work: UnitOfWork, old_size: int) -> bytes:
    """A text proof that the first leaves are still the beginning of the ledger.

    Raises:
        Malformed: the ledger has fewer leaves.
    """
    tree = tree_of(work.ledger.leaves())
    signed = _signed_head(desk, tree)
    return format_growth(LedgerGrowth(old_size, tree.consistency(old_size), signed))


def log_key(desk: Desk) -> NoteKey:
    """The public key that tree heads are checked with from now on."""
    return log_keys(desk)[-1]


def log_keys(desk: Desk) -> list[NoteKey]:
    """All keys that ever signed tree heads, oldest first."""
    return [NoteKey(desk.program.origin, signer.public_key) for signer in desk.keyring.log_signers]


def _verified_head(desk: Desk, head: bytes) -> Checkpoint:
    """The head, when one of our keys signed it; an older head bears only older keys."""
    *older, newest = log_keys(desk)
    for key in older:
        with suppress(BadSignature):
            return verify_checkpoint(head, key).checkpoint
    return verify_checkpoint(head, newest).checkpoint


@dataclass(frozen=True, slots=True)
class LogState:
    """What the full check found."""

    size: int
    root: str
    kept_heads: int


def verify_log(desk: Desk, outside: tuple[bytes, ...] = ()) -> LogState:
    """The state of the ledger, when every kept tree head agrees with its leaves.

    Args:
        outside: further tree heads, such as those that recipients hold.
    Raises:
        Broken: a gap, a leaf that was altered, cut off or called otherwise, no head at all, or one
            that is not ours.
    """
    with desk.store.read() as work:
        leaves = work.ledger.leaves()
    tree = tree_of(leaves)
    _check_kinds(leaves)
    heads = [*desk.heads.kept(), *outside]
    if leaves and not desk.heads.kept():
        raise Broken(
            f"the ledger has {len(leaves)} leaves and no signed tree head is kept beside it; the "
            "heads folder was emptied, restore the workspace from a backup"
        )
    for head in heads:
        _check_covers(tree, tree.size, _verified_head(desk, head))
    return LogState(tree.size, tree.root().hex(), len(heads))


def _check_covers(tree: MerkleTree, size: int, kept: Checkpoint) -> None:
    """Raises Broken unless a signed head covers no more than the first leaves, and just them."""
    if kept.size > size:
        raise Broken(
            f"the ledger has {size} leaves, but a signed tree head covers {kept.size}; "
            "it was cut short, restore the workspace from a backup"
        )
    if tree.root(kept.size) != kept.root:
        raise Broken(
            f"the first {kept.size} leaves are not those that a signed tree head covers; the "
            "ledger was altered, restore the workspace from a backup"
        )


def _check_kinds(leaves: list[Leaf]) -> None:
    """The kind stands beside the bytes for convenience; only in the bytes is it under the tree."""
    for leaf in leaves:
        if _type_of(leaf.data) != f"mapp/{leaf.kind}/v1":
            raise Broken(
                f"leaf {leaf.index} is called {shown(leaf.kind)!r} and is not; the ledger was "
                "altered, restore the workspace from a backup"
            )


def _type_of(data: bytes) -> object:
    try:
        body = parse_canonical(data)
    except Malformed:
        return None
    return body.get("type") if isinstance(body, dict) else None
