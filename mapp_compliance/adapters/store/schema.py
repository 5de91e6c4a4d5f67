"""Which revision of the tables a database has, and the way to the newest one.

Each revision is one Alembic script in `migrations/versions`, and is never changed once released.
There is no way down: rows of newer kinds would be lost, so `mapp upgrade` keeps a copy first.
"""

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from mapp_compliance.errors import Broken, Conflict, NotFound

REVISIONS = ("0001", "0002")  # oldest first; a test compares them with the scripts
HEAD = REVISIONS[-1]
VERSION_TABLE = "alembic_version"
MIGRATIONS = Path(__file__).parent / "migrations"
_OWNER = "id"  # key of the workspace's id in its table


def check_current(connection: Connection, workspace: str) -> None:
    """Return when the tables are those of this version, and of this workspace.

    Raises:
        Conflict: an older or newer revision, or another workspace's. NotFound: no tables.
    """
    found = known_revision(connection)
    if found != HEAD:
        raise Conflict(
            f"the workspace was written by an earlier version (revision {found}, this one needs "
            f"{HEAD}); run 'mapp upgrade', which keeps a copy of the database first"
        )
    check_owner(connection, found, workspace)


def known_revision(connection: Connection) -> str:
    """The revision of the tables.

    Raises:
        Conflict: a newer one than this version knows. NotFound: no tables.
    """
    found = _revision(connection)
    if found is None:
        raise NotFound(
            "the database holds no workspace; check which one mapp.toml names, or restore the "
            "workspace from a backup"
        )
    if found not in REVISIONS:
        raise Conflict(
            "the workspace was written by a newer version of mapp; use that version or a later one"
        )
    return found


def check_owner(connection: Connection, found: str, workspace: str) -> None:
    """Return when the tables belong to this workspace. Raises Conflict."""
    if not workspace or found == REVISIONS[0]:
        return
    if _owner(connection) != workspace:
        raise Conflict(
            "the database belongs to another workspace; check the address in mapp.toml or "
            "MAPP_STORE_URL, or restore both from the same backup"
        )


def is_used(connection: Connection) -> bool:
    """Whether the ledger has a first leaf, which founding writes."""
    if not inspect(connection).has_table("leaf"):
        return False
    return connection.execute(text("SELECT count(*) FROM leaf")).scalar() != 0


def bring_up(connection: Connection, workspace: str, target: str = HEAD) -> None:
    """All revisions up to the target, within the transaction of this connection.

    Args:
        workspace: the id that the database is to carry, unless it is used already.
    """
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory(str(MIGRATIONS))
    stamped = inspect(connection).has_table(VERSION_TABLE)
    adopted = None if stamped else _revision(connection)
    with EnvironmentContext(
        Config(),
        scripts,
        fn=lambda at, _context: scripts._upgrade_revs(target, at or adopted or "base"),
    ) as environment:
        environment.configure(connection=connection)
        if adopted:
            environment.get_context().stamp(scripts, adopted)
        environment.run_migrations()
    if workspace and target == HEAD and not is_used(connection):
        connection.execute(text("DELETE FROM workspace"))  # of a program that was never founded
        connection.execute(
            text("INSERT INTO workspace (key, body) VALUES (:key, :body)"),
            {"key": _OWNER, "body": workspace},
        )


def _revision(connection: Connection) -> str | None:
    """The revision; tables from before revisions had numbers have the first one."""
    tables = set(inspect(connection).get_table_names())
    if VERSION_TABLE in tables:
        found = connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalars().all()  # noqa: S608
        if len(found) != 1:
            raise Broken("the database does not say what revision it has; restore it from a backup")
        return str(found[0])
    return REVISIONS[0] if {"leaf", "event", "copy"} <= tables else None


def _owner(connection: Connection) -> str | None:
    found = connection.execute(
        text("SELECT body FROM workspace WHERE key = :key"), {"key": _OWNER}
    ).scalar()
    return None if found is None else str(found)
