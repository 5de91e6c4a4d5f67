"""Stages, sightings, holders and exposure on the command line."""

import json
from pathlib import Path

import pytest

from tests.cli.line import ADVISORY, LEAKED, NOW
from tests.cli.world import World, served, started

DRAFTED = "2026-03-01T10:00:00Z"
SEEN = ("--posted", "2026-06-06T00:00:00Z/2026-06-06T12:00:00Z", "--observed", LEAKED)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> World:
    return served(tmp_path_factory.mktemp("served"))


@pytest.fixture
def world(made: World, tmp_path: Path) -> World:
    copied = made.copied(tmp_path)
    return World(copied.place, copied.line.then(LEAKED), copied.people, copied.copies)


def draft(place: Path, text: str = "print('draft')\n") -> Path:
    path = place / "poc.py"
    path.write_text(text)
    return path


def test_an_earlier_version_is_kept_numbered_and_shown(world: World) -> None:
    told = world.line.json(
        *("attach", ADVISORY, draft(world.place)),
        *("--stage", "finder", "--received-at", "2026-03-01T12:00:00+02:00"),
    )
    assert (told["new"], told["stage"]["number"]) == (True, 1)
    assert told["stage"]["received_at"] == DRAFTED
    world.line.json(
        *("attach", ADVISORY, draft(world.place, "print('second')\n")),
        *("--stage", "finder", "--received-at", DRAFTED),
    )
    shown = world.line.json("advisory", "show", ADVISORY)
    assert [(item["stage"], item["number"]) for item in shown["stages"]] == [
        ("finder", 1),
        ("finder", 2),
    ]
    assert set(shown["attached"]) == {"poc.py", "poc.py.marks.toml"}


def test_a_vendor_stage_without_a_time_is_the_ordinary_attach(tmp_path: Path) -> None:
    world = started(tmp_path)
    told = world.line.json("attach", ADVISORY, world.place / "package", "--stage", "vendor")
    assert told["package"]["code_sites"] == 112


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--stage", "finder"), "--received-at"),
        (("--received-at", DRAFTED), "--stage"),
        (("--source", "P1"), "give all three"),
        (("--stage", "broker", "--received-at", "2026-03-01T10:00:00"), "has no zone"),
        (("--stage", "broker", "--received-at", "2027-01-01T00:00:00Z"), "future"),
        (("--stage", "broker", "--received-at", DRAFTED, "--check", "waived:x"), "kept as it is"),
        (("--stage", "finder", "--received-at", DRAFTED, "--source", "P1"), "P1 is partner"),
    ],
)
def test_options_of_a_stage_that_do_not_fit_are_told(
    world: World, options: tuple[str, ...], told: str
) -> None:
    error = world.line.fails("attach", ADVISORY, draft(world.place), *options)
    assert told in error["message"]


def test_a_sighting_needs_no_file_and_is_listed(world: World) -> None:
    added = world.line.json(
        *("sighting", "add", ADVISORY, "--kind", "exploited", *SEEN),
        *("--source", "B", "--credibility", 2, "--text", "an incident team"),
    )
    again = world.line.json(
        *("sighting", "add", ADVISORY, "--kind", "exploited", *SEEN),
        *("--source", "B", "--credibility", 2, "--text", "an incident team"),
    )
    assert (added["new"], again["new"]) == (True, False)
    assert added["sighting"] == again["sighting"]
    listed = world.line.json("sighting", "list", ADVISORY)["sightings"]
    assert listed == [added["sighting"]]
    assert listed[0]["posted"] == "2026-06-06T00:00:00Z/2026-06-06T12:00:00Z"


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--posted", "2026-06-06T00:00:00", "--observed", LEAKED), "has no zone"),
        (("--posted", "2026-06-06T00:00:00Z", "--observed", "2026-06-06T09:00:00"), "no zone"),
        (
            ("--posted", "2026-06-06T12:00:00Z/2026-06-06T00:00:00Z", "--observed", LEAKED),
            "ends",
        ),
        (("--posted", "2026-06-06T00:00:00Z", "--observed", "2026-06-05T00:00:00Z"), "before it"),
        (("--posted", "2026-07-01T00:00:00Z", "--observed", LEAKED), "future"),
        ((*SEEN, "--credibility", "7"), "1 to 6"),
        ((*SEEN, "--sample", "S-none"), "no sample"),
    ],
)
def test_a_sighting_that_cannot_be_is_told(
    world: World, options: tuple[str, ...], told: str
) -> None:
    error = world.line.fails("sighting", "add", ADVISORY, "--kind", "public", *options)
    assert told in error["message"]
    assert world.line.json("sighting", "list", ADVISORY) == {"sightings": []}


def test_exposure_goes_over_everybody_and_its_table_over_time(world: World) -> None:
    line = world.line
    line.json("attach", ADVISORY, draft(world.place), "--stage", "finder", "--received-at", DRAFTED)
    line.json(
        *("holder", "add", "GOV-1", "--name", "An office", "--kind", "government"),
        *("--advisory", ADVISORY, "--since", "2026-06-02T00:00:00Z", "--size", 40),
    )
    told = line.json("exposure", ADVISORY, "--at", LEAKED)
    assert [(item["holder"], item["marked"]) for item in told["holders"]] == [
        ("finder", False),
        ("vendor (unmarked originals)", False),
        ("GOV-1", False),
        ("P1", True),
        ("P2", True),
        ("P3", True),
        ("STAFF-1", True),
    ]
    assert {"holder", "kind", "copies", "marked", "since", "until", "basis"} <= set(
        told["holders"][0]
    )
    assert told["candidates"] == 7
    assert told["counts"] == {"marked": 4, "unmarked": 3, "people": 46, "public": False}
    text = line.run("exposure", ADVISORY, "--at", LEAKED).out.splitlines()
    assert text[0].startswith("7 holders of ADV-1 at 2026-06-07T09:00:00Z, 3 of them with unmarked")
    assert text[0].endswith("being here says nothing about anybody.")
    times = [row.split()[0] for row in text[2:]]
    assert times == sorted(times)
    assert len(times) == 7


def test_an_exposure_without_zone_is_refused(world: World) -> None:
    assert (
        "has no zone"
        in world.line.fails("exposure", ADVISORY, "--at", "2026-06-07T09:00:00")["message"]
    )


def test_what_a_holder_is_called_cannot_write_on_the_terminal(world: World) -> None:
    world.line.json(
        *("holder", "add", "H1", "--name", "x", "--kind", "mail", "--since", NOW),
        *("--note", "\x1b[31mred\u202e"),
    )
    assert "\x1b" not in world.line.run("exposure", ADVISORY, "--at", LEAKED).out


def test_holders_are_listed_and_an_end_is_added(world: World) -> None:
    added = ("holder", "add", "H1", "--name", "Mail", "--kind", "mail", "--since", NOW)
    world.line.json(*added)
    ended = world.line.json(*added, "--until", LEAKED)
    assert ended["holder"]["until"] == LEAKED
    assert world.line.json("holder", "list")["holders"] == [ended["holder"]]


def test_a_case_report_says_who_else_had_it_by_kind_only(world: World, tmp_path: Path) -> None:
    line = world.line
    line.json("attach", ADVISORY, draft(world.place), "--stage", "finder", "--received-at", DRAFTED)
    for name in ("GOV-1", "GOV-2"):
        line.json(
            *("holder", "add", name, "--name", f"Office {name}", "--kind", "government"),
            *("--since", "2026-06-02T00:00:00Z", "--size", 40),
        )
    sample = line.json("attribute", world.opened("P1") / "poc.py")["sample"]["id"]
    line.json("report", "build", "case", sample, "--format", "json", "--out", tmp_path / "r")
    report = json.loads(next((tmp_path / "r").glob("*.json")).read_text())
    others = {item["kind"]: item for item in report["access"]["others"]}
    assert set(others) == {"finder", "vendor", "government"}
    assert (others["government"]["holders"], others["government"]["people"]) == (2, 80)
    assert "Office" not in json.dumps(report)
