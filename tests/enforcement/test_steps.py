"""Notice, hearing, examination."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapp_compliance.enforcement import (
    ActionKind,
    Case,
    CaseState,
    business_days_after,
    examined,
    heard,
    noticed,
    revealed,
    sign,
)
from mapp_compliance.errors import Conflict, InvalidInput, Refused
from mapp_compliance.program import Role
from tests.conformance.strategies import seeded
from tests.enforcement.cases import (
    ANN,
    ANSWERED,
    CASE,
    CLEO,
    DAY,
    DUE,
    EXAMINED,
    LETTER,
    NOBODYS,
    NOTICED,
    NOW,
    person,
    proposed,
)

OPEN, NOTED, HEARD, SEEN, DECIDED, CLOSED = CaseState
ALLOWED = {
    *((OPEN, NOTED), (NOTED, HEARD), (HEARD, HEARD), (HEARD, SEEN), (SEEN, DECIDED)),
    *((state, CLOSED) for state in CaseState if state is not CLOSED),
}
PAIRS = list(product(CaseState, CaseState))
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(("before", "after"), [pair for pair in PAIRS if pair in ALLOWED])
def test_every_allowed_move_is_made(before: CaseState, after: CaseState) -> None:
    moved = replace(CASE, state=before).moved(after, NOW, "moved", "ann")
    assert moved.state is after
    assert moved.steps[-1].what == "moved"


@pytest.mark.parametrize(("before", "after"), [pair for pair in PAIRS if pair not in ALLOWED])
def test_every_other_move_is_refused(before: CaseState, after: CaseState) -> None:
    with pytest.raises(Conflict, match=f"is {before.value} and cannot become {after.value}"):
        replace(CASE, state=before).moved(after, NOW, "moved")


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        ("2026-11-10", 10, "2026-11-24"),  # Tuesday
        ("2026-11-13", 1, "2026-11-16"),  # Friday to Monday
        ("2026-11-14", 1, "2026-11-16"),  # Saturday
        ("2026-11-15", 10, "2026-11-27"),  # Sunday
        ("2026-11-10", 0, "2026-11-10"),
    ],
)
def test_business_days_pass_over_weekends(start: str, days: int, end: str) -> None:
    at = "T23:59:59+00:00"
    found = business_days_after(datetime.fromisoformat(start + at), days)
    assert found == datetime.fromisoformat(end + at)


@seeded
@given(offset=st.integers(0, 3000), days=st.integers(1, 40))
def test_business_days_are_those_of_counting_one_by_one(offset: int, days: int) -> None:
    start = NOW + offset * DAY
    end = business_days_after(start, days)
    between = [start + step * DAY for step in range(1, (end - start).days + 1)]
    assert sum(day.weekday() < 5 for day in between) == days
    assert end.weekday() < 5


def test_the_time_to_answer_runs_from_the_notice() -> None:
    assert (NOTICED.noticed_at, NOTICED.response_due, NOTICED.notice) == (NOW, DUE, LETTER)


def test_there_is_one_notice_a_case() -> None:
    with pytest.raises(Conflict, match="went out at"):
        noticed(ANSWERED, LETTER, NOW, "ann")


def test_nobody_is_heard_before_the_notice() -> None:
    with pytest.raises(Conflict, match="given notice yet"):
        heard(CASE, "a statement", DUE, "ann")


def test_silence_counts_from_the_last_instant_of_the_time_to_answer() -> None:
    with pytest.raises(Conflict, match="may answer until"):
        heard(NOTICED, "", DUE - SECOND, "ann")
    assert heard(NOTICED, "", DUE, "ann").state is HEARD


def test_a_statement_is_heard_at_once() -> None:
    assert ANSWERED.statement == "it was not us"


def test_a_statement_after_the_lapse_is_still_heard() -> None:
    late = heard(heard(NOTICED, "", DUE, "ann"), "we were away", DUE + DAY, "ann")
    assert (late.state, late.statement) == (HEARD, "we were away")


@pytest.mark.parametrize("statement", ["", "something else"])
def test_a_statement_is_never_written_over(statement: str) -> None:
    with pytest.raises(Conflict, match="heard in case K-1 already"):
        heard(ANSWERED, statement, DUE + DAY, "ann")


@pytest.mark.parametrize("case", [EXAMINED, EXAMINED.moved(CLOSED, DUE, "closed")])
def test_no_hearing_undoes_an_examination(case: Case) -> None:
    with pytest.raises(Conflict, match="cannot become answered"):
        heard(case, "something else", DUE + DAY, "ann")


def test_an_examination_keeps_who_and_what() -> None:
    assert (EXAMINED.state, EXAMINED.examiner, EXAMINED.finding) == (SEEN, "cleo", "confirmed")


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.EXAMINER])
def test_only_an_examiner_examines(role: Role) -> None:
    with pytest.raises(Refused, match="for an examiner"):
        examined(ANSWERED, person("dora", role), "confirmed", NOW)


def test_an_examiner_who_saw_names_is_refused() -> None:
    with pytest.raises(Refused, match="has seen the names"):
        examined(replace(ANSWERED, revealed_to=(CLEO.name,)), CLEO, "confirmed", NOW)


def test_an_examiner_who_signed_in_the_case_under_another_role_is_refused() -> None:
    signed = sign(proposed(ANSWERED, ActionKind.WARN), 1, ANN, "signature", NOW)
    with pytest.raises(Refused, match="has signed in case"):
        examined(signed, replace(ANN, role=Role.EXAMINER), "confirmed", NOW)


@pytest.mark.parametrize("case", [CASE, NOTICED])
def test_nothing_is_examined_before_the_partner_was_heard(case: Case) -> None:
    with pytest.raises(Conflict, match="must be heard first"):
        examined(case, CLEO, "confirmed", NOW)


def test_nothing_is_examined_twice() -> None:
    with pytest.raises(Conflict, match="cannot become examined"):
        examined(EXAMINED, person("dora", Role.EXAMINER), "not confirmed", NOW)


def test_who_is_shown_a_name_is_kept_once_with_the_reason() -> None:
    case = revealed(revealed(CASE, CLEO, "a call", NOW), CLEO, "again", NOW)
    assert case.revealed_to == (CLEO.name,)
    assert [(step.what, step.by) for step in case.steps[-2:]] == [
        ("name revealed: a call", CLEO.name),
        ("name revealed: again", CLEO.name),
    ]


@pytest.mark.parametrize(
    ("case", "reason", "error"),
    [
        (CASE, "  ", InvalidInput),
        (NOBODYS, "a call", Conflict),
        (replace(CASE, state=CaseState.CLOSED), "a call", Conflict),
    ],
)
def test_a_name_is_revealed_for_a_reason_and_where_there_is_one(
    case: Case, reason: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        revealed(case, CLEO, reason, NOW)
