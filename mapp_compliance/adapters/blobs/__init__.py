"""Content-addressed bytes in a folder: ``ab/abcd...`` by SHA-256, 0600, checked on every read."""

from pathlib import Path

from mapp_compliance.adapters.files import write_durably
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
        if not path.exists() or digest(path.read_bytes()) != name:
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

    def _path(self, name: Digest) -> Path:
        return self._folder / name.hex[:2] / name.hex
