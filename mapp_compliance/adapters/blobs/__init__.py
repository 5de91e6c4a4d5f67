"""Content-addressed bytes in a folder: ``ab/abcd...`` by SHA-256, 0600, checked on every read."""

import os
import time
from collections.abc import Set
from pathlib import Path

from mapp_compliance.adapters.files import is_idle, swept, sync_again, write_durably
from mapp_compliance.errors import Broken, NotFound
from mapp_compliance.trust import digest
from mapp_compliance.values import Digest


class FolderBlobs:
    """Blobs of one workspace. What is put here is sealed already."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, data: bytes) -> Digest:
        """Keep the bytes; a torn blob of an earlier crash is written again."""
        name = digest(data)
        path = self._path(name)
        if path.exists() and digest(path.read_bytes()) == name:
            os.utime(path)  # put again: no orphan of an earlier day
            sync_again(path)
        else:
            write_durably(path, data)
        return name

    def get(self, name: Digest) -> bytes:
        """The bytes. Raises NotFound, or Broken when they no longer fit their digest."""
        try:
            data = self._path(name).read_bytes()
        except FileNotFoundError as err:
            raise NotFound(
                f"the workspace has lost the blob {name}; restore its blobs folder from a backup"
            ) from err
        if digest(data) != name:
            raise Broken(f"the blob {name} was altered; restore it from a backup")
        return data

    def collect(self, keep: Set[Digest], idle_s: float) -> int:
        """Take away what is not to be kept and was not put within that time, and rests of crashes.

        Returns how many blobs were taken away.
        """
        before = time.time() - idle_s
        kept = {name.hex for name in keep}
        orphans = [
            path
            for path in self._folder.glob("[0-9a-f][0-9a-f]/" + "[0-9a-f]" * 64)
            if path.name not in kept and is_idle(path, before)
        ]
        for path in orphans:
            path.unlink(missing_ok=True)
        swept(self._folder, idle_s)
        return len(orphans)

    def _path(self, name: Digest) -> Path:
        return self._folder / name.hex[:2] / name.hex
