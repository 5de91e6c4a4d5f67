"""Durable writing: the bytes are on the disk, under their name, when the call returns.

Order: write a temporary file beside the target, fsync it, rename it, fsync the folder; a new
folder's own name is fsynced in the folder above before anything is written into it. A crash leaves
the old state or the new one, and at most a temporary file that `swept` takes away.

Many files that nobody may rely on before the last of them is there share the fsync of their
folders: `Names` collects the folders, and `settle` is the moment from which on all are durable.
"""

import os
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

OWN_EYES = 0o600
_TEMPORARY = ".*.tmp"
T = TypeVar("T")


class Names:
    """Files whose bytes are on the disk at once, and whose names are when `settle` returns."""

    def __init__(self) -> None:
        self._changed: set[str] = set()
        self._there: set[str] = set()

    def make(self, folder: str) -> None:
        """Make the folder, for its owner alone, and those above it."""
        if folder in self._there:
            return
        self._there.add(folder)
        if os.path.isdir(folder):
            return
        above = os.path.dirname(folder)
        self.make(above)
        with suppress(FileExistsError):
            os.mkdir(folder, 0o700)
        self._changed.add(above)

    def write(self, path: str, data: bytes, mode: int = OWN_EYES) -> None:
        """Write the whole file or nothing."""
        temporary = temporary_of(path)
        filled(temporary, lambda stream: stream.write(data), mode)
        self.rename(temporary, path)

    def rename(self, temporary: str, path: str) -> None:
        """Give a file that was `filled` its name; on an error it is taken away."""
        try:
            os.replace(temporary, path)
        except OSError:
            with suppress(FileNotFoundError):
                os.unlink(temporary)
            raise
        self.changed(path)

    def changed(self, path: str) -> None:
        """The name of that file was given by somebody, who may not have lived to fsync it."""
        self._changed.add(os.path.dirname(path))

    def settle(self) -> None:
        """Return when all names are on the disk, those of the upper folders first."""
        for folder in sorted(self._changed, key=len):
            _sync_folder(folder)
        self._changed.clear()


class NewFile:
    """A file that is being written, piece by piece and without a buffer."""

    def __init__(self, handle: int) -> None:
        self.handle = handle

    def write(self, piece: bytes, /) -> int:
        """All of it is written."""
        done = os.write(self.handle, piece)
        while done < len(piece):  # a full disk raises at the next one
            done += os.write(self.handle, memoryview(piece)[done:])
        return done

    def flush(self) -> None:
        """Nothing is held back."""


def filled(temporary: str, fill: Callable[[NewFile], T], mode: int = OWN_EYES) -> T:
    """What ``fill`` gives, once all that it wrote into the new file is on the disk.

    Nothing is left when it fails.
    """
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, OWN_EYES)
    whole = False
    try:
        result = fill(NewFile(handle))
        if mode != OWN_EYES:
            os.fchmod(handle, mode)
        os.fsync(handle)
        whole = True
    finally:
        os.close(handle)
        if not whole:
            with suppress(FileNotFoundError):
                os.unlink(temporary)
    return result


def temporary_of(path: str) -> str:
    """Where a file is written before it takes its name."""
    folder, name = os.path.split(path)
    return f"{folder}/.{name}.{os.getpid()}.tmp"


def write_durably(path: Path, data: bytes, mode: int = OWN_EYES) -> None:
    """Write the whole file or nothing; the folder is made when it is missing."""
    make_folder(path.parent)
    names = Names()
    names.write(str(path), data, mode)
    names.settle()


def make_folder(folder: Path) -> None:
    """Make the folder, for its owner alone, and those above it, each durable under its name."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(exist_ok=True, mode=0o700)
    sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Return when the names in the folder are on the disk."""
    _sync_folder(str(folder))


def _sync_folder(folder: str) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_again(path: Path) -> None:
    """Return when a file that somebody else wrote is on the disk, under its name.

    Who wrote it may have stopped between the rename and the fsync of the folder.
    """
    sync_bytes(str(path))
    sync_folder(path.parent)


def sync_bytes(path: str) -> None:
    """Return when the bytes of a file that somebody else wrote are on the disk."""
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def swept(folder: Path, idle_s: float) -> int:
    """How many rests of stopped writes were taken away below the folder.

    Args:
        idle_s: age by the machine's clock from which a temporary file counts as left behind.
    """
    before = time.time() - idle_s
    rests = [path for path in folder.rglob(_TEMPORARY) if is_idle(path, before)]
    for path in rests:
        path.unlink(missing_ok=True)
    return len(rests)


def is_idle(path: Path, before: float) -> bool:
    """Whether a file is there that was last written by then, in seconds of the epoch."""
    try:
        return path.is_file() and path.lstat().st_mtime <= before
    except FileNotFoundError:
        return False
