"""The folder outbox: ``<home>/outbox/<recipient>/<name>``, written durably.

Other bytes under the same name take the place of the older ones: a run that is repeated gives a
newer proof for the same parcel.
"""

import re
from pathlib import Path

from mapp_compliance.adapters.files import swept, sync_again, write_durably
from mapp_compliance.errors import InvalidInput, Undelivered
from mapp_compliance.values import checked_id, shown

_FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}")  # two ids and a suffix fit


class FolderPost:
    """Delivers by laying files into one folder for each recipient."""

    def __init__(self, outbox: Path) -> None:
        self._outbox = outbox

    def deliver(self, recipient: str, name: str, data: bytes) -> str:
        """Lay the bytes down; the same name and bytes again do nothing."""
        path = self._outbox / checked_id(recipient, "recipient") / _checked_name(name)
        try:
            if path.exists() and path.read_bytes() == data:
                sync_again(path)
            else:
                write_durably(path, data)
        except OSError as err:
            raise Undelivered(
                f"cannot write to the outbox of {recipient} ({err.strerror}); make room or mend "
                "its permissions, then run the same command again"
            ) from err
        return str(path)

    def tidy(self, idle_s: float) -> None:
        """Take away rests of deliveries that stopped, once they are that old."""
        swept(self._outbox, idle_s)


def _checked_name(name: str) -> str:
    if not _FILE_NAME.fullmatch(name):
        raise InvalidInput(
            f"{shown(name)!r} cannot be a file in the outbox; use letters, digits, '.', '-' or '_'"
        )
    return name
