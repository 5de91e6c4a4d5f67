import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from hypothesis import given
from hypothesis import strategies as st

from mapp_compliance.errors import MappError, Reaction
from mapp_compliance.trust import (
    BadSignature,
    Ed25519Signer,
    PublicKey,
    Signer,
    UnusableKey,
    parse_public_key,
)
from tests.trust.noise import noise, seeded

SIGNER = Ed25519Signer.from_seed(bytes(range(32)))


def test_the_vectors_of_rfc_8032_come_out_byte_for_byte(vectors: Path) -> None:
    for case in json.loads((vectors / "rfc8032.json").read_text()):
        signer = Ed25519Signer.from_seed(bytes.fromhex(case["seed"]))
        message = bytes.fromhex(case["message"])
        assert signer.public_key.raw.hex() == case["public"]
        assert signer.sign(message).hex() == case["signature"]
        signer.public_key.verify(message, bytes.fromhex(case["signature"]))


def test_a_memory_key_is_a_signer_and_is_named_by_its_fingerprint() -> None:
    signer: Signer = SIGNER
    assert signer.key_id == signer.public_key.fingerprint


def test_two_new_keys_differ() -> None:
    assert Ed25519Signer.generate().key_id != Ed25519Signer.generate().key_id


def test_a_signer_does_not_show_its_secret() -> None:
    assert "PrivateKey" not in repr(SIGNER)


@pytest.mark.parametrize(
    ("message", "signature"),
    [(b"other", SIGNER.sign(b"message")), (b"message", bytes(64)), (b"message", b"")],
)
def test_a_signature_that_does_not_fit_stops_the_work(message: bytes, signature: bytes) -> None:
    with pytest.raises(BadSignature) as caught:
        SIGNER.public_key.verify(message, signature)
    assert caught.value.reaction is Reaction.BROKEN


def test_a_public_key_survives_its_text_and_loses_the_comment() -> None:
    key = parse_public_key(f"  {SIGNER.public_key.text()} someone@vendor.example\n")
    assert key == SIGNER.public_key
    assert "vendor" not in key.text() + repr(key)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ssh-ed25519",
        "ssh-ed25519 AAAA",
        "ssh-rsa AAAAB3NzaC1yc2E=",
        "age1qqqq",
        "ssh-ed25519 " + SIGNER.public_key.text().split()[1][:-4],
        SIGNER.public_key.text() + "\n" + SIGNER.public_key.text(),
        'from="*" ' + SIGNER.public_key.text(),
    ],
)
def test_text_that_is_no_ed25519_key_is_refused_and_says_what_to_give(text: str) -> None:
    with pytest.raises(UnusableKey, match=r"give one line|copy the whole line") as caught:
        parse_public_key(text)
    assert caught.value.reaction is Reaction.INVALID


@seeded
@given(
    st.one_of(
        st.text(), noise(SIGNER.public_key.text().encode()).map(lambda b: b.decode("latin-1"))
    )
)
def test_noise_as_public_key_gives_a_key_or_our_error(text: str) -> None:
    try:
        assert parse_public_key(text).text() in text
    except MappError:
        return


def test_with_a_key_of_small_order_anyone_can_sign() -> None:
    neutral = (1).to_bytes(32, "little")
    Ed25519PublicKey.from_public_bytes(neutral).verify(neutral + bytes(32), b"any message")
    with pytest.raises(UnusableKey):
        PublicKey(neutral)


@pytest.mark.parametrize(
    "point",
    [  # all encodings of points of small order, from libsodium's list, and one beside the curve
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000080",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "0200000000000000000000000000000000000000000000000000000000000000",
        "00",
    ],
)
def test_bytes_that_are_no_sound_point_are_no_key(point: str) -> None:
    with pytest.raises(UnusableKey):
        PublicKey(bytes.fromhex(point))


@seeded
@given(st.binary(min_size=32, max_size=32))
def test_every_real_key_is_sound(seed: bytes) -> None:
    raw = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
    assert PublicKey(raw).raw == raw


def test_an_openssh_private_key_file_gives_the_same_signer() -> None:
    assert Ed25519Signer.from_openssh(SIGNER.openssh()).sign(b"m") == SIGNER.sign(b"m")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        SIGNER.openssh()[:-60],
        Ed25519PrivateKey.generate().private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
        ),
        ec.generate_private_key(ec.SECP256R1()).private_bytes(
            Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()
        ),
    ],
    ids=["empty", "cut", "pkcs8", "ecdsa"],
)
def test_other_private_key_files_are_refused_and_told_what_to_do(data: bytes) -> None:
    with pytest.raises(UnusableKey, match="ssh-keygen"):
        Ed25519Signer.from_openssh(data)


def test_a_private_key_with_passphrase_is_refused_and_told_what_to_do(vectors: Path) -> None:
    with pytest.raises(UnusableKey, match="ssh-keygen -p"):
        Ed25519Signer.from_openssh((vectors / "locked_key.txt").read_bytes())


@seeded
@given(noise(SIGNER.openssh()))
def test_noise_as_private_key_gives_a_signer_or_our_error(data: bytes) -> None:
    try:
        Ed25519Signer.from_openssh(data).sign(b"")
    except MappError:
        return


def test_a_seed_of_another_length_is_refused() -> None:
    with pytest.raises(UnusableKey, match="32"):
        Ed25519Signer.from_seed(bytes(31))


@pytest.mark.needs_tool
def test_fingerprint_and_key_file_are_those_of_ssh_keygen(
    tool: Callable[[str], str], tmp_path: Path
) -> None:
    ssh_keygen = tool("ssh-keygen")
    file = tmp_path / "key"
    subprocess.run([ssh_keygen, "-q", "-t", "ed25519", "-N", "", "-f", str(file)], check=True)
    listed = subprocess.run([ssh_keygen, "-lf", str(file)], check=True, capture_output=True).stdout
    public = parse_public_key(file.with_suffix(".pub").read_text())
    assert public.fingerprint in listed.decode().split()
    assert Ed25519Signer.from_openssh(file.read_bytes()).public_key == public
