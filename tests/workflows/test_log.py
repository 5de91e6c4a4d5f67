"""The ledger as a whole."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

import pytest

from mapp_compliance.errors import Broken, MappError
from mapp_compliance.trust import Ed25519Signer, canonical
from mapp_compliance.trust.ledger import Checkpoint, sign_checkpoint, verify_proof
from mapp_compliance.workflows.log import checkpoint, log_key, proofs, transaction, verify_log
from mapp_compliance.workflows.records import Leaf
from tests.world import World


@pytest.fixture
def world() -> World:
    made = World()
    made.issued()
    return made


def leaves(world: World) -> list[Leaf]:
    return world.store.state.leaves


def test_a_ledger_that_nobody_touched_holds(world: World) -> None:
    state = verify_log(world.desk)
    assert (state.size, state.kept_heads > 1) == (len(leaves(world)), True)


def test_every_leaf_is_under_a_kept_head_at_once(world: World) -> None:
    newest = world.heads.kept()[-1].split(b"\n")
    assert int(newest[1]) == len(leaves(world))


def test_a_transaction_without_leaves_keeps_no_head(world: World) -> None:
    before = world.heads.kept()
    with transaction(world.desk) as work:
        work.partners.put(world.store.state.tables["partners"]["P1",])
    assert world.heads.kept() == before


def test_a_transaction_that_failed_keeps_no_head(world: World) -> None:
    before = world.heads.kept()
    with suppress(KeyError), transaction(world.desk) as work:
        work.ledger.append("test", {}, world.now)
        raise KeyError
    assert world.heads.kept() == before


def cut(kept: list[Leaf]) -> None:
    kept.pop()


def emptied(kept: list[Leaf]) -> None:
    kept.clear()


def altered(kept: list[Leaf]) -> None:
    kept[1] = replace(kept[1], data=canonical({"type": f"mapp/{kept[1].kind}/v1"}))


def spoiled(kept: list[Leaf]) -> None:
    kept[1] = replace(kept[1], data=kept[1].data + b" ")


def swapped(kept: list[Leaf]) -> None:
    kept[1], kept[2] = replace(kept[2], index=1), replace(kept[1], index=2)


def reordered(kept: list[Leaf]) -> None:
    kept[1], kept[2] = kept[2], kept[1]


def gap(kept: list[Leaf]) -> None:
    del kept[1]


def relabelled(kept: list[Leaf]) -> None:
    kept[1] = replace(kept[1], kind="receipt")


@pytest.mark.parametrize(
    "change", [cut, emptied, altered, spoiled, swapped, reordered, gap, relabelled]
)
def test_every_change_of_a_leaf_is_found(
    world: World, change: Callable[[list[Leaf]], None]
) -> None:
    change(leaves(world))
    with pytest.raises(Broken, match="backup"):
        verify_log(world.desk)


def test_a_leaf_put_on_top_is_found_by_the_next_head(world: World) -> None:
    leaves(world).append(
        Leaf(len(leaves(world)), "test", canonical({"type": "mapp/test/v1"}), world.now)
    )
    verify_log(world.desk)  # no head covers it yet: as after a crash
    leaves(world)[-1] = replace(leaves(world)[-1], index=99)
    with pytest.raises(Broken):
        verify_log(world.desk)


def test_a_ledger_without_any_kept_head_is_broken(world: World) -> None:
    world.heads.by_size.clear()
    with pytest.raises(Broken, match="tree head"):
        verify_log(world.desk)


def test_a_rewritten_ledger_disagrees_with_a_head_that_a_recipient_holds(world: World) -> None:
    held = world.opened(world.issue()[0]).files["checkpoint.txt"]
    altered(leaves(world))
    with world.store.read() as work:
        forged = checkpoint(world.desk, work)
    world.heads.by_size = {len(leaves(world)): forged}
    verify_log(world.desk)
    with pytest.raises(Broken, match="altered"):
        verify_log(world.desk, (held,))


def test_a_head_of_another_key_or_log_is_refused(world: World) -> None:
    head = Checkpoint(world.desk.program.origin, 0, bytes(32))
    stranger = sign_checkpoint(head, Ed25519Signer.generate())
    with pytest.raises(MappError):
        verify_log(world.desk, (stranger,))
    other = sign_checkpoint(replace(head, origin="other/log"), world.keyring.log_signer)
    with pytest.raises(MappError):
        verify_log(world.desk, (other,))


def test_every_leaf_has_a_proof_that_fits_it_and_no_other(world: World) -> None:
    everything = leaves(world)
    with world.store.read() as work:
        proven = proofs(world.desk, work, [leaf.index for leaf in everything])
    for leaf in everything:
        verify_proof(proven[leaf.index], leaf.data, log_key(world.desk))
        other = everything[(leaf.index + 1) % len(everything)]
        with pytest.raises(MappError):
            verify_proof(proven[leaf.index], other.data, log_key(world.desk))


def test_no_leaf_holds_more_than_digests(world: World) -> None:
    text = b"".join(leaf.data for leaf in leaves(world))
    for secret in (b"P1", b"Partner", b"psirt", b"A title", b"A1", b"note.txt"):
        assert secret not in text
