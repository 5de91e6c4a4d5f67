"""What we do about it: cases, approvals, actions."""

from mapp_compliance.enforcement.approvals import executable, may_accuse, propose, rejected, sign
from mapp_compliance.enforcement.cases import (
    ActionKind,
    Case,
    CaseState,
    Proposal,
    Signature,
    Step,
)
from mapp_compliance.enforcement.decisions import NAMESPACE, DecisionText
from mapp_compliance.enforcement.steps import (
    business_days_after,
    examined,
    heard,
    noticed,
    revealed,
)

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
    "may_accuse",
    "noticed",
    "propose",
    "rejected",
    "revealed",
    "sign",
]
