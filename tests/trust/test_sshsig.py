import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given

from mapp_compliance.errors import MappError
from mapp_compliance.trust import (
    BadSignature,
    Ed25519Signer,
    Malformed,
    parse_public_key,
    sign_ssh,
    verify_ssh,
)
from tests.trust.noise import noise, seeded

SIGNER = Ed25519Signer.from_seed(bytes(range(32)))
STRANGER = Ed25519Signer.from_seed(bytes(32))
USE = "mapp-receipt@v1"
MESSAGE = b"received c-7f3a"
ARMORED = sign_ssh(MESSAGE, USE, SIGNER)
KEYS = [STRANGER.public_key, SIGNER.public_key]


def test_our_signature_is_byte_for_byte_that_of_ssh_keygen(vectors: Path) -> None:
    assert (vectors / "sshsig.txt").read_bytes() == ARMORED


def test_the_verifier_says_which_key_signed() -> None:
    assert verify_ssh(MESSAGE, ARMORED, USE, KEYS) == SIGNER.public_key


def test_windows_line_ends_and_space_around_do_no_harm() -> None:
    posted = b"\n" + ARMORED.replace(b"\n", b"\r\n") + b"\n"
    assert verify_ssh(MESSAGE, posted, USE, KEYS) == SIGNER.public_key


def test_other_bytes_are_refused() -> None:
    with pytest.raises(BadSignature):
        verify_ssh(MESSAGE + b"\n", ARMORED, USE, KEYS)


def test_a_signature_for_another_purpose_is_refused() -> None:
    with pytest.raises(BadSignature, match="-n mapp-approval@v1"):
        verify_ssh(MESSAGE, ARMORED, "mapp-approval@v1", KEYS)


def test_a_key_that_is_not_enrolled_is_refused() -> None:
    with pytest.raises(BadSignature, match="enrolled"):
        verify_ssh(MESSAGE, ARMORED, USE, [STRANGER.public_key])


@pytest.mark.parametrize(
    "armored", [b"", ARMORED[:-20], ARMORED[40:], ARMORED.replace(b"U1NIU0lH", b"U1NIU0lI")]
)
def test_what_is_no_ssh_signature_is_refused(armored: bytes) -> None:
    with pytest.raises(Malformed):
        verify_ssh(MESSAGE, armored, USE, KEYS)


@seeded
@given(noise(ARMORED))
def test_noise_never_verifies_other_bytes(armored: bytes) -> None:
    with pytest.raises(MappError):
        verify_ssh(b"other", armored, USE, KEYS)


@pytest.mark.needs_tool
def test_ssh_keygen_verifies_what_we_sign(tool: Callable[[str], str], tmp_path: Path) -> None:
    (tmp_path / "allowed").write_text(f"partner {SIGNER.public_key.text()}\n")
    (tmp_path / "sig").write_bytes(ARMORED)
    command = [tool("ssh-keygen"), "-Y", "verify", "-f", "allowed", "-I", "partner"]
    command += ["-n", USE, "-s", "sig"]
    done = subprocess.run(command, input=MESSAGE, cwd=tmp_path, capture_output=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.needs_tool
def test_we_verify_what_ssh_keygen_signs(tool: Callable[[str], str], tmp_path: Path) -> None:
    ssh_keygen = tool("ssh-keygen")
    make = [ssh_keygen, "-q", "-t", "ed25519", "-N", "", "-f", "key"]
    sign = [ssh_keygen, "-q", "-Y", "sign", "-n", USE, "-f", "key", "message"]
    (tmp_path / "message").write_bytes(MESSAGE)
    subprocess.run(make, cwd=tmp_path, check=True)
    subprocess.run(sign, cwd=tmp_path, check=True, capture_output=True)
    key = parse_public_key((tmp_path / "key.pub").read_text())
    assert verify_ssh(MESSAGE, (tmp_path / "message.sig").read_bytes(), USE, [key]) == key
