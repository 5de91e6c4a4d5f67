import pytest
from hypothesis import given

from mapp_compliance.errors import MappError
from mapp_compliance.trust import (
    IN_TOTO_TYPE,
    BadSignature,
    Ed25519Signer,
    Malformed,
    canonical,
    parse_canonical,
    sign_envelope,
    verify_envelope,
)
from mapp_compliance.trust.dsse import pre_authentication
from tests.trust.noise import each_byte_changed, noise, seeded

ONE = Ed25519Signer.from_seed(bytes(32))
TWO = Ed25519Signer.from_seed(bytes(range(32)))
KEYS = [ONE.public_key, TWO.public_key]
ENVELOPE = sign_envelope(b'{"a":1}', IN_TOTO_TYPE, [ONE, TWO])


def test_the_signed_bytes_are_those_of_the_specification() -> None:
    example = b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    assert pre_authentication("http://example.com/HelloWorld", b"hello world") == example


def test_the_payload_comes_back_with_the_keys_that_signed_it() -> None:
    signed = verify_envelope(ENVELOPE, IN_TOTO_TYPE, KEYS)
    assert (signed.payload, signed.keys) == (b'{"a":1}', (ONE.public_key, TWO.public_key))


def test_every_change_of_a_byte_is_refused() -> None:
    for changed in each_byte_changed(ENVELOPE):
        with pytest.raises(MappError):
            verify_envelope(changed, IN_TOTO_TYPE, KEYS)


@seeded
@given(noise(ENVELOPE))
def test_noise_gives_the_true_payload_or_our_error(envelope: bytes) -> None:
    try:
        assert verify_envelope(envelope, IN_TOTO_TYPE, KEYS).payload == b'{"a":1}'
    except MappError:
        return


def test_a_signature_of_an_unknown_key_refuses_the_envelope() -> None:
    with pytest.raises(BadSignature, match="not expected"):
        verify_envelope(ENVELOPE, IN_TOTO_TYPE, [ONE.public_key])


def test_the_same_key_twice_is_refused() -> None:
    with pytest.raises(BadSignature, match="twice"):
        verify_envelope(sign_envelope(b"", IN_TOTO_TYPE, [ONE, ONE]), IN_TOTO_TYPE, KEYS)


def test_an_envelope_of_another_type_is_refused() -> None:
    with pytest.raises(Malformed, match="something else"):
        verify_envelope(sign_envelope(b"", "text/plain", [ONE]), IN_TOTO_TYPE, KEYS)


def test_an_envelope_needs_a_signature() -> None:
    empty = canonical({"payload": "", "payloadType": IN_TOTO_TYPE, "signatures": []})
    with pytest.raises(Malformed):
        verify_envelope(empty, IN_TOTO_TYPE, KEYS)
    with pytest.raises(Malformed, match="at least one"):
        sign_envelope(b"", IN_TOTO_TYPE, [])


def test_a_field_too_many_is_refused() -> None:
    value = parse_canonical(ENVELOPE)
    assert isinstance(value, dict)
    with pytest.raises(Malformed):
        verify_envelope(canonical({**value, "note": ""}), IN_TOTO_TYPE, KEYS)
