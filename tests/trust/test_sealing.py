import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from mapp_compliance.errors import MappError, Reaction
from mapp_compliance.trust import (
    Ed25519Signer,
    Identity,
    SealBroken,
    SealError,
    UnusableKey,
    generate_identity,
    open_sealed,
    recipient_fingerprint,
    seal,
)
from tests.trust.noise import noise, seeded

AGE = Identity(
    "AGE-SECRET-KEY-1PZZFRKWUVCURSGA2Q4YPGWR3XC36469MEDVTF2UDQ4JVGEDELTEQLRGCCJ",
    "age1tpld8jjxpc0u6zv7kk8ex0pyc29y05ztxkezntfu5qtpx7x0z9qqmpg3lq",
)
SIGNER = Ed25519Signer.from_seed(bytes(range(32)))
SSH = (SIGNER.public_key.text() + " who@where", SIGNER.openssh().decode())
UNIT = 512
SEALED = seal(b"x" * UNIT, [AGE.recipient])
VERSION_LINE_BYTES = 22


@pytest.mark.parametrize("recipient", [(AGE.recipient, AGE.secret), SSH], ids=["age", "ssh"])
@pytest.mark.parametrize("size_bytes", [0, 1, 65_536, 65_537, 200_000])
def test_what_is_sealed_opens(recipient: tuple[str, str], size_bytes: int) -> None:
    data = bytes(size_bytes)
    assert open_sealed(seal(data, [recipient[0]]), recipient[1], unit_bytes=1) == data


def test_each_of_several_recipients_can_open() -> None:
    sealed = seal(b"both", [AGE.recipient, SSH[0]])
    assert open_sealed(sealed, AGE.secret) == open_sealed(sealed, SSH[1]) == b"both"


def test_a_file_sealed_long_ago_still_opens(vectors: Path) -> None:
    assert open_sealed((vectors / "sealed.age").read_bytes(), AGE.secret) == b"sealed for ever"


def test_an_identity_file_of_age_keygen_opens() -> None:
    file = f"# created: 2026-11-01T00:00:00Z\n# public key: {AGE.recipient}\n{AGE.secret}\n"
    assert open_sealed(SEALED, file) == b"x" * UNIT


def test_another_key_does_not_open_it() -> None:
    with pytest.raises(SealBroken) as caught:
        open_sealed(SEALED, generate_identity().secret)
    assert caught.value.reaction is Reaction.BROKEN


def test_every_altered_byte_after_the_first_line_is_an_integrity_failure() -> None:
    for at in range(VERSION_LINE_BYTES, len(SEALED)):
        altered = SEALED[:at] + bytes([SEALED[at] ^ 1]) + SEALED[at + 1 :]
        with pytest.raises(SealBroken):
            open_sealed(altered, AGE.secret, unit_bytes=UNIT)


def test_every_cut_is_bad_input_where_the_content_comes_in_units() -> None:
    for length in set(range(len(SEALED))) - {len(SEALED) - UNIT}:  # that one has a whole unit
        with pytest.raises(SealError) as caught:
            open_sealed(SEALED[:length], AGE.secret, unit_bytes=UNIT)
        assert caught.value.reaction is Reaction.INVALID


def test_a_cut_at_the_edge_of_a_chunk_is_refused() -> None:
    sealed = seal(bytes(2 * 65_536), [AGE.recipient])
    with pytest.raises(MappError):
        open_sealed(sealed[: -65_536 - 16], AGE.secret)


@seeded
@given(noise(SEALED))
def test_noise_gives_the_content_or_our_error(sealed: bytes) -> None:
    try:
        assert open_sealed(sealed, AGE.secret) == b"x" * UNIT
    except MappError:
        return


@pytest.mark.parametrize("sealed", [b"", b"plain text", b"age-encryption.org/v2\n-> X"])
def test_what_is_no_sealed_file_is_bad_input(sealed: bytes) -> None:
    with pytest.raises(SealError, match="not a sealed file"):
        open_sealed(sealed, AGE.secret)


def test_sealing_to_nobody_is_refused() -> None:
    with pytest.raises(SealError, match="at least one"):
        seal(b"", [])


@pytest.mark.parametrize(
    "recipient",
    [
        "",
        "age1",
        AGE.recipient[:-1],
        AGE.recipient.upper(),
        AGE.secret,
        "ssh-rsa AAAAB3NzaC1yc2E=",
        # X25519 points that give everybody the same secret: 0 and 1.
        "age1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq5cu47z",
        "age1qyqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqj7vrya",
    ],
)
def test_a_key_nobody_can_be_sealed_to_is_refused_with_help(recipient: str) -> None:
    with pytest.raises(UnusableKey, match=r"give|ask") as caught:
        seal(b"", [recipient])
    assert caught.value.reaction is Reaction.INVALID


def age_key(u: int) -> str:
    """The text of an age key: bech32 (BIP 173) of the 32 bytes of u, without any look at them."""
    number = int.from_bytes(u.to_bytes(32, "little"), "big") << 4
    data = [number >> shift & 31 for shift in range(255, -1, -5)]
    check = 1
    for value in [*(ord(sign) >> 5 for sign in "age"), 0, *(ord(sign) & 31 for sign in "age")]:
        check = _polymod(check, value)
    for value in [*data, 0, 0, 0, 0, 0, 0]:
        check = _polymod(check, value)
    tail = [(check ^ 1) >> shift & 31 for shift in range(25, -1, -5)]
    return "age1" + "".join("qpzry9x8gf2tvdw0s3jn54khce6mua7l"[value] for value in [*data, *tail])


def _polymod(check: int, value: int) -> int:
    top = check >> 25
    check = (check & 0x1FFFFFF) << 5 ^ value
    for bit, factor in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
        check ^= factor if top >> bit & 1 else 0
    return check


def gives_everybody_the_same(u: int) -> bool:
    """Asked of a library: it refuses to give the secret that everybody shares."""
    point = X25519PublicKey.from_public_bytes(u.to_bytes(32, "little"))
    try:
        X25519PrivateKey.from_private_bytes(bytes(range(32))).exchange(point)
    except ValueError:
        return True
    return False


SMALL = [  # u of the points whose order divides 8; cr.yp.to/ecdh.html lists them
    0,
    1,
    325606250916557431795983626356110631294008115727848805560023387167927233504,
    39382357235489614581723060781553021112529911719440698176882885853963445705823,
    2**255 - 20,
    2**255 - 19,
    2**255 - 18,
]


def test_the_text_of_a_key_is_made_as_the_library_makes_it() -> None:
    u = X25519PrivateKey.from_private_bytes(bytes(32)).public_key().public_bytes_raw()
    assert recipient_fingerprint(age_key(int.from_bytes(u, "little")))


@pytest.mark.parametrize("u", [*SMALL, *(u + 2**255 for u in SMALL)])
def test_every_point_of_small_order_is_refused(u: int) -> None:
    assert gives_everybody_the_same(u)
    with pytest.raises(UnusableKey):
        recipient_fingerprint(age_key(u))


@seeded
@given(st.one_of(st.integers(0, 2**255 - 20), st.integers(0, 99), st.sampled_from(SMALL[:5])))
def test_a_key_is_refused_only_where_it_gives_everybody_the_same(u: int) -> None:
    try:
        recipient_fingerprint(age_key(u))
    except UnusableKey:
        assert gives_everybody_the_same(u)
    else:
        assert not gives_everybody_the_same(u)


def test_an_ssh_point_of_small_order_is_refused() -> None:
    weak = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI" + "A" * 43
    with pytest.raises(UnusableKey, match="sound"):
        seal(b"", [weak])


@seeded
@given(st.one_of(st.text(), noise(AGE.recipient.encode()).map(lambda b: b.decode("latin-1"))))
def test_noise_as_recipient_gives_a_fingerprint_or_our_error(text: str) -> None:
    try:
        assert recipient_fingerprint(text).startswith("SHA256:")
    except MappError:
        return


@seeded
@given(
    st.one_of(
        st.text(), noise(AGE.secret.encode(), SSH[1].encode()).map(lambda b: b.decode("latin-1"))
    )
)
def test_noise_as_identity_opens_or_gives_our_error(text: str) -> None:
    try:
        assert open_sealed(SEALED, text) == b"x" * UNIT
    except MappError:
        return


def test_a_private_key_with_passphrase_is_refused_and_told_what_to_do(vectors: Path) -> None:
    with pytest.raises(UnusableKey, match="ssh-keygen -p"):
        open_sealed(SEALED, (vectors / "locked_key.txt").read_text())


def test_fingerprints_tell_keys_apart_and_ignore_comments() -> None:
    assert recipient_fingerprint(SSH[0]) == SIGNER.key_id
    assert recipient_fingerprint(AGE.recipient) == recipient_fingerprint(f" {AGE.recipient}\n")
    assert recipient_fingerprint(AGE.recipient) != recipient_fingerprint(
        generate_identity().recipient
    )


def test_a_new_identity_opens_what_is_sealed_to_it() -> None:
    identity = generate_identity()
    assert open_sealed(seal(b"new", [identity.recipient]), identity.secret) == b"new"


def test_an_identity_does_not_show_its_secret() -> None:
    assert AGE.secret not in repr(AGE)


@pytest.mark.needs_tool
def test_the_age_program_opens_what_we_seal(tool: Callable[[str], str], tmp_path: Path) -> None:
    (tmp_path / "key.txt").write_text(AGE.secret + "\n")
    command = [tool("age"), "-d", "-i", str(tmp_path / "key.txt")]
    done = subprocess.run(command, input=SEALED, check=True, capture_output=True)
    assert done.stdout == b"x" * UNIT
