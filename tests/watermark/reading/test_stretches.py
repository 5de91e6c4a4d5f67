"""What is left out of long bytes holds nothing: the reading of stretches is that of the whole."""

import random
import unicodedata

import numpy as np
import pytest

from bench.attacks.payload import FROZEN, Leak
from mapp_compliance.watermark.reading import read, stretches
from mapp_compliance.watermark.reading.sieve import MIN_WINDOWS, WINDOW, diagonals, sieve
from mapp_compliance.watermark.reading.stretches import (
    FOLDING,
    anchors_in_prose,
    prose_near,
)

FITS = 6  # of WINDOW bytes


def plain_diagonals(view, wanted):
    """The same as ``diagonals``, place by place; of few candidates."""
    counts = {}
    for start in range(-len(wanted), len(view)):
        fits = [
            0 <= start + place < len(view) and view[start + place] in here
            for place, here in enumerate(wanted)
        ]
        inside = range(max(0, -start), min(len(wanted), len(view) - start) - WINDOW + 1)
        counts[start] = sum(sum(fits[at : at + WINDOW]) >= FITS for at in inside)
    return [start for start, count in counts.items() if count >= MIN_WINDOWS]


def leaked(data, rng):
    """The file, or pieces of it, or another form of it, among other bytes."""
    cut = sorted(rng.sample(range(len(data)), 2))
    text = b"".join(bytes((byte,)) + rng.choice((b" ", b"e", b"-")) for byte in rng.randbytes(9000))
    around = rng.choice((rng.randbytes(20_000), bytes(9_000), text, text.hex().encode()))
    middle = rng.choice((data, data[cut[0] : cut[1]], data.replace(b" ", b"  "), as_page(data)))
    return around + middle + around[::-1] + data[cut[0] : cut[0] + 300]


def as_page(data):
    """Some letters as entities and signs that fold into them, and tags between words."""
    text = data.decode("latin-1").replace("a", "&#97;").replace("fi", "\ufb01")
    return text.replace("e", "\uff45").replace(" the ", ' <b class="x y">the</b> ').encode()


@pytest.fixture
def whole(monkeypatch):
    """Reads with nothing left out."""

    def make(parts, site_map):
        with monkeypatch.context() as patched:
            patched.setattr(stretches, "SHORT_BYTES", 1 << 40)
            return read(parts, site_map)

    return make


@pytest.mark.parametrize("seed", range(12))
def test_a_part_reads_as_if_all_of_it_had_been_cut(reader, piece, whole, seed):
    rng = random.Random(seed)
    copy = reader.mark(seed)
    parts = [piece(leaked(data, rng)) for data in copy.files.values()]
    assert read(parts, reader.site_map).symbols == whole(parts, reader.site_map).symbols
    assert read(parts, reader.site_map).health == whole(parts, reader.site_map).health


PRINTED = {"xxd_dump": "xxd", "hexdump_page": "hexdump"}  # forms that such a program prints
FORMS = [
    pytest.param(name, marks=[pytest.mark.needs_tool] if name in PRINTED else [])
    for name in FROZEN
    if name != "elf_stripped"
]


@pytest.mark.parametrize("form", FORMS)
def test_a_payload_form_reads_as_if_all_of_it_had_been_cut(reader, piece, whole, tool, form):
    if form in PRINTED:
        tool(PRINTED[form])
    rng = random.Random(form)
    copy = reader.mark(7)
    value = copy.values["filler"]
    leak = FROZEN[form](Leak(b'x = b"' + value + b'"\n', value, rng))
    parts = [piece(rng.randbytes(9_000) + leak + rng.randbytes(9_000))]
    assert read(parts, reader.site_map) == whole(parts, reader.site_map)


@pytest.mark.parametrize("seed", range(8))
def test_the_sieve_finds_what_a_search_place_by_place_finds(seed):
    rng = random.Random(seed)
    letters = range(48, 48 + rng.choice((4, 16, 62)))
    wanted = [set(rng.sample(letters, 2)) for _ in range(rng.choice((9, 30, 64, 90)))]
    noise = bytes(rng.choice(range(32, 128)) for _ in range(300))
    hidden = bytes(
        rng.choice([*here, 0]) if rng.random() < 0.9 else 0 for here in map(sorted, wanted)
    )
    view = np.frombuffer(noise + hidden + noise, dtype=np.uint8)
    found = set(diagonals(view, sieve(wanted)))
    expected = set(plain_diagonals(view.tolist(), wanted))
    assert found <= expected or len(wanted) > 64
    assert len(expected) > 60 or expected <= found


def test_every_sign_that_folds_into_a_letter_is_looked_for():
    pairs = {row[at : at + 2] for row in FOLDING for at in range(0, len(row), 2)}
    signs = (chr(code) for code in range(0x80, 0x110000) if not 0xD800 <= code < 0xE000)
    folding = (
        sign
        for sign in signs
        if any(each.isascii() and each.isalnum() for each in unicodedata.normalize("NFKC", sign))
    )
    assert {sign.encode()[:2] for sign in folding} <= pairs


@pytest.mark.parametrize(
    "written",
    [
        "one two \uff54\uff48\uff52\uff45\uff45 four",
        "one two th\u24e1ee four",
        "one two &#116;hree four",
        "one two t&#x68;&#114;ee four",
        "one two \U0001d42d&#104;ree four",
    ],
)
def test_words_written_with_other_signs_are_cut_in_long_bytes(written):
    anchors = anchors_in_prose([(b"one", b"two", b"three", b"four")])
    data = b"- " * 9000 + written.encode() + b" -" * 9000
    words = prose_near(data, anchors).words
    assert b" ".join(words[1:-1]) == b"one two three four"


def test_words_in_a_tag_near_the_text_are_no_text():
    anchors = anchors_in_prose([(b"one", b"two", b"three", b"four")])
    tag = b"<meta " + b"z " * 170 + b"one two three four x>"
    for gap in range(0, 3000, 70):
        data = b"- " * 9000 + tag + b"- " * gap + b"one two three four " + b"- " * 9000
        assert prose_near(data, anchors).words.count(b"three") == 1
