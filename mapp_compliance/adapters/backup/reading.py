"""Read a backup into an empty folder; whoever wrote it, nothing lands outside that folder."""

import os
import tarfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO

from mapp_compliance.adapters.backup.form import DATABASE, FILES, FOLDERS, MANIFEST
from mapp_compliance.adapters.files import write_durably
from mapp_compliance.errors import Broken, InvalidInput, MappError
from mapp_compliance.trust import digest, open_stream
from mapp_compliance.values import shown

SEALED = b"age-encryption.org/v1"  # how every one begins
DAMAGED = "the backup is cut short or damaged; fetch it again, or take another one"


def read_backup(source: Path, identity: str, folder: Path) -> bytes:
    """Lay the workspace down in a new folder; gives the manifest's bytes.

    Args:
        identity: text of the key file of one of the recipients.
    Raises:
        SealBroken: another key, or altered.
        InvalidInput, Broken: not a backup, or a file that does not fit its name.
    """
    folder.mkdir(mode=0o700)
    with source.open("rb") as sealed:
        if sealed.read(len(SEALED)) != SEALED:
            raise InvalidInput("this is no sealed file (age); give the file of 'mapp backup'")
    with _opened(source, identity) as pipe:
        try:
            with tarfile.open(fileobj=pipe, mode="r|") as tar:
                manifest = _lay_down(tar, folder)
            while pipe.read(1 << 16):  # to the end, so that all of it is checked
                pass
        except (tarfile.TarError, EOFError, ValueError, OverflowError) as err:
            raise InvalidInput(DAMAGED) from err
    if manifest is None:
        raise InvalidInput("this is no backup of a workspace; give the file of 'mapp backup'")
    return manifest


@contextmanager
def _opened(source: Path, identity: str) -> Iterator[IO[bytes]]:
    """The opened stream; a fault of opening is told before one of reading."""
    faults: list[MappError] = []
    read_end, write_end = os.pipe()

    def write() -> None:
        with os.fdopen(write_end, "wb", buffering=0) as pipe, source.open("rb") as sealed:
            try:
                open_stream(sealed, pipe, identity)
            except MappError as err:
                faults.append(err)

    writer = threading.Thread(target=write)
    with os.fdopen(read_end, "rb") as pipe:
        writer.start()
        try:
            yield pipe
        except InvalidInput:
            pipe.close()
            writer.join()
            if faults:
                raise faults[0] from None
            raise
        finally:
            pipe.close()
            writer.join()
    if faults:
        raise faults[0]


def _lay_down(tar: tarfile.TarFile, folder: Path) -> bytes | None:
    manifest: bytes | None = None
    for member in tar:
        name = _checked_name(member)
        stream = tar.extractfile(member)
        data = stream.read() if stream else b""
        if len(data) != member.size:
            raise InvalidInput(DAMAGED)
        if name == MANIFEST:
            manifest = data
            continue
        if name.startswith("blobs/") and digest(data).hex != PurePosixPath(name).name:
            raise Broken(f"the backup holds another file under the name {name}; take another one")
        write_durably(folder / name, data)
    return manifest


def _checked_name(member: tarfile.TarInfo) -> str:
    path = PurePosixPath(member.name)
    plain = str(path) == member.name and ".." not in path.parts and not path.is_absolute()
    expected = member.name in (MANIFEST, DATABASE, *FILES) or (
        len(path.parts) > 1 and path.parts[0] in FOLDERS
    )
    if not member.isreg() or not plain or not expected or shown(member.name) != member.name:
        raise Broken(
            f"the backup holds {shown(member.name)!r}, which no workspace has; do not restore it"
        )
    return member.name
