"""Tell recipients of rules on places: what changes for them from when on, and that it is no blame.

Who is told follows from facts and rules alone: every partner whose share one of these rules will
limit from its date on. No verdict takes part, and nobody's state, tier or record changes.
"""

from dataclasses import dataclass
from datetime import datetime

from mapp_compliance.audit import TermsChange
from mapp_compliance.enforcement import DecisionText
from mapp_compliance.errors import NotFound
from mapp_compliance.policy import Rule, RuleKind, jurisdiction_facts
from mapp_compliance.program import Partner, PartnerKind
from mapp_compliance.trust import canonical
from mapp_compliance.values import instant_text
from mapp_compliance.workflows.agree import TWO_PEOPLE, Approvals, agreed
from mapp_compliance.workflows.letters import envelope
from mapp_compliance.workflows.log import transaction
from mapp_compliance.workflows.outbox import Letter, queue, send_waiting
from mapp_compliance.workflows.ports import Desk
from mapp_compliance.workflows.records import Event

PLACE_FACT = "jurisdiction."  # a rule that asks such a fact is one on places


@dataclass(frozen=True, slots=True)
class _Concerned:
    partner: Partner
    hours: int | None


def tell_of_place_rules(desk: Desk, since: datetime, approvals: Approvals) -> tuple[str, ...]:
    """Letters to all partners whom the rules on places that begin then concern; where they lie.

    Raises:
        NotFound: no such rule begins then, or it concerns nobody.
        NeedsApproval: two people sign.
    """
    now = desk.clock()
    rules = [rule for rule in desk.pack().rules if _begins(rule, since)]
    if not rules:
        raise NotFound(
            f"no rule on places begins at {instant_text(since)}; set effective_from in the pack"
        )
    clauses = tuple((rule.clause, rule.text) for rule in rules)
    with transaction(desk) as work:
        concerned = _concerned(desk, work.partners.all())
        if not concerned:
            raise NotFound("the rules on places concern none of the partners")
        decision = DecisionText(
            action="tell of rules on places",
            subject=desk.pack().name,
            reason=f"rules {', '.join(rule.id for rule in rules)} from {instant_text(since)}",
            evidence=desk.policy_digest(),
            policy=desk.policy_digest(),
        )
        agreed(desk, work, decision, approvals, now, TWO_PEOPLE)
        for one in concerned:
            model = TermsChange(envelope(desk, one.partner), since, clauses, one.hours)
            text = desk.renderer.render(model.template, model.document()).encode()
            name = f"terms-{instant_text(since)[:10]}.txt"
            queue(desk, work, Letter(one.partner.id, name, text, one.partner.id), now)
            work.tell(Event("told of rules on places", one.partner.id, now))
    return tuple(one.place for one in send_waiting(desk))


def _begins(rule: Rule, since: datetime) -> bool:
    asks = PLACE_FACT in canonical(rule.record()["when"]).decode()
    return rule.kind is RuleKind.PROHIBITION and asks and rule.effective_from == since


def _concerned(desk: Desk, people: list[Partner]) -> list[_Concerned]:
    found = []
    for one in people:
        facts = jurisdiction_facts(desk.laws(), [one.country] if one.country else [])
        if one.kind is PartnerKind.PARTNER and facts.get("jurisdiction.restricted"):
            hours = facts.get("jurisdiction.reporting_law_hours")
            found.append(_Concerned(one, hours if isinstance(hours, int) else None))
    return found
