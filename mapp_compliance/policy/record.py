"""Canonical bytes and digests of facts, rules and decisions.

>>> digest_of({"b": 1, "a": "é"}).hex[:8]
'aa58fba8'
"""

import hashlib
import json

from mapp_compliance.values import Digest


def digest_of(value: object) -> Digest:
    """SHA-256 of the canonical JSON of a value of dicts, lists, texts, whole numbers, booleans."""
    # To be replaced by the canonical form of the trust room as soon as it is there.
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return Digest(hashlib.sha256(text.encode()).hexdigest())
