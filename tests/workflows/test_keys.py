"""The key schedule: what version 1 gave once it gives for ever, or old leaks cannot be read."""

import json
from itertools import combinations
from pathlib import Path

import pytest

from mapp_compliance.advisories import SetUp
from mapp_compliance.values import AdvisoryId, Digest, PartnerId, instant
from mapp_compliance.workflows import keys
from tests.world import World

GOLDEN = Path(__file__).parents[1] / "vectors" / "keys" / "schedule-1.json"
A1, P1 = AdvisoryId("A1"), PartnerId("P1")
FIRST = SetUp(
    advisory=A1,
    revision=1,
    record=Digest("1" * 64),
    blob=Digest("2" * 64),
    leaf=3,
    leaf_digest=Digest("4" * 64),
    at=instant("2026-11-10T12:00:00Z"),
)


def schedule() -> dict[str, str]:
    """All that schedule 1 derives, for the root 00 01 02 ... 1f. ``make.py`` writes it down."""
    desk = World().desk
    return {
        "site": keys.site_key(desk, A1).hex(),
        "mark": keys.mark_key(desk, FIRST).hex(),
        "commitment": keys.commitment_key(desk, FIRST).hex(),
        "phantom": keys.phantom_key(desk, Digest("5" * 64), Digest("6" * 64)).hex(),
        "instance": keys.instance_of(desk, A1, P1),
        "copy": keys.copy_of(desk, A1, 1, P1),
        "pseudonym": keys.pseudonym_of(desk, b"run", "instance"),
        "index": keys.index_key(desk).hex(),
        "signer": desk.keyring.signer.public_key.text(),
        "log_signer": desk.keyring.log_signer.public_key.text(),
    }


def test_schedule_one_gives_what_it_always_gave() -> None:
    assert schedule() == json.loads(GOLDEN.read_text())


def test_nothing_that_is_derived_equals_anything_else() -> None:
    derived = list(schedule().values())
    assert not any(one in other for one, other in combinations(derived, 2))


@pytest.mark.parametrize("field", ["advisory", "leaf_digest"])
def test_no_codeword_exists_before_its_set_up_leaf(field: str) -> None:
    changed = {"advisory": AdvisoryId("A2"), "leaf_digest": Digest("5" * 64)}[field]
    other = SetUp(**{name: getattr(FIRST, name) for name in SetUp.__slots__} | {field: changed})
    desk = World().desk
    assert keys.mark_key(desk, other) != keys.mark_key(desk, FIRST)
    assert keys.commitment_key(desk, other) != keys.commitment_key(desk, FIRST)


def test_a_revision_keeps_the_instance_and_gets_a_copy_of_its_own() -> None:
    desk = World().desk
    assert keys.copy_of(desk, A1, 1, P1) != keys.copy_of(desk, A1, 2, P1)
    assert keys.instance_of(desk, A1, P1) == schedule()["instance"]


def test_names_that_join_alike_are_kept_apart() -> None:
    desk = World().desk
    one = keys.instance_of(desk, AdvisoryId("A1"), PartnerId("P1"))
    assert one != keys.instance_of(desk, AdvisoryId("A1P"), PartnerId("1"))


def test_an_id_tells_nothing_of_its_recipient() -> None:
    assert "P1" not in schedule()["copy"] + schedule()["instance"]
