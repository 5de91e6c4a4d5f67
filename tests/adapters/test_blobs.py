"""Content-addressed bytes in a folder."""

import os
from pathlib import Path

import pytest

from mapp_compliance.adapters.blobs import FolderBlobs
from mapp_compliance.errors import Broken, NotFound
from mapp_compliance.trust import digest
from mapp_compliance.values import Digest

NAME = digest(b"bytes")


def place(folder: Path) -> Path:
    return folder / NAME.hex


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
    rest = tmp_path / ".half.1.tmp"
    rest.write_bytes(b"half")
    assert blobs.collect(set(), 3600.0) == 0
    assert blobs.get(name)
    assert rest.exists()


def test_an_old_rest_of_a_write_goes_and_a_blob_put_again_is_young(tmp_path: Path) -> None:
    blobs = FolderBlobs(tmp_path)
    name = blobs.put(b"bytes")
    rest = tmp_path / ".half.1.tmp"
    rest.write_bytes(b"half")
    for path in (rest, tmp_path / name.hex):
        os.utime(path, (0, 0))
    blobs.put(b"bytes")
    assert blobs.collect(set(), 3600.0) == 0
    assert not rest.exists()


def kept(blobs: FolderBlobs, data: bytes) -> Digest:
    with blobs.keeping() as keeping:
        return keeping.write(lambda sink: sink.write(data))


def test_a_blob_that_was_written_in_pieces_is_for_reading_alone(tmp_path: Path) -> None:
    blobs = FolderBlobs(tmp_path)
    assert Path(blobs.sound(kept(blobs, b"bytes"))).stat().st_mode & 0o777 == 0o400
    assert [path.name for path in tmp_path.iterdir()] == [NAME.hex]


def test_the_folder_is_synced_once_for_all_its_blobs_after_they_have_their_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blobs = FolderBlobs(tmp_path)
    synced: list[str] = []
    monkeypatch.setattr(os, "fsync", lambda handle: synced.append(path_of(handle)))
    with blobs.keeping() as keeping:
        names = [keeping.write(lambda sink, n=n: sink.write(b"%d" % n)) for n in range(40)]
        assert len(synced) == len(names)  # the bytes of each, and no folder yet
        assert all(Path(blobs.sound(name)).exists() for name in names)
    assert synced[len(names) :] == [str(tmp_path)]


def path_of(handle: int) -> str:
    return str(Path(f"/dev/fd/{handle}").resolve())


@pytest.mark.parametrize("altered", [b"", b"byte!", b"bytes and more"])
def test_a_blob_that_somebody_touched_is_read_before_it_is_handed_on(
    tmp_path: Path, altered: bytes
) -> None:
    blobs = FolderBlobs(tmp_path)
    name = kept(blobs, b"bytes")
    Path(blobs.sound(name)).chmod(0o600)
    place(tmp_path).write_bytes(altered)
    with pytest.raises(Broken, match="altered"):
        blobs.sound(name)


def test_another_process_reads_a_blob_before_it_is_handed_on(tmp_path: Path) -> None:
    name = kept(FolderBlobs(tmp_path), b"bytes")
    assert FolderBlobs(tmp_path).sound(name) == str(place(tmp_path))
    place(tmp_path).chmod(0o600)
    place(tmp_path).write_bytes(b"byte!")
    with pytest.raises(Broken, match="altered"):
        FolderBlobs(tmp_path).sound(name)
    place(tmp_path).unlink()
    with pytest.raises(NotFound, match="lost"):
        FolderBlobs(tmp_path).sound(name)


def test_a_blob_of_an_older_workspace_is_read_kept_and_collected_where_it_lies(
    tmp_path: Path,
) -> None:
    older = tmp_path / NAME.hex[:2] / NAME.hex
    older.parent.mkdir()
    older.write_bytes(b"bytes")
    blobs = FolderBlobs(tmp_path)
    assert blobs.put(b"bytes") == NAME
    assert not place(tmp_path).exists()
    assert blobs.get(NAME) == b"bytes"
    assert blobs.sound(NAME) == str(older)
    assert blobs.collect({NAME}, -1.0) == 0
    assert blobs.collect(set(), -1.0) == 1
    assert not older.exists()
