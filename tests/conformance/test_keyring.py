"""What a keyring does, the fake and the real one."""

from typing import Any

import pytest

from mapp_compliance.errors import MappError, NotFound, Reaction
from mapp_compliance.trust import Ed25519Signer
from tests.fakes import FakeKeyring

SEED = bytes(range(100, 132))


def test_what_was_sealed_can_be_opened(keyring: Any) -> None:
    sealed = keyring.seal(b"original")
    assert sealed != b"original"
    assert keyring.open(sealed) == b"original"


@pytest.mark.parametrize("at", [0, 40, -1])
def test_altered_sealed_bytes_are_refused(keyring: Any, at: int) -> None:
    sealed = bytearray(keyring.seal(b"original bytes of some length"))
    sealed[at] ^= 1
    with pytest.raises(MappError):
        keyring.open(bytes(sealed))


def test_an_altered_body_is_broken(keyring: Any) -> None:
    sealed = bytearray(keyring.seal(b"original bytes of some length"))
    sealed[-1] ^= 1
    with pytest.raises(MappError) as told:
        keyring.open(bytes(sealed))
    assert told.value.reaction is Reaction.BROKEN


def test_signer_and_log_signer_are_two_keys(keyring: Any) -> None:
    assert keyring.signer.public_key != keyring.log_signer.public_key
    keyring.signer.public_key.verify(b"message", keyring.signer.sign(b"message"))


def test_the_signers_follow_from_the_root(keyring: Any) -> None:
    assert keyring.signer.public_key == FakeKeyring(keyring.root).signer.public_key
    assert keyring.log_signer.public_key == FakeKeyring(keyring.root).log_signer.public_key


def test_a_local_key_is_the_one_of_its_seed(keyring: Any) -> None:
    made = keyring.add_local("ann", SEED)
    assert made.public_key == Ed25519Signer.from_seed(SEED).public_key
    assert keyring.local_signer("ann").public_key == made.public_key


def test_nobody_elses_key_is_given(keyring: Any) -> None:
    keyring.add_local("ann", SEED)
    with pytest.raises(NotFound):
        keyring.local_signer("bob")
