"""Who may have a copy now: the terms asked once for each recipient, every answer kept.

A wave is the class of recipients served at one time: the tier of a partner, ``internal`` for the
vendor's own readers, else the kind. ``T-14``, ``T-5`` and ``T-1`` are other names of the tiers.
"""

import json
from dataclasses import dataclass

from mapp_compliance import policy
from mapp_compliance.advisories import Advisory, Attachment
from mapp_compliance.distribution import Copy, Grant, Plan, Withheld
from mapp_compliance.errors import InvalidInput
from mapp_compliance.policy import (
    Decision,
    Explanation,
    Facts,
    Outcome,
    Question,
    decide,
    explain,
)
from mapp_compliance.program import Partner, PartnerKind
from mapp_compliance.trust import digest
from mapp_compliance.values import AdvisoryId, PartnerId
from mapp_compliance.watermark import Package
from mapp_compliance.workflows.facts import advisory_facts, recipient_facts, together
from mapp_compliance.workflows.matter import IssueAdvisory
from mapp_compliance.workflows.people import partner
from mapp_compliance.workflows.ports import Desk, UnitOfWork
from mapp_compliance.workflows.prepare import PROSE_SUFFIXES
from mapp_compliance.workflows.records import PolicyRecord
from mapp_compliance.workflows.unmarked import same_form

WAVES = {"t-14": "validate", "t-5": "ans", "t-1": "entry"}
KNOWN_WAVES = ("validate", "ans", "entry", "internal", "other")


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan with the decisions behind it, the wave of each recipient, and who is internal."""

    plan: Plan
    records: tuple[PolicyRecord, ...]
    waves: dict[PartnerId, str]
    internal: frozenset[PartnerId]


def wave_of(recipient: Partner) -> str:
    """The wave that a recipient belongs to."""
    if recipient.tier is not None:
        return recipient.tier.value
    return "internal" if recipient.kind.value == "internal" else "other"


def plan_issue(
    desk: Desk,
    work: UnitOfWork,
    advisory: Advisory,
    attachment: Attachment,
    package: Package,
    command: IssueAdvisory,
) -> Planned:
    """Granted and withheld among the recipients asked for, without those served already.

    A copy that has not left is asked for again: terms and standing may have changed meanwhile.

    Raises:
        NotFound: an unknown recipient. InvalidInput: an unknown wave.
    """
    wanted = _wanted(work, command)
    known = {
        copy.recipient: copy
        for copy in work.copies.all(advisory=advisory.id)
        if copy.revision == advisory.revision and same_form(copy, command)
    }
    granted, withheld, records = [], [], []
    for recipient in wanted:
        copy = known.get(recipient.id)
        if copy is not None and copy.has_left:
            continue
        answer, record = _asked(desk, advisory, attachment, recipient)
        records.append(record)
        if isinstance(answer, Grant) and not _has_files(package, answer.package_class):
            answer = Withheld(
                recipient.id,
                answer.rule,
                answer.clause,
                "only a description may be given, and the package holds no prose file",
            )
        if isinstance(answer, Grant) and copy is not None and not _still_fits(copy, answer):
            answer = Withheld(
                recipient.id,
                answer.rule,
                answer.clause,
                f"its copy is committed as {copy.package_class} and {answer.package_class} may be "
                "given now; give that out as a new advisory",
            )
        if isinstance(answer, Grant):
            granted.append(answer)
        else:
            withheld.append(answer)
    return Planned(
        Plan(tuple(granted), tuple(withheld), command.unmarked),
        tuple(records),
        {recipient.id: wave_of(recipient) for recipient in wanted},
        frozenset(item.id for item in wanted if item.kind is PartnerKind.INTERNAL),
    )


def asked_wave(command: IssueAdvisory) -> str:
    """The wave asked for by its first name; empty for all. Raises InvalidInput."""
    wave = WAVES.get(command.wave.lower(), command.wave.lower())
    if wave and wave not in KNOWN_WAVES:
        raise InvalidInput(
            f"there is no wave {command.wave!r}; use one of {', '.join(KNOWN_WAVES)}, T-14, T-5 "
            "or T-1"
        )
    return wave


def _wanted(work: UnitOfWork, command: IssueAdvisory) -> list[Partner]:
    wave = asked_wave(command)
    if command.recipients:
        chosen = [partner(work, name) for name in dict.fromkeys(command.recipients)]
    else:
        chosen = work.partners.all()
    return [item for item in chosen if not wave or wave_of(item) == wave]


def _still_fits(copy: Copy, grant: Grant) -> bool:
    return copy.commitment_leaf is None or copy.package_class == grant.package_class


def _has_files(package: Package, package_class: str) -> bool:
    return package_class != "prose" or any(
        file.sent_path.endswith(PROSE_SUFFIXES) for file in package.files
    )


def explain_issue(
    desk: Desk, advisory_id: str, recipient: PartnerId
) -> tuple[Decision[policy.Grant], Explanation]:
    """The answer of the terms for one recipient now, with every rule explained.

    Raises:
        NotFound: no such advisory or recipient.
    """
    with desk.store.read() as work:
        advisory = desk.advisory(work, AdvisoryId(advisory_id))
        attachment = work.attachments.get(advisory.id, advisory.revision)
        facts = _facts(
            desk,
            advisory,
            attachment.package_class if attachment else "poc",
            partner(work, recipient),
        )
    decision = decide(desk.pack(), facts, Question.ISSUE)
    return decision, explain(decision, desk.pack(), facts)


def _facts(desk: Desk, advisory: Advisory, package_class: str, recipient: Partner) -> Facts:
    now = desk.clock()
    return together(
        recipient_facts(recipient, desk.laws(), now, desk.program.local_keys),
        advisory_facts(advisory, package_class, now),
    )


def _asked(
    desk: Desk, advisory: Advisory, attachment: Attachment, recipient: Partner
) -> tuple[Grant | Withheld, PolicyRecord]:
    now = desk.clock()
    facts = _facts(desk, advisory, attachment.package_class, recipient)
    decision = decide(desk.pack(), facts, Question.ISSUE)
    result = decision.result
    first = result.reasons[0] if result.reasons else None
    rule, clause = (first.rule, first.clause) if first else ("none", "no rule entitles anybody")
    record = json.dumps(
        {"decision": decision.record(), "facts": facts.record()},
        sort_keys=True,
        separators=(",", ":"),
    )
    kept = PolicyRecord(
        digest=digest(f"{advisory.id}\n{recipient.id}\n{record}".encode()),
        advisory=advisory.id,
        recipient=recipient.id,
        at=now,
        outcome=result.outcome.value,
        document=record,
    )
    if result.outcome is Outcome.WITHHELD:
        reason = first.sentence() if first else "no rule of the terms entitles this recipient"
        return Withheld(recipient.id, rule, clause, reason), kept
    return Grant(recipient.id, result.granted.word, rule, clause), kept
