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
from mapp_compliance.trust.commitment import (
    Commitment,
    Opening,
    commit,
    commitment_root,
    format_opening,
    parse_opening,
    verify_opening,
)
from mapp_compliance.trust.digests import digest, tagged_digest
from mapp_compliance.trust.dsse import (
    IN_TOTO_TYPE,
    SignedPayload,
    sign_envelope,
    verify_envelope,
)
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
from mapp_compliance.trust.sealing import (
    Identity,
    Sink,
    Source,
    generate_identity,
    identity_fingerprint,
    open_sealed,
    open_stream,
    recipient_fingerprint,
    seal,
    seal_stream,
)
from mapp_compliance.trust.signing import (
    Ed25519Signer,
    PublicKey,
    Signer,
    parse_public_key,
)
from mapp_compliance.trust.sshsig import sign_ssh, verify_ssh
from mapp_compliance.trust.statement import (
    Statement,
    Subject,
    format_statement,
    parse_statement,
)

__all__ = [
    "IN_TOTO_TYPE",
    "BadSignature",
    "Commitment",
    "Ed25519Signer",
    "Identity",
    "Json",
    "Malformed",
    "Opening",
    "ProofError",
    "PublicKey",
    "SealBroken",
    "SealError",
    "SignedPayload",
    "Signer",
    "Sink",
    "Source",
    "Statement",
    "Subject",
    "TrustError",
    "UnusableKey",
    "base64_text",
    "canonical",
    "commit",
    "commitment_root",
    "derive",
    "digest",
    "format_opening",
    "format_statement",
    "generate_identity",
    "identity_fingerprint",
    "open_sealed",
    "open_stream",
    "parse_base64",
    "parse_canonical",
    "parse_opening",
    "parse_public_key",
    "parse_statement",
    "recipient_fingerprint",
    "seal",
    "seal_stream",
    "sign_envelope",
    "sign_ssh",
    "tagged_digest",
    "verify_envelope",
    "verify_opening",
    "verify_ssh",
]
