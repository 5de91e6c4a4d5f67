"""The state of a workspace: tables, their revisions, and the unit of work, on either engine."""

from mapp_compliance.adapters.store.engine import SqlStore, Upgraded
from mapp_compliance.adapters.store.postgres import checked_url, without_password
from mapp_compliance.adapters.store.sqlite import wal_reset_warning

__all__ = ["SqlStore", "Upgraded", "checked_url", "wal_reset_warning", "without_password"]
