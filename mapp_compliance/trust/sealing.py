"""Sealing: encrypting to the keys of one recipient, in the age format that `age -d` opens.

The one place of this room where chance is drawn: sealing twice gives two different files, so a
sealed file is stored before its digest goes anywhere. An `ssh-ed25519` recipient works too, but
the header of the file then shows which public key it is for.

Two kinds of failure are told apart as well as the format allows. Cut short, or no sealed file:
SealError. Altered, or sealed to another key: SealBroken. A cut inside the encrypted part looks
like an alteration unless the length gives it away, so who knows that the content comes in units
(a tar: 512 bytes) says so.

>>> identity = generate_identity()
>>> sealed = seal(b"for you", [identity.recipient])
>>> open_sealed(sealed, identity.secret)
b'for you'

Source: C2SP age v1.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import IO, Any, Protocol

import pyrage

from mapp_compliance.trust.errors import SealBroken, SealError, UnusableKey
from mapp_compliance.trust.signing import (
    KEY_TYPE,
    Ed25519Signer,
    parse_public_key,
    sha256_fingerprint,
)

_VERSION_LINE = b"age-encryption.org/v1\n"
_LAST_LINE = b"\n--- "  # of the header, followed by its MAC
_MAC_LINE_BYTES = 43 + 1  # 32 bytes in base64 without padding, and the line end
_NONCE_BYTES = 16
_TAG_BYTES = 16
_CHUNK_BYTES = 64 * 1024 + _TAG_BYTES  # one sealed chunk of the payload
_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_BASE_32 = str.maketrans(_BECH32, "0123456789abcdefghijklmnopqrstuv")  # as `int` reads it
_FIELD = 2**255 - 19  # of curve25519 (RFC 7748 section 4.1)
# Every u of a point whose order divides 8, on the curve or its twist: whatever scalar it is
# multiplied by, X25519 gives zero. The last two are 0 and 1 written otherwise. Source: Bernstein,
# cr.yp.to/ecdh.html, "How do I validate Curve25519 public keys?"; a test tries each.
_SMALL_ORDER_U = frozenset(
    {
        0,
        1,
        325606250916557431795983626356110631294008115727848805560023387167927233504,
        39382357235489614581723060781553021112529911719440698176882885853963445705823,
        _FIELD - 1,
        _FIELD,
        _FIELD + 1,
    }
)


@dataclass(frozen=True, slots=True)
class Identity:
    """A native age key pair; the secret never shows in a repr."""

    secret: str = field(repr=False)  # AGE-SECRET-KEY-1...
    recipient: str  # age1...


def generate_identity() -> Identity:
    """A new key pair from the machine's randomness."""
    identity = pyrage.x25519.Identity.generate()
    return Identity(str(identity), str(identity.to_public()))


def seal(data: bytes, recipients: Sequence[str]) -> bytes:
    """The age file that each of the recipients can open.

    Args:
        recipients: at least one ``age1...`` or ``ssh-ed25519 AAAA...``.
    Raises:
        UnusableKey: a recipient is neither.
        SealError: no recipient.
    """
    if not recipients:
        raise SealError("there is nobody to seal to; give at least one recipient key")
    sealed: bytes = pyrage.encrypt(data, [_recipient(text) for text in recipients])
    return sealed


def open_sealed(sealed: bytes, identity: str, *, unit_bytes: int = 1) -> bytes:
    """The content of an age file.

    Args:
        identity: ``AGE-SECRET-KEY-1...`` (lines starting with '#' are skipped), or the text of an
            OpenSSH private key file of type Ed25519 without passphrase.
        unit_bytes: the content's length is a multiple of this; only used to tell a file cut
            short from an altered one.
    Raises:
        UnusableKey: the identity is neither.
        SealError: no sealed file, or one cut short.
        SealBroken: sealed to another key, or altered.
    """
    key = _identity(identity)
    if not sealed.startswith(_VERSION_LINE):
        raise SealError("this is not a sealed file (age); hand in the file as it was delivered")
    if _is_cut(sealed, unit_bytes):
        raise SealError("the sealed file is cut short; fetch it again")
    try:
        content: bytes = pyrage.decrypt(sealed, [key])
    except pyrage.DecryptError as err:
        raise SealBroken(
            "the sealed file does not open: it was sealed to another key, or altered on the way; "
            "check the key, then ask for the file again"
        ) from err
    return content


class Source(Protocol):
    """Bytes that are read once, from their beginning."""

    def read(self, size: int = -1, /) -> bytes:
        """Up to that many of the next bytes; none at the end."""


class Sink(Protocol):
    """Takes bytes in the order in which they are written."""

    def write(self, piece: bytes, /) -> int:
        """How many bytes were taken: all."""

    def flush(self) -> None:
        """Hand on what is held back."""


def seal_stream(source: Source, target: Sink, recipients: Sequence[str]) -> None:
    """Seal what the source gives until its end, without holding it; see `seal`."""
    if not recipients:
        raise SealError("there is nobody to seal to; give at least one recipient key")
    pyrage.encrypt_io(source, target, [_recipient(text) for text in recipients])


def open_stream(source: IO[bytes], target: IO[bytes], identity: str) -> None:
    """Write what a sealed stream holds; on an error the target may hold its beginning.

    Raises:
        UnusableKey: the identity is none.
        SealBroken: sealed to another key, altered, cut short, or no sealed file.
    """
    key = _identity(identity)
    try:
        pyrage.decrypt_io(source, target, [key])
    except (pyrage.DecryptError, OSError) as err:
        raise SealBroken(
            "the sealed file does not open: it was sealed to another key, altered, or cut short; "
            "check the key, then fetch the file again"
        ) from err


def recipient_fingerprint(text: str) -> str:
    """``SHA256:`` and 43 characters: of an SSH key as OpenSSH has it, of an age key over its text.

    Raises:
        UnusableKey: no recipient that `seal` takes.
    """
    _recipient(text)
    if text.strip().startswith(KEY_TYPE):
        return parse_public_key(text).fingerprint
    return sha256_fingerprint(text.strip().encode())


def identity_fingerprint(identity: str) -> str:
    """The fingerprint of the public half of an identity, as ``recipient_fingerprint`` has it.

    Raises:
        UnusableKey: no identity that `open_sealed` takes.
    """
    if "OPENSSH PRIVATE KEY" in identity:
        signer = Ed25519Signer.from_openssh(identity.encode(errors="replace"))
        return signer.public_key.fingerprint
    public = str(_identity(identity).to_public())
    return sha256_fingerprint(public.encode())


@lru_cache(maxsize=4096)  # public keys; a run names each for its fingerprint and to seal to
def _recipient(text: str) -> object:
    """The library's recipient, or UnusableKey."""
    text = text.strip()
    if text.startswith(KEY_TYPE):
        return pyrage.ssh.Recipient.from_str(parse_public_key(text).text())
    try:
        recipient = pyrage.x25519.Recipient.from_str(text)
    except (pyrage.RecipientError, ValueError) as err:
        raise UnusableKey(
            "this is no sealing key; give an age key 'age1...' (from age-keygen -y) or an "
            f"'{KEY_TYPE} AAAA...' line"
        ) from err
    if str(recipient) != text or _is_weak(text):
        raise UnusableKey("this age key is not sound; ask its owner for a new one from age-keygen")
    return recipient


def _is_weak(recipient: str) -> bool:
    """True for the few points that give the same shared secret, zero, with everybody.

    The library aborts the process's call on some of them instead of raising.
    """
    digits = recipient.removeprefix("age1")[:52].translate(_BASE_32)  # 5 bits each, 260 in all
    point = (int(digits, 32) >> 4).to_bytes(32, "big")
    # The highest bit is no part of u (RFC 7748 section 5).
    return int.from_bytes(point, "little") & (2**255 - 1) in _SMALL_ORDER_U


def _identity(text: str) -> Any:
    """The library's identity, or UnusableKey."""
    if "OPENSSH PRIVATE KEY" in text:
        return pyrage.ssh.Identity.from_buffer(
            Ed25519Signer.from_openssh(text.encode(errors="replace")).openssh()
        )
    lines = [line.strip() for line in text.splitlines()]
    secrets = [line for line in lines if line and not line.startswith("#")]
    try:
        return pyrage.x25519.Identity.from_str(secrets[0] if len(secrets) == 1 else "")
    except (pyrage.IdentityError, ValueError) as err:
        raise UnusableKey(
            "this is no opening key; give a file with one AGE-SECRET-KEY-1... line (age-keygen) or "
            "an OpenSSH private key of type ed25519 without passphrase"
        ) from err


def _is_cut(sealed: bytes, unit_bytes: int) -> bool:
    """True when the length alone shows that the end is missing."""
    header, mark, rest = sealed.partition(_LAST_LINE)
    if not mark:
        return header.isascii()  # a header is plain text; a damaged one has the payload behind it
    payload = len(rest) - _MAC_LINE_BYTES - _NONCE_BYTES
    whole, last = divmod(payload, _CHUNK_BYTES)
    if payload < _TAG_BYTES or 0 < last <= _TAG_BYTES < payload:
        return True
    content = payload - _TAG_BYTES * (whole + (last > 0))
    return content % unit_bytes != 0
