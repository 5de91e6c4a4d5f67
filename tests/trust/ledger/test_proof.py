from dataclasses import replace

import pytest
from hypothesis import given

from mapp_compliance.errors import MappError
from mapp_compliance.trust import BadSignature, Ed25519Signer, Malformed, ProofError, base64_text
from mapp_compliance.trust.ledger import (
    Checkpoint,
    LedgerProof,
    MerkleTree,
    NoteKey,
    format_proof,
    leaf_hash,
    parse_proof,
    sign_checkpoint,
    verify_proof,
)
from tests.trust.noise import each_byte_changed, noise, seeded

NAME = "vendor.example/log"
SIGNER = Ed25519Signer.from_seed(bytes(32))
LOG = NoteKey(NAME, SIGNER.public_key)
ENTRIES = [f"entry {i}".encode() for i in range(11)]
TREE = MerkleTree(map(leaf_hash, ENTRIES))
NOTE = sign_checkpoint(Checkpoint(NAME, TREE.size, TREE.root()), SIGNER)
PROOF = LedgerProof(6, TREE.inclusion(6), NOTE)
TEXT = format_proof(PROOF)


def test_a_proof_is_the_text_of_the_specification() -> None:
    head = ["c2sp.org/tlog-proof@v1", "index 6", *map(base64_text, PROOF.path), "", ""]
    assert "\n".join(head).encode() + NOTE == TEXT


def test_every_entry_is_proven_to_a_stranger_with_the_key() -> None:
    for index, entry in enumerate(ENTRIES):
        text = format_proof(LedgerProof(index, TREE.inclusion(index), NOTE))
        proven = verify_proof(text, entry, LOG)
        assert (proven.index, proven.ledger.checkpoint.size) == (index, 11)


def test_the_only_entry_of_a_ledger_has_an_empty_path() -> None:
    note = sign_checkpoint(Checkpoint(NAME, 1, leaf_hash(b"one")), SIGNER)
    assert verify_proof(format_proof(LedgerProof(0, (), note)), b"one", LOG).index == 0


def test_a_proof_survives_its_text() -> None:
    assert parse_proof(TEXT) == PROOF


def test_every_change_of_a_byte_is_refused() -> None:
    for changed in each_byte_changed(TEXT):
        with pytest.raises(MappError):
            verify_proof(changed, ENTRIES[6], LOG)


def test_every_cut_is_refused() -> None:
    for length in range(len(TEXT)):
        with pytest.raises(MappError):
            verify_proof(TEXT[:length], ENTRIES[6], LOG)


@seeded
@given(noise(TEXT))
def test_noise_gives_a_proof_with_this_text_or_our_error(data: bytes) -> None:
    try:
        assert format_proof(parse_proof(data)) == data
    except MappError:
        return


def test_another_entry_is_not_proven() -> None:
    with pytest.raises(ProofError):
        verify_proof(TEXT, ENTRIES[5], LOG)


def test_another_place_is_not_proven() -> None:
    with pytest.raises(ProofError):
        verify_proof(format_proof(replace(PROOF, index=7)), ENTRIES[6], LOG)


def test_a_ledger_of_another_key_is_refused() -> None:
    stranger = NoteKey(NAME, Ed25519Signer.from_seed(bytes(range(32))).public_key)
    with pytest.raises(BadSignature):
        verify_proof(TEXT, ENTRIES[6], stranger)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        TEXT.replace(b"@v1", b"@v2"),
        TEXT.replace(b"index 6", b"extra AAAA\nindex 6"),
        TEXT.replace(b"index 6", b"index 06"),
        TEXT.replace(b"index 6", b"index -6"),
        TEXT.replace(b"index 6", b"index \xd9\xa6"),
        TEXT.replace(b"index 6\n", b"index 6\nAAAA\n"),
        format_proof(replace(PROOF, path=(bytes(32),) * 64)),
    ],
)
def test_what_is_no_proof_of_ours_is_bad_input(data: bytes) -> None:
    with pytest.raises(Malformed):
        parse_proof(data)
