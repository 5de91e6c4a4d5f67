"""The final call: what was read, against every registered copy, with an exact bound.

- The single p of a copy is ``min(1, p_c1 / .25, p_sym / .25)``. Where it suffices to name the
  copy it is the p of record: it needs no word but the accused one's. Else that is the smaller of it
  and ``p_joint / .5``, and says which words it opens. Method 1 has no joint decoder and leaves its
  .5 unspent, so both methods give one and the same p where the single decoders suffice.
- An entity's p is its number of copies times the least p among them. Holm's steps over *all*
  registered entities, staff and reserved words included, name those within the share.
- Tags never name: their e-values stand beside the code, and ``p_with_tags`` is for the verdict.
- Nothing here depends on the order of the copies, on a clock, or on chance.

>>> from mapp_compliance.values import Digest
>>> from mapp_compliance.watermark.codes.pvalue import printed
>>> from mapp_compliance.watermark.codes.units import SCALE
>>> from mapp_compliance.watermark.codes.words import codebook, codeword
>>> sites, key = [f"payload/{i}" for i in range(32)], bytes(range(32))
>>> columns = sites, [SCALE // 2] * 32, [2] * 32
>>> book = codebook(key, ["copy-1", "copy-2"], Digest("0" * 64), *columns, ["payload"] * 32)
>>> found = score(book, ["P1", "P2"], codeword(key, "copy-2", *columns), Method.SCORE_2,
...               Fraction(6, 100_000), phantom_key=bytes(32), phantoms=1000)
>>> [(entity.entity, printed(entity.p), entity.named) for entity in found.entities]
[('P1', '1', False), ('P2', '9.4e-10', True)]
"""

import math
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from mapp_compliance.values import EntityId
from mapp_compliance.watermark.codes.claims import bands, residual, sole_source_ratios
from mapp_compliance.watermark.codes.decoders import (
    CodeReading,
    Decoder,
    agreement,
    c1_decoder,
    code_reading,
    sym_decoder,
)
from mapp_compliance.watermark.codes.errorcontrol import holm
from mapp_compliance.watermark.codes.joint import JointDecoder
from mapp_compliance.watermark.codes.jointscoring import best_pair, with_joint
from mapp_compliance.watermark.codes.phantoms import (
    JOINT_PHANTOMS,
    PHANTOMS,
    Phantoms,
    joint_phantom_control,
    phantom_control,
)
from mapp_compliance.watermark.codes.prices import JOINT_PRICE, SINGLE_PRICE
from mapp_compliance.watermark.codes.pvalue import points
from mapp_compliance.watermark.codes.scores import EntityScore, InstanceScore, Method, Scores
from mapp_compliance.watermark.codes.tags import channel_bets, check_tags, p_with_tags
from mapp_compliance.watermark.codes.units import CodeError
from mapp_compliance.watermark.codes.words import Codebook


def score(
    book: Codebook,
    entities: Sequence[EntityId],
    symbols: Sequence[int | None],
    method: Method,
    share: Fraction | float,
    *,
    phantom_key: bytes,
    phantoms: int = PHANTOMS,
) -> Scores:
    """The evidence that each copy was among the sources of the sample.

    Args:
        entities: the entity of each instance, in the order of the codebook.
        symbols: one for each site of the map: None is an erasure and has no part in any score;
            a tag holds its index or OTHER.
        share: chance to name any innocent entity, in (0, 1); see ``share_of``.
        phantom_key: 32 to 64 bytes, independent of the mark key.
        phantoms: how many phantom words to score; of them 10,000 by the joint decoder.
    Raises:
        CodeError: the numbers of entities, instances, symbols and sites do not agree, a symbol
            is none of its site, or share, key or phantoms are out of range.
    Sources: Skoric, Katzenbeisser and Celik 2008; Furon and Desoubeaux 2014 (conditional tail).
    """
    _check(book, entities, symbols, share)
    exact_share = Fraction(share)
    reading = code_reading(book.code_sites, book.biases, symbols)
    c1, sym = c1_decoder(reading), sym_decoder(reading)
    copies = _instances(book, entities, symbols, reading, c1, sym)
    control = phantom_control(
        reading,
        c1,
        sym,
        SINGLE_PRICE,
        min(copy.p_code for copy in copies),
        phantom_key,
        phantoms,
    )
    found = _scores(book, reading, copies, method, exact_share, control, points(c1.tail))
    if method is Method.SCORE_1:
        return found
    return _with_joint(book, reading, found, phantom_key, min(phantoms, JOINT_PHANTOMS))


def _scores(
    book: Codebook,
    reading: CodeReading,
    copies: tuple[InstanceScore, ...],
    method: Method,
    share: Fraction,
    control: Phantoms,
    picture: tuple[tuple[int, float], ...],
) -> Scores:
    grouped = _entities(copies, share)
    bound = share / len(grouped)
    return Scores(
        method=method.value,
        map_id=book.map_id,
        share=share,
        bound=bound,
        code_sites=len(book.code_sites),
        read_sites=len(reading.agree),
        bits=reading.bits,
        missing_bits=_missing_bits(reading, grouped, bound),
        instances=copies,
        entities=grouped,
        residual=residual(book, reading, copies, grouped),
        phantoms=control,
        null=picture,
    )


def _with_joint(
    book: Codebook, reading: CodeReading, found: Scores, phantom_key: bytes, phantoms: int
) -> Scores:
    """The same by the joint decoder too, with bands, a claim on a pair, and its own phantoms."""
    joint = JointDecoder(reading, book.words)
    copies = with_joint(book, joint, found)
    entities = _entities(copies, found.share)
    ratios = sole_source_ratios(reading, book.words)
    band = bands(entities, copies, ratios)
    best = min(copy.joint.p for copy in copies if copy.joint is not None)
    return replace(
        found,
        instances=copies,
        entities=tuple(replace(entity, band=band[entity.entity]) for entity in entities),
        residual=residual(book, reading, copies, entities),
        phantoms_joint=joint_phantom_control(
            reading, joint, JOINT_PRICE, min(1.0, best * JOINT_PRICE), phantom_key, phantoms
        ),
        pair=best_pair(book, reading, joint, copies, entities, found.share),
    )


def _check(
    book: Codebook,
    entities: Sequence[EntityId],
    symbols: Sequence[int | None],
    share: Fraction | float,
) -> None:
    if len(entities) != len(book.instances):
        raise CodeError(
            f"{len(entities)} entities for {len(book.instances)} instances; give one for each"
        )
    if len(symbols) != book.sites:
        raise CodeError(
            f"{len(symbols)} symbols were read for a map of {book.sites} sites; "
            "read the sample with the map of this codebook"
        )
    if not 0 < share < 1:
        raise CodeError("the share must lie between 0 and 1; take it from share_of")
    check_tags([symbols[place] for place in book.tag_sites], book.spaces)


def _instances(
    book: Codebook,
    entities: Sequence[EntityId],
    symbols: Sequence[int | None],
    reading: CodeReading,
    c1: Decoder,
    sym: Decoder,
) -> tuple[InstanceScore, ...]:
    scores = agreement(reading, book.words, c1.weights)
    p_c1 = c1.tail.p(scores)
    p_sym = sym.tail.p(agreement(reading, book.words, sym.weights))
    p_code: NDArray[np.float64] = np.minimum(1.0, SINGLE_PRICE * np.minimum(p_c1, p_sym))
    seen = [symbols[place] for place in book.tag_sites]
    found = []
    for row, instance in enumerate(book.instances):
        carried = book.tags[row]
        bets = channel_bets(carried, seen, book.spaces, book.channels)
        matches = zip(book.tag_sites, carried, seen, strict=True)
        found.append(
            InstanceScore(
                instance=instance,
                entity=entities[row],
                score=int(scores[row]),
                p_c1=float(p_c1[row]),
                p_sym=float(p_sym[row]),
                p_code=float(p_code[row]),
                tag_e=tuple(bets.items()),
                tag_hits=tuple(place for place, mine, read in matches if mine == read),
                p_with_tags=p_with_tags(float(p_code[row]), list(bets.values())),
            )
        )
    return tuple(found)


def _entities(copies: Sequence[InstanceScore], share: Fraction) -> tuple[EntityScore, ...]:
    groups: dict[EntityId, list[InstanceScore]] = {}
    for copy in copies:
        groups.setdefault(copy.entity, []).append(copy)
    ids = sorted(groups)
    p = [_union([copy.p_code for copy in groups[entity]]) for entity in ids]
    return tuple(
        EntityScore(
            entity=entity,
            instances=len(groups[entity]),
            p=own,
            p_with_tags=_union([copy.p_with_tags for copy in groups[entity]]),
            named=named,
        )
        for entity, own, named in zip(ids, p, holm(p, share), strict=True)
    )


def _union(p_values: Sequence[float]) -> float:
    """The least p for the number of chances it had, rounded up, at most 1."""
    least = min(p_values)
    if len(p_values) == 1:
        return least
    return min(1.0, math.nextafter(len(p_values) * least, math.inf))


def _missing_bits(reading: CodeReading, entities: Sequence[EntityScore], bound: Fraction) -> float:
    """How far the least p that any entity could reach is above the bound, in bits."""
    fewest = min(entity.instances for entity in entities)
    return max(0.0, math.log2(SINGLE_PRICE * fewest) - math.log2(bound) - reading.bits)
