"""Durable writing: the bytes are on the disk, under their name, when the call returns.

Order: write a temporary file beside the target, fsync it, rename it, fsync the folder; a new
folder's own name is fsynced in the folder above before anything is written into it. A crash leaves
the old state or the new one, and at most a temporary file that `swept` takes away.
"""

import os
import time
from pathlib import Path

_TEMPORARY = ".*.tmp"


def write_durably(path: Path, data: bytes, mode: int = 0o600) -> None:
    """Write the whole file or nothing; the folder is made when it is missing."""
    make_folder(path.parent)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, mode)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def make_folder(folder: Path) -> None:
    """Make the folder, for its owner alone, and those above it, each durable under its name."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(exist_ok=True, mode=0o700)
    sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Return when the names in the folder are on the disk."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_again(path: Path) -> None:
    """Return when a file that somebody else wrote is on the disk, under its name.

    Who wrote it may have stopped between the rename and the fsync of the folder.
    """
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
    sync_folder(path.parent)


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
