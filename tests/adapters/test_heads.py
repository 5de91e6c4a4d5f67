"""Signed tree heads in a folder."""

from pathlib import Path

from mapp_compliance.adapters.heads import MOST_KEPT, FolderHeads


def head(size: int) -> bytes:
    return f"test/log\n{size}\nroot\n".encode()


def test_only_the_newest_heads_are_kept(tmp_path: Path) -> None:
    heads = FolderHeads(tmp_path)
    for size in range(1, MOST_KEPT + 11):
        heads.keep(head(size))
    assert heads.kept() == [head(size) for size in range(11, MOST_KEPT + 11)]


def test_the_rest_of_a_crash_is_no_head(tmp_path: Path) -> None:
    heads = FolderHeads(tmp_path)
    heads.keep(head(1))
    (tmp_path / ".000000000002.checkpoint.1.tmp").write_bytes(b"half")
    assert heads.kept() == [head(1)]
