"""Holds of deliveries."""

from datetime import timedelta

import pytest

from mapp_compliance.distribution import HOLD, Hold
from mapp_compliance.errors import Conflict
from mapp_compliance.values import AdvisoryId, HoldId, instant

AT = instant("2026-11-10T12:00:00Z")
TICK = timedelta(microseconds=1)
HELD = Hold(HoldId("H-K-1"), AdvisoryId("A1"), None, AT, AT + HOLD, "a leak")


def test_a_hold_lasts_from_its_start_until_72_hours_later() -> None:
    at = [AT - TICK, AT, AT + timedelta(hours=72) - TICK, AT + timedelta(hours=72)]
    assert [HELD.in_force(moment) for moment in at] == [False, True, True, False]


def test_a_lifted_hold_is_over_and_says_by_whom_and_why() -> None:
    lifted = HELD.lifted(AT + TICK, "ann", "a test file")
    assert not lifted.in_force(AT + 2 * TICK)
    assert (lifted.lifted_by, lifted.lifted_for) == ("ann", "a test file")


def test_only_a_hold_in_force_can_be_lifted() -> None:
    with pytest.raises(Conflict, match="not in force"):
        HELD.lifted(AT + HOLD, "ann", "late")
    with pytest.raises(Conflict, match="not in force"):
        HELD.lifted(AT + TICK, "ann", "once").lifted(AT + 2 * TICK, "bob", "twice")
