"""Orders by the author's consent: which lists vary, what stays, and that a copy is still read."""

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapp_compliance.attribution import Part
from mapp_compliance.attribution.unwrap import unwrap
from mapp_compliance.attribution.views import with_views
from mapp_compliance.watermark import (
    Codeword,
    PackageFile,
    SiteMap,
    check_static,
    is_by_consent,
    lay_out,
    mark,
    original,
    parse_package,
    read,
    survey,
    with_orders,
)
from mapp_compliance.watermark.carriers.points import lay_out_lists
from mapp_compliance.watermark.package import Package
from tests.watermark.packs.documents import ALTERATIONS, WHOLE

ADVISORY = """# Card reader

What a site needs:

- a reader of the older series with the long slot
- a desk that prints cards on plain paper
- one operator who knows the service menu
- some paper with a printed border

Not affected are:

* terminals that were sold without a printer
* readers of the new series with two slots

1. Open the service menu.
2. Choose the long card.
"""
SCRIPT = b"""TABLE = {"left": 1, "right": 2, "above": 3, "below": 4}


def one(a):
    return a


def two(b):
    return b
"""
LOW = b"[package]\nmin_code_sites = 1\n"


def mapped(files: dict[str, bytes], consents: bool = True) -> tuple[Package, SiteMap]:
    given = [*files.items(), ("mapp-package.toml", files.get("mapp-package.toml", LOW))]
    package = parse_package([PackageFile(path, data) for path, data in dict(given).items()])
    package = with_orders(package) if consents else package
    return package, survey(package, lay_out(package, {}), bytes(32))


def varied(files: dict[str, bytes], consents: bool = True) -> set[str]:
    _, site_map = mapped(files, consents)
    return {point.form for point in site_map.layout.points if is_by_consent(point)}


def lists(text: str) -> list[tuple[bytes, ...]]:
    return [point.values for point in lay_out_lists("a.md", text.encode()).points]


def test_without_consent_no_order_varies():
    files = {"a.md": ADVISORY.encode(), "poc.py": SCRIPT + b"# One.\nX = 'a' if TABLE else 'b'\n"}
    assert varied(files, consents=False) == set()
    assert varied(files) == {"list", "definitions", "entries"}


def test_a_manifest_that_names_the_marks_of_a_file_has_the_last_word():
    manifest = LOW + b'[[file]]\npath = "poc.py"\n[[file]]\npath = "a.md"\nmarks = []\n'
    files = {"a.md": ADVISORY.encode(), "poc.py": SCRIPT, "mapp-package.toml": manifest}
    assert varied(files) == {"definitions", "entries"}


def test_declared_points_keep_their_places_beside_the_orders():
    marks = b"[[mark]]\nname='who'\nkind='filler'\nmatch='(operator)'\ncharset='lower'\n"
    files = {"a.md": ADVISORY.encode(), "a.md.marks.toml": marks}
    package, site_map = mapped(files)
    orders = [point for point in site_map.layout.points if point.form == "list"]
    assert [len(point.values) for point in orders] == [2]  # not the list that holds the operator
    assert original(package, site_map).files[0].data == ADVISORY.encode()


@pytest.mark.parametrize("name", WHOLE)
def test_the_order_of_lists_is_read_after_what_is_done_to_a_text(name: str):
    package, site_map = mapped({"a.md": ADVISORY.encode()})
    for symbols in ((0, 0, 0), (1, 0, 1), (0, 1, 1)):
        marked = mark(package, site_map, Codeword(symbols))
        check_static(marked, package)
        leak = ALTERATIONS[name](marked.files[0].data.decode()).encode()
        seen = read(with_views(unwrap((Part(leak, "leak"),))).parts, site_map)
        assert seen.symbols == symbols


def test_a_copy_has_the_same_items_and_everything_else_in_its_place():
    package, site_map = mapped({"a.md": ADVISORY.encode()})
    seen = set()
    for symbols in ((0, 0, 0), (1, 1, 1)):
        (file,) = mark(package, site_map, Codeword(symbols)).files
        assert sorted(file.data.splitlines()) == sorted(ADVISORY.encode().splitlines())
        seen.add(file.data)
    assert len(seen) == 2


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("- open the long card first\n- close the short card now\n", "speaks of its place"),
        ("- a reader with a card,\n- a desk with a printer\n", "ends open"),
        ("- a reader with a card.\n- a desk with a printer\n", "ends otherwise"),
        ("- a reader\n- a desk\n", "too short"),
        ("- a reader with a card\n  - an inner item here\n- a desk of wood\n", "list inside"),
        ("- a reader with a card\n- a desk of wood\nand a line of nobody\n", "lazy line"),
        ("1. a reader with a card\n2. a desk with a printer\n", "numbered"),
        ("```\n- a reader with a card\n- a desk with a printer\n```\n", "code"),
        ("- a reader with a card\n- a reader with a card\n", "twice the same"),
        ("- a reader with a card\n* a desk with a printer\n", "two lists"),
    ],
)
def test_a_list_whose_order_may_say_something_stays(text: str, why: str):
    assert lists(text) == [], why


def test_an_item_of_several_lines_moves_as_a_whole():
    text = "- a reader that has\n  a long slot\n- a desk of the old sort\n"
    assert lists(text) == [(b"a reader that has\n  a long slot", b"a desk of the old sort")]


def test_a_list_may_follow_its_lead_line_at_once():
    assert len(lists("Needs:\n- a reader with a card\n- a desk of the old sort\n")) == 1


def test_line_ends_of_windows_are_no_part_of_an_item():
    text = "- a reader with a card\r\n- a desk of the old sort\r\n"
    assert lists(text) == [(b"a reader with a card", b"a desk of the old sort")]


TEXT_LINES = ["- a b c", "- d e f", "* x y z", "  more", "", "```", "text"]
PAGE_PIECES = ["<ul>", "</ul>", "<li>", "</li>", "a b c", " d e f", "<!--"]


@given(
    st.lists(st.sampled_from(TEXT_LINES)).map("\n".join).map(lambda text: ("a.md", text))
    | st.lists(st.sampled_from(PAGE_PIECES)).map("".join).map(lambda text: ("a.html", text))
)
def test_any_text_is_laid_out_as_itself(file: tuple[str, str]):
    path, data = file[0], file[1].encode()
    package = with_orders(parse_package([PackageFile(path, data), PackageFile("b", b"x")]))
    layout = lay_out(package, {})
    (laid,) = (each for each in layout.files if each.path == path)
    points = {point.name: point for point in layout.points}
    written = b"".join(
        piece if isinstance(piece, bytes) else points[piece.point].values[piece.item or 0]  # type: ignore[union-attr]
        for piece in laid.segments
    )
    assert written == data


@given(st.binary(max_size=200))
def test_any_bytes_have_a_layout(data: bytes):
    assert lay_out_lists("a.md", data).files[0].path == "a.md"


PAGE = """<!doctype html>
<html><head><title>Card reader</title><style>ul > li { margin: 0 }</style></head><body>
<h1>Card reader</h1>
<p>What a site needs:</p>
<ul>
  <li>a reader of the <b>older</b> series with the long slot</li>
  <li>a desk that prints cards on plain&nbsp;paper</li>
  <li>one operator who knows the <code>service</code> menu</li>
  <li>some paper with a printed border</li>
</ul>
<!-- <ul><li>nobody reads this line</li><li>and nobody reads that line</li></ul> -->
<p>Not affected are:</p>
<ul class="plain"><li>terminals that were sold without a printer</li><li>readers of the new series
with two slots</li></ul>
<ol><li>Open the service menu.</li><li>Choose the long card.</li></ol>
</body></html>
"""


def page_lists(text: str) -> list[tuple[bytes, ...]]:
    return [point.values for point in lay_out_lists("a.html", text.encode()).points]


ON_A_PAGE = sorted(
    name for name in WHOLE if not any(word in name for word in ("HTML", "page", "bullets"))
)


@pytest.mark.parametrize("name", [*ON_A_PAGE, "copied from the page"])
def test_the_order_of_a_list_of_a_page_is_read_after_what_is_done_to_it(name: str):
    package, site_map = mapped({"a.html": PAGE.encode()})
    for symbols in ((0, 0, 0), (1, 0, 1), (0, 1, 1)):
        marked = mark(package, site_map, Codeword(symbols))
        check_static(marked, package)
        text = marked.files[0].data.decode()
        bare = html.unescape(re.sub(r"<[^<>]*>", "", text))
        leak = (ALTERATIONS[name](text) if name in ALTERATIONS else bare).encode()
        seen = read(with_views(unwrap((Part(leak, "leak"),))).parts, site_map)
        assert seen.symbols == symbols


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("<ul><li>open the long card first</li><li>close the short card</li></ul>", "its place"),
        ("<ul><li>a reader with a card</li><li>a desk<ul><li>x</li></ul></li></ul>", "inner list"),
        ("<ul><li id='a'>a reader with a card</li><li>a desk of wood</li></ul>", "attributes"),
        ("<ul><li>a reader with a card<li>a desk with a printer</ul>", "no ends"),
        ("<ul><li>a reader with a card</li>and <li>a desk of wood</li></ul>", "text between"),
        ("<ol><li>a reader with a card</li><li>a desk of old wood</li></ol>", "numbered"),
        ("<ul><li><i>a</i> reader</li><li>a <b>long</b></li></ul>", "two words"),
        ("<script>x='<ul><li>a b c d</li><li>e f g h</li></ul>'</script>", "no list of the page"),
        ("<ul><li>a reader with a card</li><li>a desk of wood</li>", "cut off"),
    ],
)
def test_a_list_of_a_page_whose_order_may_say_something_stays(text: str, why: str):
    assert page_lists(text) == [], why


def test_the_lists_of_a_page_are_those_that_a_reader_sees():
    assert [len(values) for values in page_lists(PAGE)] in ([4, 2], [2, 4])
