"""Signed envelopes (DSSE): a payload, its type, and signatures over both.

The envelope is canonical JSON, so an envelope that was touched anywhere is refused, also where a
signature would not notice. Every signature listed must be of a trusted key and must fit.

>>> from mapp_compliance.trust.signing import Ed25519Signer
>>> signer = Ed25519Signer.from_seed(bytes(32))
>>> envelope = sign_envelope(b"{}", IN_TOTO_TYPE, [signer])
>>> verify_envelope(envelope, IN_TOTO_TYPE, [signer.public_key]).payload
b'{}'

Source: DSSE v1.0, secure-systems-lab.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mapp_compliance.trust.canonical import (
    Json,
    base64_text,
    canonical,
    parse_base64,
    parse_canonical,
)
from mapp_compliance.trust.errors import BadSignature, Malformed
from mapp_compliance.trust.signing import PublicKey, Signer

IN_TOTO_TYPE = "application/vnd.in-toto+json"


@dataclass(frozen=True, slots=True)
class SignedPayload:
    """A payload with the keys that signed it, in the order of the envelope."""

    payload: bytes
    keys: tuple[PublicKey, ...]


def sign_envelope(payload: bytes, payload_type: str, signers: Sequence[Signer]) -> bytes:
    """The canonical envelope, one signature for each signer, at least one.

    Raises:
        Malformed: no signer.
    """
    if not signers:
        raise Malformed("an envelope without signature proves nothing; give at least one signer")
    message = pre_authentication(payload_type, payload)
    return canonical(
        {
            "payload": base64_text(payload),
            "payloadType": payload_type,
            "signatures": [
                {"keyid": signer.key_id, "sig": base64_text(signer.sign(message))}
                for signer in signers
            ],
        }
    )


def verify_envelope(envelope: bytes, payload_type: str, keys: Iterable[PublicKey]) -> SignedPayload:
    """The payload, when every signature is of one of the keys and fits.

    Raises:
        Malformed: not a canonical envelope of this type.
        BadSignature: an unknown key, the same key twice, or a signature that does not fit.
    """
    payload, signatures = _parse(envelope, payload_type)
    message = pre_authentication(payload_type, payload)
    known = {key.fingerprint: key for key in keys}
    signed_by: dict[str, PublicKey] = {}
    for key_id, signature in signatures:
        if key_id not in known or key_id in signed_by:
            raise BadSignature(
                "the envelope is signed by a key that is not expected, or twice by one key; check "
                "who sent it and which keys are enrolled"
            )
        known[key_id].verify(message, signature)
        signed_by[key_id] = known[key_id]
    return SignedPayload(payload, tuple(signed_by.values()))


def pre_authentication(payload_type: str, payload: bytes) -> bytes:
    """The bytes that are signed: type and payload, each with its length in bytes."""
    name = payload_type.encode()
    return b"DSSEv1 %d %b %d %b" % (len(name), name, len(payload), payload)


def _parse(envelope: bytes, payload_type: str) -> tuple[bytes, list[tuple[str, bytes]]]:
    """(payload, [(key id, raw signature)]) with at least one signature."""
    match parse_canonical(envelope):
        case {"payload": str(payload), "payloadType": str(kind), "signatures": [*rows], **rest} if (
            rows and not rest
        ):
            if kind != payload_type:
                raise Malformed(f"the envelope holds something else; hand in one of {payload_type}")
            return parse_base64(payload), [_signature(row) for row in rows]
    raise Malformed("this is not a signed envelope (DSSE); hand in the file as it was made")


def _signature(row: Json) -> tuple[str, bytes]:
    match row:
        case {"keyid": str(key_id), "sig": str(signature), **rest} if not rest:
            return key_id, parse_base64(signature)
    raise Malformed("a signature of the envelope has an unknown form; hand in the file as made")
