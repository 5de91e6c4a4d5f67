"""No sequence of calls reaches a removal past one of its steps."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from mapp_compliance.enforcement import (
    ActionKind,
    Case,
    CaseState,
    examined,
    executable,
    heard,
    noticed,
    propose,
    rejected,
    sign,
)
from mapp_compliance.errors import MappError
from mapp_compliance.program import Role
from tests.enforcement.cases import CASE, LETTER, NOW, person

names = st.sampled_from(["ann", "bob", "cleo"])
roles = st.sampled_from([Role.PROGRAM_MANAGER, Role.APPROVER, Role.EXAMINER])


class Removal(RuleBasedStateMachine):
    """People of changing roles do whatever they are let; what they did is written down apart."""

    def __init__(self) -> None:
        super().__init__()
        self.case: Case = CASE
        self.now = NOW
        self.place = 0
        self.done: list[tuple[Any, ...]] = []

    @rule(data=st.data())
    def something_else_happens(self, data: st.DataObject) -> None:
        """Any call by anybody, lawful or not."""
        name, role = data.draw(names), data.draw(roles)
        number = data.draw(st.none() | st.integers(1, 2))
        actions = st.sampled_from([ActionKind.SUSPEND, ActionKind.REMOVE])
        calls = (
            lambda: self.time_goes_by(data.draw(st.sampled_from([0, 1, 5, 13, 14, 30]))),
            lambda: self.somebody_proposes(data.draw(actions), name),
            lambda: self.somebody_signs(name, role, number),
            lambda: self.somebody_rejects(name, role),
            self.notice_is_given,
            lambda: self.the_partner_is_heard(data.draw(st.sampled_from(["", "not us"]))),
            lambda: self.somebody_examines(name, role, "confirmed"),
            lambda: self.names_are_revealed(data.draw(st.sampled_from(["ann", "cleo", "dora"]))),
            lambda: self.a_proposal_is_carried_out(number),
        )
        data.draw(st.sampled_from(calls))()

    @rule(skip=st.integers(0, 5), other=st.integers(0, 11), name=names)
    def the_usual_way_goes_on(self, skip: int, other: int, name: str) -> None:
        """The next step of a lawful removal; left out or taken by somebody else now and then.

        Without this rule hardly any run would get to a removal.
        """
        who = name if other == 0 else None
        way = (
            lambda: self.somebody_proposes(ActionKind.REMOVE, who or "ann"),
            self.notice_is_given,
            lambda: self.the_partner_is_heard("" if other == 1 else "it was not us"),
            lambda: self.somebody_examines(
                who or "cleo", Role.EXAMINER, "not confirmed" if other == 2 else "confirmed"
            ),
            lambda: self.somebody_signs(who or "ann", Role.APPROVER, None),
            lambda: self.somebody_signs(who or "bob", Role.APPROVER, None),
            lambda: self.a_proposal_is_carried_out(None),
        )
        if skip:
            way[self.place % len(way)]()
        self.place += 1

    def time_goes_by(self, days: int) -> None:
        self.now += timedelta(days=days, seconds=1)

    def somebody_proposes(self, action: ActionKind, by: str) -> None:
        with suppress(MappError):
            self.case = propose(self.case, action, "r", by, self.now, None)

    def somebody_signs(self, name: str, role: Role, number: int | None) -> None:
        with suppress(MappError):
            before = self.case.proposal(number)
            self.case = sign(self.case, number, person(name, role), "s", self.now)
            self.done.append(("signed", before.number, before.at, name))

    def somebody_rejects(self, name: str, role: Role) -> None:
        with suppress(MappError):
            proposal = self.case.proposal()
            self.case = rejected(self.case, proposal, person(name, role), "", self.now)

    def notice_is_given(self) -> None:
        with suppress(MappError):
            self.case = noticed(self.case, LETTER, self.now, "ann")
            self.done.append(("noticed", self.now))

    def the_partner_is_heard(self, statement: str) -> None:
        with suppress(MappError):
            self.case = heard(self.case, statement, self.now, "ann")
            self.done.append(("heard", self.now, statement))

    def somebody_examines(self, name: str, role: Role, finding: str) -> None:
        with suppress(MappError):
            self.case = examined(self.case, person(name, role), finding, self.now)
            self.done.append(("examined", name, finding))

    def names_are_revealed(self, name: str) -> None:
        self.case = replace(self.case, revealed_to=(*self.case.revealed_to, name))  # type: ignore[arg-type]
        self.done.append(("revealed", name))

    def a_proposal_is_carried_out(self, number: int | None) -> None:
        with suppress(MappError):
            proposal = self.case.proposal(number)
            executable(self.case, proposal)
            self.case = self.case.with_proposal(replace(proposal, executed_at=self.now))
            if proposal.action is ActionKind.REMOVE:
                self.case = self.case.moved(CaseState.DECIDED, self.now, "removed")
                self.done.append(("removed", proposal.number, proposal.at))

    @invariant()
    def every_removal_came_after_all_its_steps(self) -> None:
        removals = [item for item in self.done if item[0] == "removed"]
        assert len(removals) <= 1
        for _, number, proposed_at in removals:
            past = self.done[: self.done.index(("removed", number, proposed_at))]
            kinds = [item[0] for item in past]
            notice, hearing = past[kinds.index("noticed")], past[kinds.index("heard")]
            finding = past[kinds.index("examined")]
            assert kinds.index("noticed") < kinds.index("heard") < kinds.index("examined")
            assert hearing[2] or hearing[1] - notice[1] >= timedelta(days=14)
            assert finding[2] == "confirmed"
            after = past[kinds.index("examined") :]
            approvers = {item[3] for item in after if item[:3] == ("signed", number, proposed_at)}
            assert len(approvers) >= 2
            assert finding[1] not in approvers
            revealed_before = {
                item[1] for item in past[: kinds.index("examined")] if item[0] == "revealed"
            }
            assert finding[1] not in revealed_before
            assert not approvers & revealed_before


TestRemoval = Removal.TestCase
TestRemoval.settings = settings(
    derandomize=True, deadline=None, max_examples=200, stateful_step_count=30
)
