import pytest
from hypothesis import given

from mapp_compliance.errors import MappError
from mapp_compliance.trust import BadSignature, Ed25519Signer, Malformed, ProofError
from mapp_compliance.trust.ledger import (
    Checkpoint,
    LedgerGrowth,
    MerkleTree,
    NoteKey,
    format_growth,
    leaf_hash,
    parse_growth,
    sign_checkpoint,
    verify_growth,
)
from tests.trust.noise import noise, seeded

SIGNER = Ed25519Signer.from_seed(bytes(range(32)))
LOG = NoteKey("vendor.example/log", SIGNER.public_key)
TREE = MerkleTree(leaf_hash(b"%d" % number) for number in range(13))
NEWEST = sign_checkpoint(Checkpoint(LOG.name, TREE.size, TREE.root()), SIGNER)
TEXT = format_growth(LedgerGrowth(5, TREE.consistency(5), NEWEST))


@pytest.mark.parametrize("size", range(TREE.size + 1))
def test_every_older_size_leads_to_the_newest_head(size: int) -> None:
    text = format_growth(LedgerGrowth(size, TREE.consistency(size), NEWEST))
    assert verify_growth(text, TREE.root(size), LOG).size == TREE.size


def test_another_beginning_is_refused() -> None:
    with pytest.raises(ProofError):
        verify_growth(TEXT, TREE.root(6), LOG)


def test_a_head_of_another_key_is_refused() -> None:
    other = NoteKey(LOG.name, Ed25519Signer.from_seed(bytes(32)).public_key)
    with pytest.raises(BadSignature):
        verify_growth(TEXT, TREE.root(5), other)


@pytest.mark.parametrize("text", [b"", b"old 5", b"new 5\n\n", b"old 05\n\n", b"old 5\nAA==\n\nx"])
def test_another_text_is_refused(text: bytes) -> None:
    with pytest.raises(Malformed):
        parse_growth(text)


@seeded
@given(noise(TEXT))
def test_noise_is_refused_or_is_another_text_of_the_same(text: bytes) -> None:
    try:
        verify_growth(text, TREE.root(4), LOG)
    except MappError:
        return
    pytest.fail("no text leads on from a root that is not the one of its size")
