"""The keys of a recipient: several over time, each proved to be in its hands, some revoked.

Rules: new copies are sealed to one key, the one enrolled last; receipts are accepted by every key
that was not revoked. A revoked key never comes back.

>>> from datetime import UTC, datetime
>>> now = datetime(2026, 6, 1, tzinfo=UTC)
>>> PartnerKey(KeyUse.SEAL, "age1...", "SHA256:...", "by a call", now).usable
True
"""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum


class KeyUse(Enum):
    """What a recipient's key is for."""

    SEAL = "seal"  # copies are sealed to it
    SIGN = "sign"  # it signs receipts


@dataclass(frozen=True, slots=True)
class PartnerKey:
    """One public key of a recipient.

    Attributes:
        text: the public key in its usual form, one line.
        proved: how control of the key was shown, in words; empty when it was not.
        added_at: None for a key that came with the recipient's row.
        revoked_at, reason: set once it must not be used any more.
    """

    use: KeyUse
    text: str
    fingerprint: str
    proved: str
    added_at: datetime | None
    revoked_at: datetime | None = None
    reason: str = ""

    @property
    def usable(self) -> bool:
        """Whether it was not revoked."""
        return self.revoked_at is None
