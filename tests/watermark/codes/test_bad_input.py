"""What does not fit, or says nothing, by the method that every new run uses."""

from fractions import Fraction

import pytest

from mapp_compliance.values import Digest, EntityId, InstanceId
from mapp_compliance.watermark.codes import (
    NEWEST,
    SCALE,
    Band,
    Codebook,
    CodeError,
    Scores,
    codebook,
    score,
)

SHARE = Fraction(6, 100_000)


def book_of(copies: int, sites: int) -> Codebook:
    columns = [f"s/{place}" for place in range(sites)], [SCALE // 2] * sites, [2] * sites
    names = [InstanceId(f"c{number}") for number in range(copies)]
    return codebook(bytes(range(32)), names, Digest("0" * 64), *columns, ["x"] * sites)


def scored(book: Codebook, symbols: list[int | None]) -> Scores:
    entities = [EntityId(f"P{row}") for row in range(len(book.instances))]
    return score(book, entities, symbols, NEWEST, SHARE, phantom_key=bytes(32), phantoms=200)


def named(found: Scores) -> list[str]:
    return [entity.entity for entity in found.entities if entity.named]


@pytest.mark.parametrize("copies", [1, 2, 7])
def test_all_erased_names_nobody_and_excludes_nobody(copies: int) -> None:
    found = scored(book_of(copies, 40), [None] * 40)
    assert named(found) == []
    assert {item.p_code for item in found.instances} == {1.0}
    assert {entity.band for entity in found.entities} == {Band.NONE}
    assert found.pair is None
    assert found.missing_bits > 15


def test_a_map_without_code_sites_says_how_many_bits_are_missing() -> None:
    found = scored(book_of(3, 0), [])
    assert named(found) == []
    assert found.missing_bits > 15


def test_one_recipient_is_named_by_its_own_copy_and_not_by_another() -> None:
    book, other = book_of(1, 32), book_of(2, 32)
    assert named(scored(book, list(book.symbols(0)))) == ["P0"]
    assert named(scored(book, list(other.symbols(1)))) == []


@pytest.mark.parametrize("seen", [[], [0] * 39, [0] * 41, [2] * 40, [-5] * 40])
def test_a_reading_that_does_not_fit_the_book_is_refused(seen: list[int | None]) -> None:
    with pytest.raises(CodeError):
        scored(book_of(3, 40), seen)


def test_entities_of_another_number_are_refused() -> None:
    book = book_of(3, 40)
    with pytest.raises(CodeError, match="one for each"):
        score(book, [EntityId("P0")], [0] * 40, NEWEST, SHARE, phantom_key=bytes(32))


def test_two_of_5000_who_mixed_are_named_and_nobody_else() -> None:
    book = book_of(5000, 96)
    words = book.symbols(0), book.symbols(1)
    assert named(scored(book, [words[place % 2][place] for place in range(96)])) == ["P0", "P1"]
