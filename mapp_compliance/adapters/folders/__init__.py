"""Watched folders: plain files that have come to rest, read without following anything.

A file is at rest when its size and time of change have not moved for ``REST_S`` seconds by the
machine's clock. A program that moves a finished file into the folder is served at once. Folders,
symlinks, devices and names that begin with a dot are left and named.
"""

import fcntl
import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mapp_compliance.errors import Conflict, InvalidInput, NotFound
from mapp_compliance.values import MIB, shown
from mapp_compliance.workflows.folders import FolderFile, FolderLook

REST_S = 10.0  # a slow copy over a network writes at least every few seconds
MOST_FILES = 10_000  # looked at in one go; the rest waits for the next time


class WatchedFolders:
    """Folders of this machine; one process at a time goes through them."""

    def __init__(self, lock: Path) -> None:
        self._lock = lock

    @contextmanager
    def alone(self) -> Iterator[None]:
        """While this lasts, no other process goes through the folders. Raises Conflict."""
        with self._lock.open("a") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as err:
                raise Conflict(
                    "another 'mapp tick' is at work in this workspace; wait for it to end"
                ) from err
            yield

    def look(self, folder: str) -> FolderLook:
        """The files at rest, by name, and what is left with the reason."""
        self.check(folder)
        now = time.time()
        files: list[FolderFile] = []
        left: list[tuple[str, str]] = []
        with os.scandir(folder) as entries:
            found = sorted(entries, key=lambda entry: os.fsencode(entry.name))
        for entry in found[:MOST_FILES]:
            try:
                state = entry.stat(follow_symlinks=False)
            except FileNotFoundError:
                continue  # taken away meanwhile
            reason = _why_left(entry.name, state, now)
            if reason:
                left.append((_label(entry.name), reason))
            else:
                name, size = os.fsencode(entry.name), state.st_size
                files.append(FolderFile(name, _label(entry.name), size, state.st_mtime_ns))
        if len(found) > MOST_FILES:
            left.append((f"{len(found) - MOST_FILES} more", "too many files; next time"))
        return FolderLook(tuple(files), tuple(left))

    def read(self, folder: str, file: FolderFile, most_bytes: int) -> bytes:
        """The bytes of one file as it was looked at.

        Raises:
            InvalidInput: too large, or no plain file any more.
            Conflict: it changed since; look again.
        """
        path = os.path.join(os.fsencode(folder), file.name)
        try:
            handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except OSError as err:
            raise InvalidInput(f"{file.label} cannot be read ({err.strerror})") from err
        with os.fdopen(handle, "rb") as stream:
            if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
                raise InvalidInput(f"{file.label} is no plain file; put plain files there")
            data = stream.read(most_bytes + 1)
            after = os.fstat(stream.fileno())
        if len(data) > most_bytes:
            raise InvalidInput(
                f"{file.label} is larger than {most_bytes // MIB} MiB (max_sample_bytes in "
                "mapp.toml); submit a part of it by hand"
            )
        if (len(data), after.st_mtime_ns) != (file.size_bytes, file.changed_ns):
            raise Conflict(f"{file.label} changed while it was read; it is read next time")
        return data

    def check(self, folder: str) -> None:
        """Return when it is a folder. Raises NotFound, or InvalidInput for a link."""
        path = Path(folder)
        if path.is_symlink():
            raise InvalidInput(f"{shown(folder)} is a symlink; name the folder itself")
        if not path.is_dir():
            raise NotFound(f"there is no folder {shown(folder)}; make it, or name another")


def _why_left(name: str, state: os.stat_result, now: float) -> str:
    if name.startswith("."):
        return "its name begins with a dot"
    if stat.S_ISLNK(state.st_mode):
        return "a symlink"
    if stat.S_ISDIR(state.st_mode):
        return "a folder; put files into the watched folder itself"
    if not stat.S_ISREG(state.st_mode):
        return "no plain file"
    if now - state.st_mtime < REST_S:
        return "changed just now; taken in once it is at rest"
    return ""


def _label(name: str) -> str:
    return shown(name.encode("utf-8", "backslashreplace").decode())
