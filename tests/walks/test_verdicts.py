"""From leaked bytes to each verdict: whose hands the material went through, and when not to say."""

import json
import random
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from mapp_compliance.advisories import Grade, Stage
from mapp_compliance.attribution.limits import INTAKE
from mapp_compliance.distribution import CopyState
from mapp_compliance.errors import Broken, NeedsApproval, NotFound, Refused
from mapp_compliance.program import Stolen
from mapp_compliance.values import PartnerId, Window
from mapp_compliance.workflows import books, evaluate
from mapp_compliance.workflows.agree import Approvals
from mapp_compliance.workflows.attribute import attribute, replay
from mapp_compliance.workflows.compromise import ReportStolen, report_stolen
from mapp_compliance.workflows.examination import examine_case
from mapp_compliance.workflows.explain import explain
from mapp_compliance.workflows.issue import issue
from mapp_compliance.workflows.matter import IssueAdvisory
from mapp_compliance.workflows.reveal import reveal
from mapp_compliance.workflows.verdictdoc import blind_document
from tests.walks.stories import (
    A1,
    BROKERED,
    DAY,
    DRAFT,
    HOUR,
    LONG,
    SENT,
    SHARED,
    Story,
    emptied,
    recipients,
    value,
    with_value,
)
from tests.world import BOTH

COPY_VALUES = ("NOTE", "MEMO", "SESSION", "TICKET")
ALL_VALUES = (*COPY_VALUES, "TONE", "HUE")


@pytest.fixture
def story() -> Story:
    return Story()


def test_a_whole_copy_names_its_recipient(story: Story) -> None:
    found = story.judged(story.file("P2"))
    assert (found.run.verdict, recipients(found)) == ("COPY_IDENTIFIED", ["P2"])
    assert found.document["candidates"] == 1


def test_a_staff_copy_is_the_vendors_own(story: Story) -> None:
    found = story.judged(story.file("STAFF-1"))
    assert (found.run.verdict, recipients(found)) == ("COPY_IDENTIFIED_INTERNAL", ["STAFF-1"])


def test_what_the_vendor_never_had_comes_from_upstream(story: Story) -> None:
    story.received(Stage.FINDER, DRAFT, "FIND")
    found = story.judged(DRAFT.replace(b"limit", b"most"))
    assert (found.run.verdict, recipients(found)) == ("UPSTREAM_ORIGIN", [])
    assert found.document["artifact"]["stage"] == "finder"  # type: ignore[index]
    assert INTAKE in found.document["limits"]  # type: ignore[operator]  # a list
    assert found.document["candidates"] == 1
    assert found.cases == ()


def test_the_vendors_intake_is_open_only_where_it_had_that_very_version(story: Story) -> None:
    leaked = story.leak(DRAFT)
    story.received(Stage.FINDER, SHARED.encode(), "FIND")
    story.received(Stage.FINDER, DRAFT, "FIND", at=story.world.later(hours=1))
    found = attribute(story.world.desk, leaked).document
    assert (found["verdict"], INTAKE in found["limits"]) == ("UPSTREAM_ORIGIN", False)  # type: ignore[operator]  # a list


def test_the_latest_version_that_has_all_of_it_is_told(story: Story) -> None:
    story.received(Stage.FINDER, DRAFT, "FIND")
    story.received(Stage.BROKER, BROKERED)
    found = story.judged(BROKERED)
    assert found.run.verdict == "UPSTREAM_ORIGIN"
    rows = {row["stage"]: row for row in found.document["stages"]}  # type: ignore[attr-defined]
    assert rows["broker"]["exclusive"]["shown"] > 3
    assert rows["finder"]["exclusive"]["shown"] == rows["sent"]["appeared"]["shown"] == 0
    assert found.document["candidates"] == 2


def test_a_draft_found_after_the_leak_answers_the_same_sample_anew(story: Story) -> None:
    leaked = story.leak(DRAFT)
    before = attribute(story.world.desk, leaked)
    story.received(Stage.FINDER, DRAFT, "FIND")
    after = attribute(story.world.desk, leaked)
    assert (before.run.verdict, after.run.verdict) == ("LINEAGE_ONLY", "UPSTREAM_ORIGIN")
    assert (after.repeated, after.run.t) == (False, before.run.t)
    assert attribute(story.world.desk, leaked).repeated


def test_finder_text_that_all_versions_have_is_lineage_alone(story: Story) -> None:
    story.received(Stage.FINDER, DRAFT)
    found = story.judged(SHARED.encode())
    assert found.run.verdict == "LINEAGE_ONLY"


def test_text_of_the_vendors_without_any_marks_is_of_the_program(story: Story) -> None:
    story.received(Stage.FINDER, DRAFT, "FIND")
    found = story.judged(emptied(story.file("P1"), *ALL_VALUES))
    assert (found.run.verdict, recipients(found)) == ("PROGRAM_ORIGIN_UNRESOLVED", [])
    assert found.document["candidates"] == 5  # three partners, one reader, the vendor


def test_the_same_text_without_a_version_to_compare_is_lineage(story: Story) -> None:
    found = story.judged(emptied(story.file("P1"), *ALL_VALUES))
    assert found.run.verdict == "LINEAGE_ONLY"


def test_identical_copies_name_nobody_and_count_everybody(story: Story) -> None:
    story.received(Stage.FINDER, DRAFT, "FIND")
    command = IssueAdvisory(A1, recipients=(PartnerId("P4"), PartnerId("P5")), unmarked="a drill")
    story.world.later(days=1)
    issue(story.world.desk, command, BOTH)
    story.world.later(hours=3)
    found = story.judged(SENT + b"\n# found on a site\n")
    assert found.run.verdict == "PROGRAM_ORIGIN_UNRESOLVED"
    assert found.document["candidates"] == 7
    assert any("without marks" in text for text in found.document["limits"])  # type: ignore[attr-defined]


@pytest.mark.parametrize("leaked", ["whole", "altered", "text only"])
def test_a_program_without_marks_can_only_count_its_holders(leaked: str) -> None:
    story = Story(unmarked="marks were not known yet")
    story.received(Stage.FINDER, DRAFT, "FIND")
    contents = {
        "whole": SENT,
        "altered": SENT.replace(b"number", b"count") + b"\n# found on a site\n",
        "text only": emptied(SENT, *ALL_VALUES),
    }
    found = story.judged(contents[leaked])
    assert (found.run.verdict, recipients(found)) == ("PROGRAM_ORIGIN_UNRESOLVED", [])
    assert found.document["candidates"] == 5  # three partners, one reader, the vendor
    assert found.cases == ()


def test_a_waves_marks_alone_point_at_all_who_held_that_wave(story: Story) -> None:
    story.world.later(days=1)
    story.world.issue("A1", "P4", "P5")
    story.world.later(hours=3)
    found = story.judged(emptied(story.file("P4"), *COPY_VALUES))
    assert (found.run.verdict, recipients(found)) == ("PROGRAM_ORIGIN_UNRESOLVED", [])
    assert found.document["candidates"] == 2
    limits = found.document["limits"]
    assert "from material held by 2 recipients" in limits[0]  # type: ignore[index]


def test_the_programs_marks_alone_point_at_all_who_held_any_copy(story: Story) -> None:
    found = story.judged(emptied(story.file("P1"), *COPY_VALUES, "TONE"))
    assert found.run.verdict == "PROGRAM_ORIGIN_UNRESOLVED"
    assert found.document["candidates"] == 4


def test_copies_of_two_waves_mixed_keep_the_programs_marks(story: Story) -> None:
    assert value(story.file("P1"), "HUE") == value(story.file("STAFF-1"), "HUE")
    assert value(story.file("P1"), "TONE") == value(story.file("P2"), "TONE")
    assert value(story.file("P1"), "TONE") != value(story.file("STAFF-1"), "TONE")


def test_the_tags_of_another_copy_are_a_conflict(story: Story) -> None:
    framed = story.file("P1")
    for name in ("SESSION", "TICKET"):
        framed = with_value(framed, name, value(story.file("P2"), name))
    found = story.judged(framed)
    assert (found.run.verdict, recipients(found)) == ("CONFLICTING_MARKS", [])
    assert [case.recipient for case in found.cases] == [None]


def test_one_whole_value_of_another_copy_is_a_conflict() -> None:
    story = Story(package=LONG)
    framed = with_value(story.file("P1"), "PLAN", value(story.file("P2"), "PLAN"))
    found = story.judged(framed)
    assert (found.run.verdict, recipients(found)) == ("CONFLICTING_MARKS", [])


def test_two_copies_mixed_byte_by_byte_were_both_used() -> None:
    story = Story(package=LONG)
    one, two = story.file("P1"), story.file("P2")
    mixed = bytes(pair[place % 2] for place, pair in enumerate(zip(one, two, strict=True)))
    found = story.judged(mixed)
    assert (found.run.verdict, recipients(found)) == ("MULTIPLE_COPIES", ["P1", "P2"])


def test_a_package_with_many_sites_gives_its_groups_some_unasked() -> None:
    story = Story(package=LONG)
    found = story.judged(story.file("P1"))
    groups = {row["group"]: row for row in found.document["groups"]}  # type: ignore[attr-defined]
    assert {name: row["agree"] for name, row in groups.items()} == {
        "wave internal": groups["wave internal"]["agree"],
        "wave validate": 16,
        "program": 16,
    }
    assert groups["wave internal"]["p_value"] > 1e-3


def test_a_decoys_marks_open_a_key_compromise_case(story: Story) -> None:
    found = story.judged(story.decoy())
    assert (found.run.verdict, recipients(found)) == ("CONFLICTING_MARKS", [])
    assert "key-compromise case" in found.document["next_steps"][0]  # type: ignore[index]


def test_a_copy_that_never_left_the_house_is_a_conflict(story: Story) -> None:
    copy = story.copy("P3")
    with story.world.store.write() as work:
        work.copies.put(replace(copy, state=CopyState.CANCELLED, delivered_at=None))
    found = story.judged(story.written_by(copy.instance, copy.wave))
    assert found.run.verdict == "CONFLICTING_MARKS"
    assert found.document["vetoes"] == ["the copy that fits never left the house"]


def test_a_word_that_was_never_in_the_book_is_unregistered(story: Story) -> None:
    found = story.judged(story.written_by("nobody", "validate.other"))
    assert found.run.verdict in {"UNREGISTERED_COPY", "PROGRAM_ORIGIN_UNRESOLVED"}
    assert recipients(found) == []


def test_where_issue_and_sighting_overlap_nobody_is_named(story: Story) -> None:
    around = Window(story.issued_at - HOUR, story.issued_at + HOUR)
    found = story.judged(story.file("P1"), posted=around)
    assert (found.run.verdict, recipients(found)) == ("LEAD_ONLY", [])
    assert "order is unknown" in found.document["vetoes"][0]  # type: ignore[index]


def test_a_sample_from_before_the_issue_cannot_come_from_a_copy(story: Story) -> None:
    before = Window(story.issued_at - 2 * HOUR, story.issued_at - HOUR)
    found = story.judged(story.file("P1"), posted=before)
    assert (found.run.verdict, recipients(found)) == ("CONFLICTING_MARKS", [])


def test_use_before_the_first_issue_tells_lineage_apart(story: Story) -> None:
    story.received(Stage.FINDER, DRAFT)
    story.seen_used(Window(story.issued_at - 9 * DAY, story.issued_at - 8 * DAY))
    found = story.judged(SHARED.encode())
    assert found.run.verdict == "LINEAGE_ONLY_EARLIER_EXPLOITATION"
    assert found.document["candidates"] == 6  # four with copies, the finder, the vendor


@pytest.mark.parametrize(("source", "credibility"), [("E", 2), ("B", 5), ("F", 6)])
def test_a_doubted_report_of_use_changes_nothing(
    story: Story, source: str, credibility: int
) -> None:
    window = Window(story.issued_at - 9 * DAY, story.issued_at - 8 * DAY)
    story.seen_used(window, Grade(source), credibility)
    assert story.judged(SHARED.encode()).run.verdict == "LINEAGE_ONLY"


def test_use_around_the_first_issue_is_not_before_it(story: Story) -> None:
    story.seen_used(Window(story.issued_at - HOUR, story.issued_at + HOUR))
    found = story.judged(SHARED.encode())
    assert found.run.verdict == "LINEAGE_ONLY"
    assert any("unknown" in text for text in found.document["limits"])  # type: ignore[attr-defined]


def test_a_named_copy_does_not_explain_earlier_attacks(story: Story) -> None:
    story.seen_used(Window(story.issued_at - 9 * DAY, story.issued_at - 8 * DAY))
    found = story.judged(story.file("P2"))
    assert (found.run.verdict, recipients(found)) == ("COPY_IDENTIFIED", ["P2"])
    assert any("not explained" in text for text in found.document["limits"])  # type: ignore[attr-defined]


def test_a_set_of_two_advisories_is_read_for_the_strongest_and_says_so(story: Story) -> None:
    other = "".join(
        f"def step_{n}(left, right):\n    return left * {n} + right ** {n} - {n * 7}\n"
        for n in range(12)
    )
    story.world.advisory("A2", days=30)
    story.world.attach(
        "A2",
        {
            "other.py": other.encode() + b'FILL = "' + b"E" * 40 + b'"\n',
            "other.py.marks.toml": (
                b"[[mark]]\nname='f'\nkind='filler'\nmatch='FILL = \"(E{40})\"'\n"
            ),
        },
    )
    found = story.judged(story.file("P1"), other.encode())
    assert recipients(found) == ["P1"]
    assert {item["advisory"] for item in found.document["other_artifacts"]} == {"A2"}  # type: ignore[attr-defined]
    assert any("another advisory" in text for text in found.document["limits"])  # type: ignore[attr-defined]


def test_every_run_replays_to_the_same_digest_whatever_came_later(story: Story) -> None:
    story.received(Stage.FINDER, DRAFT)
    runs = [
        story.judged(content).run
        for content in (story.file("P1"), DRAFT, SHARED.encode(), b"nothing of ours" * 9)
    ]
    story.received(Stage.BROKER, BROKERED)
    story.seen_used(Window(story.issued_at - 9 * DAY, story.issued_at - 8 * DAY))
    story.world.issue("A1", "P4", "P5")
    for run in runs:
        assert replay(story.world.desk, run) == run.digest


def test_other_names_countries_and_tiers_give_the_same_bytes(story: Story) -> None:
    found = story.judged(story.file("P2")).run
    story.renamed()
    assert replay(story.world.desk, found) == found.digest
    body = json.loads(found.document)
    assert "P2" not in json.dumps(body)


def test_a_blind_verdict_shows_pseudonyms_only(story: Story) -> None:
    found = story.judged(story.file("P2"))
    shown = json.dumps(blind_document(story.world.desk, found.run))
    copy = story.copy("P2")
    assert not any(secret in shown for secret in (copy.recipient, copy.id, copy.instance))
    named = blind_document(story.world.desk, found.run)["copies"][0]["copy"]
    assert named in {row["pseudonym"] for row in found.document["scores"]}  # type: ignore[attr-defined]


def test_an_explanation_tells_of_one_copy_and_names_no_other(story: Story) -> None:
    sample = story.leak(story.file("P2"))
    found = attribute(story.world.desk, sample)
    own = explain(story.world.desk, sample, str(story.copy("P2").id))
    assert all(row["agrees"] for row in own["sites"])
    assert own["needed"]["within_bound"]
    assert sum(row["score_c1"] for row in own["channels"]) == own["score"]
    other = next(
        row["pseudonym"]
        for row in found.document["scores"]  # type: ignore[attr-defined]
        if row["pseudonym"] != own["explained"]["pseudonym"]
    )
    second = explain(story.world.desk, sample, other)
    assert second["explained"]["copy"] is None
    assert second["needed"]["bits_missing"] > 0
    assert "P1" not in json.dumps(second)
    with pytest.raises(NotFound):
        explain(story.world.desk, sample, str(story.copy("P1").id))


def test_whoever_was_shown_the_name_can_neither_examine_nor_approve(story: Story) -> None:
    case = story.judged(story.file("P2")).cases[0]
    with pytest.raises(NeedsApproval):
        reveal(story.world.desk, case.id, "to call them", Approvals())
    shown = reveal(story.world.desk, case.id, "to call them", Approvals(("cleo",)))
    assert (shown.recipient, shown.to) == ("P2", "cleo")
    with pytest.raises(Refused):
        examine_case(story.world.desk, case.id, "confirmed", Approvals(("cleo",)))
    with story.world.store.read() as work:
        assert [event.by for event in work.events(case.id) if event.what == "name revealed"]
        assert work.ledger.leaves()[-1].kind == "reveal"


def reported(story: Story, what: Stolen, subject: str) -> None:
    command = ReportStolen(what, subject, story.issued_at + HOUR, "a break-in")
    report_stolen(story.world.desk, command)


def test_a_copy_reported_stolen_before_the_sample_is_a_lead(story: Story) -> None:
    reported(story, Stolen.COPY, story.copy("P2").id)
    found = story.judged(story.file("P2"))
    assert (found.run.verdict, recipients(found)) == ("LEAD_ONLY", [])


def test_a_theft_reported_after_the_sample_is_for_the_hearing(story: Story) -> None:
    sample = story.leak(story.file("P2"))
    story.world.later(hours=1)
    reported(story, Stolen.COPY, story.copy("P2").id)
    found = attribute(story.world.desk, sample)
    assert (found.run.verdict, recipients(found)) == ("COPY_IDENTIFIED", ["P2"])
    assert any("hearing" in text for text in found.document["limits"])  # type: ignore[attr-defined]


def test_a_stolen_program_key_stops_every_name_whenever_it_is_reported(story: Story) -> None:
    sample = story.leak(story.file("P2"))
    before = attribute(story.world.desk, sample).run
    story.world.later(hours=1)
    reported(story, Stolen.PROGRAM_KEY, "1")
    after = attribute(story.world.desk, sample)
    assert (before.verdict, after.run.verdict) == ("COPY_IDENTIFIED", "LEAD_ONLY")
    assert "key-compromise" in after.document["next_steps"][0]  # type: ignore[index]
    assert replay(story.world.desk, before) == before.digest


def by_tags(story: Story) -> bytes:
    """Of one copy's code a little, and both of its tags: the tags must add to name it."""
    script = emptied(story.file("P2"), "MEMO", "TONE", "HUE")
    return with_value(script, "NOTE", value(story.file("P2"), "NOTE")[:18] + b"-" * 30)


LEAKS = {"whole": lambda story: story.file("P2"), "by tags": by_tags}


def test_tags_of_two_channels_add_to_a_code_that_supports_them(story: Story) -> None:
    assert recipients(story.judged(by_tags(story))) == ["P2"]


def swapped_key(monkeypatch: pytest.MonkeyPatch) -> None:
    true = books.mark_key
    for module in (books, evaluate):
        monkeypatch.setattr(
            module, "mark_key", lambda desk, first: true(desk, replace(first, advisory="A9"))
        )


def shifted_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    true = evaluate.book_of

    def shifted(*arguments: Any) -> Any:
        book = true(*arguments)
        tags = (*book.tags[-3:], *book.tags[:-3])
        return replace(book, words=np.roll(book.words, 3, axis=0), tags=tags)

    monkeypatch.setattr(evaluate, "book_of", shifted)


def shifted_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    true = evaluate.book_of

    def shifted(*arguments: Any) -> Any:
        book = true(*arguments)
        tags = tuple(row[::-1] for row in book.tags)
        return replace(book, words=np.roll(book.words, 1, axis=1), tags=tags)

    monkeypatch.setattr(evaluate, "book_of", shifted)


@pytest.mark.parametrize("leak", LEAKS)
@pytest.mark.parametrize("sabotage", [swapped_key, shifted_rows, shifted_columns])
def test_a_book_that_was_not_committed_to_names_nobody_by_any_path(
    story: Story, leak: str, sabotage: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = LEAKS[leak](story)
    sabotage(monkeypatch)
    with pytest.raises(Broken, match="nobody can be named"):
        story.judged(content)


@pytest.mark.parametrize("leak", LEAKS)
@pytest.mark.parametrize("sabotage", [swapped_key, shifted_columns])
def test_without_that_check_a_foreign_book_still_names_nobody_by_any_path(
    story: Story, leak: str, sabotage: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = LEAKS[leak](story)
    monkeypatch.setattr(evaluate, "check_committed", lambda *_: None)
    sabotage(monkeypatch)
    found = story.judged(content)
    assert recipients(found) == []
    # The group marks come from the key too: with a foreign one they fit nothing either.
    assert found.run.verdict in {
        "UNREGISTERED_COPY",
        "INSUFFICIENT",
        "CONFLICTING_MARKS",
        "PROGRAM_ORIGIN_UNRESOLVED",
    }


@pytest.mark.parametrize("seed", range(3))
def test_a_reader_that_returns_noise_names_nobody_by_any_path(
    story: Story, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = type(story.world.desk.isolation)
    chance, true = random.Random(f"noise {seed}"), reader.read

    def noisy(child: Any, parts: Any, site_map: Any) -> Any:
        symbols = tuple(chance.randrange(site.space) for site in site_map.sites)
        return replace(true(child, parts, site_map), symbols=symbols)

    content = story.file("P2") + b"# %d\n" % seed  # no sample that was answered before
    monkeypatch.setattr(reader, "read", noisy)
    found = story.judged(content)
    assert recipients(found) == []
    assert not found.repeated


def test_sites_that_a_shipped_detection_shows_are_left_out_and_counted(story: Story) -> None:
    sample = story.leak(story.file("P2"))
    shown = frozenset(f"note/{place}" for place in range(48))
    found = attribute(story.world.desk, sample, excluded=shown)
    assert recipients(found) == ["P2"]
    assert found.document["information"]["code_sites_read"] == 40  # type: ignore[index]
    assert "48 sites were left out" in " ".join(found.document["limits"])  # type: ignore[arg-type]
    assert replay(story.world.desk, found.run) == found.run.digest
    everything = shown | {f"memo/{place}" for place in range(40)}
    assert recipients(attribute(story.world.desk, sample, excluded=everything)) == []
