"""The signed statement inside a parcel, and the receipt that answers it.

The statement is an in-toto Statement v1 in a DSSE envelope. The recipient and the fingerprint of
the key it is sealed to are inside the signed part, else a partner could re-seal our signed copy
to somebody else. It never holds the codeword, positions, the marking scheme, or how many
recipients there are.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from mapp_compliance.errors import Broken, InvalidInput
from mapp_compliance.trust import Json, Statement, Subject, canonical, digest, parse_canonical
from mapp_compliance.values import (
    CopyId,
    Digest,
    ParcelId,
    PartnerId,
    checked_id,
    instant,
    instant_text,
)

PREDICATE = "urn:mapp-compliance:copy/v1"
RECEIPT = "urn:mapp-compliance:receipt/v1"
RECEIPT_NAMESPACE = "mapp-receipt@v1"  # of the SSH signature
# What a recipient without our tool fills in; the first such words in the text, as no id has an @.
SEALED_PLACE = "@SEALED@"
OPENED_PLACE = "@OPENED_AT@"


@dataclass(frozen=True, slots=True)
class CopyStatement:
    """What the vendor says of one copy."""

    parcel: ParcelId
    copy: CopyId
    advisory: str
    revision: int
    recipient: PartnerId
    key_fingerprint: str
    terms_version: str
    marking_notice: str
    tlp: str
    embargo_until: datetime
    package_class: str
    handling: tuple[str, ...]
    commitment: Digest  # the root in the commitment leaf
    log_origin: str
    log_size: int
    files: tuple[tuple[str, Digest], ...]  # payload path and digest, sorted
    unmarked: str = ""  # why the copy carries no marks; empty when it does

    def statement(self) -> Statement:
        """The in-toto Statement to sign."""
        unmarked: dict[str, Json] = {"unmarked": self.unmarked} if self.unmarked else {}
        return Statement(
            tuple(Subject(name, file_digest) for name, file_digest in self.files),
            PREDICATE,
            {
                "parcel": self.parcel,
                "copy": self.copy,
                "advisory": {"id": self.advisory, "revision": self.revision},
                "recipient": {"id": self.recipient, "key": self.key_fingerprint},
                "terms": {"version": self.terms_version, "marking_notice": self.marking_notice},
                "tlp": self.tlp,
                "embargo_until": instant_text(self.embargo_until),
                "class": self.package_class,
                "handling": list(self.handling),
                "commitment": self.commitment.hex,
                "log": {"origin": self.log_origin, "size": self.log_size},
                **unmarked,
            },
        )


def check_payload(statement: Statement, files: Mapping[str, bytes]) -> None:
    """Compare the payload with the signed list.

    Raises:
        Broken: a file is missing, is not on the list, or has other bytes.
    """
    listed = {item.name: item.digest for item in statement.subjects}
    if set(listed) != set(files):
        odd = sorted(set(listed) ^ set(files))
        raise Broken(f"the parcel's files are not the signed ones ({odd[0]}); ask for a new copy")
    for name, expected in listed.items():
        if digest(files[name]) != expected:
            raise Broken(f"{name} is not the file that was signed; ask the sender for a new copy")


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a recipient signs after opening a parcel."""

    parcel: ParcelId
    copy: CopyId
    recipient: PartnerId
    sealed: Digest
    statement: Digest
    terms_version: str
    opened_at: datetime

    def body(self) -> bytes:
        """The canonical bytes that are signed."""
        return canonical(
            {
                **_fixed(self.parcel, self.copy, self.recipient, self.statement),
                "sealed": self.sealed.hex,
                "terms": self.terms_version,
                "opened_at": instant_text(self.opened_at),
            }
        )


def receipt_form(statement: CopyStatement, signed: Digest) -> bytes:
    """A receipt with two places to fill in, for recipients without our tool.

    Args:
        signed: digest of the statement's bytes as they were signed.
    """
    return canonical(
        {
            **_fixed(statement.parcel, statement.copy, statement.recipient, signed),
            "sealed": SEALED_PLACE,
            "terms": statement.terms_version,
            "opened_at": OPENED_PLACE,
        }
    )


def _fixed(
    parcel: ParcelId, copy: CopyId, recipient: PartnerId, statement: Digest
) -> dict[str, Json]:
    return {
        "type": RECEIPT,
        "parcel": parcel,
        "copy": copy,
        "recipient": recipient,
        "statement": statement.hex,
    }


def parse_receipt(body: bytes) -> Receipt:
    """The receipt of canonical bytes; a line end after them, which some editors add, is allowed.

    Raises:
        InvalidInput, Malformed: not a receipt as ``body`` writes it.
    """
    body = body.removesuffix(b"\n")
    document = parse_canonical(body)
    if not isinstance(document, dict) or document.get("type") != RECEIPT:
        raise InvalidInput("this is no receipt; give the file that 'mapp open --receipt' wrote")
    try:
        receipt = Receipt(
            parcel=ParcelId(checked_id(str(document["parcel"]), "parcel id")),
            copy=CopyId(checked_id(str(document["copy"]), "copy id")),
            recipient=PartnerId(checked_id(str(document["recipient"]), "recipient id")),
            sealed=Digest(str(document["sealed"])),
            statement=Digest(str(document["statement"])),
            terms_version=str(document["terms"]),
            opened_at=instant(str(document["opened_at"])),
        )
    except KeyError as err:
        raise InvalidInput(f"the receipt has no field {err}; ask for a new one") from err
    if receipt.body() != body:
        raise InvalidInput("the receipt was written in another way; ask for one by 'mapp open'")
    return receipt
