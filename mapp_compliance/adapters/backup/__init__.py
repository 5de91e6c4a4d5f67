"""A whole workspace in one sealed file, and back.

The file is a tar inside an age file, so that ``age --decrypt | tar --extract`` brings a workspace
back without this program. It is written and read as a stream: nothing of it lies on the disk
unsealed but the workspace itself.

Order: the signed tree heads are listed first, then the database is snapped, then everything else
is read. Blobs only ever grow and lie down before the rows that name them, so each one that the
snapshot names is in the file; and no head covers more than the snapshot holds.
"""

from mapp_compliance.adapters.backup.reading import read_backup
from mapp_compliance.adapters.backup.writing import Snapshot, write_backup

__all__ = ["Snapshot", "read_backup", "write_backup"]
