"""Parts and their wire form."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapp_compliance.attribution.lexer import cut
from mapp_compliance.attribution.parts import (
    MAX_LABEL_CHARS,
    Part,
    Unwrapped,
    distinct,
    label,
    parts_from_json,
    parts_to_json,
)
from mapp_compliance.errors import InvalidInput, MappError

LABELS = st.text(st.characters(codec="utf-8", categories=("L", "N", "P")), max_size=20)


@given(st.lists(st.builds(Part, st.binary(), LABELS)), st.lists(LABELS))
def test_parts_cross_a_border_unchanged(parts: list[Part], notes: list[str]) -> None:
    whole = Unwrapped(tuple(parts), tuple(notes))

    assert parts_from_json(parts_to_json(whole)) == whole


@given(st.binary())
def test_noise_is_refused_as_parts(noise: bytes) -> None:
    with pytest.raises(InvalidInput):
        parts_from_json(noise)


@given(st.integers(0, 400), st.binary(min_size=1, max_size=3))
def test_damaged_parts_give_parts_or_our_error(at: int, change: bytes) -> None:
    good = parts_to_json(Unwrapped((Part(b"abc", "a > b"), Part(b"", "c")), ("note",)))
    with suppress(MappError):
        parts_from_json(good[:at] + change + good[at + len(change) :])


@pytest.mark.parametrize(
    "line",
    [
        b'{"format": "mapp-parts/1", "parts": 1, "notes": []}',
        b'{"format": "other", "parts": 0, "notes": []}',
        b'{"format": "mapp-parts/1", "parts": 0, "notes": [1]}',
        b'{"format": "mapp-parts/1", "parts": true, "notes": []}',
        b'{"format": "mapp-parts/1", "parts": 0, "notes": [], "more": 1}',
        b"[" * 100_000,
    ],
)
def test_a_head_that_does_not_fit_is_refused(line: bytes) -> None:
    with pytest.raises(InvalidInput):
        parts_from_json(line)


def test_a_derivation_with_control_characters_is_refused() -> None:
    with pytest.raises(InvalidInput, match="control characters"):
        parts_from_json(parts_to_json(Unwrapped((Part(b"", "a\x1b[2J"),))))


def test_names_are_shown_and_cut() -> None:
    assert label("a\x1b/../b") == "a⟨U+001B⟩/../b"
    assert len(label("x" * 10_000)) == MAX_LABEL_CHARS


def test_equal_bytes_are_one_part() -> None:
    first, second = Part(b"same", "a"), Part(b"same", "b")

    assert distinct([first, second]) == (first,)


@given(st.binary(max_size=300) | st.just(b"a = 'b' + \xff # c\n" * 9))
def test_words_cross_a_border_unchanged(text: bytes) -> None:
    part = Part(text, "a", cut(text))
    (found,) = parts_from_json(parts_to_json(Unwrapped((part,)))).parts
    assert found.words is not None
    assert part.words is not None
    assert found.words.known == part.words.known
    assert found.words.order.tolist() == part.words.order.tolist()


@pytest.mark.parametrize(
    "words",
    ["[]", "[1]", '["AAAA"]', '["AAAAAA=="]', '["!"]', '["", 1]', '["", "\\u0100"]', "{}", "null"],
)
def test_words_that_do_not_fit_are_refused(words: str) -> None:
    head, line = parts_to_json(Unwrapped((Part(b"x", "a"),))).split(b"\n")
    changed = line.replace(b"}", b', "words": %b}' % words.encode())
    with pytest.raises(InvalidInput):
        parts_from_json(head + b"\n" + changed)
