"""Who gets which copy: plan, copy life cycle, manifest, parcel, receipts."""

from mapp_compliance.distribution.copies import (
    LEFT_THE_HOUSE,
    Copy,
    CopyState,
    Grant,
    Plan,
    Reseal,
    Reserved,
    Withheld,
)
from mapp_compliance.distribution.holds import HOLD, Hold
from mapp_compliance.distribution.parcel import Payload, pack, packed, parcel_name, unpack
from mapp_compliance.distribution.statement import (
    PREDICATE,
    RECEIPT_NAMESPACE,
    CopyStatement,
    Receipt,
    check_payload,
    parse_receipt,
    receipt_form,
)

__all__ = [
    "HOLD",
    "LEFT_THE_HOUSE",
    "PREDICATE",
    "RECEIPT_NAMESPACE",
    "Copy",
    "CopyState",
    "CopyStatement",
    "Grant",
    "Hold",
    "Payload",
    "Plan",
    "Receipt",
    "Reseal",
    "Reserved",
    "Withheld",
    "check_payload",
    "pack",
    "packed",
    "parcel_name",
    "parse_receipt",
    "receipt_form",
    "unpack",
]
