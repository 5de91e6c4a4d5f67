"""Marks that groups of copies share: exact chances, and no part in any copy's score."""

import math
import random

import pytest

from mapp_compliance.values import Digest, EntityId, InstanceId
from mapp_compliance.watermark.codes import (
    SCALE,
    CodeError,
    Method,
    agreement_p,
    codebook,
    codeword,
    score,
    score_groups,
    shared_symbols,
)

KEY, HALF = bytes(range(32)), SCALE // 2
SITES = [f"a/{place}" for place in range(48)]
WAVE, OTHER_WAVE = InstanceId("group/wave/a"), InstanceId("group/wave/b")
SHARED = [WAVE] * 16 + [None] * 32
COLUMNS = SITES, [HALF] * 48, [2] * 48


def test_a_shared_symbol_is_that_of_the_group_for_every_copy() -> None:
    words = [codeword(KEY, InstanceId(f"c{n}"), *COLUMNS, groups=SHARED) for n in range(3)]
    assert len({word[:16] for word in words}) == 1
    assert len({word[16:] for word in words}) == 3
    plain = codeword(KEY, InstanceId("c0"), *COLUMNS)
    assert plain[16:] == words[0][16:]


def test_two_groups_share_nothing() -> None:
    one, two = (shared_symbols(KEY, SITES, [name] * 48) for name in (WAVE, OTHER_WAVE))
    assert 8 < sum(one[place] == two[place] for place in range(48)) < 40


def test_shared_sites_are_no_code_sites_of_the_book() -> None:
    names = [InstanceId("c0"), InstanceId("c1")]
    book = codebook(KEY, names, Digest("0" * 64), *COLUMNS, ["x"] * 48, [SHARED, SHARED])
    assert (book.shared_sites, book.code_sites) == (tuple(range(16)), tuple(range(16, 48)))
    assert book.symbols(1) == codeword(KEY, names[1], *COLUMNS, groups=SHARED)


def test_what_a_group_shares_moves_no_copys_score() -> None:
    names = [InstanceId("c0"), InstanceId("c1")]
    book = codebook(KEY, names, Digest("0" * 64), *COLUMNS, ["x"] * 48, [SHARED, SHARED])
    seen: list[int | None] = [*codeword(KEY, names[0], *COLUMNS, groups=SHARED)]
    found = [
        score(
            book,
            [EntityId("a"), EntityId("b")],
            symbols,
            Method.SCORE_1,
            1e-4,
            phantom_key=bytes(32),
            phantoms=10,
        )
        for symbols in (seen, [None] * 16 + seen[16:])
    ]
    assert found[0].instances == found[1].instances
    assert found[0].read_sites == 32


@pytest.mark.parametrize(("read", "wrong"), [(16, 0), (16, 1), (12, 0), (16, 8), (0, 0)])
def test_the_chance_of_a_group_is_that_of_a_binomial_law(read: int, wrong: int) -> None:
    word = shared_symbols(KEY, SITES[:16], [WAVE] * 16)
    seen: list[int | None] = [
        None if place >= read else word[place] ^ (place < wrong) for place in range(16)
    ]
    found = score_groups({WAVE: word, OTHER_WAVE: word}, seen)[0]
    exact = sum(math.comb(read, k) for k in range(read - wrong, read + 1)) / 2**read
    assert found.p == pytest.approx(min(1.0, 2 * exact) if read else 1.0)
    assert found.p >= min(1.0, 2 * exact)
    assert (found.read, found.agree) == (read, read - wrong)


def test_foreign_material_rarely_looks_like_a_group() -> None:
    """20,000 random readings at 1e-2: 200 expected at most; above 260 by luck below 1e-4."""
    chance = random.Random("groups")
    word = shared_symbols(KEY, SITES[:16], [WAVE] * 16)
    hits = sum(
        score_groups({WAVE: word}, [chance.randrange(2) for _ in range(16)])[0].p <= 1e-2
        for _ in range(20_000)
    )
    assert 0 < hits < 260


def test_agreement_by_uneven_chances_is_exact() -> None:
    quarter = SCALE // 4
    assert agreement_p([True, True], [HALF, quarter]) == pytest.approx(1 / 8)
    assert agreement_p([True, False], [HALF, quarter]) == pytest.approx(1 - 3 / 8)


@pytest.mark.parametrize(
    ("groups", "spaces"),
    [
        ([SHARED], [2] * 48),  # one instance has no groups
        ([SHARED, [None] * 48], [2] * 48),  # they share different sites
        ([SHARED, SHARED], [5, *[2] * 47]),  # a tag
    ],
)
def test_groups_that_do_not_fit_are_refused(
    groups: list[list[InstanceId | None]], spaces: list[int]
) -> None:
    names = [InstanceId("c0"), InstanceId("c1")]
    with pytest.raises(CodeError):
        codebook(KEY, names, Digest("0" * 64), SITES, [HALF] * 48, spaces, ["x"] * 48, groups)


def test_a_group_for_each_site_is_asked_for() -> None:
    with pytest.raises(CodeError):
        codeword(KEY, InstanceId("c0"), *COLUMNS, groups=SHARED[:3])
