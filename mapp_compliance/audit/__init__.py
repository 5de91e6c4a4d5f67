"""What we can prove: reports and letters as values.

Each has a ``template`` and a ``document()``; the document is the JSON form and the model of the
template, so both show the same figures.
"""

from mapp_compliance.audit.case_report import CaseReport
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
    EmbargoMoved,
    Envelope,
    Notice,
    Removal,
    Request,
)
from mapp_compliance.audit.measures import Term
from mapp_compliance.audit.memo import ReleaseMemo
from mapp_compliance.audit.report import Heading, Holding, LedgerLine, Model, Proofs

__all__ = [
    "CaseReport",
    "Clearance",
    "CopyLine",
    "DistributionReport",
    "EmbargoMoved",
    "Envelope",
    "Finding",
    "Ground",
    "Heading",
    "Holding",
    "LedgerLine",
    "Model",
    "Notice",
    "Proofs",
    "ReceiptState",
    "ReleaseMemo",
    "Removal",
    "Request",
    "Term",
    "WithheldLine",
    "parse_finding",
]
