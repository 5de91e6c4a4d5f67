import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapp_compliance.watermark.codes import CodeError, Soft
from mapp_compliance.watermark.codes.decoders import c1_decoder, code_reading, sym_decoder
from mapp_compliance.watermark.codes.soft import MISREADS, channel_numbers, misread_chances

HALF = 1 << 31


@given(st.floats(0.5, 1.0))
def test_a_misread_is_never_taken_for_rarer_than_the_reader_says(sure: float) -> None:
    (chance,) = misread_chances(Soft(reliability=(sure,)), 1)
    assert chance is None or (chance in MISREADS and chance >= 1 - sure - 1e-9)


def test_a_mere_guess_is_an_erasure() -> None:
    reading = code_reading((0, 1), (HALF, HALF), [1, 1], Soft(reliability=(1.0, 0.5)))
    assert reading.places == (0,)


def test_a_less_sure_site_weighs_less_with_both_decoders() -> None:
    reading = code_reading((0, 1), (HALF, HALF), [1, 1], Soft(reliability=(1.0, 0.8)))
    for decoder in (c1_decoder(reading), sym_decoder(reading)):
        assert 0 < decoder.weights[1] < decoder.weights[0]


def test_without_soft_readings_the_weights_are_those_of_method_1() -> None:
    plain = code_reading((0, 1), (HALF, HALF), [1, 0])
    sure = code_reading((0, 1), (HALF, HALF), [1, 0], Soft(reliability=(1.0, None)))
    assert c1_decoder(plain).weights == c1_decoder(sure).weights == (94, 94)
    assert sym_decoder(plain).weights == sym_decoder(sure).weights


def test_channels_are_numbered_by_name_and_none_cannot_change() -> None:
    assert channel_numbers(["b", None, "a", "b"]) == (1, -1, 0, 1)


@pytest.mark.parametrize(
    "soft",
    [
        Soft(reliability=(1.0,)),
        Soft(reliability=(1.0, 0.4)),
        Soft(reliability=(1.0, float("nan"))),
        Soft(channels=("a",)),
    ],
)
def test_what_does_not_fit_the_sites_is_refused(soft: Soft) -> None:
    with pytest.raises(CodeError, match=r"give one|invert"):
        misread_chances(soft, 2)
