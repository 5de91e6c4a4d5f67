"""The folder outbox."""

from pathlib import Path

import pytest

from mapp_compliance.adapters.post import FolderPost
from mapp_compliance.errors import InvalidInput, Undelivered


@pytest.mark.parametrize("name", ["", "..", "../x", "a/b", "/x", ".hidden", "a\x00b", "a" * 201])
def test_no_name_leaves_the_folder_of_the_recipient(tmp_path: Path, name: str) -> None:
    with pytest.raises(InvalidInput):
        FolderPost(tmp_path).deliver("P1", name, b"bytes")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("recipient", ["", "..", "a/b", "/x"])
def test_no_recipient_leaves_the_outbox(tmp_path: Path, recipient: str) -> None:
    with pytest.raises(InvalidInput):
        FolderPost(tmp_path).deliver(recipient, "name", b"bytes")


def test_bytes_that_are_there_are_not_written_again(tmp_path: Path) -> None:
    path = Path(FolderPost(tmp_path).deliver("P1", "a", b"bytes"))
    before = path.stat().st_ino
    FolderPost(tmp_path).deliver("P1", "a", b"bytes")
    assert path.stat().st_ino == before


def test_a_full_disk_names_the_recipient_and_no_file_content(tmp_path: Path) -> None:
    (tmp_path / "P1").write_bytes(b"a file where a folder belongs")
    with pytest.raises(Undelivered, match="outbox of P1") as told:
        FolderPost(tmp_path).deliver("P1", "a", b"embargoed")
    assert "embargoed" not in told.value.message
