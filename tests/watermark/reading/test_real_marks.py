"""Copies made by the real side-cars, templates, survey and marking read as they were marked."""

import pytest

from mapp_compliance.adapters.render import compile_template
from mapp_compliance.watermark import PackageFile, lay_out, mark, parse_package, survey
from mapp_compliance.watermark.reading import read
from mapp_compliance.watermark.vetting import random_words

SCRIPT = b"""import toy

CARD_FILLER = b"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
CARD_COLOUR = "ivory"
CARD_DESK = 20080

def main():
    toy.put(CARD_FILLER, CARD_COLOUR, CARD_DESK)
"""
MARKS = b"""
[[mark]]
name = "filler"
kind = "filler"
match = 'b"(A{32})"'
charset = "alnum"
[[mark]]
name = "colour"
kind = "choice"
match = 'CARD_COLOUR = "(ivory)"'
values = ["ivory", "linen", "it's so", "cream", "olive"]
[[mark]]
name = "desk"
kind = "integer"
match = 'CARD_DESK = (20080)'
low = 20000
high = 39999
"""
C_FILE = b"""#include "toy.h"
static const unsigned char card_filler[] = {{ filler(32, name='filler') | carray }};
static const unsigned char card_nonce[] = {{ nonce(8, charset='bytes', name='nonce') | carray }};
static const char *card_colour = {{ choice('ivory', 'linen', "it's so", 'cream', 'olive',
                                           site='colour') | cstr }};
static const char *card_owner = {{ name('owner_', name='owner') | cstr }};
static const int card_seal = 0x{{ nonce(4, charset='hex', name='seal') }};
"""
PYTHON_FILE = b"""CARD_NONCE = bytes.fromhex(
    {{ nonce(8, charset='bytes', name='nonce') | hex | pystr }})
ORDER_OF_FIELDS = {{ shuffle(['card owner', 'card colour', 'card desk', 'card seal'],
                             name='order') | pylist }}
PRINTED_AT = {{ timestamp('2026-01-01', '2026-02-01', name='printed') | pystr }}
CARD_PAPER = {{ choice('plain', 'lined', site='paper') | pybytes }}
"""


@pytest.fixture(scope="module")
def package():
    files = {
        "card.py": SCRIPT,
        "card.py.marks.toml": MARKS,
        "card.c.j2": C_FILE,
        "more.py.j2": PYTHON_FILE,
    }
    return parse_package([PackageFile(path, data) for path, data in files.items()])


@pytest.fixture(scope="module")
def site_map(package):
    templates = {
        file.path: compile_template(
            file.path, file.data.decode(), package.rule(file.path).delimiters
        )
        for file in package.files
        if file.is_template
    }
    return survey(package, lay_out(package, templates), site_key=bytes(32))


@pytest.mark.parametrize("number", range(20))
def test_every_site_of_a_real_copy_is_read(package, site_map, piece, number):
    word = list(random_words(site_map, b"reading", number + 1))[number].word
    copy = mark(package, site_map, word)
    parts = [piece(file.data, file.path) for file in copy.files]
    assert read(parts, site_map).symbols == word.symbols


@pytest.mark.parametrize("number", range(5))
def test_each_template_alone_shows_all_that_it_holds(package, site_map, piece, number):
    word = list(random_words(site_map, b"reading", number + 1))[number].word
    for file, laid in zip(mark(package, site_map, word).files, site_map.layout.files, strict=True):
        held = {slot.point for slot in laid.slots()} - {"filler"}
        found = read([piece(file.data)], site_map).symbols
        told = zip(site_map.sites, word.symbols, found, strict=True)
        assert [site.id for site, want, got in told if site.point in held and got != want] == []
