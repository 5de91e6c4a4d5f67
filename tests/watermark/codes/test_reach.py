import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapp_compliance.watermark.codes import CodeError, Expected, chance_of_naming, supported
from mapp_compliance.watermark.codes.decoders import agreement, c1_decoder, code_reading
from mapp_compliance.watermark.codes.prices import CODE_PRICE, SINGLE_PRICE
from mapp_compliance.watermark.codes.reach import MOST_COLLUDERS
from mapp_compliance.watermark.codes.reach_table import REACH
from mapp_compliance.watermark.codes.units import SCALE


def test_the_table_holds_every_rate_of_every_attack_and_more_sites_are_more_evidence() -> None:
    kinds = {(colluders, attack) for colluders, attack, _ in REACH}
    rates = {kind: sorted(rate for *own, rate in REACH if tuple(own) == kind) for kind in kinds}
    assert {kind: own for kind, own in rates.items() if kind[0] < 5} == {
        kind: [0.0, 0.05, 0.1, 0.2] for kind in kinds if kind[0] < 5
    }
    assert [own for kind, own in sorted(rates.items()) if kind[0] == 5] == [[0.0, 0.05]] * 2
    assert all(rise > 0 for _, rise, _, _, _ in REACH.values())


@pytest.mark.parametrize(
    ("sites", "colluders"), [(0, 0), (16, 0), (24, 1), (96, 2), (192, 3), (384, 4), (768, 5)]
)
def test_the_goals_at_one_in_a_million(sites: int, colluders: int) -> None:
    assert supported([Expected(sites)], 1e-6) == colluders


@pytest.mark.parametrize("colluders", range(1, MOST_COLLUDERS + 1))
def test_a_lost_channel_is_as_if_it_had_never_been(colluders: int) -> None:
    losing = [Expected(50), Expected(60, erased=1.0), Expected(30)]
    assert chance_of_naming(colluders, losing, 1e-6) == chance_of_naming(
        colluders, [Expected(80)], 1e-6
    )


def test_sites_that_are_lost_here_and_there_spread_the_chance() -> None:
    """Half of 160 sites is 80 on average: mostly enough for two colluders, though not always."""
    sure, spread = (
        chance_of_naming(2, [one], 1e-6) for one in (Expected(80), Expected(160, erased=0.5))
    )
    assert 0.6 < spread < sure


def test_what_is_left_of_a_long_map_is_weaker_than_a_short_map() -> None:
    """A long map has three biases, of which two tell less of a lone leaker."""
    left, whole = (
        chance_of_naming(1, channels, 1e-6)
        for channels in (
            [Expected(45, misread=0.1), Expected(40, erased=1.0)],
            [Expected(45, misread=0.1)],
        )
    )
    assert left < whole


@given(
    st.integers(1, MOST_COLLUDERS), st.integers(0, 1200), st.floats(0, 0.5), st.floats(1e-12, 0.1)
)
def test_a_chance_is_a_chance_and_a_stricter_bound_lowers_it(
    colluders: int, sites: int, misread: float, bound: float
) -> None:
    channel = [Expected(sites, misread=misread)]
    chance = chance_of_naming(colluders, channel, bound)
    assert 0 <= chance <= 1
    assert chance_of_naming(colluders, channel, bound / 10) <= chance


@pytest.mark.parametrize("sites", [40, 96, 150, 192, 300])
def test_misread_sites_lower_the_chance(sites: int) -> None:
    found = [chance_of_naming(2, [Expected(sites, misread=e)], 1e-6) for e in (0.0, 0.1, 0.2, 0.3)]
    assert found == sorted(found, reverse=True)
    assert found[-1] == 0.0


@pytest.mark.parametrize(
    ("colluders", "channel", "bound"),
    [
        (0, Expected(1), 0.1),
        (MOST_COLLUDERS + 1, Expected(1), 0.1),
        (1, Expected(-1), 0.1),
        (1, Expected(1, erased=1.1), 0.1),
        (1, Expected(1, misread=0.6), 0.1),
        (1, Expected(1), 0.0),
    ],
)
def test_what_cannot_be_is_refused(colluders: int, channel: Expected, bound: float) -> None:
    with pytest.raises(CodeError):
        chance_of_naming(colluders, [channel], bound)


@pytest.mark.parametrize(("sites", "misread"), [(30, 0.1), (44, 0.05), (58, 0.2)])
def test_the_chance_of_a_lone_leaker_of_a_short_map_is_exact(sites: int, misread: float) -> None:
    """Against the decoder itself: a word that agrees everywhere but at so many places."""
    within, reading = 0.0, code_reading(range(sites), [SCALE // 2] * sites, [1] * sites)
    decoder = c1_decoder(reading)
    for wrong in range(sites + 1):
        word = np.array([[0] * wrong + [1] * (sites - wrong)], dtype=np.uint8)
        p = decoder.tail.p(agreement(reading, word, decoder.weights))[0]
        if float(CODE_PRICE) * SINGLE_PRICE * p <= 1e-6:
            within += math.comb(sites, wrong) * misread**wrong * (1 - misread) ** (sites - wrong)
    found = chance_of_naming(1, [Expected(sites, misread=misread)], 1e-6)
    assert found == pytest.approx(within, abs=1e-4)


def test_more_misread_sites_than_were_measured_promise_nothing() -> None:
    asked = [(5, 0.05), (5, 0.06), (4, 0.2), (4, 0.21)]
    found = [chance_of_naming(c, [Expected(900, misread=wrong)], 1e-3) > 0 for c, wrong in asked]
    assert found == [True, False, True, False]
