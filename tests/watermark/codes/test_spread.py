"""How far the evidence against a copy reaches beyond its single best value."""

from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest

from mapp_compliance.values import EntityId
from mapp_compliance.watermark.codes import NEWEST, Codebook, InstanceScore, score, spread

SITES = 192
VALUES = [f"value-{place // 48}" for place in range(SITES)]
Attack = Callable[..., np.ndarray]


@pytest.fixture
def leaked(
    make_book: Callable[..., Codebook], attacks: dict[str, Attack]
) -> tuple[Codebook, list[int], list[tuple[int, InstanceScore]]]:
    """A book, what three who always wrote the rarest symbol made, and who of them is named."""
    book = make_book(20, SITES)
    seen = attacks["minority"](book.words[:3], np.random.default_rng(2)).tolist()
    entities = [EntityId(name) for name in book.instances]
    share = Fraction(6, 100_000)
    found = score(book, entities, seen, NEWEST, share, phantom_key=bytes(32), phantoms=50)
    named = {entity.entity for entity in found.entities if entity.named}
    return (
        book,
        seen,
        [(row, item) for row, item in enumerate(found.instances) if item.entity in named],
    )


def test_a_colluder_is_seen_in_every_value_only_by_the_joint_test(leaked) -> None:
    book, seen, caught = leaked
    assert caught
    for row, item in caught:
        assert spread(book, row, seen, VALUES, item.by_joint).p_elsewhere <= 1e-3
        assert spread(book, row, seen, VALUES).p_elsewhere > 1e-3


def test_what_is_left_out_never_makes_the_joint_p_smaller_than_the_whole(leaked) -> None:
    book, seen, caught = leaked
    for row, item in caught:
        assert spread(book, row, seen, VALUES, item.by_joint).p_elsewhere >= item.p_code


def test_a_copy_that_gave_one_value_alone_looks_innocent_elsewhere(
    make_book: Callable[..., Codebook],
) -> None:
    book = make_book(20, SITES)
    spliced = [*book.symbols(0)[:48], *book.symbols(1)[48:]]
    assert spread(book, 0, spliced, VALUES).p_elsewhere > 0.05
    assert spread(book, 1, spliced, VALUES).p_elsewhere <= 1e-3
