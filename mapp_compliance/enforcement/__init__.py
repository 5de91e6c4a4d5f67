"""What we do about it: cases, approvals, actions."""

from mapp_compliance.enforcement.cases import (
    ActionKind,
    Case,
    CaseState,
    Proposal,
    Signature,
    Step,
    business_days_after,
    examined,
    executable,
    heard,
    noticed,
    propose,
    rejected,
    sign,
)
from mapp_compliance.enforcement.decisions import NAMESPACE, DecisionText

__all__ = [
    "NAMESPACE",
    "ActionKind",
    "Case",
    "CaseState",
    "DecisionText",
    "Proposal",
    "Signature",
    "Step",
    "business_days_after",
    "examined",
    "executable",
    "heard",
    "noticed",
    "propose",
    "rejected",
    "sign",
]
