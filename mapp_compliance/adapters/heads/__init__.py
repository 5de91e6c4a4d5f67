"""Signed tree heads in a folder, one small file each, named by their size."""

from pathlib import Path

from mapp_compliance.adapters.files import swept, write_durably

MOST_KEPT = 64  # the newest ones; each covers all leaves before it


class FolderHeads:
    """Keeps the newest heads of one workspace."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, head: bytes) -> None:
        """Keep one more, and let go of the oldest beyond the bound."""
        size = int(head.split(b"\n", 2)[1])
        write_durably(self._folder / f"{size:012d}.checkpoint", head)
        for old in self._names()[:-MOST_KEPT]:
            old.unlink(missing_ok=True)

    def kept(self) -> list[bytes]:
        """All that are kept, oldest first."""
        return [path.read_bytes() for path in self._names()]

    def tidy(self, idle_s: float) -> None:
        """Take away rests of writes that stopped, once they are that old."""
        swept(self._folder, idle_s)

    def _names(self) -> list[Path]:
        return sorted(self._folder.glob("*.checkpoint"))
