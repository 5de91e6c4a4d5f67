"""What is attached to an advisory revision: the originals of one package, kept sealed.

>>> Artifact("poc.py", Digest("0" * 64), Digest("1" * 64), 10).path
'poc.py'
"""

from dataclasses import dataclass
from datetime import datetime

from mapp_compliance.values import AdvisoryId, Digest


@dataclass(frozen=True, slots=True)
class Artifact:
    """One original file: its path in the package, digest, and the sealed blob that holds it."""

    path: str
    digest: Digest
    blob: Digest
    size_bytes: int
    unmarked: bool = False


@dataclass(frozen=True, slots=True)
class Attachment:
    """The package of one advisory revision as attached.

    Attributes:
        layout: sealed blob of the surveyed site map (canonical JSON).
        check: how every copy is checked: ``static``, ``child``, ``waived: REASON``, or ``lab: ...``
            with the number of variants, the signer and the digest of the signed list.
        consent: the author's words, by which orders vary that can be looked at; empty without.
        self_test: command run in a copy's folder, empty when there is none.
        self_test_allowed: digest of command and files that a person allowed to run.
    """

    advisory: AdvisoryId
    revision: int
    package_class: str
    artifacts: tuple[Artifact, ...]
    layout: Digest
    map_id: Digest
    check: str
    attached_at: datetime
    stage: str = "vendor"
    self_test: tuple[str, ...] = ()
    self_test_allowed: Digest | None = None
    consent: str = ""


@dataclass(frozen=True, slots=True)
class SetUp:
    """The sealed record of one revision's marking, written once before any codeword exists.

    ``record`` is the digest of its plain bytes (what the set-up leaf commits to), ``blob`` of the
    sealed ones. ``leaf_digest`` of the first set-up of an advisory keys all its marks.
    """

    advisory: AdvisoryId
    revision: int
    record: Digest
    blob: Digest
    leaf: int
    leaf_digest: Digest
    at: datetime
