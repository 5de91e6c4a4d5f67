"""What pages, mails and patches put into a text, and that nothing else is taken out."""

import difflib
import html

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapp_compliance.watermark.reading.plain import Usual, placed_in, plain, usual

CODE = (
    b"int f(int a)\n{\n    if (a < 3 && b > 4)\n        return *\"x\" - 'y';\n\n    return -a;\n}\n"
)
LATER = CODE.replace(b"a < 3", b"3 > a").replace(b"-a", b"-(a)")


def unified(before: bytes, after: bytes, context: int = 3) -> bytes:
    lines = [each.decode().splitlines(keepends=True) for each in (before, after)]
    return "".join(difflib.unified_diff(*lines, "a/x", "b/x", n=context)).encode()


def mailed(data: bytes) -> bytes:
    return b"".join(b"> " + line for line in data.splitlines(keepends=True))


def paged(data: bytes) -> bytes:
    return html.escape(data.decode()).encode()


def test_a_page_a_mail_and_a_mail_on_a_page_give_the_text_back():
    assert [plain(each, Usual()) for each in (paged(CODE), mailed(CODE))] == [CODE, CODE]
    assert plain(paged(mailed(CODE)), Usual()) == CODE


@pytest.mark.parametrize("wrap", [lambda data: data, mailed, paged])
def test_a_patch_gives_what_it_keeps_and_adds(wrap):
    found = plain(wrap(unified(CODE, LATER)), Usual())
    assert found.split(b"\0\n")[1].split() == LATER.split()


def test_a_patch_that_only_takes_away_gives_what_it_takes_away():
    assert plain(unified(CODE, b""), Usual()).split(b"\0\n")[1] == CODE


def test_hunks_stay_apart_and_what_stands_around_them_stays():
    before = b"".join(b"line %d\n" % number for number in range(40))
    after = before.replace(b"line 3\n", b"LINE 3\n").replace(b"line 30\n", b"LINE 30\n")
    patch = b"Hello -\n- a list\n" + unified(before, after, 1) + b"Regards\n"
    found = plain(patch, Usual())
    assert found.startswith(b"Hello -\n- a list\n")
    assert found.endswith(b"Regards\n")
    hunks = b"\0\nline 2\n\nLINE 3\nline 4\n\0\nline 29\n\nLINE 30\nline 31\n"
    assert hunks in found


def test_tags_before_the_head_of_a_patch_do_not_hide_it():
    whole = b"".join(b"+" + line for line in CODE.splitlines(keepends=True))
    assert plain(b"<pre>@@ -0,0 +1 @@\n" + whole, Usual()).endswith(b"\0\n" + CODE)


def test_part_of_a_patch_is_told_by_its_lines_alone():
    tail = b"".join(unified(CODE, LATER).splitlines(keepends=True)[3:])
    assert plain(tail, Usual()).replace(b"\n", b"") == LATER.replace(b"\n", b"")


@pytest.mark.parametrize("text", [CODE, b"- a\n- b\n* c\n", b"x = (a\n+ b\n- c)\ny\nz\n"])
def test_code_and_lists_stay_as_they_are(text):
    assert plain(text, Usual()) is text


def test_what_originals_hold_themselves_stays():
    pages = b"escape = {'<': '&lt;', '>': '&gt;'}\n"
    hunk = b"cat <<E\n@@ -1 +1 @@\n-a\n+b\nE\n"
    assert plain(pages + hunk, usual([pages, hunk])) == pages + hunk
    assert plain(paged(pages + hunk), usual([pages, hunk])) == pages + hunk


@given(st.lists(st.sampled_from([b"@@ -1 +1 @@", b"+a", b"-b", b" &lt;c", b"> d", b"e", b""])))
@settings(max_examples=200, deadline=None, derandomize=True)
def test_lines_stay_where_they_are(lines):
    data = b"\n".join(lines)
    text = plain(data, Usual())
    assert text.count(b"\n") == data.count(b"\n")
    place = placed_in(data, text)
    places = [place(offset) for offset in range(len(text) + 1)]
    assert all(
        data.count(b"\n", 0, at) >= text.count(b"\n", 0, offset) for offset, at in enumerate(places)
    )
    assert places == sorted(places)
    assert places[-1] <= len(data)
