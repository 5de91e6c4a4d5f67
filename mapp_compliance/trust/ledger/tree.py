"""The Merkle tree of RFC 6962: roots, inclusion proofs, consistency proofs, and their checks.

A tree is built from leaf hashes (32 bytes each) in the order of the ledger; the leaves themselves
stay where they are. Proofs are checked by the algorithms of RFC 9162, which share no code with
those that make them.

>>> tree = MerkleTree(leaf_hash(entry) for entry in (b"a", b"b", b"c"))
>>> verify_inclusion(leaf_hash(b"c"), 2, 3, tree.inclusion(2), tree.root())
>>> verify_consistency(1, 3, tree.consistency(1), tree.root(1), tree.root())
"""

import hashlib
from collections.abc import Iterable, Sequence

from mapp_compliance.trust.errors import Malformed, ProofError

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()  # RFC 6962 section 2.1


def leaf_hash(entry: bytes) -> bytes:
    """Hash of a ledger entry: SHA-256 of a zero byte and the entry."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of an inner node: SHA-256 of a one byte and the two hashes below."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class MerkleTree:
    """A growing tree; every complete subtree is kept, so a proof costs a look-up for each level."""

    def __init__(self, leaf_hashes: Iterable[bytes] = ()) -> None:
        self._rows: list[list[bytes]] = [[]]  # row k holds the roots of complete 2^k-leaf subtrees
        for hashed in leaf_hashes:
            self.append(hashed)

    @property
    def size(self) -> int:
        """Number of leaves."""
        return len(self._rows[0])

    def append(self, hashed: bytes) -> int:
        """Adds a leaf hash at the end; gives its index. Raises Malformed unless 32 bytes."""
        if len(hashed) != HASH_BYTES:
            raise Malformed(
                f"a leaf hash has {HASH_BYTES} bytes, not {len(hashed)}; hash the entry"
            )
        index = self.size
        for row in self._rows:
            row.append(hashed)
            if len(row) % 2:
                return index
            hashed = node_hash(row[-2], row[-1])
        self._rows.append([hashed])
        return index

    def root(self, size: int | None = None) -> bytes:
        """Root over the first ``size`` leaves, all by default. Raises Malformed when too many."""
        size = self._checked(size)
        return self._subtree(0, size) if size else EMPTY_ROOT

    def inclusion(self, index: int, size: int | None = None) -> tuple[bytes, ...]:
        """Sibling hashes from the leaf up to the root over ``size`` leaves.

        Raises:
            Malformed: the index is not within the size, or the size not within the tree.
        """
        low, high = 0, self._checked(size)
        if not 0 <= index < high:
            raise Malformed(f"leaf {index} is not among the first {high}; ask for one that is")
        path = []
        while high - low > 1:
            middle = low + _split(high - low)
            if index < middle:
                path.append(self._subtree(middle, high))
                high = middle
            else:
                path.append(self._subtree(low, middle))
                low = middle
        return tuple(reversed(path))

    def consistency(self, old_size: int, size: int | None = None) -> tuple[bytes, ...]:
        """Hashes that show the first ``old_size`` leaves to be unchanged in the larger tree.

        Raises:
            Malformed: the sizes are not in order or not within the tree.
        """
        low, high = 0, self._checked(size)
        if not 0 <= old_size <= high:
            raise Malformed(f"size {old_size} does not come before {high}; swap the two sizes")
        path: list[bytes] = []
        while 0 < old_size < high:
            middle = low + _split(high - low)
            if old_size <= middle:
                path.append(self._subtree(middle, high))
                high = middle
            else:
                path.append(self._subtree(low, middle))
                low = middle
        if low:  # otherwise the verifier knows this hash: it is the old root
            path.append(self._subtree(low, high))
        return tuple(reversed(path))

    def _checked(self, size: int | None) -> int:
        if size is None:
            return self.size
        if not 0 <= size <= self.size:
            raise Malformed(f"the tree has {self.size} leaves, not {size}; ask for fewer")
        return size

    def _subtree(self, low: int, high: int) -> bytes:
        """Hash over leaves low to high - 1, where low is a multiple of the greatest 2^k <= n."""
        count = high - low
        level = count.bit_length() - 1
        if count == 1 << level:
            return self._rows[level][low >> level]
        middle = low + _split(count)
        return node_hash(self._subtree(low, middle), self._subtree(middle, high))


def verify_inclusion(
    leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes
) -> None:
    """Nothing, when the leaf hash stands at that index of the tree with that root.

    Raises:
        ProofError: it is not proven to.
    Source: RFC 9162 section 2.1.3.2.
    """
    if not 0 <= index < size:
        raise ProofError(f"leaf {index} cannot be in a tree of {size}; fetch the proof again")
    place, last, found = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            raise ProofError("the inclusion proof is too long; fetch it again")
        if place % 2 or place == last:
            found = node_hash(sibling, found)
            while place and not place % 2:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        place, last = place >> 1, last >> 1
    if last or found != root:
        raise ProofError(
            f"leaf {index} is not proven to be in the ledger of size {size}; do not rely on it, "
            "and fetch proof and checkpoint again",
            index=index,
            size=size,
        )


def verify_consistency(
    old_size: int, size: int, path: Sequence[bytes], old_root: bytes, root: bytes
) -> None:
    """Nothing, when the tree of ``size`` starts with the very leaves of the tree of ``old_size``.

    Raises:
        ProofError: it is not proven to.
    Source: RFC 9162 section 2.1.4.2; an empty old tree is the start of every tree.
    """
    ends = (old_root, root)
    if old_size in (0, size):
        expected = EMPTY_ROOT if old_size == 0 else root
        holds = not path and old_root == expected and (size > 0 or root == EMPTY_ROOT)
    else:
        holds = 0 < old_size < size and _roots_of(old_size, size, path, old_root) == ends
    if not holds:
        raise ProofError(
            f"the ledger of size {size} is not proven to continue that of size {old_size}; keep "
            "both checkpoints, they may show that history was rewritten",
            old_size=old_size,
            size=size,
        )


def _roots_of(
    old_size: int, size: int, path: Sequence[bytes], old_root: bytes
) -> tuple[bytes, bytes] | None:
    """The two roots to which a consistency proof leads; None when its length is wrong."""
    complete = old_size & (old_size - 1) == 0
    hashes = [old_root, *path] if complete else list(path)
    if not path:
        return None
    place, last = old_size - 1, size - 1
    while place % 2:
        place, last = place >> 1, last >> 1
    old_found = found = hashes[0]
    for sibling in hashes[1:]:
        if last == 0:
            return None
        if place % 2 or place == last:
            old_found, found = node_hash(sibling, old_found), node_hash(sibling, found)
            while place and not place % 2:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        place, last = place >> 1, last >> 1
    return (old_found, found) if last == 0 else None


def _split(count: int) -> int:
    """The greatest power of two below count, where RFC 6962 divides a tree of count >= 2."""
    return 1 << ((count - 1).bit_length() - 1)
