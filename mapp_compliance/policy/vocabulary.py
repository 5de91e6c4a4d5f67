"""The words that rules may speak about: flat, typed, versioned.

A pack names the version it was written for. A new fact may be added within a version; a changed
meaning, type or list of values makes a new one.

>>> VOCABULARY["partner.tier"].values
('validate', 'ans', 'entry')
"""

from dataclasses import dataclass
from enum import Enum, IntEnum
from types import MappingProxyType

VOCABULARY_VERSION = "1"


class FactType(Enum):
    """What a fact's value is; the word is how it is shown to authors."""

    BOOL = "true or false"
    INT = "whole number"
    TEXT = "text"
    TIME = "time with zone"
    TEXTS = "list of texts"


class PackageClass(IntEnum):
    """How much a package tells, from nothing to working proof; more includes less."""

    NOTHING = 0
    PROSE = 1
    DETECTION = 2
    SAMPLE = 3
    REPRO = 4
    POC = 5

    @property
    def word(self) -> str:
        """As written in packs and facts."""
        return self.name.lower()


CLASSES = {item.word: item for item in PackageClass}


@dataclass(frozen=True, slots=True)
class Fact:
    """One word of the vocabulary; ``values`` is its closed list, empty for an open one."""

    name: str
    type: FactType
    meaning: str
    values: tuple[str, ...] = ()


KINDS = ("partner", "internal", "finder", "broker", "coordinator", "regulator")
STATES = ("applicant", "active", "restricted", "probation", "suspended", "removed", "withdrawn")
TIERS = ("validate", "ans", "entry")
RESTRICTIONS = ("hold", "poc_stop")  # hold: nothing is sent; poc_stop: a description only
ADVISORY_STATES = (
    "draft",
    "frozen",
    "scheduled",
    "distributing",
    "released",
    "advanced",
    "postponed",
    "withdrawn",
    "public_early",
)
VERDICTS = (
    "NO_LINK",
    "INSUFFICIENT",
    "LINEAGE_ONLY",
    "LINEAGE_ONLY_EARLIER_EXPLOITATION",
    "UPSTREAM_ORIGIN",
    "PROGRAM_ORIGIN_UNRESOLVED",
    "PUBLIC_RELEASE",
    "LEAD_ONLY",
    "COPY_IDENTIFIED",
    "COPY_IDENTIFIED_INTERNAL",
    "MULTIPLE_COPIES",
    "UNREGISTERED_COPY",
    "CONFLICTING_MARKS",
)
_B, _I, _T, _W, _L = FactType.BOOL, FactType.INT, FactType.TEXT, FactType.TIME, FactType.TEXTS

_FACTS = (
    Fact("now", _W, "the time of the question"),
    Fact("partner.kind", _T, "what the recipient is to the program", KINDS),
    Fact("partner.state", _T, "standing; an internal reader is active while employed", STATES),
    Fact("partner.tier", _T, "class of access of a partner", TIERS),
    Fact("partner.country", _T, "code of the seat, such as NO for Norway"),
    Fact("partner.agreement_in_force", _B, "a signed agreement is valid now"),
    Fact("partner.agreement_version", _T, "version of that agreement"),
    Fact("partner.marking_notice_present", _B, "the recipient was told that copies are marked"),
    Fact("partner.seal_key_current", _B, "a proved sealing key that is neither old nor revoked"),
    Fact("partner.sign_key_current", _B, "the same for the key that signs receipts"),
    Fact("partner.contact_current", _B, "a contact that was checked lately"),
    Fact("partner.restrictions", _L, "limits set by a decision on this recipient", RESTRICTIONS),
    Fact("jurisdiction.restricted", _B, "a law there makes recipients report what we share"),
    Fact("jurisdiction.reporting_law_hours", _I, "shortest time that such a law leaves"),
    Fact("advisory.package_class", _T, "how much the package tells", tuple(CLASSES)[1:]),
    Fact("advisory.state", _T, "where the advisory stands", ADVISORY_STATES),
    Fact("advisory.release_at", _W, "planned end of the embargo"),
    Fact(
        "advisory.days_left", _I, "least N whose window, N wall-clock days long, is open; 0 after"
    ),
    Fact("advisory.released", _B, "it is public"),
    Fact("advisory.exploited", _B, "exploitation in the wild is known"),
    Fact("copy.delivered_at", _W, "when the copy was handed over"),
    Fact("copy.receipted", _B, "a valid signed receipt arrived"),
    Fact("copy.receipt_at", _W, "when it arrived"),
    Fact("verdict.kind", _T, "what attribution concluded", VERDICTS),
    Fact("verdict.names_partner", _B, "the verdict names a copy issued to this recipient"),
    Fact("verdict.within_bound", _B, "the p-value is within the bound of the run"),
    Fact("verdict.log10_p_thousandths", _I, "thousandths of log10 p; -6000 is one in a million"),
    Fact("verdict.vetoes", _I, "number of vetoes against naming a copy"),
    Fact("case.notice_delivered", _B, "notice was delivered together with the evidence bundle"),
    Fact("case.answered", _B, "the partner has answered the notice"),
    Fact("case.response_lapsed", _B, "10 business days passed since the notice"),
    Fact("case.examined", _B, "an examiner blind to names confirmed the verdict"),
    Fact("case.approvals", _I, "number of valid signed approvals"),
    Fact("case.vetoes", _I, "number of signed rejections"),
    Fact("case.appeal_open", _B, "an appeal is lodged and not decided"),
)
VOCABULARY = MappingProxyType({fact.name: fact for fact in _FACTS})
