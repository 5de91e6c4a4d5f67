"""The table of reporting laws: data that counsel reviews, and the facts that follow from it.

A law *restricts* when it makes whoever holds a report of any product hand it to a government;
a duty about one's own products says nothing about what a partner does with ours. A disputed
reading counts like a settled one. A restriction is no finding against anybody.

>>> laws = load_laws('''
... unlisted: unrestricted
... laws:
...   - {code: XC, instrument: Example Act, article: "1", duty: report_to_government, hours: 48,
...      applies_to: any_product, confidence: settled, reviewed_by: nobody,
...      reviewed_at: 2026-01-01T00:00:00Z}
... ''', "laws.yaml")
>>> jurisdiction_facts(laws, ["XC"])
{'jurisdiction.restricted': True, 'jurisdiction.reporting_law_hours': 48}
>>> jurisdiction_facts(laws, ["NO"]), jurisdiction_facts(laws, [])
({'jurisdiction.restricted': False}, {})
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from mapp_compliance.policy.facts import FactValue
from mapp_compliance.policy.fields import Fields
from mapp_compliance.policy.nodes import Mapping, Sequence, parse_nodes
from mapp_compliance.policy.problems import Findings, PackError, Problem

_FIELDS = ("code", "instrument", "article", "duty", "hours", "applies_to", "confidence")
_REVIEW = ("reviewed_by", "reviewed_at")
_CODE = re.compile(r"[A-Z]{2}")


class LawDuty(Enum):
    """What a law asks for."""

    REPORT_TO_GOVERNMENT = "report_to_government"
    NONE = "none"


class AppliesTo(Enum):
    """Whose products a law speaks about."""

    OWN_PRODUCT = "own_product"
    ANY_PRODUCT = "any_product"


class Confidence(Enum):
    """How sure the reading of a law is."""

    SETTLED = "settled"
    DISPUTED = "disputed"


class Unlisted(Enum):
    """What the operator holds of a country without a row."""

    UNRESTRICTED = "unrestricted"
    UNKNOWN = "unknown"  # the facts stay unknown, so restrictions apply


@dataclass(frozen=True, slots=True)
class Law:
    """One row; ``code`` is the country or union, ``hours`` the time the law leaves."""

    code: str
    instrument: str
    article: str
    duty: LawDuty
    hours: int
    applies_to: AppliesTo
    confidence: Confidence
    reviewed_by: str
    reviewed_at: datetime

    @property
    def restricts(self) -> bool:
        """It makes recipients report what we share."""
        reports = self.duty is LawDuty.REPORT_TO_GOVERNMENT
        return reports and self.applies_to is AppliesTo.ANY_PRODUCT


@dataclass(frozen=True, slots=True)
class Laws:
    """The table."""

    unlisted: Unlisted
    rows: tuple[Law, ...]


def jurisdiction_facts(laws: Laws, countries: Iterable[str]) -> dict[str, FactValue]:
    """The facts of a recipient from the codes of its countries; none of them known, no facts.

    One restricting law in one of the countries restricts.
    """
    codes = set(countries)
    rows = [law for law in laws.rows if law.code in codes]
    restricting = [law for law in rows if law.restricts]
    if restricting:
        hours = min(law.hours for law in restricting)
        return {"jurisdiction.restricted": True, "jurisdiction.reporting_law_hours": hours}
    unread = codes - {law.code for law in rows}
    if not codes or (unread and laws.unlisted is Unlisted.UNKNOWN):
        return {}
    facts: dict[str, FactValue] = {"jurisdiction.restricted": False}
    reporting = [law.hours for law in rows if law.duty is LawDuty.REPORT_TO_GOVERNMENT]
    if reporting:
        facts["jurisdiction.reporting_law_hours"] = min(reporting)
    return facts


def load_laws(text: str, name: str) -> Laws:
    """The table in a file's text.

    Raises:
        PackError: the file has problems; all that were found are attached.
    """
    laws, problems = read_laws(text, name)
    if laws is None:
        raise PackError(problems)
    return laws


def read_laws(text: str, name: str) -> tuple[Laws | None, list[Problem]]:
    """The table and no problems, or None and what is wrong."""
    findings = Findings(name)
    root = parse_nodes(text, findings)
    if root is not None and not isinstance(root, Mapping):
        findings.add(root.place, "a law table is a mapping", "begin with 'unlisted:'")
    if not isinstance(root, Mapping):
        return None, sorted(set(findings.found))
    fields = Fields(root, findings, "the law table")
    fields.only({"unlisted", "laws"})
    fields.needs("unlisted")
    unlisted = fields.word("unlisted", Unlisted)
    node = fields.get("laws") if fields.needs("laws") else None
    rows = []
    for item in node.items if isinstance(node, Sequence) else ():
        if isinstance(item, Mapping):
            rows.append(_law(Fields(item, findings, "this law")))
        else:
            findings.add(item.place, "a law is a mapping", "begin it with 'code:'")
    found = tuple(row for row in rows if row is not None)
    if findings.found or unlisted is None:
        return None, sorted(set(findings.found))
    return Laws(unlisted, found), []


def _law(fields: Fields) -> Law | None:
    fields.only({*_FIELDS, *_REVIEW})
    for key in (*_FIELDS, *_REVIEW):
        fields.needs(key)
    code = fields.text("code")
    if code and not _CODE.fullmatch(code):
        hint = "write two capital letters, such as NO for Norway"
        fields.findings.add(fields.place("code"), "this is no country code", hint)
    duty, applies = fields.word("duty", LawDuty), fields.word("applies_to", AppliesTo)
    confidence, reviewed = fields.word("confidence", Confidence), fields.time("reviewed_at")
    hours = fields.number("hours")
    if not duty or not applies or not confidence or reviewed is None or hours is None:
        return None
    return Law(
        code=code,
        instrument=fields.text("instrument"),
        article=fields.text("article"),
        duty=duty,
        hours=hours,
        applies_to=applies,
        confidence=confidence,
        reviewed_by=fields.text("reviewed_by"),
        reviewed_at=reviewed,
    )
