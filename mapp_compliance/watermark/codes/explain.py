"""Why one word scored as it did: its agreements site by site, with the weights of the decoders.

Nothing of any other word is looked at, unless the p of record is the joint one: then of those that
it opens, and only how many of them hold a 1 at each site.

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
from mapp_compliance.watermark.codes.jointtest import set_test
from mapp_compliance.watermark.codes.kinds import Kinds
from mapp_compliance.watermark.codes.models import model_named
from mapp_compliance.watermark.codes.scores import JointEvidence
from mapp_compliance.watermark.codes.units import SCALE
from mapp_compliance.watermark.codes.words import Codebook


@dataclass(frozen=True, slots=True)
class SiteAgreement:
    """One read code site for one word.

    Attributes:
        place: of the site in the map.
        symbol: what was read. chance_of_one: numerator over 2^32 of a 1 in an innocent word.
        agrees: whether the word has there what was read.
        weight_c1, weight_sym: what an agreement counts for, in steps of 1/32.
        bits: how surprising this outcome is for an innocent word.
        wanted, weight_joint: in the joint test a word that holds ``wanted`` gets the weight.
        opened_ones: how many of the opened words hold a 1; None without a joint test.
    """

    place: int
    symbol: int
    chance_of_one: int
    agrees: bool
    weight_c1: int
    weight_sym: int
    bits: float
    wanted: int = 0
    weight_joint: int = 0
    opened_ones: int | None = None

    @property
    def holds(self) -> int:
        """What the word has there."""
        return self.symbol if self.agrees else 1 - self.symbol


def agreements(
    book: Codebook,
    row: int,
    symbols: Sequence[int | None],
    joint: JointEvidence | None = None,
) -> tuple[SiteAgreement, ...]:
    """The read code sites of one word, in the order of the map.

    Args:
        row: of the word in the book.
        symbols: one for each site of the map.
        joint: of the word, when its p of record rests on it.
    """
    reading = code_reading(book.code_sites, book.biases, symbols)
    c1, sym = c1_decoder(reading), sym_decoder(reading)
    own = book.words[row][reading.columns]
    others = book.words[[book.instances.index(name) for name in joint.opens]] if joint else None
    known = others[:, reading.columns] if others is not None else None
    test = (
        set_test(Kinds(reading), known, model_named(joint.model))
        if joint and known is not None
        else None
    )
    found = []
    for index, place in enumerate(reading.places):
        agrees = bool(own[index] == reading.symbols[index])
        chance = reading.agree[index] / SCALE
        found.append(
            SiteAgreement(
                place,
                int(reading.symbols[index]),
                reading.biases[index],
                agrees,
                c1.weights[index],
                sym.weights[index],
                -math.log2(chance if agrees else 1 - chance),
                int(test.wanted[index]) if test else 0,
                int(test.weights[index]) if test else 0,
                int(known[:, index].sum()) if known is not None else None,
            )
        )
    return tuple(found)
