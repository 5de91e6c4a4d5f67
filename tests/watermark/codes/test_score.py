from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapp_compliance.errors import MappError
from mapp_compliance.values import Digest, EntityId, InstanceId
from mapp_compliance.watermark.codes import (
    OTHER,
    SCALE,
    Band,
    Codebook,
    CodeError,
    Method,
    Scores,
    codebook,
    score,
)

MakeBook = Callable[..., Codebook]
Attack = Callable[[np.ndarray, np.random.Generator], np.ndarray]
Blur = Callable[..., list[int | None]]

SHARE = Fraction(1, 10_000)


def scored(
    book: Codebook,
    symbols: list[int | None],
    share: Fraction = SHARE,
    entities: list[str] | None = None,
    phantoms: int = 1,
    method: Method = Method.SCORE_1,
) -> Scores:
    owners = entities or [f"E-{copy}" for copy in book.instances]
    return score(
        book,
        [EntityId(owner) for owner in owners],
        symbols,
        method,
        share,
        phantom_key=bytes(range(32)),
        phantoms=phantoms,
    )


def whole_word(book: Codebook, row: int) -> list[int | None]:
    symbols: list[int | None] = [None] * book.sites
    for place, symbol in zip(book.code_sites, book.words[row].tolist(), strict=True):
        symbols[place] = symbol
    for place, value in zip(book.tag_sites, book.tags[row], strict=True):
        symbols[place] = value
    return symbols


def named(scores: Scores) -> list[str]:
    return [entity.entity for entity in scores.entities if entity.named]


def test_innocents_are_not_rejected_more_often_than_the_level(
    make_book: MakeBook, attacks: dict[str, Attack], blurred: Blur
) -> None:
    """60 leaks of 1 to 3 colluders x 200 innocents; 5 standard errors, by luck below 1e-4."""
    rng = np.random.default_rng(20_260)
    p_c1: list[float] = []
    p_sym: list[float] = []
    for leak in range(60):
        guilty = 1 + leak % 3
        book = make_book(200 + guilty, 96, seed=leak)
        attack = attacks[sorted(attacks)[leak % 4]]
        mixed = attack(book.words[-guilty:], rng)
        found = scored(book, blurred(mixed, rng, flips=0.1 * (leak % 2), erased=0.2))
        innocents = found.instances[:200]
        p_c1 += [copy.p_c1 for copy in innocents]
        p_sym += [copy.p_sym for copy in innocents]
        assert not any(copy.p_code <= 1e-9 for copy in innocents)
    tests = len(p_sym)
    assert tests == 12_000
    for level in (0.1, 0.01, 0.001):
        most = tests * level + 5 * (tests * level) ** 0.5
        assert sum(p <= level for p in p_c1) <= most
        assert sum(p <= level for p in p_sym) <= most
    # The bound is not bought by being blunt: the fine-grained decoder is close to its level.
    assert sum(p <= 0.1 for p in p_sym) >= 0.08 * tests


def test_a_lone_leaker_with_24_clean_sites_is_named_at_1e_6(make_book: MakeBook) -> None:
    """Certain, not likely: full agreement on 24 even sites has p = 4 / 2^24."""
    for seed in range(10):
        book = make_book(100, 24, seed=seed)
        found = scored(book, whole_word(book, 7))
        assert found.bound == Fraction(1, 1_000_000)
        assert named(found) == ["E-copy-7"]
        assert found.missing_bits == 0


def test_a_lone_leaker_with_48_sites_and_5_percent_flips_is_named_at_1e_6(
    make_book: MakeBook, blurred: Blur
) -> None:
    """200 leaks; measured chance to name .991 in 2,000, so below 190 by luck 1e-5.

    An innocent is named in one of them with chance 1e-3 at most.
    """
    rng = np.random.default_rng(48)
    hits = 0
    for seed in range(200):
        book = make_book(10, 48, seed=seed)
        found = scored(book, blurred(book.words[3], rng, flips=0.05), share=Fraction(1, 100_000))
        assert named(found) in ([], ["E-copy-3"])
        hits += len(named(found))
    assert hits >= 190


@pytest.mark.parametrize("strategy", ["interleave", "all1", "coin"])
def test_one_of_two_colluders_is_named_at_192_sites(
    make_book: MakeBook, attacks: dict[str, Attack], strategy: str
) -> None:
    """20 leaks, 100 copies; measured chance .994 in 500, so below 18 by luck 3e-4.

    An innocent is named in one of them with chance 1e-3 at most.
    """
    rng = np.random.default_rng(192)
    hits = 0
    for seed in range(20):
        book = make_book(100, 192, seed=seed)
        found = scored(book, attacks[strategy](book.words[:2], rng).tolist())
        assert set(named(found)) <= {"E-copy-0", "E-copy-1"}
        hits += bool(named(found))
    assert hits >= 18


def test_permuted_copies_give_permuted_results(make_book: MakeBook) -> None:
    book = make_book(40, 80, tags=3)
    symbols = whole_word(book, 5)
    order = np.random.default_rng(1).permutation(40).tolist()
    turned = replace(
        book,
        instances=tuple(book.instances[i] for i in order),
        words=book.words[order],
        tags=tuple(book.tags[i] for i in order),
    )
    first, second = scored(book, symbols), scored(turned, symbols)
    assert second.instances == tuple(first.instances[i] for i in order)
    assert replace(second, instances=first.instances) == first


def test_new_names_of_entities_change_no_p(make_book: MakeBook) -> None:
    book = make_book(10, 40)
    first = scored(book, whole_word(book, 5))
    second = scored(book, whole_word(book, 5), entities=[f"Z{9 - i}" for i in range(10)])
    assert [copy.p_code for copy in first.instances] == [copy.p_code for copy in second.instances]
    assert named(second) == ["Z4"]


def test_an_erased_site_counts_as_if_it_had_never_been() -> None:
    copies = [InstanceId(f"copy-{i}") for i in range(6)]
    sites = [f"s/{i}" for i in range(40)]

    def book_of(some: list[str]) -> Codebook:
        many = len(some)
        even, binary, channel = [SCALE // 2] * many, [2] * many, ["c"] * many
        return codebook(bytes(32), copies, Digest("0" * 64), some, even, binary, channel)

    whole, part = book_of(sites), book_of(sites[:30])
    symbols = whole_word(part, 2)
    assert scored(whole, symbols + [None] * 10).instances == scored(part, symbols).instances


def test_copies_of_one_entity_share_its_chance_and_need_more(make_book: MakeBook) -> None:
    book = make_book(4, 30)
    apart = scored(book, whole_word(book, 0), entities=["A", "B", "C", "D"])
    together = scored(book, whole_word(book, 0), entities=["A", "A", "A", "B"])
    assert together.entities[0].p == pytest.approx(3 * apart.entities[0].p)
    assert together.entities[0].instances == 3
    assert together.bound == SHARE / 2


def test_a_staff_copy_and_a_reserved_word_count_as_entities(make_book: MakeBook) -> None:
    book = make_book(3, 40)
    found = scored(book, whole_word(book, 1), entities=["P1", "public-release", "staff-1"])
    assert named(found) == ["public-release"]
    assert found.bound == SHARE / 3


def test_tags_stand_beside_the_code_and_never_name(make_book: MakeBook) -> None:
    book = make_book(5, 30, tags=2)
    symbols: list[int | None] = [None] * 30 + list(book.tags[2])
    found = scored(book, symbols)
    copy = found.instances[2]
    assert copy.tag_hits == (30, 31)
    assert dict(copy.tag_e) == {"tags-0": 1e4, "tags-1": 1e4}
    assert copy.p_with_tags == pytest.approx(1e-8)
    assert named(found) == []


def test_a_tag_of_one_copy_with_the_code_of_another_shows_in_both(make_book: MakeBook) -> None:
    book = make_book(5, 60, tags=1)
    symbols = whole_word(book, 1)
    symbols[60] = book.tags[4][0]
    found = scored(book, symbols)
    assert named(found) == ["E-copy-1"]
    assert [copy.instance for copy in found.instances if copy.tag_hits] == ["copy-4"]
    assert found.instances[4].p_code > 1e-3


def test_missing_bits_are_what_still_has_to_be_read(make_book: MakeBook) -> None:
    book = make_book(100, 24)
    symbols = whole_word(book, 7)
    short = scored(book, [*symbols[:15], *([None] * 9)])
    assert named(short) == []
    assert short.bits == 15
    assert 6 < short.missing_bits < 7  # 4 / 2^-k <= 1e-6 needs k = 21.9
    assert named(scored(book, [*symbols[:22], None, None])) == ["E-copy-7"]


@pytest.mark.parametrize("copies", [1, 5000])
def test_with_everything_erased_p_is_one_and_nobody_is_named(
    make_book: MakeBook, copies: int
) -> None:
    book = make_book(copies, 30)
    found = scored(book, [None] * 30)
    assert {copy.p_code for copy in found.instances} == {1.0}
    assert named(found) == []
    assert found.read_sites == 0
    assert found.missing_bits > 15


def test_one_leaker_among_5000_is_named(make_book: MakeBook) -> None:
    book = make_book(5000, 40)
    assert named(scored(book, whole_word(book, 4999))) == ["E-copy-4999"]


def test_a_map_without_code_sites_gives_p_one(make_book: MakeBook) -> None:
    book = make_book(3, 0, tags=2)
    found = scored(book, whole_word(book, 1))
    assert {copy.p_code for copy in found.instances} == {1.0}


def test_a_shifted_book_names_nobody(make_book: MakeBook) -> None:
    book, other = make_book(50, 100, seed=1), make_book(50, 100, seed=2)
    assert named(scored(book, whole_word(other, 3))) == []


def test_a_lone_source_leaves_no_residue(make_book: MakeBook, blurred: Blur) -> None:
    book = make_book(20, 192)
    found = scored(book, blurred(book.words[3], np.random.default_rng(5), flips=0.05))
    assert found.residual.accused == ("copy-3",)
    assert not found.residual.more_sources


def test_one_named_of_three_sources_points_to_another(make_book: MakeBook) -> None:
    book = make_book(20, 384)
    mixed = np.concatenate([book.words[0][:200], book.words[1][200:290], book.words[2][290:]])
    found = scored(book, mixed.tolist())
    assert named(found) == ["E-copy-0"]
    assert found.residual.more_sources


def test_a_second_source_just_beyond_the_bound_is_told_without_its_name(
    make_book: MakeBook,
) -> None:
    """What it brings may pass for noise: too few places for the residue alone."""
    book = make_book(20, 120, seed=0)
    mixed = np.concatenate([book.words[0][:60], book.words[1][60:]])
    found = scored(book, mixed.tolist())
    assert named(found) == ["E-copy-0"]
    assert found.residual.p > 0.01
    assert found.residual.more_sources


def test_two_named_sources_that_explain_all_leave_no_residue(make_book: MakeBook) -> None:
    book = make_book(20, 384)
    mixed = np.concatenate([book.words[0][:192], book.words[1][192:]])
    found = scored(book, mixed.tolist())
    assert found.residual.accused == ("copy-0", "copy-1")
    assert found.residual.disagreements == 0


def test_phantoms_rank_behind_a_true_source(make_book: MakeBook) -> None:
    book = make_book(20, 60)
    found = scored(book, whole_word(book, 3), phantoms=20_000)
    assert found.phantoms.count == 20_000
    assert found.phantoms.rank == 1
    assert found.phantoms.ok


def test_the_picture_of_the_null_falls_and_holds_every_score(make_book: MakeBook) -> None:
    book = make_book(5, 300)
    found = scored(book, whole_word(book, 3))
    heights = [height for _, height in found.null]
    assert len(found.null) <= 201
    assert heights == sorted(heights, reverse=True)
    assert found.null[0][0] <= min(copy.score for copy in found.instances)
    assert found.null[-1][0] == found.instances[3].score


def test_the_same_arguments_give_the_same_scores(make_book: MakeBook) -> None:
    book = make_book(5, 70, tags=2)
    first = scored(book, whole_word(book, 3), phantoms=100)
    assert scored(book, whole_word(book, 3), phantoms=100) == first


def test_arguments_that_do_not_fit_are_refused(make_book: MakeBook) -> None:
    book = make_book(2, 8)
    word = whole_word(book, 0)
    with pytest.raises(CodeError, match="entities"):
        scored(book, word, entities=["A"])
    with pytest.raises(CodeError, match="map of 8 sites"):
        scored(book, [])
    with pytest.raises(CodeError, match="map of 8 sites"):
        scored(book, [*word, None])
    with pytest.raises(CodeError, match="share"):
        scored(book, word, share=Fraction(0))


def test_where_the_single_decoders_suffice_both_methods_give_one_p_of_record(
    make_book: MakeBook,
) -> None:
    book = make_book(30, 48, tags=2)
    old = scored(book, whole_word(book, 3))
    new = scored(book, whole_word(book, 3), method=Method.SCORE_2)
    mine = new.instances[3]
    assert mine.p_code == old.instances[3].p_code
    assert mine.opens == ()
    assert replace(mine, joint=None) == old.instances[3]
    for before, after in zip(old.instances, new.instances, strict=True):
        assert after.p_code <= before.p_code
        assert (after.p_c1, after.p_sym, after.score) == (before.p_c1, before.p_sym, before.score)


def test_a_joint_p_of_record_says_what_it_opens_and_what_it_costs(
    make_book: MakeBook, attacks: dict[str, Attack]
) -> None:
    book = make_book(40, 128)
    mixed = attacks["minority"](book.words[:3], np.random.default_rng(1)).tolist()
    assert named(scored(book, mixed)) == []
    found = scored(book, mixed, method=Method.SCORE_2, phantoms=500)
    caught = [copy for copy in found.instances if copy.entity in named(found)]
    assert {copy.instance for copy in caught} <= {"copy-0", "copy-1", "copy-2"}
    assert caught
    for copy in caught:
        assert copy.joint is not None
        assert copy.joint.of_record
        assert copy.opens == copy.joint.opens
        assert copy.instance not in copy.opens
        assert copy.p_code == 2 * copy.joint.p >= 2 * copy.joint.p_set / copy.joint.weight
    assert found.phantoms_joint is not None
    assert (found.phantoms_joint.count, found.phantoms_joint.rank) == (500, 1)
    assert found.phantoms_joint.ok


def test_bands_tell_the_named_from_the_excluded(make_book: MakeBook) -> None:
    book = make_book(12, 96)
    found = scored(book, whole_word(book, 5), method=Method.SCORE_2)
    band = {entity.entity: entity.band for entity in found.entities}
    assert band.pop(EntityId("E-copy-5")) is Band.ATTRIBUTED
    assert set(band.values()) == {Band.EXCLUDED}


def test_a_pair_is_claimed_only_when_neither_can_be_named(make_book: MakeBook) -> None:
    """Over leaks of two sources, each site from one of them: both endings occur."""
    book = make_book(20, 64, seed=4)
    claimed = silent = 0
    for seed in range(12):
        chosen = np.random.default_rng(seed).integers(0, 2, 64)
        found = scored(book, book.words[chosen, np.arange(64)].tolist(), method=Method.SCORE_2)
        if named(found):
            silent += 1
            assert found.pair is None
        elif found.pair is not None:
            claimed += 1
            assert found.pair.copies == ("copy-0", "copy-1")
            assert found.pair.p <= SHARE
    assert claimed
    assert silent


def test_method_2_says_the_same_whatever_the_order_of_the_copies(make_book: MakeBook) -> None:
    book = make_book(12, 60)
    mixed = (book.words[0] & book.words[1]).tolist()
    order = np.random.default_rng(1).permutation(12).tolist()
    turned = replace(
        book,
        instances=tuple(book.instances[i] for i in order),
        words=book.words[order],
        tags=tuple(book.tags[i] for i in order),
    )
    first = scored(book, mixed, method=Method.SCORE_2)
    second = scored(turned, mixed, method=Method.SCORE_2)
    assert second.instances == tuple(first.instances[i] for i in order)
    assert replace(second, instances=first.instances) == first


@settings(max_examples=40, derandomize=True, deadline=None)
@given(
    symbols=st.lists(
        st.one_of(st.none(), st.integers(0, 1), st.just(OTHER), st.integers(-3, 2**70)),
        max_size=8,
    ),
    share=st.floats(allow_nan=True),
)
def test_noise_gives_scores_or_our_own_error(
    noise_book: Codebook, symbols: list[int | None], share: float
) -> None:
    try:
        found = score(
            noise_book,
            [EntityId("A"), EntityId("B")],
            symbols,
            Method.SCORE_2,
            share,
            phantom_key=bytes(32),
            phantoms=10,
        )
    except MappError:
        return
    assert all(0 < copy.p_code <= 1 and 0 < copy.p_with_tags <= 1 for copy in found.instances)


@pytest.fixture(scope="module")
def noise_book() -> Codebook:
    copies = [InstanceId("copy-0"), InstanceId("copy-1")]
    sites = [f"s/{i}" for i in range(6)]
    spaces = [2, 2, 2, 2, 9, 2**60]
    return codebook(bytes(32), copies, Digest("0" * 64), sites, [SCALE // 2] * 6, spaces, ["c"] * 6)
