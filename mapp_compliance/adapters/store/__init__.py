"""The state of a workspace: tables and the unit of work."""

from mapp_compliance.adapters.store.engine import SqlStore

__all__ = ["SqlStore"]
