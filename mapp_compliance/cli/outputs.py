"""Files that verbs write for people: into one folder, never through a link, never outside it."""

from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from mapp_compliance.adapters.files import write_durably
from mapp_compliance.errors import Broken, Conflict
from mapp_compliance.trust import digest
from mapp_compliance.values import shown


def check_free(folder: Path) -> None:
    """Return when the folder is new or empty; asked before a verb changes anything.

    Raises:
        Conflict: it holds something, or is no folder.
    """
    if folder.is_symlink() or (folder.exists() and (not folder.is_dir() or any(folder.iterdir()))):
        raise Conflict(f"{shown(str(folder))} is not an empty folder; name a new one with --out")


def write_files(folder: Path, files: Mapping[str, bytes]) -> list[dict[str, str]]:
    """Write the files below the folder, which must be new or empty.

    Returns path and SHA-256 of each.
    Raises:
        Conflict: the folder holds something. Broken: a path that leads out of it.
    """
    check_free(folder)
    for name in files:
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or "\\" in name:
            raise Broken(f"{shown(name)!r} would leave the folder; do not use these files")
    for name, data in files.items():
        write_durably(folder / name, data)
    return [{"path": name, "sha256": digest(data).hex} for name, data in sorted(files.items())]


def write_into(folder: Path, files: Mapping[str, bytes]) -> list[dict[str, str]]:
    """Write files by plain name into a folder that may hold others.

    Returns path and SHA-256 of each.
    """
    listed = []
    for name, data in files.items():
        path = folder / name
        write_durably(path, data, mode=0o644)
        listed.append({"path": str(path), "sha256": digest(data).hex})
    return listed
