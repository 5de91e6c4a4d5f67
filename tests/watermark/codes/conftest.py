"""Books and leaks for the tests of the codes. All chance is seeded by the test."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from mapp_compliance.values import Digest, InstanceId
from mapp_compliance.watermark.codes import SCALE, Codebook, assign_biases, codebook

Bits = NDArray[np.uint8]


@pytest.fixture
def make_book() -> Callable[..., Codebook]:
    """A book of n copies over m code sites and some 16 bit tags in two channels."""

    def make(n: int, m: int, tags: int = 0, seed: int = 0) -> Codebook:
        sites = [f"payload/{i}" for i in range(m)]
        tag_sites = [f"nonce/{i}" for i in range(tags)]
        biases = assign_biases(bytes(32), sites, ["payload"] * m, ["poc.py"] * m)
        return codebook(
            seed.to_bytes(32, "little"),
            [InstanceId(f"copy-{i}") for i in range(n)],
            Digest("0" * 64),
            sites + tag_sites,
            [*biases, *([SCALE // 2] * tags)],
            [2] * m + [2**16] * tags,
            ["payload"] * m + [f"tags-{i % 2}" for i in range(tags)],
        )

    return make


def interleave(words: Bits, rng: np.random.Generator) -> Bits:
    return words[rng.integers(0, len(words), words.shape[1]), np.arange(words.shape[1])]


def all_ones(words: Bits, rng: np.random.Generator) -> Bits:
    return words.max(axis=0)


def coin(words: Bits, rng: np.random.Generator) -> Bits:
    differ = words.max(axis=0) != words.min(axis=0)
    flips = rng.integers(0, 2, words.shape[1], dtype=np.uint8)
    return np.where(differ, flips, words[0]).astype(np.uint8)


def minority(words: Bits, rng: np.random.Generator) -> Bits:
    ones = words.sum(axis=0)
    rare = (2 * ones < len(words)).astype(np.uint8)
    return np.where((ones == 0) | (ones == len(words)), words[0], rare).astype(np.uint8)


@pytest.fixture
def attacks() -> dict[str, Callable[[Bits, np.random.Generator], Bits]]:
    """How colluders may mix their words: k x m symbols to m symbols."""
    return {"interleave": interleave, "all1": all_ones, "coin": coin, "minority": minority}


@pytest.fixture
def blurred() -> Callable[..., list[int | None]]:
    """Symbols with a share of flips and a share of erasures."""

    def blur(
        symbols: Bits, rng: np.random.Generator, flips: float = 0.0, erased: float = 0.0
    ) -> list[int | None]:
        wrong = rng.random(len(symbols)) < flips
        gone = rng.random(len(symbols)) < erased
        read = (symbols ^ wrong).tolist()
        return [
            None if lost else int(symbol) for symbol, lost in zip(read, gone.tolist(), strict=True)
        ]

    return blur
