"""Key schedule 1: what a key says about one site. Never change it, add a schedule beside it.

- Nothing is drawn: a symbol is a function of (mark key, instance, site id), site material of
  (site key, site id). The order and the number of the other sites have no say, so a revision
  keeps the symbols of its unchanged sites.
- The two keys are independent: pads and letters may be known without a word becoming known.
- Every use of a key has its own BLAKE2b personalisation.

>>> pad(bytes(32), "payload/0"), letters(bytes(32), "payload/0", b"abcdef")
(1, (97, 101))
"""

from collections.abc import Sequence
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from mapp_compliance.values import InstanceId
from mapp_compliance.watermark.codes.units import SCALE, CodeError

MAX_SPACE = 2**256  # values of a tag; its 512 bit draw then is uniform to within 2^-256

_INSTANCE = b"mapp/instance/1"
_SYMBOL = b"mapp/symbol/1"
_TAG = b"mapp/tag/1"
_PAD = b"mapp/pad/1"
_LETTERS = b"mapp/letters/1"


def checked_key(key: bytes) -> bytes:
    """The key, if it has 32 to 64 bytes. Raises CodeError."""
    if not 32 <= len(key) <= 64:
        raise CodeError(
            f"a key has {len(key)} bytes; hand in 32 to 64 derived bytes", size_bytes=len(key)
        )
    return key


def instance_key(mark_key: bytes, instance: InstanceId) -> bytes:
    """32 bytes from which all symbols of one instance follow."""
    message = instance.encode()
    return blake2b(message, key=checked_key(mark_key), person=_INSTANCE, digest_size=32).digest()


def draws(key: bytes, sites: Sequence[bytes]) -> NDArray[np.uint32]:
    """One 32 bit number for each site: ``BLAKE2b(site id, key=instance key)``, first 4 bytes.

    A code symbol is 1 where the number is below the numerator of the site's bias, so its
    chance to be 1 is that numerator over 2^32, without rounding.
    """
    base = blake2b(key=key, person=_SYMBOL, digest_size=16)
    raw = bytearray()
    for site in sites:
        one = base.copy()
        one.update(site)
        raw += one.digest()
    return np.frombuffer(bytes(raw), dtype="<u4")[::4].astype(np.uint32)


def tag_value(key: bytes, site: bytes, space: int) -> int:
    """The index in ``range(space)`` that a tag site holds for one instance."""
    digest = blake2b(site, key=key, person=_TAG, digest_size=64).digest()
    return int.from_bytes(digest, "little") % space


def match_numerator(space: int) -> int:
    """Least numerator over 2^32 not below the chance that another instance has a given value.

    A value comes from at most ``ceil(2^512 / space)`` of the 2^512 draws. If ``space`` divides
    2^32 that is 1/space exactly. If not, ``ceil(2^32 / space)`` lies above 2^32/space by at
    least 1/space >= 2^-256, far more than the 2^-480 that the modulus can add.
    """
    return -(-SCALE // space)


def pad(site_key: bytes, site_id: str) -> int:
    """0 or 1: what a symbol is XORed with before it is written, so that no variant is plain."""
    message = site_id.encode()
    return blake2b(message, key=checked_key(site_key), person=_PAD, digest_size=16).digest()[0] & 1


def letters(site_key: bytes, site_id: str, charset: bytes) -> tuple[int, int]:
    """The two distinct letters of a letter site; index = symbol XOR pad.

    Args:
        charset: the allowed bytes in any order; repeated ones count once.
    Raises:
        CodeError: fewer than two different bytes are allowed.
    """
    allowed = sorted(set(charset))
    if len(allowed) < 2:
        raise CodeError("a letter site needs two different letters; widen its charset")
    key = checked_key(site_key)
    digest = blake2b(site_id.encode(), key=key, person=_LETTERS, digest_size=64).digest()
    rest, first = divmod(int.from_bytes(digest, "little"), len(allowed))
    second = rest % (len(allowed) - 1)
    return allowed[first], allowed[second + (second >= first)]
