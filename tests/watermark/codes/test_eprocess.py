import numpy as np
import pytest

from mapp_compliance.values import EntityId
from mapp_compliance.watermark.codes import SCALE, Bet, CodeError, evidence_across, factors
from mapp_compliance.watermark.codes.decoders import code_reading

HALF = 1 << 31
MIX = (54 << 24, HALF, 202 << 24, HALF)


def entities(count: int) -> list[EntityId]:
    return [EntityId(f"E{number:02}") for number in range(count)]


def leaks(count: int, sites: int, copies: int, seed: int) -> list[Bet]:
    """The same pair interleaves each time; a fifth is erased, one symbol in twenty misread."""
    rng, bets = np.random.default_rng(seed), []
    biases = [MIX[place % 4] for place in range(sites)]
    for number in range(count):
        words = (rng.random((copies, sites)) < np.array(biases) / SCALE).astype(np.uint8)
        seen = words[rng.integers(0, 2, sites), np.arange(sites)] ^ (rng.random(sites) < 0.05)
        symbols = [
            None if gone else int(bit)
            for bit, gone in zip(seen, rng.random(sites) < 0.2, strict=True)
        ]
        reading = code_reading(range(sites), biases, symbols)
        own = factors(reading, words, entities(copies))
        bets.append(Bet(f"ADV-{number}", 2 * number, 2 * number + 1, own))
    return bets


def test_a_pair_with_24_sites_a_leak_is_found_after_many_and_no_innocent_is() -> None:
    """40 innocents: one of them ever reaches 1e6 with chance 4e-5 at most."""
    found = evidence_across(leaks(30, 24, 42, seed=1), range(0, 60, 2))
    assert max(one.log10_highest for one in found[:2]) >= 8
    assert max(one.log10_highest for one in found[2:]) < 6
    assert found[0].is_beyond(1e-4, 42)


def test_the_mean_factor_of_an_innocent_is_at_most_one_for_every_model() -> None:
    """Over all words of six sites; no luck in it."""
    biases = [MIX[place % 4] for place in range(6)]
    words = np.array([[number >> bit & 1 for bit in range(6)] for number in range(64)], np.uint8)
    reading = code_reading(range(6), biases, [1, 0, 1, 1, 0, 0])
    own = factors(reading, words, entities(64))
    one = np.array(biases) / SCALE
    chances = np.where(words, one, 1 - one).prod(axis=1)
    means = chances @ np.exp(np.array([own[entity] for entity in entities(64)]))
    assert (means <= 1).all()
    assert (means > 1 - 1e-4).all()


def test_copies_of_one_entity_share_one_stake() -> None:
    reading = code_reading(range(24), [HALF] * 24, [1] * 24)
    words = np.vstack([np.ones((1, 24)), np.zeros((3, 24))]).astype(np.uint8)
    alone = factors(reading, words[:1], entities(1))[EntityId("E00")]
    shared = factors(reading, words, [EntityId("E00")] * 4)[EntityId("E00")]
    assert shared[0] == pytest.approx(alone[0] - np.log(4))


def test_evidence_that_fell_again_keeps_its_highest() -> None:
    bets = leaks(6, 48, 3, seed=2)
    turned = {entity: tuple(-x for x in own) for entity, own in bets[0].factors.items()}
    last = Bet("ADV-9", 98, 99, turned)
    first, second = evidence_across([*bets, last], [0, 2, 4, 6, 8, 10, 98])[:2]
    assert first.log10_highest >= first.log10_e
    assert second.leaks == 7


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda bets: ([Bet("X", 7, 7, {})], [7]), "before it was registered"),
        (lambda bets: (bets[:1], [0, 2]), "every registered leak counts"),
        (lambda bets: (bets, [0]), "every registered leak counts"),
        (lambda bets: ([bets[0], Bet("ADV-0", 4, 5, {})], [0, 4]), "of one advisory"),
    ],
)
def test_a_choice_of_leaks_is_refused(change, said: str) -> None:  # type: ignore[no-untyped-def]
    bets, registered = change(leaks(2, 8, 3, seed=3))
    with pytest.raises(CodeError, match=said):
        evidence_across(bets, registered)


def test_no_leak_gives_no_evidence() -> None:
    assert evidence_across([], []) == ()


def test_words_without_an_entity_are_refused() -> None:
    reading = code_reading(range(2), [HALF] * 2, [1, 1])
    with pytest.raises(CodeError, match="one entity for each word"):
        factors(reading, np.ones((2, 2), np.uint8), entities(1))
