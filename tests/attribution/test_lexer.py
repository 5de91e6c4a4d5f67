"""Tokens and fingerprints: the same for what editors do to a text."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapp_compliance.attribution.fingerprints import (
    CHANNELS,
    GRAMS,
    PART_GAP,
    Fingerprints,
    fingerprint,
)
from mapp_compliance.attribution.lexer import lex
from mapp_compliance.attribution.parts import Part

KEY = b"secret of a test"
TEXT = b"""def total(items):
    # sums up
    result = 0
    for item in items:
        result += item.price * item.count - discount(item, 'summer sale of 2024')
    return result
"""
WORDS = [b"%s%d" % (word, n) for n in range(60) for word in (b"alpha", b"beta", b"gamma")]


def prints(data: bytes, key: bytes = KEY) -> Fingerprints:
    return fingerprint([Part(data, "s")], key)


@pytest.mark.parametrize(
    "leak",
    [
        TEXT.replace(b"\n", b"\r\n"),
        TEXT.replace(b"    ", b"\t"),
        TEXT.replace(b"# sums up", b""),
        TEXT.replace(b"'", b'"'),
        TEXT.replace(b"(items)", b"( items, )"),
        TEXT.replace(b"result = 0", b"result = 0  // nothing yet"),
    ],
)
def test_layout_comments_and_quotes_change_no_token(leak: bytes) -> None:
    assert np.array_equal(lex(leak, KEY).exact, lex(TEXT, KEY).exact)


def test_renaming_changes_no_abstract_token() -> None:
    leak = TEXT.replace(b"item", b"xx").replace(b"result", b"r0").replace(b"summer", b"winter")

    assert np.array_equal(lex(leak, KEY).abstract, lex(TEXT, KEY).abstract)
    assert not np.array_equal(lex(leak, KEY).exact, lex(TEXT, KEY).exact)


def test_a_fragment_that_begins_inside_a_docstring_is_cut_like_the_whole() -> None:
    lines = [b'"""It', b"isn't so", b'"""', b"value = compute(first, second)"]
    whole, fragment = lex(b"\n".join(lines), KEY).exact, lex(b"\n".join(lines[1:]), KEY).exact

    assert np.array_equal(whole[-len(fragment) :], fragment)


def test_preprocessor_lines_are_no_comments() -> None:
    assert len(lex(b"#include <stdio.h>", KEY).exact) > len(lex(b"# include", KEY).exact)


@given(st.binary(max_size=300))
@settings(deadline=None)
def test_noise_is_lexed_and_printed(noise: bytes) -> None:
    tokens = lex(noise, KEY)

    assert len(tokens.exact) == len(tokens.abstract)
    assert prints(noise) == prints(noise)


def test_prints_under_two_keys_share_nothing() -> None:
    data = b" ".join(WORDS) + b" 'and a literal of some length'"
    ours, theirs = prints(data), prints(data, b"another secret")

    for name in CHANNELS:
        assert not set(ours.channel(name).hashes) & set(theirs.channel(name).hashes)
        assert len(ours.channel(name)) > 0


@given(st.integers(0, 100), st.integers(0, 100))
@settings(deadline=None)
def test_a_shared_run_of_tokens_shares_a_print(start: int, before: int) -> None:
    gram = GRAMS["exact"]
    run = WORDS[start : start + gram.k + gram.w - 1]
    other = b" ".join([b"z%d" % n for n in range(before)] + run + [b"end"] * 3)

    assert set(prints(b" ".join(WORDS)).exact.hashes) & set(prints(other).exact.hashes)


@given(st.binary(min_size=19, max_size=19).filter(lambda run: len(set(run[:8])) > 6))
@settings(deadline=None)
def test_a_shared_run_of_payload_shares_a_print(run: bytes) -> None:
    one, two = (fingerprint([Part(data, "s > hex")], KEY) for data in (b"a" + run, run + b"zz"))

    assert set(one.literal.hashes) & set(two.literal.hashes)


def test_padding_gives_no_literal_print() -> None:
    assert len(fingerprint([Part(b"A" * 200 + b"ABAB" * 50, "s > hex")], KEY).literal) == 0


def test_parts_lie_far_apart() -> None:
    both = fingerprint([Part(b" ".join(WORDS[:90]), "a"), Part(b" ".join(WORDS[90:]), "b")], KEY)

    assert max(both.exact.positions) >= PART_GAP


def test_hashes_are_distinct_and_ascending() -> None:
    hashes = prints(b" ".join(WORDS + WORDS)).exact.hashes

    assert bool((np.diff(hashes) > 0).all())
