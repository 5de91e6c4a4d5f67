"""The verb as a program manager meets it; what it says of leaks is in tests/workflows."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from mapp_compliance.adapters.isolate.port import IsolatedChild
from mapp_compliance.app import open_workspace
from mapp_compliance.attribution import Part
from mapp_compliance.values import AdvisoryId, InstanceId, instant
from mapp_compliance.watermark import Observation, SiteMap, read
from mapp_compliance.workflows.attach import load_package, newest_attachment
from mapp_compliance.workflows.keys import rehearsal_key
from mapp_compliance.workflows.prepare import word_of
from tests.cli.line import ADVISORY, NOW, RELEASE, Line
from tests.cli.world import World, kept, started


@pytest.fixture(scope="module")
def at_start(tmp_path_factory: pytest.TempPathFactory) -> World:
    return started(tmp_path_factory.mktemp("started"))


def everything(world: World) -> object:
    files = {path: path.read_bytes() for path in world.line.home.rglob("*") if path.is_file()}
    tables = kept(world.line.home)[0]
    return tables, {path for path in files if not path.name.startswith("mapp.db")}


def test_the_table_says_what_survives_and_nothing_is_kept(at_start: World) -> None:
    before = everything(at_start)
    answer = at_start.line.run("rehearse", ADVISORY, "--form", "whole", "--form", "quarter 4 of 4")
    assert answer.code == 3
    lines = answer.out.splitlines()
    assert max(map(len, lines)) < 100
    assert lines[1].split()[:7] == ["a", "leak", "of", "this", "form", "result", "read"]
    assert lines[2].split() == ["whole", "named", "2/2", "224", "0", "0", "-"]
    assert lines[3].split()[:6] == ["quarter", "4", "of", "4", "refused", "0/2"]
    said = " ".join(lines[4:])
    assert "The source would be named after: whole." in said
    assert "Nobody would be named after: quarter 4 of 4." in said
    assert "declare points" in said
    assert everything(at_start) == before


def test_a_leak_that_points_at_another_copy_stops_the_user(
    at_start: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = open_workspace(at_start.line.home, lambda: instant(NOW), lambda *_: None)
    with desk.store.read() as work:
        attachment = newest_attachment(work, AdvisoryId(ADVISORY))
    _, site_map = load_package(desk, attachment)
    key = rehearsal_key(desk, attachment.advisory, attachment.map_id)
    word = word_of(site_map, key, InstanceId("rehearsal-0002"), "ans")
    desk.store.close()

    def misread(_: IsolatedChild, parts: Sequence[Part], site_map: SiteMap) -> Observation:
        return replace(read(parts, site_map), symbols=word.symbols)

    monkeypatch.setattr(IsolatedChild, "read", misread)
    error = at_start.line.fails("rehearse", ADVISORY, "--form", "whole")
    assert error["message"].startswith(f"do not issue {ADVISORY} as it is")
    assert (error["table"][0]["outcome"], error["table"][0]["wrong"]) == ("WRONG", 1)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("ADV-9",), "there is no advisory ADV-9"),
        (("ADV-2",), "nothing is attached to ADV-2"),
        ((ADVISORY, "--decoys", "0"), "--decoys takes 2 to 16"),
        ((ADVISORY, "--form", "telepathy"), "no form of a leak is called telepathy"),
    ],
)
def test_bad_input_is_refused_with_what_to_do(
    at_start: World, arguments: tuple[str, ...], said: str, tmp_path: Path
) -> None:
    line = at_start.copied(tmp_path).line
    line.json("advisory", "new", "ADV-2", "--title", "Other", "--release-at", RELEASE)
    assert said in line.fails("rehearse", *arguments)["message"].replace("'", "")


def test_without_a_workspace_there_is_nothing_to_rehearse(tmp_path: Path) -> None:
    assert Line(tmp_path / "none").fails("rehearse", ADVISORY)["reaction"] == "missing"
