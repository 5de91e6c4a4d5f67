"""Signing: Ed25519 keys in the form that everybody has, OpenSSH.

A key is named by its OpenSSH fingerprint, so what we print can be compared with
`ssh-keygen -l`. `Signer` is all that the house asks of a private key; a hardware key is another
class with the same three members.

>>> signer = Ed25519Signer.from_seed(bytes(32))
>>> key = parse_public_key(signer.public_key.text() + " any comment")
>>> key == signer.public_key, key.fingerprint
(True, 'SHA256:...')
>>> key.verify(b"message", signer.sign(b"message"))
"""

import hashlib
from dataclasses import dataclass, field
from typing import Protocol

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_ssh_private_key,
)

from mapp_compliance.trust.canonical import base64_text, parse_base64
from mapp_compliance.trust.errors import BadSignature, Malformed, UnusableKey
from mapp_compliance.trust.sshwire import pack, unpack

KEY_TYPE = "ssh-ed25519"
SIGNATURE_BYTES = 64

_P = 2**255 - 19  # the field of edwards25519 (RFC 8032 section 5.1)
_D = -121665 * pow(121666, -1, _P) % _P
_Y8 = 0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826  # a point of order 8
# Whoever holds a point of small order can make signatures that fit any message, so an enrolled
# key of this kind would let its owner deny everything signed with it.
_SMALL_ORDER_Y = frozenset({0, 1, _P - 1, _Y8, _P - _Y8})


@dataclass(frozen=True, slots=True)
class PublicKey:
    """An Ed25519 public key: 32 bytes, a point of the curve and not of small order."""

    raw: bytes

    def __post_init__(self) -> None:
        if len(self.raw) != 32 or not _is_sound_point(self.raw):
            raise UnusableKey("these bytes are no sound Ed25519 public key; ask for another key")

    @property
    def fingerprint(self) -> str:
        """``SHA256:`` and 43 characters, as `ssh-keygen -l` prints it."""
        return sha256_fingerprint(self.wire())

    def wire(self) -> bytes:
        """The SSH wire form."""
        return pack(KEY_TYPE.encode(), self.raw)

    def text(self) -> str:
        """``ssh-ed25519 AAAA...`` on one line, without comment and line end."""
        return f"{KEY_TYPE} {base64_text(self.wire())}"

    def verify(self, message: bytes, signature: bytes) -> None:
        """Nothing, when this key signed the message.

        Raises:
            BadSignature: it did not.
        """
        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, message)
        except InvalidSignature as err:
            raise BadSignature(
                f"the signature does not fit key {self.fingerprint}; the bytes or the signature "
                "were altered, ask the sender for them again",
                key=self.fingerprint,
            ) from err


def parse_public_key(text: str) -> PublicKey:
    """The key of one line of OpenSSH text; a comment is dropped, as it may be an address.

    Raises:
        UnusableKey: another type of key, or no key at all.
    """
    words = text.split()
    if len(words) < 2 or words[0] != KEY_TYPE or len(text.strip().splitlines()) != 1:
        raise UnusableKey(
            f"this is not an Ed25519 public key; give one line '{KEY_TYPE} AAAA...', the content "
            "of a .pub file made by ssh-keygen -t ed25519"
        )
    try:
        fields = unpack(parse_base64(words[1]))
    except Malformed as err:
        raise UnusableKey("the key text is damaged; copy the whole line of the .pub file") from err
    if len(fields) != 2 or fields[0] != KEY_TYPE.encode():
        raise UnusableKey("the key text is damaged; copy the whole line of the .pub file")
    return PublicKey(fields[1])


def sha256_fingerprint(data: bytes) -> str:
    """``SHA256:`` and the unpadded base64 of the digest, the OpenSSH way."""
    return "SHA256:" + base64_text(hashlib.sha256(data).digest()).rstrip("=")


class Signer(Protocol):
    """A private key that can sign, wherever it lives."""

    @property
    def key_id(self) -> str:
        """Fingerprint of the public key."""

    @property
    def public_key(self) -> PublicKey:
        """What verifies the signatures."""

    def sign(self, message: bytes) -> bytes:
        """The 64-byte Ed25519 signature of the message."""


@dataclass(frozen=True, slots=True)
class Ed25519Signer:
    """A private key held in memory; its repr shows the public part only."""

    _key: Ed25519PrivateKey = field(repr=False, compare=False)
    public_key: PublicKey

    @classmethod
    def generate(cls) -> "Ed25519Signer":
        """A new key from the machine's randomness."""
        return cls._of(Ed25519PrivateKey.generate())

    @classmethod
    def from_seed(cls, seed: bytes) -> "Ed25519Signer":
        """The key of a 32-byte secret seed (RFC 8032). Raises UnusableKey for another length."""
        if len(seed) != 32:
            raise UnusableKey(f"a seed of {len(seed)} bytes cannot be used; give 32")
        return cls._of(Ed25519PrivateKey.from_private_bytes(seed))

    @classmethod
    def from_openssh(cls, data: bytes) -> "Ed25519Signer":
        """The key of an OpenSSH private key file without passphrase.

        Raises:
            UnusableKey: another type, a passphrase, or no such file.
        """
        try:
            key = load_ssh_private_key(data, password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm) as err:
            raise UnusableKey(
                "this is not an OpenSSH private key without passphrase; give the file made by "
                "ssh-keygen -t ed25519, or a copy with the passphrase taken off (ssh-keygen -p)"
            ) from err
        if not isinstance(key, Ed25519PrivateKey):
            raise UnusableKey("this private key is not Ed25519; make one by ssh-keygen -t ed25519")
        return cls._of(key)

    @classmethod
    def _of(cls, key: Ed25519PrivateKey) -> "Ed25519Signer":
        return cls(key, PublicKey(key.public_key().public_bytes_raw()))

    @property
    def key_id(self) -> str:
        """Fingerprint of the public key."""
        return self.public_key.fingerprint

    def sign(self, message: bytes) -> bytes:
        """The 64-byte signature of the message."""
        return self._key.sign(message)

    def openssh(self) -> bytes:
        """The content of an OpenSSH private key file without passphrase: a secret."""
        return self._key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())


def _is_sound_point(raw: bytes) -> bool:
    """True for the encoding of a point of the curve that is not of small order."""
    y = int.from_bytes(raw, "little") & (2**255 - 1)
    if y >= _P or y in _SMALL_ORDER_Y:
        return False
    x_squared = (y * y - 1) * pow(_D * y * y + 1, -1, _P) % _P
    return pow(x_squared, (_P - 1) // 2, _P) == 1
