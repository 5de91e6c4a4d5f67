from fractions import Fraction
from itertools import product

import numpy as np
import pytest

from mapp_compliance.watermark.codes import SCALE, Soft
from mapp_compliance.watermark.codes.decoders import c1_decoder, code_reading, scores_of
from mapp_compliance.watermark.codes.states import over_states, posterior

CHANNELS = ("a", "a", "b", None, "b", "a", "b", None)
BIASES = (54 << 24, 1 << 31, 202 << 24, 1 << 31) * 2


def test_the_tail_over_channel_states_is_that_of_exact_fractions() -> None:
    soft = Soft(reliability=(1, 0.9, 1, 0.7, 0.8, 1, 1, 1), channels=CHANNELS)
    reading = code_reading(range(8), BIASES, [1, 0, 1, 1, 0, 0, 1, 0], soft)
    decoder = c1_decoder(reading)
    words = np.array(list(product((0, 1), repeat=8)), dtype=np.uint8)
    scores = scores_of(reading, words, decoder)
    chances = [
        np.prod(
            [Fraction(b if bit else SCALE - b, SCALE) for bit, b in zip(w, BIASES, strict=True)]
        )
        for w in words.tolist()
    ]
    for score, p in zip(scores, decoder.tail.p(scores), strict=True):
        truth = sum(c for c, own in zip(chances, scores, strict=True) if own >= score)
        assert truth <= Fraction(float(p)) <= truth * (1 + Fraction(1, 10**11))


@pytest.mark.parametrize("turned", [False, True])
def test_a_lone_source_is_found_with_a_channel_turned_round(turned: bool) -> None:
    rng = np.random.default_rng(4)
    word = rng.integers(0, 2, (1, 60)).astype(np.uint8)
    seen = word[0].copy()
    seen[30:] ^= turned
    soft = Soft(channels=["a"] * 30 + ["b"] * 30)
    found = {}
    for name, given in (("plain", None), ("aware", soft)):
        reading = code_reading(range(60), [1 << 31] * 60, seen.tolist(), given)
        decoder = c1_decoder(reading)
        found[name] = float(decoder.tail.p(scores_of(reading, word, decoder))[0])
    assert found["aware"] < 1e-15
    assert (found["plain"] < 1e-15) is not turned


def test_a_uniform_channel_neither_helps_nor_harms() -> None:
    straight, turned = np.array([-300.0]), np.array([-290.0])
    assert over_states(straight, turned, 60) == pytest.approx(np.log(0.05) - 60 * np.log(2))


def test_channels_that_cannot_change_stand_as_read() -> None:
    as_read, inverted = posterior((-1, 0), np.array([-9.0, -9.0]), np.array([-0.1, -0.1]))
    assert as_read[0] == 1.0
    assert inverted[0] == 0.0
    assert inverted[1] > 0.5
