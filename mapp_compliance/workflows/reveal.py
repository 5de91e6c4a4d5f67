"""Show the name behind a case to one person, who signs for it and is not blind from then on."""

from dataclasses import dataclass

from mapp_compliance.enforcement import DecisionText, revealed
from mapp_compliance.errors import Broken, NeedsApproval, Refused
from mapp_compliance.trust import digest
from mapp_compliance.workflows.agree import Approvals, collected, independence
from mapp_compliance.workflows.enforce import CaseStep, find_case
from mapp_compliance.workflows.log import transaction
from mapp_compliance.workflows.people import partner
from mapp_compliance.workflows.ports import Desk
from mapp_compliance.workflows.records import Event


@dataclass(frozen=True, slots=True)
class Revealed:
    """Whose copy a case is about, and the case with who was told."""

    step: CaseStep
    recipient: str
    name: str
    to: str


def reveal(desk: Desk, case_id: str, reason: str, approvals: Approvals) -> Revealed:
    """The name behind a case, for one person who signs for having seen it.

    Raises:
        NotFound: no such case. Conflict: it names nobody, or is closed. InvalidInput: no reason.
        NeedsApproval: nobody signed, so nobody could be kept from examining or approving.
        Refused: several people signed at once; each asks for the name alone.
    """
    now = desk.clock()
    with transaction(desk) as work:
        case = find_case(work, case_id)
        decision = DecisionText(
            action="reveal names",
            subject=case.id,
            reason=reason.strip(),
            evidence=case.run,
            policy=desk.policy_digest(),
        )
        signed = collected(desk, work, decision, approvals)
        if not signed:
            raise NeedsApproval(
                "whoever sees a name can neither examine nor approve in the case, so it takes a "
                "signature; pass --approve NAME in a demo workspace, else sign this with "
                "'ssh-keygen -Y sign -n mapp-decision@v1' and pass --signature FILE",
                to_sign=decision.body().decode(),
            )
        if len(signed) > 1:
            raise Refused("a name is revealed to one person at a time; let each sign alone")
        user = signed[0].user
        case = revealed(case, user, reason, now)
        copy = work.copies.get(case.copy or "")
        if copy is None:
            raise Broken(f"the copy of case {case.id} is missing; restore the workspace")
        owner = partner(work, copy.recipient)
        work.cases.put(case)
        work.ledger.append(
            "reveal",
            {
                "decision": digest(decision.body()).hex,
                "signature": digest(signed[0].armored.encode()).hex,
            },
            now,
        )
        work.tell(Event("name revealed", case.id, now, user.name, reason.strip()))
    return Revealed(CaseStep(case, independence([user])), owner.id, owner.name, user.name)
