"""Opening a parcel, and taking its receipt in."""

from dataclasses import replace
from typing import Any

import pytest

from mapp_compliance.distribution import (
    RECEIPT_NAMESPACE,
    Copy,
    CopyState,
    Receipt,
    pack,
    parcel_name,
    unpack,
)
from mapp_compliance.errors import Broken, Conflict, InvalidInput, MappError, NotFound
from mapp_compliance.trust import (
    BadSignature,
    Ed25519Signer,
    digest,
    generate_identity,
    open_sealed,
    seal,
    sign_ssh,
)
from mapp_compliance.values import CopyId, Digest
from mapp_compliance.workflows.receive import Opened, add_receipt, open_parcel
from tests.world import World


@pytest.fixture
def world() -> World:
    made = World()
    made.issued()
    return made


def copies(world: World) -> list[Copy]:
    with world.store.read() as work:
        return sorted(work.copies.all(advisory="A1"), key=lambda copy: copy.recipient)


def answered(world: World, copy: Copy, **changes: Any) -> Copy:
    """The copy after its recipient opened it and sent the receipt."""
    body = replace(world.opened(copy).receipt, **changes).body()
    add_receipt(world.desk, body, sign_ssh(body, RECEIPT_NAMESPACE, world.hands[copy.recipient]))
    return next(item for item in copies(world) if item.id == copy.id)


def refused(world: World, receipt: Receipt, hand: Ed25519Signer, namespace: str) -> MappError:
    before = world.store.state
    body = receipt.body()
    with pytest.raises(MappError) as told:
        add_receipt(world.desk, body, sign_ssh(body, namespace, hand))
    assert world.store.state is before
    return told.value


def test_every_recipient_opens_its_own_copy(world: World) -> None:
    files = [world.opened(copy).files["payload/note.txt"] for copy in copies(world)]
    assert len(set(files)) == 2


def test_a_receipt_is_taken_in_with_a_leaf(world: World) -> None:
    copy = copies(world)[0]
    world.later(hours=1)
    after = answered(world, copy)
    with world.store.read() as work:
        leaf = work.ledger.leaves()[-1]
    assert (after.state, leaf.kind) == (CopyState.RECEIPTED, "receipt")
    assert after.receipt is not None
    assert after.receipt.hex.encode() in leaf.data


def test_the_same_receipt_again_changes_nothing(world: World) -> None:
    copy = copies(world)[0]
    answered(world, copy)
    before = world.store.state
    answered(world, copy)
    assert world.store.state.tables == before.tables
    assert world.store.state.leaves == before.leaves


def test_the_first_receipt_counts(world: World) -> None:
    copy = copies(world)[0]
    answered(world, copy)
    world.later(hours=1)
    with pytest.raises(Conflict, match="another receipt already"):
        answered(world, copy)


def test_a_receipt_signed_by_somebody_else_is_refused(world: World) -> None:
    first, _ = copies(world)
    told = refused(world, world.opened(first).receipt, world.hands["P2"], RECEIPT_NAMESPACE)
    assert isinstance(told, BadSignature)


def test_a_signature_made_for_something_else_is_refused(world: World) -> None:
    first, _ = copies(world)
    told = refused(world, world.opened(first).receipt, world.hands["P1"], "mapp-decision@v1")
    assert isinstance(told, BadSignature)


def test_a_receipt_for_another_copy_or_other_bytes_is_broken(world: World) -> None:
    first, second = copies(world)
    receipt = world.opened(first).receipt
    for wrong in (
        replace(receipt, recipient=second.recipient),
        replace(receipt, sealed=Digest("0" * 64)),
    ):
        assert isinstance(refused(world, wrong, world.hands["P1"], RECEIPT_NAMESPACE), Broken)


def test_a_receipt_for_a_copy_that_never_was_is_missing(world: World) -> None:
    receipt = replace(world.opened(copies(world)[0]).receipt, copy=CopyId("C-0"))
    assert isinstance(refused(world, receipt, world.hands["P1"], RECEIPT_NAMESPACE), NotFound)


def test_a_receipt_for_a_copy_that_has_not_left_is_refused(world: World) -> None:
    first, _ = copies(world)
    receipt = world.opened(first).receipt
    with world.store.write() as work:
        work.copies.put(replace(first, state=CopyState.SEALED, delivered_at=None))
    assert isinstance(refused(world, receipt, world.hands["P1"], RECEIPT_NAMESPACE), Conflict)


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"\xff"])
def test_what_is_no_receipt_is_refused(world: World, body: bytes) -> None:
    with pytest.raises(MappError):
        add_receipt(world.desk, body, b"")


def opened(world: World, copy: Copy, sealed: bytes) -> Opened:
    secret = world.secrets[copy.recipient].secret
    return open_parcel(sealed, secret, world.keyring.signer.public_key, world.now)


def resealed(world: World, copy: Copy, **changes: bytes) -> bytes:
    """The parcel opened, changed, and sealed to its recipient again."""
    own = world.secrets[copy.recipient]
    sealed = world.post.delivered[copy.recipient, parcel_name(copy)]
    files = unpack(open_sealed(sealed, own.secret)) | changes
    return seal(pack(files), [own.recipient])


@pytest.mark.parametrize(
    "changes",
    [
        {"payload/note.txt": b"another note"},
        {"payload/more.txt": b"a file that was not signed"},
        {"statement.dsse.json": b"{}"},
    ],
)
def test_a_parcel_that_was_changed_and_sealed_again_is_refused(
    world: World, changes: dict[str, bytes]
) -> None:
    copy = copies(world)[0]
    with pytest.raises(MappError):
        opened(world, copy, resealed(world, copy, **changes))


def test_the_signed_copy_of_another_recipient_is_refused(world: World) -> None:
    first, second = copies(world)
    files = world.opened(second).files
    sealed = seal(pack(files), [world.secrets["P1"].recipient])
    with pytest.raises(Broken, match="made for somebody else"):
        opened(world, first, sealed)


def test_a_parcel_of_another_vendor_is_refused(world: World) -> None:
    copy = copies(world)[0]
    sealed = world.post.delivered[copy.recipient, parcel_name(copy)]
    stranger = Ed25519Signer.generate().public_key
    with pytest.raises(BadSignature):
        open_parcel(sealed, world.secrets["P1"].secret, stranger, world.now)


def test_without_the_vendors_key_a_parcel_is_whole_but_not_pinned(world: World) -> None:
    copy = copies(world)[0]
    sealed = world.post.delivered[copy.recipient, parcel_name(copy)]
    found = open_parcel(sealed, world.secrets["P1"].secret, None, world.now)
    assert (found.pinned, world.opened(copy).pinned) == (False, True)
    assert found.receipt.sealed == digest(sealed)


def test_nobody_else_opens_a_parcel(world: World) -> None:
    copy = copies(world)[0]
    sealed = world.post.delivered[copy.recipient, parcel_name(copy)]
    with pytest.raises(MappError):
        open_parcel(sealed, generate_identity().secret, None, world.now)


@pytest.mark.parametrize("cut", [0, 1, 100, 1000, -1])
def test_a_parcel_cut_short_is_invalid(world: World, cut: int) -> None:
    copy = copies(world)[0]
    sealed = world.post.delivered[copy.recipient, parcel_name(copy)]
    with pytest.raises(MappError) as told:
        opened(world, copy, sealed[:cut])
    assert isinstance(told.value, InvalidInput) or told.value.reaction.value == "invalid"
