import json
import runpy
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapp_compliance.values import Digest, InstanceId
from mapp_compliance.watermark.codes import SCALE, Codebook, CodeError, codebook, codeword

KEY = bytes(range(32))
HALF = SCALE // 2
VECTORS = Path(__file__).parents[2] / "vectors" / "codes"
COPY = InstanceId("copy-1")


def test_schedule_1_still_derives_the_committed_codeword() -> None:
    golden = json.loads((VECTORS / "schedule-1.json").read_text(encoding="utf-8"))
    word = codeword(
        bytes.fromhex(golden["mark_key"]),
        InstanceId(golden["instance"]),
        golden["site_ids"],
        golden["biases"],
        [int(space) for space in golden["spaces"]],
    )
    assert [str(symbol) for symbol in word] == golden["symbols"]


def test_the_generator_leaves_no_difference_in_the_vector() -> None:
    made = runpy.run_path(str(VECTORS / "make.py"))["text"]()
    assert made == (VECTORS / "schedule-1.json").read_text(encoding="utf-8")


def test_a_book_row_is_the_codeword_of_its_instance() -> None:
    sites = [f"s/{i}" for i in range(12)]
    biases = [HALF, SCALE // 5] * 6
    spaces = [2, 2, 7, 2**200] * 3
    copies = [InstanceId(f"copy-{i}") for i in range(5)]
    book = codebook(KEY, copies, Digest("0" * 64), sites, biases, spaces, ["c"] * 12)
    for row, copy in enumerate(copies):
        word = codeword(KEY, copy, sites, biases, spaces)
        assert [word[place] for place in book.code_sites] == book.words[row].tolist()
        assert tuple(word[place] for place in book.tag_sites) == book.tags[row]
        assert book.symbols(row) == word


@given(st.permutations(range(20)), st.integers(0, 19))
def test_symbols_depend_neither_on_order_nor_on_other_sites(order: list[int], kept: int) -> None:
    sites = [f"s/{i}" for i in range(20)]
    spaces = [2 if i % 3 else 1000 for i in range(20)]
    whole = codeword(KEY, COPY, sites, [HALF] * 20, spaces)
    part = order[:kept]
    some = codeword(KEY, COPY, [sites[i] for i in part], [HALF] * kept, [spaces[i] for i in part])
    assert some == tuple(whole[i] for i in part)


def test_ones_are_as_frequent_as_the_bias_says(make_book: Callable[..., Codebook]) -> None:
    book = make_book(400, 100)
    ones = book.words.mean(axis=0)
    expected = np.array(book.biases) / SCALE
    # 100 columns of 400: five standard errors are passed somewhere by luck with chance 6e-5.
    assert np.all(np.abs(ones - expected) < 5 * np.sqrt(expected * (1 - expected) / 400))


def test_tags_lie_in_their_space_and_spread_over_it() -> None:
    tags = [codeword(KEY, InstanceId(f"c{i}"), ["t"], [0], [5])[0] for i in range(1000)]
    counts = np.bincount(tags, minlength=5)
    # Five values, 1,000 draws: 200 each, five standard errors of 12.6; chance by luck 3e-6.
    assert len(counts) == 5
    assert np.all(np.abs(counts - 200) < 64)


def test_a_book_shows_no_word_when_printed(make_book: Callable[..., Codebook]) -> None:
    book = make_book(2, 8, tags=1)
    assert "words" not in repr(book)
    assert str(book.tags[0][0]) not in repr(book)


def test_the_words_of_a_book_cannot_be_written(make_book: Callable[..., Codebook]) -> None:
    with pytest.raises(ValueError, match="read-only"):
        make_book(2, 8).words[0, 0] = 1


@pytest.mark.parametrize(
    ("sites", "biases", "spaces", "said"),
    [
        (["a", "b"], [HALF], [2, 2], "differ in number"),
        (["a", "a"], [HALF, HALF], [2, 2], "occurs twice"),
        (["a"], [0], [2], "keep it within"),
        (["a"], [SCALE], [2], "keep it within"),
        (["a"], [HALF], [1], "2 to 2"),
        (["a"], [HALF], [2**256 + 1], "2 to 2"),
    ],
)
def test_sites_that_do_not_fit_are_refused(
    sites: list[str], biases: list[int], spaces: list[int], said: str
) -> None:
    with pytest.raises(CodeError, match=said):
        codeword(KEY, COPY, sites, biases, spaces)


@pytest.mark.parametrize("copies", [[], [COPY, COPY]])
def test_a_book_of_none_or_of_repeated_instances_is_refused(copies: list[InstanceId]) -> None:
    with pytest.raises(CodeError, match="at least one instance"):
        codebook(KEY, copies, Digest("0" * 64), ["a"], [HALF], [2], ["c"])


def test_a_book_with_too_few_channels_is_refused() -> None:
    with pytest.raises(CodeError, match="channels"):
        codebook(KEY, [COPY], Digest("0" * 64), ["a"], [HALF], [2], [])
