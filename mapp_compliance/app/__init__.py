"""Wiring: the only place where adapters meet workflows.

What most verbs never use (templates, parsers of leaks, the limited process, charts) is imported
where it is used, since every call of the command line would wait for it.
"""

from mapp_compliance.app.upkeep import (
    RECOVERY,
    backup_workspace,
    drill,
    examine,
    recovery_recipients,
    restore_workspace,
)
from mapp_compliance.app.workspaces import (
    NewWorkspace,
    create_workspace,
    open_workspace,
    shipped,
    shipped_packs,
    upgrade_workspace,
)

__all__ = [
    "RECOVERY",
    "NewWorkspace",
    "backup_workspace",
    "create_workspace",
    "drill",
    "examine",
    "open_workspace",
    "recovery_recipients",
    "restore_workspace",
    "shipped",
    "shipped_packs",
    "upgrade_workspace",
]
