"""The recipient's side and its answer: open a parcel, sign a receipt, take the receipt in.

Opening needs no workspace: the parcel, the recipient's key and the vendor's public key are
enough. A receipt is the canonical bytes that name parcel, copy and digests, with an SSH
signature beside it, so `ssh-keygen -Y sign` can make one too.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from mapp_compliance.distribution import (
    PREDICATE,
    RECEIPT_NAMESPACE,
    CopyState,
    Receipt,
    check_payload,
    parse_receipt,
    unpack,
)
from mapp_compliance.distribution.parcel import PAYLOAD, SIGNER, STATEMENT
from mapp_compliance.errors import Broken, Conflict, InvalidInput, NotFound
from mapp_compliance.program import KeyUse, usable_keys
from mapp_compliance.trust import (
    IN_TOTO_TYPE,
    Json,
    PublicKey,
    Statement,
    digest,
    identity_fingerprint,
    open_sealed,
    parse_public_key,
    parse_statement,
    verify_envelope,
    verify_ssh,
)
from mapp_compliance.values import CopyId, Digest, ParcelId, PartnerId
from mapp_compliance.workflows.log import transaction
from mapp_compliance.workflows.people import partner
from mapp_compliance.workflows.ports import Desk
from mapp_compliance.workflows.records import Event

TAR_BLOCK = 512  # bytes; an archive is a whole number of them


@dataclass(frozen=True, slots=True)
class Opened:
    """An opened parcel: every file was compared with the signed list.

    ``signer`` is the key that signed; ``pinned`` tells that it was the one expected.
    """

    statement: Statement
    files: Mapping[str, bytes]
    receipt: Receipt
    signer: PublicKey
    pinned: bool


def open_parcel(
    sealed: bytes, identity: str, vendor_key: PublicKey | None, now: datetime
) -> Opened:
    """What a parcel holds, checked.

    Args:
        identity: text of the recipient's key file.
        vendor_key: the key the vendor is known by; without it the parcel's own is used, which
            proves that the parcel is whole but not whose it is.
    Raises:
        SealError, InvalidInput: cut short or no parcel.
        SealBroken, BadSignature, Broken: another key, altered, or files that were not signed.
    """
    files = unpack(open_sealed(sealed, identity, unit_bytes=TAR_BLOCK))
    if STATEMENT not in files or SIGNER not in files:
        raise InvalidInput("this sealed file is no parcel of a copy; ask the sender for a new one")
    key = vendor_key or parse_public_key(files[SIGNER].decode("utf-8", "replace"))
    envelope = verify_envelope(files[STATEMENT], IN_TOTO_TYPE, [key])
    statement = parse_statement(envelope.payload)
    if statement.predicate_type != PREDICATE:
        raise Broken("the signed statement is not about a copy; do not use the files")
    payload = {
        name.removeprefix(PAYLOAD): data for name, data in files.items() if name.startswith(PAYLOAD)
    }
    check_payload(statement, payload)
    _check_addressee(statement, identity)
    receipt = _receipt(statement, sealed, envelope.payload, now)
    return Opened(statement, files, receipt, key, vendor_key is not None)


def _check_addressee(statement: Statement, identity: str) -> None:
    """A recipient who seals its own copy to somebody else would hand on our signature with it."""
    match statement.predicate:
        case {"recipient": {"key": str(named)}} if named == identity_fingerprint(identity):
            return
    raise Broken(
        "the signed statement names another key than yours: this copy was made for somebody else "
        "and sealed to you afterwards; do not use it, and tell the program"
    )


def _receipt(statement: Statement, sealed: bytes, signed: bytes, now: datetime) -> Receipt:
    match statement.predicate:
        case {
            "parcel": str(parcel),
            "copy": str(copy),
            "recipient": {"id": str(recipient)},
            "terms": {"version": str(terms)},
        }:
            return Receipt(
                parcel=ParcelId(parcel),
                copy=CopyId(copy),
                recipient=PartnerId(recipient),
                sealed=digest(sealed),
                statement=digest(signed),
                terms_version=terms,
                opened_at=now,
            )
    raise Broken("the signed statement does not name copy and recipient; do not use the files")


def add_receipt(desk: Desk, body: bytes, signature: bytes) -> dict[str, Json]:
    """Take in a receipt; the same one again does nothing.

    Raises:
        InvalidInput: not a receipt.
        NotFound: the copy was never issued.
        BadSignature: not signed by an enrolled key of that recipient.
        Broken: it names another recipient or other bytes than were sent.
    """
    receipt = parse_receipt(body)
    now = desk.clock()
    with transaction(desk) as work:
        copy = work.copies.get(receipt.copy)
        if copy is None:
            raise NotFound(f"copy {receipt.copy} was never issued; check which receipt this is")
        owner = partner(work, copy.recipient)
        keys = [parse_public_key(key.text) for key in usable_keys(owner, KeyUse.SIGN)]
        if not keys:
            raise InvalidInput(
                f"{owner.id} has enrolled no signing key; add one with 'mapp partner key add'"
            )
        verify_ssh(body, signature, RECEIPT_NAMESPACE, keys)
        if receipt.recipient != copy.recipient or not copy.is_parcel(receipt.sealed):
            raise Broken(
                f"the receipt does not fit copy {copy.id}: it names another recipient or other "
                "bytes; ask the recipient which parcel was opened"
            )
        if copy.state is CopyState.RECEIPTED:
            return _document(receipt, digest(body), copy.receipt == digest(body))
        if copy.state is not CopyState.DELIVERED:
            raise Conflict(f"copy {copy.id} is {copy.state.value} and was not delivered yet")
        leaf = work.ledger.append("receipt", {"receipt": digest(body).hex}, now)
        desk.blobs.put(body)
        work.copies.put(
            copy.moved(
                CopyState.RECEIPTED,
                receipt=digest(body),
                receipt_leaf=leaf.index,
                receipted_at=now,
            )
        )
        work.tell(Event("receipt taken in", copy.id, now, detail=f"leaf {leaf.index}"))
    return _document(receipt, digest(body), True)


def _document(receipt: Receipt, kept: Digest, same: bool) -> dict[str, Json]:
    if not same:
        raise Conflict(f"copy {receipt.copy} has another receipt already; the first one counts")
    return {
        "copy": receipt.copy,
        "parcel": receipt.parcel,
        "recipient": receipt.recipient,
        "opened_at": receipt.opened_at.isoformat().replace("+00:00", "Z"),
        "digest": kept.hex,
    }
