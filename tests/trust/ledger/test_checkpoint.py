from typing import Any

import pytest
from hypothesis import given

from mapp_compliance.errors import MappError
from mapp_compliance.trust import BadSignature, Ed25519Signer, Malformed, base64_text
from mapp_compliance.trust.ledger import (
    Checkpoint,
    NoteKey,
    NoteKeyKind,
    parse_checkpoint,
    sign_checkpoint,
    verify_checkpoint,
)
from tests.trust.noise import each_byte_changed, noise, seeded

NAME = "vendor.example/log"
SIGNER = Ed25519Signer.from_seed(bytes(32))
LOG = NoteKey(NAME, SIGNER.public_key)
HEAD = Checkpoint(NAME, 20852163, bytes(range(32)))
NOTE = sign_checkpoint(HEAD, SIGNER)
WITNESS_SIGNER = Ed25519Signer.from_seed(bytes(range(32)))
WITNESS = NoteKey("witness.example/w1", WITNESS_SIGNER.public_key, NoteKeyKind.WITNESS)


def cosigned(time_s: int, text: str = HEAD.text()) -> bytes:
    """NOTE with a line of the witness, made by the letter of C2SP tlog-cosignature."""
    signature = WITNESS_SIGNER.sign(f"cosignature/v1\ntime {time_s}\n{text}".encode())
    line = base64_text(WITNESS.hash + time_s.to_bytes(8, "big") + signature)
    return NOTE + f"\u2014 {WITNESS.name} {line}\n".encode()


def test_a_checkpoint_is_three_lines_and_a_signature() -> None:
    assert NOTE.decode().split("\n")[:4] == [
        NAME,
        "20852163",
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
        "",
    ]


def test_the_example_of_the_specification_parses() -> None:
    text = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    assert parse_checkpoint(text).text() == text


def test_a_signed_checkpoint_verifies() -> None:
    assert verify_checkpoint(NOTE, LOG).checkpoint == HEAD


def test_every_change_of_a_byte_is_refused() -> None:
    for changed in each_byte_changed(NOTE):
        with pytest.raises(MappError):
            verify_checkpoint(changed, LOG)


def test_every_change_of_a_byte_is_refused_where_a_witness_is_asked_for() -> None:
    for changed in each_byte_changed(cosigned(1_679_315_147)):
        with pytest.raises(MappError):
            verify_checkpoint(changed, LOG, [WITNESS], quorum=1)


@seeded
@given(noise(NOTE, cosigned(7)))
def test_noise_gives_the_true_checkpoint_or_our_error(note: bytes) -> None:
    try:
        assert verify_checkpoint(note, LOG, [WITNESS]).checkpoint == HEAD
    except MappError:
        return


@seeded
@given(noise(HEAD.text().encode()).map(lambda data: data.decode("latin-1")))
def test_noise_as_text_gives_a_checkpoint_with_this_text_or_our_error(text: str) -> None:
    try:
        assert parse_checkpoint(text).text() == text
    except MappError:
        return


def test_a_witness_line_gives_its_time() -> None:
    seen = verify_checkpoint(cosigned(1_679_315_147), LOG, [WITNESS], quorum=1).cosignatures
    assert [(item.witness, item.time_s) for item in seen] == [(WITNESS.name, 1_679_315_147)]


def test_an_unknown_witness_is_passed_over_but_does_not_count() -> None:
    assert verify_checkpoint(cosigned(7), LOG).cosignatures == ()
    with pytest.raises(BadSignature, match="0 of 1"):
        verify_checkpoint(cosigned(7), LOG, quorum=1)


def test_a_witness_counts_once() -> None:
    twice = cosigned(7) + cosigned(8).removeprefix(NOTE)
    with pytest.raises(BadSignature, match="1 of 2"):
        verify_checkpoint(twice, LOG, [WITNESS], quorum=2)


@pytest.mark.parametrize("note", [cosigned(2**63), cosigned(7, "other\n")])
def test_a_witness_line_that_does_not_hold_refuses_the_checkpoint(note: bytes) -> None:
    with pytest.raises(BadSignature):
        verify_checkpoint(note, LOG, [WITNESS])


def test_a_witness_alone_does_not_make_a_checkpoint() -> None:
    text, _, lines = cosigned(7).partition(b"\n\n")
    alone = text + b"\n\n" + lines.partition(b"\n")[2]
    with pytest.raises(BadSignature, match="not signed by"):
        verify_checkpoint(alone, LOG, [WITNESS])


def test_a_checkpoint_of_another_ledger_is_refused() -> None:
    other = sign_checkpoint(Checkpoint("other.example/log", 1, bytes(32)), SIGNER)
    with pytest.raises(BadSignature):
        verify_checkpoint(other, LOG)


def test_a_key_used_for_two_ledgers_does_not_mix_them() -> None:
    other = NoteKey("other.example/log", SIGNER.public_key)
    text, _, lines = NOTE.partition(b"\n\n")
    moved = text.replace(b"vendor", b"other ") + b"\n\n" + lines
    with pytest.raises(BadSignature):
        verify_checkpoint(moved, other)


@pytest.mark.parametrize(
    "size", ["", "-1", "+1", "01", "1 ", "1_0", "\u0661", "9223372036854775808", "1" * 5000]
)
def test_a_size_in_another_spelling_is_refused(size: str) -> None:
    with pytest.raises(Malformed):
        parse_checkpoint(f"a\n{size}\n{base64_text(bytes(32))}\n")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a\n1\n",
        "a\n1\nAAAA\n",
        f"\n1\n{base64_text(bytes(32))}\n",
        f"a\n1\n{base64_text(bytes(32))}",
    ],
)
def test_a_text_that_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(Malformed):
        parse_checkpoint(text)


def test_further_lines_are_kept_and_signed() -> None:
    head = Checkpoint(NAME, 0, bytes(32), ("further line",))
    assert verify_checkpoint(sign_checkpoint(head, SIGNER), LOG).checkpoint == head


@pytest.mark.parametrize(
    "wrong", [{"origin": ""}, {"size": -1}, {"size": 2**63}, {"root": b""}, {"extensions": ("",)}]
)
def test_a_checkpoint_that_could_not_be_read_back_is_not_made(wrong: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        Checkpoint(**{"origin": NAME, "size": 1, "root": bytes(32), **wrong})
