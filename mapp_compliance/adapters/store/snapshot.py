"""The database file as it was at one instant, in memory: nothing of it lies elsewhere."""

import sqlite3
from contextlib import closing
from pathlib import Path

from mapp_compliance.errors import Broken, Refused


def snapshot(path: Path) -> bytes:
    """The bytes of a database file that holds everything committed until now.

    Raises:
        Refused: the state lies in another engine.
        Broken: the database is damaged.
    """
    if not path.is_file():
        raise Refused(
            "the state of this workspace lies in PostgreSQL, not in mapp.db; back it up with "
            "pg_dump, and the folders keys, blobs, heads and outbox beside it as files"
        )
    try:
        with (
            closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as source,
            closing(sqlite3.connect(":memory:")) as copy,
        ):
            source.backup(copy)
            problem = copy.execute("PRAGMA integrity_check").fetchone()[0]
            if problem != "ok":
                raise Broken("the database is damaged; restore the workspace from a backup")
            return copy.serialize()
    except sqlite3.DatabaseError as err:
        raise Broken("the database cannot be read; restore the workspace from a backup") from err
