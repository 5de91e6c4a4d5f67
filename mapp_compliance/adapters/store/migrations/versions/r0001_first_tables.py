"""The tables of the first drafts: values, history and ledger, the last two append-only.

A database from before revisions had numbers has exactly these. There is no way down from here.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

VALUES = {  # table: columns it can be asked by
    "user": (),
    "partner": ("kind",),
    "advisory": (),
    "attachment": ("advisory",),
    "setup": ("advisory",),
    "copy": ("advisory", "recipient", "state", "instance"),
    "sample": ("digest",),
    "run": ("sample", "advisory"),
    "case_file": ("sample",),
    "policy_record": ("advisory", "recipient"),
    "signed_decision": ("subject",),
}
REFUSE = """
CREATE FUNCTION mapp_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'append only'; END $$
"""


def upgrade() -> None:
    """From nothing."""
    key = sa.String().with_variant(sa.Text(collation="C"), "postgresql")  # sorts as Python does
    for table, columns in VALUES.items():
        op.create_table(
            table,
            sa.Column("key", key, primary_key=True),
            sa.Column("body", sa.String(), nullable=False),
            *(sa.Column(name, sa.String(), nullable=False) for name in columns),
        )
        for name in columns:
            op.create_index(f"ix_{table}_{name}", table, [name])
    op.create_table(
        "event",
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
    )
    op.create_index("ix_event_subject", "event", ["subject"])
    op.create_table(
        "leaf",
        sa.Column("index", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("body", sa.String(), nullable=False),
    )
    _guard()


def _guard() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for table in ("leaf", "event"):
            for verb in ("UPDATE", "DELETE"):
                op.execute(
                    f"CREATE TRIGGER {table}_{verb.lower()} BEFORE {verb} ON {table} "
                    "BEGIN SELECT RAISE(ABORT, 'append only'); END"
                )
        return
    op.execute(REFUSE)
    for table in ("leaf", "event"):
        for verb, each in (("UPDATE", "ROW"), ("DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
            op.execute(
                f"CREATE TRIGGER {table}_{verb.lower()} BEFORE {verb} ON {table} "
                f"FOR EACH {each} EXECUTE FUNCTION mapp_append_only()"
            )
