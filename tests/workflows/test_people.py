"""People and recipients come in, and recipients change their standing."""

from contextlib import nullcontext
from datetime import timedelta

import pytest

from mapp_compliance.errors import Conflict, InvalidInput, MappError, NeedsApproval, NotFound
from mapp_compliance.program import Partner, PartnerState, Role
from mapp_compliance.trust import BadSignature, Ed25519Signer
from mapp_compliance.values import PartnerId
from mapp_compliance.workflows.agree import Approvals
from mapp_compliance.workflows.people import (
    MovePartner,
    add_user,
    import_partners,
    move_partner,
    partner_document,
)
from mapp_compliance.workflows.workspace import found
from tests.world import BOTH, World

CSV = b"id,name,kind,contact\nP1,One,partner,psirt@one.example\nP2,Two,partner,\n"
NEW_KEY = Ed25519Signer.from_seed(bytes(32)).public_key.text()
ACTIVE, RESTRICTED, SUSPENDED, REMOVED, WITHDRAWN = PartnerState


def move(
    world: World, state: PartnerState, approvals: Approvals = BOTH, reason: str = "a reason"
) -> Partner:
    until = world.now + timedelta(days=1) if state is SUSPENDED else None
    command = MovePartner(PartnerId("P1"), state.value, state, reason, until, approvals)
    return move_partner(world.desk, command)[0]


def to_sign(world: World, state: PartnerState) -> str:
    with pytest.raises(NeedsApproval) as told:
        move(world, state, Approvals())
    return str(told.value.fields["to_sign"])


def test_a_file_comes_in_as_a_whole() -> None:
    world = World()
    made = import_partners(world.desk, CSV, "p.csv", "by telephone")
    with world.store.read() as work:
        assert work.partners.all() == made
    assert {item.keys_proved for item in made} == {"by telephone"}


@pytest.mark.parametrize("data", [CSV + b"P3,,partner,\n", CSV + b"P0,Zero,partner,\n"])
def test_a_file_with_a_fault_or_a_known_partner_leaves_no_trace(data: bytes) -> None:
    world = World()
    world.partner("P0")
    before = world.store.state
    with pytest.raises(MappError):
        import_partners(world.desk, data, "p.csv", "")
    assert world.store.state.tables == before.tables


def test_no_contact_goes_into_the_history() -> None:
    world = World()
    import_partners(world.desk, CSV, "p.csv", "")
    assert "psirt@one.example" not in repr(world.store.state.events)
    assert "psirt@one.example" not in repr(partner_document(world.partner("P9"), world.now))


@pytest.mark.parametrize(
    ("state", "word"), [(RESTRICTED, "restricted"), (SUSPENDED, "suspended"), (WITHDRAWN, "withdr")]
)
def test_two_people_move_a_partner(state: PartnerState, word: str) -> None:
    world = World()
    world.partner()
    assert move(world, state).state_at(world.now) is state
    assert word in world.store.state.events[-1].what


@pytest.mark.parametrize(("days", "enough"), [(1, True), (14, True), (14.001, False)])
def test_one_person_suspends_for_two_weeks_at_most(days: float, enough: bool) -> None:
    world = World()
    world.partner()
    until = world.now + timedelta(days=days)
    one = MovePartner(PartnerId("P1"), "suspend", SUSPENDED, "found", until, Approvals(("bob",)))
    with nullcontext() if enough else pytest.raises(NeedsApproval):
        move_partner(world.desk, one)
    with world.store.read() as work:
        [kept] = work.partners.all()
    assert (kept.state is SUSPENDED) is enough


def test_one_person_does_not_suspend_the_same_partner_again() -> None:
    world = World()
    world.partner()
    move(world, SUSPENDED, Approvals(("ann",)))
    world.later(days=2)
    with pytest.raises(NeedsApproval, match="two people"):
        move(world, SUSPENDED, Approvals(("ann",)), "another reason")


@pytest.mark.parametrize(
    ("state", "days", "says"), [(RESTRICTED, 1, "only a suspension"), (SUSPENDED, -1, "not after")]
)
def test_an_end_that_would_do_nothing_is_refused(state: PartnerState, days: int, says: str) -> None:
    world = World()
    world.partner()
    until = world.now + timedelta(days=days)
    with pytest.raises(InvalidInput, match=says):
        move_partner(world.desk, MovePartner(PartnerId("P1"), "x", state, "y", until, BOTH))


@pytest.mark.parametrize("approvals", [Approvals(), Approvals(("ann",))])
def test_one_person_moves_nobody(approvals: Approvals) -> None:
    world = World()
    before = world.partner()
    with pytest.raises(NeedsApproval):
        move(world, RESTRICTED, approvals)
    assert list(world.store.state.tables["partners"].values()) == [before]


def test_a_move_needs_a_reason() -> None:
    world = World()
    world.partner()
    with pytest.raises(InvalidInput, match="needs a reason"):
        move(world, RESTRICTED, reason=" ")


def test_a_suspension_lapses_and_the_terms_see_it() -> None:
    world = World()
    world.partner()
    moved = move(world, SUSPENDED)
    assert partner_document(moved, world.now)["state"] == "suspended"
    world.later(days=1)
    document = partner_document(moved, world.now)
    assert (document["state"], document["suspended_until"]) == ("active", None)


def test_a_move_that_is_not_allowed_asks_nobody_to_sign() -> None:
    world = World()
    world.partner()
    move(world, REMOVED)
    with pytest.raises(Conflict, match="cannot become active"):
        move(world, ACTIVE, Approvals())


def test_an_unknown_partner_is_missing() -> None:
    with pytest.raises(NotFound, match="no recipient P1"):
        move(World(), RESTRICTED)


def test_signatures_under_one_move_do_not_serve_for_a_later_one_like_it() -> None:
    world = World("standard")
    world.partner()

    def signed(state: PartnerState) -> Approvals:
        text = to_sign(world, state)
        return Approvals((), (world.signature("ann", text), world.signature("bob", text)))

    first = signed(RESTRICTED)
    move(world, RESTRICTED, first)
    move(world, ACTIVE, signed(ACTIVE))
    with pytest.raises(BadSignature):
        move(world, RESTRICTED, first)


def test_two_people_enrol_a_third() -> None:
    world = World()
    user, independence = add_user(world.desk, "dora", Role.AUDITOR, NEW_KEY, BOTH)
    with world.store.read() as work:
        assert work.users.get("dora") == user
    assert independence == "none"


def test_nobody_enrols_himself() -> None:
    with pytest.raises(NeedsApproval):
        add_user(World().desk, "dora", Role.APPROVER, NEW_KEY, Approvals(("ann",)))


@pytest.mark.parametrize("again", ["name", "key"])
def test_a_name_or_key_belongs_to_one_person(again: str) -> None:
    world = World()
    name = "ann" if again == "name" else "dora"
    key = world.user("ann").key if again == "key" else NEW_KEY
    with pytest.raises(Conflict, match="has that name or key"):
        add_user(world.desk, name, Role.AUDITOR, key, BOTH)


def test_founders_are_enrolled_once_and_their_keys_are_in_the_first_leaf() -> None:
    world = World("standard")
    with world.store.read() as work:
        assert [user.name for user in work.users.all()] == ["ann", "bob", "cleo"]
        assert work.ledger.leaf(0).kind == "found"
    with pytest.raises(Conflict, match="founders already"):
        found(world.desk, tuple(world.users))


def test_people_of_a_demo_have_keys_in_the_workspace_and_others_have_not() -> None:
    assert {user.local for user in World("demo").users} == {True}
    standard = World("standard")
    assert {user.local for user in standard.users} == {False}
    with pytest.raises(NotFound):
        standard.keyring.local_signer("ann")
