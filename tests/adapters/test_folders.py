"""Watched folders on a real file system."""

import os
from pathlib import Path

import pytest

from mapp_compliance.adapters.folders import WatchedFolders
from mapp_compliance.errors import Conflict, InvalidInput, NotFound
from mapp_compliance.workflows.folders import FolderFile

LONG_AGO = 1_000_000_000


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "feed"
    made.mkdir()
    return made


@pytest.fixture
def folders(tmp_path: Path) -> WatchedFolders:
    return WatchedFolders(tmp_path / "tick.lock")


def resting(path: Path, data: bytes = b"leak") -> Path:
    path.write_bytes(data)
    os.utime(path, (LONG_AGO, LONG_AGO))
    return path


def only(folders: WatchedFolders, folder: Path) -> FolderFile:
    (found,) = folders.look(str(folder)).files
    return found


def test_a_file_at_rest_is_read_as_it_is(folders: WatchedFolders, folder: Path) -> None:
    resting(folder / "a.txt")
    file = only(folders, folder)
    assert (file.name, file.label, file.size_bytes) == (b"a.txt", "a.txt", 4)
    assert folders.read(str(folder), file, 4) == b"leak"


def test_a_file_that_changed_just_now_is_left(folders: WatchedFolders, folder: Path) -> None:
    (folder / "a.txt").write_bytes(b"half of it")
    look = folders.look(str(folder))
    assert look.files == ()
    assert look.left == (("a.txt", "changed just now; taken in once it is at rest"),)


def test_what_is_no_plain_file_is_left_with_its_reason(
    folders: WatchedFolders, folder: Path
) -> None:
    resting(folder / ".hidden")
    (folder / "link").symlink_to("/etc/passwd")
    os.mkfifo(folder / "pipe")
    (folder / "sub").mkdir()
    look = folders.look(str(folder))
    assert look.files == ()
    assert [name for name, _ in look.left] == [".hidden", "link", "pipe", "sub"]
    assert [why.split(";")[0] for _, why in look.left] == [
        "its name begins with a dot",
        "a symlink",
        "no plain file",
        "a folder",
    ]


def test_a_link_that_took_the_files_place_is_not_followed(
    folders: WatchedFolders, folder: Path, tmp_path: Path
) -> None:
    path = resting(folder / "a.txt")
    file = only(folders, folder)
    path.unlink()
    path.symlink_to(resting(tmp_path / "secret"))
    with pytest.raises(InvalidInput, match="cannot be read"):
        folders.read(str(folder), file, 100)


def test_a_pipe_that_took_the_files_place_keeps_nobody_waiting(
    folders: WatchedFolders, folder: Path
) -> None:
    path = resting(folder / "a.txt")
    file = only(folders, folder)
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(InvalidInput, match="no plain file"):
        folders.read(str(folder), file, 100)


def test_a_file_that_changed_since_is_read_next_time(folders: WatchedFolders, folder: Path) -> None:
    path = resting(folder / "a.txt")
    file = only(folders, folder)
    path.write_bytes(b"more of it")
    with pytest.raises(Conflict, match="next time"):
        folders.read(str(folder), file, 100)


def test_a_file_above_the_limit_is_refused(folders: WatchedFolders, folder: Path) -> None:
    resting(folder / "a.txt", b"12345")
    with pytest.raises(InvalidInput, match="larger than"):
        folders.read(str(folder), only(folders, folder), 4)


def test_a_name_of_any_bytes_is_read_and_shown_safely(
    folders: WatchedFolders, folder: Path
) -> None:
    resting(folder / os.fsdecode(b"\xff\x1b[31m.txt"))
    file = only(folders, folder)
    assert file.name == b"\xff\x1b[31m.txt"
    assert "\x1b" not in file.label
    file.label.encode()
    assert folders.read(str(folder), file, 100) == b"leak"


def test_nothing_in_the_folder_is_changed(folders: WatchedFolders, folder: Path) -> None:
    path = resting(folder / "a.txt")
    before = path.stat()
    folders.read(str(folder), only(folders, folder), 100)
    assert (path.stat().st_mtime_ns, path.read_bytes()) == (before.st_mtime_ns, b"leak")


def test_a_missing_folder_and_a_linked_one_are_told(
    folders: WatchedFolders, folder: Path, tmp_path: Path
) -> None:
    with pytest.raises(NotFound, match="no folder"):
        folders.look(str(tmp_path / "none"))
    linked = tmp_path / "linked"
    linked.symlink_to(folder)
    with pytest.raises(InvalidInput, match="symlink"):
        folders.check(str(linked))


def test_one_process_at_a_time(folders: WatchedFolders, tmp_path: Path) -> None:
    other = WatchedFolders(tmp_path / "tick.lock")
    with folders.alone(), pytest.raises(Conflict, match="another 'mapp tick'"), other.alone():
        raise AssertionError("two at once")
    with other.alone():
        pass
