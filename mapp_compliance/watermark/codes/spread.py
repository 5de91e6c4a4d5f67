"""How far the evidence against one copy reaches beyond its single best value.

One whole value, such as a payload, can be taken over from what somebody showed. So where two
copies both lie within the bound, each is asked again without the value that speaks most for it.
For one copy alone nothing is asked: a leak of the payload only is a leak of that copy.

>>> from mapp_compliance.values import Digest
>>> from mapp_compliance.watermark.codes.words import codebook, codeword
>>> sites, key = [f"{'ab'[n // 32]}/{n}" for n in range(64)], bytes(32)
>>> columns = sites, [SCALE // 2] * 64, [2] * 64
>>> book = codebook(key, ["c1", "c2"], Digest("0" * 64), *columns, ["x"] * 64)
>>> one, two = (codeword(key, name, *columns) for name in ("c1", "c2"))
>>> spliced = [*one[:32], *two[32:]]
>>> p_elsewhere(book, 0, spliced, [site[0] for site in sites]) > 1e-3
True
"""

import math
from collections.abc import Sequence

import numpy as np

from mapp_compliance.watermark.codes.decoders import (
    agreement,
    c1_decoder,
    code_reading,
    sym_decoder,
)
from mapp_compliance.watermark.codes.score import PRICE
from mapp_compliance.watermark.codes.units import SCALE
from mapp_compliance.watermark.codes.words import Codebook


def p_elsewhere(
    book: Codebook, row: int, symbols: Sequence[int | None], values: Sequence[str]
) -> float:
    """The code p of one copy with the sites of its best single value erased.

    Args:
        row: of the copy in the book.
        symbols: one for each site of the map.
        values: for each site the name of the value that it is part of.
    """
    gain: dict[str, float] = {}
    word = book.words[row]
    for column, place in enumerate(book.code_sites):
        seen = symbols[place]
        if seen not in (0, 1):
            continue
        chance = (book.biases[column] if seen else SCALE - book.biases[column]) / SCALE
        bits = -math.log2(chance) if word[column] == seen else math.log2(1 - chance)
        gain[values[place]] = gain.get(values[place], 0.0) + bits
    best = max(sorted(gain), key=lambda name: gain[name], default=None)
    rest = [None if values[place] == best else symbol for place, symbol in enumerate(symbols)]
    reading = code_reading(book.code_sites, book.biases, rest)
    own = book.words[row : row + 1]
    p = [
        float(decoder.tail.p(agreement(reading, own, decoder.weights))[0])
        for decoder in (c1_decoder(reading), sym_decoder(reading))
    ]
    return float(np.minimum(1.0, PRICE * min(p)))
