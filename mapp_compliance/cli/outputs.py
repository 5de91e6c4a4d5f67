"""Files that verbs write for people: into one folder, never through a link, never outside it."""

from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from mapp_compliance.adapters.files import swept, write_durably
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
    """Write the files below the folder, which is new or empty, or holds nothing but these files.

    So a call that was stopped on its way can be made again.

    Returns path and SHA-256 of each.
    Raises:
        Conflict: the folder holds something else. Broken: a path that leads out of it.
    """
    if not _holds_only(folder, files):
        check_free(folder)
    for name in files:
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or "\\" in name:
            raise Broken(f"{shown(name)!r} would leave the folder; do not use these files")
    for name, data in files.items():
        write_durably(folder / name, data)
    return [{"path": name, "sha256": digest(data).hex} for name, data in sorted(files.items())]


def _holds_only(folder: Path, files: Mapping[str, bytes]) -> bool:
    """Whether the folder holds some of these files, as they are, and nothing else."""
    if folder.is_symlink() or not folder.is_dir():
        return False
    swept(folder, 0.0)
    found = [path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir()]
    return all(
        path.is_file()
        and not path.is_symlink()
        and path.read_bytes() == files.get(path.relative_to(folder).as_posix())
        for path in found
    )


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
