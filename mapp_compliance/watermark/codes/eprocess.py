"""Evidence across leaks: one bet for each entity, carried on from leak to leak.

Against an innocent entity no strategy of betting wins: the evidence starts at 1 and at whatever
moment one looks, the chance that it was *ever* above ``1/a`` is at most ``a`` (Ville). So small
packages, none of which could name anybody, may do so together. It stands beside the p-values and
is never multiplied into them.

- The evidence of an entity is the mean over the 84 models of the product over leaks of how much
  likelier that model makes the reading if the entity's copy was a source.
- A leak counts only if it was *registered* before it was scored, and every registered leak counts,
  also one that speaks for the entity. Choosing afterwards would rig the bet.
- Words must be fresh: the factors are independent because each advisory has a mark key of its own.
  So one advisory gives one bet; a later leak of it is merged into the reading or left out.
- Several copies of one entity: the mean of their factors, which is fair again.

>>> from mapp_compliance.watermark.codes.decoders import code_reading
>>> reading = code_reading(range(24), [SCALE // 2] * 24, [1, 0] * 12)
>>> words = np.array([[1, 0] * 12, [1, 1, 0, 0] * 6], dtype=np.uint8)
>>> bets = [Bet(f"ADV-{n}", 2 * n, 2 * n + 1, factors(reading, words, ["P1", "P2"]))
...         for n in range(3)]
>>> [(one.entity, one.leaks, round(one.log10_e)) for one in evidence_across(bets, range(0, 6, 2))]
[('P1', 3, 20), ('P2', 3, -1)]
"""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mapp_compliance.values import EntityId
from mapp_compliance.watermark.codes.decoders import CodeReading
from mapp_compliance.watermark.codes.kinds import Kinds
from mapp_compliance.watermark.codes.models import MODELS, UNIT, log_priors
from mapp_compliance.watermark.codes.units import SCALE, CodeError

Factors = Mapping[EntityId, tuple[float, ...]]  # log factor of each model, never above a fair one


@dataclass(frozen=True, slots=True)
class Bet:
    """What one leak says about each entity.

    Attributes:
        advisory: whose words the leak shows.
        registered, scored: places in the ledger of the intake and of the scoring.
        factors: of ``factors``; an entity that held no copy of the advisory is not in it.
    """

    advisory: str
    registered: int
    scored: int
    factors: Factors


@dataclass(frozen=True, slots=True)
class Accumulated:
    """The evidence against one entity over all leaks so far.

    Attributes:
        leaks: how many leaks it held a copy for.
        log10_e: evidence now; 0 says nothing, below 0 speaks for it.
        log10_highest: greatest so far; an innocent ever reaches x with chance 10^-x at most.
    """

    entity: EntityId
    leaks: int
    log10_e: float
    log10_highest: float

    def is_beyond(self, share: float, entities: int) -> bool:
        """Whether the evidence was ever beyond a share of the error that all entities share."""
        return self.log10_highest >= math.log10(entities) - math.log10(share)


def factors(
    reading: CodeReading, words: NDArray[np.uint8], entities: Sequence[EntityId]
) -> Factors:
    """The factors of one leak.

    Args:
        words: n x m symbols, all code sites of the book.
        entities: the entity of each word.
    Raises:
        CodeError: words and entities differ in number.
    """
    if len(words) != len(entities):
        raise CodeError("words and entities differ in number; give one entity for each word")
    kinds = Kinds(reading)
    nobody = kinds.table(0)[:, 0]
    one = kinds.table(1)
    read = words[:, reading.columns]
    gains: dict[EntityId, list[NDArray[np.float64]]] = {}
    for word, entity in zip(read, entities, strict=True):
        held = one[kinds.of_site, word] - nobody[kinds.of_site]
        gains.setdefault(entity, []).append(held.sum(axis=0) * UNIT)
    unfair = _unfairness(kinds)
    return {
        entity: tuple((np.logaddexp.reduce(own, axis=0) - math.log(len(own)) - unfair).tolist())
        for entity, own in gains.items()
    }


def evidence_across(bets: Sequence[Bet], registered: Collection[int]) -> tuple[Accumulated, ...]:
    """The evidence against each entity, by id.

    Args:
        bets: in any order; they are taken in that of their registration.
        registered: places in the ledger of all leaks that were registered and since scored.
    Raises:
        CodeError: a bet was scored before it was registered, a registered leak has no bet or more
            than one, or two bets are on words of one advisory.
    """
    order = sorted(bets, key=lambda bet: bet.registered)
    if any(bet.scored <= bet.registered for bet in order):
        raise CodeError("a leak was scored before it was registered; it must not count")
    if sorted(bet.registered for bet in order) != sorted(registered):
        raise CodeError("bets and registered leaks differ; every registered leak counts once")
    if len({bet.advisory for bet in order}) != len(order):
        raise CodeError("two leaks show words of one advisory; merge their readings into one")
    entities = sorted({entity for bet in order for entity in bet.factors})
    return tuple(_accumulated(entity, order) for entity in entities)


def _accumulated(entity: EntityId, order: Sequence[Bet]) -> Accumulated:
    prior = log_priors() * UNIT
    prior -= math.log(math.fsum(np.exp(prior).tolist()))
    logs, highest, leaks, now = prior, 0.0, 0, 0.0
    for bet in order:
        if entity in bet.factors:
            logs = logs + np.array(bet.factors[entity])
            now = float(np.logaddexp.reduce(logs)) / math.log(10)
            highest, leaks = max(highest, now), leaks + 1
    return Accumulated(entity, leaks, now, highest)


def _unfairness(kinds: Kinds) -> NDArray[np.float64]:
    """For each model the log of the most that roundings add to the mean factor of an innocent."""
    total = np.zeros(len(MODELS))
    for place, (_, bias) in enumerate(kinds.kinds):
        gain = kinds.table(1)[place] - kinds.table(0)[place, 0]
        mean = np.array([1 - bias / SCALE, bias / SCALE]) @ np.exp(gain * UNIT)
        sites = np.count_nonzero(kinds.of_site == place)
        total += sites * np.maximum(0.0, np.log(mean))
    found: NDArray[np.float64] = total + 1e-9  # the roundings of this sum itself
    return found
