import hashlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapp_compliance.trust import Malformed, ProofError
from mapp_compliance.trust.ledger import (
    EMPTY_ROOT,
    MerkleTree,
    leaf_hash,
    verify_consistency,
    verify_inclusion,
)
from tests.trust.noise import seeded

MOST = 64
LEAVES = [leaf_hash(bytes([i])) for i in range(MOST)]
TREE = MerkleTree(LEAVES)
ROOTS = [TREE.root(size) for size in range(MOST + 1)]
OTHER = bytes(32)


def naive_root(leaves: list[bytes]) -> bytes:
    """RFC 6962 section 2.1, word by word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while 2 * k < len(leaves):
        k *= 2
    return hashlib.sha256(b"\x01" + naive_root(leaves[:k]) + naive_root(leaves[k:])).digest()


def altered(path: tuple[bytes, ...]) -> list[tuple[bytes, ...]]:
    """The path with one hash replaced, one missing, one more, or turned around."""
    paths = [(*path[:i], OTHER, *path[i + 1 :]) for i in range(len(path))]
    paths += [path[:i] + path[i + 1 :] for i in range(len(path))]
    paths += [(*path, OTHER), (OTHER, *path)]
    return paths + ([path[::-1]] if path[::-1] != path else [])


def test_the_published_roots_come_out(vectors: Path) -> None:
    data = json.loads((vectors / "rfc6962.json").read_text())
    tree = MerkleTree(leaf_hash(bytes.fromhex(leaf)) for leaf in data["leaves"])
    assert [tree.root(size).hex() for size in range(1, 9)] == data["roots"]


def test_a_leaf_of_the_go_checksum_database_has_its_published_hash() -> None:
    name = b"github.com/transparency-dev/tessera v1.0.0"
    entry = name + b" h1:4OT1V9xJLa5NnYlFWWlCdZkCm18/o12rdd+bCTje7XE=\n"
    entry += name + b"/go.mod h1:TLvfjlkbmsmKVEJUtzO2eb9Q2IBnK3EJ0dI4G0oxEOU=\n"
    assert leaf_hash(entry).hex() == (
        "0fa57c511c3b2ffcc0a05ad63172568d265aaf9844e9b636a0978795396f2ab1"
    )


@seeded
@given(st.lists(st.binary(max_size=3), max_size=200), st.data())
def test_roots_agree_with_the_recursive_definition(
    entries: list[bytes], data: st.DataObject
) -> None:
    leaves = [leaf_hash(entry) for entry in entries]
    size = data.draw(st.integers(0, len(leaves)))
    assert MerkleTree(leaves).root(size) == naive_root(leaves[:size])


def test_every_leaf_of_every_size_is_proven() -> None:
    for size in range(1, MOST + 1):
        for index in range(size):
            verify_inclusion(LEAVES[index], index, size, TREE.inclusion(index, size), ROOTS[size])


def test_no_altered_inclusion_proof_passes() -> None:
    for size in range(1, MOST + 1):
        for index in range(size):
            for path in altered(TREE.inclusion(index, size)):
                with pytest.raises(ProofError):
                    verify_inclusion(LEAVES[index], index, size, path, ROOTS[size])


def test_a_proof_holds_for_its_leaf_its_index_its_size_and_its_root_alone() -> None:
    for size in range(1, MOST + 1):
        for index in range(size):
            path = TREE.inclusion(index, size)
            for wrong in range(-1, size + 1):
                if wrong != index:
                    with pytest.raises(ProofError):
                        verify_inclusion(LEAVES[index], wrong, size, path, ROOTS[size])
            with pytest.raises(ProofError):
                verify_inclusion(OTHER, index, size, path, ROOTS[size])
            with pytest.raises(ProofError):
                verify_inclusion(LEAVES[index], index, size, path, ROOTS[size - 1])


def test_every_size_is_proven_to_grow_into_every_larger_one() -> None:
    for size in range(MOST + 1):
        for old in range(size + 1):
            verify_consistency(old, size, TREE.consistency(old, size), ROOTS[old], ROOTS[size])


def test_no_altered_consistency_proof_passes() -> None:
    for size in range(MOST + 1):
        for old in range(size + 1):
            for path in altered(TREE.consistency(old, size)):
                with pytest.raises(ProofError):
                    verify_consistency(old, size, path, ROOTS[old], ROOTS[size])


def test_a_rewritten_history_is_not_consistent() -> None:
    for size in range(1, MOST + 1):
        for old in range(1, size + 1):
            path = TREE.consistency(old, size)
            with pytest.raises(ProofError):
                verify_consistency(old, size, path, OTHER, ROOTS[size])
            with pytest.raises(ProofError):
                verify_consistency(old, size, path, ROOTS[old], OTHER)


@pytest.mark.parametrize(("old", "size"), [(2, 1), (-1, 3), (0, -1), (3, 0)])
def test_sizes_that_cannot_be_are_not_consistent(old: int, size: int) -> None:
    with pytest.raises(ProofError):
        verify_consistency(old, size, (), EMPTY_ROOT, OTHER)


def test_only_the_empty_root_is_the_start_of_a_ledger() -> None:
    with pytest.raises(ProofError):
        verify_consistency(0, 5, (), OTHER, ROOTS[5])
    with pytest.raises(ProofError):
        verify_consistency(0, 0, (), EMPTY_ROOT, OTHER)


def test_appending_gives_the_index_and_changes_no_earlier_root() -> None:
    tree = MerkleTree(LEAVES[:5])
    assert (tree.append(LEAVES[5]), tree.size) == (5, 6)
    assert [tree.root(size) for size in range(7)] == ROOTS[:7]


@pytest.mark.parametrize("ask", [
    lambda: TREE.root(MOST + 1),
    lambda: TREE.root(-1),
    lambda: TREE.inclusion(MOST),
    lambda: TREE.inclusion(-1),
    lambda: TREE.inclusion(3, 3),
    lambda: MerkleTree().inclusion(0),
    lambda: TREE.consistency(4, 3),
    lambda: TREE.consistency(-1),
    lambda: TREE.consistency(1, MOST + 1),
    lambda: MerkleTree([b"short"]),
])  # fmt: skip
def test_what_the_tree_does_not_have_is_refused(ask: object) -> None:
    with pytest.raises(Malformed):
        ask()  # type: ignore[operator]  # each is a call
