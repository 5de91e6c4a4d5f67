"""The steps of a case before anybody decides: notice, hearing, blind examination.

The time to answer runs from the delivery of the notice; whoever stays silent is heard by the lapse
of it. A statement that comes later is still heard, until the examination.
"""

from datetime import datetime

from mapp_compliance.enforcement.cases import Case, CaseState
from mapp_compliance.errors import Conflict, InvalidInput, Refused
from mapp_compliance.program import Role, User
from mapp_compliance.values import DAY, Digest, instant_text

RESPONSE_BUSINESS_DAYS = 10  # D12: to answer a notice
SATURDAY = 5


def business_days_after(start: datetime, days: int) -> datetime:
    """The instant that many Mondays-to-Fridays later (UTC days; no holidays)."""
    moment = start
    while days:
        moment += DAY
        days -= moment.weekday() < SATURDAY
    return moment


def noticed(case: Case, notice: Digest, now: datetime, by: str) -> Case:
    """The case after its notice was delivered; the time to answer runs from now."""
    if case.noticed_at is not None:
        raise Conflict(f"the notice of case {case.id} went out at {instant_text(case.noticed_at)}")
    due = business_days_after(now, RESPONSE_BUSINESS_DAYS)
    return case.moved(
        CaseState.NOTICED,
        now,
        f"notice delivered with the evidence; answer until {instant_text(due)}",
        by,
        noticed_at=now,
        notice=notice,
        response_due=due,
    )


def heard(case: Case, statement: str, now: datetime, by: str) -> Case:
    """The case after the partner's statement, or after the time to answer went by without one.

    Raises:
        Conflict: no notice yet, no statement and the time still runs, or heard already.
    """
    if case.noticed_at is None or case.response_due is None:
        raise Conflict(f"nobody was given notice yet; run 'mapp case notice {case.id}' first")
    if not statement and now < case.response_due:
        raise Conflict(
            f"the partner may answer until {instant_text(case.response_due)} and it is "
            f"{instant_text(now)}; give the statement with --statement FILE or wait"
        )
    if case.state is CaseState.ANSWERED and (case.statement or not statement):
        raise Conflict(
            f"the partner was heard in case {case.id} already; "
            f"let it be examined with 'mapp case examine {case.id}'"
        )
    what = "statement of the partner heard" if statement else "time to answer went by"
    return case.moved(CaseState.ANSWERED, now, what, by, statement=statement)


def revealed(case: Case, user: User, reason: str, now: datetime) -> Case:
    """The case after this person was shown the name behind it, and so is no longer blind.

    Raises:
        InvalidInput: no reason. Conflict: the case is closed, or it names nobody.
    """
    if not reason.strip():
        raise InvalidInput("names are revealed for a reason only; give one with --reason")
    if case.copy is None:
        raise Conflict(f"case {case.id} names no copy, so there is no name to reveal")
    if case.state is CaseState.CLOSED:
        raise Conflict(f"case {case.id} is closed; its report holds the name")
    known = case.revealed_to if user.name in case.revealed_to else (*case.revealed_to, user.name)
    return case.stepped(now, f"name revealed: {reason.strip()}", user.name, revealed_to=known)


def examined(case: Case, user: User, finding: str, now: datetime) -> Case:
    """The case after the blind examination.

    Raises:
        Refused: this person is no examiner, has seen names, or signed in the case.
        Conflict: the partner was not heard yet, or it was examined already.
    """
    if user.role is not Role.EXAMINER:
        raise Refused(f"{user.name} is {user.role.value}; the examination is for an examiner")
    if user.name in case.revealed_to:
        raise Refused(f"{user.name} has seen the names of case {case.id}; ask another examiner")
    if any(item.user == user.name for each in case.proposals for item in each.signatures):
        raise Refused(f"{user.name} has signed in case {case.id} already; ask another examiner")
    if case.state in {CaseState.OPEN, CaseState.NOTICED}:
        raise Conflict(f"the partner must be heard first; run 'mapp case hear {case.id}'")
    return case.moved(
        CaseState.EXAMINED,
        now,
        f"blind examination: {finding}",
        user.name,
        examiner=user.name,
        finding=finding,
    )
