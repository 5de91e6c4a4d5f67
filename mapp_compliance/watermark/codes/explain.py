"""Why one word scored as it did: its agreements site by site, with the weights of both decoders.

Nothing of any other word is looked at.

>>> from mapp_compliance.values import Digest
>>> from mapp_compliance.watermark.codes.words import codebook
>>> columns = ["a/0", "a/1"], [SCALE // 2] * 2, [2, 2]
>>> book = codebook(bytes(32), ["c1"], Digest("0" * 64), *columns, ["x"] * 2)
>>> own = book.symbols(0)
>>> [(one.place, one.agrees, one.bits) for one in agreements(book, 0, [own[0], 1 - own[1]])]
[(0, True, 1.0), (1, False, 1.0)]
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from mapp_compliance.watermark.codes.decoders import c1_decoder, code_reading, sym_decoder
from mapp_compliance.watermark.codes.units import SCALE
from mapp_compliance.watermark.codes.words import Codebook


@dataclass(frozen=True, slots=True)
class SiteAgreement:
    """One read code site for one word.

    Attributes:
        place: of the site in the map.
        agrees: whether the word has there what was read.
        weight_c1, weight_sym: what an agreement counts for, in steps of 1/32.
        bits: how surprising this outcome is for an innocent word.
    """

    place: int
    agrees: bool
    weight_c1: int
    weight_sym: int
    bits: float


def agreements(
    book: Codebook, row: int, symbols: Sequence[int | None]
) -> tuple[SiteAgreement, ...]:
    """The read code sites of one word, in the order of the map.

    Args:
        row: of the word in the book.
        symbols: one for each site of the map.
    """
    reading = code_reading(book.code_sites, book.biases, symbols)
    c1, sym = c1_decoder(reading), sym_decoder(reading)
    own = book.words[row][reading.columns]
    found = []
    for index, place in enumerate(reading.places):
        agrees = bool(own[index] == reading.symbols[index])
        chance = reading.agree[index] / SCALE
        found.append(
            SiteAgreement(
                place,
                agrees,
                c1.weights[index],
                sym.weights[index],
                -math.log2(chance if agrees else 1 - chance),
            )
        )
    return tuple(found)
