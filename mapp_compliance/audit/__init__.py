"""What we can prove: reports and letters as values.

Each has a ``template`` and a ``document()``; the document is the JSON form and the model of the
template, so both show the same figures.
"""

from mapp_compliance.audit.case_report import CaseReport
from mapp_compliance.audit.commonality_report import CommonalityReport
from mapp_compliance.audit.distribution_report import (
    CopyLine,
    DistributionReport,
    Ground,
    ReceiptState,
    WithheldLine,
)
from mapp_compliance.audit.finding import Finding, parse_finding
from mapp_compliance.audit.letters import (
    Clearance,
    Cleared,
    EmbargoMoved,
    Envelope,
    Notice,
    Removal,
    Request,
)
from mapp_compliance.audit.measures import Term
from mapp_compliance.audit.memo import DutyNotice, ReleaseMemo
from mapp_compliance.audit.memos import (
    Closing,
    DutyToWarn,
    InternalMemo,
    KeyMemo,
    LeadNote,
    Pause,
    Talk,
    TermsChange,
)
from mapp_compliance.audit.report import Heading, Holding, LedgerLine, Model, OtherHolders, Proofs

__all__ = [
    "CaseReport",
    "Clearance",
    "Cleared",
    "Closing",
    "CommonalityReport",
    "CopyLine",
    "DistributionReport",
    "DutyNotice",
    "DutyToWarn",
    "EmbargoMoved",
    "Envelope",
    "Finding",
    "Ground",
    "Heading",
    "Holding",
    "InternalMemo",
    "KeyMemo",
    "LeadNote",
    "LedgerLine",
    "Model",
    "Notice",
    "OtherHolders",
    "Pause",
    "Proofs",
    "ReceiptState",
    "ReleaseMemo",
    "Removal",
    "Request",
    "Talk",
    "Term",
    "TermsChange",
    "WithheldLine",
    "parse_finding",
]
