"""The revisions of the tables, as Alembic scripts that ship with the program."""
