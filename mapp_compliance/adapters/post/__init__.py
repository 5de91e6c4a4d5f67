"""The folder outbox: ``<home>/outbox/<recipient>/<name>``, written durably.

Other bytes under the same name take the place of the older ones: a run that is repeated gives a
newer proof for the same parcel. A kept blob goes out as a second name of the same file where the
file system can give it one, else as a copy.
"""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from mapp_compliance.adapters.files import Names, swept, sync_bytes
from mapp_compliance.errors import InvalidInput, Undelivered
from mapp_compliance.values import Digest, checked_id, shown

_FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}")  # two ids and a suffix fit


class FolderPost:
    """Delivers by laying files into one folder for each recipient.

    Args:
        blob: where a kept blob lies, once it was found sound.
    """

    def __init__(self, outbox: Path, blob: Callable[[Digest], str]) -> None:
        self._outbox = outbox
        self._blob = blob

    def deliver(self, recipient: str, name: str, data: bytes) -> str:
        """Lay the bytes down; the same name and bytes again do nothing."""
        with self.round() as post:
            return post.deliver(recipient, name, data)

    @contextmanager
    def round(self) -> Iterator["Round"]:
        """Deliveries that are durable when the block has ended, and not before."""
        names = Names()
        yield Round(self._outbox, self._blob, names)
        try:
            names.settle()
        except OSError as err:
            raise _undelivered("all", err) from err

    def tidy(self, idle_s: float) -> None:
        """Take away rests of deliveries that stopped, once they are that old."""
        swept(self._outbox, idle_s)


class Round:
    """Deliveries that become durable together."""

    def __init__(self, outbox: Path, blob: Callable[[Digest], str], names: Names) -> None:
        self._outbox = str(outbox)
        self._blob = blob
        self._names = names

    def deliver(self, recipient: str, name: str, data: bytes) -> str:
        """Lay the bytes down; the same name and bytes again do nothing."""
        path = self._path(recipient, name)
        try:
            self._lay(path, data)
        except OSError as err:
            raise _undelivered(recipient, err) from err
        return path

    def forward(self, recipient: str, name: str, blob: Digest) -> str:
        """Lay a kept blob down. Raises NotFound or Broken when it is lost or altered."""
        path = self._path(recipient, name)
        source = self._blob(blob)
        try:
            self._names.make(os.path.dirname(path))
            self._give(source, path)
        except OSError as err:
            raise _undelivered(recipient, err) from err
        return path

    def _give(self, source: str, path: str) -> None:
        """The file under a second name; a copy of it where there can be none."""
        try:
            os.link(source, path)
        except FileExistsError:
            if not os.path.samefile(source, path):
                self._lay(path, Path(source).read_bytes())
        except OSError:  # another disk, a file system without links, or too many of them
            self._lay(path, Path(source).read_bytes())
        self._names.changed(path)

    def _lay(self, path: str, data: bytes) -> None:
        if _holds(path, data):
            sync_bytes(path)
            self._names.changed(path)
        else:
            self._names.make(os.path.dirname(path))
            self._names.write(path, data)

    def _path(self, recipient: str, name: str) -> str:
        return f"{self._outbox}/{checked_id(recipient, 'recipient')}/{_checked_name(name)}"


def _holds(path: str, data: bytes) -> bool:
    try:
        with open(path, "rb") as stream:
            return stream.read() == data
    except FileNotFoundError:
        return False


def _undelivered(recipient: str, err: OSError) -> Undelivered:
    return Undelivered(
        f"cannot write to the outbox of {recipient} ({err.strerror}); make room or mend "
        "its permissions, then run the same command again"
    )


def _checked_name(name: str) -> str:
    if not _FILE_NAME.fullmatch(name):
        raise InvalidInput(
            f"{shown(name)!r} cannot be a file in the outbox; use letters, digits, '.', '-' or '_'"
        )
    return name
