"""What a backup holds, by name."""

MANIFEST = "backup.json"
DATABASE = "mapp.db"
# All of a workspace but the database, which is snapped, and what only a running one needs.
FOLDERS = ("heads", "keys", "policies", "templates", "blobs", "outbox")
FILES = ("mapp.toml", "recovery.txt")
