"""SSH signatures of messages (SSHSIG), as `ssh-keygen -Y sign` and `-Y verify` make and check them.

The namespace says what the signature is for; a signature made for one purpose is refused for
every other. Only Ed25519 and SHA-512, the defaults of ssh-keygen.

>>> from mapp_compliance.trust.signing import Ed25519Signer
>>> signer = Ed25519Signer.from_seed(bytes(32))
>>> armored = sign_ssh(b"received", "mapp-receipt@v1", signer)
>>> verify_ssh(b"received", armored, "mapp-receipt@v1", [signer.public_key]) == signer.public_key
True

Source: PROTOCOL.sshsig of OpenSSH.
"""

import hashlib
import re
from collections.abc import Iterable

from mapp_compliance.trust.canonical import base64_text, parse_base64
from mapp_compliance.trust.errors import BadSignature, Malformed
from mapp_compliance.trust.signing import KEY_TYPE, PublicKey, Signer
from mapp_compliance.trust.sshwire import pack, unpack

_MAGIC = b"SSHSIG"
_VERSION = (1).to_bytes(4, "big")
_HASH = b"sha512"
_LINE_CHARS = 70  # as ssh-keygen breaks its lines
_ARMOR = re.compile(
    rb"\s*-----BEGIN SSH SIGNATURE-----\r?\n([A-Za-z0-9+/=\r\n]+)-----END SSH SIGNATURE-----\s*"
)


def sign_ssh(message: bytes, namespace: str, signer: Signer) -> bytes:
    """The armored signature of the message for one purpose."""
    signature = signer.sign(_signed_bytes(message, namespace))
    blob = _MAGIC + _VERSION
    blob += pack(signer.public_key.wire(), namespace.encode(), b"", _HASH)
    blob += pack(pack(KEY_TYPE.encode(), signature))
    text = base64_text(blob)
    lines = [text[at : at + _LINE_CHARS] for at in range(0, len(text), _LINE_CHARS)]
    body = "\n".join(["-----BEGIN SSH SIGNATURE-----", *lines, "-----END SSH SIGNATURE-----", ""])
    return body.encode()


def verify_ssh(
    message: bytes, armored: bytes, namespace: str, keys: Iterable[PublicKey]
) -> PublicKey:
    """The one of the keys that signed the message for this purpose.

    Raises:
        Malformed: no armored Ed25519 SSH signature.
        BadSignature: none of the keys, another purpose, or other bytes.
    """
    wire, purpose, signature = _parse(armored)
    if purpose != namespace.encode():
        raise BadSignature(
            f"this signature was made for another purpose; sign again with -n {namespace}",
            namespace=namespace,
        )
    key = next((key for key in keys if key.wire() == wire), None)
    if key is None:
        raise BadSignature(
            "the signing key is not one of those expected; sign with an enrolled key"
        )
    key.verify(_signed_bytes(message, namespace), signature)
    return key


def _signed_bytes(message: bytes, namespace: str) -> bytes:
    """What Ed25519 signs."""
    return _MAGIC + pack(namespace.encode(), b"", _HASH, hashlib.sha512(message).digest())


def _parse(armored: bytes) -> tuple[bytes, bytes, bytes]:
    """(public key in wire form, namespace, raw signature) of an armored signature."""
    match = _ARMOR.fullmatch(armored)
    if match is None:
        raise Malformed("this is not an SSH signature; give the .sig file of ssh-keygen -Y sign")
    blob = parse_base64(re.sub(r"\s", "", match[1].decode()))
    if not blob.startswith(_MAGIC + _VERSION):
        raise Malformed("this SSH signature is of an unknown version; sign by ssh-keygen -Y sign")
    fields = unpack(blob.removeprefix(_MAGIC + _VERSION))
    if len(fields) != 5 or fields[2] or fields[3] != _HASH:
        raise Malformed("this SSH signature has an unknown form; sign with the default, sha512")
    inner = unpack(fields[4])
    if len(inner) != 2 or inner[0] != KEY_TYPE.encode():
        raise Malformed("this SSH signature is not Ed25519; sign with a key of type ed25519")
    return fields[0], fields[1], inner[1]
