"""The joint decoder against a slow, independent reckoning in exact fractions."""

import math
from collections.abc import Callable
from fractions import Fraction
from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapp_compliance.watermark.codes import SCALE, Codebook
from mapp_compliance.watermark.codes.decoders import CodeReading, code_reading
from mapp_compliance.watermark.codes.joint import JointDecoder, JointScore
from mapp_compliance.watermark.codes.models import MODELS, chance_of_one

BIASES = (54 << 24, 1 << 31, 202 << 24)
Attack = Callable[[np.ndarray, np.random.Generator], np.ndarray]


def small(seed: int, copies: int, sites: int) -> tuple[CodeReading, np.ndarray]:
    """A leak of the first two copies of a small book."""
    rng = np.random.default_rng(seed)
    biases = [BIASES[place % 3] for place in range(sites)]
    words = (rng.random((copies, sites)) < np.array(biases) / SCALE).astype(np.uint8)
    seen = words[rng.integers(0, min(2, copies), sites), np.arange(sites)]
    return code_reading(range(sites), biases, seen.tolist()), words


def statistic(reading: CodeReading, known: np.ndarray, place: int) -> tuple[list[int], float]:
    """What a 1 counts for at each site, and the log-likelihood without the suspect."""
    model, weights, whole = MODELS[place], [], 0.0
    for site, (symbol, bias) in enumerate(zip(reading.symbols, reading.biases, strict=True)):
        ones = int(known[:, site].sum())

        def seen(more: int, held: int, bias: int = bias, symbol: int = int(symbol)) -> float:
            one = chance_of_one(model, len(known) + more, held, bias / SCALE)
            return math.log(one if symbol else 1 - one)

        weights.append(round(32 * (seen(1, ones + 1) - seen(1, ones))))
        whole += seen(0, ones)
    return weights, whole


def rational_p(reading: CodeReading, weights: list[int], word: np.ndarray) -> Fraction:
    """P(S >= s) over all words, in exact arithmetic."""
    score = sum(w * int(bit) for w, bit in zip(weights, word, strict=True))
    total = Fraction(0)
    for other in product((0, 1), repeat=len(weights)):
        if sum(w * bit for w, bit in zip(weights, other, strict=True)) >= score:
            total += chance_of(reading, other)
    return total


def chance_of(reading: CodeReading, word: tuple[int, ...]) -> Fraction:
    found = Fraction(1)
    for bit, bias in zip(word, reading.biases, strict=True):
        found *= Fraction(bias if bit else SCALE - bias, SCALE)
    return found


def slow_weights(
    reading: CodeReading, others: np.ndarray
) -> dict[tuple[tuple[int, ...], int], float]:
    """The weight of every set of others up to four and every model with room for one more."""
    logs = {}
    for size in range(min(4, len(others)) + 1):
        for known in combinations(range(len(others)), size):
            for place, model in enumerate(MODELS):
                if model.sources > size:
                    kinds = sum(
                        one.sources == model.sources and one.noise == model.noise for one in MODELS
                    )
                    whole = statistic(reading, others[list(known)], place)[1]
                    prior = -math.log(18 * kinds) - math.log(math.comb(len(others), size))
                    logs[known, place] = whole + prior
    top = max(logs.values())
    total = math.fsum(math.exp(log - top) for log in logs.values())
    return {pair: math.exp(log - top) / total for pair, log in logs.items()}


def pair_of(one: JointScore, suspect: int) -> tuple[tuple[int, ...], int]:
    """Set and model as rows among the others."""
    return tuple(row - (row > suspect) for row in one.opens), MODELS.index(one.model)


@pytest.mark.parametrize("seed", range(3))
def test_p_and_weight_are_those_of_exact_fractions(seed: int) -> None:
    reading, words = small(seed, 5, 9)
    for suspect, one in enumerate(JointDecoder(reading, words).scores()):
        others = np.delete(words, suspect, axis=0)
        known, place = pair_of(one, suspect)
        weights = slow_weights(reading, others)
        assert one.weight == pytest.approx(weights[known, place], rel=1e-4)
        assert math.fsum(weights.values()) == pytest.approx(1)
        own, _ = statistic(reading, others[list(known)], place)
        truth = rational_p(reading, own, words[suspect])
        assert truth <= Fraction(one.p_set) <= truth * (1 + Fraction(1, 10**12))
        assert Fraction(one.p) >= min(Fraction(1), truth / Fraction(one.weight))


@pytest.mark.parametrize("seed", range(1))
def test_over_all_words_of_an_innocent_p_is_never_too_often_small(seed: int) -> None:
    """Brute force: reading and other words fixed, each of the 128 words in turn. No luck in it."""
    reading, words = small(seed, 5, 7)
    law: list[tuple[float, Fraction]] = []
    for word in product((0, 1), repeat=7):
        tried = words.copy()
        tried[4] = word
        law.append((JointDecoder(reading, tried).scores([4])[0].p, chance_of(reading, word)))
    for level in {p for p, _ in law}:
        assert sum(chance for p, chance in law if p <= level) <= Fraction(level)


def test_brute_force_can_fail() -> None:
    """With a p of half its size the same reckoning finds the fault."""
    reading, words = small(1, 2, 7)
    law = []
    for word in product((0, 1), repeat=7):
        tried = words.copy()
        tried[1] = word
        law.append((JointDecoder(reading, tried).scores([1])[0].p_set, chance_of(reading, word)))
    cut = [(p / 2, chance) for p, chance in law]
    assert any(sum(chance for p, chance in cut if p <= level) > Fraction(level) for level, _ in cut)


def test_the_common_search_serves_everybody_it_kept_in_no_set() -> None:
    rng = np.random.default_rng(8)
    biases = [BIASES[place % 3] for place in range(60)]
    words = (rng.random((140, 60)) < np.array(biases) / SCALE).astype(np.uint8)
    reading = code_reading(range(60), biases, (words[0] & words[1]).tolist())
    decoder = JointDecoder(reading, words)
    common = decoder._search.items(None)
    inside = {at for item in common for at in item.known}
    outside = [at for at in range(140) if at not in inside]
    assert len(outside) >= 10
    for at in outside[:20]:
        own = JointDecoder(reading, words)._search.items(at)
        assert [item.known for item in own] == [item.known for item in common]
        for one, two in zip(own, common, strict=True):
            assert np.array_equal(one.log_weight, two.log_weight)


@settings(max_examples=4, derandomize=True, deadline=None)
@given(order=st.permutations(range(12)))
def test_the_order_of_the_copies_changes_no_p(order: list[int]) -> None:
    reading, words = small(3, 12, 20)
    first = JointDecoder(reading, words).scores()
    second = JointDecoder(reading, words[order]).scores()
    assert [one.p for one in second] == [first[row].p for row in order]


def test_equal_words_have_equal_p() -> None:
    reading, words = small(3, 6, 20)
    words[4] = words[0]
    found = JointDecoder(reading, words).scores()
    assert found[4].p == found[0].p


@pytest.mark.parametrize("copies", [1, 2, 3])
def test_few_copies_and_nothing_read_give_p_one(copies: int) -> None:
    words = np.zeros((copies, 4), dtype=np.uint8)
    reading = code_reading(range(4), [1 << 31] * 4, [None] * 4)
    assert {one.p for one in JointDecoder(reading, words).scores()} == {1.0}
    assert JointDecoder(reading, words).strangers(np.zeros((3, 0), np.uint8)).tolist() == [1.0] * 3


def test_three_who_write_the_rarest_symbol_are_found_where_single_decoders_see_nothing(
    make_book: Callable[..., Codebook], attacks: dict[str, Attack]
) -> None:
    """4 leaks at 1e-6; measured share of leaks 1.00 in 30, so below 2 by luck 1e-4."""
    rng, hits = np.random.default_rng(3), 0
    for seed in range(4):
        book = make_book(100, 96, seed=seed)
        mixed = attacks["minority"](book.words[:3], rng).tolist()
        reading = code_reading(book.code_sites, book.biases, mixed)
        found = JointDecoder(reading, book.words).scores(range(20))
        hits += any(2 * one.p <= 1e-6 for one in found[:3])
        assert all(2 * one.p > 1e-6 for one in found[3:])
    assert hits >= 2


def test_strangers_are_not_rejected_more_often_than_the_level(
    make_book: Callable[..., Codebook], attacks: dict[str, Attack]
) -> None:
    """4,000 words that nobody has; 5 standard errors, by luck below 1e-5."""
    rng = np.random.default_rng(5)
    p: list[float] = []
    for leak, attack in enumerate(sorted(attacks)):
        book = make_book(40, 96, seed=leak)
        mixed = attacks[attack](book.words[: 1 + leak % 4], rng).tolist()
        reading = code_reading(book.code_sites, book.biases, mixed)
        free = (rng.random((1000, 96)) < np.array(book.biases) / SCALE).astype(np.uint8)
        p += JointDecoder(reading, book.words).strangers(free).tolist()
    for level in (0.1, 0.01, 0.001):
        most = len(p) * level + 5 * (len(p) * level) ** 0.5
        assert sum(one <= level for one in p) <= most
