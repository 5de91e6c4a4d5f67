"""What surrounds a verdict, whose database it is, and guards against writing over by inserting.

New: reports of secrets in other hands, earlier versions, sightings, holders, holds, feeds, letters
on their way, and the workspace's id. A leaf is only taken when it follows the last one, an event
only under a new number: 'INSERT OR REPLACE' would pass the guards of the first revision. There is
no way down: rows of the new kinds would be lost.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

VALUES = {  # table: columns it can be asked by
    "compromise": ("what",),
    "earlier": ("advisory",),
    "sighting": ("advisory",),
    "holder": ("advisory",),
    "hold": ("advisory",),
    "feed": (),
    "feed_file": ("feed",),
    "outgoing": ("waits", "subject"),
    "workspace": (),
}
SQLITE = (
    """
    CREATE TRIGGER leaf_insert BEFORE INSERT ON leaf
    WHEN NEW."index" IS NOT (SELECT coalesce(max("index"), -1) + 1 FROM leaf)
    BEGIN SELECT RAISE(ABORT, 'a leaf follows the last one'); END
    """,
    """
    CREATE TRIGGER event_insert BEFORE INSERT ON event
    WHEN EXISTS (SELECT 1 FROM event WHERE number = NEW.number)
    BEGIN SELECT RAISE(ABORT, 'append only'); END
    """,
)
POSTGRES = (
    """
    CREATE FUNCTION mapp_leaf_follows() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW."index" IS DISTINCT FROM (SELECT coalesce(max("index"), -1) + 1 FROM leaf) THEN
      RAISE EXCEPTION 'a leaf follows the last one';
    END IF;
    RETURN NEW; END $$
    """,
    """
    CREATE TRIGGER leaf_insert BEFORE INSERT ON leaf
    FOR EACH ROW EXECUTE FUNCTION mapp_leaf_follows()
    """,
)


def upgrade() -> None:
    """From revision 0001."""
    key = sa.String().with_variant(sa.Text(collation="C"), "postgresql")
    for table, columns in VALUES.items():
        op.create_table(
            table,
            sa.Column("key", key, primary_key=True),
            sa.Column("body", sa.String(), nullable=False),
            *(sa.Column(name, sa.String(), nullable=False) for name in columns),
        )
        for name in columns:
            op.create_index(f"ix_{table}_{name}", table, [name])
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRES:
        op.execute(statement)
