"""Files that people name: read whole, refused when they are no plain files.

Symlinks, devices and pipes are never followed: what is attached or submitted must be what the
person saw under that name.
"""

import os
import stat
import sys
from pathlib import Path

from mapp_compliance.errors import InvalidInput, NotFound
from mapp_compliance.values import MIB, shown

MOST_FILES = 10_000
MOST_BYTES = 256 * MIB  # of one package or one key file; samples have their own setting


def read_file(path: Path, most_bytes: int = MOST_BYTES) -> bytes:
    """The bytes of one plain file.

    Raises:
        NotFound: there is none.
        InvalidInput: a symlink, folder, device or pipe, or too large.
    """
    name = shown(str(path))
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError as err:
        raise NotFound(f"there is no file {name}; check the path", where=name) from err
    except OSError as err:
        if path.is_symlink():
            raise InvalidInput(f"{name} is a symlink; name the file itself", where=name) from err
        raise InvalidInput(f"{name} cannot be read ({err.strerror})", where=name) from err
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise InvalidInput(f"{name} is no plain file; name a plain file", where=name)
    with os.fdopen(handle, "rb") as stream:
        data = stream.read(most_bytes + 1)
    if len(data) > most_bytes:
        raise InvalidInput(
            f"{name} is larger than {most_bytes // MIB} MiB; split it or raise the limit",
            where=name,
        )
    return data


def read_text(path: Path) -> str:
    """The text of one small plain file in UTF-8."""
    try:
        return read_file(path, MIB).decode()
    except UnicodeDecodeError as err:
        raise InvalidInput(f"{shown(str(path))} is not UTF-8 text; check which file it is") from err


def read_paths(paths: tuple[Path, ...], most_bytes: int = MOST_BYTES) -> list[tuple[str, bytes]]:
    """Files by the path they have below the folder that was named; a bare file by its name.

    Raises:
        InvalidInput: nothing there, two files of one name, or anything that is no plain file.
    """
    found: list[tuple[str, bytes]] = []
    room = most_bytes
    for path in paths:
        for name, file in _plain_files(path):
            data = read_file(file, room)
            room -= len(data)
            found.append((name, data))
            if len(found) > MOST_FILES:
                raise InvalidInput(f"more than {MOST_FILES} files; pack them into one archive")
    names = [name for name, _ in found]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InvalidInput(f"{shown(twice[0])} is named twice; name each file once")
    if not found:
        raise InvalidInput(f"{shown(str(paths[0]))} is empty; name a folder with files, or a file")
    return found


def read_stdin(most_bytes: int) -> list[tuple[str, bytes]]:
    """What stands on standard input, as one file."""
    if sys.stdin is None:
        raise InvalidInput("standard input is closed; name a file, or pipe the bytes in")
    data = sys.stdin.buffer.read(most_bytes + 1)
    if len(data) > most_bytes:
        raise InvalidInput(f"the input is larger than {most_bytes // MIB} MiB; raise the limit")
    return [("stdin", data)]


def _plain_files(path: Path) -> list[tuple[str, Path]]:
    if path.is_symlink() or not path.is_dir():
        return [(path.name, path)]
    inside: list[tuple[str, Path]] = []
    for folder, folders, files in os.walk(path):
        folders.sort()
        for name in [*folders, *files]:
            if (Path(folder) / name).is_symlink():
                told = shown(str(Path(folder) / name))
                raise InvalidInput(f"{told} is a symlink; put the file itself there", where=told)
        for name in sorted(files):
            file = Path(folder) / name
            inside.append((file.relative_to(path).as_posix(), file))
    return inside
