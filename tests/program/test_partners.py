"""The standing of a recipient."""

from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest

from mapp_compliance.errors import Conflict
from mapp_compliance.program import PROVISIONAL_SUSPENSION, Partner, PartnerKind, PartnerState
from mapp_compliance.values import PartnerId, instant

NOW = instant("2026-11-10T12:00:00Z")
A_DAY = timedelta(days=1)
PARTNER = Partner(PartnerId("P1"), "One", PartnerKind.PARTNER)
ACTIVE, RESTRICTED, SUSPENDED, REMOVED, WITHDRAWN = PartnerState
ALLOWED = {
    *((ACTIVE, to) for to in (RESTRICTED, SUSPENDED, REMOVED, WITHDRAWN)),
    *((RESTRICTED, to) for to in (ACTIVE, SUSPENDED, REMOVED, WITHDRAWN)),
    *((SUSPENDED, to) for to in (ACTIVE, SUSPENDED, REMOVED, WITHDRAWN)),
    (WITHDRAWN, ACTIVE),
}
PAIRS = list(product(PartnerState, PartnerState))


def standing(state: PartnerState) -> Partner:
    until = NOW + A_DAY if state is SUSPENDED else None
    return replace(PARTNER, state=state, suspended_until=until)


@pytest.mark.parametrize(("before", "after"), [pair for pair in PAIRS if pair in ALLOWED])
def test_every_allowed_move_is_made(before: PartnerState, after: PartnerState) -> None:
    assert standing(before).moved(after, NOW).state_at(NOW) is after


@pytest.mark.parametrize(("before", "after"), [pair for pair in PAIRS if pair not in ALLOWED])
def test_every_other_move_is_refused(before: PartnerState, after: PartnerState) -> None:
    with pytest.raises(Conflict, match=f"cannot become {after.value}"):
        standing(before).moved(after, NOW)


def test_a_suspension_lapses_by_time_alone() -> None:
    until = NOW + PROVISIONAL_SUSPENSION
    suspended = PARTNER.moved(SUSPENDED, NOW, until)
    assert suspended.state_at(until - timedelta(microseconds=1)) is SUSPENDED
    assert suspended.state_at(until) is ACTIVE


def test_a_suspension_without_end_never_lapses() -> None:
    suspended = PARTNER.moved(SUSPENDED, NOW)
    assert suspended.state_at(NOW + 10_000 * A_DAY) is SUSPENDED


def test_a_restriction_comes_back_when_a_suspension_lapses() -> None:
    restricted = PARTNER.moved(RESTRICTED, NOW)
    suspended = restricted.moved(SUSPENDED, NOW, NOW + A_DAY)
    assert suspended.state_at(NOW) is SUSPENDED
    assert suspended.state_at(NOW + A_DAY) is RESTRICTED


def test_a_restriction_comes_back_after_a_prolonged_suspension_too() -> None:
    suspended = PARTNER.moved(RESTRICTED, NOW).moved(SUSPENDED, NOW, NOW + A_DAY)
    longer = suspended.moved(SUSPENDED, NOW, NOW + 2 * A_DAY)
    assert longer.state_at(NOW + 2 * A_DAY) is RESTRICTED


def test_a_lapsed_suspension_leaves_the_moves_of_the_state_before() -> None:
    suspended = PARTNER.moved(RESTRICTED, NOW).moved(SUSPENDED, NOW, NOW + A_DAY)
    later = suspended.moved(ACTIVE, NOW + A_DAY)
    assert later.state_at(NOW + A_DAY) is ACTIVE


@pytest.mark.parametrize("until", [NOW + A_DAY, NOW + 2 * A_DAY])
def test_a_suspension_is_prolonged_and_never_shortened(until: object) -> None:
    suspended = PARTNER.moved(SUSPENDED, NOW, NOW + 2 * A_DAY)
    with pytest.raises(Conflict, match="suspended until"):
        suspended.moved(SUSPENDED, NOW, until)  # type: ignore[arg-type]


def test_a_suspension_without_end_cannot_be_given_one() -> None:
    with pytest.raises(Conflict, match="without end"):
        PARTNER.moved(SUSPENDED, NOW).moved(SUSPENDED, NOW, NOW + A_DAY)


def test_restoring_ends_a_suspension_for_good() -> None:
    restored = PARTNER.moved(SUSPENDED, NOW, NOW + A_DAY).moved(ACTIVE, NOW)
    assert restored.suspended_until is None


@pytest.mark.parametrize(
    ("agreement", "until", "in_force"),
    [
        ("", None, False),
        ("", NOW + A_DAY, False),
        ("2026-02", None, True),
        ("2026-02", NOW + A_DAY, True),
        ("2026-02", NOW, False),
        ("2026-02", NOW - A_DAY, False),
    ],
)
def test_an_agreement_covers_the_time_before_its_end(
    agreement: str, until: object, in_force: bool
) -> None:
    partner = replace(PARTNER, agreement=agreement, agreement_until=until)
    assert partner.agreement_in_force(NOW) is in_force
