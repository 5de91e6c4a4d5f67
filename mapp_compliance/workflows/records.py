"""Records that only the workflows write: leaves, history, kept decisions of policy and people."""

from dataclasses import dataclass
from datetime import datetime

from mapp_compliance.values import Digest

MANAGEMENT = "management"  # the folder of the outbox for memos; no recipient may be called so


@dataclass(frozen=True, slots=True)
class Leaf:
    """One entry of the ledger. ``data`` holds digests only; its hash is the tree's leaf."""

    index: int
    kind: str
    data: bytes
    at: datetime


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, in the past tense; ``subject`` is the id it happened to."""

    what: str
    subject: str
    at: datetime
    by: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class PolicyRecord:
    """One decision of the terms as canonical JSON: enough to replay it bit for bit."""

    digest: Digest
    advisory: str
    recipient: str
    at: datetime
    outcome: str
    document: str


@dataclass(frozen=True, slots=True)
class SignedDecision:
    """One decision of people outside a case: publish, advance, remove a key, extract a copy."""

    digest: Digest
    action: str
    subject: str
    at: datetime
    body: str
    signatures: tuple[tuple[str, str], ...]  # user name, armored SSH signature
    independence: str  # "none" when a local key signed


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A letter that was decided on together with what it tells, and leaves after that.

    ``blob`` is its sealed text. It stays here until it was laid down, however often the process
    dies in between; ``sent_at`` is None until then.
    """

    recipient: str
    name: str
    digest: Digest
    blob: Digest
    subject: str
    written_at: datetime
    sent_at: datetime | None = None

    @property
    def waits(self) -> str:
        """``yes`` until it was laid down; a column of its table."""
        return "yes" if self.sent_at is None else "no"
