"""What colluders may do with their words: the 84 models that the joint decoder weighs.

A model says how many were in it (1 to 6), how they chose where their symbols differ (as one of
them at random, as most, as fewest, always 1, always 0, by coin) and how often a symbol was
misread (1, 8 or 20 %). Models buy power only; a wrong one makes no innocent more suspect.

A model says how likely a symbol is when ``ones`` of a known part of the coalition hold a 1 and the
rest is unknown. All logarithms are whole multiples of 2^-24: their sums are exact in doubles, so
nothing depends on the order of a sum or on the machine's matrix library.

>>> len(MODELS), MODELS[0]
(84, Model(sources=1, choice='interleave', noise=0.01))
>>> [round(chance_of_one(MODELS[0], 1, ones, 0.5), 2) for ones in (0, 1)]
[0.01, 0.99]
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from mapp_compliance.watermark.codes.units import CodeError

UNIT = 2.0**-24  # of all log-likelihoods, in nats
NOISES = (0.01, 0.08, 0.2)
MOST_SOURCES = 6


@dataclass(frozen=True, slots=True)
class Model:
    """One way in which a leak may have come about."""

    sources: int
    choice: str
    noise: float

    @property
    def name(self) -> str:
        """As it stands in a record."""
        return f"{self.sources} {self.choice} {self.noise}"


def choices(sources: int) -> dict[str, tuple[float, ...]]:
    """The chance of a 1 for each number of colluders who hold one; equal choices once."""
    middle = range(1, sources)
    rules = {
        "interleave": [k / sources for k in middle],
        "majority": [0.5 if 2 * k == sources else float(2 * k > sources) for k in middle],
        "minority": [0.5 if 2 * k == sources else float(2 * k < sources) for k in middle],
        "all1": [1.0 for _ in middle],
        "all0": [0.0 for _ in middle],
        "coin": [0.5 for _ in middle],
    }
    found: dict[str, tuple[float, ...]] = {}
    for name, inner in rules.items():
        whole = (0.0, *inner, 1.0)
        if whole not in found.values():
            found[name] = whole
    return found


CHOICES = {sources: choices(sources) for sources in range(1, MOST_SOURCES + 1)}
# In rising number of sources, so that the models with room for one more are a tail of the list.
MODELS = tuple(
    Model(sources, choice, noise)
    for sources, rules in CHOICES.items()
    for noise in NOISES
    for choice in rules
)


def model_named(name: str) -> Model:
    """The model of that name. Raises CodeError."""
    found = next((model for model in MODELS if model.name == name), None)
    if found is None:
        raise CodeError(f"there is no model of a leak {name!r}; take one that a score tells")
    return found


def log_priors() -> NDArray[np.float64]:
    """For each model the log of its weight, in units: even over numbers, noises and choices."""
    each = [len(NOISES) * MOST_SOURCES * len(CHOICES[model.sources]) for model in MODELS]
    return np.rint(-np.log(np.array(each, dtype=np.float64)) / UNIT)


def first_with_room(known: int) -> int:
    """Place of the first model that has more sources than are known."""
    return next(place for place, model in enumerate(MODELS) if model.sources > known)


def chance_of_one(model: Model, known: int, ones: int, bias: float) -> float:
    """The chance that a 1 is read.

    Args:
        known: how many of the sources are known, at most all.
        ones: how many of those hold a 1.
        bias: chance that one of the unknown sources holds a 1.
    """
    rule, rest = CHOICES[model.sources][model.choice], model.sources - known
    said = math.fsum(
        math.comb(rest, more) * bias**more * (1 - bias) ** (rest - more) * rule[ones + more]
        for more in range(rest + 1)
    )
    return said * (1 - model.noise) + (1 - said) * model.noise


@lru_cache(maxsize=256)
def _ones_table(known: int, bias: float) -> NDArray[np.float64]:
    """(known + 1) x models: the chance that a 1 is read; NaN where fewer are in it than known."""
    table = np.full((known + 1, len(MODELS)), np.nan)
    for place, model in enumerate(MODELS):
        if model.sources >= known:
            table[:, place] = [chance_of_one(model, known, ones, bias) for ones in range(known + 1)]
    table.setflags(write=False)
    return table


def log_table(known: int, symbols: Sequence[int], biases: Sequence[float]) -> NDArray[np.float64]:
    """The log-likelihood of read symbols under each model.

    Args:
        known: how many of the sources are known.
        symbols, biases: for each of q kinds of site what was read, and the chance of a 1.
    Returns:
        q x (known + 1) x models, whole numbers of units; NaN where a model has fewer sources.
    """
    found = np.empty((len(symbols), known + 1, len(MODELS)))
    for kind, (symbol, bias) in enumerate(zip(symbols, biases, strict=True)):
        seen = _ones_table(known, bias)
        found[kind] = np.rint(np.log(seen if symbol else 1 - seen) / UNIT)
    return found
