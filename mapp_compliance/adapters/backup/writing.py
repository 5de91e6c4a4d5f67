"""Write a backup: tar on one end of a pipe, age on the other."""

import io
import os
import tarfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from mapp_compliance.adapters.backup.form import DATABASE, FILES, FOLDERS, MANIFEST
from mapp_compliance.errors import Conflict
from mapp_compliance.trust import seal_stream
from mapp_compliance.values import shown

OWN_EYES = 0o600


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Where the workspace lies, what is said about it, and how its database is snapped."""

    home: Path
    manifest: bytes
    database: Callable[[], bytes]


def write_backup(snapshot: Snapshot, target: Path, recipients: Sequence[str]) -> int:
    """The sealed file, durable when its size in bytes is returned.

    Raises:
        Conflict: something lies there already.
        UnusableKey, SealError: no recipient that can be sealed to.
    """
    if target.exists() or target.is_symlink():
        raise Conflict(f"{shown(str(target))} exists already; name a new file with --out")
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWN_EYES)
    try:
        with os.fdopen(handle, "wb") as stream:
            _seal_tar(snapshot, stream, recipients)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.rename(target)
    finally:
        temporary.unlink(missing_ok=True)
    folder = os.open(target.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return target.stat().st_size


def _seal_tar(snapshot: Snapshot, stream: IO[bytes], recipients: Sequence[str]) -> None:
    """The tar is written by a thread of its own, as the sealing asks for it."""
    read_end, write_end = os.pipe()

    def write() -> None:
        with os.fdopen(write_end, "wb") as pipe:
            _write_tar(snapshot, pipe)

    with ThreadPoolExecutor(1) as pool, os.fdopen(read_end, "rb") as pipe:
        written = pool.submit(write)
        seal_stream(pipe, stream, recipients)
    written.result()  # its fault is ours


def _write_tar(snapshot: Snapshot, pipe: IO[bytes]) -> None:
    with tarfile.open(fileobj=pipe, mode="w|", format=tarfile.PAX_FORMAT) as tar:
        _add(tar, MANIFEST, snapshot.manifest)
        heads = _files(snapshot.home / "heads")
        _add(tar, DATABASE, snapshot.database())
        for name in FILES:
            if (snapshot.home / name).is_file():
                _add(tar, name, (snapshot.home / name).read_bytes())
        for folder in FOLDERS:
            for path in heads if folder == "heads" else _files(snapshot.home / folder):
                _add(tar, path.relative_to(snapshot.home).as_posix(), path.read_bytes())


def _files(folder: Path) -> list[Path]:
    """Plain files below, without those that are being written."""
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file() and not path.is_symlink() and not path.name.startswith(".")
    )


def _add(tar: tarfile.TarFile, name: str, data: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size, info.mode = len(data), OWN_EYES
    tar.addfile(info, io.BytesIO(data))
