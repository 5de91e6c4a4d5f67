"""What a stranger can check without us: canonical bytes, digests, signing, sealing, the ledger.

The counter of the room; the ledger has its own, `mapp_compliance.trust.ledger`.
"""

from mapp_compliance.trust.canonical import (
    Json,
    base64_text,
    canonical,
    parse_base64,
    parse_canonical,
)
from mapp_compliance.trust.digests import digest, tagged_digest
from mapp_compliance.trust.errors import (
    BadSignature,
    Malformed,
    ProofError,
    SealBroken,
    SealError,
    TrustError,
    UnusableKey,
)
from mapp_compliance.trust.kdf import derive

__all__ = [
    "BadSignature",
    "Json",
    "Malformed",
    "ProofError",
    "SealBroken",
    "SealError",
    "TrustError",
    "UnusableKey",
    "base64_text",
    "canonical",
    "derive",
    "digest",
    "parse_base64",
    "parse_canonical",
    "tagged_digest",
]
