import numpy as np
import pytest

from mapp_compliance.watermark.codes import SCALE, CodeError
from mapp_compliance.watermark.codes.decoders import (
    CodeReading,
    agreement,
    c1_decoder,
    code_reading,
    sym_decoder,
)
from mapp_compliance.watermark.codes.phantoms import agrees, phantom_control

KEY = bytes(range(32))
BIASES = [54 << 24, 1 << 31, 202 << 24, 3 << 22, 123_456_789] * 12


def reading() -> CodeReading:
    return code_reading(range(60), BIASES, [1, 0, 1, 0, 0, 1] * 10)


def test_phantoms_agree_as_often_as_the_biases_say() -> None:
    read = reading()
    for site, numerator in enumerate(read.agree):
        chance = numerator / SCALE
        share = agrees(read, site, KEY, 20_000).mean()
        # 60 sites at five standard errors: passed by luck with chance 4e-5.
        assert abs(share - chance) < 5 * np.sqrt(chance * (1 - chance) / 20_000)


def test_the_streamed_control_equals_scoring_the_phantom_words_one_by_one() -> None:
    read = reading()
    c1, sym = c1_decoder(read), sym_decoder(read)
    fits = np.stack([agrees(read, site, KEY, 500) for site in range(60)], axis=1)
    words = np.where(fits, read.symbols, 1 - read.symbols).astype(np.uint8)
    p_c1 = c1.tail.p(agreement(read, words, c1.weights))
    p_sym = sym.tail.p(agreement(read, words, sym.weights))
    expected = np.minimum(1.0, 4 * np.minimum(p_c1, p_sym))
    control = phantom_control(read, c1, sym, 4.0, 0.5, KEY, 500)
    assert control.best_p == expected.min()
    assert control.rank == 1 + np.count_nonzero(expected <= 0.5)


def test_a_null_that_promises_too_little_fails_the_control() -> None:
    truth = code_reading(range(60), [1 << 31] * 60, [1] * 60)
    wrong = code_reading(range(60), [1 << 29] * 60, [1] * 60)
    control = phantom_control(truth, c1_decoder(wrong), sym_decoder(wrong), 4.0, 1.0, KEY, 1000)
    assert not control.ok


def test_with_nothing_read_the_best_phantom_has_p_one() -> None:
    empty = code_reading((), (), ())
    control = phantom_control(empty, c1_decoder(empty), sym_decoder(empty), 4.0, 1.0, KEY, 10)
    assert (control.best_p, control.rank, control.ok) == (1.0, 11, True)


@pytest.mark.parametrize("count", [0, -1, 4_000_001])
def test_a_count_out_of_range_is_refused(count: int) -> None:
    read = reading()
    with pytest.raises(CodeError, match="ask for 1 to"):
        phantom_control(read, c1_decoder(read), sym_decoder(read), 4.0, 1.0, KEY, count)
