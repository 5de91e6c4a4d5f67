"""What all reports share: a heading, who held what, the ledger lines, the words on keys.

A report is a frozen value that gives one plain document (``document()``): text, whole numbers,
bools, None, lists and dicts only, so that it has canonical bytes. The same document is the JSON
report and the model of the HTML one; a page can therefore show no figure that the file lacks.

>>> from mapp_compliance.values import instant
>>> Heading("Acme", instant("2026-12-08T18:00:00Z"), local_keys=True).document()["written_at"]
'2026-12-08T18:00:00Z'
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from mapp_compliance.audit.words import LOCAL_KEYS, SEPARATE_KEYS
from mapp_compliance.errors import Broken
from mapp_compliance.trust import Json
from mapp_compliance.values import CopyId, Digest, instant_text


class Model(Protocol):
    """A report or letter: the template it is written for, and its document."""

    @property
    def template(self) -> str:
        """Name of the template file."""
        ...

    def document(self) -> dict[str, Json]:
        """The plain document: the JSON form, and the model of the template."""
        ...


@dataclass(frozen=True, slots=True)
class Heading:
    """Who writes, and when. ``local_keys``: people's private keys lie in the workspace."""

    program: str
    written_at: datetime
    local_keys: bool
    tlp: str = "TLP:AMBER+STRICT"

    def document(self) -> dict[str, Json]:
        """The heading as plain values."""
        return {
            "program": self.program,
            "written_at": instant_text(self.written_at),
            "tlp": self.tlp,
        }


@dataclass(frozen=True, slots=True)
class Holding:
    """One copy that left the house. ``holder`` is empty unless the verdict names the copy.

    No pseudonym stands there either: whoever knows which copy is whose would read from it whose
    score a pseudonym hides.
    """

    copy: CopyId
    holder: str
    kind: str  # a PartnerKind value: partner, internal, finder, broker, coordinator, regulator
    delivered_at: datetime
    receipted_at: datetime | None = None
    unmarked: bool = False

    def document(self) -> dict[str, Json]:
        """The row as plain values."""
        return {
            "copy": self.copy,
            "holder": self.holder or None,
            "kind": self.kind,
            "unmarked": self.unmarked,
            "delivered_at": instant_text(self.delivered_at),
            "receipted_at": optional_time(self.receipted_at),
        }


@dataclass(frozen=True, slots=True)
class OtherHolders:
    """Holders of one kind that were sent no copy: how many, how many people, since when at first.

    They have no names here: being one of them says nothing about anybody.
    """

    kind: str
    holders: int
    people: int
    since: datetime

    def document(self) -> dict[str, Json]:
        """The row as plain values."""
        return {
            "kind": self.kind,
            "holders": self.holders,
            "people": self.people,
            "since": instant_text(self.since),
        }


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One leaf that the report rests on; ``digest`` is the digest of the leaf."""

    index: int
    kind: str
    digest: Digest
    at: datetime
    about: str = ""


@dataclass(frozen=True, slots=True)
class Proofs:
    """The tree head when the report was written, and the leaves that the report rests on.

    Raises:
        Broken: a leaf lies outside the tree.
    """

    origin: str
    size: int
    root: Digest
    leaves: tuple[LedgerLine, ...]

    def __post_init__(self) -> None:
        for leaf in self.leaves:
            if leaf.index >= self.size:
                raise Broken(
                    f"leaf {leaf.index} is not in the tree of size {self.size}; check the ledger "
                    "with 'mapp log verify' before any report",
                    leaf=leaf.index,
                )

    def first(self, kind: str) -> LedgerLine | None:
        """The earliest leaf of a kind, or None."""
        return min(
            (leaf for leaf in self.leaves if leaf.kind == kind),
            key=lambda leaf: leaf.index,
            default=None,
        )

    def document(self) -> dict[str, Json]:
        """The lines as plain values, in the order of the ledger."""
        return {
            "origin": self.origin,
            "size": self.size,
            "root": self.root.hex,
            "leaves": [
                {
                    "index": leaf.index,
                    "kind": leaf.kind,
                    "digest": leaf.digest.hex,
                    "at": instant_text(leaf.at),
                    "about": leaf.about,
                }
                for leaf in sorted(self.leaves, key=lambda leaf: leaf.index)
            ],
        }


def independence(local_keys: bool) -> dict[str, Json]:
    """The note on whose hands the signing keys are in."""
    if local_keys:
        return {"level": "none", "text": LOCAL_KEYS}
    return {"level": "separate-keys", "text": SEPARATE_KEYS}


def optional_time(value: datetime | None) -> str | None:
    """ISO 8601 in UTC, or None."""
    return instant_text(value) if value else None


def lines(text: str) -> list[Json]:
    """The lines of an outside text; other control characters stay in it as data."""
    return [*text.replace("\r\n", "\n").split("\n")] if text else []
