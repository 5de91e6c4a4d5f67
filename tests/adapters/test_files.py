"""Writing durably."""

import os
import stat
from pathlib import Path

import pytest

from mapp_compliance.adapters.files import write_durably


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_the_bytes_are_there_and_nothing_else(tmp_path: Path) -> None:
    write_durably(tmp_path / "sub" / "file", b"bytes")
    assert (tmp_path / "sub" / "file").read_bytes() == b"bytes"
    assert names(tmp_path / "sub") == ["file"]


def test_files_and_folders_are_for_the_owner_alone(tmp_path: Path) -> None:
    write_durably(tmp_path / "sub" / "file", b"bytes")
    modes = [path.stat().st_mode & 0o077 for path in (tmp_path / "sub", tmp_path / "sub" / "file")]
    assert modes == [0, 0]


def test_a_reader_sees_the_old_bytes_or_the_new_ones(tmp_path: Path) -> None:
    write_durably(tmp_path / "file", b"old")
    with (tmp_path / "file").open("rb") as reader:
        write_durably(tmp_path / "file", b"newer")
        assert reader.read() == b"old"
    assert (tmp_path / "file").read_bytes() == b"newer"


def test_a_link_is_replaced_and_never_followed(tmp_path: Path) -> None:
    (tmp_path / "target").write_bytes(b"mine")
    (tmp_path / "file").symlink_to(tmp_path / "target")
    write_durably(tmp_path / "file", b"bytes")
    assert (tmp_path / "target").read_bytes() == b"mine"
    assert not (tmp_path / "file").is_symlink()


def test_a_link_in_place_of_the_temporary_file_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "target").write_bytes(b"mine")
    (tmp_path / f".file.{os.getpid()}.tmp").symlink_to(tmp_path / "target")
    with pytest.raises(OSError, match="symbolic links"):
        write_durably(tmp_path / "file", b"bytes")
    assert (tmp_path / "target").read_bytes() == b"mine"


def test_the_rest_of_a_crash_is_written_over(tmp_path: Path) -> None:
    (tmp_path / f".file.{os.getpid()}.tmp").write_bytes(b"half of something much longer")
    write_durably(tmp_path / "file", b"bytes")
    assert (tmp_path / "file").read_bytes() == b"bytes"
    assert names(tmp_path) == ["file"]


def test_a_write_that_fails_leaves_the_old_bytes_and_no_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_durably(tmp_path / "file", b"old")

    def full(_handle: int) -> None:
        raise OSError("no space left")

    monkeypatch.setattr("mapp_compliance.adapters.files.os.fsync", full)
    with pytest.raises(OSError, match="no space"):
        write_durably(tmp_path / "file", b"newer")
    assert (tmp_path / "file").read_bytes() == b"old"
    assert names(tmp_path) == ["file"]


def test_every_write_is_synced_then_named_then_the_name_is_synced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = recorded(monkeypatch)
    write_durably(tmp_path / "file", b"bytes")
    assert done == [("fsync", "file"), ("rename", "file"), ("fsync", "folder")]


def test_a_new_folder_is_durable_under_its_name_before_anything_is_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = recorded(monkeypatch)
    write_durably(tmp_path / "new" / "sub" / "file", b"bytes")
    assert done[:2] == [("fsync", "folder"), ("fsync", "folder")]
    assert done[2:] == [("fsync", "file"), ("rename", "file"), ("fsync", "folder")]


def recorded(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """What is synced and renamed from now on."""
    done: list[tuple[str, str]] = []
    fsync, replace = os.fsync, os.replace

    def noted_fsync(handle: int) -> None:
        done.append(("fsync", "folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "file"))
        fsync(handle)

    def noted_replace(source: str, target: str) -> None:
        done.append(("rename", "file"))
        replace(source, target)

    monkeypatch.setattr(os, "fsync", noted_fsync)
    monkeypatch.setattr(os, "replace", noted_replace)
    return done
