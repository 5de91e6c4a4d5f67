"""The life of a copy."""

from itertools import product

import pytest

from mapp_compliance.distribution import LEFT_THE_HOUSE, Copy, CopyState
from mapp_compliance.errors import Conflict
from mapp_compliance.values import AdvisoryId, CopyId, EntityId, InstanceId, PartnerId, instant

NOW = instant("2026-11-10T12:00:00Z")
PLANNED, MARKED, COMMITTED, SEALED, DELIVERED, RECEIPTED, CANCELLED = CopyState
ALLOWED = {
    *((PLANNED, MARKED), (MARKED, COMMITTED), (COMMITTED, SEALED), (SEALED, DELIVERED)),
    (DELIVERED, RECEIPTED),
    *((state, CANCELLED) for state in (PLANNED, MARKED, COMMITTED, SEALED)),
    *((CANCELLED, state) for state in (PLANNED, COMMITTED)),  # granted again
}
PAIRS = list(product(CopyState, CopyState))


def copy(state: CopyState) -> Copy:
    return Copy(
        id=CopyId("C-1"),
        advisory=AdvisoryId("A1"),
        revision=1,
        recipient=PartnerId("P1"),
        instance=InstanceId("i1"),
        entity=EntityId("P1"),
        wave="ans",
        planned_at=NOW,
        state=state,
    )


@pytest.mark.parametrize(("before", "after"), [pair for pair in PAIRS if pair in ALLOWED])
def test_every_allowed_step_is_taken(before: CopyState, after: CopyState) -> None:
    assert copy(before).moved(after, checked="static") == Copy(
        **{name: getattr(copy(after), name) for name in Copy.__slots__ if name != "checked"},
        checked="static",
    )


@pytest.mark.parametrize(("before", "after"), [pair for pair in PAIRS if pair not in ALLOWED])
def test_every_other_step_is_refused(before: CopyState, after: CopyState) -> None:
    with pytest.raises(Conflict, match=f"cannot become {after.value}"):
        copy(before).moved(after)


def test_a_copy_that_left_cannot_be_cancelled() -> None:
    assert frozenset({DELIVERED, RECEIPTED}) == LEFT_THE_HOUSE
    assert not any((state, CANCELLED) in ALLOWED for state in LEFT_THE_HOUSE)
