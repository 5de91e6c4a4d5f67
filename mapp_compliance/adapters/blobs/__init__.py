"""Content-addressed bytes in a folder, named by their SHA-256, for the owner alone.

They lie in one folder, so that a run makes none and fsyncs one; what older versions put into
folders below it, ``ab/abcd...``, is read and collected there. They are checked on every read. What
`keeping` wrote is read-only, since the post may hand out the very file: a second name for it, not a
second copy.
"""

import hashlib
import itertools
import os
import time
from collections.abc import Callable, Iterator, Set
from contextlib import contextmanager
from pathlib import Path

from mapp_compliance.adapters.files import (
    Names,
    NewFile,
    filled,
    is_idle,
    swept,
    sync_again,
    write_durably,
)
from mapp_compliance.errors import Broken, NotFound
from mapp_compliance.trust import Sink, digest
from mapp_compliance.values import KIB, Digest

READ_ONLY = 0o400
_NAME = "[0-9a-f]" * 64
_READ_BYTES = 256 * KIB
_Seen = tuple[int, int, int]  # inode, bytes, time of the last change in ns


class FolderBlobs:
    """Blobs of one workspace. What is put here is sealed already."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._written: dict[Digest, _Seen] = {}
        self._numbers = itertools.count()

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

    @contextmanager
    def keeping(self) -> Iterator["Keeping"]:
        """Blobs that are durable when the block has ended, and not before."""
        names = Names()
        names.make(str(self._folder))
        yield Keeping(self, names)
        names.settle()

    def write(self, names: Names, fill: Callable[[Sink], None]) -> Digest:
        """Keep what ``fill`` writes; hashed on its way to the disk."""
        temporary = f"{self._folder}/.{os.getpid()}-{next(self._numbers)}.tmp"

        def hashed(file: NewFile) -> tuple[Digest, _Seen]:
            sink = _Hashed(file)
            fill(sink)
            return Digest(sink.hashed.hexdigest()), _seen(os.fstat(file.handle))

        name, seen = filled(temporary, hashed, READ_ONLY)
        names.rename(temporary, f"{self._folder}/{name.hex}")
        self._written[name] = seen
        return name

    def get(self, name: Digest) -> bytes:
        """The bytes. Raises NotFound, or Broken when they no longer fit their digest."""
        try:
            data = self._path(name).read_bytes()
        except FileNotFoundError as err:
            raise _lost(name) from err
        if digest(data) != name:
            raise _altered(name)
        return data

    def sound(self, name: Digest) -> str:
        """Where the blob lies, once its bytes were found to fit its digest.

        They are read again unless this process wrote them and the file was not touched since.

        Raises:
            NotFound: it is lost. Broken: it was altered.
        """
        path = f"{self._folder}/{name.hex}"
        try:
            if name in self._written and self._written[name] == _seen(os.lstat(path)):
                return path
            path = str(self._path(name))
            with open(path, "rb") as stream:
                hashed = hashlib.sha256()
                while piece := stream.read(_READ_BYTES):
                    hashed.update(piece)
        except FileNotFoundError as err:
            raise _lost(name) from err
        if hashed.hexdigest() != name.hex:
            raise _altered(name)
        return path

    def collect(self, keep: Set[Digest], idle_s: float) -> int:
        """Take away what is not to be kept and was not put within that time, and rests of crashes.

        Returns how many blobs were taken away.
        """
        before = time.time() - idle_s
        kept = {name.hex for name in keep}
        orphans = [
            path
            for pattern in (_NAME, f"[0-9a-f][0-9a-f]/{_NAME}")
            for path in self._folder.glob(pattern)
            if path.name not in kept and is_idle(path, before)
        ]
        for path in orphans:
            path.unlink(missing_ok=True)
        swept(self._folder, idle_s)
        return len(orphans)

    def _path(self, name: Digest) -> Path:
        """Where a blob lies, or will."""
        path = self._folder / name.hex
        if not path.exists():
            older = self._folder / name.hex[:2] / name.hex
            if older.exists():
                return older
        return path


class Keeping:
    """Blobs that become durable together."""

    def __init__(self, blobs: FolderBlobs, names: Names) -> None:
        self._blobs = blobs
        self._names = names

    def write(self, fill: Callable[[Sink], None]) -> Digest:
        """Keep what ``fill`` writes, without holding it."""
        return self._blobs.write(self._names, fill)


class _Hashed:
    """Writes on and hashes what passes."""

    def __init__(self, file: NewFile) -> None:
        self._write = file.write
        self.flush = file.flush
        self.hashed = hashlib.sha256()

    def write(self, piece: bytes) -> int:
        """All of it is written."""
        self.hashed.update(piece)
        return self._write(piece)


def _seen(stat: os.stat_result) -> _Seen:
    return stat.st_ino, stat.st_size, stat.st_mtime_ns


def _lost(name: Digest) -> NotFound:
    return NotFound(
        f"the workspace has lost the blob {name}; restore its blobs folder from a backup"
    )


def _altered(name: Digest) -> Broken:
    return Broken(f"the blob {name} was altered; restore it from a backup")
