"""Wiring: a workspace is made whole or not at all, and opened again."""

from datetime import datetime
from pathlib import Path

import pytest

from mapp_compliance.app import NewWorkspace, create_workspace, open_workspace, shipped_packs
from mapp_compliance.errors import Conflict, InvalidInput, MappError, NotFound
from mapp_compliance.values import instant
from mapp_compliance.workflows.ports import Desk
from mapp_compliance.workflows.workspace import found

NOW = instant("2026-11-10T12:00:00Z")
WANTED = NewWorkspace("Test Program", "mapp", "demo")


def made(home: Path, wanted: NewWorkspace = WANTED) -> Desk:
    return create_workspace(home, wanted, clock)


def clock() -> datetime:
    return NOW


def opened(home: Path) -> Desk:
    return open_workspace(home, clock, lambda _what, _done, _of: None)


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_a_workspace_is_made_and_opened_again(tmp_path: Path) -> None:
    first = made(tmp_path / "home")
    users = found(first, ())
    again = opened(tmp_path / "home")
    with again.store.read() as work:
        assert {user.name for user in work.users.all()} == {user.name for user in users}
    assert again.program == first.program
    assert again.keyring.root == first.keyring.root
    assert again.policy_digest() == first.policy_digest()
    assert names(tmp_path) == {"home"}


def test_a_workspace_is_for_its_owner_alone(tmp_path: Path) -> None:
    made(tmp_path / "home")
    assert (tmp_path / "home").stat().st_mode & 0o077 == 0


def test_an_empty_folder_is_filled(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    made(tmp_path / "home")
    assert "mapp.toml" in names(tmp_path / "home")
    assert names(tmp_path) == {"home"}


@pytest.mark.parametrize("taken", ["folder", "file"])
def test_a_place_that_is_taken_is_left_alone(tmp_path: Path, taken: str) -> None:
    home = tmp_path / "home"
    if taken == "folder":
        home.mkdir()
        (home / "mine").write_bytes(b"mine")
    else:
        home.write_bytes(b"mine")
    with pytest.raises(Conflict, match="not empty"):
        made(home)
    assert names(tmp_path) == {"home"}


@pytest.mark.parametrize(
    "wanted",
    [
        NewWorkspace("Test", "no-such-pack", "demo"),
        NewWorkspace("Test", "../mapp", "demo"),
        NewWorkspace("Test", "mapp", "grand"),
        NewWorkspace(" ", "mapp", "demo"),
        NewWorkspace("Test\udcff", "mapp", "demo"),
    ],
)
def test_a_wish_that_cannot_be_leaves_no_trace(tmp_path: Path, wanted: NewWorkspace) -> None:
    with pytest.raises(MappError):
        made(tmp_path / "home", wanted)
    assert names(tmp_path) == set()


def test_the_rest_of_a_crash_is_cleared_away(tmp_path: Path) -> None:
    (tmp_path / ".home.new").mkdir()
    (tmp_path / ".home.new" / "mapp.db").write_bytes(b"half")
    made(tmp_path / "home")
    assert names(tmp_path) == {"home"}


def test_no_workspace_is_missing(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="holds no workspace"):
        opened(tmp_path)


@pytest.mark.parametrize(("file", "ask"), [("mapp.yaml", "pack"), ("jurisdictions.yaml", "laws")])
def test_terms_that_are_missing_or_no_text_are_told(tmp_path: Path, file: str, ask: str) -> None:
    made(tmp_path / "home")
    path = tmp_path / "home" / "policies" / file
    path.write_bytes(b"policy: caf\xe9\n")
    with pytest.raises(InvalidInput, match="UTF-8"):
        getattr(opened(tmp_path / "home"), ask)()
    path.unlink()
    with pytest.raises(NotFound, match="is missing"):
        getattr(opened(tmp_path / "home"), ask)()


def test_the_keyring_of_a_desk_shows_no_secret(tmp_path: Path) -> None:
    desk = made(tmp_path / "home", NewWorkspace("Test", "mapp", "demo", root=bytes(range(32))))
    assert repr(bytes(range(32))) not in repr(desk)


def test_the_shipped_packs_are_known() -> None:
    assert "mapp" in shipped_packs()
    assert "jurisdictions" not in shipped_packs()  # no terms, but a table that they read
