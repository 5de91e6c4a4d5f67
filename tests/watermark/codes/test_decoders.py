import math

import pytest

from mapp_compliance.watermark.codes import OTHER, SCALE, CodeError
from mapp_compliance.watermark.codes.decoders import c1_decoder, code_reading, sym_decoder

QUARTER = SCALE // 4


def test_erased_sites_are_left_out_of_reading_and_null() -> None:
    reading = code_reading((0, 2, 3), (QUARTER, QUARTER, QUARTER), [1, 77, None, 0])
    assert reading.columns.tolist() == [0, 2]
    assert reading.places == (0, 3)
    assert reading.agree == (QUARTER, 3 * QUARTER)


def test_a_two_value_tag_that_reads_as_something_else_is_an_erasure() -> None:
    assert code_reading((0,), (QUARTER,), [OTHER]).agree == ()


@pytest.mark.parametrize("symbol", [2, -2, 255])
def test_a_code_symbol_that_is_no_bit_is_refused(symbol: int) -> None:
    with pytest.raises(CodeError, match="erasure"):
        code_reading((0,), (QUARTER,), [symbol])


def test_information_is_what_a_full_agreement_is_worth() -> None:
    assert code_reading((0, 1), (QUARTER, QUARTER), [1, 0]).bits == 2 - math.log2(0.75)


def test_the_single_source_decoder_counts_agreements() -> None:
    decoder = c1_decoder(code_reading((0, 1), (QUARTER, 2 * QUARTER), [1, 1]))
    assert decoder.weights == (94, 94)  # 32 log 19
    assert decoder.tail.least == pytest.approx(1 / 8)


def test_the_symmetric_decoder_weighs_rare_symbols_more() -> None:
    decoder = sym_decoder(code_reading((0, 1), (54 << 24, 128 << 24), [1, 1]))
    assert decoder.weights == (78, 64)
