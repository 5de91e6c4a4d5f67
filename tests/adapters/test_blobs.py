"""Content-addressed bytes in a folder."""

import os
from pathlib import Path

import pytest

from mapp_compliance.adapters.blobs import FolderBlobs
from mapp_compliance.errors import Broken
from mapp_compliance.trust import digest

NAME = digest(b"bytes")


def place(folder: Path) -> Path:
    return folder / NAME.hex[:2] / NAME.hex


def test_a_blob_lies_under_its_digest_for_the_owner_alone(tmp_path: Path) -> None:
    FolderBlobs(tmp_path).put(b"bytes")
    assert place(tmp_path).read_bytes() == b"bytes"
    assert place(tmp_path).stat().st_mode & 0o077 == 0


def test_a_blob_that_is_there_is_not_written_again(tmp_path: Path) -> None:
    FolderBlobs(tmp_path).put(b"bytes")
    before = place(tmp_path).stat().st_ino
    FolderBlobs(tmp_path).put(b"bytes")
    assert place(tmp_path).stat().st_ino == before


@pytest.mark.parametrize("torn", [b"", b"by", b"bytes and more"])
def test_a_torn_blob_is_told_and_mended_by_the_next_put(tmp_path: Path, torn: bytes) -> None:
    blobs = FolderBlobs(tmp_path)
    blobs.put(b"bytes")
    place(tmp_path).write_bytes(torn)
    with pytest.raises(Broken, match="altered"):
        blobs.get(NAME)
    blobs.put(b"bytes")
    assert blobs.get(NAME) == b"bytes"


def test_a_young_blob_and_a_young_rest_of_a_write_stay(tmp_path: Path) -> None:
    blobs = FolderBlobs(tmp_path)
    name = blobs.put(b"of a run that is under way")
    rest = tmp_path / name.hex[:2] / ".half.1.tmp"
    rest.write_bytes(b"half")
    assert blobs.collect(set(), 3600.0) == 0
    assert blobs.get(name)
    assert rest.exists()


def test_an_old_rest_of_a_write_goes_and_a_blob_put_again_is_young(tmp_path: Path) -> None:
    blobs = FolderBlobs(tmp_path)
    name = blobs.put(b"bytes")
    rest = tmp_path / name.hex[:2] / ".half.1.tmp"
    rest.write_bytes(b"half")
    for path in (rest, tmp_path / name.hex[:2] / name.hex):
        os.utime(path, (0, 0))
    blobs.put(b"bytes")
    assert blobs.collect(set(), 3600.0) == 0
    assert not rest.exists()
