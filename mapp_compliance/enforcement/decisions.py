"""What people sign: the canonical bytes of one decision.

The same bytes are shown, signed and checked. They name the subject, the action, the reason, the
digest of the evidence and of the policy, and an expiry, so a signature fits nothing else.
"""

from dataclasses import dataclass
from datetime import datetime

from mapp_compliance.trust import canonical
from mapp_compliance.values import Digest, instant_text

NAMESPACE = "mapp-decision@v1"  # of the SSH signature


@dataclass(frozen=True, slots=True)
class DecisionText:
    """One decision that takes signatures; ``subject`` is a case, advisory, user or copy id."""

    action: str
    subject: str
    reason: str
    evidence: Digest
    policy: Digest
    proposed_at: datetime | None = None
    until: datetime | None = None

    def body(self) -> bytes:
        """The canonical bytes to sign."""
        return canonical(
            {
                "type": "urn:mapp-compliance:decision/v1",
                "action": self.action,
                "subject": self.subject,
                "reason": self.reason,
                "evidence": self.evidence.hex,
                "policy": self.policy.hex,
                "proposed_at": instant_text(self.proposed_at) if self.proposed_at else None,
                "until": instant_text(self.until) if self.until else None,
            }
        )
