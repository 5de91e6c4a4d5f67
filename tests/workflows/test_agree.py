"""Agreement of people, with keys that lie outside the workspace."""

from dataclasses import replace

import pytest

from mapp_compliance.enforcement import DecisionText
from mapp_compliance.errors import Conflict, NeedsApproval, NotFound, Refused
from mapp_compliance.trust import BadSignature, Ed25519Signer, digest, sign_ssh
from mapp_compliance.values import Digest
from mapp_compliance.workflows.agree import Approvals, agreed
from mapp_compliance.workflows.records import SignedDecision
from tests.world import START, World

DECISION = DecisionText(
    action="publish advisory",
    subject="A1",
    reason="end of embargo",
    evidence=Digest("1" * 64),
    policy=Digest("2" * 64),
)
TEXT = DECISION.body().decode()


@pytest.fixture
def world() -> World:
    return World("standard")


def decided(
    world: World, *signatures: bytes, local: tuple[str, ...] = (), decision: DecisionText = DECISION
) -> SignedDecision:
    with world.store.write() as work:
        return agreed(world.desk, work, decision, Approvals(local, signatures), world.now)


def test_two_people_with_keys_of_their_own_decide(world: World) -> None:
    kept = decided(world, world.signature("ann", TEXT), world.signature("bob", TEXT))
    assert [name for name, _ in kept.signatures] == ["ann", "bob"]
    assert (kept.independence, kept.body, kept.digest) == (
        "separate keys",
        TEXT,
        digest(TEXT.encode()),
    )


def test_what_was_decided_is_in_the_history_and_in_the_ledger(world: World) -> None:
    kept = decided(world, world.signature("ann", TEXT), world.signature("bob", TEXT))
    with world.store.read() as work:
        assert work.signed.all(subject="A1") == [kept]
        assert work.events("A1")[-1].by == "ann, bob"
        assert kept.digest.hex.encode() in work.ledger.leaves()[-1].data


def test_one_person_alone_is_told_what_to_sign(world: World) -> None:
    with pytest.raises(NeedsApproval) as told:
        decided(world, world.signature("ann", TEXT))
    assert told.value.fields["to_sign"] == TEXT


def test_one_person_twice_is_one_person(world: World) -> None:
    with pytest.raises(NeedsApproval, match="1 agreed"):
        decided(world, world.signature("ann", TEXT), world.signature("ann", TEXT))


def test_nobody_decides_nothing(world: World) -> None:
    with pytest.raises(NeedsApproval, match="0 agreed"):
        decided(world)


@pytest.mark.parametrize(
    "other",
    [
        replace(DECISION, action="advance release"),
        replace(DECISION, subject="A2"),
        replace(DECISION, reason="end of embargo."),
        replace(DECISION, evidence=Digest("3" * 64)),
        replace(DECISION, policy=Digest("3" * 64)),
        replace(DECISION, proposed_at=START),
        replace(DECISION, until=START),
    ],
)
def test_a_signature_fits_no_other_decision(world: World, other: DecisionText) -> None:
    text = other.body().decode()
    with pytest.raises(BadSignature):
        decided(world, world.signature("ann", TEXT), world.signature("bob", text))


@pytest.mark.parametrize("namespace", ["file", "mapp-receipt@v1", "mapp-decision@v2"])
def test_a_signature_for_another_purpose_is_refused(world: World, namespace: str) -> None:
    with pytest.raises(BadSignature):
        decided(world, world.signature("ann", TEXT), world.signature("bob", TEXT, namespace))


def test_a_stranger_decides_nothing(world: World) -> None:
    stranger = sign_ssh(TEXT.encode(), "mapp-decision@v1", Ed25519Signer.generate())
    with pytest.raises(BadSignature):
        decided(world, world.signature("ann", TEXT), stranger)


def test_who_may_not_approve_is_refused_and_not_just_passed_over(world: World) -> None:
    people = [world.signature(name, TEXT) for name in ("ann", "bob", "cleo")]
    with pytest.raises(Refused, match="cleo is examiner"):
        decided(world, *people)


def test_signatures_serve_once(world: World) -> None:
    both = (world.signature("ann", TEXT), world.signature("bob", TEXT))
    decided(world, *both)
    world.later(days=1)
    with pytest.raises(Conflict, match="these very words before"):
        decided(world, *both)


def test_local_keys_sign_nothing_outside_a_demo(world: World) -> None:
    with pytest.raises(Refused, match="only a demo workspace has"):
        decided(world, local=("ann", "bob"))


def test_local_keys_leave_no_independence() -> None:
    kept = decided(World("demo"), local=("ann", "bob"))
    assert kept.independence == "none"


def test_an_unknown_person_is_missing() -> None:
    with pytest.raises(NotFound, match="nobody called dora"):
        decided(World("demo"), local=("ann", "dora"))
