"""The folder outbox: ``<home>/outbox/<recipient>/<name>``, written durably, never changed."""

from pathlib import Path

from mapp_compliance.adapters.files import write_durably
from mapp_compliance.errors import Undelivered
from mapp_compliance.values import checked_id


class FolderPost:
    """Delivers by laying files into one folder for each recipient."""

    def __init__(self, outbox: Path) -> None:
        self._outbox = outbox

    def deliver(self, recipient: str, name: str, data: bytes) -> str:
        """Lay the bytes down; the same name and bytes again do nothing."""
        path = self._outbox / checked_id(recipient, "recipient") / checked_id(name, "file name")
        try:
            if not path.exists() or path.read_bytes() != data:
                write_durably(path, data)
        except OSError as err:
            raise Undelivered(
                f"cannot write to the outbox of {recipient} ({err.strerror}); make room or mend "
                "its permissions, then run the same command again"
            ) from err
        return str(path)
