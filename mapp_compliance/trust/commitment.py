"""Commitment to all copies of an issue at once, opened later for one copy alone.

The copies stand in a Merkle tree: salted, so that nobody can guess their fields; in a keyed order
and filled up to a power of two, at least 128, with leaves that look alike, so that neither the
root nor an opening tells how many copies there are or which is a neighbour's. Salts, order and
filling derive from a secret key and the copies, never from chance: the same copies under the same
key commit to the same root, in whatever order they come, also after a crash.

>>> key = bytes(range(32))
>>> commitment = commit(key, [{"copy": "c-1"}, {"copy": "c-2"}])
>>> verify_opening(commitment.openings[1], commitment.root)["copy"]
'c-2'
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mapp_compliance.trust.canonical import (
    Json,
    base64_text,
    canonical,
    parse_base64,
    parse_canonical,
)
from mapp_compliance.trust.digests import digest, tagged_digest
from mapp_compliance.trust.errors import Malformed
from mapp_compliance.trust.kdf import derive
from mapp_compliance.trust.ledger.tree import HASH_BYTES, MerkleTree, leaf_hash, verify_inclusion
from mapp_compliance.values import Digest

MIN_LEVELS = 7  # 128 leaves: a small programme looks like one of a hundred partners
MAX_LEVELS = 32  # bound on what a reader accepts; far above any issue
SALT_BYTES = 32


@dataclass(frozen=True, slots=True)
class Opening:
    """One copy's fields with what proves that they were committed to."""

    fields: Mapping[str, Json]
    salt: bytes  # 32 bytes
    index: int
    path: tuple[bytes, ...]  # sibling hashes from the leaf up; 2^len(path) leaves


@dataclass(frozen=True, slots=True)
class Commitment:
    """The root for the ledger and one opening for each copy, in the order of the copies.

    The openings are as secret as the copies' fields until they are handed to someone.
    """

    root: Digest
    openings: tuple[Opening, ...]


def commit(key: bytes, copies: Sequence[Mapping[str, Json]]) -> Commitment:
    """The commitment to these copies.

    Args:
        key: 32 secret bytes or more; whoever has it can tell filling from copies.
        copies: at least one, no two alike.
    Raises:
        Malformed: no copy, two alike, or fields without canonical form.
        UnusableKey: the key is too short.
    """
    salts, tree, places = _laid_out(key, copies)
    openings = tuple(
        Opening(fields, salt, place, tree.inclusion(place))
        for fields, salt, place in zip(copies, salts, places, strict=True)
    )
    return Commitment(Digest(tree.root().hex()), openings)


def commitment_root(key: bytes, copies: Sequence[Mapping[str, Json]]) -> Digest:
    """The root alone, where nothing is opened; see `commit`."""
    _, tree, _ = _laid_out(key, copies)
    return Digest(tree.root().hex())


def _laid_out(
    key: bytes, copies: Sequence[Mapping[str, Json]]
) -> tuple[list[bytes], MerkleTree, list[int]]:
    """Salts of the copies, the tree, and where in it they stand."""
    records = [canonical(fields) for fields in copies]
    if not records or len(set(records)) < len(records):
        raise Malformed("a commitment takes at least one copy and each one once; mend the list")
    # Mixed with the records, so that filling never recurs in another issue under the same key.
    run_key = derive(key, "commitment", digest(b"\n".join(sorted(records))).raw)
    size = 1 << max(MIN_LEVELS, (len(records) - 1).bit_length())
    filling = [derive(run_key, "filling", i.to_bytes(4, "big")) for i in range(size - len(records))]
    salts = [_salt(run_key, record) for record in records]
    leaves = [_leaf(salt, record) for salt, record in zip(salts, records, strict=True)] + filling
    order = sorted(range(size), key=lambda i: derive(run_key, "order", leaves[i]))
    tree = MerkleTree(leaf_hash(leaves[i]) for i in order)
    place = {i: index for index, i in enumerate(order)}
    return salts, tree, [place[i] for i in range(len(records))]


def verify_opening(opening: Opening, root: Digest) -> Mapping[str, Json]:
    """The fields, when the root commits to them.

    Raises:
        Malformed: fields without canonical form, or an impossible path.
        ProofError: the root does not commit to them.
    """
    _check_shape(opening)
    leaf = leaf_hash(_leaf(opening.salt, canonical(opening.fields)))
    verify_inclusion(leaf, opening.index, 1 << len(opening.path), opening.path, root.raw)
    return opening.fields


def format_opening(opening: Opening) -> bytes:
    """The canonical bytes of an opening, for an evidence bundle."""
    return canonical(
        {
            "fields": opening.fields,
            "index": opening.index,
            "path": [base64_text(item) for item in opening.path],
            "salt": base64_text(opening.salt),
        }
    )


def parse_opening(data: bytes) -> Opening:
    """The opening of canonical bytes; says nothing about whether it holds.

    Raises:
        Malformed: anything else.
    """
    match parse_canonical(data):
        case {
            "fields": Mapping() as fields,
            "index": int(index),
            "path": [*path],
            "salt": str(salt),
            **rest,
        } if not rest and not isinstance(index, bool):
            hashes = tuple(parse_base64(item) for item in path if isinstance(item, str))
            if len(hashes) == len(path):
                opening = Opening(fields, parse_base64(salt), index, hashes)
                _check_shape(opening)
                return opening
    raise Malformed("this is not an opening of a commitment; hand in the record as it was made")


def _salt(run_key: bytes, record: bytes) -> bytes:
    return derive(run_key, "salt", record, size_bytes=SALT_BYTES)


def _leaf(salt: bytes, record: bytes) -> bytes:
    """32 bytes that say nothing about the record to anyone without the salt."""
    return tagged_digest("copy-commitment", salt + record).raw


def _check_shape(opening: Opening) -> None:
    sound = (
        len(opening.salt) == SALT_BYTES
        and MIN_LEVELS <= len(opening.path) <= MAX_LEVELS
        and all(len(item) == HASH_BYTES for item in opening.path)
    )
    if not sound:
        raise Malformed("an opening has a salt and a path of 7 to 32 hashes, 32 bytes each")
