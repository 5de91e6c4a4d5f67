"""Every letter and memo as its reader sees it: no word too many, nobody else in it."""

import re
from itertools import pairwise

import pytest

from mapp_compliance.adapters.render.html import TemplateRenderer
from mapp_compliance.app import shipped
from tests.audit.examples import ADVISORY, COPIES, NAMES, case_memos, letters, memos

RENDERER = TemplateRenderer([shipped("templates")])
BANNED = (
    *("guilty", "guilt", "leaked by", "leaker", "culprit", "suspect", "perpetrator", "thief"),
    *("you leaked", "you passed", "responsible for the leak", "proven", "certainly", "likely"),
    *("copied from", "accused", "offender", "your fault", "beyond doubt"),
)
LETTERS = [(type(one).__name__, RENDERER.render(one.template, one.document())) for one in letters()]
MEMOS = [
    (type(one).__name__, RENDERER.render(one.template, one.document()))
    for one in (*memos(), *case_memos())
]
ALL = [
    pytest.param(text, id=f"{name}-{place}") for place, (name, text) in enumerate(LETTERS + MEMOS)
]


@pytest.mark.parametrize("text", ALL)
@pytest.mark.parametrize("word", BANNED)
def test_no_text_holds_a_banned_word(text, word):
    plain = " ".join(text.split())
    assert not re.search(rf"\b{word}\b", plain, re.IGNORECASE)


@pytest.mark.parametrize("text", ALL)
def test_no_text_names_another_partner_or_the_title(text):
    assert not any(name in text for name in NAMES[1:])
    assert ADVISORY.title not in text


@pytest.mark.parametrize(("name", "text"), LETTERS)
def test_a_letter_names_no_copy_of_another_recipient(name, text):
    others = [copy.id for copy in COPIES[2:]]
    assert not any(other in text for other in others), name


@pytest.mark.parametrize("text", ALL)
def test_a_text_keeps_to_its_width_and_has_no_gaps(text):
    lines = text.splitlines()
    assert max(len(line) for line in lines) <= 105
    assert all(one or other for one, other in pairwise(lines))


@pytest.mark.parametrize(("name", "text"), MEMOS)
def test_a_memo_names_no_partner(name, text):
    assert not any(copy.recipient in text for copy in COPIES if not copy.internal), name


@pytest.mark.parametrize("name", ["Pause", "TermsChange", "Closing", "Clearance"])
def test_what_is_no_finding_says_that_it_stands_on_no_record(name):
    for text in (text for kind, text in LETTERS if kind == name):
        assert re.search(r"record", " ".join(text.split())), text


def test_every_template_of_a_letter_or_memo_is_covered():
    folder = shipped("templates")
    known = {
        f"{room}/{path.name}"
        for room in ("letters", "memos")
        for path in (folder / room).glob("*.j2")
    }
    assert known == {one.template for one in (*letters(), *memos(), *case_memos())}
