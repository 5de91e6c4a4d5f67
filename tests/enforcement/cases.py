"""Cases and people by hand, for the tests of the room."""

from dataclasses import replace
from datetime import timedelta

from mapp_compliance.enforcement import ActionKind, Case, Proposal, examined, heard, noticed
from mapp_compliance.program import Role, User
from mapp_compliance.values import (
    AdvisoryId,
    CaseId,
    CopyId,
    Digest,
    PartnerId,
    SampleId,
    UserName,
    instant,
)

NOW = instant("2026-11-10T12:00:00Z")  # a Tuesday
DAY = timedelta(days=1)
DUE = NOW + 14 * DAY  # ten business days later
LETTER = Digest("a" * 64)
CASE = Case(
    id=CaseId("K-1"),
    sample=SampleId("S-1"),
    advisory=AdvisoryId("A1"),
    verdict="COPY_IDENTIFIED",
    run=Digest("b" * 64),
    opened_at=NOW,
    copy=CopyId("C-1"),
    recipient=PartnerId("P1"),
)
NOBODYS = replace(CASE, verdict="CONFLICTING_MARKS", copy=None, recipient=None)
INTERNAL = replace(CASE, verdict="COPY_IDENTIFIED_INTERNAL", internal=True)
NOTICED = noticed(CASE, LETTER, NOW, "ann")
ANSWERED = heard(NOTICED, "it was not us", NOW + DAY, "ann")


def person(name: str, role: Role) -> User:
    return User(UserName(name), role, f"ssh-ed25519 {name}")


ANN = person("ann", Role.PROGRAM_MANAGER)
BOB = person("bob", Role.APPROVER)
CLEO = person("cleo", Role.EXAMINER)
EXAMINED = examined(ANSWERED, CLEO, "confirmed", NOW + 2 * DAY)


def proposed(case: Case, action: ActionKind, **changes: object) -> Case:
    """The case with a proposal of ann's that is made now."""
    proposal = Proposal(1, action, "a reason", "ann", NOW)
    return case.with_proposal(replace(proposal, **changes))  # type: ignore[arg-type]
