from collections.abc import Callable
from fractions import Fraction
from itertools import product

import numpy as np

from mapp_compliance.watermark.codes import SCALE, Codebook
from mapp_compliance.watermark.codes.decoders import code_reading
from mapp_compliance.watermark.codes.kinds import Kinds
from mapp_compliance.watermark.codes.pairs import pair_p
from mapp_compliance.watermark.codes.pvalue import outcome_tail


def test_the_tail_of_many_valued_terms_is_that_of_exact_fractions() -> None:
    values, chances = [[0, 3, 7], [5, 0, 1], [2, 2, 9]], [[0.25, 0.5, 0.25]] * 3
    tail = outcome_tail(values, chances)
    law: dict[int, Fraction] = {}
    for picks in product(range(3), repeat=3):
        score = sum(own[pick] for own, pick in zip(values, picks, strict=True))
        chance = Fraction(1)
        for pick in picks:
            chance *= Fraction(chances[0][pick])
        law[score] = law.get(score, Fraction(0)) + chance
    for score in law:
        truth = sum(chance for own, chance in law.items() if own >= score)
        bound = Fraction(float(tail.p(np.array([score]))[0]))
        assert truth <= bound <= truth * (1 + Fraction(1, 10**12))


def test_over_all_pairs_of_innocent_words_p_is_never_too_often_small() -> None:
    """Brute force over the 1,024 pairs of words of five sites. No luck in it."""
    biases = [54 << 24, 1 << 31, 202 << 24, 1 << 31, 1 << 31]
    kinds = Kinds(code_reading(range(5), biases, [1, 0, 1, 1, 0]))
    law = []
    for bits in product((0, 1), repeat=10):
        chance = Fraction(1)
        for bit, bias in zip(bits, biases * 2, strict=True):
            chance *= Fraction(bias if bit else SCALE - bias, SCALE)
        words = np.array(bits, dtype=np.uint8).reshape(2, 5)
        law.append((pair_p(kinds, words, 2), chance))
    assert any(p < 1 for p, _ in law)
    for level in {p for p, _ in law}:
        assert sum(chance for p, chance in law if p <= level) <= Fraction(level)


def test_more_copies_make_a_pair_dearer(make_book: Callable[..., Codebook]) -> None:
    book = make_book(4, 60)
    mixed = (book.words[0] | book.words[1]).tolist()
    kinds = Kinds(code_reading(book.code_sites, book.biases, mixed))
    two, many = (pair_p(kinds, book.words[:2], copies) for copies in (2, 100))
    assert many / two == 4950 or abs(many / two / 4950 - 1) < 1e-9
