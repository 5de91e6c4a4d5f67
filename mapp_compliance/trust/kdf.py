"""Key derivation: HKDF-SHA256 (RFC 5869) with a label and a context that cannot be confused.

One key serves many uses; each use has its label. Label and context fields carry their lengths,
so no two calls that differ in any field, in their number or in the size asked for share bytes.

>>> key = bytes(32)
>>> derive(key, "pad", b"ab", b"c") == derive(key, "pad", b"a", b"bc")
False
"""

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from mapp_compliance.trust.errors import Malformed, UnusableKey

MIN_KEY_BYTES = 32  # 256 bits, the strength of everything derived
MAX_SIZE_BYTES = 255 * 32  # RFC 5869 section 2.3


def derive(key: bytes, label: str, *context: bytes, size_bytes: int = 32) -> bytes:
    """Bytes that look random to everyone without the key, the same in every call.

    Args:
        key: at least 32 secret, uniformly random bytes.
        label: what the result is for.
        context: what it is about, in a fixed order.
        size_bytes: 1 to 8160.
    Raises:
        UnusableKey: the key is shorter than 32 bytes.
        Malformed: the size is out of range.
    """
    if len(key) < MIN_KEY_BYTES:
        raise UnusableKey(f"a key of {len(key)} bytes is too short; give at least {MIN_KEY_BYTES}")
    if not 1 <= size_bytes <= MAX_SIZE_BYTES:
        raise Malformed(f"cannot derive {size_bytes} bytes at once; ask for 1 to {MAX_SIZE_BYTES}")
    fields = (label.encode(), *context)
    info = b"mapp/kdf/v1\0" + size_bytes.to_bytes(8, "big")
    info += b"".join(len(field).to_bytes(8, "big") + field for field in fields)
    return HKDF(SHA256(), size_bytes, salt=None, info=info).derive(key)
