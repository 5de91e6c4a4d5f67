"""How far the evidence against one copy reaches beyond its single best value.

One whole value, such as a payload, can be taken over from what somebody showed. So where two
copies both lie within the bound, each is asked again without the value that speaks most for it.
For one copy alone nothing is asked: a leak of the payload only is a leak of that copy. A copy whose
p of record is the joint one is asked again by the same test, given the same words of others.

>>> from mapp_compliance.values import Digest
>>> from mapp_compliance.watermark.codes.words import codebook, codeword
>>> sites, key = [f"{'ab'[n // 32]}/{n}" for n in range(64)], bytes(32)
>>> columns = sites, [SCALE // 2] * 64, [2] * 64
>>> book = codebook(key, ["c1", "c2"], Digest("0" * 64), *columns, ["x"] * 64)
>>> one, two = (codeword(key, name, *columns) for name in ("c1", "c2"))
>>> spliced = [*one[:32], *two[32:]]
>>> found = spread(book, 0, spliced, [site[0] for site in sites])
>>> found.share, found.p_elsewhere > 0.05
(1.0, True)
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mapp_compliance.watermark.codes.decoders import (
    CodeReading,
    agreement,
    c1_decoder,
    code_reading,
    sym_decoder,
)
from mapp_compliance.watermark.codes.jointtest import gains_of, set_test
from mapp_compliance.watermark.codes.kinds import Kinds
from mapp_compliance.watermark.codes.models import model_named
from mapp_compliance.watermark.codes.prices import JOINT_PRICE, SINGLE_PRICE
from mapp_compliance.watermark.codes.scores import JointEvidence
from mapp_compliance.watermark.codes.units import SCALE
from mapp_compliance.watermark.codes.words import Codebook


@dataclass(frozen=True, slots=True)
class Spread:
    """The evidence against one copy, its best single value apart.

    Attributes:
        share: of the read sites of that value, how many agree.
        p_elsewhere: the code p of all other sites.
    """

    share: float
    p_elsewhere: float


def spread(
    book: Codebook,
    row: int,
    symbols: Sequence[int | None],
    values: Sequence[str],
    joint: JointEvidence | None = None,
) -> Spread:
    """How much of the evidence against one copy stands in one value.

    Args:
        row: of the copy in the book.
        symbols: one for each site of the map.
        values: for each site the name of the value that it is part of.
        joint: of the copy, when its p of record rests on it.
    """
    gain: dict[str, float] = {}
    hits: dict[str, list[bool]] = {}
    word = book.words[row]
    for column, place in enumerate(book.code_sites):
        seen = symbols[place]
        if seen not in (0, 1):
            continue
        chance = (book.biases[column] if seen else SCALE - book.biases[column]) / SCALE
        bits = -math.log2(chance) if word[column] == seen else math.log2(1 - chance)
        if joint is None:
            gain[values[place]] = gain.get(values[place], 0.0) + bits
        hits.setdefault(values[place], []).append(bool(word[column] == seen))
    for place, nats in _given_others(book, row, symbols, joint):
        gain[values[place]] = gain.get(values[place], 0.0) + nats
    best = max(sorted(gain), key=lambda name: gain[name], default=None)
    rest = [None if values[place] == best else symbol for place, symbol in enumerate(symbols)]
    reading = code_reading(book.code_sites, book.biases, rest)
    own = book.words[row : row + 1]
    p = [
        float(decoder.tail.p(agreement(reading, own, decoder.weights))[0])
        for decoder in (c1_decoder(reading), sym_decoder(reading))
    ]
    own_hits = hits.get(best or "", [])
    elsewhere = SINGLE_PRICE * min(p)
    if joint is not None:
        test = set_test(Kinds(reading), _others(book, reading, joint), model_named(joint.model))
        given = float(test.p(own[:, reading.columns])[0]) / joint.weight
        elsewhere = min(elsewhere, JOINT_PRICE * given)
    return Spread(sum(own_hits) / max(1, len(own_hits)), min(1.0, elsewhere))


def _given_others(
    book: Codebook, row: int, symbols: Sequence[int | None], joint: JointEvidence | None
) -> list[tuple[int, float]]:
    """For each read site how much likelier the copy makes it, in nats; none without a joint p."""
    if joint is None:
        return []
    reading = code_reading(book.code_sites, book.biases, symbols)
    others = _others(book, reading, joint)
    own = book.words[row][reading.columns]
    gains = gains_of(Kinds(reading), others, model_named(joint.model))
    return [
        (place, float(gains[int(holds), at]))
        for at, (place, holds) in enumerate(zip(reading.places, own, strict=True))
    ]


def _others(book: Codebook, reading: CodeReading, joint: JointEvidence) -> NDArray[np.uint8]:
    rows = [book.instances.index(name) for name in joint.opens]
    return book.words[rows][:, reading.columns]
