"""Reports that something secret is in other hands: a fact that later verdicts must weigh.

A report is never taken back; a wrong one is answered by people, in the case. What it covers:
the program key (every copy of the advisories it marked), one copy, or the keys of one recipient.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from mapp_compliance.values import Digest


class Stolen(Enum):
    """What is in other hands."""

    PROGRAM_KEY = "program-key"  # whoever has it can make any copy of what it marked
    COPY = "copy"  # the files of one copy, after they left or as they were extracted
    RECIPIENT_KEY = "recipient-key"  # opens what was sealed to it


@dataclass(frozen=True, slots=True)
class Compromise:
    """One report.

    Attributes:
        subject: copy id, recipient id, or for the program key the number of its generation.
        since: the earliest instant at which it may have been in other hands.
        advisories: those that the generation marked; fixed when the program key is rotated, and
            all there are while None.
    """

    digest: Digest  # of what is reported; the same report twice is one
    what: Stolen
    subject: str
    since: datetime
    reported_at: datetime
    reason: str
    by: str = ""
    advisories: tuple[str, ...] | None = None

    def covers_advisory(self, advisory: str) -> bool:
        """Whether the key that marks that advisory is the one reported."""
        if self.what is not Stolen.PROGRAM_KEY:
            return False
        return self.advisories is None or advisory in self.advisories
