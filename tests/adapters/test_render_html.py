"""Rendered reports and letters."""

import json
import re
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapp_compliance.adapters.render.html import TemplateRenderer, figure, one_in
from mapp_compliance.audit import Model, parse_finding
from mapp_compliance.errors import InvalidInput
from mapp_compliance.values import DAY, shown
from tests.audit.examples import (
    NOW,
    VERDICTS,
    a_case,
    case_memos,
    case_report,
    distribution_report,
    letters,
    memos,
    notice,
    verdict_document,
)
from tests.audit.test_commonality_report import REAL
from tests.audit.test_commonality_report import report as commonality_report
from tests.audit.test_words import FORBIDDEN

SHIPPED = Path(__file__).parents[2] / "templates"
VOID = {"meta", "img", "br", "link", "input", "hr"}
HOSTILE = ("<script>alert(1)</script>\"&'", "\u202egnp.exe\x1b[31m\x00", "{{ 7*7 }}", "#$%`\n</td>")


@cache
def renderer() -> TemplateRenderer:
    return TemplateRenderer([SHIPPED])


@cache
def rendered(model: Model) -> str:
    return renderer().render(model.template, model.document())


class Page(HTMLParser):
    """Checks that tags nest, and collects what the tests ask for."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.words += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def reports() -> list[Model]:
    named = [*(case_report(verdict) for verdict in VERDICTS), distribution_report()]
    return [*named, commonality_report(REAL)]


@pytest.mark.parametrize("model", reports(), ids=lambda model: type(model).__name__)
def test_a_report_is_a_sound_page_by_itself(model: Model) -> None:
    page = Page(rendered(model))
    assert page.all("html") == [{"lang": "en"}]
    assert len(page.all("h1")) == 1
    assert page.all("script") == page.all("link") == page.all("iframe") == []
    assert all(one["alt"] for one in page.all("img"))
    assert all(str(one["src"]).startswith("data:image/svg+xml;base64,") for one in page.all("img"))
    assert all(one.get("scope") in {"col", "row"} for one in page.all("th"))


@pytest.mark.parametrize("model", reports(), ids=lambda model: type(model).__name__)
def test_headings_go_down_one_step_at_a_time(model: Model) -> None:
    levels = [int(tag[1]) for tag, _ in Page(rendered(model)).tags if re.fullmatch("h[1-6]", tag)]
    assert all(after - before <= 1 for before, after in pairwise(levels))


@pytest.mark.parametrize("model", reports(), ids=lambda model: type(model).__name__)
def test_a_report_points_to_nothing_outside(model: Model) -> None:
    text = rendered(model)
    assert re.search(r"(?:https?:)?//\w", re.sub(r"data:image[^\"]*", "", text)) is None
    assert "url(" not in text
    assert "@import" not in text


def test_the_same_model_gives_the_same_bytes() -> None:
    for model in (case_report(), distribution_report(), *letters(), *memos(), *case_memos()):
        again = TemplateRenderer([SHIPPED]).render(model.template, model.document())
        assert again == rendered(model)


@pytest.mark.parametrize("verdict", VERDICTS)
def test_no_page_accuses(verdict: str) -> None:
    assert FORBIDDEN.search(Page(rendered(case_report(verdict))).words) is None


def test_no_letter_accuses() -> None:
    assert [
        one for one in (*letters(), *memos(), *case_memos()) if FORBIDDEN.search(rendered(one))
    ] == []


@pytest.mark.parametrize("verdict", VERDICTS)
def test_the_answer_stands_on_the_page(verdict: str) -> None:
    report = case_report(verdict)
    answer = report.document()["answer"]
    assert shown(answer["text"]) in Page(rendered(report)).words  # type: ignore[call-overload,index]  # plain data


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_come_out_as_visible_text(name: str) -> None:
    report = case_report("COPY_IDENTIFIED", (name,) * 6)
    for text in (rendered(report), rendered(distribution_report((name,) * 6))):
        page = Page(text)
        assert shown(name) in page.words
        assert page.all("script") == []
        assert not any(ch in text for ch in "\u202e\x1b\x00")


@settings(max_examples=40, derandomize=True, deadline=None)
@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=30))
def test_any_name_in_a_letter_stays_one_visible_line(name: str) -> None:
    assert f"To {shown(name)}\n" in rendered(notice(name))


def test_a_hostile_statement_is_shown_line_by_line() -> None:
    case = a_case(statement="first\n<script>\u202e")
    page = Page(rendered(replace(case_report(), case=case)))
    assert "first" in page.words
    assert "<script>⟨U+202E⟩" in page.words


def test_the_page_shows_the_figures_of_the_json_report() -> None:
    report = case_report()
    words = Page(rendered(report)).words
    kept = json.loads(json.dumps(report.document()))
    assert kept["copies"][0]["p_value"] in words
    assert f"{float(kept['bound']['family_wise']):.3g}" in words
    assert all(leaf["digest"] in words for leaf in kept["proofs"]["leaves"])


def test_a_run_without_a_finding_says_so_plainly() -> None:
    words = Page(rendered(case_report("NO_LINK"))).words
    for line in (
        "No link between the sample and any distribution of this program was found.",
        "No marks were scored in this run, so there is no bound to state.",
        "No measure was proposed.",
        "No advisory was identified",
    ):
        assert line in words


def test_every_shipped_report_and_letter_is_rendered_here() -> None:
    used = {one.template for one in (*reports(), *letters(), *memos(), *case_memos())}
    shipped = {
        str(path.relative_to(SHIPPED))
        for folder in ("reports", "letters", "memos")
        for path in (SHIPPED / folder).glob("*.j2")
    }
    assert shipped - used == {"reports/page.html.j2"}


def test_a_parcels_words_can_be_rendered() -> None:
    words = {
        "program": "Program",
        "advisory": "EX-1",
        "terms": "2026-02",
        "marking_notice": "2026-02",
        "tlp": "TLP:AMBER",
        "embargo_until": "2026-12-08T18:00:00Z",
        "handling": ["Keep it to yourself."],
        "unmarked": "",
        "contact": "program@example.test",
    }
    for name in ("parcel/TERMS.txt.j2", "parcel/HOWTO-OPEN.txt.j2"):
        assert "EX-1" in renderer().render(name, words)


def test_the_users_template_goes_before_the_shipped_one(tmp_path: Path) -> None:
    own = tmp_path / "letters"
    own.mkdir()
    (own / "embargo-moved.txt.j2").write_text("Our own words for {{ advisory }}.\n")
    both = TemplateRenderer([tmp_path, SHIPPED])
    letter = next(one for one in letters() if "embargo-moved" in one.template)
    assert both.render(letter.template, letter.document()) == "Our own words for EX-2026-014.\n"
    assert "Notice in case" in both.render(notice().template, notice().document())


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("fine\n{{ missing }}", 2),
        ("{{ row.missing }}", 1),
        ("\n\n{% if %}", 3),
        ("{{ nothing }}", 1),
        ("{{ row }}", 1),
        ("a\n{{ 1 / 0 }}", 2),
        ("{{ row.items }}", 1),
        ("{{ ''.__class__.__mro__ }}", 1),
        ("{{ picture('other', row) }}", 1),
        ("{{ 'x' | figure }}", 1),
        ("{% include 'nowhere.j2' %}", None),
    ],
)
def test_a_fault_in_a_template_is_told_with_its_place(
    tmp_path: Path, source: str, line: int | None
) -> None:
    (tmp_path / "x.html.j2").write_text(source)
    with pytest.raises(InvalidInput) as caught:
        TemplateRenderer([tmp_path]).render("x.html.j2", {"row": {"a": 1}, "nothing": None})
    assert caught.value.where == ("x.html.j2" if line is None else f"x.html.j2:{line}")


def test_an_unknown_template_is_told() -> None:
    with pytest.raises(InvalidInput, match="templates folder"):
        renderer().render("letters/none.txt.j2", {})


@pytest.mark.parametrize("name", ["../pyproject.toml", "/etc/hostname"])
def test_a_template_outside_the_folders_cannot_be_read(name: str) -> None:
    with pytest.raises(InvalidInput):
        renderer().render(name, {})


def test_letters_do_not_wait_for_the_plotting_library() -> None:
    source = Path(SHIPPED.parent / "mapp_compliance/adapters/render/html.py").read_text()
    heads = [line for line in source.splitlines() if line.startswith(("import ", "from "))]
    assert not any("matplotlib" in line or "charts" in line for line in heads)


def test_who_else_had_the_material_stands_on_the_page_without_a_name() -> None:
    page = Page(rendered(case_report()))
    assert "Who else had the material" in page.words
    assert "can point at any of them, or clear them" in page.words
    assert case_report().document()["access"]["others"][-1] == {  # type: ignore[index,call-overload]
        "kind": "government",
        "holders": 2,
        "people": 41,
        "since": "2026-11-25T18:00:00Z",
    }
    assert "Who else" not in Page(rendered(case_report("NO_LINK"))).words


@settings(max_examples=200, derandomize=True)
@given(st.floats(1e-11, 1.0))
def test_no_chance_is_made_smaller_by_rounding(chance: float) -> None:
    assert float(figure(repr(chance))) >= chance
    assert 1 / int(one_in(repr(chance)).removeprefix("1 in ").replace(",", "")) >= chance


def test_a_copy_that_fits_though_none_is_named_is_explained() -> None:
    words = " ".join(Page(rendered(case_report("CONFLICTING_MARKS"))).words.split())
    assert "One copy fits beyond the level below. Fitting is not enough" in words


def test_a_run_that_nothing_could_be_read_in_ranks_no_copies() -> None:
    document = verdict_document("LEAD_ONLY")
    document["information"] |= {"code_sites_read": 0}  # type: ignore[operator]  # a table
    page = Page(rendered(replace(case_report("LEAD_ONLY"), finding=parse_finding(document))))
    assert "all copies score alike" in page.words
    assert "candidate-1" not in page.words


def test_a_release_that_did_not_come_is_not_told_as_planned() -> None:
    report = distribution_report()
    late = replace(report, heading=replace(report.heading, written_at=NOW + 30 * DAY))
    assert "planned for 2026-12-08 18:00 UTC" in Page(rendered(report)).words
    assert "no release is on record" in Page(rendered(late)).words
