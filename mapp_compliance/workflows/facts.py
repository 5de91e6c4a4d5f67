"""The single translation from subjects into the vocabulary of the terms.

A fact that nobody knows is left out, never guessed: the terms treat it as unknown.
"""

from datetime import datetime
from typing import TYPE_CHECKING

from mapp_compliance.advisories import Advisory, AdvisoryState, wall_days_left
from mapp_compliance.distribution import Copy, CopyState
from mapp_compliance.enforcement import Case
from mapp_compliance.policy import Facts, FactValue, Laws, facts_of, jurisdiction_facts
from mapp_compliance.program import Partner

if TYPE_CHECKING:
    from mapp_compliance.attribution import Run


def recipient_facts(
    partner: Partner, laws: Laws, now: datetime, keys_trusted: bool
) -> dict[str, FactValue]:
    """What is known of one recipient.

    Args:
        keys_trusted: a demo workspace takes keys as they come; elsewhere somebody must have
            said how control of them was shown.
    """
    proved = keys_trusted or bool(partner.keys_proved)
    facts: dict[str, FactValue] = {
        "now": now,
        "partner.kind": partner.kind.value,
        "partner.state": partner.state_at(now).value,
        "partner.agreement_in_force": partner.agreement_in_force(now),
        "partner.marking_notice_present": bool(partner.marking_notice),
        "partner.seal_key_current": bool(partner.seal_key) and proved,
        "partner.sign_key_current": bool(partner.sign_key) and proved,
        "partner.contact_current": bool(partner.contact),
        "partner.restrictions": (),
    }
    if partner.tier is not None:
        facts["partner.tier"] = partner.tier.value
    if partner.agreement:
        facts["partner.agreement_version"] = partner.agreement
    if partner.country:
        facts["partner.country"] = partner.country
        facts |= jurisdiction_facts(laws, [partner.country])
    return facts


def advisory_facts(advisory: Advisory, package_class: str, now: datetime) -> dict[str, FactValue]:
    """What is known of one advisory."""
    return {
        "advisory.package_class": package_class,
        "advisory.state": {
            AdvisoryState.DRAFT: "draft",
            AdvisoryState.DISTRIBUTING: "distributing",
            AdvisoryState.RELEASED: "released",
        }[advisory.state],
        "advisory.release_at": advisory.release_at,
        "advisory.days_left": wall_days_left(advisory.release_at, now),
        "advisory.released": advisory.state is AdvisoryState.RELEASED,
    }


def copy_facts(copy: Copy) -> dict[str, FactValue]:
    """What is known of one copy."""
    facts: dict[str, FactValue] = {"copy.receipted": copy.state is CopyState.RECEIPTED}
    if copy.delivered_at:
        facts["copy.delivered_at"] = copy.delivered_at
    if copy.receipted_at:
        facts["copy.receipt_at"] = copy.receipted_at
    return facts


def case_facts(case: Case, run: "Run", vetoes: int) -> dict[str, FactValue]:
    """What is known of one case and its verdict."""
    return {
        "verdict.kind": run.verdict,
        "verdict.names_partner": case.recipient is not None and not case.internal,
        "verdict.within_bound": case.copy is not None,
        "verdict.vetoes": vetoes,
        "case.notice_delivered": case.noticed_at is not None,
        "case.answered": bool(case.statement),
        "case.response_lapsed": case.state.value in {"answered", "examined"} and not case.statement,
        "case.examined": case.finding == "confirmed",
        "case.vetoes": 0,
        "case.appeal_open": False,
    }


def together(*groups: dict[str, FactValue]) -> Facts:
    """The facts of several groups, checked against the vocabulary."""
    return facts_of({name: value for group in groups for name, value in group.items()})
