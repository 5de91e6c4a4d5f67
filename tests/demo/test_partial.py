"""Treatments that somebody knowing would give to copies: they keep and drop what they say."""

import re

import pytest

from mapp_compliance.demo.partial import TREATMENTS, treated
from mapp_compliance.demo.payload import payload_of
from mapp_compliance.errors import InvalidInput
from tests.demo.test_marked_package import MARKED

ONE, TWO = MARKED[0], MARKED[1]


@pytest.mark.parametrize("name", TREATMENTS)
def test_a_treatment_gives_the_same_bytes_again(name):
    assert treated(name, [ONE, TWO]) == treated(name, [dict(reversed(ONE.items())), TWO])


def test_an_alteration_is_given_to_the_first_copy():
    assert treated("zipped", [ONE, TWO]) == treated("zipped", [ONE])


def value(files, name):
    (line,) = (line for line in files["poc.py"].splitlines() if line.startswith(name + b" = "))
    return line.partition(b" = ")[2]


def test_exchanged_names_stand_in_a_card_that_is_else_the_first_ones():
    (source,) = treated("names-exchanged", [ONE, TWO]).values()
    card = bytes.fromhex("".join(re.findall(r"0x([0-9a-f]{2})", source.decode())))
    assert value(TWO, b"SESSION")[2:-1] in card
    assert value(ONE, b"MEMO")[2:-1] in card
    assert payload_of(ONE)[:10] == card[:10]


def test_blanked_differences_leave_what_two_copies_share():
    tool = treated("differences-blanked", [ONE, TWO])["tool.py"]
    assert value(ONE, b"MEMO") not in tool
    assert value(TWO, b"MEMO") not in tool
    assert b"build_card" in tool


def test_what_was_typed_off_holds_no_filler():
    note = treated("typed-off", [ONE])["note.txt"]
    assert b"(it was session card_" in note
    assert value(ONE, b"NOTE")[2:-1] not in note


def test_a_package_without_such_pieces_cannot_be_typed_off():
    with pytest.raises(InvalidInput, match="demo"):
        treated("typed-off", [{"ADVISORY.md": b"# nothing\n"}])
