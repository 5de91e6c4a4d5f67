from fractions import Fraction
from itertools import product

import numpy as np
import pytest

from mapp_compliance.watermark.codes.models import (
    CHOICES,
    MODELS,
    UNIT,
    Model,
    chance_of_one,
    first_with_room,
    log_priors,
    log_table,
)


def test_there_are_84_different_models_in_rising_number_of_sources() -> None:
    assert len(set(MODELS)) == 84
    assert [model.sources for model in MODELS] == sorted(model.sources for model in MODELS)
    for rules in CHOICES.values():
        assert len(set(rules.values())) == len(rules)
        assert all((rule[0], rule[-1]) == (0.0, 1.0) for rule in rules.values())


def test_the_priors_are_even_over_numbers_of_sources_and_sum_to_one() -> None:
    prior = np.exp(log_priors() * UNIT)
    assert prior.sum() == pytest.approx(1, abs=1e-6)
    for sources in range(1, 7):
        mine = [at for at, model in enumerate(MODELS) if model.sources == sources]
        assert prior[mine].sum() == pytest.approx(1 / 6, abs=1e-6)


def test_models_with_room_begin_where_sources_exceed_the_known() -> None:
    assert [first_with_room(known) for known in (0, 1, 2)] == [0, 3, 12]


@pytest.mark.parametrize("model", [MODELS[0], MODELS[5], MODELS[20], MODELS[-1]])
def test_the_chance_of_a_one_is_the_mean_over_all_unknown_words(model: Model) -> None:
    bias = Fraction(54, 256)
    rule = CHOICES[model.sources][model.choice]
    for known in range(model.sources + 1):
        for ones in range(known + 1):
            mean = Fraction(0)
            for rest in product((0, 1), repeat=model.sources - known):
                chance = Fraction(1)
                for bit in rest:
                    chance *= bias if bit else 1 - bias
                mean += chance * Fraction(rule[ones + sum(rest)])
            noise = Fraction(model.noise)
            expected = mean * (1 - noise) + (1 - mean) * noise
            assert chance_of_one(model, known, ones, 54 / 256) == pytest.approx(float(expected))


def test_one_more_word_of_unknown_content_changes_no_likelihood() -> None:
    bias = 202 / 256
    table, larger = (log_table(known, [0, 1], [bias] * 2) for known in (2, 3))
    mean = np.exp(larger[:, :-1] * UNIT) * (1 - bias) + np.exp(larger[:, 1:] * UNIT) * bias
    room = first_with_room(2)
    assert np.allclose(mean[:, :, room:], np.exp(table[:, :, room:] * UNIT), rtol=1e-5)


def test_a_model_with_fewer_sources_than_known_has_no_likelihood() -> None:
    table = log_table(2, [1], [0.5])
    assert np.isnan(table[:, :, : first_with_room(1)]).all()
    assert not np.isnan(table[:, :, first_with_room(1) :]).any()


def test_log_likelihoods_are_whole_units() -> None:
    table = log_table(1, [0, 1], [0.5, 0.2])
    assert np.array_equal(table, np.rint(table))
