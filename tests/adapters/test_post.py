"""The folder outbox."""

import errno
import os
from pathlib import Path

import pytest

from mapp_compliance.adapters.blobs import FolderBlobs
from mapp_compliance.adapters.post import FolderPost
from mapp_compliance.errors import Broken, InvalidInput, Undelivered
from mapp_compliance.values import Digest


def nothing_kept(_blob: Digest) -> str:
    raise AssertionError


@pytest.mark.parametrize("name", ["", "..", "../x", "a/b", "/x", ".hidden", "a\x00b", "a" * 201])
def test_no_name_leaves_the_folder_of_the_recipient(tmp_path: Path, name: str) -> None:
    with pytest.raises(InvalidInput):
        FolderPost(tmp_path, nothing_kept).deliver("P1", name, b"bytes")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("recipient", ["", "..", "a/b", "/x"])
def test_no_recipient_leaves_the_outbox(tmp_path: Path, recipient: str) -> None:
    with pytest.raises(InvalidInput):
        FolderPost(tmp_path, nothing_kept).deliver(recipient, "name", b"bytes")


def test_bytes_that_are_there_are_not_written_again(tmp_path: Path) -> None:
    path = Path(FolderPost(tmp_path, nothing_kept).deliver("P1", "a", b"bytes"))
    before = path.stat().st_ino
    FolderPost(tmp_path, nothing_kept).deliver("P1", "a", b"bytes")
    assert path.stat().st_ino == before


def test_a_full_disk_names_the_recipient_and_no_file_content(tmp_path: Path) -> None:
    (tmp_path / "P1").write_bytes(b"a file where a folder belongs")
    with pytest.raises(Undelivered, match="outbox of P1") as told:
        FolderPost(tmp_path, nothing_kept).deliver("P1", "a", b"embargoed")
    assert "embargoed" not in told.value.message


def kept(folder: Path, data: bytes) -> tuple[FolderBlobs, Digest]:
    blobs = FolderBlobs(folder / "blobs")
    with blobs.keeping() as keeping:
        return blobs, keeping.write(lambda sink: sink.write(data))


def forwarded(post: FolderPost, blob: Digest) -> Path:
    with post.round() as going:
        return Path(going.forward("P1", "a.tar.age", blob))


def test_a_kept_blob_goes_out_as_the_same_file_under_another_name(tmp_path: Path) -> None:
    blobs, name = kept(tmp_path, b"parcel")
    post = FolderPost(tmp_path / "outbox", blobs.sound)
    assert forwarded(post, name) == forwarded(post, name)
    assert forwarded(post, name).samefile(blobs.sound(name))


def test_an_orphan_that_is_collected_stays_at_its_recipient(tmp_path: Path) -> None:
    blobs, name = kept(tmp_path, b"parcel")
    path = forwarded(FolderPost(tmp_path / "outbox", blobs.sound), name)
    assert blobs.collect(set(), -1.0) == 1
    assert path.read_bytes() == b"parcel"


@pytest.mark.parametrize("fault", [errno.EXDEV, errno.EPERM, errno.EMLINK, errno.EOPNOTSUPP])
def test_where_there_can_be_no_second_name_a_copy_goes_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: int
) -> None:
    def link(_source: str, _target: str) -> None:
        raise OSError(fault, os.strerror(fault))

    blobs, name = kept(tmp_path, b"parcel")
    monkeypatch.setattr(os, "link", link)
    path = forwarded(FolderPost(tmp_path / "outbox", blobs.sound), name)
    assert path.read_bytes() == b"parcel"
    assert not path.samefile(blobs.sound(name))
    assert [item.name for item in path.parent.iterdir()] == ["a.tar.age"]


def test_other_bytes_under_the_name_give_way_and_the_blob_keeps_its_own(tmp_path: Path) -> None:
    blobs, name = kept(tmp_path, b"parcel")
    post = FolderPost(tmp_path / "outbox", blobs.sound)
    post.deliver("P1", "a.tar.age", b"torn")
    assert forwarded(post, name).read_bytes() == b"parcel"
    post.deliver("P1", "a.tar.age", b"newer")
    assert Path(blobs.sound(name)).read_bytes() == b"parcel"


def test_an_altered_blob_does_not_leave(tmp_path: Path) -> None:
    blobs, name = kept(tmp_path, b"parcel")
    Path(blobs.sound(name)).chmod(0o600)
    Path(blobs.sound(name)).write_bytes(b"parce!")
    with pytest.raises(Broken, match="altered"):
        forwarded(FolderPost(tmp_path / "outbox", blobs.sound), name)
    assert not (tmp_path / "outbox").exists()


def test_a_round_is_over_when_every_name_is_on_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blobs, name = kept(tmp_path, b"parcel")
    synced: list[str] = []
    monkeypatch.setattr(os, "fsync", lambda handle: synced.append(path_of(handle)))
    with FolderPost(tmp_path / "outbox", blobs.sound).round() as going:
        for recipient in ("P1", "P2"):
            going.forward(recipient, "a.tar.age", name)
            going.deliver(recipient, "a.tlog-proof", b"proof")
    folders = [tmp_path, tmp_path / "outbox", tmp_path / "outbox/P1", tmp_path / "outbox/P2"]
    assert synced[2:4] == [str(folder) for folder in folders[:2]]
    assert sorted(synced[4:]) == [str(folder) for folder in folders[2:]]


def path_of(handle: int) -> str:
    return str(Path(f"/dev/fd/{handle}").resolve())
