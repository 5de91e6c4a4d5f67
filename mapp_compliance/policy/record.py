"""Digests of facts, packs and decisions over their canonical form.

>>> digest_of("facts", {"b": 1, "a": "é"}) == digest_of("facts", {"a": "é", "b": 1})
True
"""

from mapp_compliance.trust import Json, canonical, tagged_digest
from mapp_compliance.values import Digest


def digest_of(what: str, value: Json) -> Digest:
    """Digest of a record, bound to what it is: facts, pack or decision."""
    return tagged_digest(f"policy/{what}", canonical(value))
