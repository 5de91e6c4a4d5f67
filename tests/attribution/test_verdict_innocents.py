"""How often an innocent is named: the real scores of words that nobody was given."""

import random
from datetime import timedelta
from fractions import Fraction

import pytest

from mapp_compliance.attribution import Candidacy, Circumstances, Holding, conclude
from mapp_compliance.values import Digest, EntityId, InstanceId, Window, instant
from mapp_compliance.watermark.codes import (
    OTHER,
    SCALE,
    Codebook,
    Method,
    assign_biases,
    codebook,
    score,
)

SENT = instant("2026-11-10T12:00:00Z")
LATER = SENT + timedelta(days=1)
COPIES, TRIALS, BOOKS = 12, 2000, 20
SHARE = Fraction(1, 100)
MOST = 40  # of 2000 at 1e-2: 20 expected, deviation 4.4; more by luck in 1 of 10,000
SPACES = [16, 64, 16, 1024]
CHANNELS = ["code", "code", "head", "head"]


def book(code_sites: int, seed: int) -> Codebook:
    sites = [f"payload/{place}" for place in range(code_sites)]
    tags = [f"tag/{place}" for place in range(len(SPACES))]
    biases = assign_biases(bytes(32), sites, ["payload"] * code_sites, ["poc.py"] * code_sites)
    return codebook(
        seed.to_bytes(32, "little"),
        [InstanceId(f"copy-{place}") for place in range(COPIES)],
        Digest("0" * 64),
        [*sites, *tags],
        [*biases, *[SCALE // 2] * len(tags)],
        [2] * code_sites + SPACES,
        ["payload"] * code_sites + CHANNELS,
    )


def innocent(made: Codebook, chance: random.Random) -> list[int | None]:
    """A word by the same biases with some sites erased; tags read by chance."""
    code: list[int | None] = [
        None if chance.random() < 0.1 else int(chance.randrange(SCALE) < bias)
        for bias in made.biases
    ]
    tags = [chance.choice([OTHER, *[chance.randrange(space)] * 3]) for space in made.spaces]
    return [*code, *tags]


def names_anybody(made: Codebook, symbols: list[int | None]) -> bool:
    scores = score(
        made,
        [EntityId(f"E-{place % (COPIES - 2)}") for place in range(COPIES)],  # two own two copies
        symbols,
        Method.SCORE_1,
        SHARE,
        phantom_key=bytes(32),
        phantoms=1,
    )
    verdict = conclude(
        True,
        scores,
        [Candidacy(name, Holding.RECIPIENT, SENT) for name in made.instances],
        dict(zip(made.tag_sites, made.spaces, strict=True)),
        Circumstances(seen=Window(LATER, LATER)),
    )
    return bool(verdict.named or verdict.vetoes)  # a veto only hides that somebody was named


@pytest.mark.parametrize("code_sites", [24, 64])
def test_innocents_are_not_named_more_often_than_the_share_allows(code_sites: int) -> None:
    """2000 innocent samples at 1e-2; fails by luck in less than 1 of 10,000 runs."""
    chance = random.Random(2026 + code_sites)
    books = [book(code_sites, seed) for seed in range(BOOKS)]
    named = sum(
        names_anybody(made, innocent(made, chance))
        for made in books
        for _ in range(TRIALS // BOOKS)
    )
    assert named <= MOST


def test_a_copy_in_the_same_books_is_named() -> None:
    made = book(96, 1)
    code = [int(symbol) for symbol in made.words[3]]
    assert names_anybody(made, [*code, *made.tags[3]])
