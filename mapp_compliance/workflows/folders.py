"""What feeds need from the file system, as a protocol that the workflows own."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class FolderFile:
    """One file of a watched folder: its name in bytes and as text, its size, its last change."""

    name: bytes
    label: str
    size_bytes: int
    changed_ns: int


@dataclass(frozen=True, slots=True)
class FolderLook:
    """The files at rest in a folder, by name, and what was left with the reason."""

    files: tuple[FolderFile, ...]
    left: tuple[tuple[str, str], ...]


class Folders(Protocol):
    """Folders of the machine that feeds watch; nothing in them is followed or changed."""

    def alone(self) -> AbstractContextManager[None]:
        """While it lasts, no other process goes through the folders. Raises Conflict."""
        ...

    def check(self, folder: str) -> None:
        """Return when it is a folder. Raises NotFound or InvalidInput."""
        ...

    def look(self, folder: str) -> FolderLook:
        """What lies there now. Raises NotFound or InvalidInput."""
        ...

    def read(self, folder: str, file: FolderFile, most_bytes: int) -> bytes:
        """The bytes of one file. Raises InvalidInput, or Conflict when it changed meanwhile."""
        ...
