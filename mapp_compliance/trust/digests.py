"""Digests: SHA-256 of bytes, plain or under a tag that says what the bytes are.

Use `digest` for what others hash too (files), `tagged_digest` for our own records: the tag keeps
a digest of one kind of record from ever standing for another kind.

>>> digest(b"").hex[:8], tagged_digest("set-up", b"").hex[:8]
('e3b0c442', '...')
"""

import hashlib
import re

from mapp_compliance.trust.errors import Malformed
from mapp_compliance.values import Digest

_TAG = re.compile(r"[a-z0-9]+(?:[-/][a-z0-9]+)*")


def digest(*pieces: bytes) -> Digest:
    """SHA-256 of the bytes; of pieces, that of all of them in a row."""
    whole = hashlib.sha256()
    for piece in pieces:
        whole.update(piece)
    return Digest(whole.hexdigest())


def tagged_digest(tag: str, data: bytes) -> Digest:
    """SHA-256 of ``mapp/<tag>/v1``, a zero byte, and the bytes.

    Raises:
        Malformed: the tag is not of lower-case letters, digits, '-' and '/'.
    """
    if not _TAG.fullmatch(tag):
        raise Malformed("a digest tag is of lower-case letters, digits, '-' and '/'; mend the call")
    return digest(f"mapp/{tag}/v1\0".encode() + data)
