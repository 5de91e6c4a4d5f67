"""Every verb against the command contract: keys, exit codes, what stands on which stream."""

import json
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import pytest

from mapp_compliance.trust import digest
from tests.cli.line import (
    ADVISORY,
    LEAKED,
    MARKS,
    POC,
    RELEASE,
    SENT,
    Line,
    call,
    package,
)
from tests.cli.world import World, served, started

COPY_KEYS = {"copy", "recipient", "state", "digest", "parcel"}
VERDICT_KEYS = {
    *("verdict", "sample", "artifact", "other_artifacts", "copies", "scores", "candidates"),
    *("bound", "method", "custody_level", "evidence", "phantom_control", "vetoes", "limits"),
    "next_steps",
}
CASE_KEYS = {"id", "state", "proposal", "approvals", "actions"}


@pytest.fixture(scope="module")
def at_start(tmp_path_factory: pytest.TempPathFactory) -> World:
    return started(tmp_path_factory.mktemp("started"))


@pytest.fixture(scope="module")
def all_served(tmp_path_factory: pytest.TempPathFactory) -> World:
    return served(tmp_path_factory.mktemp("served"))


@pytest.fixture
def draft(at_start: World, tmp_path: Path) -> World:
    return at_start.copied(tmp_path)


@pytest.fixture
def world(all_served: World, tmp_path: Path) -> World:
    return all_served.copied(tmp_path)


def test_init_with_the_demo_profile_makes_three_local_people(tmp_path: Path) -> None:
    home = tmp_path / "home"
    made = Line(home).json("init", "--profile", "demo")
    assert {"home", "program", "policy", "users", "independence"} <= set(made)
    assert [(user["user"], user["role"]) for user in made["users"]] == [
        ("ann", "program-manager"),
        ("bob", "approver"),
        ("cleo", "examiner"),
    ]
    assert made["independence"] == "none"
    assert made["policy"] == "mapp"
    assert tomllib.loads((home / "mapp.toml").read_text())["program"]["profile"] == "demo"


def test_init_ends_with_the_advice_to_back_up_the_program_key(tmp_path: Path) -> None:
    answer = Line(tmp_path / "home").run("init", "--profile", "demo")
    assert "Back up the program key" in answer.out.splitlines()[-1]


def test_init_fills_the_empty_folder_that_one_stands_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert call("--home", ".", "init", "--profile", "demo").code == 0
    assert (Path() / "mapp.toml").is_file()


def test_options_stand_before_or_after_the_verb_and_the_home_in_the_environment(
    at_start: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = at_start.line.home
    before = call("--home", home, "--json", "user", "list")
    after = call("user", "list", "--json", "--home", home)
    monkeypatch.setenv("MAPP_HOME", str(home))
    assert before == after == call("user", "list", "--json")
    assert set(before.document["users"][0]) >= {"user", "role", "key"}


def test_the_story_time_may_follow_the_verb(at_start: World, tmp_path: Path) -> None:
    line = at_start.copied(tmp_path).line
    late = call("--home", line.home, "issue", ADVISORY, "--dry-run", "--at", SENT, "--json")
    early = call("--home", line.home, "--at", line.at, "issue", ADVISORY, "--dry-run", "--json")
    assert len(late.document["plan"]["granted"]) > len(early.document["plan"]["granted"])


def test_partners_are_listed_and_shown_without_contact(at_start: World) -> None:
    listed = at_start.line.json("partner", "list")["partners"]
    assert [set(item) >= {"id", "name", "kind", "state", "tier"} for item in listed] == [True] * 4
    shown = at_start.line.json("partner", "show", "P1")
    assert shown["partner"]["id"] == "P1"
    assert "psirt" not in json.dumps([listed, shown])


@pytest.mark.parametrize(
    ("verb", "state"),
    [("restrict", "restricted"), ("suspend", "suspended"), ("withdraw", "withdrawn")],
)
def test_a_partner_is_moved_by_two_people_and_back(draft: World, verb: str, state: str) -> None:
    by = ("--reason", "asked for", "--approve", "ann", "--approve", "bob")
    moved = draft.line.json("partner", verb, "P1", *by)
    assert moved["partners"][0]["state"] == state
    assert moved["independence"] == "none"
    assert draft.line.json("partner", "restore", "P1", *by)["partner"]["state"] == "active"
    error = draft.line.fails("partner", verb, "P1", "--reason", "again", code=6)
    assert json.loads(error["to_sign"])["subject"] == "P1"


def test_advisories_are_made_listed_and_shown(draft: World) -> None:
    made = draft.line.json(
        *("advisory", "new", "ADV-2", "--title", "Another", "--release-at", RELEASE),
        *("--tlp", "AMBER", "--severity", "high"),
    )
    keys = {"id", "revision", "state", "release_at"}
    assert keys <= set(made["advisory"])
    assert made["advisory"]["release_at"] == "2026-06-09T17:00:00Z"
    listed = draft.line.json("advisory", "list")["advisories"]
    assert [item["id"] for item in listed] == ["ADV-1", "ADV-2"]
    assert keys <= set(draft.line.json("advisory", "show", "ADV-1")["advisory"])


def test_attach_prints_what_a_package_can_carry(draft: World) -> None:
    folder = package(draft.place / "second")
    done = draft.line.json("attach", ADVISORY, folder)
    keys = {"path", "carrier", "sites_by_channel", "code_sites", "tag_bits", "warnings"}
    assert [keys <= set(item) for item in done["files"]] == [True]
    assert done["package"]["code_sites"] == 112
    assert done["package"]["supports_colluders"] >= 1
    assert done["package"]["verify"] == "static"


def test_attach_takes_a_bare_file_with_its_side_car_beside_or_named(draft: World) -> None:
    folder = package(draft.place / "bare")
    beside = draft.line.json("attach", ADVISORY, folder / "poc.py")
    marks = folder / "poc.py.marks.toml"
    marks.rename(elsewhere := draft.place / "elsewhere.toml")
    named = draft.line.json("attach", ADVISORY, folder / "poc.py", "--marks", elsewhere)
    assert beside["package"] == named["package"]


def test_suggest_proposes_points_and_attaches_nothing(draft: World) -> None:
    folder = package(draft.place / "bare")
    (folder / "poc.py.marks.toml").unlink()
    (proposed,) = draft.line.json("attach", ADVISORY, folder, "--suggest")["suggested"]
    assert proposed["path"] == "poc.py.marks.toml"
    (folder / proposed["path"]).write_text(proposed["text"])
    assert draft.line.json("attach", ADVISORY, folder)["package"]["code_sites"] >= 112


def test_suggest_writes_side_cars_that_can_be_attached(draft: World) -> None:
    folder = package(draft.place / "bare")
    (folder / "poc.py.marks.toml").unlink()
    out = draft.place / "proposed"
    done = draft.line.json("attach", ADVISORY, folder, "--suggest", "--out", out)
    (written,) = done["written"]
    assert (out / written["path"]).read_text() == done["suggested"][0]["text"]
    assert done["suggested"][0]["code_sites"] >= 112
    assert "--suggest" in draft.line.fails("attach", ADVISORY, folder, "--out", out)["message"]


def test_an_authors_consent_turns_orders_on_and_is_kept_in_his_words(draft: World) -> None:
    words = "A. Author agreed on 1 June: the order of the list says nothing"
    needs = "Needs:\n\n- a reader with a long slot\n- a desk of the older series\n"
    attach = ("attach", ADVISORY, package(draft.place / "agreed", **{"needs.md": needs}))
    assert draft.line.json(*attach)["package"]["author_consent"] is None
    done = draft.line.json(*attach, "--author-consent", words)
    assert done["package"]["author_consent"] == words
    (listed,) = (item for item in done["files"] if item["path"] == "needs.md")
    assert (listed["carrier"], listed["sites_by_channel"]) == ("lists", {"order": 1})
    shown = draft.line.json("advisory", "show", ADVISORY)
    assert shown["author_consent"] == words
    assert {"what": "author consented", "detail": words}.items() <= shown["events"][-1].items()
    assert "who agreed" in draft.line.fails(*attach, "--author-consent", " ")["message"]
    earlier = ("--stage", "finder", "--received-at", SENT, "--author-consent", words)
    assert "--author-consent" in draft.line.fails(*attach, *earlier)["message"]
    line = draft.line.then(SENT)
    line.json("issue", ADVISORY, "--yes")
    report = ("report", "build", "distribution", ADVISORY, "--out", draft.place / "report")
    (page,) = line.json(*report, "--format", "html")["files"]
    assert words in Path(page["path"]).read_text()


def test_rehearse_tells_for_each_form_of_a_leak_what_would_come_of_it(at_start: World) -> None:
    done = at_start.line.json("rehearse", ADVISORY, "--form", "CRLF")
    assert {"table", "recipients", "decoys", "alpha", "not_tried", "advice"} <= set(done)
    (row,) = done["table"]
    assert row["alteration"] == "CRLF"
    assert (row["outcome"], row["named"], row["refused"], row["wrong"]) == ("named", 2, 0, 0)
    assert row["sites"] == {"read": 224, "wrong": 0, "erased": 0}
    assert row["channels"] == [{"channel": "payload", "read": 224, "wrong": 0, "erased": 0}]
    assert (row["missing_bits"], row["missing_sites"]) == (0, 0)


def test_preview_writes_variants_that_nobody_holds(draft: World) -> None:
    draft.line.json("attach", ADVISORY, package(draft.place / "tried"))
    out = draft.place / "variants"
    done = draft.line.json("preview", ADVISORY, "--variants", "2", "--out", out)
    assert {item["path"] for item in done["files"]} == {
        "variant-01/poc.py",
        "variant-02/poc.py",
    }
    texts = [(out / item["path"]).read_bytes() for item in done["files"]]
    assert texts[0] != texts[1]
    assert draft.line.json("copy", "list")["copies"] == []


def test_an_archive_is_proposed_for_and_attached(draft: World) -> None:
    folder = draft.place / "packed"
    folder.mkdir()
    with zipfile.ZipFile(folder / "poc.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("src/poc.py", POC)
    (proposed,) = draft.line.json("attach", ADVISORY, folder, "--suggest")["suggested"]
    (folder / proposed["path"]).write_text(proposed["text"])
    (told,) = draft.line.json("attach", ADVISORY, folder)["files"]
    assert (told["path"], told["carrier"]) == ("poc.zip", "zip (side-car)")
    assert told["code_sites"] == 112


def test_a_template_and_a_side_car_share_their_named_points(draft: World) -> None:
    folder = package(draft.place / "both", **{"ask.txt.j2": "note={{ filler(64, name='note') }}\n"})
    (folder / "poc.py.marks.toml").write_text(MARKS)
    done = draft.line.json("attach", ADVISORY, folder)
    assert {item["path"] for item in done["files"]} == {"poc.py", "ask.txt.j2"}
    assert done["package"]["code_sites"] == 112


def test_a_self_test_runs_only_after_its_digest_was_allowed(draft: World) -> None:
    manifest = '[package]\nself_test = ["python3", "poc.py"]\n'
    folder = package(draft.place / "tested", **{"mapp-package.toml": manifest})
    asked = draft.line.fails("attach", ADVISORY, folder, code=6)
    allowed = draft.line.json(
        "attach", ADVISORY, folder, "--allow-self-test", asked["self_test_sha256"]
    )
    assert allowed["package"]["verify"] == "child"
    waived = draft.line.json("attach", ADVISORY, folder, "--check", "waived:no machine for it")
    assert waived["package"]["verify"] == "waived:no machine for it"


def test_a_self_test_that_fails_on_the_package_as_it_is_is_told_at_once(
    draft: World, tmp_path: Path
) -> None:
    manifest = '[package]\nself_test = ["no-such-program"]\n'
    folder = package(tmp_path / "package", **{"mapp-package.toml": manifest})
    asked = draft.line.fails("attach", ADVISORY, folder, code=6)["self_test_sha256"]
    told = draft.line.json("attach", ADVISORY, folder, "--allow-self-test", asked)["warnings"]
    assert any("before any mark" in line and "cannot be started" in line for line in told)


def test_issue_shows_a_plan_asks_and_does_nothing_twice(draft: World) -> None:
    line = draft.line.then(SENT)
    plan = line.json("issue", ADVISORY, "--dry-run")
    assert plan["copies"] == []
    assert {item["recipient"] for item in plan["plan"]["granted"]} == set(draft.people)
    assert line.fails("issue", ADVISORY, code=6)["plan"] == plan["plan"]
    assert line.json("copy", "list", ADVISORY)["copies"] == []
    first = line.json("issue", ADVISORY, "--recipient", "P1", "--reason", "early", "--yes")
    rest = line.json("issue", ADVISORY, "--yes")
    again = line.json("issue", ADVISORY, "--yes")
    assert [item["recipient"] for item in first["copies"]] == ["P1"]
    assert rest["copies"] == again["copies"]
    assert again["plan"]["granted"] == []
    assert first["copies"][0] in rest["copies"]
    for copy in rest["copies"]:
        assert set(copy) >= COPY_KEYS
        assert copy["state"] == "delivered"
        assert (draft.line.home / copy["parcel"]).is_file()


def test_a_wave_serves_its_own_recipients_only(draft: World) -> None:
    line = draft.line.then(SENT)
    done = line.json("issue", ADVISORY, "--wave", "internal", "--yes")
    assert [item["recipient"] for item in done["copies"]] == ["STAFF-1"]
    done = line.json("issue", ADVISORY, "--wave", "T-5", "--yes")
    assert [item["recipient"] for item in done["copies"]] == ["P1", "P2", "P3"]


def test_what_is_withheld_is_told_with_rule_clause_and_reason(draft: World) -> None:
    plan = draft.line.json("issue", ADVISORY, "--dry-run")["plan"]  # eight days before release
    assert [item["recipient"] for item in plan["withheld"]] == ["P1", "P2", "P3"]
    assert set(plan["withheld"][0]) >= {"recipient", "rule", "clause", "reason"}
    some = draft.line.json("issue", ADVISORY, "--yes")
    assert len(some["plan"]["withheld"]) == 3
    refused = draft.line.fails("issue", ADVISORY, "--recipient", "P1", "--yes", code=5)
    assert refused["plan"]["withheld"][0]["recipient"] == "P1"


def test_a_parcel_is_opened_and_answered(world: World) -> None:
    payload = world.opened("P1")
    assert (payload / "poc.py").read_text() != POC
    receipt = world.place / "P1.receipt"
    first = world.line.json("receipt", "add", receipt)
    assert first["receipt"]["copy"] == world.copies["P1"]["copy"]
    assert world.line.json("receipt", "add", receipt) == first
    (listed, *_) = world.line.json("copy", "list", ADVISORY)["copies"]
    assert set(listed) >= COPY_KEYS
    assert listed["state"] == "receipted"


def test_open_compares_the_signer_with_the_key_one_was_given(world: World) -> None:
    seal, _ = world.people["P1"].save(world.place)
    key = world.place / "vendor.pub"
    told = world.line.json("open", world.parcel("P1"), "--key", seal, "--out", world.place / "a")
    assert (told["signer_pinned"], set(told) >= {"statement", "files"}) == (False, True)
    key.write_text(told["signer"])
    told = world.line.json(
        *("open", world.parcel("P1"), "--key", seal, "--out", world.place / "b"),
        *("--vendor-key", key),
    )
    assert told["signer_pinned"]


def test_exposure_tells_who_held_what_at_an_instant(world: World) -> None:
    before = world.line.json("exposure", ADVISORY, "--at", "2026-06-04T00:00:00Z")
    assert [item["kind"] for item in before["holders"]] == ["vendor"]
    after = world.line.json("exposure", ADVISORY, "--at", LEAKED)
    assert {"holder", "copies", "since"} <= set(after["holders"][0])
    assert [item["holder"] for item in after["holders"][1:]] == ["P1", "P2", "P3", "STAFF-1"]
    assert world.line.run("exposure", ADVISORY, "--at", LEAKED).err == ""


def test_samples_are_kept_once_listed_and_shown(world: World) -> None:
    line = world.line.then(LEAKED)
    leak = (world.opened("P1") / "poc.py").read_bytes()
    posted = ("--posted", "2026-06-06T00:00:00Z/2026-06-06T12:00:00Z", "--observed", LEAKED)
    first = line.json("sample", "submit", "-", *posted, stdin=leak)
    assert set(first["sample"]) >= {"id", "sha256", "parts"}
    assert first["sample"]["sha256"] == digest(leak).hex
    again = line.json("sample", "submit", world.place / "opened-P1" / "payload" / "poc.py")
    assert (again["sample"], again["new"]) == (first["sample"], False)
    assert line.json("sample", "list")["samples"] == [first["sample"]]
    shown = line.json("sample", "show", first["sample"]["id"])
    assert shown["sample"]["id"] == first["sample"]["id"]


def test_a_folder_is_one_sample_set(world: World) -> None:
    folder = world.place / "set"
    (folder / "deep").mkdir(parents=True)
    (folder / "a.txt").write_text("one\n")
    (folder / "deep" / "b.txt").write_text("two\n")
    kept = world.line.json("sample", "submit", folder)["sample"]
    assert kept["parts"] == 2
    assert [item["name"] for item in kept["files"]] == ["a.txt", "deep/b.txt"]


def test_a_verdict_has_every_key_and_comes_again_from_the_log(world: World) -> None:
    found = world.leaked("P1")
    assert set(found) >= VERDICT_KEYS
    assert found["verdict"] == "COPY_IDENTIFIED"
    (copy,) = found["copies"]
    assert copy["copy"] == world.copies["P1"]["copy"]
    assert set(copy) >= {"copy", "recipient", "entity", "reserved", "p_value", "log10_p_value"}
    assert copy["p_value"] <= found["bound"]["per_entity"] <= found["bound"]["family_wise"]
    assert found["bound"]["t"] == 1
    assert set(found["artifact"]) >= {"advisory", "revision", "stage", "path", "similarity"}
    assert {"channel", "sites", "read", "erased", "health"} <= set(found["evidence"][0])
    size = world.line.json("log", "verify")["size"]
    again = world.line.then(LEAKED).json("attribute", found["sample"]["id"])
    assert again["repeated"]
    assert {**again, "repeated": False} == found
    assert world.line.json("log", "verify")["size"] == size


def test_several_inputs_give_results_in_order_and_exit_3_when_one_names_nobody(
    world: World,
) -> None:
    other = world.place / "other.py"
    other.write_text("".join(f"row_{n} = {n * n}\n" for n in range(60)))
    line = world.line.then(LEAKED)
    found = line.json("attribute", other, world.opened("P2") / "poc.py", code=3)["results"]
    assert [item["verdict"] for item in found] == ["NO_LINK", "COPY_IDENTIFIED"]
    assert found[0]["artifact"] is None
    assert found[0]["copies"] == []


def test_an_internal_copy_and_the_public_release_exit_0(world: World) -> None:
    inside = world.leaked("STAFF-1")
    assert inside["verdict"] == "COPY_IDENTIFIED_INTERNAL"
    line = world.line.then("2026-06-10T09:00:00Z")
    out = world.place / "public"
    done = line.json("advisory", "publish", ADVISORY, "--out", out, *_both())
    assert done["advisory"]["state"] == "released"
    assert [item["path"] for item in done["files"]] == ["poc.py"]
    found = line.json("attribute", out / "poc.py")
    assert found["verdict"] == "PUBLIC_RELEASE"
    assert [item["reserved"] for item in found["copies"]] == ["public-release"]


def test_a_release_is_brought_forward_and_holders_are_told(world: World) -> None:
    sooner = ("--release-at", "2026-06-08T10:00:00-07:00", "--reason", "seen in the wild")
    assert world.line.fails("advisory", "advance", ADVISORY, *sooner, code=6)["to_sign"]
    done = world.line.json("advisory", "advance", ADVISORY, *sooner, *_both())
    assert done["advisory"]["release_at"] == "2026-06-08T17:00:00Z"
    assert done["told"] == ["P1", "P2", "P3", "STAFF-1"]
    assert (world.line.home / "outbox/P1/ADV-1.release-moved.txt").is_file()


def _both() -> tuple[str, ...]:
    return ("--approve", "ann", "--approve", "bob")


def _case(document: dict[str, Any]) -> dict[str, Any]:
    assert set(document["case"]) >= CASE_KEYS
    found = document["case"]
    assert isinstance(found, dict)
    return found


def test_a_case_goes_from_the_verdict_to_removal_step_by_step(world: World) -> None:
    (ident,) = world.leaked("P1")["cases"]
    line = world.line.then(LEAKED)
    (listed,) = line.json("case", "list")["cases"]
    assert (listed["id"], listed["proposal"]["action"]) == (ident, "suspend")
    held = _case(line.json("case", "approve", ident, "--approve", "ann"))
    assert [item["action"] for item in held["actions"]] == ["suspend"]
    assert line.json("partner", "show", "P1")["partner"]["state"] == "suspended"
    assert line.fails("case", "notice", ident, "--approve", "ann", code=6)
    noticed = line.json("case", "notice", ident, *_both())
    assert (noticed["case"]["state"], noticed["independence"]) == ("noticed", "none")
    assert all(Path(path).is_file() for path in noticed["files"])
    assert "reaction" in line.fails("case", "hear", ident)
    statement = world.place / "answer.txt"
    statement.write_text("We are looking into it.\n")
    assert _case(line.json("case", "hear", ident, "--statement", statement))["state"] == "answered"
    examined = line.json("case", "examine", ident, "--approve", "cleo")
    assert examined["case"]["state"] == "examined"
    remove = ("--action", "remove", "--reason", "code of its copy became public")
    proposed = _case(line.json("case", "propose", ident, *remove, "--approve", "ann"))
    assert len(proposed["approvals"]) == 2  # the suspension's and this one
    assert line.fails("case", "approve", ident, "--approve", "cleo", code=5)
    done = line.json("case", "approve", ident, "--approve", "bob")
    assert _case(done)["state"] == "decided"
    assert line.json("partner", "show", "P1")["partner"]["state"] == "removed"
    assert (line.home / f"outbox/P1/{ident}.removal.txt").is_file()
    closed = _case(line.json("case", "close", ident, "--reason", "done"))
    assert closed["state"] == "closed"
    assert _case(line.json("case", "show", ident)) == closed


def test_a_case_can_bring_the_release_forward(world: World) -> None:
    (ident,) = world.leaked("P1")["cases"]
    line = world.line.then(LEAKED)
    wanted = ("case", "propose", ident, "--action", "advance", "--reason", "it is out")
    assert "--until" in line.fails(*wanted, *_both())["message"]
    done = line.json(*wanted, "--until", "2026-06-08T10:00:00Z", *_both())
    assert [item["action"] for item in done["case"]["actions"]] == ["advance"]
    moved = line.json("advisory", "show", ADVISORY)["advisory"]["release_at"]
    assert moved == "2026-06-08T10:00:00Z"
    letter = (line.home / "outbox/P2/ADV-1.release-moved.txt").read_text()
    assert "2026-06-09T17:00:00Z" in letter
    assert "2026-06-08T10:00:00Z" in letter


def test_a_proposal_can_be_rejected_and_a_partners_case_clears_nobody(world: World) -> None:
    (ident,) = world.leaked("P1")["cases"]
    line = world.line.then(LEAKED)
    asked = line.fails("case", "reject", ident, code=6)
    assert json.loads(asked["to_sign"])["action"] == "reject suspend"
    done = line.json("case", "reject", ident, "--reason", "not needed", "--approve", "bob")
    assert _case(done)["proposal"] is None
    assert line.fails("case", "clear", ident)["reaction"] == "conflict"


def test_partners_are_cleared_when_the_copy_was_the_vendors_own(world: World) -> None:
    (ident,) = world.leaked("STAFF-1")["cases"]
    done = world.line.then(LEAKED).json("case", "clear", ident)
    assert len(done["letters"]) == 3


def test_the_terms_are_checked_tested_and_explained(world: World) -> None:
    checked = world.line.json("policy", "check")
    assert (checked["ok"], checked["errors"]) == (True, [])
    tested = world.line.json("policy", "test")
    assert tested["ok"]
    assert all(item["passed"] for item in tested["tests"])
    told = world.line.json("policy", "explain", ADVISORY, "P1")
    assert told["outcome"] == "granted"
    assert {"rule", "clause", "text", "truth", "deciding"} <= set(told["rules"][0])


def test_a_faulty_pack_is_told_with_file_line_and_hint_and_exits_1(
    world: World, tmp_path: Path
) -> None:
    text = (world.line.home / "policies" / "mapp.yaml").read_text()
    faulty = tmp_path / "faulty.yaml"
    faulty.write_text(text.replace("partner.state", "partner.stat", 1))
    told = world.line.json("policy", "check", faulty, code=1)
    assert not told["ok"]
    assert {"file", "line", "column", "message", "hint"} <= set(told["errors"][0])
    assert told["errors"][0]["line"] > 1


def test_reports_are_written_as_page_and_json(world: World) -> None:
    (ident,) = world.leaked("P1")["cases"]
    line = world.line.then(LEAKED)
    for kind, name in (("case", ident), ("distribution", ADVISORY)):
        done = line.json("report", "build", kind, name, "--out", world.place / "reports")
        assert len(done["files"]) == 2
        for item in done["files"]:
            assert digest(Path(item["path"]).read_bytes()).hex == item["sha256"]
    only = line.json(
        *("report", "build", "case", ident, "--format", "json", "--out", world.place / "one")
    )
    assert json.loads(Path(only["files"][0]["path"]).read_text())


def test_a_case_report_puts_no_pseudonym_beside_a_copy(world: World) -> None:
    """Who knows whose copy is whose would read from it whose score a pseudonym hides."""
    (ident,) = world.leaked("P1")["cases"]
    line, out = world.line.then(LEAKED), world.place / "reports"
    line.json("report", "build", "case", ident, "--format", "json", "--out", out)
    report = json.loads(next(out.glob("*.json")).read_text())
    hidden = [one["pseudonym"] for one in report["scores"]]
    assert hidden
    assert [name for name in hidden if name in json.dumps(report["access"])] == []


def test_the_log_is_verified_also_against_heads_from_outside(world: World) -> None:
    state = world.line.json("log", "verify")
    assert {"size", "root", "ok"} <= set(state)
    head = world.opened("P1").parent / "checkpoint.txt"
    heads = [*head.parent.rglob("*checkpoint*")]
    assert len(heads) == 1
    outside = world.line.json("log", "verify", "--checkpoint", heads[0])
    assert outside["heads"] == state["heads"] + 1
    signed = world.line.json("log", "checkpoint")
    assert signed["checkpoint"].splitlines()[1] == str(state["size"])
    proof = world.line.json("log", "prove", "2", "--out", world.place / "leaf.tlog-proof")
    assert (world.place / "leaf.tlog-proof").read_text() == proof["proof"]
    assert proof["proof"].startswith("c2sp.org/tlog-proof@v1\nindex 2\n")
